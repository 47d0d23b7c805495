"""A late result and its apology, signed in one act: paper never holds a finished result back.

All or nothing. The leader reads both on one page; with the same confirmation he signs the letter, decides with a
reason that none is sent, or leaves it to whoever may sign it, where it stands in the list of open letters.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from dossiers import numbering
from dossiers.lifecycle.apologizing import BOOK, draft_letter, prepare_letter, sign_letter, waive_letter
from dossiers.lifecycle.own_results import series_of
from dossiers.lifecycle.way import issue_result, sign_off
from dossiers.models import SIGNED_STATES, ApologyLetter, Dossier, LetterState
from dossiers.places import is_for_another
from dossiers.statuses import Act, NotAllowed, check_move
from onestop.history.record import lock_heads
from onestop.staff.models import User


class LetterChoice(StrEnum):
    """What becomes of the letter when the result is signed."""

    SIGN = "sign"
    WAIVE = "waive"
    LATER = "later"


@dataclass(frozen=True)
class ResultSigned:
    """The signature on the result, as `sign_off` and `issue_result` take it."""

    kind: str
    sha256: str = ""
    signed_at: datetime | None = None
    doc_number: str = ""
    doc_symbol: str = ""
    issue_now: bool = False


@dataclass(frozen=True)
class LetterDecided:
    """What the leader decides about the letter. `new_due_at` only while the promise is still ahead."""

    choice: LetterChoice
    cause: str = ""
    cause_words: str = ""
    whose_clock: str = ""
    nothing_more: bool = False
    repeat_reason: str = ""
    new_due_at: datetime | None = None
    waive_reason: str = ""


@transaction.atomic
def sign_both(
    dossier: Dossier, *, result: ResultSigned, letter: LetterDecided, by: User, at: datetime, revision: int | None = None
) -> tuple[Dossier, ApologyLetter | None]:
    """Sign the result and, with it, decide about the letter for the promise that it misses.

    The letter is drafted here when the job has not come by yet. Broken promise: the letter says that the result
    is there. A promise that is still ahead is only apologised for with a new date, and not together with an
    issue that keeps it. Left for later, the letter for a broken promise is drafted at least; None: not needed yet.
    """
    locked = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    check_move(Act.SIGN_OFF, locked.status, by=by, holder_id=locked.holder_id)
    _hold_series(dossier, result, letter, at=at)
    promise = dossier.appointments.order_by("seq").last()
    if promise is None or (letter.choice == LetterChoice.LATER and promise.due_at >= at):
        return _sign_result(dossier, result, by=by, at=at, revision=revision), None
    if is_for_another(dossier):
        # The result stands in the receiver's chain, the letter in the signer's: both heads at once, in order.
        lock_heads({dossier.agency_id, dossier.competent_agency_id})
    ahead = promise.due_at >= at
    if ahead and letter.choice == LetterChoice.SIGN and result.issue_now:
        raise NotAllowed("Phát hành ngay thì kịp giờ hẹn, không cần văn bản xin lỗi.")
    draft = draft_letter(dossier, at=at, by=by)
    if letter.choice == LetterChoice.LATER:
        return _sign_result(dossier, result, by=by, at=at, revision=revision), draft
    if draft.state in SIGNED_STATES or draft.state == LetterState.WAIVED:
        raise NotAllowed("Văn bản xin lỗi cho lần hẹn này đã xử lý. Mở lại trang rồi ký kết quả.")
    if letter.choice == LetterChoice.WAIVE:
        closed = waive_letter(draft, reason=letter.waive_reason, by=by, at=at)
        return _sign_result(dossier, result, by=by, at=at, revision=revision), closed
    if ahead:
        signed = _sign_letter(draft, letter, by=by, at=at)
        return _sign_result(dossier, result, by=by, at=at, revision=revision), signed
    dossier = _sign_result(dossier, result, by=by, at=at, revision=revision)
    return dossier, _sign_letter(draft, letter, by=by, at=at)


def _hold_series(dossier: Dossier, result: ResultSigned, letter: LetterDecided, *, at: datetime) -> None:
    """Before any event: numbers are drawn here after the event of the signature, and heads are locked last."""
    series = {BOOK} if letter.choice == LetterChoice.SIGN else set()
    drafted = dossier.results.order_by("version").last() if result.issue_now else None
    if drafted is not None and drafted.snapshot is not None:
        series.add(series_of(drafted))
    for each in sorted(series):
        numbering.hold_slip_book(dossier.competent_agency_id, each, timezone.localdate(at))


def _sign_result(dossier: Dossier, result: ResultSigned, *, by: User, at: datetime, revision: int | None) -> Dossier:
    signed = sign_off(
        dossier,
        kind=result.kind,
        signer=by,
        by=by,
        at=at,
        signed_at=result.signed_at,
        sha256=result.sha256,
        doc_number=result.doc_number,
        doc_symbol=result.doc_symbol,
        revision=revision,
    )
    if not result.issue_now:
        return signed
    return issue_result(signed, by=by, at=at, doc_number=result.doc_number, doc_symbol=result.doc_symbol)


def _sign_letter(draft: ApologyLetter, letter: LetterDecided, *, by: User, at: datetime) -> ApologyLetter:
    prepared = prepare_letter(
        draft,
        cause=letter.cause,
        cause_words=letter.cause_words,
        whose_clock=letter.whose_clock,
        stands_words=draft.stands_words,
        nothing_more=letter.nothing_more,
        repeat_reason=letter.repeat_reason,
        new_due_at=letter.new_due_at,
        by=by,
        at=at,
    )
    return sign_letter(prepared, by=by, at=at)
