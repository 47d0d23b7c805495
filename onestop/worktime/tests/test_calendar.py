from datetime import date, timedelta

import pytest

from onestop.worktime.calendar import CannotPromise, DayKind, SpecialDay, WorkingCalendar
from onestop.worktime.calendar_file import shipped_calendar

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 11, 23), True),  # proposed as a swap, never decided
        (date(2026, 11, 24), False),  # day of culture
        (date(2026, 8, 22), True),  # Saturday worked for 31/08
        (date(2026, 8, 31), False),
        (date(2026, 1, 10), True),  # Saturday worked for 02/01
        (date(2026, 2, 16), False),  # Tết
        (date(2026, 2, 23), True),
        (date(2019, 1, 1), False),
        (date(2027, 12, 31), True),
    ],
)
def test_a_working_day_is_a_weekday_that_is_not_off_or_a_saturday_worked_in_exchange(day, works):
    assert shipped_calendar().is_working(day) is works


@pytest.mark.parametrize(
    ("start", "count", "day"),
    [
        (FRIDAY, 1, date(2026, 11, 23)),
        (FRIDAY, 2, date(2026, 11, 25)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 2, 13), 1, date(2026, 2, 23)),
        (date(2026, 8, 21), 1, date(2026, 8, 22)),
    ],
)
def test_working_days_are_added_after_the_day_itself(start, count, day):
    assert shipped_calendar().add_working_days(start, count) == day


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (FRIDAY, FRIDAY, 0),
        (FRIDAY, date(2026, 11, 23), 1),
        (date(2026, 11, 19), date(2026, 11, 23), 2),
        (FRIDAY, date(2026, 11, 26), 3),
        (date(2026, 11, 21), date(2026, 11, 22), 0),
        (date(2026, 11, 26), FRIDAY, -3),
    ],
)
def test_the_count_between_two_days_leaves_out_the_first_and_takes_in_the_last(start, end, count):
    assert shipped_calendar().working_days_between(start, end) == count


def test_the_neighbours_of_a_day():
    calendar = shipped_calendar()
    assert calendar.next_working_day(date(2026, 2, 13)) == date(2026, 2, 23)
    assert calendar.previous_working_day(date(2026, 2, 23)) == date(2026, 2, 13)
    assert calendar.working_day_from(date(2026, 11, 21)) == date(2026, 11, 23)
    assert calendar.working_day_from(FRIDAY) == FRIDAY
    assert calendar.working_days(date(2026, 11, 21), date(2026, 11, 25)) == [date(2026, 11, 23), date(2026, 11, 25)]


def test_only_a_last_calendar_day_that_is_off_moves_on():
    calendar = shipped_calendar()
    assert calendar.add_days(date(2026, 11, 14), 10) == date(2026, 11, 25)
    assert calendar.add_days(date(2026, 11, 14), 9) == date(2026, 11, 23)


def test_the_arrays_agree_with_looking_at_each_day():
    calendar = shipped_calendar()
    day, seen = calendar.first, 0
    while day < calendar.last:
        day += timedelta(days=1)
        seen += calendar.is_working(day)
        assert calendar.working_days_between(calendar.first, day) == seen


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (FRIDAY, ""),
        (date(2026, 11, 21), "Thứ Bảy"),
        (date(2026, 11, 22), "Chủ nhật"),
        (date(2026, 11, 24), "Nghỉ lễ: Ngày Văn hóa Việt Nam"),
        (date(2026, 4, 26), "Nghỉ lễ: Giỗ Tổ Hùng Vương"),
        (date(2026, 4, 27), "Nghỉ bù Giỗ Tổ"),
        (date(2026, 8, 31), "Nghỉ hoán đổi dịp Quốc khánh"),
        (date(2026, 8, 22), "Làm bù dịp Quốc khánh"),
        (date(2027, 2, 4), "Nghỉ lễ: Tết Nguyên đán (dự kiến)"),
    ],
)
def test_a_day_says_why_it_is_special(day, reason):
    assert shipped_calendar().reason(day) == reason


def test_a_year_is_confirmed_only_when_the_calendar_says_so():
    calendar = shipped_calendar()
    assert (calendar.confirmed(2026), calendar.confirmed(2027), calendar.confirmed(2028)) == (True, False, False)
    assert calendar.unconfirmed_years(date(2026, 12, 1), date(2027, 1, 5)) == (2027,)


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.is_working(date(2028, 1, 1)),
        lambda c: c.is_working(date(2018, 12, 31)),
        lambda c: c.add_working_days(date(2027, 12, 30), 2),
        lambda c: c.add_days(date(2027, 12, 1), 31),
        lambda c: c.add_days(date(2027, 12, 1), 10**30),
        lambda c: c.add_working_days(date(2027, 12, 1), 10**30),
        lambda c: c.previous_working_day(date(2019, 1, 2)),
        lambda c: c.working_days_between(date(2027, 12, 1), date(2028, 1, 3)),
        lambda c: c.reason(date(2030, 1, 1)),
    ],
)
def test_a_question_outside_the_years_of_the_calendar_is_refused(ask):
    with pytest.raises(CannotPromise):
        ask(shipped_calendar())


def test_the_last_working_day_of_the_calendar_can_still_be_promised():
    assert shipped_calendar().add_working_days(date(2027, 12, 30), 1) == date(2027, 12, 31)


def test_years_with_a_gap_make_no_calendar():
    with pytest.raises(ValueError, match="follow"):
        WorkingCalendar({2025: True, 2027: True})
    with pytest.raises(ValueError, match="at least one"):
        WorkingCalendar({})


def test_adding_no_days_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="at least 1"):
        shipped_calendar().add_working_days(FRIDAY, 0)


def test_a_sunday_may_be_worked_in_exchange_too():
    calendar = WorkingCalendar({2026: True}, [SpecialDay(date(2026, 11, 22), DayKind.SWAPPED_WORKING_DAY, "Làm bù")])
    assert calendar.add_working_days(FRIDAY, 1) == date(2026, 11, 22)
