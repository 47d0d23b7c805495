"""The auditor's page: the state of the chain, a check now, a printed paper laid beside it."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers.tests.makers import local, make_dossier
from onestop import audit
from onestop.history import triggers
from onestop.history.models import AccessEntry, ChainHead, Event
from onestop.history.record import short_hash
from onestop.history.rows import tracked_models
from onestop.history.seals import seal_all
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user

pytestmark = pytest.mark.django_db
PAGE = "/kiem-tra-lich-su/"


@pytest.fixture
def auditor(client):
    user = make_user(Role.AUDITOR)
    client.force_login(user)
    return user


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def tomorrow() -> datetime:
    """When today's seal can be made: accounts are recorded by the real clock."""
    return timezone.now() + timedelta(days=1)


def tamper(statement: str) -> None:
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    triggers.install()


def test_a_young_history_says_what_it_has_not_yet(client, auditor):
    words = text_of(client.get(PAGE))
    assert "Chưa có: lịch sử được niêm phong lúc 23:30 mỗi ngày." in words
    assert "Chưa chạy lần nào." in words


def test_the_unsealed_tail_is_counted_and_explained(client, auditor):
    make_dossier()
    seal_all(tomorrow())
    make_dossier(at=local("2026-11-23 09:00"))
    standing = audit.standing_of(auditor.agency_id)
    # The seal's own entry and the second dossier's come after the seal.
    assert standing.unsealed == standing.entries - standing.seal.seq > 1
    words = text_of(client.get(PAGE))
    assert f"Hiện nay đuôi ấy dài {standing.unsealed} mục." in words
    assert standing.seal.words in words


def test_the_page_costs_the_same_however_long_the_chain_is(client, auditor):
    costs = []
    for _ in range(2):
        make_dossier()
        with CaptureQueriesContext(connection) as queries:
            audit.standing_of(auditor.agency_id)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 6


def test_a_whole_history_is_called_whole_and_the_look_is_on_record(client, auditor):
    make_dossier()
    assert "mọi dòng dữ liệu đều khớp" in text_of(client.post(PAGE, {"act": "check"}))
    assert AccessEntry.objects.filter(actor_id=auditor.pk, detail="Kiểm tra lịch sử").count() == 1


def test_every_table_that_the_history_watches_has_a_name_in_the_office():
    assert {tracking.label for tracking in tracked_models()} == set(audit.ROWS)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE dossiers_dossier SET due_at = '2027-01-29 10:00:00' WHERE id = {dossier}", "Hồ sơ số {dossier} ({code}) bị sửa"),
        ("DELETE FROM dossiers_appointment WHERE dossier_id = {dossier}", "Lần hẹn số {appointment} bị xóa"),
        ("UPDATE dossiers_appointment SET reason = 'x' WHERE dossier_id = {dossier}", "Lần hẹn số {appointment} của hồ sơ {code} bị sửa"),
        ("UPDATE history_event SET act = 'amend' WHERE agency_id = {agency} AND seq = {last}", "Mục lịch sử {last} bị sửa"),
        ("DELETE FROM history_event WHERE agency_id = {agency} AND seq = {last}", "Mục lịch sử {last} bị cắt đuôi"),
        ("UPDATE history_chainhead SET seq = {last} + 1 WHERE agency_id = {agency}", "Đầu chuỗi bị sửa"),
    ],
)
def test_what_was_done_behind_the_portals_back_is_named(client, auditor, statement, words):
    dossier = make_dossier()
    facts = {
        "dossier": dossier.pk,
        "code": dossier.code,
        "appointment": dossier.appointments.get().pk,
        "agency": dossier.agency_id,
        "last": Event.objects.filter(agency_id=dossier.agency_id).latest("seq").seq,
    }
    tamper(statement.format(**facts))
    assert words.format(**facts) in text_of(client.post(PAGE, {"act": "check"}))


def test_a_tail_cut_with_all_its_rows_and_the_old_head_is_betrayed_only_by_the_printed_slip(client, auditor):
    """What the page says can be hidden, can be; and what it says still tells, tells."""
    make_dossier()
    head = ChainHead.objects.get(agency_id=auditor.agency_id)
    cut = make_dossier(at=local("2026-11-23 09:00"))
    printed = short_hash(Event.objects.filter(subject=f"dossier:{cut.pk}").earliest("seq"))
    assert "Tờ giấy này có trong lịch sử" in text_of(client.post(PAGE, {"act": "compare", "paper": cut.code, "mark": printed}))
    for relation in type(cut)._meta.related_objects:
        tamper(f"DELETE FROM {relation.related_model._meta.db_table} WHERE {relation.field.column} = {cut.pk}")
    tamper(f"DELETE FROM dossiers_dossier WHERE id = {cut.pk}")
    tamper(f"DELETE FROM history_event WHERE agency_id = {head.agency_id} AND seq > {head.seq}")
    head.save()
    assert "mọi dòng dữ liệu đều khớp" in text_of(client.post(PAGE, {"act": "check"}))
    assert "Lịch sử không có mục nào như trên tờ giấy" in text_of(client.post(PAGE, {"act": "compare", "paper": cut.code, "mark": printed}))


def test_a_daily_sheet_is_compared_by_its_seal(client, auditor):
    make_dossier()
    seal_all(tomorrow())
    seal = audit.standing_of(auditor.agency_id).seal
    words, day = seal.words, f"{seal.day:%d/%m/%Y}"
    for mark, answer in ((words, "Tờ giấy này có trong lịch sử"), ("0" * 16, "Lịch sử không có mục nào")):
        assert answer in text_of(client.post(PAGE, {"act": "compare", "paper": day, "mark": mark}))


@pytest.mark.parametrize(
    ("paper", "mark", "sentence"),
    [
        ("", "12345678", "Nhập mã hồ sơ, hoặc ngày của phiếu tổng hợp"),
        ("H61.26-261120-0001", "", "Nhập mã kiểm chứng in trên giấy"),
        ("H61.26-261120-0001", "1234", "Mã kiểm chứng gồm 8 hoặc 16 ký tự"),
        ("H61.26-261120-0001", "zzzzzzzz", "Mã kiểm chứng gồm 8 hoặc 16 ký tự"),
        ("32/11/2026", "12345678", "ngày"),
        ("???", "12345678", "Mã hồ sơ"),
    ],
)
def test_what_cannot_be_read_is_said_at_the_field_and_kept(client, auditor, paper, mark, sentence):
    response = client.post(PAGE, {"act": "compare", "paper": paper, "mark": mark})
    assert response.status_code == 422
    words = text_of(response)
    assert sentence in words
    assert f'value="{paper or mark}"' in words


def test_a_long_history_is_left_to_the_night(client, auditor, monkeypatch):
    monkeypatch.setattr(audit, "MOST_ENTRIES", 0)
    make_dossier()
    words = text_of(client.post(PAGE, {"act": "check"}))
    assert "không kiểm tra trong lúc làm việc được" in words
    assert "mọi dòng dữ liệu đều khớp" not in words


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.ADMIN, Role.ARCHIVIST, Role.PROVINCE])
def test_other_roles_are_refused(client, role):
    client.force_login(make_user(role))
    assert client.get(PAGE).status_code == 403


def test_an_auditor_sees_no_other_commune_but_the_provinces_sees_each(client):
    make_agency("H61.27", "Trà Kha")
    client.force_login(make_user(Role.AUDITOR))
    assert client.get(PAGE, {"don-vi": "H61.27"}).status_code == 404
    client.force_login(make_user(Role.AUDITOR, agency=make_province()))
    assert "Trà Kha" in text_of(client.get(PAGE, {"don-vi": "H61.27"}))
