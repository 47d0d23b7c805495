"""The duty roster of an agency for its own people: the week, one session, the monthly sheet, the rules of the desk.

Everything here is the person's own agency's; addresses name days, so there is nothing of another commune to ask for.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onestop.history.access import AccessKind, note_access
from onestop.papers.showing import shown_pdf
from onestop.reading.dates import say_date
from onestop.roster.forms import PostForm, RulesForm, post_forms
from onestop.roster.sessions import HALF_SLUGS, monday_of, open_halves, open_sessions, why_closed
from onestop.roster.sheet import MARKS, SUMS, Month, day_words, sheet_of, sheet_pdf
from onestop.roster.today import duty_today
from onestop.roster.week import week_of
from onestop.staff import duty
from onestop.staff.absence import MISSED
from onestop.staff.access import role_required
from onestop.staff.duty import CannotSet, Half
from onestop.staff.models import OperatingRules
from onestop.staff.roles import Role
from onestop.staff.views.session import see_other

READERS = (Role.CLERK, Role.SPECIALIST, Role.ARCHIVIST, Role.LEADER, Role.HEAD, Role.MANAGER, Role.AUDITOR)
RULE_MAKERS = (Role.MANAGER, Role.HEAD)
HALVES = {slug: half for half, slug in HALF_SLUGS.items()}
FIRST_DAY, LAST_DAY = date(2000, 1, 3), date(2099, 12, 27)


def read_day(text: str) -> date:
    """ "2026-11-23"; Http404 for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if day.isoformat() != text or not FIRST_DAY <= day <= LAST_DAY:
        raise Http404
    return day


def read_half(slug: str) -> Half:
    if slug not in HALVES:
        raise Http404
    return HALVES[slug]


def read_month(text: str) -> Month:
    first = read_day(f"{text}-01")
    return Month(first.year, first.month)


def week_address(day: date) -> str:
    return f"{reverse('roster:week')}?tuan={monday_of(day)}"


@role_required(*READERS)
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """The week of `?tuan=` (any of its days; this week when it cannot be read), with what is still missing."""
    now, user = timezone.now(), request.user
    try:
        monday = monday_of(read_day(request.GET.get("tuan", "")))
    except Http404:
        monday = monday_of(timezone.localdate(now))
    this = week_of(user.agency_id, monday, now, person=user)
    is_manager = user.has_role(Role.MANAGER)
    context = {
        "week": this,
        "previous": week_address(monday - timedelta(days=7)),
        "next": week_address(monday + timedelta(days=7)),
        "is_this_week": monday == monday_of(timezone.localdate(now)),
        "may_set": is_manager,
        "columns": 2 + len(this.counters),
        "may_copy": is_manager and this.sunday >= timezone.localdate(now),
        "makes_rules": user.has_role(*RULE_MAKERS),
        "may_be_away": user.has_role(*MISSED),
        "month": Month(monday.year, monday.month).slug,
        "duty": duty_today(user.agency_id, now, person=user),
    }
    return render(request, "roster/week.html", context)


@role_required(Role.MANAGER)
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Fill the empty posts of the week `tuan` as in the week before."""
    monday, user = monday_of(read_day(request.POST.get("tuan", ""))), request.user
    try:
        filled = duty.copy_week(user.agency, monday, open_sessions(user.agency_id, monday), by=user, at=timezone.now())
    except CannotSet as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã chép {filled} vị trí trực từ tuần trước." if filled else "Tuần trước không có gì để chép thêm.")
    return see_other(week_address(monday))


@role_required(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest, day: str, half: str) -> HttpResponse:
    """Who is on duty in one half day: the leader, every counter, absences with their substitutes."""
    now, agency = timezone.now(), request.user.agency
    when, part = read_day(day), read_half(half)
    rows = [row for row in duty.sessions_of(agency.pk, when, when) if row.half == part]
    data = request.POST if request.method == "POST" else None
    people, counters = duty.candidates(agency.pk), duty.counters_of(agency.pk, rows)
    forms = post_forms(data, day=when, rows=rows, counters=counters, people=people)
    problem = ""
    if data is not None and all(form.is_valid() for form in forms):
        plans = [plan for form in forms if (plan := form.plan()) is not None]
        try:
            changed = duty.set_session(agency, when, part, plans, by=request.user, at=now)
        except CannotSet as refusal:
            problem = _tell(refusal, forms)
        else:
            messages.success(request, "Đã lưu phân công trực." if changed else "Không có gì thay đổi.")
            return see_other(week_address(when))
    context = {
        "forms": forms,
        "problem": problem,
        "has_errors": bool(problem),
        "words": f"{part.label.lower()} {say_date(when)}",
        "closed": why_closed(agency.pk, when) or ("" if part in open_halves(agency.pk, when) else "Không có giờ làm việc"),
        "is_past": when < timezone.localdate(now),
        "back": week_address(when),
    }
    return render(request, "roster/session.html", context, status=422 if data is not None else 200)


def _tell(refusal: CannotSet, forms: list[PostForm]) -> str:
    """Say the refusal at the field it is about; the sentence itself when it is about the whole page."""
    for form in forms:
        plan = form.plan()
        if plan is not None and plan.key == refusal.post:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return ""
    return str(refusal)


@role_required(*READERS)
@require_POST
def check_in(request: HttpRequest, day: str, half: str) -> HttpResponse:
    """ "Tôi có mặt", for oneself."""
    when, part, now = read_day(day), read_half(half), timezone.now()
    try:
        row = duty.check_in(when, part, by=request.user, at=now)
    except CannotSet as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã ghi bạn có mặt lúc {timezone.localtime(row.checked_in_at):%H:%M}.")
    return see_other(week_address(when))


@role_required(*READERS)
@require_safe
def sheet(request: HttpRequest, period: str) -> HttpResponse:
    """The duty sheet of a month: who was to come, who came."""
    month, now = read_month(period), timezone.now()
    shown = sheet_of(request.user.agency_id, month, now)
    context = {
        "sheet": shown,
        "month": month,
        "previous": month.moved(-1).slug,
        "next": month.moved(1).slug,
        "marks": MARKS.items(),
        "sum_names": SUMS,
        "headings": [(day, name, is_open, day_words(day)) for day, name, is_open in shown.days],
    }
    return render(request, "roster/sheet.html", context)


@role_required(*READERS)
@require_safe
def sheet_print(request: HttpRequest, period: str) -> HttpResponse:
    """The sheet as PDF, A4 landscape, to be signed."""
    month, now = read_month(period), timezone.localtime()
    agency = request.user.agency
    content = sheet_pdf(agency, sheet_of(agency.pk, month, now), made_at=now, made_by=request.user)
    note_access(request, AccessKind.PRINT, f"agency:{agency.pk}", f"Bảng chấm trực {month}")
    return shown_pdf(content, f"bang-cham-truc-{month.slug}.pdf")


@role_required(*RULE_MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The rules of the desk: the text in force, a new version, and the ones before."""
    agency, now = request.user.agency, timezone.now()
    versions = list(OperatingRules.objects.filter(agency=agency).select_related("set_by").order_by("-version"))
    newest = versions[0] if versions else None
    initial = {"text": newest.text if newest else "", "decided_by": newest.decided_by if newest else agency.authority_name}
    form = RulesForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            made = duty.publish_rules(agency, by=request.user, at=now, **form.cleaned_data)
        except CannotSet as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, f"Quy chế phiên bản {made.version} có hiệu lực từ {made.valid_from:%d/%m/%Y}.")
            return see_other(reverse("roster:rules"))
    in_force = duty.rules_in_force(agency.pk, timezone.localdate(now))
    context = {"form": form, "versions": versions, "in_force": in_force}
    return render(request, "roster/rules.html", context, status=422 if form.is_bound else 200)
