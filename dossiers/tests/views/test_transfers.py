"""The pages of dossiers between two communes, without a script."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers.models import Arrival, Dossier, TransferList
from dossiers.statuses import Status
from dossiers.tests.makers import make_clerk, make_dossier, make_version
from dossiers.tests.test_transferring import confirmed, sent, settled
from onestop.history.models import AccessEntry
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user

pytestmark = pytest.mark.django_db
PAGE = "/quay/chuyen-ho-so/"
NOW = timezone.now()


@pytest.fixture
def clerk(here):
    return make_clerk(here)


def received(clerk, there, **fields) -> Dossier:
    return make_dossier(by=clerk, competent=there, at=NOW - timedelta(minutes=5), **fields)


def form_of(page: str, way: str = "di") -> dict[str, str]:
    """The hidden fields of the first form that sends this way."""
    for form in re.findall(r"<form method=\"post\" novalidate>.*?</form>", page, re.DOTALL):
        if f'name="way" value="{way}"' in form:
            return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    raise AssertionError("no such form")


def send(client, dossiers, *, form: str = "di", **more):
    fields = form_of(client.get(PAGE).content.decode(), form)
    return client.post(PAGE, fields | {"code": [dossier.code for dossier in dossiers]} | more)


# -- intake --------------------------------------------------------------------------------------


def intake(client, **more):
    version = make_version()
    values = {
        "submission_key": "6f2c0f4e-0000-4000-8000-000000000001",
        "name": "Thạch Thị Sóc Kha",
        "personal_id": "000185006123",
        "phone": "0900000123",
        "procedure": "1.001193",
        "basis": "self",
        "channel": "counter",
        "delivery": "desk",
        "set_count": "1",
        "slip_language": "vi",
        "all_there": "on",
        "warnings_seen": "on",
        "act": "save",
    }
    assert version.procedure.code == values["procedure"]
    return client.post("/quay/tiep-nhan/", values | more)


def test_an_ordinary_intake_asks_nothing_about_other_communes(client, clerk, there):
    client.force_login(clerk)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/quay/tiep-nhan/").content.decode()

    assert 'value="elsewhere"' in page and 'id="id_competent"' in page
    assert "<select" not in page.partition("Cơ quan giải quyết")[2].partition("</p>")[0]
    assert not [query for query in queries if "\"level\" = 'commune'" in query["sql"] and "parent_id" in query["sql"].partition("WHERE")[2]]


def test_the_button_shows_the_neighbours_and_keeps_what_was_typed(client, clerk, there):
    client.force_login(clerk)
    page = intake(client, act="elsewhere").content.decode()

    assert '<option value="H61.27">Xã Phú Tân An</option>' in page
    assert 'value="Thạch Thị Sóc Kha"' in page
    assert not Dossier.objects.exists()


def test_a_chosen_commune_is_competent(client, clerk, there):
    client.force_login(clerk)

    assert intake(client, competent="H61.27").status_code == 303
    assert Dossier.objects.get().competent_agency == there


@pytest.mark.parametrize("code", ["H61", "H99.01", "H61.29", "x" * 40])
def test_a_tampered_commune_is_refused_at_the_field_and_nothing_is_lost(client, clerk, there, code):
    make_agency("H61.29", "Tân Hòa", is_active=False)
    make_agency("H99.01", "Xa Lạ", parent=make_province("H99", "Tỉnh Khác"))
    client.force_login(clerk)
    answer = intake(client, competent=code)

    assert answer.status_code == 422
    assert 'href="#id_competent"' in answer.content.decode() and 'value="0900000123"' in answer.content.decode()
    assert not Dossier.objects.exists()


# -- sending ---------------------------------------------------------------------------------------


def test_an_empty_page_says_so(client, clerk):
    client.force_login(clerk)
    page = client.get(PAGE).content.decode()

    for sentence in ("Không có hồ sơ hay kết quả nào cần gửi", "Chưa có danh sách nào gửi đến", "Chưa gửi danh sách nào"):
        assert sentence in page


def test_ticked_dossiers_go_on_one_list(client, clerk, there):
    one, two = received(clerk, there), received(clerk, there)
    client.force_login(clerk)
    answer = send(client, [one, two])

    transfer = TransferList.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/chuyen-ho-so/{transfer.pk}/")
    assert [line.dossier for line in transfer.lines.all()] == [one, two]


def test_a_double_click_makes_one_list(client, clerk, there):
    dossier = received(clerk, there)
    client.force_login(clerk)
    fields = form_of(client.get(PAGE).content.decode()) | {"code": [dossier.code]}
    first, second = client.post(PAGE, fields), client.post(PAGE, fields)

    assert first["Location"] == second["Location"]
    assert TransferList.objects.count() == 1


def test_a_stale_page_is_refused_and_named(client, clerk, there):
    dossier = received(clerk, there)
    client.force_login(clerk)
    answer = send(client, [dossier], **{f"revision-{dossier.code}": "99"})

    assert answer.status_code == 409
    assert f'<span class="code">{dossier.code}</span>: Hồ sơ vừa được' in answer.content.decode()


def test_ticking_all_sends_nothing(client, clerk, there):
    received(clerk, there)
    client.force_login(clerk)
    page = send(client, [], all="di-H61-27").content.decode()

    assert re.search(r'name="code" value="[^"]+" id="di-H61-27-1" checked', page)
    assert not TransferList.objects.exists()


def test_nothing_ticked_is_a_sentence(client, clerk, there):
    received(clerk, there)
    client.force_login(clerk)
    answer = send(client, [])

    assert (answer.status_code, "Đánh dấu ít nhất một hồ sơ" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "more", [{"to": "H99.01"}, {"to": ""}, {"to": "H99\x00"}, {"way": "x"}, {"code": ["H61.26-200101-9999"]}, {"code": ["\x00"]}]
)
def test_a_tampered_form_is_answered_with_not_found(client, clerk, there, more):
    dossier = received(clerk, there)
    make_agency("H99.01", "Xa Lạ", parent=make_province("H99", "Tỉnh Khác"))
    client.force_login(clerk)

    assert send(client, [dossier], **more).status_code == 404


def test_the_page_shows_what_is_late_elsewhere(client, clerk, there, their_clerk):
    dossier = make_dossier(by=clerk, competent=there, at=NOW - timedelta(days=30))
    transfer = sent([dossier], there, clerk, at=NOW - timedelta(days=29))
    confirmed(transfer, their_clerk, at=NOW - timedelta(days=28))
    client.force_login(clerk)
    row = client.get(PAGE).content.decode().partition("xã khác đang giải quyết</h2>")[2]

    assert dossier.code in row and "Quá hạn" in row and "Xã Phú Tân An" in row


def test_the_page_takes_as_many_queries_for_many_as_for_one(client, clerk, there):
    client.force_login(clerk)
    counts = []
    for number in (1, 3):
        for _ in range(number):
            received(clerk, there)
        sent([received(clerk, there)], there, clerk, at=NOW)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[1]


# -- confirming --------------------------------------------------------------------------------------


def test_the_other_side_says_line_by_line_what_came(client, clerk, there, their_clerk):
    came, lost = received(clerk, there), received(clerk, there)
    transfer = sent([came, lost], there, clerk, at=NOW)
    first, second = transfer.lines.all()
    client.force_login(their_clerk)
    assert "Đánh dấu đã nhận tất cả" in client.get(transfer.get_absolute_url()).content.decode()
    answer = client.post(transfer.get_absolute_url(), {f"{first.pk}-taken": "on", f"{second.pk}-note": "Không có trong túi"})

    assert answer.status_code == 303
    assert [line.state for line in transfer.lines.all()] == [Arrival.TAKEN, Arrival.MISSED]
    assert "Đã nhận 1/2" in client.get(transfer.get_absolute_url()).content.decode()
    client.force_login(clerk)
    assert "Không có trong túi" in client.get(transfer.get_absolute_url()).content.decode()


def test_a_line_without_an_answer_is_named_at_its_box(client, clerk, there, their_clerk):
    transfer = sent([received(clerk, there)], there, clerk, at=NOW)
    client.force_login(their_clerk)
    answer = client.post(transfer.get_absolute_url(), {})

    assert answer.status_code == 422
    assert "Đánh dấu đã nhận, hoặc ghi vì sao chưa nhận" in answer.content.decode()


def test_a_list_confirmed_meanwhile_says_so(client, clerk, there, their_clerk):
    transfer = sent([received(clerk, there)], there, clerk, at=NOW)
    confirmed(transfer, their_clerk, at=NOW)
    client.force_login(their_clerk)
    answer = client.post(transfer.get_absolute_url(), {})

    assert (answer.status_code, "đã được xác nhận" in answer.content.decode()) == (409, True)


def test_the_sender_reads_his_list_and_does_not_confirm_it(client, clerk, there):
    transfer = sent([received(clerk, there)], there, clerk, at=NOW)
    client.force_login(clerk)

    assert "Xác nhận danh sách" not in client.get(transfer.get_absolute_url()).content.decode()
    assert client.post(transfer.get_absolute_url(), {f"{transfer.lines.get().pk}-taken": "on"}).status_code == 422


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ["/chuyen-ho-so/{}/", "/chuyen-ho-so/{}/in/"])
def test_a_third_commune_finds_no_list(client, clerk, there, method, address):
    transfer = sent([received(clerk, there)], there, clerk, at=NOW)
    client.force_login(make_user(Role.CLERK, Role.MANAGER, agency=make_agency("H61.28", "Hiệp Thạnh")))
    statuses = {getattr(client, method)(address.format(pk)).status_code for pk in (transfer.pk, 999_999)}

    assert statuses <= {404, 405} and len(statuses) == 1


def test_the_list_is_printed_in_two_copies_by_both_sides(client, clerk, there, their_clerk):
    transfer = sent([received(clerk, there)], there, clerk, at=NOW)
    for person in (clerk, their_clerk):
        client.force_login(person)
        answer = client.get(f"/chuyen-ho-so/{transfer.pk}/in/")
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert AccessEntry.objects.filter(subject=f"transfer:{transfer.pk}").count() == 2


def test_results_go_home_by_the_same_page(client, clerk, here, there, their_clerk):
    dossier = make_dossier(by=clerk, competent=there)
    confirmed(sent([dossier], there, clerk), their_clerk)
    dossier = settled(dossier, there, their_clerk)
    client.force_login(their_clerk)
    assert send(client, [dossier], form="ve").status_code == 303

    transfer = TransferList.objects.latest("pk")
    client.force_login(clerk)
    assert client.post(transfer.get_absolute_url(), {f"{transfer.lines.get().pk}-taken": "on"}).status_code == 303
    dossier.refresh_from_db()
    assert (dossier.status, dossier.holder) == (Status.RESULT_READY, clerk)


# -- the dossier's page ------------------------------------------------------------------------------


def main_step(client, dossier) -> tuple[str, str]:
    main = client.get(dossier.get_absolute_url()).context["main"]
    return main.words, main.address


def test_the_page_leads_first_to_the_list_and_then_to_the_work(client, clerk, here, there, their_clerk):
    dossier = received(clerk, there)
    client.force_login(clerk)
    assert main_step(client, dossier) == ("Gửi Xã Phú Tân An", PAGE)

    confirmed(sent([dossier], there, clerk, at=NOW), their_clerk, at=NOW)
    client.force_login(their_clerk)
    assert main_step(client, dossier)[0] != "Gửi Xã Phú Tân An"


def test_where_the_papers_are_is_asked_once_for_the_whole_page(client, clerk, there):
    dossier = received(clerk, there)
    sent([dossier], there, clerk, at=NOW)
    client.force_login(clerk)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(dossier.get_absolute_url()).content.decode()

    assert len([query for query in queries if query["sql"].startswith('SELECT "dossiers_transferline"')]) == 1
    assert "danh sách chuyển số 1/2026 chưa xác nhận" in page


def test_the_button_puts_the_clerk_into_the_list_of_communes(client, clerk, there):
    client.force_login(clerk)

    assert intake(client, act="elsewhere").context["focus"] == "id_competent"
    assert intake(client, act="read", competent="H61.27").context["focus"] != "id_competent"
