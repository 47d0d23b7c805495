"""Letters of apology: exactly one for each broken promise, signed by whom the law names, and nothing hidden by them."""

import hashlib

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from dossiers import lifecycle
from dossiers.lifecycle import Changed
from dossiers.models import ApologyLetter, Appointment, AppointmentKind, IssuedPaper, LetterState, WhoseClock
from dossiers.printing import file_of
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.letters import AFTER, BEFORE, DUE, NEW_DATE, delegated, drafted, head, prepare, prepared, signed, specialist
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier
from onestop.history.canonical import canonical
from onestop.history.verify import first_problem
from onestop.outbox.models import Message
from onestop.staff.roles import Role
from onestop.staff.signing import CannotDelegate, delegate
from onestop.testing import make_agency, make_user
from onestop.vault import files

pytestmark = pytest.mark.django_db


def issue(letter, at=AFTER):
    """As the worker does it."""
    file_of(letter.paper, at=at)
    return lifecycle.issue_letter(letter, at=at)


# -- one for each promise -------------------------------------------------------------------
def test_whoever_drafts_it_and_however_often_a_promise_has_one_letter():
    dossier = make_dossier()
    first = drafted(dossier, at=BEFORE)

    again = drafted(dossier, at=AFTER, by=specialist())

    assert (again.pk, ApologyLetter.objects.count(), first.missed) == (first.pk, 1, dossier.appointments.get())


def test_the_database_holds_that_there_is_one():
    letter = drafted()
    with pytest.raises(IntegrityError), transaction.atomic():
        ApologyLetter.objects.create(agency=letter.agency, dossier=letter.dossier, missed=letter.missed, drafted_at=AFTER)


def test_faults_of_ours_have_letters_of_their_own():
    dossier = make_dossier(status=Status.RETURNED)
    kinds = [drafted(dossier, by=make_clerk(), kind=kind).kind for kind in ("error", "lost_paper", "asked_twice")]
    assert (kinds, ApologyLetter.objects.filter(missed__isnull=True).count()) == (["error", "lost_paper", "asked_twice"], 3)


def test_nothing_is_drafted_for_a_promise_that_was_replaced_meanwhile():
    dossier = make_dossier()
    looked_at = dossier.appointments.get().pk
    signed(dossier)

    with pytest.raises(NotAllowed, match="vừa được hẹn lại"):
        drafted(dossier, promise=looked_at)


def test_a_dossier_whose_clock_stands_still_misses_nothing():
    dossier = lifecycle.suspend(
        make_dossier(), reason="Tòa đang giải quyết.", ground="12/TB-TA", by=head(), at=local("2026-11-23 10:00")
    )
    with pytest.raises(NotAllowed, match="đang tạm dừng"):
        drafted(dossier)


# -- what is prepared -----------------------------------------------------------------------
def test_a_cause_says_whose_time_it_was_unless_somebody_says_otherwise():
    letter = prepared(cause="other_agency")
    assert letter.whose_clock == WhoseClock.OTHER_AGENCY
    assert prepare(letter, cause="other_agency", whose_clock="ours").whose_clock == WhoseClock.OURS


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"cause": "weather"}, "Chọn nguyên nhân."),
        ({"cause_words": ""}, "Ghi lý do để người dân đọc hiểu."),
        ({"new_due_at": None}, "Nhập ngày hẹn mới."),
        ({"new_due_at": AFTER}, "Ngày hẹn mới phải sau lúc này và sau ngày hẹn cũ."),
        ({"new_due_at": DUE}, "Ngày hẹn mới phải sau lúc này và sau ngày hẹn cũ."),
        ({"new_due_at": local("2026-11-29 09:00")}, "Ngày 29/11/2026 không làm việc: Chủ nhật. Chọn ngày khác."),
        ({"new_due_at": local("2026-11-30 12:15")}, "Giờ hẹn mới phải trong giờ làm việc."),
        ({"new_due_at": local("2062-11-30 09:00")}, "Không hẹn được quá năm"),
    ],
)
def test_what_no_letter_may_say_is_refused_with_its_sentence(values, sentence):
    letter = drafted()
    with pytest.raises(NotAllowed, match=f"^{sentence[:60]}"):
        prepare(letter, **values)
    assert ApologyLetter.objects.get().prepared_at is None


def test_a_letter_signed_a_day_ahead_names_a_date_after_the_promise():
    letter = drafted(at=BEFORE)
    with pytest.raises(NotAllowed, match="sau ngày hẹn cũ"):
        prepare(letter, at=BEFORE, new_due_at=local("2026-11-26 09:00"))
    assert prepare(letter, at=BEFORE).new_due_at == NEW_DATE


def test_nothing_more_to_bring_is_only_said_when_it_is_so():
    dossier = make_dossier()
    clerk = make_clerk()
    assert prepared(dossier, nothing_more=True).nothing_more
    lifecycle.consent(dossier, kind="late_pause", cause="Thiếu lệ phí.", by=head(), at=AFTER)
    lifecycle.request_payment(dossier, amount=8000, reason="Lệ phí", by=clerk, at=AFTER)

    with pytest.raises(NotAllowed, match="còn phải nộp"):
        prepare(ApologyLetter.objects.get(), nothing_more=True)


def test_a_text_that_somebody_prepared_anew_is_not_overwritten_or_signed_unread():
    letter = prepared()
    seen = letter.edition
    changed = prepare(letter, at=local("2026-11-27 08:05"), cause_words="Cán bộ đo đạc chưa trả lời.")

    with pytest.raises(Changed, match="vừa được .* soạn lại lúc 08:05"):
        prepare(changed, seen=seen)
    with pytest.raises(Changed):
        lifecycle.sign_letter(changed, by=head(), at=AFTER, seen=seen)

    assert lifecycle.sign_letter(changed, by=head(), at=AFTER, seen=changed.edition).state == LetterState.SIGNED


# -- who signs ------------------------------------------------------------------------------
def test_the_head_signs_on_behalf_of_the_committee():
    letter = signed()
    assert letter.block == "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nNguyễn Văn Đặng"
    assert letter.paper.snapshot["signature_lines"] == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]


def test_a_deputy_signs_in_his_place():
    letter = signed(by=make_user(Role.LEADER))
    assert letter.block == "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Hoàng Phúc"


@pytest.mark.parametrize(("mode", "prefix"), [("TUQ", "TUQ. CHỦ TỊCH"), ("TL", "TL. CHỦ TỊCH")])
def test_a_delegate_signs_within_the_dates_of_his_decision(mode, prefix):
    manager = make_user(Role.MANAGER)
    delegated(manager, mode, title="Giám đốc Trung tâm")

    letter = signed(by=manager)

    assert (letter.block.splitlines()[1:3], letter.delegation.delegate) == ([prefix, "GIÁM ĐỐC TRUNG TÂM"], manager)


def test_a_delegation_that_is_over_or_is_for_other_papers_gives_no_right():
    over, other = make_user(Role.MANAGER), make_user(Role.SPECIALIST)
    delegated(over, "TUQ", until="2026-11-26")
    delegated(other, "TUQ", kinds=("certification.copy",))
    letter = prepared()
    for person in (over, other):
        with pytest.raises(NotAllowed, match="không có thẩm quyền ký"):
            lifecycle.sign_letter(letter, by=person, at=AFTER)


def test_a_delegate_delegates_to_nobody():
    manager, clerk = make_user(Role.MANAGER), make_user(Role.CLERK)
    delegated(manager, "TUQ")
    with pytest.raises(CannotDelegate, match="không được ủy quyền lại"):
        delegate(
            delegator=manager, to=clerk, mode="TUQ", kinds=["apology"], decision_number="46/QĐ", decision_date=AFTER.date(),
            valid_from=AFTER.date(), valid_to=AFTER.date(), by=head(), at=AFTER,
        )


def test_a_deputy_whose_assignment_does_not_name_letters_does_not_sign_them():
    deputy = make_user(Role.LEADER)
    delegated(deputy, "KT", kinds=("certification.copy",))
    with pytest.raises(NotAllowed, match="không có thẩm quyền ký"):
        signed(by=deputy)


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.MANAGER])
def test_the_desk_prepares_and_does_not_sign(role):
    with pytest.raises(NotAllowed, match="không có thẩm quyền ký"):
        signed(by=make_user(role))


def test_the_head_of_another_commune_signs_nothing_here():
    with pytest.raises(NotAllowed, match="đơn vị khác"):
        signed(by=make_user(Role.HEAD, agency=make_agency("H61.27", "Phú Tân An")))


# -- the signature --------------------------------------------------------------------------
def test_the_signature_draws_the_number_binds_the_figures_and_makes_the_promise():
    dossier = make_dossier(slip_wanted=True)
    old = dossier.issued_papers.get()

    letter = signed(dossier)

    dossier.refresh_from_db()
    assert (letter.number_words, letter.year, letter.state) == ("01/UBND-TTPVHCC", 2026, LetterState.SIGNED)
    assert letter.signed_digest == hashlib.sha256(canonical(letter.paper.snapshot).encode()).hexdigest()
    ledger = list(Appointment.objects.values_list("seq", "kind", "due_at"))
    assert ledger == [(1, AppointmentKind.FIRST, DUE), (2, AppointmentKind.APOLOGY, NEW_DATE)]
    # The lawful date stays what it was: late is late.
    assert dossier.due_at == DUE
    old.refresh_from_db()
    new = dossier.issued_papers.get(kind="receipt", voided_at__isnull=True)
    assert (old.voided_at, new.version, new.snapshot["reissue"]) == (AFTER, 2, "Hẹn lại lần 1, thay giấy hẹn trước")
    assert new.snapshot["due_digits"] == "16:30 30/11/2026"
    assert first_problem() is None


def test_numbers_run_without_a_gap_whatever_fails_between():
    clerk = make_clerk()
    letters = [prepared(make_dossier()) for _ in range(3)]
    lifecycle.sign_letter(letters[0], by=head(), at=AFTER)
    with pytest.raises(NotAllowed):
        lifecycle.sign_letter(letters[1], by=clerk, at=AFTER)
    lifecycle.sign_letter(letters[2], by=head(), at=AFTER)
    assert list(ApologyLetter.objects.exclude(number=None).values_list("number", flat=True)) == [1, 2]


def test_numbers_begin_anew_with_the_year():
    signed()
    letter = signed(make_dossier(), at=local("2027-01-05 08:00"), new_due_at=local("2027-01-08 16:30"))
    assert (letter.number_words, letter.year) == ("01/UBND-TTPVHCC", 2027)


def test_a_signed_letter_is_signed_once_and_never_changed():
    letter = signed()
    with pytest.raises(NotAllowed, match="đã ký"):
        lifecycle.sign_letter(letter, by=head(), at=AFTER)
    with pytest.raises(NotAllowed, match="đã ký"):
        prepare(letter)
    with pytest.raises(NotAllowed, match="đã ký"):
        lifecycle.waive_letter(letter, reason="Thôi", by=head(), at=AFTER)
    assert (Appointment.objects.count(), IssuedPaper.objects.filter(kind="apology").count()) == (2, 1)


def test_a_date_that_passed_while_the_letter_lay_there_is_not_signed():
    letter = prepared()
    with pytest.raises(NotAllowed, match="phải sau lúc này"):
        lifecycle.sign_letter(letter, by=head(), at=local("2026-12-01 08:00"))
    assert ApologyLetter.objects.get().number is None


def test_only_a_prepared_letter_is_signed():
    with pytest.raises(NotAllowed, match="chưa soạn xong"):
        lifecycle.sign_letter(drafted(), by=head(), at=AFTER)


# -- the second time -----------------------------------------------------------------------
def test_a_missed_re_appointment_gets_the_next_letter_with_the_heads_reason():
    dossier = make_dossier()
    signed(dossier)
    late_again = local("2026-12-01 08:00")
    letter = drafted(dossier, at=late_again)
    assert letter.missed.kind == AppointmentKind.APOLOGY
    with pytest.raises(NotAllowed, match="cần thủ trưởng ghi lý do"):
        prepare(letter, at=late_again, new_due_at=local("2026-12-03 16:00"))

    letter = prepare(letter, at=late_again, new_due_at=local("2026-12-03 16:00"), repeat_reason="Phải đo lại thửa đất.")

    with pytest.raises(NotAllowed, match="do thủ trưởng ký"):
        lifecycle.sign_letter(letter, by=make_user(Role.LEADER), at=late_again)
    letter = lifecycle.sign_letter(letter, by=head(), at=late_again)
    assert (letter.number, Appointment.objects.count()) == (2, 3)
    assert any("lần thứ 2" in line for line in letter.paper.snapshot["narrative"])


# -- finished ------------------------------------------------------------------------------
def test_finished_in_time_the_draft_withdraws_itself():
    dossier = make_dossier()
    drafted(dossier, at=BEFORE)

    bring_to(dossier, Status.RESULT_READY, by=make_clerk(), at=BEFORE)

    letter = ApologyLetter.objects.get()
    assert (letter.state, letter.closed_at, letter.closed_by) == (LetterState.RETRACTED, BEFORE, None)


def test_taken_back_after_that_the_same_draft_comes_back():
    dossier = make_dossier()
    letter = drafted(dossier, at=BEFORE)
    dossier = bring_to(dossier, Status.RESULT_READY, by=make_clerk(), at=BEFORE)
    lifecycle.return_for_correction(dossier, words="Sai họ tên", by=make_clerk(), at=AFTER)

    again = drafted(dossier)

    assert (again.pk, again.state, again.closed_at) == (letter.pk, LetterState.DRAFTED, None)


def test_finished_late_the_letter_stays_and_says_that_the_result_is_there():
    dossier = make_dossier()
    letter = prepared(dossier)
    ready = local("2026-11-27 10:00")
    bring_to(dossier, Status.RESULT_READY, by=make_clerk(), at=ready)

    letter = lifecycle.sign_letter(letter, by=head(), at=local("2026-12-02 08:00"))

    assert (letter.new_due_at, letter.appointment) == (None, None)
    assert letter.paper.snapshot["appointment"] == "10 giờ 00 phút, ngày 27 tháng 11 năm 2026"
    assert letter.paper.snapshot["appointment_label"].startswith("Kết quả đã có")


# -- on its way ----------------------------------------------------------------------------
def test_issued_only_with_its_file_and_its_message_in_the_same_moment():
    letter = signed()
    assert lifecycle.issue_letter(letter, at=AFTER) is False

    assert issue(letter) is True
    assert issue(letter) is False

    letter.refresh_from_db()
    assert (letter.state, files.read(letter.paper.sha256)[:5]) == (LetterState.ISSUED, b"%PDF-")
    assert list(Message.objects.filter(event="apology").values_list("key", flat=True)) == [f"apology:{letter.pk}:sms"]
    assert first_problem() is None


def test_brought_by_hand_it_is_sent_once():
    letter = signed()
    issue(letter)
    sent = lifecycle.letter_sent(letter, how="Đem đến tận nơi", at=AFTER, by=make_clerk())
    again = lifecycle.letter_sent(letter, how="Gọi điện", at=AFTER, by=make_clerk())
    assert [(row.state, row.sent_how) for row in (sent, again)] == [(LetterState.SENT, "Đem đến tận nơi")] * 2


def test_not_sent_before_it_is_issued():
    with pytest.raises(NotAllowed, match="chưa phát hành"):
        lifecycle.letter_sent(signed(), how="Gọi điện", at=AFTER, by=make_clerk())


def test_a_leader_waives_with_a_reason_that_stays():
    letter = prepared()
    with pytest.raises(NotAllowed, match="Ghi lý do"):
        lifecycle.waive_letter(letter, reason="", by=head(), at=AFTER)
    with pytest.raises(NotAllowed, match="Vai trò"):
        lifecycle.waive_letter(letter, reason="Đã xin lỗi trực tiếp", by=make_clerk(), at=AFTER)

    letter = lifecycle.waive_letter(letter, reason="Đã xin lỗi trực tiếp", by=head(), at=AFTER)

    assert (letter.state, letter.closed_reason, letter.number) == (LetterState.WAIVED, "Đã xin lỗi trực tiếp", None)
    assert drafted(letter.dossier).pk == letter.pk
    with pytest.raises(NotAllowed, match="đã rút hoặc đã bỏ"):
        prepare(letter)


def test_a_letter_is_not_deleted():
    drafted()
    with pytest.raises(DatabaseError), transaction.atomic():
        ApologyLetter.objects.all().delete()


def test_editing_a_signed_letter_behind_the_portals_back_is_found():
    letter = signed()
    ApologyLetter.objects.filter(pk=letter.pk).update(new_due_at=DUE)
    assert "apologyletter" in str(first_problem()).lower()
