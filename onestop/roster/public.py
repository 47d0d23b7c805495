"""The roster that citizens read: who signs this week and the next, and the rules by which the desk works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from onestop.display import speak_for
from onestop.roster.sessions import days_of, is_usually_open, monday_of, open_halves
from onestop.staff import duty
from onestop.staff.access import public_agency
from onestop.staff.duty import Half
from onestop.staff.models import Agency, DutySession

WEEKS = 2


@dataclass(frozen=True)
class PublicSession:
    """One half day: the leader with his title, and the counters where the agency shows names."""

    half: Half
    leader: str
    desk: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PublicDay:
    """A day of the roster; without sessions the desk is closed."""

    date: date
    is_today: bool
    sessions: tuple[PublicSession, ...]


@dataclass(frozen=True)
class PublicWeek:
    first: date
    last: date
    days: tuple[PublicDay, ...]


@login_not_required
@require_safe
def roster(request: HttpRequest) -> HttpResponse:
    """Of the only commune, or of `?don-vi=`; with several communes the visitor chooses."""
    agency = _agency(request)
    if agency is None:
        communes = Agency.objects.active().communes().order_by("name")
        return render(request, "roster/public_choose.html", {"communes": communes})
    speak_for(request, agency)
    now = timezone.localtime()
    weeks = public_weeks(agency, now)
    context = {
        "weeks": weeks,
        "is_empty": not any(session.leader or session.desk for week in weeks for day in week.days for session in day.sessions),
        "names_shown": agency.show_officer_names,
        "rules": duty.rules_in_force(agency.pk, now.date()),
    }
    return render(request, "roster/public.html", context)


def _agency(request: HttpRequest) -> Agency | None:
    """The commune that was asked for; None when several could be meant."""
    code = request.GET.get("don-vi", "").replace("\x00", "").strip()
    if code:
        return Agency.objects.active().communes().filter(code=code).first()
    agency = public_agency(request)
    return None if agency is None or agency.is_province else agency


def public_weeks(agency: Agency, now: datetime) -> list[PublicWeek]:
    """This week and the next, open days and the usual ones that are off. One query."""
    monday = monday_of(timezone.localdate(now))
    last = monday + timedelta(days=7 * WEEKS - 1)
    rows = list(duty.sessions_of(agency.pk, monday, last))
    weeks = []
    for first in (monday + timedelta(days=7 * number) for number in range(WEEKS)):
        days = [_day(agency, day, [row for row in rows if row.day == day], timezone.localdate(now)) for day in days_of(first)]
        weeks.append(PublicWeek(first, first + timedelta(days=6), tuple(day for day in days if day.sessions or is_usually_open(day.date))))
    return weeks


def _day(agency: Agency, day: date, rows: list[DutySession], today: date) -> PublicDay:
    sessions = []
    for half in open_halves(agency.pk, day):
        leader = duty.leader_among(rows, day, half)
        there = [row for row in rows if row.half == half and not row.is_leader and row.person and not row.away]
        desk = there if agency.show_officer_names else []
        named = sorted((row.counter_no, row.person.full_name) for row in desk)
        sessions.append(PublicSession(half, _titled(leader), tuple(named)))
    return PublicDay(day, day == today, tuple(sessions))


def _titled(row: DutySession | None) -> str:
    """ "Lê Hoàng Phúc, Phó Chủ tịch"."""
    if row is None or row.person is None:
        return ""
    return ", ".join(filter(None, (row.person.signing_name or row.person.full_name, row.person.job_title)))
