"""The way through the office: passing a dossier on, taking it over, putting the result before the leader."""

from datetime import datetime, timedelta

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import lifecycle
from dossiers.forms.acts import HandOverForm, SubmitForm, TakeOverForm
from dossiers.listing import Lines, work_rows
from dossiers.models import Dossier, ResultDocument
from dossiers.pace import Open, risks
from dossiers.querysets import DossierQuerySet
from dossiers.statuses import MOVES, READY, Act, Status
from dossiers.views.acting import ActPage
from dossiers.views.desk import certified_today
from dossiers.warnings import unread_count
from onestop.history.access import AccessKind, note_access
from onestop.staff.access import role_required
from onestop.staff.roles import Role
from onestop.vault import files
from onestop.worktime.store import calendar_in_force

MOST_ROWS = 200
RECENTLY = timedelta(days=14)
# What the risk mark of a row is reckoned from.
RECKONED = ("pk", "procedure_id", "received_at", "due_at")
TABS = (("can-lam", "Cần làm"), ("cho-ky", "Chờ ký"), ("da-xong", "Đã xong gần đây"))


@role_required(*MOVES[Act.HAND_OVER].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, code: str) -> HttpResponse:
    """Pass the dossier to a colleague."""
    page = ActPage(request, code, Act.HAND_OVER, HandOverForm)
    if page.is_ready():
        with page.trying():
            to = page.values["to"]
            lifecycle.hand_over(page.dossier, to=to, note=page.values["note"], **page.signature)
            return page.done(f"Đã bàn giao hồ sơ cho {to.full_name}.")
    return page.show("dossiers/hand_over.html")


@role_required(*MOVES[Act.TAKE_OVER].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, code: str) -> HttpResponse:
    """Confirm that the papers have arrived."""
    page = ActPage(request, code, Act.TAKE_OVER, TakeOverForm)
    if page.is_ready():
        with page.trying():
            lifecycle.take_over(page.dossier, **page.signature)
            return page.done("Đã nhận hồ sơ.")
    return page.show("dossiers/take_over.html")


@role_required(*MOVES[Act.SUBMIT].roles)
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """Put the drafted result before the leader; its file is safe on disk before the row that names it."""
    page = ActPage(request, code, Act.SUBMIT, SubmitForm)
    if page.is_ready():
        with page.trying():
            content, _, name = page.values["file"] or (b"", None, "")
            lifecycle.submit_for_sign_off(
                page.dossier,
                granted=page.values["granted"] == "1",
                summary=page.values["summary"],
                sha256=files.store(content) if content else "",
                file_name=name,
                **page.signature,
            )
            return page.done("Đã trình ký.")
    return page.show("dossiers/submit.html", file_again=page.is_sent and bool(request.FILES))


# -- the list of work ------------------------------------------------------------------------
@role_required(Role.SPECIALIST, Role.MANAGER)
@require_safe
def work_list(request: HttpRequest) -> HttpResponse:
    """What this person has to do, sorted by due time; a manager sees everybody's."""
    now, user = timezone.now(), request.user
    everybody = user.has_role(Role.MANAGER)
    tab = request.GET.get("muc", "")
    tab = tab if tab in dict(TABS) else TABS[0][0]
    dossiers = _tab(tab, Dossier.objects.settled_by(user.agency_id).without_certification(), None if everybody else user, now)
    lines = Lines(now, calendar_in_force(user.agency_id))
    rows = _with_risk(work_rows(dossiers[: MOST_ROWS + 1], lines, *RECKONED), user.agency_id, now)
    note_access(request, AccessKind.LIST, f"agency:{user.agency_id}", f"Việc: {tab}; {min(len(rows), MOST_ROWS)} dòng")
    context = {
        "tabs": [(slug, label, slug == tab) for slug, label in TABS],
        "tab": tab,
        "rows": rows[:MOST_ROWS],
        "more": MOST_ROWS if len(rows) > MOST_ROWS else 0,
        "everybody": everybody,
        "certified": certified_today(user.agency_id, now),
        "to_mind": unread_count(user),
    }
    return render(request, "dossiers/work_list.html", context)


def _with_risk(rows: list[tuple], agency_id: int, now: datetime) -> list[tuple]:
    """The rows with (the reason of the risk mark, whether it is likely late) in place of what the mark is reckoned from."""
    marks = risks((Open(*row[-4:]) for row in rows), agency_id, now=now)
    return [(*row[:-4], mark.words, mark.likely) if (mark := marks.get(row[-4])) else (*row[:-4], "", False) for row in rows]


def _tab(tab: str, dossiers: DossierQuerySet, user, now: datetime) -> DossierQuerySet:
    """The dossiers of one tab, of one person or (None) of the whole agency."""
    if tab == "can-lam":
        mine = dossiers.held_by(user) if user else dossiers.open().filter(holder__isnull=False)
        return mine.order_by(F("due_at").asc(nulls_last=True), "id")
    if user:
        dossiers = dossiers.filter(pk__in=ResultDocument.objects.filter(drafted_by=user).values("dossier_id"))
    if tab == "cho-ky":
        return dossiers.awaiting_signature().order_by(F("due_at").asc(nulls_last=True), "id")
    done = dossiers.valid().filter(finished_at__gte=now - RECENTLY, status__in=[*READY, Status.RETURNED])
    return done.order_by("-finished_at", "-id")
