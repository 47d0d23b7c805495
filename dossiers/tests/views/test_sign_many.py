"""Many signatures with one confirmation: each by itself, only in an open session, nothing twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier, SignOff
from dossiers.tests.makers import make_clerk
from dossiers.tests.signing import PDF, submitted
from onestop.history.models import AccessEntry, AccessKind, Event
from onestop.staff.roles import Role
from onestop.testing import make_user
from onestop.vault import files

pytestmark = pytest.mark.django_db
PASSWORD = "mật khẩu của lãnh đạo 26"
MANY, QUEUE, SESSION = reverse("dossiers:sign_many"), reverse("dossiers:sign_queue"), reverse("dossiers:signing_session")


@pytest.fixture
def leader(client):
    leader = make_user(Role.LEADER, password=PASSWORD)
    client.force_login(leader)
    return leader


@pytest.fixture
def session(client, leader):
    """An open signing session of the leader."""
    client.post(SESSION, {"act": "open", "password": PASSWORD})
    return leader


def opened(client, *dossiers: Dossier) -> list[str]:
    """Look at each draft, and say what the confirmation of these dossiers then carries."""
    for dossier in dossiers:
        client.get(reverse("dossiers:draft_file", args=[dossier.code, 1]), {"xem": "1"})
    return [mark(dossier) for dossier in dossiers]


def mark(dossier: Dossier) -> str:
    return f"{dossier.code}:{dossier.revision}:{dossier.results.last().sha256}"


def drafts(number: int) -> list[Dossier]:
    return [submitted(content=PDF + f"{position}".encode(), minutes=40 - position) for position in range(number)]


def sign(client, marks: list[str], **fields):
    return client.post(MANY, {"act": "system", "ky": marks} | fields)


def outcomes(answer) -> list[tuple[bool, str]]:
    return [(row.done, row.words) for row in answer.context["rows"]]


def refusals(person) -> list[str]:
    return list(AccessEntry.objects.filter(actor_id=person.pk, kind=AccessKind.REFUSED).values_list("detail", flat=True))


# -- the confirmation ------------------------------------------------------------------------
def test_the_confirmation_lists_every_dossier_with_its_checks(client, session):
    first, second = drafts(2)
    marks = opened(client, first, second)

    answer = client.get(MANY, {"chon": [second.code, first.code]})

    shown = answer.context["drafts"]
    assert [(row["mark"], len(row["checks"]), row["why_not"]) for row in shown] == [(marks[0], 8, ""), (marks[1], 8, "")]
    assert ("Ký 2 hồ sơ đã chọn" in answer.content.decode(), shown[0]["block"]) == (True, "KT. CHỦ TỊCH – PHÓ CHỦ TỊCH – Lê Hoàng Phúc")


def test_without_a_session_it_is_opened_first_and_leads_back(client, leader):
    (dossier,) = drafts(1)

    answer = client.get(MANY, {"chon": dossier.code})

    assert (answer.status_code, answer.url) == (303, f"{SESSION}?tiep={MANY}%3Fchon%3D{dossier.code}")


def test_an_unopened_draft_is_shown_and_not_ticked(client, session):
    (dossier,) = drafts(1)

    answer = client.get(MANY, {"chon": dossier.code})

    assert (answer.context["drafts"][0]["why_not"], answer.context["number"]) == ("Chưa mở dự thảo", 0)


@pytest.mark.parametrize("chosen", [[], [f"H61.26-261120-{number:04d}" for number in range(31)]])
def test_none_and_more_than_thirty_lead_back_to_the_queue(client, session, chosen):
    assert client.get(MANY, {"chon": chosen}).url == QUEUE


def test_what_waits_no_longer_is_named(client, session):
    for code in ("H61.26-200101-9999", "H61.26\x00"):
        assert client.get(MANY, {"chon": code}).context["gone"] == [code]


# -- in the system ---------------------------------------------------------------------------
def test_one_that_cannot_be_signed_spoils_no_other(client, session):
    good, bad = submitted(content=PDF + b"good"), submitted(content=PDF + uuid4().bytes)
    marks = opened(client, bad, good)
    path = files.path_of(bad.results.get().sha256)
    path.chmod(0o600)
    path.write_bytes(b"other")

    answer = sign(client, marks)

    assert outcomes(answer) == [
        (False, "Tệp dự thảo trên máy chủ không còn nguyên vẹn. Báo quản trị; người soạn trình lại tệp rồi mới ký."),
        (True, "Đã ký duyệt trên hệ thống"),
    ]
    assert (SignOff.objects.get().dossier, Event.objects.filter(act="sign_off").count(), len(refusals(session))) == (good, 1, 1)


def stale(client, dossier):
    mark_then = opened(client, dossier)
    lifecycle.amend(dossier, changes={"staff_note": "x"}, reason="x", by=make_clerk(), at=timezone.now())
    return mark_then


def sent_back(client, dossier):
    mark_then = opened(client, dossier)
    lifecycle.send_back(dossier, reason="Sai", by=make_user(Role.HEAD), at=timezone.now())
    return [f"{dossier.code}:{dossier.revision + 1}:{mark_then[0].split(':')[2]}"]


def other_digest(client, dossier):
    opened(client, dossier)
    return [f"{dossier.code}:{dossier.revision}:{'0' * 64}"]


def unopened(client, dossier):
    return [mark(dossier)]


def of_nowhere(client, dossier):
    return ["H61.26-200101-9999:1:" + "0" * 64]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (stale, "Xem lại rồi thao tác tiếp"),
        (sent_back, "không thể: ký duyệt"),
        (other_digest, "Chưa mở dự thảo này"),
        (unopened, "Chưa mở dự thảo này"),
        (of_nowhere, "Không có hồ sơ này ở đơn vị"),
    ],
)
def test_each_row_that_is_not_signed_says_why_and_is_on_record(client, session, row, words):
    other, dossier = drafts(2)
    marks = [*row(client, dossier), *opened(client, other)]

    answer = sign(client, marks)

    (failed, words_of_failed), (done, _) = outcomes(answer)
    assert (failed, words in words_of_failed, done, SignOff.objects.get().dossier) == (False, True, True, other)
    assert len(refusals(session)) == 1


def test_a_broken_database_fails_one_row(client, session, monkeypatch):
    first, second = drafts(2)
    marks = opened(client, first, second)
    real = lifecycle.sign_off

    def failing(dossier, **values):
        if dossier.pk == first.pk:
            raise DatabaseError("lock not available")
        return real(dossier, **values)

    monkeypatch.setattr(lifecycle, "sign_off", failing)
    answer = sign(client, marks)

    assert [done for done, _ in outcomes(answer)] == [False, True]


def test_sent_again_nothing_is_signed_twice_and_it_says_so(client, session):
    marks = opened(client, *drafts(2))
    sign(client, marks)

    again = sign(client, marks)

    assert (again.status_code, SignOff.objects.count(), Event.objects.filter(act="sign_off").count()) == (409, 2, 2)
    assert [(done, words.startswith("Việc này đã xong lúc")) for done, words in outcomes(again)] == [(False, True), (False, True)]


def test_the_same_row_twice_in_one_form_is_one_row(client, session):
    marks = opened(client, *drafts(1))

    assert outcomes(sign(client, marks * 2)) == [(True, "Đã ký duyệt trên hệ thống")]


def test_the_session_must_still_be_open_when_signing(client, session):
    (dossier,) = drafts(1)
    marks = opened(client, dossier)
    client.post(SESSION, {"act": "close"})

    answer = sign(client, marks)

    assert (answer.status_code, answer.url.startswith(SESSION), SignOff.objects.count(), len(refusals(session))) == (303, True, 0, 1)


@pytest.mark.parametrize(
    "fields", [{"signer": "1"}, {"signed_at": "2020-01-01"}, {"kind": "wet_ink"}, {"ky": "H61.26-1:x:y"}, {"ky": []}, {"act": "both"}]
)
def test_a_form_that_no_page_has_made_signs_nothing(client, session, fields):
    marks = opened(client, *drafts(1))

    answer = sign(client, fields.pop("ky", marks), **fields)

    assert (answer.status_code, answer.url, SignOff.objects.count(), len(refusals(session))) == (303, QUEUE, 0, 1)


def test_more_than_thirty_are_refused_together(client, session):
    marks = [f"H61.26-261120-{number:04d}:1:{'0' * 64}" for number in range(31)]

    assert (sign(client, marks).url, len(refusals(session))) == (QUEUE, 1)


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.MANAGER, Role.ADMIN, Role.AUDITOR])
def test_nobody_else_comes_here(client, role):
    client.force_login(make_user(role))

    assert (client.get(MANY).status_code, client.post(MANY, {"act": "system"}).status_code) == (403, 403)


# -- on paper --------------------------------------------------------------------------------
def paper_fields(dossier: Dossier, **fields) -> dict:
    now = timezone.localtime()
    shown = {"ticked": "on", "doc_number": "12", "doc_symbol": "TLKS", "signed_on": f"{now:%d/%m/%Y}", "signed_time": f"{now:%H:%M}"}
    return {f"{dossier.code}-{name}": value for name, value in (shown | fields).items() if value is not None}


def record(client, *rows: tuple[Dossier, dict]):
    data = {"act": "wet", "hang": [mark(dossier) for dossier, _ in rows]}
    for dossier, fields in rows:
        data |= paper_fields(dossier, **fields)
    return client.post(MANY, data)


def papers(number: int) -> list[Dossier]:
    return [submitted(content=b"", minutes=40 - position) for position in range(number)]


def test_papers_are_ticked_each_with_its_own_number_and_time(client, leader):
    first, second, third = papers(3)
    page = client.get(MANY, {"chon": [first.code, second.code, third.code]})

    answer = record(client, (first, {"doc_number": "12"}), (second, {"doc_number": "13"}), (third, {"ticked": None}))

    assert [row["code"] for row in page.context["papers"]] == [first.code, second.code, third.code]
    assert [done for done, _ in outcomes(answer)] == [True, True]
    assert {row.dossier_id: row.result.doc_number for row in SignOff.objects.select_related("result")} == {first.pk: "12", second.pk: "13"}


def test_a_time_that_cannot_be_read_is_shown_again_and_nothing_is_recorded(client, leader):
    first, second = papers(2)

    answer = record(client, (first, {}), (second, {"signed_time": "25:00"}))

    assert (answer.status_code, SignOff.objects.count(), second.code in answer.context["problem"]) == (422, 0, True)
    assert "Nhập giờ dạng giờ:phút" in answer.content.decode()


def test_one_that_was_signed_before_the_receipt_spoils_no_other(client, leader):
    first, second = papers(2)

    answer = record(client, (first, {"signed_on": "01/01/2020"}), (second, {}))

    assert outcomes(answer)[0] == (False, "Giờ ký phải sau lúc tiếp nhận và không ở tương lai.")
    assert SignOff.objects.get().dossier == second


def test_the_archivist_names_the_signer_of_each(client):
    leader, head = make_user(Role.LEADER), make_user(Role.HEAD)
    client.force_login(make_user(Role.ARCHIVIST))
    first, second = papers(2)

    record(client, (first, {"signer": leader.pk}), (second, {"signer": head.pk}))

    signatures = SignOff.objects.order_by("dossier_id")
    assert [(row.signer, row.mode) for row in signatures] == [(leader, "KT"), (head, "")]


def test_a_leader_records_nobody_elses_signature(client, leader):
    (dossier,) = papers(1)

    answer = record(client, (dossier, {"signer": make_user(Role.HEAD).pk}))

    assert (answer.status_code, SignOff.objects.count(), len(refusals(leader))) == (303, 0, 1)


def test_signing_together_costs_each_row_the_same(client, session, django_assert_max_num_queries):
    marks = opened(client, *drafts(2))
    with django_assert_max_num_queries(45):
        sign(client, marks)


def test_a_mark_is_older_than_the_draft_it_was_made_for(client, session):
    """A new version after sending back wants to be opened anew."""
    (dossier,) = drafts(1)
    opened(client, dossier)
    lifecycle.send_back(dossier, reason="Sai", by=make_user(Role.HEAD), at=timezone.now())
    dossier.refresh_from_db()
    at = timezone.now() + timedelta(seconds=1)
    again = lifecycle.submit_for_sign_off(dossier, by=make_clerk(), at=at, sha256=files.store(PDF + b"new"), file_name="moi.pdf")

    assert outcomes(sign(client, [mark(again)])) == [(False, "Chưa mở dự thảo này: mở xem rồi ký")]
