"""Dates the Vietnamese way: day before month, read strictly, written out in full.

A date of birth may be known only by its month or year; `PartialDate` keeps exactly what is known.
"""
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import total_ordering
from typing import Self
from zoneinfo import ZoneInfo

from onestop.reading import Unreadable
from onestop.reading.characters import ascii_digits

UNREADABLE_DATE = "Nhập ngày dạng ngày/tháng/năm, ví dụ 27/3/1985. Chỉ biết năm sinh thì nhập 1985"
UNREADABLE_FULL_DATE = "Nhập ngày dạng ngày/tháng/năm, ví dụ 27/3/1985"
IN_FUTURE = "Ngày sinh phải trước hôm nay"
TOO_OLD = "Kiểm tra lại năm sinh"
OLDEST_AGE = 130
# A paper of another century than these is a slip of the finger; at the calendar's ends not even the next day exists.
YEARS_OF_PAPERS = range(1800, 2200)

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@total_ordering
@dataclass(frozen=True)
class PartialDate:
    """A date of which the day, or the day and the month, may be unknown.

    Sorts by year, month, day, the unknown before the known. Raises ValueError for a date that does not exist.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("a day needs its month")
        date(self.year, self.month or 1, self.day or 1)
        if self.month == 0 or self.day == 0:
            raise ValueError("an unknown month or day is None")

    @classmethod
    def from_iso(cls, text: str) -> Self:
        """The reverse of `iso`; raises ValueError."""
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
            raise ValueError("not a date of the form YYYY, YYYY-MM or YYYY-MM-DD")
        return cls(*(int(part) for part in text.split("-")))

    @classmethod
    def from_date(cls, full: date) -> Self:
        return cls(full.year, full.month, full.day)

    @property
    def iso(self) -> str:
        """1985, 1985-03 or 1985-03-27: sorts as text."""
        return f"{self.year:04}" + "".join(f"-{part:02}" for part in (self.month, self.day) if part is not None)

    @property
    def full(self) -> date | None:
        """The calendar date, None while a part is unknown."""
        return date(self.year, self.month, self.day) if self.month is not None and self.day is not None else None

    def __str__(self) -> str:
        return "".join(f"{part:02}/" for part in (self.day, self.month) if part is not None) + f"{self.year:04}"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return (self.year, self.month or 0, self.day or 0) < (other.year, other.month or 0, other.day or 0)


# One separator, the same both times; blanks around it are forgiven.
_DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2}) ?([/.-]) ?([0-9]{1,2}) ?\2 ?([0-9]{4})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2}) ?[/.-] ?([0-9]{4})")
_RUN_TOGETHER = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_YEAR = re.compile(r"[0-9]{4}")
_LONGEST_TYPED = 40


def read_date(text: str, *, today: date) -> PartialDate:
    """A date of birth: d/m/yyyy, ddmmyyyy, m/yyyy or yyyy, with / - or . between.

    Born today is possible (a birth is registered at once), born tomorrow is not. Ages up to 130 years are
    believed, counted from the latest day that the known parts allow. Raises Unreadable.
    """
    birth = _parse(text)
    if birth is None:
        raise Unreadable(UNREADABLE_DATE)
    if birth > PartialDate.from_date(today):
        raise Unreadable(IN_FUTURE)
    if _youngest_age(birth, today) > OLDEST_AGE:
        raise Unreadable(TOO_OLD)
    return birth


def read_full_date(text: str) -> date:
    """Day, month and year, all three known; past or future. Raises Unreadable."""
    read = _parse(text)
    if read is None or read.full is None or read.full.year not in YEARS_OF_PAPERS:
        raise Unreadable(UNREADABLE_FULL_DATE)
    return read.full


def _parse(text: str) -> PartialDate | None:
    if len(text) > _LONGEST_TYPED:
        return None
    typed = " ".join(ascii_digits(unicodedata.normalize("NFC", text)).split())
    try:
        if match := _DAY_MONTH_YEAR.fullmatch(typed):
            return PartialDate(int(match[4]), int(match[3]), int(match[1]))
        if match := _RUN_TOGETHER.fullmatch(typed):
            return PartialDate(int(match[3]), int(match[2]), int(match[1]))
        if match := _MONTH_YEAR.fullmatch(typed):
            return PartialDate(int(match[2]), int(match[1]))
        if _YEAR.fullmatch(typed):
            return PartialDate(int(typed))
    except ValueError:
        return None
    return None


def _youngest_age(birth: PartialDate, today: date) -> int:
    latest = (birth.month or 12, birth.day or 31)
    return today.year - birth.year - (latest > (today.month, today.day))


def say_date(day: date) -> str:
    """"thứ Hai, 23/11/2026"."""
    return f"{WEEKDAYS[day.weekday()]}, {day:%d/%m}/{day.year:04}"


def say_moment(moment: datetime) -> str:
    """"17:00 thứ Hai, 23/11/2026", in Vietnamese time whatever the zone of `moment`. Raises ValueError without a zone."""
    local = _local(moment)
    return f"{local:%H:%M} {say_date(local.date())}"


def say_long_date(day: date) -> str:
    """"ngày 05 tháng 02 năm 2026".

    Nghị định 30/2020/NĐ-CP, Phụ lục I: days below 10 and the months 1 and 2 take a leading zero, other months none.
    """
    return f"ngày {day.day:02} tháng {day.month:0{2 if day.month < 3 else 1}} năm {day.year}"


def say_clock_date(moment: datetime) -> str:
    """"08 giờ 30 phút, ngày 05 tháng 02 năm 2026", in Vietnamese time. Raises ValueError without a zone."""
    local = _local(moment)
    return f"{local:%H} giờ {local:%M} phút, {say_long_date(local.date())}"


def short_date(moment: datetime) -> str:
    """"20/11/2026", in Vietnamese time. Raises ValueError without a zone."""
    return f"{_local(moment):%d/%m/%Y}"


def short_moment(moment: datetime | None) -> str:
    """"17:00 23/11/2026", in Vietnamese time; "" for none. Raises ValueError without a zone."""
    return f"{_local(moment):%H:%M %d/%m/%Y}" if moment else ""


def say_minute(moment: datetime) -> str:
    """"08:30 ngày 05/02/2026", in Vietnamese time. Raises ValueError without a zone."""
    return f"{_local(moment):%H:%M ngày %d/%m/%Y}"


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(LOCAL)
