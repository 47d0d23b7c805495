"""Acts at the counter and on the way; each test names one rule."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from dossiers import lifecycle, secrets
from dossiers.intake import Declined, FeeLine, Guidance, PartyLine
from dossiers.models import Appointment, Dossier, IntakeDraft, IssuedPaper, NumberCounter, Refusal, SupplementRequest
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import RECEIVED, bring_to, local, make_clerk, make_dossier, make_intake, make_version
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.vault import files
from onestop.worktime.limits import CannotPromise

pytestmark = pytest.mark.django_db
LATER = RECEIVED + timedelta(hours=2)


def acts_of(dossier) -> list[str]:
    return list(Event.objects.filter(subject=f"dossier:{dossier.pk}").order_by("seq").values_list("act", flat=True))


# -- receive ---------------------------------------------------------------------------------


def test_a_received_dossier_has_code_register_line_promise_slip_and_event():
    dossier = make_dossier()
    assert dossier.code == "H61.26-261120-0001"
    assert dossier.due_at == local("2026-11-26 17:00")
    assert (dossier.register_entry.book_no, dossier.register_entry.entry_no) == ("2026", 1)
    assert [(a.seq, a.kind, a.due_at) for a in dossier.appointments.all()] == [(1, "first", dossier.due_at)]
    assert [(p.kind, p.number, p.version) for p in dossier.issued_papers.all()] == [("receipt", dossier.code, 1)]
    assert acts_of(dossier) == ["receive"]


def test_the_promise_keeps_its_working():
    trace = Appointment.objects.get(dossier=make_dossier()).trace
    assert [(row["date"], row["counted"]) for row in trace if row["counted"]] == [
        ("2026-11-23", True),
        ("2026-11-25", True),
        ("2026-11-26", True),
    ]


def test_the_same_form_sent_twice_is_one_dossier():
    intake, clerk = make_intake(), make_clerk()
    first = lifecycle.receive(intake, by=clerk, at=RECEIVED)
    assert lifecycle.receive(intake, by=clerk, at=LATER).pk == first.pk
    assert Dossier.objects.count() == 1
    assert NumberCounter.objects.get(book="day:2026-11-20").last == 1


def test_numbers_run_by_agency_and_day():
    here, there = make_clerk(), make_clerk(make_agency("H61.27", "Trà Kha"))
    codes = [
        lifecycle.receive(make_intake(), by=clerk, at=at).code
        for clerk, at in [(here, RECEIVED), (here, LATER), (there, RECEIVED), (here, RECEIVED + timedelta(days=3))]
    ]
    assert codes == ["H61.26-261120-0001", "H61.26-261120-0002", "H61.27-261120-0001", "H61.26-261123-0001"]


def test_the_day_of_the_code_is_local():
    # 23:30 UTC on the 19th is the morning of the 20th in Viet Nam.
    assert make_dossier(at=local("2026-11-20 06:30")).code == "H61.26-261120-0001"


def test_an_intake_that_fails_leaves_no_gap():
    clerk = make_clerk()
    with pytest.raises(RuntimeError), transaction.atomic():
        lifecycle.receive(make_intake(), by=clerk, at=RECEIVED)
        raise RuntimeError("the line was cut")
    assert lifecycle.receive(make_intake(), by=clerk, at=RECEIVED).code == "H61.26-261120-0001"


def test_the_secret_is_not_in_the_database():
    dossier = make_dossier()
    code, token = secrets.lookup_code(dossier.code, 1), secrets.token(dossier.code, 1)
    stored = json.dumps(list(Dossier.objects.values()) + list(IssuedPaper.objects.values()) + list(Event.objects.values()), default=str)
    assert code not in stored
    assert token not in stored
    assert dossier.token_digest == secrets.token_digest(token)


def test_events_hold_no_personal_data():
    make_dossier(status=Status.RETURNED)
    written = " ".join(Event.objects.values_list("data", flat=True))
    assert [text for text in ("Thạch", "000185006123", "0900000123", "Trà Kha") if text in written] == []


def test_nobody_but_the_desk_receives():
    with pytest.raises(NotAllowed, match="Chỉ công chức tiếp nhận"):
        lifecycle.receive(make_intake(), by=make_user(Role.SPECIALIST), at=RECEIVED)


def test_a_missing_paper_stops_the_receipt():
    with pytest.raises(NotAllowed, match="Còn thiếu 2 giấy tờ"):
        lifecycle.receive(make_intake(papers_state="missing"), by=make_clerk(), at=RECEIVED)
    assert Dossier.objects.count() == 0


def test_a_required_paper_left_open_counts_as_missing():
    with pytest.raises(NotAllowed, match="Còn thiếu 2 giấy tờ"):
        lifecycle.receive(make_intake(papers=()), by=make_clerk(), at=RECEIVED)


def test_a_version_that_is_not_receivable_is_refused():
    version = make_version(receivable=False, not_receivable_reason="chưa có thời hạn công bố")
    with pytest.raises(NotAllowed, match="chưa có thời hạn công bố"):
        lifecycle.receive(make_intake(version), by=make_clerk(), at=RECEIVED)


def test_an_expired_version_is_refused():
    version = make_version(effective_to=RECEIVED.date())
    with pytest.raises(NotAllowed, match="hết hiệu lực"):
        lifecycle.receive(make_intake(version), by=make_clerk(), at=RECEIVED)


def test_no_date_is_promised_beyond_the_calendar():
    version = make_version(value=999)
    with pytest.raises(CannotPromise):
        lifecycle.receive(make_intake(version), by=make_clerk(), at=RECEIVED)
    assert NumberCounter.objects.count() == 0


def test_a_basis_the_case_does_not_allow_is_refused():
    intake = make_intake()
    stranger = replace(intake.filer, basis="organisation")
    with pytest.raises(NotAllowed, match="tư cách nộp"):
        lifecycle.receive(replace(intake, parties=(stranger,)), by=make_clerk(), at=RECEIVED)


@pytest.mark.parametrize("parties", [(), ("filer", "filer"), ("child",)])
def test_a_dossier_has_exactly_one_filer(parties):
    lines = tuple(PartyLine(role=role, name="Thạch Sa", basis="self") for role in parties)
    with pytest.raises(NotAllowed, match="một người nộp"):
        lifecycle.receive(replace(make_intake(), parties=lines), by=make_clerk(), at=RECEIVED)


def test_a_result_by_post_needs_an_address():
    with pytest.raises(NotAllowed, match="bưu điện"):
        lifecycle.receive(make_intake(delivery="post"), by=make_clerk(), at=RECEIVED)


def test_online_filing_at_night_is_received_at_the_next_opening():
    dossier = lifecycle.receive(make_intake(channel="online"), by=make_clerk(), at=local("2026-11-20 22:00"))
    assert (dossier.submitted_at, dossier.received_at) == (local("2026-11-20 22:00"), local("2026-11-23 07:30"))
    assert dossier.code == "H61.26-261123-0001"


def test_no_slip_when_it_is_returned_today():
    version = make_version(unit="immediate", value=None, slip_rule="if_not_returned_today")
    assert make_dossier(version=version).issued_papers.count() == 0


def test_a_slip_when_received_after_three():
    version = make_version(unit="immediate", value=None, slip_rule="if_not_returned_today")
    dossier = make_dossier(version=version, at=local("2026-11-20 15:00:01"))
    assert dossier.issued_papers.count() == 1
    assert dossier.due_at == local("2026-11-23 17:00")


def test_a_slip_when_the_citizen_wants_one():
    version = make_version(unit="immediate", value=None, slip_rule="if_not_returned_today")
    assert make_dossier(version=version, slip_wanted=True).issued_papers.count() == 1


def test_receiving_removes_the_draft():
    intake, clerk = make_intake(), make_clerk()
    IntakeDraft.objects.create(
        agency=clerk.agency, key=intake.submission_key, owner=clerk, fields={}, created_at=RECEIVED, changed_at=RECEIVED, expires_at=LATER
    )
    lifecycle.receive(intake, by=clerk, at=RECEIVED)
    assert IntakeDraft.objects.count() == 0


# -- supplement and refusal before acceptance --------------------------------------------------


def make_guidance(**fields) -> Guidance:
    person = PartyLine(role="filer", name="Thạch Thị Sóc Kha", basis="self")
    values = {
        "submission_key": uuid4(),
        "version": make_version(),
        "applicant": person,
        "items": ("Giấy tờ 2",),
        "reason": "",
        "fields": {"name": "x"},
    }
    return Guidance(**(values | fields))


def test_a_supplement_slip_has_a_number_but_makes_no_dossier():
    slip = lifecycle.request_supplement(make_guidance(), by=make_clerk(), at=RECEIVED)
    assert (slip.number, slip.year, slip.ordinal, slip.stage) == (1, 2026, 1, "before_acceptance")
    assert [paper.number for paper in slip.issued_papers.all()] == ["01/HDHS"]
    assert Dossier.objects.count() == 0


def test_a_supplement_slip_names_what_is_missing():
    with pytest.raises(NotAllowed, match="còn thiếu"):
        lifecycle.request_supplement(make_guidance(items=()), by=make_clerk(), at=RECEIVED)


def test_the_same_supplement_form_sent_twice_is_one_slip():
    guidance, clerk = make_guidance(), make_clerk()
    first = lifecycle.request_supplement(guidance, by=clerk, at=RECEIVED)
    assert lifecycle.request_supplement(guidance, by=clerk, at=LATER).pk == first.pk
    assert SupplementRequest.objects.count() == 1


def test_the_dossier_that_answers_a_slip_closes_it():
    clerk = make_clerk()
    slip = lifecycle.request_supplement(make_guidance(), by=clerk, at=RECEIVED)
    dossier = lifecycle.receive(make_intake(supplement=slip), by=clerk, at=LATER)
    slip.refresh_from_db()
    assert (slip.dossier, slip.answered_at) == (dossier, LATER)
    assert first_problem() is None


def test_a_slip_answers_one_dossier_only():
    clerk = make_clerk()
    slip = lifecycle.request_supplement(make_guidance(), by=clerk, at=RECEIVED)
    lifecycle.receive(make_intake(supplement=slip), by=clerk, at=LATER)
    with pytest.raises(lifecycle.AlreadyDone):
        lifecycle.receive(make_intake(supplement=slip), by=clerk, at=LATER)


def test_nobody_is_asked_a_third_time():
    clerk = make_clerk()
    first = lifecycle.request_supplement(make_guidance(), by=clerk, at=RECEIVED)
    second = lifecycle.request_supplement(make_guidance(follows=first), by=clerk, at=LATER)
    assert second.ordinal == 2
    with pytest.raises(NotAllowed, match="lần thứ ba"):
        lifecycle.request_supplement(make_guidance(follows=second), by=clerk, at=LATER)


def test_the_database_knows_no_third_slip():
    slip = lifecycle.request_supplement(make_guidance(), by=make_clerk(), at=RECEIVED)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupplementRequest.objects.filter(pk=slip.pk).update(ordinal=3)


def test_one_slip_is_followed_by_one_slip():
    clerk = make_clerk()
    first = lifecycle.request_supplement(make_guidance(), by=clerk, at=RECEIVED)
    lifecycle.request_supplement(make_guidance(follows=first), by=clerk, at=LATER)
    with pytest.raises(lifecycle.AlreadyDone):
        lifecycle.request_supplement(make_guidance(follows=first), by=clerk, at=LATER)


def make_declined(**fields) -> Declined:
    person = PartyLine(role="filer", name="Thạch Thị Sóc Kha", basis="self")
    values = {
        "submission_key": uuid4(),
        "version": make_version(),
        "applicant": person,
        "ground": "Điều 5",
        "reason": "Sai",
        "guidance": "Công an xã",
    }
    return Declined(**(values | fields))


def test_a_refusal_has_its_own_number_and_no_dossier_code():
    refusal = lifecycle.decline(make_declined(), by=make_clerk(), at=RECEIVED)
    assert [paper.number for paper in refusal.issued_papers.all()] == ["01/TCTN"]
    assert Dossier.objects.count() == 0


@pytest.mark.parametrize("part", ["ground", "reason", "guidance"])
def test_a_refusal_needs_ground_reason_and_the_right_place(part):
    with pytest.raises(NotAllowed, match="Ghi đủ"):
        lifecycle.decline(make_declined(**{part: ""}), by=make_clerk(), at=RECEIVED)
    assert Refusal.objects.count() == 0


# -- on the way ------------------------------------------------------------------------------


def test_the_whole_way_ends_returned_and_verifies():
    dossier = make_dossier(status=Status.RETURNED)
    assert dossier.status == Status.RETURNED
    assert acts_of(dossier) == [
        "receive",
        "hand_over",
        "submit_for_sign_off",
        "sign_off",
        "issue_result",
        "return_result",
    ]
    assert first_problem() is None


def test_hand_over_makes_the_receiver_the_holder():
    dossier, specialist = make_dossier(), make_user(Role.SPECIALIST)
    dossier = lifecycle.hand_over(dossier, to=specialist, by=dossier.received_by, at=LATER)
    assert (dossier.holder, dossier.status) == (specialist, Status.PROCESSING)
    step = dossier.hand_overs.get()
    assert (step.giver, step.receiver, step.given_at, step.taken_at) == (dossier.received_by, specialist, LATER, None)


def test_the_receiver_confirms_once():
    dossier, specialist = make_dossier(), make_user(Role.SPECIALIST)
    dossier = lifecycle.hand_over(dossier, to=specialist, by=dossier.received_by, at=RECEIVED)
    dossier = lifecycle.take_over(dossier, by=specialist, at=LATER)
    assert dossier.hand_overs.get().taken_at == LATER
    with pytest.raises(lifecycle.AlreadyDone):
        lifecycle.take_over(dossier, by=specialist, at=LATER)


@pytest.mark.parametrize("roles", [(Role.LEADER,), (Role.ADMIN,), ()])
def test_a_dossier_is_handed_only_to_those_who_work_on_it(roles):
    dossier = make_dossier()
    with pytest.raises(NotAllowed, match="Chọn người nhận"):
        lifecycle.hand_over(dossier, to=make_user(*roles), by=dossier.received_by, at=LATER)


def test_a_dossier_is_not_handed_to_another_commune():
    dossier, stranger = make_dossier(), make_user(Role.SPECIALIST, agency=make_agency("H61.27", "Trà Kha"))
    with pytest.raises(NotAllowed, match="Chọn người nhận"):
        lifecycle.hand_over(dossier, to=stranger, by=dossier.received_by, at=LATER)


def test_another_commune_cannot_act_on_a_dossier():
    dossier, stranger = make_dossier(), make_user(Role.MANAGER, agency=make_agency("H61.27", "Trà Kha"))
    with pytest.raises(NotAllowed, match="đơn vị khác"):
        lifecycle.hand_over(dossier, to=make_user(Role.SPECIALIST), by=stranger, at=LATER)


def test_the_second_clerk_is_told_who_changed_the_dossier():
    dossier = make_dossier()
    seen = dossier.revision
    lifecycle.amend(dossier, changes={"phone": "0900000999"}, by=dossier.received_by, at=LATER, revision=seen)
    with pytest.raises(lifecycle.Changed, match="Thạch Thị Mỹ Duyên cập nhật lúc 11:00, 20/11/2026"):
        lifecycle.amend(dossier, changes={"phone": "0900000888"}, by=dossier.received_by, at=LATER, revision=seen)
    assert dossier.parties.get().phone == "0900000999"


def test_sent_back_goes_to_whoever_drafted_it():
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    drafted_by = dossier.results.get().drafted_by
    dossier = lifecycle.send_back(dossier, reason="Sai tên mẹ", by=make_user(Role.LEADER), at=LATER)
    assert (dossier.status, dossier.holder) == (Status.PROCESSING, drafted_by)
    assert dossier.send_backs.get().reason == "Sai tên mẹ"


def test_sending_back_needs_a_reason():
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    with pytest.raises(NotAllowed, match="lý do"):
        lifecycle.send_back(dossier, reason="", by=make_user(Role.LEADER), at=LATER)


def test_a_sent_back_draft_is_replaced_by_a_new_version():
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    dossier = lifecycle.send_back(dossier, reason="Sai", by=make_user(Role.LEADER), at=LATER)
    dossier = lifecycle.submit_for_sign_off(dossier, by=dossier.holder, at=LATER)
    assert [result.version for result in dossier.results.all()] == [1, 2]


def sign(dossier, **fields):
    leader = fields.pop("signer", None) or make_user(Role.LEADER)
    values = {"kind": "wet_ink", "signer": leader, "by": leader, "at": LATER}
    return lifecycle.sign_off(dossier, **(values | fields))


def test_wet_ink_keeps_number_time_and_signer():
    leader = make_user(Role.LEADER)
    dossier = sign(
        make_dossier(status=Status.AWAITING_SIGNATURE), signer=leader, by=leader, doc_number="12", doc_symbol="TLKS", signed_at=RECEIVED
    )
    signature, result = dossier.sign_offs.get(), dossier.results.get()
    assert (signature.signer, signature.signed_at, signature.recorded_at) == (leader, RECEIVED, LATER)
    assert (result.doc_number, result.doc_symbol) == ("12", "TLKS")
    assert (dossier.status, dossier.signed_at) == (Status.PROCESSING, RECEIVED)


@pytest.mark.parametrize("moment", [LATER + timedelta(minutes=1), RECEIVED - timedelta(minutes=1)])
def test_a_signature_is_neither_of_the_future_nor_before_the_receipt(moment):
    with pytest.raises(NotAllowed, match="Giờ ký"):
        sign(make_dossier(status=Status.AWAITING_SIGNATURE), signed_at=moment)


def test_the_archivist_records_a_wet_signature_of_the_leader():
    dossier = sign(make_dossier(status=Status.AWAITING_SIGNATURE), by=make_user(Role.ARCHIVIST))
    assert dossier.sign_offs.get().signer.has_role(Role.LEADER)


def test_nobody_signs_in_the_system_for_another():
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    with pytest.raises(NotAllowed, match="ký thay"):
        sign(dossier, kind="in_system", by=make_user(Role.HEAD), sha256="a" * 64)


@pytest.mark.parametrize("roles", [(Role.CLERK,), (Role.MANAGER,), (Role.ADMIN,), (Role.SPECIALIST,)])
def test_only_a_leader_is_a_signer(roles):
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    with pytest.raises(NotAllowed, match="thẩm quyền|quản trị không được ký"):
        sign(dossier, signer=make_user(*roles), by=make_user(Role.ARCHIVIST))


def test_a_leader_of_another_commune_signs_nothing_here():
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    stranger = make_user(Role.LEADER, agency=make_agency("H61.27", "Trà Kha"))
    with pytest.raises(NotAllowed, match="đơn vị khác"):
        sign(dossier, signer=stranger, by=stranger)


DRAFT = files.digest_of(b"%PDF-1.7 draft")


def submitted_with_file() -> Dossier:
    sha256 = files.store(b"%PDF-1.7 draft")
    dossier, specialist = make_dossier(), make_user(Role.SPECIALIST)
    dossier = lifecycle.hand_over(dossier, to=specialist, by=dossier.received_by, at=RECEIVED)
    return lifecycle.submit_for_sign_off(dossier, by=specialist, at=RECEIVED, sha256=sha256, file_name="du-thao.pdf")


def test_a_signature_in_the_system_binds_the_bytes():
    dossier = sign(submitted_with_file(), kind="in_system", sha256=DRAFT)
    assert dossier.sign_offs.get().sha256 == DRAFT


def test_changed_bytes_are_not_signed():
    with pytest.raises(NotAllowed, match="thay đổi"):
        sign(submitted_with_file(), kind="in_system", sha256="b" * 64)


def test_there_is_nothing_to_sign_in_the_system_without_a_file():
    with pytest.raises(NotAllowed, match="thay đổi"):
        sign(make_dossier(status=Status.AWAITING_SIGNATURE), kind="in_system", sha256="")


@pytest.mark.parametrize(("rule", "allowed"), [("allow", True), ("warn", True), ("forbid", False)])
def test_who_received_may_sign_is_a_setting_of_the_version(rule, allowed):
    both = make_user(Role.CLERK, Role.LEADER, job_title="Phó Chủ tịch")
    dossier = make_dossier(by=both, version=make_version(who_received_may_sign=rule))
    dossier = bring_to(dossier, Status.AWAITING_SIGNATURE, by=both, at=RECEIVED)
    if allowed:
        assert sign(dossier, signer=both, by=both).sign_offs.get().received_by_signer is True
    else:
        with pytest.raises(NotAllowed, match="không được ký"):
            sign(dossier, signer=both, by=both)


def test_nothing_is_issued_unsigned():
    dossier = make_dossier(status=Status.PROCESSING)
    with pytest.raises(NotAllowed, match="Chưa ký"):
        lifecycle.issue_result(dossier, by=dossier.holder, at=LATER)


def test_a_result_signed_in_the_system_needs_a_number():
    dossier = sign(submitted_with_file(), kind="in_system", sha256=DRAFT)
    with pytest.raises(NotAllowed, match="số văn bản"):
        lifecycle.issue_result(dossier, by=dossier.received_by, at=LATER)
    assert lifecycle.issue_result(dossier, by=dossier.received_by, at=LATER, doc_number="7").status == Status.RESULT_READY


def test_a_result_issued_late_is_marked_though_no_sweep_passed():
    dossier = sign(make_dossier(status=Status.AWAITING_SIGNATURE))
    dossier = lifecycle.issue_result(dossier, by=dossier.received_by, at=dossier.due_at + timedelta(seconds=1))
    assert dossier.overdue_since == dossier.due_at


def test_a_result_issued_at_the_due_minute_is_in_time():
    dossier = sign(make_dossier(status=Status.AWAITING_SIGNATURE))
    assert lifecycle.issue_result(dossier, by=dossier.received_by, at=dossier.due_at).overdue_since is None


def give(dossier, **fields):
    values = {"collected_by": "owner", "name": "Thạch Thị Sóc Kha", "by": dossier.received_by, "at": LATER}
    return lifecycle.return_result(dossier, **(values | fields))


def test_somebody_else_needs_a_paper_of_authority():
    dossier = make_dossier(status=Status.RESULT_READY)
    with pytest.raises(NotAllowed, match="giấy ủy quyền"):
        give(dossier, collected_by="authorised")
    assert give(dossier, collected_by="authorised", authorisation="số 5, 20/11/2026").status == Status.RETURNED


def test_a_lost_slip_needs_a_note():
    dossier = make_dossier(status=Status.RESULT_READY)
    with pytest.raises(NotAllowed, match="Mất giấy hẹn"):
        give(dossier, slip_lost=True)
    assert give(dossier, slip_lost=True, note="Đối chiếu căn cước").returns.get().slip_lost is True


def test_a_fee_put_off_is_collected_with_the_result():
    later = FeeLine("Lệ phí", 8000, paid_by="later")
    dossier = make_dossier(status=Status.RESULT_READY, fees=(later,))
    with pytest.raises(NotAllowed, match="chưa nộp"):
        give(dossier)
    give(dossier, paid_by="cash", receipt_no="00123")
    assert [(fee.paid_by, fee.receipt_no) for fee in dossier.fees.all()] == [("cash", "00123")]
    assert first_problem() is None


def test_a_result_is_returned_once():
    dossier = give(make_dossier(status=Status.RESULT_READY))
    with pytest.raises(NotAllowed, match="Đã trả kết quả"):
        give(dossier)


def test_a_fault_of_ours_reopens_the_dossier_and_the_time_runs_on():
    dossier = make_dossier(status=Status.RETURNED)
    due_at = dossier.due_at
    dossier = lifecycle.return_for_correction(dossier, words="Sai ngày sinh", by=dossier.received_by, at=LATER)
    assert (dossier.status, dossier.finished_at, dossier.signed_at, dossier.due_at) == (Status.PROCESSING, None, None, due_at)
    assert dossier.holder == dossier.results.get().drafted_by


def test_a_voided_dossier_keeps_its_number_and_takes_no_act():
    dossier = make_dossier()
    dossier = lifecycle.void(dossier, reason="Nhập nhầm người", by=make_user(Role.MANAGER), at=LATER)
    assert (dossier.voided_at, dossier.code) == (LATER, "H61.26-261120-0001")
    with pytest.raises(NotAllowed, match="đã hủy"):
        lifecycle.hand_over(dossier, to=make_user(Role.SPECIALIST), by=dossier.received_by, at=LATER)


def test_amending_after_the_hand_over_needs_a_reason():
    dossier = make_dossier(status=Status.PROCESSING)
    with pytest.raises(NotAllowed, match="lý do"):
        lifecycle.amend(dossier, changes={"phone": "0900000999"}, by=dossier.received_by, at=LATER)


@pytest.mark.parametrize("changes", [{}, {"status": "returned"}, {"due_at": "2030-01-01"}, {"phone": "1", "code": "x"}])
def test_amending_reaches_contact_data_only(changes):
    dossier = make_dossier()
    with pytest.raises(NotAllowed, match="Không có gì để sửa"):
        lifecycle.amend(dossier, changes=changes, by=dossier.received_by, at=LATER)


def test_a_new_secret_shuts_the_old_slip_out():
    dossier = make_dossier()
    old = dossier.token_digest
    dossier = lifecycle.new_secret(dossier, by=dossier.received_by, at=LATER)
    assert dossier.token_digest != old
    assert secrets.lookup_code(dossier.code, 2) != secrets.lookup_code(dossier.code, 1)
    assert [(paper.version, paper.voided_at) for paper in dossier.issued_papers.all()] == [(1, LATER), (2, None)]
    assert first_problem() is None


def test_the_first_promise_cannot_be_rewritten():
    appointment = make_dossier().appointments.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=appointment.pk).update(due_at=LATER)
