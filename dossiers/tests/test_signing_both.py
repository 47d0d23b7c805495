"""A late result and its apology in one act: both or neither, and a finished result is never held back by paper."""

from datetime import timedelta

import pytest

from dossiers import lifecycle
from dossiers.dispatch import issue_signed
from dossiers.lifecycle import LetterChoice, LetterDecided, ResultSigned
from dossiers.models import ApologyLetter, Appointment, LetterState, NumberCounter, SignOff
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.letters import AFTER, BEFORE, NEW_DATE, WORDS, delegated, drafted, head, prepared, signed
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = pytest.mark.django_db
SAME_DAY = local("2026-11-26 10:00")
LETTER = LetterDecided(LetterChoice.SIGN, cause="signature", cause_words=WORDS)
WAIVED = LetterDecided(LetterChoice.WAIVE, waive_reason="Đã xin lỗi trực tiếp, ông/bà nhận ngay")


def submitted(at=BEFORE):
    clerk = make_clerk()
    return bring_to(make_dossier(), Status.AWAITING_SIGNATURE, by=clerk, at=at)


def by_hand(at=AFTER, **fields):
    return ResultSigned("wet_ink", signed_at=at - timedelta(minutes=5), **({"doc_number": "12", "doc_symbol": "TLKS"} | fields))


def sign_both(dossier, letter=LETTER, *, at=AFTER, by=None, result=None):
    return lifecycle.sign_both(dossier, result=result or by_hand(at), letter=letter, by=by or head(), at=at)


@pytest.mark.parametrize(("issue_now", "status"), [(False, Status.PROCESSING), (True, Status.RESULT_READY)])
def test_one_act_signs_the_result_and_a_letter_that_says_it_is_there(issue_now, status):
    dossier, letter = sign_both(submitted(), result=by_hand(issue_now=issue_now))

    assert (dossier.status, SignOff.objects.get().signer, letter.state, letter.number) == (status, head(), LetterState.SIGNED, 1)
    assert (letter.new_due_at, Appointment.objects.count()) == (None, 1)
    snapshot = letter.paper.snapshot
    assert (snapshot["appointment"], snapshot["prescribed"]) == ("08 giờ 00 phút, ngày 27 tháng 11 năm 2026", False)
    assert issue_signed(now=AFTER) == (1, [])
    assert first_problem() is None


def test_the_draft_that_is_there_already_is_the_one_that_is_signed():
    dossier = submitted()
    draft = prepared(dossier, stands_words="đang chờ ký")
    _, letter = sign_both(dossier)
    assert (letter.pk, letter.cause, ApologyLetter.objects.count()) == (draft.pk, "signature", 1)


def test_the_result_is_signed_and_the_letter_waived_with_its_reason():
    dossier, letter = sign_both(submitted(), WAIVED)
    assert (dossier.signed_at is not None, letter.state, letter.closed_reason) == (True, LetterState.WAIVED, WAIVED.waive_reason)


def test_left_for_later_the_draft_stays_in_the_list():
    dossier = submitted()
    draft = drafted(dossier)
    dossier, letter = sign_both(dossier, LetterDecided(LetterChoice.LATER))
    assert (dossier.signed_at is not None, letter, letter.state) == (True, draft, LetterState.DRAFTED)


def test_left_for_later_a_broken_promise_has_its_draft_even_before_the_job_came():
    dossier, letter = sign_both(submitted(), LetterDecided(LetterChoice.LATER), result=by_hand(issue_now=True))
    assert (dossier.status, letter.state) == (Status.RESULT_READY, LetterState.DRAFTED)


@pytest.mark.parametrize(
    ("letter", "sentence"),
    [
        (LetterDecided(LetterChoice.SIGN, cause="many"), "Ghi lý do để người dân đọc hiểu."),
        (LetterDecided(LetterChoice.SIGN, cause_words=WORDS), "Chọn nguyên nhân."),
        (LetterDecided(LetterChoice.WAIVE), "Ghi lý do không gửi"),
    ],
)
def test_when_the_letter_is_refused_the_result_is_not_signed_either(letter, sentence):
    dossier = submitted()
    with pytest.raises(NotAllowed, match=sentence):
        sign_both(dossier, letter)
    assert (SignOff.objects.count(), ApologyLetter.objects.count(), NumberCounter.objects.filter(book__contains="XL").count()) == (0, 0, 0)


def test_when_the_result_is_refused_the_letter_is_not_signed_either():
    dossier = submitted()
    with pytest.raises(NotAllowed, match="Giờ ký"):
        sign_both(dossier, result=by_hand(AFTER + timedelta(days=1)))
    assert ApologyLetter.objects.count() == 0


def test_whoever_may_sign_results_but_no_letters_leaves_or_waives_them():
    deputy = make_user(Role.LEADER)
    delegated(deputy, "KT", kinds=("result",))
    dossier = submitted()
    with pytest.raises(NotAllowed, match="không có thẩm quyền ký văn bản xin lỗi"):
        sign_both(dossier, by=deputy)
    dossier, letter = sign_both(dossier, LetterDecided(LetterChoice.LATER), by=deputy)
    assert (dossier.signed_at is not None, letter.state) == (True, LetterState.DRAFTED)


# -- the promise is still ahead -----------------------------------------------------------------
def test_before_the_promise_passes_a_letter_needs_a_new_date():
    dossier = submitted()
    with pytest.raises(NotAllowed, match="Nhập ngày hẹn mới"):
        sign_both(dossier, at=SAME_DAY)

    dated = LetterDecided(LetterChoice.SIGN, cause="many", cause_words=WORDS, new_due_at=NEW_DATE)
    dossier, letter = sign_both(dossier, dated, at=SAME_DAY)

    assert (dossier.signed_at is not None, letter.new_due_at, letter.appointment.due_at) == (True, NEW_DATE, NEW_DATE)


def test_an_issue_that_keeps_the_promise_needs_no_letter():
    dossier = submitted()
    dated = LetterDecided(LetterChoice.SIGN, cause="many", cause_words=WORDS, new_due_at=NEW_DATE)
    with pytest.raises(NotAllowed, match="kịp giờ hẹn"):
        sign_both(dossier, dated, at=SAME_DAY, result=by_hand(SAME_DAY, issue_now=True))


def test_left_for_later_and_issued_in_time_the_draft_withdraws_itself():
    dossier = submitted()
    draft = drafted(dossier, at=SAME_DAY)
    sign_both(dossier, LetterDecided(LetterChoice.LATER), at=SAME_DAY, result=by_hand(SAME_DAY, issue_now=True))
    draft.refresh_from_db()
    assert draft.state == LetterState.RETRACTED


# -- once ---------------------------------------------------------------------------------------
def test_sent_twice_nothing_is_signed_twice():
    dossier = submitted()
    sign_both(dossier)
    with pytest.raises(NotAllowed, match="không thể: ký duyệt"):
        sign_both(dossier)
    assert (SignOff.objects.count(), ApologyLetter.objects.get().number) == (1, 1)


def test_a_letter_that_was_signed_meanwhile_is_not_signed_again():
    dossier = submitted()
    signed(dossier)
    with pytest.raises(NotAllowed, match="Nhập ngày hẹn mới"):  # the present promise is the new date now, and it is ahead
        sign_both(dossier)
    assert SignOff.objects.count() == 0


def test_a_letter_that_was_waived_meanwhile_is_not_signed():
    dossier = submitted()
    lifecycle.waive_letter(drafted(dossier), reason="Đã xin lỗi", by=head(), at=AFTER)
    with pytest.raises(NotAllowed, match="đã xử lý"):
        sign_both(dossier)
