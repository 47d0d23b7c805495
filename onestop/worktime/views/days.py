"""The days of a year, and the forms by which an administrator proposes others.

The province keeps the days of all agencies, each commune its own closures. A row of another agency is answered
like a row that is not there. What a proposal would move is shown on its own page, one floor up (`dossiers`).
"""
from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from onestop.reading.dates import say_date
from onestop.staff.access import role_required
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.staff.views.session import see_other
from onestop.worktime import proposals, store
from onestop.worktime.calendar import DayKind, WorkingCalendar
from onestop.worktime.changes import KIND_WORDS, Content
from onestop.worktime.drafting import draft_of
from onestop.worktime.forms import ChangeForm, ClosureForm, DayForm, DayOffForm, HalfDayForm, SwapForm, YearDayFormSet, YearForm
from onestop.worktime.models import CalendarChange, CalendarDay, CalendarYear, LocalDay
from onestop.worktime.proposals import CannotChange, Scope

READERS = (Role.ADMIN, Role.LEADER, Role.HEAD, Role.MANAGER)
FORMS: dict[str, tuple[type[ChangeForm], str, str]] = {
    "ngay-nghi": (DayOffForm, "Thêm ngày nghỉ", "Mọi cơ quan nghỉ những ngày này. Thứ Bảy, Chủ nhật và ngày đã nghỉ được bỏ qua."),
    "hoan-doi": (SwapForm, "Hoán đổi ngày làm việc", "Một ngày làm việc được nghỉ, đổi lấy một ngày thứ Bảy (hoặc Chủ nhật) làm bù."),
    "nua-ngay": (HalfDayForm, "Làm nửa ngày", "Ngày vẫn tính là ngày làm việc, kết thúc sớm hơn."),
    "tam-nghi": (ClosureForm, "Cơ quan tạm nghỉ", "Chỉ cơ quan này nghỉ: bão lũ, mất điện, di dời. Ngày nghỉ không tính vào thời hạn."),
}
RECENT = 10


class Row(NamedTuple):
    """A line of the year's table; `address` leads to the form that changes it, "" when nobody here may."""

    day: str
    date: date
    what: str
    name: str
    decision: str
    is_local: bool
    is_expected: bool
    address: str


@role_required(*READERS)
@require_safe
def days(request: HttpRequest) -> HttpResponse:
    """The days of one year that differ from their weekday, with the decision behind each."""
    agency, today = request.user.agency, timezone.localdate()
    calendar = store.calendar_in_force(agency.pk)
    years = list(range(calendar.first.year, calendar.last.year + 1))
    wanted = request.GET.get("nam", "")
    year = int(wanted) if wanted.isascii() and wanted.isdigit() and int(wanted) in years else min(max(today.year, years[0]), years[-1])
    seen = proposals.changes_seen_by(agency)
    keeps_common = proposals.keeps_common_calendar(agency)
    is_admin = request.user.has_role(Role.ADMIN)
    rows = list(_rows(agency, year, today, keeps_common=keeps_common, is_admin=is_admin))
    context = {
        "agency": agency,
        "year": year,
        "years": years,
        "confirmed": calendar.confirmed(year),
        "source": CalendarYear.objects.filter(year=year).values_list("source", flat=True).first() or "",
        "rows": rows,
        "may_change": any(row.address for row in rows),
        "waiting": [(change, proposals.title(change)) for change in seen.filter(state=CalendarChange.State.PROPOSED)],
        "closed": [(change, proposals.title(change)) for change in seen.exclude(state=CalendarChange.State.PROPOSED)[:RECENT]],
        "ways": _ways(keeps_common) if is_admin else [],
        "may_confirm": is_admin and keeps_common and not calendar.confirmed(year),
        "next_year": calendar.last.year + 1 if is_admin and keeps_common else None,
        "is_leader": request.user.has_role(*proposals.APPROVERS) and not agency.is_province,
        "is_admin": is_admin,
        "version": calendar.version,
    }
    return render(request, "worktime/days.html", context)


def _ways(keeps_common: bool) -> list[tuple[str, str]]:
    """(words, address) of the forms that this administrator may send."""
    return [
        (words, reverse("worktime:propose", args=[name]))
        for name, (form, words, _) in FORMS.items()
        if keeps_common or form.scope == Scope.LOCAL
    ]


def _rows(agency: Agency, year: int, today: date, *, keeps_common: bool, is_admin: bool):
    common = CalendarDay.objects.filter(date__year=year)
    if not CalendarDay.objects.exists():
        # Nothing is loaded yet: the shipped days count, and there is no row to change.
        shipped = store.calendar_in_force()
        every = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
        specials = (shipped.special_day(day) for day in every if shipped.covers(day) and day.year == year)
        common = [
            CalendarDay(date=day.date, kind=day.kind, name=day.name, provisional=day.provisional, half_day_until=day.ends_at)
            for day in specials
            if day is not None
        ]
    rows = [*common, *LocalDay.objects.filter(agency=agency, date__year=year)]
    for row in sorted(rows, key=lambda row: (row.date, isinstance(row, LocalDay))):
        is_local = isinstance(row, LocalDay)
        may = is_admin and row.pk is not None and row.date > today and (keeps_common or is_local)
        yield Row(
            say_date(row.date),
            row.date,
            proposals.row_as_content(row).words,
            row.name,
            row.decision,
            is_local,
            getattr(row, "provisional", False),
            reverse("worktime:local_day" if is_local else "worktime:common_day", args=[row.pk]) if may else "",
        )


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, viec: str) -> HttpResponse:
    """One kind of change, put before the leader."""
    if viec not in FORMS:
        raise Http404
    form_class, words, hint = FORMS[viec]
    if form_class.scope == Scope.COMMON and not proposals.keeps_common_calendar(request.user.agency):
        raise Http404
    form = form_class(request.POST if request.method == "POST" else None, **_around(request.user, form_class.scope))
    return _answer(request, form, words, hint)


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def common_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or take out one day of the common calendar."""
    if not proposals.keeps_common_calendar(request.user.agency):
        raise Http404
    return _change_day(request, get_object_or_404(CalendarDay, pk=pk))


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def local_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or take out one of the agency's own days."""
    return _change_day(request, get_object_or_404(LocalDay, pk=pk, agency_id=request.user.agency_id))


def _change_day(request: HttpRequest, row: CalendarDay | LocalDay) -> HttpResponse:
    scope = Scope.LOCAL if isinstance(row, LocalDay) else Scope.COMMON
    form = DayForm(request.POST if request.method == "POST" else None, row=row, **_around(request.user, scope))
    other = proposals.partner_of(row)
    hint = f"{KIND_WORDS[row.kind]}: {row.name}. Căn cứ: {row.decision}."
    if other is not None:
        hint += f" Bỏ ngày này thì bỏ cả {say_date(other.date)}, ngày kia của cặp hoán đổi."
    return _answer(request, form, say_date(row.date), hint)


def _around(user: User, scope: str) -> dict:
    """What a form of changes has to know."""
    waiting = {day: change for day, change in proposals.days_waiting(user.agency).items() if change.scope == scope}
    return {"calendar": proposals.present_calendar(user.agency, scope), "today": timezone.localdate(), "waiting": waiting}


def _answer(request: HttpRequest, form: ChangeForm, words: str, hint: str) -> HttpResponse:
    problem = ""
    if form.is_bound and form.is_valid():
        try:
            return _propose(request, form, form.content)
        except CannotChange as refusal:
            problem = str(refusal)
    context = {"form": form, "words": words, "hint": hint, "problem": problem, "has_errors": form.is_bound}
    return render(request, "worktime/propose.html", context, status=422 if form.is_bound else 200)


def _propose(request: HttpRequest, form: ChangeForm, content: Content) -> HttpResponse:
    given = form.cleaned_data
    change = proposals.propose(
        agency=request.user.agency,
        scope=form.scope,
        kind=form.kind,
        content=content,
        decision=given["decision"],
        decided_on=given["decided_on"],
        reason=given["reason"],
        key=given["submission_key"],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, "Đã trình lãnh đạo duyệt. Lịch chưa thay đổi cho đến khi được duyệt.")
    return see_other(reverse("dossiers:calendar_change", args=[change.pk]))


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_year(request: HttpRequest, year: int) -> HttpResponse:
    """The draft of a year that is not confirmed: corrected line by line, then put before the leader as a whole."""
    calendar = store.calendar_in_force()
    if not proposals.keeps_common_calendar(request.user.agency) or calendar.confirmed(year) or not _may_be_drafted(year, calendar):
        raise Http404
    rows = [row for row in CalendarDay.objects.filter(date__year=year) if row.kind != DayKind.HALF_DAY]
    expected = {row.date for row in rows if row.provisional}
    drafted = draft_of(year, [proposals.row_as_content(row) for row in rows])
    known = {row.date for row in rows} - expected
    initial = [
        {"keep": True, "date": day.date, "day_kind": str(day.kind), "name": day.name, "swapped_with": day.swapped_with} for day in drafted
    ]
    data = request.POST if request.method == "POST" else None
    form = YearForm(data, **_around(request.user, Scope.COMMON))
    lines = YearDayFormSet(data, initial=initial, form_kwargs={"year": year}, prefix="ngay")
    problem = ""
    if form.is_bound and all([form.is_valid(), lines.is_valid()]):
        days = lines.days
        removed = tuple(sorted({row.date for row in rows} - {day.date for day in days}))
        try:
            return _propose(request, form, Content(days, removed, year))
        except CannotChange as refusal:
            problem = str(refusal)
    drawn = [(line, _where_from(line, known, expected)) for line in lines]
    context = {"form": form, "lines": lines, "drawn": drawn, "year": year, "problem": problem, "has_errors": form.is_bound}
    return render(request, "worktime/year.html", context, status=422 if form.is_bound else 200)


def _may_be_drafted(year: int, calendar: WorkingCalendar) -> bool:
    return calendar.first.year <= year <= calendar.last.year + 1


def _where_from(line, known: set[date], expected: set[date]) -> str:
    """What the legend of a line says: the day and where the line comes from."""
    day = line.initial.get("date") if line.initial else None
    if day is None:
        return "Thêm một ngày"
    if day in known:
        return f"{say_date(day)} – đã có trong lịch"
    return f"{say_date(day)} – {'dự kiến, đang có trong lịch' if day in expected else 'tính theo luật, chưa có quyết định'}"
