"""The opening hours of the agency's desk."""
from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from onestop.staff.access import role_required
from onestop.staff.roles import Role
from onestop.staff.views.session import see_other
from onestop.worktime.hours_form import HoursForm, say_sessions
from onestop.worktime.models import OpeningPeriod
from onestop.worktime.opening import CannotSetHours, Week, set_hours, week_on, weeks_of


@role_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """The weeks in force now and later, and a form for other hours from a day on."""
    agency, now = request.user.agency, timezone.now()
    today = timezone.localdate(now)
    form = HoursForm(request.POST if request.method == "POST" else None, today=today, week=week_on(agency.pk, today))
    problem = ""
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            set_hours(agency, form.week, first=given["first"], last=given["last"], by=request.user, at=now)
        except CannotSetHours as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "Đã lưu giờ làm việc. Giấy hẹn lập từ nay tính theo giờ mới; ngày đã hẹn giữ nguyên.")
            return see_other(reverse("worktime:hours"))
    weeks = [(week, _lines(week)) for week in weeks_of(agency.pk, today)]
    context = {"form": form, "weeks": weeks, "problem": problem, "has_errors": form.is_bound}
    return render(request, "worktime/hours.html", context, status=422 if form.is_bound else 200)


def _lines(week: Week) -> list[tuple[str, str]]:
    return [(label, say_sessions(week.sessions[weekday])) for weekday, label in OpeningPeriod.Weekday.choices if weekday in week.sessions]
