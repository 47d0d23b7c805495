from datetime import UTC, date, datetime, timedelta

import pytest

from onestop.reading.days import Period, end_of, last_of_month, start_of

YEAR_END = date(2026, 12, 31)


def test_a_day_begins_at_midnight_in_vietnam():
    assert start_of(YEAR_END) == datetime(2026, 12, 30, 17, tzinfo=UTC)


def test_a_day_is_over_when_the_next_one_begins():
    assert end_of(YEAR_END) == start_of(date(2027, 1, 1)) == start_of(YEAR_END) + timedelta(hours=24)


@pytest.mark.parametrize(
    ("year", "month", "last"), [(2026, 2, 28), (2028, 2, 29), (2100, 2, 28), (2026, 4, 30), (2026, 12, 31)], ids=str
)
def test_the_last_of_a_month_knows_its_length(year, month, last):
    assert last_of_month(year, month) == date(year, month, last)


def test_a_period_lasts_from_its_first_to_the_end_of_its_last_day():
    period = Period(date(2026, 11, 20), date(2026, 11, 22))

    assert (period.start, period.end) == (start_of(date(2026, 11, 20)), start_of(date(2026, 11, 23)))


def test_a_period_of_one_day_is_that_day():
    assert Period(YEAR_END, YEAR_END).end - Period(YEAR_END, YEAR_END).start == timedelta(hours=24)


def test_a_period_says_both_its_days():
    assert str(Period(date(2026, 9, 2), date(2026, 11, 30))) == "02/09/2026 – 30/11/2026"
