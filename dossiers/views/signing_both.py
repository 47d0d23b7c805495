"""The part of the sign page about the letter of apology, where the dossier misses its promise."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from dossiers import apologies, lifecycle
from dossiers.desks import desk_of
from dossiers.drafting import proposed_date
from dossiers.forms.apologies import BY_HAND, SignBothForm
from dossiers.lifecycle import LetterChoice, ResultSigned
from dossiers.lifecycle.apologizing import SIGNING_KIND
from dossiers.models import SIGNED_STATES, ApologyLetter, Appointment, AppointmentKind, Dossier, LetterState, ResultDocument
from dossiers.rules import is_signer
from dossiers.statuses import Status
from dossiers.timeliness import LOCAL
from dossiers.views.acting import UNPROCESSABLE, ActPage
from onestop.reading.dates import say_moment
from onestop.staff.roles import Role
from onestop.staff.signing import SigningRight, right_to_sign
from onestop.staff.signing_session import TRY_AGAIN, password_is_right, session_end


class LetterBeside:
    """The letter that belongs beside the result: its promise is broken, or passes today."""

    def __init__(self, page: ActPage, promise: Appointment, letter: ApologyLetter | None, result: ResultDocument) -> None:
        self.page, self.promise, self.letter, self.result = page, promise, letter, result
        user = page.request.user
        self.is_broken = promise.due_at < page.now
        self.is_repeated = promise.kind == AppointmentKind.APOLOGY
        right = right_to_sign(user, SIGNING_KIND, timezone.localdate(page.now), collective=True)
        settles = user.agency_id == page.dossier.competent_agency_id
        self.right: SigningRight | None = right if settles and (not self.is_repeated or user.has_role(Role.HEAD)) else None

    def form(self, *, bound: bool) -> SignBothForm:
        owes_nothing = lifecycle.owes_nothing(self.page.dossier)
        letter = self.letter if self.letter is not None and self.letter.prepared_at is not None else None
        initial: dict[str, Any] = {"cause": apologies.WAITED_FOR_SIGNATURE, "nothing_more": owes_nothing}
        if letter is not None:
            names = ("cause", "cause_words", "whose_clock", "repeat_reason", "nothing_more")
            initial = {name: getattr(letter, name) for name in names}
        form = self.page.make(
            SignBothForm,
            bound=bound,
            initial=initial,
            missed=self.promise,
            dated=not self.is_broken,
            repeated=self.is_repeated,
            owes_nothing=owes_nothing,
            sha256=self.result.sha256,
            may_sign=self.right is not None,
            promised="" if self.is_broken else f"{self.promise.due_at.astimezone(LOCAL):%H:%M}",
            session_open=session_end(self.page.request, now=self.page.now) is not None,
        )
        form.start_with((letter.new_due_at if letter is not None else None) or self._proposed())
        return form

    def _proposed(self) -> datetime | None:
        return proposed_date(self.promise.due_at, desk_of(self.page.dossier.competent_agency_id), now=self.page.now)

    @property
    def context(self) -> dict[str, Any]:
        """What the template shows of it."""
        return {
            "letter": self.letter,
            "tag": apologies.tag_of(self.letter) if self.letter is not None else ("Chưa có dự thảo", "red"),
            "promised": say_moment(self.promise.due_at),
            "is_broken": self.is_broken,
            "is_repeated": self.is_repeated,
            "right": self.right,
        }


def letter_beside(page: ActPage) -> LetterBeside | None:
    """The letter to sign or waive with the result; None where the promise is kept or its letter is settled."""
    dossier, user = page.dossier, page.request.user
    if not is_signer(user) or dossier.status != Status.AWAITING_SIGNATURE or not _is_due(dossier, page.now):
        return None
    promise = dossier.appointments.order_by("seq").last()
    result = dossier.results.order_by("version").last()
    if promise is None or result is None or promise.due_at.astimezone(LOCAL).date() > timezone.localdate(page.now):
        return None
    letter = ApologyLetter.objects.filter(missed=promise).select_related("prepared_by").first()
    if letter is not None and letter.state in (*SIGNED_STATES, LetterState.WAIVED):
        return None
    return LetterBeside(page, promise, letter if letter is None or letter.state == LetterState.DRAFTED else None, result)


def _is_due(dossier: Dossier, now: datetime) -> bool:
    """Whether the lawful date has come; a promise never ends before it."""
    return dossier.due_at is not None and dossier.due_at.astimezone(LOCAL).date() <= timezone.localdate(now)


def sign_both(page: ActPage) -> HttpResponse | None:
    """One confirmation for both. The password goes the way of a log-in, so that guessing is bounded here as it is there."""
    if not page.is_ready():
        return None
    form, user = page.form, page.request.user
    if form.needs_password(page.values) and not password_is_right(page.request, page.values["password"]):
        form.add_error("password", TRY_AGAIN)
        page.status = UNPROCESSABLE
        return None
    by_hand = page.values["how"] == BY_HAND
    result = ResultSigned(
        kind=page.values["how"],
        sha256="" if by_hand else page.values["sha256"],
        signed_at=form.signed_at if by_hand else None,
        doc_number=page.values["doc_number"] if by_hand else "",
        doc_symbol=page.values["doc_symbol"] if by_hand else "",
        issue_now=by_hand and page.values["issue_now"],
    )
    with page.trying():
        _, letter = lifecycle.sign_both(
            page.dossier, result=result, letter=form.decision, by=user, at=page.now, revision=page.signature["revision"]
        )
        return page.done(_said(form.choice, letter))
    return None


def _said(choice: LetterChoice, letter: ApologyLetter | None) -> str:
    if choice == LetterChoice.SIGN:
        return "Đã ký kết quả và văn bản xin lỗi. Văn bản được phát hành và gửi trong ít phút."
    if choice == LetterChoice.WAIVE:
        return "Đã ký kết quả. Không gửi văn bản xin lỗi, lý do đã ghi."
    return "Đã ký kết quả. Văn bản xin lỗi còn chờ người có thẩm quyền ký." if letter is not None else "Đã ký kết quả."
