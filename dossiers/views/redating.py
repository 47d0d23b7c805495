"""What a change of the calendar would do to promises given, and the leader who decides about it.

Two pages: one proposal with its report (`/lich-nghi/de-nghi/<pk>/`), and the dossiers of the leader's own commune that
wait for a new date (`/lich-nghi/hen-lai/`). Neither shows a name: codes and procedures are enough to decide.
"""

from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dossiers import lifecycle, redating
from dossiers.listing import procedure_labels
from dossiers.models import Dossier
from dossiers.redating import Move, Report
from dossiers.rules import READERS
from dossiers.views.reception import see_other
from onestop.reading.dates import say_date, short_moment
from onestop.reading.names import sort_key
from onestop.staff.access import role_required
from onestop.staff.models import Agency
from onestop.staff.roles import Role
from onestop.worktime import proposals
from onestop.worktime.calendar import WorkingCalendar
from onestop.worktime.changes import Content
from onestop.worktime.forms import RejectForm
from onestop.worktime.models import CalendarChange
from onestop.worktime.proposals import CannotChange, Scope
from onestop.worktime.store import calendar_in_force

MOST_ROWS = 200
CALENDAR_READERS = (Role.ADMIN, Role.LEADER, Role.HEAD, Role.MANAGER)


@role_required(*CALENDAR_READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_change(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: what it changes, whom it would move, and the decision about it."""
    user, now = request.user, timezone.now()
    change = proposals.changes_seen_by(user.agency).filter(pk=pk).first()
    if change is None:
        raise Http404
    form, problem = RejectForm(), ""
    if request.method == "POST":
        try:
            form, done = _decide(request, change, now)
        except CannotChange as refusal:
            problem = str(refusal)
            change.refresh_from_db()
        else:
            if done is not None:
                return see_other(done)
    context = {
        "change": change,
        "title": proposals.title(change),
        "days": _days_of(change.holds),
        "form": form,
        "problem": problem,
        "may_approve": change.is_waiting and proposals.may_approve(user, change),
        "may_withdraw": change.is_waiting and user.has_role(Role.ADMIN) and user.agency_id == change.agency_id,
        "links": user.has_role(*READERS),
        "has_errors": bool(problem) or form.is_bound,
        **_reports(change, user.agency, now),
    }
    return render(request, "dossiers/calendar_change.html", context, status=422 if request.method == "POST" else 200)


def _decide(request: HttpRequest, change: CalendarChange, now: datetime) -> tuple[RejectForm, str | None]:
    """Carry out the button that was pressed: the form to show again, or the address to go on to."""
    user, act = request.user, request.POST.get("act")
    here = reverse("dossiers:calendar_change", args=[change.pk])
    if act == "approve":
        change = proposals.approve(change, by=user, at=now)
        messages.success(request, f"Đã duyệt. Lịch làm việc phiên bản {change.version} có hiệu lực từ bây giờ.")
        if change.scope == Scope.LOCAL:
            # The agency's own day: who approves it has seen the list and moves the dates with the same act.
            _tell(request, lifecycle.change_dates(user.agency_id, by=user, at=now))
        return RejectForm(), here if user.agency.is_province else reverse("dossiers:redating")
    if act == "withdraw":
        proposals.withdraw(change, by=user, at=now)
        messages.success(request, "Đã rút đề nghị.")
        return RejectForm(), here
    form = RejectForm(request.POST)
    if not form.is_valid():
        return form, None
    proposals.reject(change, reason=form.cleaned_data["reason"], by=user, at=now)
    messages.success(request, "Đã trả lại đề nghị.")
    return form, here


def _tell(request: HttpRequest, done: lifecycle.Redated) -> None:
    if done.moved:
        messages.success(request, f"Đã hẹn lại {done.moved} hồ sơ: phiếu hẹn mới đã lập, người dân được báo.")
    if done.refused:
        messages.error(request, f"{done.refused} hồ sơ chưa hẹn lại được. Mở từng hồ sơ để xem.")


def _days_of(content: Content) -> list[tuple[str, str, str]]:
    """(day, what, name) of everything that the change touches."""
    put = [(day.date, day.words, day.name) for day in content.put]
    gone = [(day, "Bỏ khỏi lịch", "") for day in content.removed]
    return [(say_date(day), what, name) for day, what, name in sorted(put + gone)]


def _reports(change: CalendarChange, agency: Agency, now: datetime) -> dict:
    """The report of the reader's own agency, or that of each commune for the province; a closed proposal has none."""
    if not change.is_waiting:
        return {"report": None, "communes": []}
    if change.scope == Scope.COMMON and agency.is_province:
        below = sorted(Agency.objects.active().filter(parent=agency), key=lambda each: sort_key(each.name))
        communes = [(each.name, _report(change, each, now)) for each in below]
        found = [(name, len(report.later), len(report.earlier), len(report.by_hand)) for name, report in communes if report.checked]
        totals = tuple(sum(line[column] for line in found) for column in (1, 2, 3))
        return {"report": None, "communes": found, "totals": totals}
    return {"report": shown(_report(change, agency, now)), "communes": []}


def _report(change: CalendarChange, agency: Agency, now: datetime) -> Report:
    calendar, dossiers = proposals.preview(change, agency.pk), redating.with_dates(agency.pk)
    content = change.holds
    if content.confirms is None:
        dossiers = redating.touched_by(dossiers, content.dates)
    return redating.report(dossiers, calendar, now=now)


def shown(report: Report) -> dict:
    """The report as lines of finished text, each part cut at MOST_ROWS, with what is beyond."""
    names = procedure_labels()

    def moved(moves: list[Move]) -> list[tuple[str, str, str, str, str]]:
        return [
            (move.dossier.code, names(move.dossier.procedure_id), short_moment(move.old), short_moment(move.new), _say_days(move.days))
            for move in moves[:MOST_ROWS]
        ]

    def kept(rows: list[tuple[Dossier, datetime]]) -> list[tuple[str, str, str]]:
        return [(dossier.code, names(dossier.procedure_id), short_moment(promised)) for dossier, promised in rows[:MOST_ROWS]]

    return {
        "later": moved(report.later),
        "earlier": moved(report.earlier),
        "by_hand": kept(report.by_hand),
        "unconfirmed": kept(report.unconfirmed),
        "counts": {name: len(getattr(report, name)) for name in ("later", "earlier", "by_hand", "unconfirmed")},
        "checked": report.checked,
        "most": MOST_ROWS,
    }


def _say_days(days: int) -> str:
    if not days:
        return "trong ngày"
    return f"muộn hơn {days} ngày" if days > 0 else f"sớm hơn {-days} ngày"


@role_required(Role.LEADER, Role.HEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def redate(request: HttpRequest) -> HttpResponse:
    """The dossiers of the leader's agency that the calendar in force moves, and the button that moves them."""
    user, now = request.user, timezone.now()
    calendar = calendar_in_force(user.agency_id)
    if request.method == "POST":
        done = lifecycle.change_dates(user.agency_id, by=user, at=now)
        if not done.moved and not done.refused:
            messages.info(request, "Không còn hồ sơ nào phải hẹn lại.")
        _tell(request, done)
        return see_other(reverse("dossiers:redating"))
    waiting = proposals.days_waiting(user.agency)
    context = {
        "report": shown(_in_force(user.agency_id, calendar, now)),
        "reason": _why(user.agency_id),
        "proposed": [(change, proposals.title(change)) for change in {each.pk: each for each in waiting.values()}.values()],
        "version": calendar.version,
    }
    return render(request, "dossiers/redating.html", context)


def _in_force(agency_id: int, calendar: WorkingCalendar, now: datetime) -> Report:
    return redating.report(redating.with_dates(agency_id).exclude(made_with=calendar.version), calendar, now=now)


def _why(agency_id: int) -> list[str]:
    """The last changes approved for this agency, in words."""
    seen = CalendarChange.objects.filter(Q(scope=Scope.COMMON) | Q(agency_id=agency_id), state=CalendarChange.State.APPROVED)
    return [proposals.title(change) for change in seen.order_by("-closed_at")[:3]]
