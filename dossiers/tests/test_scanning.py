"""Scans of papers: kept with their line, voided with a reason, asked for before a result is issued."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dossiers import lifecycle
from dossiers.certification.tests import makers as certify
from dossiers.lifecycle.scanning import check_scanned, unscanned
from dossiers.models import Dossier, PaperState, ScannedPaper, SignOffKind
from dossiers.statuses import Act, NotAllowed, Status
from dossiers.tasks import sweep_leftovers
from dossiers.tests.makers import RECEIVED, make_clerk, make_dossier
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.inspection import Checked
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.vault import files

pytestmark = pytest.mark.django_db
LATER = RECEIVED + timedelta(hours=1)


def scan(dossier: Dossier, paper=None, *, by=None, content: bytes = b"quet", preview: bytes = b"") -> ScannedPaper:
    return lifecycle.add_scan(
        dossier,
        paper=paper,
        checked=Checked("pdf", 2, 0, preview),
        sha256=files.store(content),
        preview_sha256=files.store(preview) if preview else "",
        byte_count=len(content),
        name="to-khai.pdf",
        by=by or make_clerk(),
        at=LATER,
    )


def signed() -> Dossier:
    """A dossier whose result is signed and waits for its number."""
    dossier, leader = make_dossier(status=Status.AWAITING_SIGNATURE), make_user(Role.LEADER)
    return lifecycle.sign_off(dossier, kind=SignOffKind.WET_INK, signer=leader, by=leader, at=LATER, doc_number="1", doc_symbol="TLKS")


def issue(dossier: Dossier) -> Dossier:
    return lifecycle.issue_result(dossier, by=make_clerk(), at=LATER)


def must_scan() -> None:
    lifecycle.require_scans(make_agency(), True, by=make_user(Role.MANAGER), at=RECEIVED)


# -- keeping ----------------------------------------------------------------------------------
def test_a_scan_belongs_to_a_line_and_stands_in_the_history():
    dossier = make_dossier()
    kept = scan(dossier, dossier.papers.first())

    event = Event.objects.filter(subject=f"dossier:{dossier.pk}").latest("seq")
    assert (kept.pages, kept.byte_count, kept.paper, event.act, event.facts["sha256"]) == (
        2, 4, dossier.papers.first(), Act.ADD_SCAN, files.digest_of(b"quet"),
    )  # fmt: skip
    assert "to-khai" not in event.data
    assert first_problem() is None


def test_a_scan_leaves_the_revision_alone():
    dossier = make_dossier()
    scan(dossier)

    assert Dossier.objects.get(pk=dossier.pk).revision == dossier.revision


def test_the_same_file_at_the_same_paper_is_kept_once():
    dossier = make_dossier()
    first, second = dossier.papers.all()
    scan(dossier, first)
    scan(dossier, second)

    with pytest.raises(lifecycle.AlreadyDone, match="đã lưu ở giấy tờ này rồi"):
        scan(dossier, first)
    assert dossier.scans.count() == 2


def test_a_paper_of_another_dossier_is_refused():
    with pytest.raises(NotAllowed, match="Chọn giấy tờ trong danh sách"):
        scan(make_dossier(), make_dossier().papers.first())


@pytest.mark.parametrize("role", [Role.LEADER, Role.HELPER, Role.ADMIN, Role.AUDITOR])
def test_whoever_does_not_handle_papers_keeps_no_scans(role):
    with pytest.raises(NotAllowed, match="Vai trò"):
        scan(make_dossier(), by=make_user(role))


def test_another_agency_keeps_no_scans_here():
    with pytest.raises(NotAllowed, match="đơn vị khác"):
        scan(make_dossier(), by=make_user(Role.CLERK, agency=make_agency("H61.27", "Phú Tân An")))


def test_a_certification_session_has_no_scans():
    session = certify.certified(by=make_clerk(), at=RECEIVED)

    with pytest.raises(NotAllowed, match="Lượt chứng thực"):
        scan(session)


# -- voiding -----------------------------------------------------------------------------------
def test_a_voided_scan_stays_and_counts_no_more():
    dossier = make_dossier()
    kept = scan(dossier, dossier.papers.first())
    voided = lifecycle.void_scan(kept, reason="Quét nhầm giấy", by=make_clerk(), at=LATER)

    assert (voided.void_reason, voided.voided_by, files.exists(kept.sha256)) == ("Quét nhầm giấy", make_clerk(), True)
    assert scan(dossier, dossier.papers.first()).pk != kept.pk
    assert first_problem() is None


def test_a_scan_is_voided_with_a_reason_and_once():
    kept = scan(make_dossier())

    with pytest.raises(NotAllowed, match="Ghi lý do"):
        lifecycle.void_scan(kept, reason="", by=make_clerk(), at=LATER)
    lifecycle.void_scan(kept, reason="Mờ", by=make_clerk(), at=LATER)
    with pytest.raises(lifecycle.AlreadyDone, match="đã bỏ rồi"):
        lifecycle.void_scan(kept, reason="Mờ", by=make_clerk(), at=LATER)


def test_the_database_keeps_every_row_of_a_scan():
    kept = scan(make_dossier())

    with pytest.raises(IntegrityError), transaction.atomic():
        kept.delete()


# -- before the result is issued -------------------------------------------------------------------
def test_a_commune_on_paper_issues_without_scans():
    assert issue(signed()).status == Status.RESULT_READY


def test_where_scans_are_asked_for_the_missing_ones_are_named():
    must_scan()
    dossier = signed()
    scan(dossier, dossier.papers.first())

    with pytest.raises(NotAllowed, match="Chưa quét: Giấy tờ 2. Quét ở trang Giấy tờ, hoặc để lãnh đạo cho phép"):
        issue(dossier)
    assert [paper.name for paper in unscanned(dossier)] == ["Giấy tờ 2"]


def test_with_all_scans_the_result_is_issued():
    must_scan()
    dossier = signed()
    for number, paper in enumerate(dossier.papers.all()):
        scan(dossier, paper, content=b"%d" % number)

    assert issue(dossier).status == Status.RESULT_READY


def test_a_voided_scan_is_no_scan():
    must_scan()
    dossier = signed()
    for paper in dossier.papers.all():
        lifecycle.void_scan(scan(dossier, paper), reason="Mờ", by=make_clerk(), at=LATER)

    with pytest.raises(NotAllowed, match="Chưa quét: Giấy tờ 1; Giấy tờ 2"):
        issue(dossier)


@pytest.mark.parametrize("state", [PaperState.PRESENTED, PaperState.FROM_DATA])
def test_only_papers_that_were_submitted_are_asked_for(state):
    must_scan()
    dossier = make_dossier(papers_state=state)

    assert check_scanned(dossier) is None


def test_leave_not_to_scan_has_a_reason_and_is_given_once_by_those_who_answer_for_it():
    must_scan()
    dossier, leader = signed(), make_user(Role.LEADER)
    with pytest.raises(NotAllowed, match="Vai trò"):
        lifecycle.waive_scans(dossier, reason="Máy quét hỏng", by=make_clerk(), at=LATER)
    with pytest.raises(NotAllowed, match="Ghi lý do"):
        lifecycle.waive_scans(dossier, reason="", by=leader, at=LATER)

    lifecycle.waive_scans(dossier, reason="Máy quét hỏng", by=leader, at=LATER)

    assert issue(dossier).status == Status.RESULT_READY
    with pytest.raises(NotAllowed):
        lifecycle.waive_scans(dossier, reason="Máy quét hỏng", by=leader, at=LATER)
    assert first_problem() is None


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.ADMIN])
def test_only_those_who_answer_for_the_desk_ask_for_scans(role):
    with pytest.raises(NotAllowed, match="Chỉ lãnh đạo hoặc giám đốc"):
        lifecycle.require_scans(make_agency(), True, by=make_user(role), at=RECEIVED)


def test_a_certification_session_is_never_asked_for_scans():
    must_scan()

    assert check_scanned(certify.certified(by=make_clerk(), at=RECEIVED)) is None


# -- files -----------------------------------------------------------------------------------------
def test_the_sweep_keeps_scans_and_their_pictures(monkeypatch):
    kept = scan(make_dossier(), preview=b"anh nho")
    orphan = files.store(b"khong ai can")
    asked = {}
    monkeypatch.setattr("dossiers.tasks.sweep_orphans", lambda named, **_: asked.update(named=named) or 0)

    sweep_leftovers(LATER.isoformat())

    assert {kept.sha256, kept.preview_sha256} <= asked["named"]
    assert orphan not in asked["named"]
