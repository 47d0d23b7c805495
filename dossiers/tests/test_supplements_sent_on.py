"""Papers that a citizen brings to the commune that received his dossier, while the other one has the rest."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from dossiers import lifecycle
from dossiers.lifecycle import NotSent, Told
from dossiers.models import Arrival, Dossier, TransferLine
from dossiers.places import place_of, say_supplement
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import RECEIVED, local, make_clerk, make_dossier
from dossiers.transfers import LATER, brought_later, line_rows, results_to_send
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = local("2026-11-23 08:00"), local("2026-11-25 09:00")
ITEMS = ("Giấy chứng sinh", "Bản sao hộ chiếu")


@pytest.fixture
def specialist(there):
    return make_user(Role.SPECIALIST, Role.CLERK, agency=there, full_name="Kim Ngọc Ánh")


def settled_there(clerk, there, specialist) -> Dossier:
    dossier = make_dossier(by=clerk, competent=there)
    transfer = lifecycle.send_elsewhere([dossier], to=there, key=uuid4(), by=clerk, at=RECEIVED + timedelta(hours=1))
    lifecycle.confirm_transfer(transfer, Told([transfer.lines.get().pk], {}), by=specialist, at=MONDAY)
    dossier.refresh_from_db()
    return dossier


def asked(dossier: Dossier, by, at=MONDAY) -> Dossier:
    return lifecycle.ask_for_supplement(dossier, items=ITEMS, reason="Thiếu", answer_by=date(2026, 12, 4), by=by, at=at)


@pytest.fixture
def dossier(clerk, there, specialist) -> Dossier:
    """Lying there; what was asked for was brought here on Tuesday."""
    return lifecycle.accept_supplement(asked(settled_there(clerk, there, specialist), specialist), by=clerk, at=TUESDAY)


def send_on(dossier, there, by, at=TUESDAY + timedelta(hours=1), key: UUID | None = None):
    return lifecycle.send_supplements([dossier], to=there, key=key or uuid4(), by=by, at=at)


def confirmed(transfer, by, *, missed="", at=TUESDAY + timedelta(hours=2)):
    line = transfer.lines.get()
    told = Told([], {line.pk: missed}) if missed else Told([line.pk], {})
    return lifecycle.confirm_transfer(transfer, told, by=by, at=at)


# -- what is to be sent ------------------------------------------------------------------------


def test_what_was_brought_here_is_listed_with_who_took_it_and_when(dossier, here, there, clerk):
    words = f"Giấy chứng sinh, Bản sao hộ chiếu; nhận 09:00 25/11/2026, {clerk.full_name}"

    assert (brought_later(here.pk), brought_later(there.pk)) == ({dossier.pk: words}, {})
    assert say_supplement(dossier) == "Giấy tờ bổ sung người dân đã nộp ở Xã Nghĩa Giang, chưa gửi sang Xã Phú Tân An."


def test_what_was_brought_where_the_dossier_lies_is_not_listed(clerk, here, there, specialist):
    lifecycle.accept_supplement(asked(settled_there(clerk, there, specialist), specialist), by=specialist, at=TUESDAY)

    assert brought_later(here.pk) == {}


def test_what_was_brought_before_the_dossier_left_went_with_it(clerk, here, there, specialist):
    dossier = make_dossier(by=clerk, competent=there)
    dossier = lifecycle.accept_supplement(asked(dossier, clerk), by=clerk, at=TUESDAY)
    transfer = lifecycle.send_elsewhere([dossier], to=there, key=uuid4(), by=clerk, at=TUESDAY + timedelta(hours=1))
    lifecycle.confirm_transfer(transfer, Told([transfer.lines.get().pk], {}), by=specialist, at=TUESDAY + timedelta(hours=2))

    assert brought_later(here.pk) == {}


def test_of_an_ordinary_dossier_nothing_is_listed(clerk, here):
    dossier = lifecycle.accept_supplement(asked(make_dossier(by=clerk), clerk), by=clerk, at=TUESDAY)

    assert (brought_later(here.pk), say_supplement(dossier)) == ({}, "")


# -- sending and arriving -----------------------------------------------------------------------


def test_it_travels_on_a_list_and_the_dossier_stays_where_it_is(dossier, here, there, clerk, specialist):
    transfer = send_on(dossier, there, clerk)
    on_the_way = say_supplement(dossier)
    confirmed(transfer, specialist)

    after = Dossier.objects.get(pk=dossier.pk)
    assert on_the_way == f"Giấy tờ bổ sung đang trên đường, danh sách chuyển số {transfer.say_number()} chưa xác nhận."
    assert (say_supplement(after), brought_later(here.pk)) == ("", {})
    assert (after.holder, after.status, after.due_at, place_of(after)) == (specialist, Status.PROCESSING, dossier.due_at, there.pk)
    assert after.hand_overs.count() == 1
    acts = Event.objects.filter(subject=f"dossier:{dossier.pk}").order_by("seq").values_list("act", flat=True)
    assert list(acts)[-2:] == ["send_supplement", "arrive_supplement"]
    assert first_problem() is None


def test_the_list_names_what_is_in_the_bundle_and_whose_desk_it_is_for(dossier, there, clerk):
    (row,) = line_rows(send_on(dossier, there, clerk))

    assert (row.papers, row.holder) == (2, "Kim Ngọc Ánh")
    assert row.brought == f"Giấy chứng sinh, Bản sao hộ chiếu; nhận 09:00 25/11/2026, {clerk.full_name}"


def test_the_same_form_twice_makes_one_list(dossier, there, clerk):
    key = uuid4()

    assert send_on(dossier, there, clerk, key=key) == send_on(dossier, there, clerk, key=key)
    assert TransferLine.objects.filter(supplement__isnull=False).count() == 1


def test_what_is_on_its_way_is_not_sent_again(dossier, there, clerk):
    send_on(dossier, there, clerk)

    with pytest.raises(NotSent) as refusal:
        send_on(dossier, there, clerk)
    assert refusal.value.refused == {dossier.code: "Không có giấy tờ bổ sung nào của hồ sơ này nằm ở đây chờ gửi."}


def test_what_did_not_come_is_here_again(dossier, here, there, clerk, specialist):
    confirmed(send_on(dossier, there, clerk), specialist, missed="Không có trong bì thư")

    assert list(brought_later(here.pk)) == [dossier.pk]
    assert send_on(dossier, there, clerk, at=TUESDAY + timedelta(hours=3)).lines.get().state == Arrival.AWAITED


@pytest.mark.parametrize(("who", "words"), [("specialist", "Việc này do nơi tiếp nhận làm"), ("reader", "Vai trò của bạn không được")])
def test_only_the_desk_that_took_it_sends_it(dossier, here, there, specialist, who, words):
    person = specialist if who == "specialist" else make_user(Role.LEADER, agency=here)

    with pytest.raises(NotAllowed) as refusal:
        send_on(dossier, there, person)
    said = getattr(refusal.value, "refused", {}).get(dossier.code, str(refusal.value))
    assert said.startswith(words)


def test_the_result_goes_home_while_the_list_is_not_confirmed(dossier, here, there, clerk, specialist):
    transfer = send_on(dossier, there, clerk)
    current = lifecycle.submit_for_sign_off(Dossier.objects.get(pk=dossier.pk), by=specialist, at=TUESDAY + timedelta(hours=3), summary="x")
    head = make_user(Role.HEAD, agency=there)
    current = lifecycle.sign_off(
        current, kind="wet_ink", signer=head, by=head, at=TUESDAY + timedelta(hours=4), doc_number="7", doc_symbol="T"
    )
    current = lifecycle.issue_result(current, by=specialist, at=TUESDAY + timedelta(hours=4))

    assert list(results_to_send(there.pk)) == [current]
    lifecycle.send_home([current], to=here, key=uuid4(), by=specialist, at=TUESDAY + timedelta(hours=5))
    assert confirmed(transfer, specialist, at=TUESDAY + timedelta(hours=6)).confirmed_by == specialist


# -- pages -------------------------------------------------------------------------------------


def test_a_desk_counts_what_it_has_to_send_on_itself(client, monkeypatch, dossier, there, here, clerk, specialist):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY + timedelta(hours=1))
    back = settled_there(make_clerk(there), here, make_user(Role.SPECIALIST, Role.CLERK, agency=here))
    lifecycle.accept_supplement(asked(back, back.holder), by=specialist, at=TUESDAY)
    neither = make_clerk(make_agency("H61.28", "Trà Cú"))
    found = []
    for person in (clerk, specialist, neither):
        client.force_login(person)
        found.append([number for number, words, _ in client.get("/quay/").context["counts"] if words == "giấy bổ sung cần gửi xã khác"])

    assert found == [[1], [1], []]


def test_the_pages_of_both_desks_lead_the_papers_over(client, monkeypatch, dossier, there, clerk, specialist):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY + timedelta(hours=1))
    client.force_login(clerk)
    counts = {words: number for number, words, _ in client.get("/quay/").context["counts"]}
    page = client.get("/quay/chuyen-ho-so/")
    fields = {"way": LATER, "to": there.code, "key": str(uuid4()), "code": dossier.code, f"revision-{dossier.code}": dossier.revision}
    answer = client.post("/quay/chuyen-ho-so/", fields)
    client.force_login(specialist)
    arrived = client.get(answer["Location"])

    assert counts["giấy bổ sung cần gửi xã khác"] == 1
    assert "Giấy tờ bổ sung của hồ sơ đang ở Xã Phú Tân An" in page.text
    assert answer.status_code == 303
    assert "Bổ sung: Giấy chứng sinh, Bản sao hộ chiếu" in arrived.text and "Giao tiếp cho" not in arrived.text
    assert client.get(f"{answer['Location']}in/").content.startswith(b"%PDF")
    assert "Giấy tờ bổ sung đang trên đường" in client.get(dossier.get_absolute_url()).text
