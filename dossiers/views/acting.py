"""How the page of an act works: shown by GET, sent by POST, refused with a sentence and nothing lost.

@role_required(*MOVES[Act.VOID].roles)
def void(request, code):
    page = ActPage(request, code, Act.VOID, VoidForm)
    if page.is_ready():
        with page.trying():
            lifecycle.void(page.dossier, reason=page.values["reason"], **page.signature)
            return page.done("Đã hủy hồ sơ.")
    return page.show("dossiers/void.html")
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dossiers.forms.acts import ActForm
from dossiers.lifecycle import AlreadyDone, Changed
from dossiers.listing import Lines
from dossiers.models import Dossier
from dossiers.rules import check_may_act, is_signer
from dossiers.standing import hindrance, standing_of
from dossiers.statuses import BY_RIGHT, Act, NotAllowed, check_move
from dossiers.views.papers import dossier_with_names
from dossiers.views.reception import see_other
from onestop.history.access import AccessKind, note_access
from onestop.history.models import Event
from onestop.reading.dates import say_moment
from onestop.worktime.store import calendar_in_force

UNPROCESSABLE, CONFLICT = 422, 409


class ActPage:
    """One request to the page of one act.

    `problem` is the sentence at the top; `status` is 422 for what can be mended, 409 for what
    somebody (or this person, a moment ago) has done meanwhile.
    """

    def __init__(self, request: HttpRequest, code: str, act: Act, form_class: type[ActForm] | None = None) -> None:
        self.request, self.act, self.now = request, act, timezone.now()
        self.dossier = self._find(code)
        self.is_sent = request.method == "POST"
        self.revision = read_revision(request.POST.get("revision", ""))
        self.problem, self.status = "", 200
        self.form = self.make(form_class, bound=self.is_sent) if form_class else None

    def _find(self, code: str) -> Dossier:
        """The dossier; an act on one that is not for this person's eyes, or nowhere, is a refusal on record."""
        try:
            return dossier_with_names(self.request, code)
        except Http404:
            if self.request.method == "POST":
                note_access(self.request, AccessKind.REFUSED, detail=f"{self.act.label}: không có hồ sơ này")
            raise

    def make(self, form_class: type[ActForm], *, bound: bool, **options: Any) -> Any:
        """A form of this page, filled with what was sent when `bound`."""
        given = {"data": self.request.POST, "files": self.request.FILES} if bound else {}
        return form_class(**given, dossier=self.dossier, user=self.request.user, now=self.now, **options)

    @property
    def values(self) -> dict[str, Any]:
        return self.form.cleaned_data if self.form is not None else {}

    @property
    def signature(self) -> dict[str, Any]:
        """Who acts, when, and on which state of the dossier."""
        return {"by": self.request.user, "at": self.now, "revision": self.revision}

    def is_ready(self) -> bool:
        """Whether the form was sent and can be read."""
        if not self.is_sent:
            return False
        if self.form is not None and not self.form.is_valid():
            self.status = UNPROCESSABLE
            return False
        return True

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Do the act inside; a refusal becomes the page's sentence."""
        try:
            yield
        except NotAllowed as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: NotAllowed) -> None:
        repeated = self.said_before(surely=isinstance(refusal, Changed | AlreadyDone))
        self.problem = repeated or str(refusal)
        self.status = CONFLICT if repeated or isinstance(refusal, Changed | AlreadyDone) else UNPROCESSABLE
        # The sentence of another act may name papers as somebody typed them; those of a signature are all our own words.
        self.note_refusal(self.problem if self.act in BY_RIGHT else "không thực hiện được")

    def note_refusal(self, words: str) -> None:
        """Put a refusal on record, outside of the act's transaction, which is rolled back."""
        note_access(self.request, AccessKind.REFUSED, f"dossier:{self.dossier.pk}", f"{self.act.label}: {words}")

    def said_before(self, *, surely: bool = False) -> str:
        """What to say of a form that was sent twice, else ""; a form made on the dossier's present state is a new one."""
        if not surely and self.revision == self.dossier.revision:
            return ""
        return said_before(self.request.user, self.act, self.dossier)

    def done(self, sentence: str, address: str = "") -> HttpResponse:
        """On with GET, to the dossier's page unless told."""
        messages.success(self.request, sentence)
        return see_other(address or self.dossier.get_absolute_url())

    def show(self, template: str, **more: Any) -> HttpResponse:
        """The page with everything that was typed; without its form when the act is no longer possible."""
        self.dossier = dossier_with_names(self.request, self.dossier.code)
        blocked = why_not(self.request.user, self.act, self.dossier, self.now)
        if blocked:
            repeated = self.said_before() if self.is_sent else ""
            self.problem, self.status = self.problem or repeated or blocked, CONFLICT
        note_access(self.request, AccessKind.VIEW, f"dossier:{self.dossier.pk}", str(self.act.label))
        context = {
            "dossier": self.dossier,
            # The state that was on the screen, until a conflict has been shown: a slip of the pen must not hide one.
            "revision": self.revision if self.status == UNPROCESSABLE and self.revision is not None else self.dossier.revision,
            "title": str(self.act.label),
            "facts": facts_of(self.dossier, self.now),
            "form": None if blocked else self.form,
            "problem": self.problem,
            "closed": bool(blocked),
            "has_errors": bool(self.problem) or self.status == UNPROCESSABLE,
            **more,
        }
        return render(self.request, template, context, status=self.status)


def read_revision(text: str) -> int | None:
    """The state that the person had on his screen; nothing when the form does not say."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def said_before(user, act: Act, dossier: Dossier) -> str:
    """What to say when this person did this very act a moment ago and nobody anything since: the form was sent twice; else "".

    Mending twice is no repetition: the second form may say something else.
    """
    if act == Act.AMEND:
        return ""
    events = Event.objects.filter(agency_id=dossier.agency_id, subject=f"dossier:{dossier.pk}").order_by("-seq")
    # Two, because a signature may have been issued in the same breath.
    for event in events[:2]:
        if event.actor_id != user.pk:
            return ""
        if event.act == act:
            return f"Việc này đã xong lúc {timezone.localtime(event.at):%H:%M}. Không làm lại lần nữa"
    return ""


def why_not(user, act: Act, dossier: Dossier, now: datetime) -> str:
    """The sentence that says why the act is not possible now, or ""."""
    try:
        check_may_act(user, dossier, act)
        if dossier.voided_at is not None:
            return "Hồ sơ này đã hủy."
        check_move(act, dossier.status, by=user, holder_id=dossier.holder_id)
    except NotAllowed as refusal:
        return str(refusal)
    return hindrance(act, dossier, standing_of(dossier, now), decides=is_signer(user))


def facts_of(dossier: Dossier, now) -> dict[str, Any]:
    """What every act's page says about the dossier at its top."""
    lines = Lines(now, calendar_in_force(dossier.competent_agency_id))
    status, colour, time, time_colour = lines.tags(
        dossier.status, dossier.due_at, dossier.finished_at, dossier.overdue_since, dossier.signed_at, dossier.voided_at
    )
    return {
        "name": dossier.applicant_name,
        "procedure": dossier.procedure.short_name,
        "due": say_moment(dossier.due_at) if dossier.due_at else "",
        "tags": [(status, colour), *([(time, time_colour)] if time else [])],
    }
