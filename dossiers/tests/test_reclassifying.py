"""A dossier goes on under the right procedure: what stays, what becomes of the dates, who decides."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from dossiers import lifecycle
from dossiers.issuing import printed_slip
from dossiers.lifecycle import AlreadyDone
from dossiers.lifecycle.reclassifying import outcome_of
from dossiers.models import Appointment, AppointmentKind, LetterState, PaperKind, Reclassification
from dossiers.promises import promise_again
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import RECEIVED, local, make_clerk, make_dossier, make_version
from onestop.history.verify import first_problem
from onestop.outbox.models import Message
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from procedures.models import Component, ProcedureCase

pytestmark = pytest.mark.django_db

# Received Friday 20/11/2026 09:00 with 3 working days; Tuesday 24/11 is a public holiday: due Thursday 26/11 17:00.
MONDAY, WEDNESDAY, DUE = local("2026-11-23 10:00"), local("2026-11-25 10:00"), local("2026-11-26 17:00")
LATE = local("2026-11-27 08:00")
FIVE_DAYS, ONE_DAY, TWO_DAYS = local("2026-11-30 17:00"), local("2026-11-23 17:00"), local("2026-11-25 17:00")


def longer(**fields):
    return make_version("1.000005", value=5, **fields)


def shorter(value=2):
    return make_version(f"1.00000{value}", value=value)


def move(dossier, version=None, *, by=None, at=MONDAY, case=None, reason="Nhận nhầm thủ tục", **fields):
    version = version or longer()
    case = case or version.cases.get()
    return lifecycle.reclassify(dossier, version=version, case=case, reason=reason, by=by or make_user(Role.LEADER), at=at, **fields)


def ledger(dossier):
    return list(Appointment.objects.filter(dossier=dossier).values_list("kind", "due_at"))


# -- what stays and what changes -----------------------------------------------------------------
def test_number_receipt_and_secret_stay_and_the_procedure_is_the_right_one():
    dossier = make_dossier()
    before = (dossier.code, dossier.received_at, dossier.secret_version, dossier.register_entry.entry_no, dossier.holder_id)

    dossier = move(dossier)

    assert (dossier.code, dossier.received_at, dossier.secret_version, dossier.register_entry.entry_no, dossier.holder_id) == before
    assert (dossier.version, dossier.procedure, dossier.case) == (longer(), longer().procedure, longer().cases.get())
    assert dossier.status == Status.RECEIVED
    row = Reclassification.objects.get()
    assert (row.from_version.procedure.code, row.to_version.procedure.code, row.reason) == ("1.001193", "1.000005", "Nhận nhầm thủ tục")
    assert first_problem() is None


def test_the_matter_is_called_by_its_new_name_unless_somebody_wrote_words_of_his_own():
    longer().procedure.__class__.objects.filter(code="1.000005").update(label="Đăng ký kết hôn")
    version = make_version("1.000005")
    assert move(make_dossier(), version).request_text == "Đăng ký kết hôn"
    assert move(make_dossier(request_text="Khai sinh cho bé Nhung"), version).request_text == "Khai sinh cho bé Nhung"


# -- dates ---------------------------------------------------------------------------------------
def test_a_longer_limit_gives_a_later_date_counted_from_the_receipt_and_the_citizen_is_told():
    dossier = move(make_dossier())

    assert dossier.due_at == FIVE_DAYS
    assert ledger(dossier) == [(AppointmentKind.FIRST, DUE), (AppointmentKind.RECLASSIFIED, FIVE_DAYS)]
    assert "Nhận nhầm thủ tục" in dossier.appointments.last().reason
    assert Message.objects.about(f"dossier:{dossier.pk}").filter(event="re_dated").exists()
    assert promise_again(dossier).due_at == FIVE_DAYS


def test_a_shorter_limit_moves_the_lawful_date_and_keeps_the_promise():
    dossier = move(make_dossier(), shorter(2))

    assert (dossier.due_at, ledger(dossier)) == (TWO_DAYS, [(AppointmentKind.FIRST, DUE)])
    assert not Message.objects.about(f"dossier:{dossier.pk}").filter(event="re_dated").exists()


def test_a_lawful_date_that_has_passed_already_makes_nobody_late_of_a_sudden():
    dossier = move(make_dossier(), shorter(1), at=WEDNESDAY)
    assert (dossier.due_at, dossier.overdue_since, ledger(dossier)) == (DUE, None, [(AppointmentKind.FIRST, DUE)])


def test_what_is_overdue_stays_overdue_whatever_the_limit():
    dossier = move(make_dossier(), at=LATE)
    assert (dossier.due_at, ledger(dossier)) == (DUE, [(AppointmentKind.FIRST, DUE)])


def test_pauses_before_count_as_they_did():
    clerk, dossier = make_clerk(), make_dossier()
    dossier = lifecycle.ask_for_supplement(dossier, items=["Giấy"], reason="Thiếu.", answer_by=date(2026, 12, 4), by=clerk, at=MONDAY)
    dossier = lifecycle.accept_supplement(dossier, by=clerk, at=local("2026-11-26 09:00"))

    # One of five days was used on Monday, four are left after Thursday 26/11.
    assert move(dossier, at=local("2026-11-26 10:00")).due_at == local("2026-12-02 17:00")


def test_an_extension_of_the_wrong_procedure_adds_nothing_to_the_right_one():
    boss, dossier = make_user(Role.LEADER), make_dossier()
    dossier = lifecycle.extend(dossier, kind="decision", ground="Điều 9", extra_value=1, by=boss, at=MONDAY)
    assert dossier.due_at == local("2026-11-27 17:00")

    dossier = move(dossier, by=boss)
    assert (dossier.due_at, promise_again(dossier).due_at) == (FIVE_DAYS, FIVE_DAYS)


def test_a_draft_for_a_promise_that_no_longer_stands_is_taken_back():
    dossier = make_dossier()
    letter = lifecycle.draft_letter(dossier, at=WEDNESDAY)
    move(dossier, at=WEDNESDAY)
    letter.refresh_from_db()
    assert letter.state == LetterState.RETRACTED


# -- the slip ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("version", "limit", "due"), [(longer, "05 ngày làm việc", "30"), (shorter, "02 ngày làm việc", "26")])
def test_the_new_slip_names_the_procedure_its_limit_and_the_promise_and_takes_the_old_ones_place(version, limit, due):
    dossier = make_dossier()
    old = dossier.issued_papers.get()

    dossier = move(dossier, version())

    old.refresh_from_db()
    slip = printed_slip(dossier.issued_papers.get(kind=PaperKind.RECEIPT, voided_at=None))
    assert old.voided_at == MONDAY
    assert slip.reissue == "Chuyển sang thủ tục Đăng ký khai sinh, thay giấy hẹn trước"
    assert (slip.limit.lstrip("0"), slip.due) == (limit.lstrip("0"), f"17 giờ 00 phút, ngày {due} tháng 11 năm 2026")
    assert slip.lookup_code == printed_slip(old).lookup_code


def test_who_had_no_slip_gets_one_where_the_right_procedure_asks_for_it():
    at_once = make_version("1.000008", unit="immediate", value=None, slip_rule="if_not_returned_today")
    dossier = make_dossier(version=at_once)
    assert not dossier.issued_papers.exists()

    dossier = move(dossier, at=RECEIVED)

    assert printed_slip(dossier.issued_papers.get()).due == "17 giờ 00 phút, ngày 30 tháng 11 năm 2026"


# -- papers --------------------------------------------------------------------------------------
def test_papers_are_known_by_their_names_and_what_is_missing_is_asked_for_once():
    version = longer()
    case = version.cases.get()
    Component.objects.create(version=version, case=case, position=9, short_name="Sơ đồ thửa đất", required=True)
    clerk, dossier = make_clerk(), make_dossier()

    assert outcome_of(dossier, version, case, at=MONDAY).missing == ("Sơ đồ thửa đất",)
    dossier = move(dossier, version)
    dossier = lifecycle.ask_for_supplement(
        dossier, items=["Sơ đồ thửa đất"], reason="Thiếu.", answer_by=date(2026, 12, 4), by=clerk, at=WEDNESDAY
    )

    assert dossier.supplement_requests.get().ordinal == 1
    assert dossier.supplement_requests.get().version == version


# -- what is refused -----------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.LEADER, Role.HEAD, Role.MANAGER])
def test_leader_head_and_manager_decide(role):
    assert move(make_dossier(), by=make_user(role)).version == longer()


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.ADMIN])
def test_nobody_else_does(role):
    with pytest.raises(NotAllowed, match="Vai trò"):
        move(make_dossier(), by=make_user(role))


def test_another_communes_leader_does_not():
    with pytest.raises(NotAllowed, match="đơn vị khác"):
        move(make_dossier(), by=make_user(Role.LEADER, agency=make_agency("H61.27", "Phú Tân An")))


@pytest.mark.parametrize("status", [Status.AWAITING_SIGNATURE, Status.RESULT_READY, Status.RETURNED])
def test_not_once_it_lies_before_the_leader(status):
    with pytest.raises(NotAllowed, match="đang ở bước"):
        move(make_dossier(status=status))


def test_not_after_the_signature_nor_while_it_is_suspended():
    boss, dossier = make_user(Role.LEADER), make_dossier(status=Status.AWAITING_SIGNATURE)
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=boss, by=boss, at=MONDAY, doc_number="1", doc_symbol="GCN")
    with pytest.raises(NotAllowed, match="đã ký"):
        move(dossier, by=boss)
    still = lifecycle.suspend(make_dossier(), reason="Tòa.", ground="TB 1", by=boss, at=MONDAY)
    with pytest.raises(NotAllowed, match="tạm đình chỉ"):
        move(still, by=boss)


def test_a_reason_is_needed():
    with pytest.raises(NotAllowed, match="Ghi lý do"):
        move(make_dossier(), reason="")


def test_only_to_what_could_have_been_received_on_that_day():
    dossier = make_dossier()
    with pytest.raises(NotAllowed, match="không có hiệu lực vào ngày tiếp nhận"):
        move(dossier, make_version("1.000011", effective_from=date(2026, 11, 21)))
    with pytest.raises(NotAllowed, match="Chưa tiếp nhận được"):
        move(dossier, make_version("1.000012", receivable=False))
    with pytest.raises(NotAllowed, match="trường hợp của thủ tục này"):
        move(dossier, longer(), case=shorter().cases.get())
    narrow = make_version("1.000013")
    ProcedureCase.objects.filter(version=narrow).update(basis_allowed=["organisation"])
    with pytest.raises(NotAllowed, match="tư cách nộp"):
        move(dossier, narrow)


def test_not_to_certification_which_has_its_own_books():
    version = make_version("2.000815")
    version.procedure.lane = "certification"
    version.procedure.save()
    with pytest.raises(NotAllowed, match="Chứng thực"):
        move(make_dossier(), version)


def test_the_same_procedure_again_is_no_change_but_another_case_of_it_is():
    dossier = make_dossier()
    with pytest.raises(AlreadyDone):
        move(dossier, dossier.version)
    other = ProcedureCase.objects.create(version=dossier.version, key="b", name="Quá hạn", basis_allowed=[])
    assert move(dossier, dossier.version, case=other).case == other


def test_the_row_is_kept_for_ever():
    move(make_dossier())
    with pytest.raises(DatabaseError), transaction.atomic():
        Reclassification.objects.update(reason="khác")
