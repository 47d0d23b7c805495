"""The letter of apology as its citizen sees it: what we are sorry for, why, the new date, and the letter itself.

Only a letter that a worker has issued is shown; what is drafted or signed is still the office's.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from dossiers.models import ApologyLetter, LetterKind, LetterState
from dossiers.public_words import say_day, say_moment
from onestop.worktime.hours import local

SHOWN = (LetterState.ISSUED, LetterState.SENT)
HEADINGS = {
    LetterKind.LATE: _("Xin lỗi, hồ sơ trễ hẹn"),
    LetterKind.ERROR: _("Xin lỗi, kết quả có sai sót"),
    LetterKind.LOST_PAPER: _("Xin lỗi, giấy tờ bị thất lạc"),
    LetterKind.ASKED_TWICE: _("Xin lỗi, đã yêu cầu giấy tờ nhiều lần"),
}
SORRY = {
    LetterKind.LATE: _("Chúng tôi xin lỗi ông/bà vì không trả kết quả đúng hẹn lúc %(missed)s."),
    LetterKind.ERROR: _("Kết quả có sai sót. Đây là lỗi của chúng tôi, chúng tôi xin lỗi ông/bà."),
    LetterKind.LOST_PAPER: _("Chúng tôi làm thất lạc giấy tờ ông/bà đã nộp, chúng tôi xin lỗi ông/bà."),
    LetterKind.ASKED_TWICE: _("Chúng tôi yêu cầu ông/bà bổ sung giấy tờ nhiều lần. Chúng tôi xin lỗi ông/bà."),
}


@dataclass(frozen=True)
class Apology:
    """The panel above everything, in the reader's language; `reason` is in the office's own words."""

    heading: str
    sorry: str
    reason: str
    new_date: str
    is_broken_again: bool
    nothing_more: bool
    number: str
    signed_on: str


def apology_of(letter_id: int | None, now: datetime) -> Apology | None:
    """The panel of the letter with this number; None for none. One query."""
    if letter_id is None:
        return None
    letter = ApologyLetter.objects.select_related("missed", "dossier").get(pk=letter_id)
    kind = LetterKind(letter.kind)
    waits = letter.dossier.finished_at is None
    return Apology(
        heading=gettext(HEADINGS[kind]),
        sorry=gettext(SORRY[kind]) % {"missed": say_moment(letter.missed.due_at) if letter.missed else ""},
        reason=letter.cause_words,
        new_date=say_moment(letter.new_due_at) if letter.new_due_at and waits else "",
        is_broken_again=waits and letter.new_due_at is not None and letter.new_due_at < now,
        nothing_more=letter.nothing_more and waits,
        number=letter.number_words,
        signed_on=say_day(local(letter.signed_at).date()) if letter.signed_at else "",
    )


def file_of_latest(pk: int, version: int) -> str | None:
    """The digest of the latest letter that is shown to the holder of this secret; None for none."""
    letters = ApologyLetter.objects.filter(
        dossier=pk, dossier__secret_version=version, dossier__voided_at__isnull=True, state__in=SHOWN
    ).exclude(paper__sha256="")
    return letters.order_by("-id").values_list("paper__sha256", flat=True).first()
