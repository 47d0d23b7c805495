"""The page of one dossier: what it tells to whom, and that it tells nothing to anybody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers import lifecycle
from dossiers.intake import PartyLine
from dossiers.models import Dossier
from dossiers.statuses import Status
from dossiers.tests.makers import RECEIVED, make_dossier
from onestop.history.models import AccessEntry, AccessKind
from onestop.staff.roles import Role
from onestop.testing import make_province, make_user

pytestmark = pytest.mark.django_db
NUMBER = "000185006123"


def test_numbers_are_masked_until_somebody_asks_and_then_shown_once(client, clerk):
    dossier = make_dossier()
    page = dossier.get_absolute_url()

    before = client.get(page).content.decode()
    answer = client.post(reverse("dossiers:reveal", args=[dossier.code]))
    shown, after = (client.get(page).content.decode() for _ in range(2))

    assert [NUMBER in text for text in (before, shown, after)] == [False, True, False]
    assert "•••••••••123" in before
    assert (answer.status_code, answer.url) == (303, f"{page}#nguoi")
    assert AccessEntry.objects.filter(kind=AccessKind.REVEAL, subject=f"dossier:{dossier.pk}").count() == 1


def test_what_was_revealed_of_one_dossier_is_not_shown_of_another(client, clerk):
    first, second = make_dossier(), make_dossier()

    client.post(reverse("dossiers:reveal", args=[first.code]))

    assert NUMBER not in client.get(second.get_absolute_url()).content.decode()


def test_numbers_are_not_revealed_by_a_link(client, clerk):
    assert client.get(reverse("dossiers:reveal", args=[make_dossier().code])).status_code == 405


@pytest.mark.parametrize("spelling", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("-", "")])
def test_other_spellings_lead_to_the_printed_one(client, clerk, spelling):
    dossier = make_dossier()

    response = client.get(reverse("dossiers:detail", args=[spelling(dossier.code)]))

    assert (response.status_code, response.url) == (302, dossier.get_absolute_url())


def test_the_page_tells_why_the_date_is_what_it_is(client, clerk):
    page = client.get(make_dossier().get_absolute_url()).content.decode()

    assert "Ngày tiếp nhận thứ Sáu, 20/11/2026 không tính." in page


def test_the_control_sheet_names_giver_receiver_and_both_times(client, clerk):
    specialist = make_user(Role.SPECIALIST)
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=clerk, at=RECEIVED + timedelta(hours=1))
    lifecycle.take_over(dossier, by=specialist, at=RECEIVED + timedelta(hours=2))

    sheet = client.get(dossier.get_absolute_url()).context["sheet"]

    assert sheet.hand_overs == [(1, clerk.full_name, specialist.full_name, "10:00 20/11/2026", "11:00 20/11/2026", "")]


def test_a_returned_dossier_shows_result_signature_and_recipient(client, clerk):
    sheet = client.get(make_dossier(status=Status.RETURNED).get_absolute_url()).context["sheet"]

    assert [(result["version"], result["number"], bool(result["signed"])) for result in sheet.results] == [(1, "12/TLKS", True)]
    assert [whom for _, _, whom, _ in sheet.returns] == ["Thạch Thị Sóc Kha (chính chủ)"]


def test_the_cost_does_not_depend_on_the_length_of_the_history(client, clerk, django_assert_max_num_queries):
    short = make_dossier(papers_state="submitted")
    long = make_dossier(status=Status.RETURNED)
    client.get(short.get_absolute_url())
    with django_assert_max_num_queries(9) as few:
        client.get(short.get_absolute_url())
    with django_assert_max_num_queries(9) as many:
        client.get(long.get_absolute_url())

    # What is over asks for no limit any more.
    assert len(many) <= len(few)


def test_the_province_reads_without_personal_data(client):
    child = PartyLine(role="child", name="Thạch Minh Khang", personal_id="000220001234")
    dossier = make_dossier()
    dossier.parties.create(agency=dossier.agency, role=child.role, name=child.name, name_key="", personal_id=child.personal_id)
    client.force_login(make_user(Role.PROVINCE, agency=make_province()))

    page = client.get(dossier.get_absolute_url()).content.decode()

    assert "Thạch T. S. K." in page
    assert [text in page for text in ("Sóc Kha", "Khang", "•••", NUMBER, "0900000123", "Ấp Trà Kha", "Hiện số")] == [False] * 7
    assert client.post(reverse("dossiers:reveal", args=[dossier.code])).status_code == 404


@pytest.mark.parametrize("role", [Role.HELPER, Role.ADMIN])
def test_who_has_nothing_to_do_with_dossiers_is_refused(client, role):
    client.force_login(make_user(role))

    assert client.get(make_dossier().get_absolute_url()).status_code == 403


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.ARCHIVIST, Role.LEADER, Role.PROVINCE])
def test_the_log_is_for_manager_head_and_auditor(client, role):
    client.force_login(make_user(role))

    assert client.get(reverse("dossiers:log", args=[make_dossier().code])).status_code == 403


def test_the_log_names_every_act_and_everybody_who_looked(client):
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    client.force_login(make_user(Role.AUDITOR))
    log = reverse("dossiers:log", args=[dossier.code])

    assert [row[1] for row in client.get(log).context["rows"]] == ["Trình ký", "Bàn giao", "Tiếp nhận hồ sơ"]
    assert [row[1:3] for row in client.get(log, {"xem": "1"}).context["rows"]] == [("Xem", "nhật ký"), ("Xem", "nhật ký")]


def test_the_log_pages_by_entry(client, monkeypatch):
    monkeypatch.setattr("dossiers.journal.PAGE_SIZE", 2)
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    client.force_login(make_user(Role.MANAGER))
    log = reverse("dossiers:log", args=[dossier.code])

    first = client.get(log).context
    second = client.get(log, {"sau": first["next"]}).context

    assert ([len(page["rows"]) for page in (first, second)], second["next"]) == ([2, 1], "")


def test_a_slip_is_printed_byte_for_byte_by_the_desk_only(client, clerk):
    dossier = make_dossier()
    address = reverse("dossiers:paper", args=[dossier.code, "giay-hen"])

    first, again = client.get(address), client.get(address)
    client.force_login(make_user(Role.SPECIALIST))

    assert (first.content[:5], first.content == again.content, first["X-Frame-Options"]) == (b"%PDF-", True, "SAMEORIGIN")
    assert client.get(address).status_code == 403


def test_a_voided_slip_is_not_printed_again(client, clerk):
    dossier = make_dossier()
    dossier.issued_papers.update(voided_at=RECEIVED)

    assert client.get(reverse("dossiers:paper", args=[dossier.code, "giay-hen"])).status_code == 404
    assert Dossier.objects.get().issued_papers.count() == 1


def test_pauses_extensions_and_their_working_cost_no_query_more(client, clerk, django_assert_num_queries):
    leader, plain, moved = make_user(Role.LEADER), make_dossier(), make_dossier()
    moved = lifecycle.suspend(moved, reason="Tòa", ground="TB 12", by=leader, at=RECEIVED)
    moved = lifecycle.resume(moved, by=leader, at=RECEIVED)
    moved = lifecycle.extend(moved, kind="decision", ground="Điều 12", extra_value=2, by=leader, at=RECEIVED)
    client.get(plain.get_absolute_url())
    with CaptureQueriesContext(connection) as few:
        client.get(plain.get_absolute_url())

    with django_assert_num_queries(len(few)):
        client.get(moved.get_absolute_url())


def test_every_promise_is_shown_with_its_working(client, clerk):
    dossier = make_dossier()
    lifecycle.extend(dossier, kind="decision", ground="Điều 12", extra_value=2, by=make_user(Role.LEADER), at=RECEIVED)

    page = client.get(dossier.get_absolute_url()).content.decode()

    wanted = ("Lần 1: hẹn lần đầu", "Lần 2: gia hạn", "Cách tính từng ngày", "Đã thay bằng phiếu lần 2")
    assert [words for words in wanted if words not in page] == []
    assert '<th scope="row" class="when">Thứ Ba, 24/11/2026</th>' in page
