import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.reading import Unreadable
from onestop.reading.dates import (
    IN_FUTURE,
    LOCAL,
    TOO_OLD,
    UNREADABLE_DATE,
    UNREADABLE_FULL_DATE,
    PartialDate,
    read_date,
    read_full_date,
    say_clock_date,
    say_date,
    say_long_date,
    say_minute,
    say_moment,
    short_date,
    short_moment,
)

TODAY = date(2026, 11, 21)
days = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("27/3/1985", "1985-03-27"),
        ("27/03/1985", "1985-03-27"),
        ("02/09/2026", "2026-09-02"),
        ("27-3-1985", "1985-03-27"),
        ("27.3.1985", "1985-03-27"),
        (" 27 / 3 / 1985 ", "1985-03-27"),
        ("27031985", "1985-03-27"),
        ("２７/3/1985", "1985-03-27"),
        ("3/1985", "1985-03"),
        ("03-1985", "1985-03"),
        ("1985", "1985"),
        ("29/2/2024", "2024-02-29"),
        ("21/11/2026", "2026-11-21"),
        ("11/2026", "2026-11"),
        ("2026", "2026"),
        ("1895", "1895"),
        ("22/11/1895", "1895-11-22"),
    ],
)
def test_dates_are_read_day_first(typed, iso):
    assert read_date(typed, today=TODAY).iso == iso


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", UNREADABLE_DATE),
        ("abc", UNREADABLE_DATE),
        ("31/2/2000", UNREADABLE_DATE),
        ("29/2/2023", UNREADABLE_DATE),
        ("3/27/1985", UNREADABLE_DATE),
        ("0/3/1985", UNREADABLE_DATE),
        ("00/00/1985", UNREADABLE_DATE),
        ("13/1985", UNREADABLE_DATE),
        ("0000", UNREADABLE_DATE),
        ("27/3/85", UNREADABLE_DATE),
        ("270385", UNREADABLE_DATE),
        ("27/3-1985", UNREADABLE_DATE),
        ("27 3 1985", UNREADABLE_DATE),
        ("1985-03-27", UNREADABLE_DATE),
        ("27/3/1985\x00", UNREADABLE_DATE),
        ("-1985", UNREADABLE_DATE),
        ("٢٧/3/1985", UNREADABLE_DATE),
        ("1" * 100_000, UNREADABLE_DATE),
        ("22/11/2026", IN_FUTURE),
        ("12/2026", IN_FUTURE),
        ("2027", IN_FUTURE),
        ("21/11/1895", TOO_OLD),
        ("1894", TOO_OLD),
        ("27/3/0985", TOO_OLD),
    ],
)
def test_doubtful_dates_are_refused_with_the_sentence_that_helps(typed, sentence):
    with pytest.raises(Unreadable) as refusal:
        read_date(typed, today=TODAY)
    assert str(refusal.value) == sentence


@given(days, st.sampled_from(["{0.day}/{0.month}/{0.year}", "{0:%d}{0:%m}{0:%Y}", "{0:%d-%m-%Y}", "{0:%d.%m.%Y}"]))
def test_a_date_written_in_any_form_is_read_back(day, form):
    assert read_date(form.format(day), today=TODAY).full == day


@given(days, st.integers(1, 3))
def test_what_is_shown_is_read_as_the_same(day, parts):
    partial = PartialDate(*(day.year, day.month, day.day)[:parts])
    assert read_date(str(partial), today=TODAY) == PartialDate.from_iso(partial.iso) == partial


@given(st.text(max_size=50))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(Unreadable):
        read_date(text, today=TODAY)


@pytest.mark.parametrize(
    ("partial", "shown", "iso"),
    [
        (PartialDate(1985, 3, 27), "27/03/1985", "1985-03-27"),
        (PartialDate(1985, 3), "03/1985", "1985-03"),
        (PartialDate(1985), "1985", "1985"),
        (PartialDate(985), "0985", "0985"),
    ],
)
def test_a_partial_date_shows_what_is_known(partial, shown, iso):
    assert (str(partial), partial.iso) == (shown, iso)


def test_partial_dates_sort_the_unknown_before_the_known():
    in_order = [PartialDate(1984, 12, 31), PartialDate(1985), PartialDate(1985, 3), PartialDate(1985, 3, 1), PartialDate(1985, 4)]
    assert sorted([in_order[3], in_order[4], in_order[0], in_order[2], in_order[1]]) == in_order
    assert sorted(partial.iso for partial in in_order) == [partial.iso for partial in in_order]


@pytest.mark.parametrize("parts", [(1985, None, 5), (1985, 2, 30), (1985, 0), (1985, 1, 0), (0,), (10000,)])
def test_a_partial_date_that_does_not_exist_cannot_be_made(parts):
    with pytest.raises(ValueError):
        PartialDate(*parts)


@pytest.mark.parametrize("text", ["", "85", "1985-3", "1985-13", "1985-02-30", "27/03/1985", "1985-03-27T00:00"])
def test_only_iso_text_comes_back_as_a_partial_date(text):
    with pytest.raises(ValueError):
        PartialDate.from_iso(text)


def test_a_full_date_may_lie_in_the_future():
    assert read_full_date("2/9/2027") == date(2027, 9, 2)


@pytest.mark.parametrize("typed", ["", "9/2027", "2027", "31/9/2027", "1/1/0001", "31/12/9999", "20/11/2926"])
def test_a_full_date_needs_its_three_parts_and_a_year_that_a_paper_can_have(typed):
    with pytest.raises(Unreadable) as refusal:
        read_full_date(typed)
    assert str(refusal.value) == UNREADABLE_FULL_DATE


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 23), "thứ Hai, 23/11/2026"),
        (date(2026, 11, 27), "thứ Sáu, 27/11/2026"),
        (date(2026, 11, 28), "thứ Bảy, 28/11/2026"),
        (date(2026, 2, 1), "Chủ nhật, 01/02/2026"),
    ],
)
def test_a_date_is_said_with_its_weekday(day, said):
    assert say_date(day) == said


def test_a_moment_is_said_in_vietnamese_time():
    assert say_moment(datetime(2026, 11, 22, 18, 30, tzinfo=UTC)) == "01:30 thứ Hai, 23/11/2026"


@pytest.mark.parametrize(
    ("say", "said"),
    [(short_date, "23/11/2026"), (short_moment, "01:30 23/11/2026"), (say_minute, "01:30 ngày 23/11/2026")],
)
def test_a_moment_is_said_in_short_in_vietnamese_time_too(say, said):
    assert say(datetime(2026, 11, 22, 18, 30, tzinfo=UTC)) == said


def test_no_moment_is_said_with_nothing():
    assert short_moment(None) == ""


@pytest.mark.parametrize("say", [say_moment, say_clock_date, say_minute, short_date, short_moment])
def test_a_moment_without_its_zone_is_a_mistake(say):
    with pytest.raises(ValueError):
        say(datetime(2026, 11, 23, 8, tzinfo=UTC).replace(tzinfo=None))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 1, 10), "ngày 10 tháng 01 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 11, 21), "ngày 21 tháng 11 năm 2026"),
    ],
)
def test_on_papers_small_days_and_the_first_two_months_take_a_zero(day, said):
    assert say_long_date(day) == said


def test_on_papers_the_clock_stands_before_the_date():
    assert say_clock_date(datetime(2026, 2, 5, 8, 30, tzinfo=LOCAL)) == "08 giờ 30 phút, ngày 05 tháng 02 năm 2026"
