"""From when a dossier is due soon: the rule that warnings and drafted apologies share. Pure.

A limit over one working day is due soon from the opening minute of the working day before its due day: the
apology must be signed a day ahead (NĐ 61/2018 Điều 19). A shorter limit is due soon in its last hour, and never
within the first half of the time allowed: what is simply being done while the citizen waits is no case for a warning.
"""

from datetime import datetime, timedelta

from onestop.worktime.calendar import CannotPromise, WorkingCalendar
from onestop.worktime.hours import OpeningHours, at, local

LAST_HOUR = timedelta(minutes=60)


def is_short(received_at: datetime, first_due_at: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the limit given at the receipt is one working day or less (same day, a few hours, one working day)."""
    return calendar.working_days_between(local(received_at).date(), local(first_due_at).date()) <= 1


def due_soon_from(
    received_at: datetime, first_due_at: datetime, due_at: datetime, calendar: WorkingCalendar, hours: OpeningHours
) -> datetime:
    """The moment from which a dossier that is due at `due_at` is due soon.

    `first_due_at` is the promise made at the receipt, which tells how long the limit is. Office hours only:
    where the last hour lies outside of them, the last hour before the desk closes for the last time counts.
    Raises CannotPromise outside the calendar.
    """
    due = local(due_at)
    if not is_short(received_at, first_due_at, calendar):
        before = calendar.previous_working_day(due.date())
        sessions = hours.sessions(before, calendar)
        return at(before, sessions[0][0]) if sessions else local(received_at)
    return max(_last_hour(due, calendar, hours), _half(local(received_at), due, calendar, hours))


def _last_hour(due: datetime, calendar: WorkingCalendar, hours: OpeningHours) -> datetime:
    start = due - LAST_HOUR
    if hours.is_inside(start, calendar):
        return start
    return _closed_before(start, calendar, hours) - LAST_HOUR


def _closed_before(moment: datetime, calendar: WorkingCalendar, hours: OpeningHours) -> datetime:
    """When the last session that ended by `moment` ended; the moment itself when there is none in the calendar."""
    day = moment.date()
    while True:
        ends = [at(day, closes) for _, closes in hours.sessions(day, calendar) if at(day, closes) <= moment]
        if ends:
            return ends[-1]
        try:
            day = calendar.previous_working_day(day)
        except CannotPromise:
            return moment


def _half(received: datetime, due: datetime, calendar: WorkingCalendar, hours: OpeningHours) -> datetime:
    """When half of the time allowed has run: of its working time, or of the clock's where none lies between."""
    seconds = hours.seconds_between(received, due, calendar)
    if not seconds:
        return received + (due - received) / 2
    return hours.add(received, seconds // 2, calendar)
