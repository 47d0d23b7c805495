from datetime import UTC, date, datetime, time, timedelta

import pytest

from onestop.worktime.calendar import CannotPromise, DayKind, SpecialDay, WorkingCalendar
from onestop.worktime.calendar_file import shipped_calendar
from onestop.worktime.hours import DEFAULT_HOURS, LOCAL, OpeningHours, OpeningSession, at, local

FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
SWAPPED = date(2026, 8, 22)


def sessions_of(hours, day, calendar=None):
    return [f"{a:%H:%M}-{b:%H:%M}" for a, b in hours.sessions(day, calendar or shipped_calendar())]


def half_day(day, ends, kind=DayKind.HALF_DAY):
    return WorkingCalendar({2026: True}, [SpecialDay(day, kind, "Nửa ngày", ends)])


def test_default_hours_on_working_days_only():
    assert sessions_of(DEFAULT_HOURS, FRIDAY) == ["07:30-11:30", "13:30-17:00"]
    assert sessions_of(DEFAULT_HOURS, SATURDAY) == []
    assert sessions_of(DEFAULT_HOURS, date(2026, 11, 24)) == []


def test_a_swapped_saturday_has_fridays_hours_even_where_the_desk_opens_on_saturdays():
    hours = OpeningHours([
        OpeningSession(4, time(8), time(16, 30), date(2026, 1, 1)),
        OpeningSession(5, time(8), time(10), date(2026, 1, 1)),
    ])
    assert sessions_of(hours, SWAPPED) == ["08:00-16:30"]


def test_a_saturday_opening_receives_people_but_carries_no_deadline():
    hours = OpeningHours([OpeningSession(5, time(8), time(10), date(2026, 1, 1))])
    assert sessions_of(hours, SATURDAY) == []
    assert hours.desk_sessions(SATURDAY, shipped_calendar()) == ((time(8), time(10)),)


def test_a_holiday_closes_the_desk_on_a_saturday_too():
    hours = OpeningHours([OpeningSession(5, time(8), time(10), date(2021, 1, 1))])
    assert hours.desk_sessions(date(2021, 5, 1), shipped_calendar()) == ()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 6, 30), ["07:30-11:30", "13:30-17:00"]),
        (date(2026, 7, 1), ["07:00-11:00"]),
        (date(2026, 9, 30), ["07:00-11:00"]),
        (date(2026, 10, 1), ["07:30-11:30", "13:30-17:00"]),
        (date(2026, 7, 2), []),  # a Thursday: the agency keeps hours then, but none on Thursdays
    ],
)
def test_hours_hold_from_a_date_to_a_date_and_the_default_elsewhere(day, expected):
    hours = OpeningHours([OpeningSession(2, time(7), time(11), date(2026, 7, 1), date(2026, 9, 30))])
    assert sessions_of(hours, day) == expected


def test_overlapping_sessions_are_joined():
    hours = OpeningHours([OpeningSession(4, time(8), time(12), date(2026, 1, 1)), OpeningSession(4, time(11), time(16), date(2026, 1, 1))])
    assert sessions_of(hours, FRIDAY) == ["08:00-16:00"]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (time(11, 30), ["07:30-11:30"]),
        (time(10), ["07:30-10:00"]),
        (time(12), ["07:30-12:00"]),
        (time(16), ["07:30-11:30", "13:30-16:00"]),
        (time(18), ["07:30-11:30", "13:30-17:00"]),
        (time(7), []),
    ],
)
def test_a_half_day_ends_where_its_row_says_and_is_never_made_longer(ends, expected):
    assert sessions_of(DEFAULT_HOURS, FRIDAY, half_day(FRIDAY, ends)) == expected


def test_an_ordinary_day_is_as_long_as_the_longest_weekday():
    short_friday = OpeningHours(
        OpeningSession(weekday, time(7, 30), time(11) if weekday == 4 else time(15, 15), date(2026, 1, 1)) for weekday in range(5)
    )
    assert (DEFAULT_HOURS.usual_minutes(FRIDAY), short_friday.usual_minutes(FRIDAY)) == (450, 465)


def test_a_swapped_saturday_may_end_early():
    assert sessions_of(DEFAULT_HOURS, SATURDAY, half_day(SATURDAY, time(11), DayKind.SWAPPED_WORKING_DAY)) == ["07:30-11:00"]


@pytest.mark.parametrize(
    ("clock", "inside"),
    [
        (time(7, 29, 59), False),
        (time(7, 30), True),
        (time(11, 30), True),
        (time(11, 30, 1), False),
        (time(13, 29, 59), False),
        (time(13, 30), True),
        (time(17), True),
        (time(17, 0, 1), False),
    ],
)
def test_the_first_and_the_last_instant_are_inside(clock, inside):
    assert DEFAULT_HOURS.is_inside(at(FRIDAY, clock), shipped_calendar()) is inside


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        (at(FRIDAY, time(6)), at(FRIDAY, time(7, 30))),
        (at(FRIDAY, time(9)), at(FRIDAY, time(9))),
        (at(FRIDAY, time(12)), at(FRIDAY, time(13, 30))),
        (at(FRIDAY, time(17)), at(FRIDAY, time(17))),
        (at(FRIDAY, time(17, 0, 1)), at(MONDAY, time(7, 30))),
        (at(SATURDAY, time(9)), at(MONDAY, time(7, 30))),
        (at(MONDAY, time(18)), at(date(2026, 11, 25), time(7, 30))),
        (at(date(2026, 8, 21), time(18)), at(SWAPPED, time(7, 30))),
    ],
)
def test_the_next_opening_minute_is_a_working_days(moment, opening):
    assert DEFAULT_HOURS.opening_from(moment, shipped_calendar()) == opening


def test_no_opening_minute_after_the_end_of_the_calendar():
    with pytest.raises(CannotPromise, match="2027"):
        DEFAULT_HOURS.opening_from(at(date(2027, 12, 31), time(18)), shipped_calendar())


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        (at(FRIDAY, time(8)), 3600, at(FRIDAY, time(9))),
        (at(FRIDAY, time(10, 30)), 3600, at(FRIDAY, time(11, 30))),
        (at(FRIDAY, time(10, 30)), 3601, at(FRIDAY, time(13, 30, 1))),
        (at(FRIDAY, time(11, 30)), 3600, at(FRIDAY, time(14, 30))),
        (at(FRIDAY, time(16)), 7200, at(MONDAY, time(8, 30))),
        (at(SATURDAY, time(9)), 60, at(MONDAY, time(7, 31))),
    ],
)
def test_working_time_runs_inside_opening_hours_and_is_measured_the_same_way(start, seconds, end):
    assert DEFAULT_HOURS.add(start, seconds, shipped_calendar()) == end
    assert DEFAULT_HOURS.seconds_between(start, end, shipped_calendar()) == seconds


def test_no_working_time_before_the_start():
    assert DEFAULT_HOURS.seconds_between(at(FRIDAY, time(9)), at(FRIDAY, time(8)), shipped_calendar()) == 0


def test_a_working_day_without_hours_is_refused_as_a_due_day():
    hours = OpeningHours([OpeningSession(0, time(8), time(16), date(2026, 1, 1))])
    with pytest.raises(CannotPromise, match="thứ Sáu"):
        hours.closing(FRIDAY, shipped_calendar())


@pytest.mark.parametrize(("weekday", "opens", "closes"), [(7, time(8), time(9)), (0, time(9), time(9)), (0, time(9), time(8))])
def test_a_session_must_be_a_weekdays_and_close_after_it_opens(weekday, opens, closes):
    with pytest.raises(ValueError, match="must"):
        OpeningSession(weekday, opens, closes, date(2026, 1, 1))


def test_times_without_offset_are_local_and_others_converted():
    expected = datetime(2026, 11, 20, 15, 0, 0, tzinfo=LOCAL)
    assert local(datetime.fromisoformat("2026-11-20T15:00:00.999999")) == expected
    assert local(datetime(2026, 11, 20, 8, tzinfo=UTC)) == expected
    assert local(datetime(2026, 11, 20, 8, tzinfo=UTC)).isoformat() == "2026-11-20T15:00:00+07:00"


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        ((FRIDAY, time(16)), 1, (FRIDAY, time(15))),
        ((FRIDAY, time(14)), 1, (FRIDAY, time(11))),
        ((FRIDAY, time(14)), 4.5, (FRIDAY, time(7, 30))),
        ((FRIDAY, time(12, 30)), 1, (FRIDAY, time(10, 30))),
        ((FRIDAY + timedelta(days=2), time(9)), 3.5, (FRIDAY, time(13, 30))),
        ((FRIDAY + timedelta(days=3), time(8)), 4.5, (FRIDAY, time(11, 0))),
    ],
)
def test_going_back_counts_working_time_only(moment, hours, expected):
    found = DEFAULT_HOURS.back(at(*moment), int(hours * 3600), shipped_calendar())

    assert found == at(*expected)


def test_going_back_farther_than_the_calendar_ends_at_its_first_day():
    calendar = shipped_calendar()

    assert DEFAULT_HOURS.back(at(FRIDAY, time(9)), 10**9, calendar) == at(calendar.first, time.min)
