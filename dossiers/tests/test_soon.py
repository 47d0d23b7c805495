from datetime import date, time

import pytest

from dossiers.soon import due_soon_from, is_short
from dossiers.tests.makers import local
from onestop.worktime.calendar import CannotPromise, DayKind, SpecialDay, WorkingCalendar
from onestop.worktime.calendar_file import shipped_calendar
from onestop.worktime.hours import DEFAULT_HOURS, OpeningHours, OpeningSession

CALENDAR = shipped_calendar()


def soon(received, due, *, first=None, calendar=CALENDAR, hours=DEFAULT_HOURS):
    found = due_soon_from(local(received), local(first or due), local(due), calendar, hours)
    return f"{found:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("received", "due", "expected"),
    [
        # Over one working day: the opening minute of the working day before the due day.
        ("2026-11-16 09:00", "2026-11-19 17:00", "2026-11-18 07:30"),
        ("2026-11-18 09:00", "2026-11-20 17:00", "2026-11-19 07:30"),
        ("2026-11-16 09:00", "2026-11-23 17:00", "2026-11-20 07:30"),
        # Across Tết: the last working day of the old year.
        ("2026-02-11 09:00", "2026-02-23 17:00", "2026-02-13 07:30"),
        # One working day, or less: the last hour.
        ("2026-11-19 09:00", "2026-11-20 17:00", "2026-11-20 16:00"),
        ("2026-11-20 09:00", "2026-11-20 17:00", "2026-11-20 16:00"),
        # Never within the first half of the time allowed.
        ("2026-11-20 16:30", "2026-11-20 17:00", "2026-11-20 16:45"),
        ("2026-11-20 10:30", "2026-11-20 14:00", "2026-11-20 11:15"),
        # The last hour lies outside of office hours: the hour before the desk closed for the last time.
        ("2026-11-19 09:00", "2026-11-20 08:00", "2026-11-19 16:00"),
        ("2026-11-20 08:00", "2026-11-20 22:00", "2026-11-20 16:00"),
    ],
)
def test_when_a_dossier_is_due_soon(received, due, expected):
    assert soon(received, due) == expected


def test_the_limit_given_at_the_receipt_counts_not_the_pauses_after_it():
    # One working day, asked back for a week: the last hour of the new due day.
    assert soon("2026-11-12 09:00", "2026-11-20 17:00", first="2026-11-13 17:00") == "2026-11-20 16:00"


def test_a_half_of_clock_hours_is_one_of_the_clock():
    assert soon("2026-11-21 20:00", "2026-11-22 20:00") == "2026-11-22 08:00"


def test_the_hours_of_the_desk_count():
    hours = OpeningHours([OpeningSession(day, time(8), time(16), date(2026, 1, 1)) for day in range(5)])

    assert soon("2026-11-16 09:00", "2026-11-19 16:00", hours=hours) == "2026-11-18 08:00"
    assert soon("2026-11-19 09:00", "2026-11-20 16:00", hours=hours) == "2026-11-20 15:00"


def test_a_closure_of_the_agency_itself_moves_the_working_day_before():
    closed = WorkingCalendar({2026: True}, [SpecialDay(date(2026, 11, 18), DayKind.PUBLIC_HOLIDAY, "Bão")])

    assert soon("2026-11-13 09:00", "2026-11-19 17:00", calendar=closed) == "2026-11-17 07:30"


@pytest.mark.parametrize(("due", "short"), [("2026-11-20 17:00", True), ("2026-11-23 17:00", True), ("2026-11-25 17:00", False)])
def test_one_working_day_is_still_a_short_limit(due, short):
    assert is_short(local("2026-11-20 09:00"), local(due), CALENDAR) is short


def test_outside_the_calendar_nothing_is_said():
    with pytest.raises(CannotPromise):
        soon("2026-11-20 09:00", "2099-01-05 17:00")
