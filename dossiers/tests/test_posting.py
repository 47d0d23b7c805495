"""The result by post: only where it was agreed, watched over by whoever sent it, delivered or back at the desk."""

from datetime import timedelta

import pytest

from dossiers import lifecycle
from dossiers.certification.books import Period
from dossiers.control import passings_of
from dossiers.intake import FeeLine
from dossiers.models import Delivery, Dossier, Parcel
from dossiers.register_book import entries_of, lines_of
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import RECEIVED, make_clerk, make_dossier
from dossiers.tests.views.makers import address, again
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.outbox.models import Message
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
SENT, LATER = RECEIVED + timedelta(days=3), RECEIVED + timedelta(days=5)
NUMBER = "EB123456789VN"
PLACE = "Thạch Thị Sóc Kha, Ấp Trà Kha, 0900000123"


@pytest.fixture
def ready() -> Dossier:
    return make_dossier(status=Status.RESULT_READY, delivery=Delivery.POST, delivery_address=PLACE)


def posted(dossier: Dossier, **fields) -> Dossier:
    return lifecycle.post_result(dossier, **({"waybill": NUMBER, "by": make_clerk(), "at": SENT} | fields))


def delivered(dossier: Dossier, **fields) -> Dossier:
    return lifecycle.confirm_delivery(dossier, **({"name": "Thạch Thị Sóc Kha", "by": make_clerk(), "at": LATER} | fields))


def came_back(dossier: Dossier, **fields) -> Dossier:
    return lifecycle.parcel_back(dossier, **({"reason": "Không có người nhận", "by": make_clerk(), "at": LATER} | fields))


def texts(dossier: Dossier) -> list[tuple[str, str]]:
    rows = Message.objects.about(f"dossier:{dossier.pk}").filter(event__in=["result_ready", "in_post", "returned"])
    return list(rows.order_by("pk").values_list("event", "state"))


# -- the way -----------------------------------------------------------------------------------
def test_a_result_in_the_post_is_neither_here_nor_returned(ready):
    dossier = posted(ready)

    assert (dossier.status, dossier.holder, dossier.returned_at) == (Status.IN_POST, make_clerk(), None)
    assert not Dossier.objects.to_collect().exists()
    assert NUMBER in Message.objects.get(event="in_post").text
    assert first_problem() is None


def test_what_the_post_delivered_is_returned(ready):
    dossier = delivered(posted(ready))

    handed, parcel = dossier.returns.get(), dossier.parcels.get()
    assert (dossier.status, dossier.returned_at, dossier.holder) == (Status.RETURNED, LATER, None)
    assert (handed.collected_by, handed.name, parcel.came_back, parcel.ended_at) == ("post", "Thạch Thị Sóc Kha", False, LATER)
    assert texts(dossier) == [("in_post", "withheld"), ("returned", "waiting")]
    assert lines_of(entries_of(dossier.agency_id, Period(2026, 11)))[0].cells[9:12] == ("25/11/2026", "Qua bưu điện", "Thạch Thị Sóc Kha")
    acts = Event.objects.filter(subject=f"dossier:{dossier.pk}").order_by("seq").values_list("act", flat=True)
    assert list(acts)[-2:] == ["post_result", "confirm_delivery"]
    assert first_problem() is None


def test_what_came_back_lies_at_the_desk_and_can_go_again(ready):
    dossier = came_back(posted(ready))
    assert (dossier.status, list(Dossier.objects.to_collect()), texts(dossier)) == (
        Status.RESULT_READY, [dossier], [("in_post", "withheld")],
    )  # fmt: skip

    dossier = posted(dossier, waybill="EB2", at=LATER)
    assert list(dossier.parcels.values_list("seq", "waybill", "came_back", "note")) == [
        (1, NUMBER, True, "Không có người nhận"),
        (2, "EB2", None, ""),
    ]
    assert first_problem() is None


def test_what_came_back_may_be_collected_at_the_desk(ready):
    dossier = came_back(posted(ready))

    given = lifecycle.return_result(dossier, collected_by="owner", name="Kha", by=make_clerk(), at=LATER)
    assert (given.status, given.returns.get().collected_by) == (Status.RETURNED, "owner")


def test_the_control_slip_shows_the_way_through_the_post(ready):
    dossier = posted(came_back(posted(ready)), waybill="EB2", at=LATER + timedelta(hours=1))
    dossier = delivered(dossier, at=LATER + timedelta(days=1))

    assert [passing.note for passing in passings_of(dossier)][-4:] == [
        f"Gửi bưu điện, số vận đơn {NUMBER}",
        "Chuyển hoàn: Không có người nhận",
        "Gửi bưu điện, số vận đơn EB2",
        "Bưu điện đã phát",
    ]


# -- refused -----------------------------------------------------------------------------------
def test_what_is_to_be_collected_is_not_posted():
    with pytest.raises(NotAllowed, match="không hẹn gửi kết quả qua bưu điện"):
        posted(make_dossier(status=Status.RESULT_READY))


def test_a_parcel_has_its_number(ready):
    with pytest.raises(NotAllowed, match="số vận đơn"):
        posted(ready, waybill="")


def test_a_fee_put_off_is_paid_before_the_result_leaves():
    later = FeeLine("Lệ phí", 8000, paid_by="later")
    dossier = make_dossier(status=Status.RESULT_READY, delivery=Delivery.POST, delivery_address=PLACE, fees=(later,))
    with pytest.raises(NotAllowed, match="chưa nộp"):
        posted(dossier)

    assert posted(dossier, paid_by="transfer").fees.get().paid_by == "transfer"
    assert Parcel.objects.count() == 1


@pytest.mark.parametrize(
    "act", [posted, lambda dossier: lifecycle.return_result(dossier, collected_by="owner", name="x", by=make_clerk(), at=LATER)]
)
def test_what_is_in_the_post_is_neither_sent_again_nor_given_out(ready, act):
    dossier = posted(ready)

    with pytest.raises(NotAllowed, match="Đang gửi bưu điện"):
        act(dossier)


@pytest.mark.parametrize("act", [delivered, came_back])
def test_nothing_ends_that_did_not_begin(ready, act):
    with pytest.raises(NotAllowed, match="Chờ trả kết quả"):
        act(ready)


def test_what_came_back_says_why(ready):
    with pytest.raises(NotAllowed, match="vì sao"):
        came_back(posted(ready), reason="")


# -- pages -------------------------------------------------------------------------------------
@pytest.fixture
def clerk(client):
    person = make_clerk()
    client.force_login(person)
    return person


def test_the_clerk_is_led_from_the_desk_to_the_post_and_to_the_end(client, clerk, ready):
    first = client.get(ready.get_absolute_url()).context["main"].words
    page = client.get(address("post", ready)).content.decode()
    client.post(address("post", ready), {"waybill": NUMBER, "revision": ready.revision})
    sent = client.get(ready.get_absolute_url())
    counts = {words: number for number, words, _ in client.get("/quay/").context["counts"]}
    listed = [row[1] for row in client.get("/ho-so/?trang-thai=dang-gui").context["rows"]]
    answer = client.post(address("delivered", ready), {"name": "Thạch Thị Sóc Kha", "revision": again(ready).revision}, follow=True)

    assert (first, sent.context["main"].words) == ("Gửi bưu điện", "Bưu điện đã phát")
    assert PLACE in page
    assert (counts["đang gửi bưu điện"], counts["có kết quả chờ trả"]) == (1, 0)
    assert f"số vận đơn {NUMBER}" in sent.content.decode() and listed == [ready.code]
    assert (again(ready).status, "Bưu điện phát" in answer.content.decode() or "bưu điện phát" in answer.content.decode()) == (
        Status.RETURNED, True,
    )  # fmt: skip


def test_the_parcel_that_came_back_is_said_at_its_box(client, clerk, ready):
    posted(ready)
    answer = client.post(address("parcel_back", ready), {"reason": "", "revision": again(ready).revision})
    assert (answer.status_code, answer.context["form"].errors["reason"]) == (422, ["Ghi vì sao bưu gửi chuyển hoàn"])

    client.post(address("parcel_back", ready), {"reason": "Sai địa chỉ", "revision": again(ready).revision})
    assert again(ready).status == Status.RESULT_READY


def test_who_collects_at_the_desk_is_not_offered_the_post(client, clerk):
    dossier = make_dossier(status=Status.RESULT_READY)
    shown = client.get(dossier.get_absolute_url()).context

    assert shown["main"].words == "Trả kết quả"
    assert "Gửi bưu điện" not in [step.words for step in shown["others"]]
    assert client.get(address("post", dossier)).status_code == 409


def test_a_double_click_posts_once(client, clerk, ready):
    form = {"waybill": NUMBER, "revision": ready.revision}
    answers = [client.post(address("post", ready), form).status_code for _ in range(2)]

    assert (answers, Parcel.objects.count()) == ([303, 409], 1)


def test_whoever_has_the_result_of_another_commune_posts_it():
    here, there = make_agency(), make_agency("H61.27", "Phú Tân An")
    dossier = make_dossier(by=make_clerk(here), competent=there, status=Status.RECEIVED, delivery=Delivery.POST, delivery_address=PLACE)
    Dossier.objects.filter(pk=dossier.pk).update(status=Status.RESULT_READY, finished_at=SENT)

    with pytest.raises(NotAllowed, match="Giấy tờ của hồ sơ đang ở"):
        posted(again(dossier), by=make_user(Role.CLERK, agency=there))
    assert posted(again(dossier), by=make_clerk(here)).holder.agency == here
