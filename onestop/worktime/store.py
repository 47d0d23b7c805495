"""The calendar and the hours in force, kept in the process.

The arrays of a calendar are built once for each version. A process asks the database which version is in
force at most once in FRESH_SECONDS (one row by its index); opening hours are kept as long. A database
without a calendar answers with the shipped one.
"""
from __future__ import annotations

from datetime import date, datetime
from time import monotonic

from django.db.models import Max, Subquery, Value

from onestop.worktime.calendar import CannotPromise, SpecialDay, WorkingCalendar
from onestop.worktime.calendar_file import shipped_calendar
from onestop.worktime.hours import OpeningHours, OpeningSession, local
from onestop.worktime.models import CalendarDay, CalendarVersion, CalendarYear, LocalDay, LocalVersion, OpeningPeriod

FRESH_SECONDS = 5.0

# Common number and digest, and the number of each agency that has days of its own.
_Versions = tuple[tuple[int, str], dict[int, int]]
_versions: tuple[float, _Versions] | None = None
_common: tuple[tuple[int, str], WorkingCalendar] | None = None
_local: dict[int, WorkingCalendar] = {}
_hours: dict[int, tuple[float, OpeningHours]] = {}


def forget() -> None:
    """Ask the database again at the next question (after a load, and between tests)."""
    global _versions, _common
    _versions = _common = None
    _local.clear()
    _hours.clear()


def calendar_in_force(agency_id: int | None = None) -> WorkingCalendar:
    """The calendar of the newest version; its `version` is that number as text ('0': the shipped file).

    For an agency with closures of its own they are laid over it, and the version names both: '7+3' is the
    common version 7 with the third state of the agency's own days.
    """
    global _common
    newest, local_numbers = _versions_in_force()
    if _common is None or _common[0] != newest:
        _common = newest, _build(newest[0])
        _local.clear()
    common = _common[1]
    number = local_numbers.get(agency_id) if agency_id is not None else None
    if agency_id is None or number is None:
        return common
    version = f"{common.version}+{number}"
    kept = _local.get(agency_id)
    if kept is None or kept.version != version:
        kept = _local[agency_id] = common.overlaid(local_days(agency_id), version=version)
    return kept


def local_days(agency_id: int) -> list[SpecialDay]:
    """The agency's own closures and half days, from the table."""
    rows = LocalDay.objects.filter(agency_id=agency_id).values_list("date", "kind", "name", "half_day_until")
    return [SpecialDay(*row) for row in rows]


def _versions_in_force() -> _Versions:
    global _versions
    now, kept = monotonic(), _versions
    if kept is not None and now - kept[0] < FRESH_SECONDS:
        return kept[1]
    newest = CalendarVersion.objects.order_by("-number").values("number")[:1]
    common = CalendarVersion.objects.order_by().filter(number=Subquery(newest)).values_list(Value(0), "number", "digest")
    own = LocalVersion.objects.order_by().values("agency_id").annotate(newest=Max("number")).values_list("agency_id", "newest", Value(""))
    rows = {agency_id: (number, digest) for agency_id, number, digest in common.union(own, all=True)}
    versions = rows.pop(0, (0, "")), {agency_id: number for agency_id, (number, _) in rows.items()}
    _versions = now, versions
    return versions


def _build(number: int) -> WorkingCalendar:
    if not number:
        return shipped_calendar()
    days = CalendarDay.objects.values_list("date", "kind", "name", "half_day_until", "provisional")
    return WorkingCalendar(
        dict(CalendarYear.objects.values_list("year", "confirmed")), (SpecialDay(*day) for day in days), version=str(number)
    )


def opening_hours(agency_id: int | None) -> OpeningHours:
    """The opening hours of the agency's desk; the default hours when it has none of its own."""
    now = monotonic()
    kept = _hours.get(agency_id or 0)
    if kept is not None and now - kept[0] < FRESH_SECONDS:
        return kept[1]
    rows = OpeningPeriod.objects.filter(agency_id=agency_id).values_list("weekday", "opens", "closes", "valid_from", "valid_to")
    hours = OpeningHours(OpeningSession(*row) for row in rows)
    _hours[agency_id or 0] = (now, hours)
    return hours


def is_open(agency_id: int | None, now: datetime) -> bool:
    """Whether the desk receives people at this moment, on a Saturday with hours of its own too."""
    now, calendar = local(now), calendar_in_force(agency_id)
    if not calendar.covers(now.date()):
        return False
    sessions = opening_hours(agency_id).desk_sessions(now.date(), calendar)
    return any(opens <= now.time() <= closes for opens, closes in sessions)


def next_working_day(now: datetime, agency_id: int | None = None) -> date | None:
    """The first working day after today, by the agency's calendar; None when the calendar does not reach that far."""
    try:
        return calendar_in_force(agency_id).next_working_day(local(now).date())
    except CannotPromise:
        return None


def working_days_left(now: datetime, due_at: datetime, agency_id: int | None = None) -> int | None:
    """Working days of the agency's calendar after today up to and including the due day: 0 on the due day itself.

    Negative when the due day is past: minus the working days gone since. Whether a dossier is late on the
    due day is a question of the time, `now > due_at`, not of this number. None outside the calendar.
    """
    try:
        return calendar_in_force(agency_id).working_days_between(local(now).date(), local(due_at).date())
    except CannotPromise:
        return None
