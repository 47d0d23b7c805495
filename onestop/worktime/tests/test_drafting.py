from datetime import date

from onestop.worktime.changes import ChangedDay
from onestop.worktime.drafting import draft_of


def drafted(year, known=()):
    return {day.date: (str(day.kind), day.name) for day in draft_of(year, known)}


def test_the_holidays_of_the_law_are_proposed_under_our_names():
    days = drafted(2027)
    assert days[date(2027, 1, 1)] == ("public_holiday", "Tết Dương lịch")
    assert days[date(2027, 2, 8)] == ("public_holiday", "Tết Nguyên đán")
    assert days[date(2027, 4, 16)] == ("public_holiday", "Giỗ Tổ Hùng Vương")
    assert days[date(2027, 11, 24)] == ("public_holiday", "Ngày Văn hóa Việt Nam")


def test_a_day_in_lieu_is_named_as_one():
    assert drafted(2027)[date(2027, 5, 3)] == ("compensatory_day_off", "Nghỉ bù 1/5")


def test_a_tet_week_is_whole():
    tet = [day for day, (_, name) in drafted(2028).items() if name == "Tết Nguyên đán"]
    assert tet == [date(2028, 1, day) for day in range(24, 30)]


def test_what_stands_in_the_calendar_already_goes_before_the_rule():
    known = [ChangedDay(date(2027, 9, 2), "public_holiday", "Quốc khánh (theo thông báo)"),
             ChangedDay(date(2027, 12, 31), "swapped_day_off", "Nghỉ hoán đổi", date(2027, 12, 18))]
    days = drafted(2027, known)
    assert days[date(2027, 9, 2)] == ("public_holiday", "Quốc khánh (theo thông báo)")
    assert days[date(2027, 12, 31)] == ("swapped_day_off", "Nghỉ hoán đổi")


def test_only_days_of_the_year_are_proposed_and_in_order():
    days = list(drafted(2027))
    assert days == sorted(days)
    assert {day.year for day in days} == {2027}
