"""On which half days somebody has to be on duty."""

from datetime import date, time

import pytest

from onestop.roster.sessions import monday_of, open_halves, open_sessions, why_closed
from onestop.roster.tests.makers import MONDAY
from onestop.staff.duty import Half
from onestop.testing import make_agency
from onestop.worktime import store
from onestop.worktime.models import OpeningPeriod

pytestmark = pytest.mark.django_db
MORNING, AFTERNOON = (time(7, 30), time(11, 30)), (time(13, 30), time(17, 0))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (MONDAY, {Half.MORNING: MORNING, Half.AFTERNOON: AFTERNOON}),
        (date(2026, 11, 21), {}),  # a Saturday
        (date(2026, 11, 24), {}),  # Ngày Văn hóa Việt Nam
        (date(2090, 1, 2), {}),  # beyond the calendar
    ],
)
def test_the_usual_hours_make_two_sessions_of_a_working_day(day, expected):
    assert open_halves(make_agency().pk, day) == expected


@pytest.mark.parametrize(
    ("sessions", "expected"),
    [
        ([("07:30", "11:00")], {Half.MORNING: ("07:30", "11:00")}),
        ([("07:00", "12:00")], {Half.MORNING: ("07:00", "12:00")}),
        ([("12:00", "15:00")], {Half.AFTERNOON: ("12:00", "15:00")}),
        ([("07:30", "17:00")], {Half.MORNING: ("07:30", "12:00"), Half.AFTERNOON: ("12:00", "17:00")}),
        ([("07:00", "09:00"), ("10:00", "11:30")], {Half.MORNING: ("07:00", "11:30")}),
    ],
)
def test_hours_of_its_own_make_the_sessions_of_an_agency(sessions, expected):
    agency = make_agency()
    for opens, closes in sessions:
        OpeningPeriod.objects.create(agency=agency, valid_from=MONDAY, weekday=0, opens=opens, closes=closes)
    store.forget()

    found = open_halves(agency.pk, MONDAY)

    assert {half: tuple(f"{clock:%H:%M}" for clock in span) for half, span in found.items()} == expected


def test_a_week_has_ten_sessions_less_the_days_off():
    agency = make_agency()

    assert len(open_sessions(agency.pk, MONDAY)) == 10
    assert len(open_sessions(agency.pk, monday_of(date(2026, 11, 24)))) == 8


@pytest.mark.parametrize(("day", "why"), [(MONDAY, ""), (date(2026, 11, 21), "thứ Bảy"), (date(2090, 1, 2), "")])
def test_a_closed_day_says_why(day, why):
    assert why_closed(make_agency().pk, day).lower() == why.lower()
