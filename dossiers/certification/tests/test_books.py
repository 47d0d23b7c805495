from datetime import UTC, date, datetime

import pytest

from dossiers.certification.books import Period, counter_name, month_of, number_text, volume_text
from dossiers.tests.makers import local


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "01, quyển số 01/2026-SCT/BS"), (125, "125, quyển số 01/2026-SCT/BS"), (12_345, "12345, quyển số 01/2026-SCT/BS")],
)
def test_a_number_is_written_with_volume_year_and_symbol(number, text):
    assert number_text(number, 1, 2026, "SCT/BS") == text


def test_a_further_volume_is_named():
    assert volume_text(2, 2026, "SCT/CK,ĐC") == "02/2026-SCT/CK,ĐC"


@pytest.mark.parametrize(
    ("moment", "period"),
    [
        (local("2026-12-31 23:59:59"), Period(2026, 12)),
        (local("2027-01-01 00:00:00"), Period(2027, 1)),
        # 18:00 in London on New Year's Eve is already the new year here.
        (datetime(2026, 12, 31, 18, 0, tzinfo=UTC), Period(2027, 1)),
        (datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), Period(2026, 12)),
    ],
)
def test_a_moment_belongs_to_its_local_month(moment, period):
    assert month_of(moment) == period


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period(2026, 2), date(2026, 2, 1), date(2026, 2, 28)),
        (Period(2028, 2), date(2028, 2, 1), date(2028, 2, 29)),
        (Period(2026, 12), date(2026, 12, 1), date(2026, 12, 31)),
        (Period(2026), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_has_its_days(period, first, last):
    assert (period.first, period.last) == (first, last)


def test_one_period_ends_where_the_next_begins():
    assert Period(2026, 11).end == Period(2026, 12).start == local("2026-12-01 00:00")
    assert Period(2026).end == Period(2027).start


@pytest.mark.parametrize(("period", "words"), [(Period(2026, 3), "tháng 03/2026"), (Period(2026), "năm 2026")])
def test_a_period_in_words(period, words):
    assert str(period) == words


def test_every_book_and_year_counts_by_itself():
    assert counter_name("BS", 2026) == "cert:BS:2026"
