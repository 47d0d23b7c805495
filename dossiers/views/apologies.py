"""Letters of apology: the list of the office, and the page on which one is prepared, signed, waived or marked as sent."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import apologies, issuing, lifecycle
from dossiers.causes import CAUSES
from dossiers.desks import desk_of
from dossiers.drafting import proposed_date
from dossiers.forms.acts import ActForm
from dossiers.forms.apologies import PrepareForm, SentForm, SignLetterForm, StartForm, WaiveForm
from dossiers.letters import NotTrue
from dossiers.lifecycle import AlreadyDone, Changed
from dossiers.lifecycle.apologizing import SIGNING_KIND
from dossiers.models import SIGNED_STATES, ApologyLetter, LetterState
from dossiers.rules import is_signer, may
from dossiers.statuses import MOVES, OPEN, Act, NotAllowed
from dossiers.views.acting import CONFLICT, UNPROCESSABLE, facts_of
from dossiers.views.papers import dossier_with_names
from dossiers.views.reception import see_other
from onestop.history.access import AccessKind, note_access
from onestop.papers.showing import shown_pdf
from onestop.reading.dates import say_moment
from onestop.staff.access import role_required
from onestop.staff.roles import Role
from onestop.staff.signing import right_to_sign, signers_for
from onestop.staff.signing_session import TRY_AGAIN, password_is_right

MOST_ROWS = 200
READERS = tuple(MOVES[Act.PREPARE_LETTER].roles)
FORMS: dict[str, type[ActForm]] = {"start": StartForm, "sign": SignLetterForm, "waive": WaiveForm, "sent": SentForm}


@role_required(*READERS)
@require_safe
def letter_list(request: HttpRequest) -> HttpResponse:
    """The letters by what is to be done with them; a specialist or clerk sees those of his own dossiers."""
    now, user = timezone.now(), request.user
    tab = request.GET.get("muc", "")
    tab = tab if tab in apologies.TABS else apologies.TO_PREPARE
    letters = apologies.letters_for(user)
    rows = apologies.rows(apologies.of_tab(letters, tab), now=now, most=MOST_ROWS)
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", f"Xin lỗi: {tab}; {min(len(rows), MOST_ROWS)} dòng")
    context = {
        "tabs": [(slug, label, slug == tab) for slug, label in apologies.TABS.items()],
        "tab": tab,
        "rows": rows[:MOST_ROWS],
        "more": MOST_ROWS if len(rows) > MOST_ROWS else 0,
        "everybody": user.has_role(*apologies.SEE_ALL),
    }
    return render(request, "dossiers/apologies.html", context)


class LetterPage:
    """One request to the page of a dossier's letter. What was typed is kept; a refusal becomes the page's sentence."""

    def __init__(self, request: HttpRequest, code: str) -> None:
        self.request, self.now = request, timezone.now()
        self.dossier = dossier_with_names(request, code)
        given = request.POST if request.method == "POST" else request.GET
        self.act = request.POST.get("act", "") if request.method == "POST" else ""
        self.letter = apologies.letter_of(self.dossier, given.get("van-ban", ""))
        if given.get("van-ban") and self.letter is None:
            raise Http404
        if self.letter is not None:
            self.letter.dossier = self.dossier
        self.seen = request.POST.get("seen")
        self.problem, self.status = "", 200
        self.bound: ActForm | None = None
        self._forms: dict[str, Any] = {}

    def form(self, name: str) -> Any:
        """The form of this name, filled with what was sent when it is the one that was sent; the same one on every call."""
        if name not in self._forms:
            self._forms[name] = self._made(name)
        return self._forms[name]

    def _made(self, name: str) -> ActForm:
        data = self.request.POST if self.act == name or (name == "prepare" and self.act == "words") else None
        options: dict[str, Any] = {"dossier": self.dossier, "user": self.request.user, "now": self.now}
        if name == "start":
            # A form sent twice asks for the letter that is there by now; the lifecycle answers with it.
            options["late"] = data is not None or apologies.may_be_late(self.dossier)
        form = self._prepare_form(data, options) if name == "prepare" else FORMS[name](data, **options)
        if data is not None:
            self.bound = form
        return form

    def _prepare_form(self, data: Any, options: dict[str, Any]) -> PrepareForm:
        letter, dossier = self.letter, self.dossier
        if letter is None:
            raise Http404
        if self.act == "words":
            data = data.copy()
            data["cause_words"] = CAUSES[data["cause"]].words if data.get("cause") in CAUSES else ""
        owes_nothing = lifecycle.owes_nothing(dossier)
        first = letter.prepared_at is None
        initial: dict[str, Any] = {
            "cause": apologies.suggested_cause(dossier, now=self.now) if first else letter.cause,
            "cause_words": letter.cause_words,
            "whose_clock": letter.whose_clock,
            "repeat_reason": letter.repeat_reason,
            "nothing_more": owes_nothing if first else letter.nothing_more,
            "stands_words": apologies.where_it_stands(dossier) if first else letter.stands_words,
        }
        dated = dossier.status in OPEN and not (lifecycle.result_is_there(dossier) and letter.missed and letter.missed.due_at < self.now)
        form = PrepareForm(
            data,
            **options,
            initial=initial,
            missed=letter.missed,
            dated=dated,
            repeated=lifecycle.is_repeated(letter),
            owes_nothing=owes_nothing,
        )
        if dated and (letter.missed is not None or letter.new_due_at is not None):
            form.start_with(letter.new_due_at or self.proposed)
        return form

    @property
    def proposed(self):
        missed_at = self.letter.missed.due_at if self.letter is not None and self.letter.missed else None
        return proposed_date(missed_at, desk_of(self.dossier.competent_agency_id), now=self.now)

    def try_to(self, act: Callable[[], ApologyLetter], sentence: str) -> HttpResponse | None:
        """Do it, and on with GET; a refusal stays on the page."""
        try:
            letter = act()
        except NotAllowed as refusal:
            repeated = self._said_before()
            self.problem = repeated or str(refusal)
            self.status = CONFLICT if repeated or isinstance(refusal, Changed | AlreadyDone) else UNPROCESSABLE
            return None
        messages.success(self.request, sentence)
        return see_other(address_of(letter))

    def _said_before(self) -> str:
        """What to say when this person did the very same a moment ago: the form was sent twice; else ""."""
        letter = apologies.letter_of(self.dossier, str(self.letter.pk)) if self.letter is not None else None
        if letter is None:
            return ""
        done = None
        if self.act == "sign" and letter.state in SIGNED_STATES and letter.signer_id == self.request.user.pk:
            done = letter.signed_at
        return f"Việc này đã xong lúc {timezone.localtime(done):%H:%M}. Không làm lại lần nữa" if done else ""


def address_of(letter: ApologyLetter) -> str:
    return f"{reverse('dossiers:apology', args=[letter.dossier.code])}?van-ban={letter.pk}"


@sensitive_post_parameters("password")
@role_required(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def apology(request: HttpRequest, code: str) -> HttpResponse:
    """The letter of a dossier from its draft to the citizen; other letters of the dossier are listed below."""
    page = LetterPage(request, code)
    handlers = {"start": _start, "prepare": _prepare, "sign": _sign, "waive": _waive, "sent": _sent}
    if page.act in handlers and (page.letter is not None or page.act == "start"):
        response = handlers[page.act](page)
        if response is not None:
            return response
    return _show(page)


def _start(page: LetterPage) -> HttpResponse | None:
    form = page.form("start")
    if not form.is_valid():
        page.status = UNPROCESSABLE
        return None
    kind, said = form.cleaned_data["kind"], "Đã lập dự thảo. Soạn nội dung rồi trình ký."
    return page.try_to(lambda: lifecycle.draft_letter(page.dossier, at=page.now, by=page.request.user, kind=kind), said)


def _prepare(page: LetterPage) -> HttpResponse | None:
    form = page.form("prepare")
    if not form.is_valid():
        page.status = UNPROCESSABLE
        return None
    return page.try_to(
        lambda: lifecycle.prepare_letter(page.letter, by=page.request.user, at=page.now, seen=page.seen, **form.content),
        "Đã lưu. Xem bản in trước khi ký.",
    )


def _sign(page: LetterPage) -> HttpResponse | None:
    """The password goes the way of a log-in, so that guessing is bounded here as it is there."""
    form = page.form("sign")
    if not form.is_valid():
        page.status = UNPROCESSABLE
        return None
    if not password_is_right(page.request, form.cleaned_data["password"]):
        form.add_error("password", TRY_AGAIN)
        page.status = UNPROCESSABLE
        return None
    return page.try_to(
        lambda: lifecycle.sign_letter(page.letter, by=page.request.user, at=page.now, seen=page.seen or ""),
        "Đã ký. Văn bản được phát hành và gửi trong ít phút.",
    )


def _waive(page: LetterPage) -> HttpResponse | None:
    form = page.form("waive")
    if not form.is_valid():
        page.status = UNPROCESSABLE
        return None
    reason = form.cleaned_data["waive_reason"]
    return page.try_to(
        lambda: lifecycle.waive_letter(page.letter, reason=reason, by=page.request.user, at=page.now), "Đã ghi: không gửi văn bản này."
    )


def _sent(page: LetterPage) -> HttpResponse | None:
    form = page.form("sent")
    if not form.is_valid():
        page.status = UNPROCESSABLE
        return None
    return page.try_to(lambda: lifecycle.letter_sent(page.letter, how=form.how, at=page.now, by=page.request.user), "Đã ghi: đã gửi.")


def _show(page: LetterPage) -> HttpResponse:
    """Everything about the letter, and only the forms that this person can use now."""
    request, dossier, letter = page.request, page.dossier, page.letter
    if letter is not None and page.status == CONFLICT:
        letter = page.letter = apologies.letter_of(dossier, str(letter.pk)) or letter
        letter.dossier = dossier
    user, voided = request.user, dossier.voided_at is not None
    drafted = letter is not None and letter.state == LetterState.DRAFTED and not voided
    forms: dict[str, Any] = {}
    if drafted and may(user, Act.PREPARE_LETTER, dossier):
        forms["prepare"] = page.form("prepare")
    settles = letter is not None and user.agency_id == letter.agency_id
    right = right_to_sign(user, SIGNING_KIND, timezone.localdate(page.now), collective=True) if drafted and settles else None
    head_only = drafted and letter is not None and lifecycle.is_repeated(letter)
    if head_only and not user.has_role(Role.HEAD):
        right = None
    is_ready = drafted and letter is not None and letter.prepared_at is not None
    if is_ready and right is not None:
        forms["sign"] = page.form("sign")
    if drafted and may(user, Act.WAIVE_LETTER, dossier):
        forms["waive"] = page.form("waive")
    if letter is not None and letter.state == LetterState.ISSUED and may(user, Act.SEND_LETTER, dossier):
        forms["sent"] = page.form("sent")
    can_start = may(user, Act.DRAFT_LETTER, dossier)
    if can_start:
        forms["start"] = page.form("start")
    note_access(request, AccessKind.VIEW, f"dossier:{dossier.pk}", "Văn bản xin lỗi")
    context = {
        "dossier": dossier,
        "letter": letter,
        # The edition that was on the screen, until a conflict has been shown: a wrong password must not hide one.
        "seen": page.seen if page.status == UNPROCESSABLE and page.seen is not None else letter.edition if letter is not None else "",
        "facts": facts_of(dossier, page.now),
        "tag": apologies.tag_of(letter) if letter is not None else None,
        "missed": say_moment(letter.missed.due_at) if letter is not None and letter.missed else "",
        "missed_again": _missed_again(page),
        "is_missed": letter is not None and letter.missed is not None and letter.missed.due_at < page.now,
        "new_date": say_moment(letter.new_due_at) if letter is not None and letter.new_due_at else "",
        "signed_lines": letter.block.splitlines() if letter is not None else [],
        "cause": CAUSES[letter.cause].label if letter is not None and letter.cause in CAUSES else "",
        "forms": forms,
        "form": page.bound,
        "right": right,
        "is_ready": is_ready,
        "signers": _signers(dossier.competent_agency_id, page, head_only) if is_ready and right is None else [],
        "head_only": head_only,
        "proposed": say_moment(page.proposed) if drafted and letter is not None and letter.missed and page.proposed else "",
        "owes_nothing": "nothing_more" in forms["prepare"].fields if "prepare" in forms else True,
        "others": [
            (other, apologies.tag_of(other), address_of(other))
            for other in dossier.letters.select_related("dossier").order_by("-id")
            if letter is None or other.pk != letter.pk
        ],
        "problem": page.problem,
        "has_errors": bool(page.problem) or page.status == UNPROCESSABLE,
        "is_signer": is_signer(user),
    }
    return render(request, "dossiers/apology.html", context, status=page.status)


def _missed_again(page: LetterPage) -> str:
    """The re-appointment of the letter that is shown, where it was missed too and nothing is written about it yet; else ""."""
    letter, again = page.letter, page.letter.appointment if page.letter is not None else None
    if letter is None or again is None or again.due_at >= page.now or again.seq < page.dossier.appointments.count():
        return ""
    return say_moment(again.due_at) if apologies.may_be_late(page.dossier) else ""


def _signers(agency_id: int, page: LetterPage, head_only: bool) -> list[str]:
    """Who can be asked to sign the letter today."""
    found = signers_for(agency_id, SIGNING_KIND, timezone.localdate(page.now))
    return [f"{person.full_name} – {right.words}" for person, right in found if not head_only or person.has_role(Role.HEAD)]


@role_required(*READERS)
@require_safe
@xframe_options_sameorigin
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The draft as it would be printed, without number, day and name; a signed letter is another page's (papers.paper).

    With ?ky-cung=1 as it would be signed together with the result, prepared or not.
    """
    dossier, now = dossier_with_names(request, code), timezone.now()
    if request.GET.get("ky-cung") == "1":
        letter = apologies.letter_with_result(dossier, now=now)
    else:
        letter = apologies.letter_of(dossier, request.GET.get("van-ban", ""))
        if letter is not None and (letter.state != LetterState.DRAFTED or letter.prepared_at is None):
            letter = None
    if letter is None:
        raise Http404
    letter.dossier = dossier
    ready_since = now if letter.missed is not None and letter.new_due_at is None and dossier.status in OPEN else None
    try:
        content = issuing.letter_preview(letter, at=now, ready_since=ready_since)
    except NotTrue as untrue:
        raise Http404(str(untrue)) from untrue
    note_access(request, AccessKind.VIEW, f"dossier:{dossier.pk}", "Xem trước văn bản xin lỗi")
    return shown_pdf(content, f"xin-loi-{dossier.code}-du-thao.pdf")
