from datetime import date, time

import pytest

from onestop.worktime.calendar import DayKind, SpecialDay, WorkingCalendar
from onestop.worktime.changes import ChangedDay, Content, say_days

MONDAY, TUESDAY, SATURDAY, SUNDAY = (date(2026, 12, day) for day in (7, 8, 12, 13))
HOLIDAY = SpecialDay(MONDAY, DayKind.PUBLIC_HOLIDAY, "Quốc khánh")
WORKED = SpecialDay(SATURDAY, DayKind.SWAPPED_WORKING_DAY, "Làm bù")


def calendar(*days, **years):
    return WorkingCalendar({2026: True, 2027: False}, days, version="7")


def closure(day, name="Tránh bão số 9"):
    return SpecialDay(day, DayKind.LOCAL_CLOSURE, name)


def half(day, ends="11:30"):
    return SpecialDay(day, DayKind.HALF_DAY, "Hội nghị", time.fromisoformat(ends))


# -- an agency's own days over the common ones -----------------------------------------------
def test_a_closure_takes_a_working_day_away_and_says_why():
    laid = calendar().overlaid([closure(MONDAY)], version="7+1")
    assert (laid.is_working(MONDAY), laid.is_working(TUESDAY)) == (False, True)
    assert laid.reason(MONDAY) == "Cơ quan tạm nghỉ: Tránh bão số 9"
    assert laid.version == "7+1"


def test_the_common_calendar_is_not_touched_by_it():
    common = calendar()
    common.overlaid([closure(MONDAY)], version="7+1")
    assert common.is_working(MONDAY)


def test_a_common_day_off_keeps_its_own_name():
    assert calendar(HOLIDAY).overlaid([closure(MONDAY)], version="").reason(MONDAY) == "Nghỉ lễ: Quốc khánh"


@pytest.mark.parametrize("row", [closure(SUNDAY), half(SUNDAY), half(MONDAY)])
def test_a_local_row_never_makes_a_working_day(row):
    laid = calendar(HOLIDAY).overlaid([row], version="")
    assert not laid.is_working(row.date)


def test_a_swapped_saturday_can_be_closed():
    assert not calendar(WORKED).overlaid([closure(SATURDAY)], version="").is_working(SATURDAY)


def test_a_swapped_saturday_cut_short_stays_one():
    laid = calendar(WORKED).overlaid([half(SATURDAY)], version="")
    assert laid.is_working(SATURDAY)
    assert (laid.reason(SATURDAY), laid.ends_early_at(SATURDAY)) == ("Làm bù", time(11, 30))


@pytest.mark.parametrize(("common", "local", "ends"), [("11:30", "10:00", time(10)), ("10:00", "11:30", time(10))])
def test_of_two_half_days_the_earlier_end_counts(common, local, ends):
    assert calendar(half(MONDAY, common)).overlaid([half(MONDAY, local)], version="").ends_early_at(MONDAY) == ends


def test_a_closure_outside_the_calendar_is_left_alone():
    assert calendar().overlaid([closure(date(2030, 1, 2))], version="7+1").last == date(2027, 12, 31)


# -- a change of the common calendar -----------------------------------------------------------
def test_a_swap_closes_one_day_and_opens_another():
    swap = Content((
        ChangedDay(MONDAY, DayKind.SWAPPED_DAY_OFF, "Nghỉ hoán đổi", SATURDAY),
        ChangedDay(SATURDAY, DayKind.SWAPPED_WORKING_DAY, "Làm bù", MONDAY),
    ))
    changed = swap.over(calendar(), version="8")
    assert (changed.is_working(MONDAY), changed.is_working(SATURDAY), changed.version) == (False, True, "8")
    assert swap.dates == (MONDAY, SATURDAY)


def test_a_removed_day_is_an_ordinary_one_again():
    assert Content(removed=(MONDAY,)).over(calendar(HOLIDAY)).is_working(MONDAY)


def test_confirming_a_year_takes_the_doubt_from_its_days():
    expected = SpecialDay(date(2027, 2, 8), DayKind.PUBLIC_HOLIDAY, "Tết Nguyên đán", None, True)
    changed = Content(confirms=2027).over(calendar(expected))
    assert changed.confirmed(2027)
    assert changed.reason(expected.date) == "Nghỉ lễ: Tết Nguyên đán"


def test_confirming_the_next_year_makes_the_calendar_longer():
    assert Content(confirms=2028).over(calendar()).last == date(2028, 12, 31)


def test_a_content_comes_back_from_its_json():
    content = Content((ChangedDay(MONDAY, "half_day", "Hội nghị", None, time(11, 30)),
                       ChangedDay(TUESDAY, "swapped_day_off", "Nghỉ", SATURDAY)), (SUNDAY,), 2026)
    assert Content.from_json(content.as_json()) == content


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (ChangedDay(MONDAY, "public_holiday", "x"), "Nghỉ lễ, tết"),
        (ChangedDay(MONDAY, "half_day", "x", None, time(11, 30)), "Làm nửa ngày, đến 11:30"),
        (ChangedDay(SATURDAY, "swapped_working_day", "x", MONDAY), "Làm bù cho ngày 07/12/2026"),
        (ChangedDay(MONDAY, "swapped_day_off", "x", SATURDAY), "Nghỉ hoán đổi với ngày 12/12/2026"),
    ],
)
def test_a_day_in_words(day, words):
    assert day.words == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([MONDAY], "07/12/2026"),
        ([TUESDAY, MONDAY], "07/12–08/12/2026"),
        ([MONDAY, SATURDAY, SUNDAY], "07/12/2026, 12/12–13/12/2026"),
        ([], ""),
    ],
)
def test_days_in_words(days, words):
    assert say_days(days) == words
