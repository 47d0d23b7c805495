"""The outbox on the desk's pages."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle, message_list
from dossiers.intake import Guidance, PartyLine
from dossiers.models import MessageChoice
from dossiers.statuses import Status
from dossiers.tests.makers import make_dossier, make_version
from onestop.history.models import AccessEntry
from onestop.outbox.models import Message, State
from onestop.outbox.sending import send_due
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db

LIST, AGAIN, UNREACHED = reverse("dossiers:messages"), "dossiers:message_again", reverse("dossiers:unreachable")


@pytest.fixture
def clerk():
    return make_user(Role.CLERK)


@pytest.fixture
def desk(client, clerk):
    client.force_login(clerk)
    return client


def filer(name="Thạch Thị Sóc Kha", **fields) -> PartyLine:
    values = {"phone": "0900000123", "phone_owner": "own"}
    return PartyLine(role="filer", name=name, basis="self", address="Ấp Trà Kha", **(values | fields))


def dead(clerk, kind="refused_422") -> Message:
    make_dossier(by=clerk)
    Message.objects.update(state=State.FAILED, last_error=kind, attempts=1)
    return Message.objects.get()


def text_of(response) -> str:
    return unescape(response.content.decode())


@pytest.mark.parametrize("tab", ["", "cho-gui", "da-gui", "khong-gui-duoc", "khong-gui", "x"])
def test_an_empty_tab_says_so(desk, tab):
    response = desk.get(LIST, {"muc": tab})

    assert response.status_code == 200
    assert 'class="empty"' in text_of(response)


def test_a_waiting_message_shows_its_dossier_and_a_masked_number(desk, clerk):
    dossier = make_dossier(by=clerk)

    shown = text_of(desk.get(LIST))

    assert (dossier.code in shown, "•••••••123" in shown, "0900000123" in shown) == (True, True, False)
    assert "Chờ gửi (1)" in shown
    assert "(đường dẫn mở hồ sơ)" in shown


def test_the_page_says_when_nobody_is_reached(desk, clerk, settings):
    assert "Chưa nối cổng nhắn tin" in text_of(desk.get(LIST))

    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {"sms": "http"}
    assert "Chưa nối cổng nhắn tin" not in text_of(desk.get(LIST))


def test_what_only_stands_here_is_not_called_sent(desk, clerk):
    dossier = make_dossier(by=clerk)
    send_due(dossier.received_at)

    shown = text_of(desk.get(LIST, {"muc": "da-gui"}))
    assert "Đã ghi vào hộp tin" in shown

    Message.objects.update(backend="http")
    assert "Đã ghi vào hộp tin" not in text_of(desk.get(LIST, {"muc": "da-gui"}))


def test_a_slip_is_named_by_its_number(desk, clerk):
    slip = lifecycle.request_supplement(
        Guidance(make_dossier(by=clerk).submission_key, make_version(), filer(), ("Giấy chứng sinh",), "", {}), by=clerk, at=timezone.now()
    )

    shown = text_of(desk.get(LIST))
    assert "01/HDHS" in shown
    assert reverse("dossiers:slip", args=[slip.issued_papers.get().pk]) in shown


def test_a_dead_letter_says_why_and_can_be_sent_again(desk, clerk):
    message = dead(clerk)
    shown = text_of(desk.get(LIST, {"muc": "khong-gui-duoc"}))
    assert "Cổng gửi tin từ chối tin này" in shown
    assert reverse(AGAIN, args=[message.pk]) in shown

    response = desk.post(reverse(AGAIN, args=[message.pk]), follow=True)

    assert "Đã đưa tin vào danh sách chờ gửi." in text_of(response)
    message.refresh_from_db()
    assert (message.state, message.resent_by) == (State.WAITING, clerk)
    assert f"{clerk.full_name} gửi lại lúc" in text_of(desk.get(LIST))


def test_sending_again_twice_says_that_it_is_on_its_way(desk, clerk):
    message = dead(clerk)
    desk.post(reverse(AGAIN, args=[message.pk]))

    assert "đang chờ gửi hoặc đã gửi rồi" in text_of(desk.post(reverse(AGAIN, args=[message.pk]), follow=True))


def test_another_communes_messages_are_neither_seen_nor_sent(client, clerk):
    message = dead(clerk)
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Phú Tân An")))

    assert message.subject not in text_of(client.get(LIST, {"muc": "khong-gui-duoc"}))
    assert 'class="empty"' in text_of(client.get(LIST, {"muc": "khong-gui-duoc"}))
    assert client.post(reverse(AGAIN, args=[message.pk])).status_code == 404
    message.refresh_from_db()
    assert message.state == State.FAILED


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.LEADER, Role.HEAD, Role.ADMIN, Role.AUDITOR, Role.HELPER, Role.PROVINCE])
@pytest.mark.parametrize("address", [LIST, UNREACHED])
def test_only_the_desk_reads_the_outbox(client, role, address):
    client.force_login(make_user(role))

    assert client.get(address).status_code == 403


def test_reading_the_lists_is_noted(desk, clerk):
    desk.get(LIST, {"muc": "da-gui"})
    desk.get(UNREACHED)

    assert list(AccessEntry.objects.order_by("id").values_list("kind", "detail"))[-2:] == [
        ("list", "Tin nhắn: da-gui; 0 dòng"), ("list", "Không liên lạc được: 0 dòng"),
    ]


def test_a_long_list_has_pages_and_costs_the_same(desk, clerk, django_assert_max_num_queries):
    dossier = make_dossier(by=clerk)
    first = Message.objects.get()
    Message.objects.bulk_create(
        Message(
            agency=dossier.agency, subject=first.subject, event="received", channel="sms", recipient="0900000123", text="x",
            key=f"k{number}", made_at=first.made_at + timedelta(seconds=number), next_at=first.made_at,
        )
        for number in range(1, 60)
    )

    with django_assert_max_num_queries(6):
        page = desk.get(LIST)
    following = page.context["next_page"]
    rest = desk.get(LIST + following)

    assert (len(page.context["rows"]), len(rest.context["rows"]), rest.context["next_page"]) == (50, 10, "")
    keys = [row.made for row in page.context["rows"]]
    assert keys == sorted(keys, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "ffffffffffffffff-1", "1-ffffffffffffffff", "%00"])
def test_a_cursor_that_is_none_shows_the_first_page(desk, clerk, cursor):
    make_dossier(by=clerk)

    assert len(desk.get(LIST, {"sau": cursor}).context["rows"]) == 1
    assert desk.get(UNREACHED, {"sau": cursor}).status_code == 200


# -- whom no message reaches -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("person", "why", "to_do"),
    [
        (filer(phone="", phone_owner=""), "Không có điện thoại, thư điện tử", "Nhờ trưởng ấp báo, hoặc gửi thư"),
        (filer(phone_owner="none"), "Không có điện thoại, thư điện tử", "Nhờ trưởng ấp báo, hoặc gửi thư"),
        (filer(phone="02943851234"), "Chỉ có máy bàn", "Gọi điện thoại."),
    ],
)
def test_who_left_no_mobile_number_is_listed_with_what_to_do(desk, clerk, person, why, to_do):
    dossier = make_dossier(by=clerk, parties=(person,))

    shown = text_of(desk.get(UNREACHED))
    assert (dossier.code in shown, why in shown, to_do in shown, "02943851234" in shown) == (True, True, True, False)


@pytest.mark.parametrize(
    "person", [filer(), filer(phone="", phone_owner="", email="kha@vidu.vn"), filer(phone_owner="relative"), filer(phone_owner="neighbour")]
)
def test_who_can_be_reached_is_not_listed(desk, clerk, person):
    make_dossier(by=clerk, parties=(person,))

    assert 'class="empty"' in text_of(desk.get(UNREACHED))


def test_a_dead_last_message_lists_its_dossier_until_a_later_one_arrives(desk, clerk):
    message = dead(clerk, "timeout")
    assert "Cổng gửi tin trả lời chậm quá" in text_of(desk.get(UNREACHED))

    desk.post(reverse(AGAIN, args=[message.pk]))
    assert 'class="empty"' in text_of(desk.get(UNREACHED))


def test_who_wants_no_messages_or_is_done_is_not_listed(desk, clerk):
    for status in (Status.RECEIVED, Status.RETURNED):
        make_dossier(by=clerk, parties=(filer(phone="", phone_owner=""),), status=status)
    dossier = make_dossier(by=clerk, parties=(filer(phone="", phone_owner="", name="Kim Sa"),))
    lifecycle.choose_messages(dossier, wanted=False, by=clerk, at=timezone.now())

    assert [row.name for row in desk.get(UNREACHED).context["rows"]] == ["Thạch Thị Sóc Kha"]


def test_the_list_of_the_unreached_has_pages(desk, clerk, monkeypatch):
    monkeypatch.setitem(message_list.unreached_page.__kwdefaults__, "size", 2)
    codes = {make_dossier(by=clerk, parties=(filer(phone="", phone_owner=""),)).code for _ in range(3)}

    first = desk.get(UNREACHED)
    second = desk.get(UNREACHED + first.context["next_page"])

    assert {row.code for page in (first, second) for row in page.context["rows"]} == codes
    assert second.context["next_page"] == ""


# -- the filer's word --------------------------------------------------------------------------
def test_the_desk_keeps_that_a_filer_wants_no_messages(desk, clerk):
    dossier = make_dossier(by=clerk)
    address = reverse("dossiers:message_choice", args=[dossier.code])
    assert address in text_of(desk.get(dossier.get_absolute_url()))

    response = desk.post(address, {"wanted": "0", "revision": dossier.revision})

    assert (response.status_code, response["Location"]) == (303, dossier.get_absolute_url())
    assert MessageChoice.objects.get().wanted is False
    assert desk.get(address).context["form"].initial["wanted"] == "0"


@pytest.mark.parametrize("wanted", ["", "2"])
def test_a_choice_that_is_none_is_asked_for_again(desk, clerk, wanted):
    dossier = make_dossier(by=clerk)
    response = desk.post(reverse("dossiers:message_choice", args=[dossier.code]), {"wanted": wanted, "revision": dossier.revision})

    assert response.status_code == 422
    assert "Chọn nhận tin hay không" in text_of(response)
