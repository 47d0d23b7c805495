"""The draft of a year that nobody has confirmed: public holidays worked out by rule, for a person to correct.

The library knows the law and the lunar calendar. It does not know the decisions of the year (swapped days, the
day beside 2 September), and has been wrong about them; so its days are proposed and never used unseen.
"""
from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache

from onestop.worktime.calendar import SATURDAY, DayKind
from onestop.worktime.changes import ChangedDay

TET = "Tết Nguyên đán"
# The library's name, or the end of it, and ours, which the catalogues of languages know.
NAMES = {
    "Tết Dương lịch": "Tết Dương lịch",
    "Ngày Giỗ Tổ Hùng Vương": "Giỗ Tổ Hùng Vương",
    "Ngày Chiến thắng": "Ngày Chiến thắng",
    "Ngày Quốc tế Lao động": "Ngày Quốc tế lao động",
    "Quốc khánh": "Quốc khánh",
    "Ngày Văn hóa Việt Nam": "Ngày Văn hóa Việt Nam",
}
IN_LIEU = " (nghỉ bù)"
IN_LIEU_NAMES = {
    "Tết Dương lịch": "Nghỉ bù Tết Dương lịch",
    TET: "Nghỉ bù Tết Nguyên đán",
    "Giỗ Tổ Hùng Vương": "Nghỉ bù Giỗ Tổ",
    "Ngày Chiến thắng": "Nghỉ bù 30/4",
    "Ngày Quốc tế lao động": "Nghỉ bù 1/5",
    "Quốc khánh": "Nghỉ bù Quốc khánh",
}


def draft_of(year: int, known: Collection[ChangedDay] = ()) -> list[ChangedDay]:
    """The days to propose for a year, in order: those already in the calendar as they are, then what the rule adds."""
    days = {day.date: day for day in known}
    for day, name in _by_rule(year):
        if day not in days:
            days[day] = _draft_day(day, name)
    return [days[day] for day in sorted(days)]


def _draft_day(day: date, name: str) -> ChangedDay:
    in_lieu = name.endswith(IN_LIEU)
    plain = name.removesuffix(IN_LIEU)
    ours = TET if "Tết" in plain and plain not in NAMES else NAMES.get(plain, plain)
    if in_lieu and day.weekday() < SATURDAY:
        return ChangedDay(day, DayKind.COMPENSATORY_DAY_OFF, IN_LIEU_NAMES.get(ours, f"Nghỉ bù {ours}"))
    return ChangedDay(day, DayKind.PUBLIC_HOLIDAY, ours)


@cache
def _by_rule(year: int) -> tuple[tuple[date, str], ...]:
    # Half a second and some megabytes, for a page that is opened once a year.
    from holidays import country_holidays

    # Made for one year alone, the library mixes in days of long ago.
    days = country_holidays("VN", years=range(year - 1, year + 2), language="vi")
    return tuple((day, name) for day, name in sorted(days.items()) if day.year == year)
