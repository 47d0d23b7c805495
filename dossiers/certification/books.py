"""Books, their volumes and periods: how a number is written and to which month it belongs. No database.

NĐ 23/2015 Điều 13.2: the number consists of the running number, the volume, the year and the symbol of
the kind of work; it starts from 01 each year and runs on through further volumes. It is written as in
the forms' footnotes, "Số chứng thực 01, quyển số 01/2026-SCT/BS".
"""

from dataclasses import dataclass
from datetime import date, datetime

from onestop.reading.days import end_of, last_of_month, start_of
from onestop.worktime.hours import LOCAL


@dataclass(frozen=True)
class Period:
    """One month of a year, or the whole year (`month` None)."""

    year: int
    month: int | None = None

    @property
    def first(self) -> date:
        return date(self.year, self.month or 1, 1)

    @property
    def last(self) -> date:
        if self.month is None:
            return date(self.year, 12, 31)
        return last_of_month(self.year, self.month)

    @property
    def start(self) -> datetime:
        """Local midnight at which it begins."""
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """Local midnight at which it is over: the first moment outside."""
        return end_of(self.last)

    def __str__(self) -> str:
        return f"năm {self.year}" if self.month is None else f"tháng {self.month:02d}/{self.year}"


def month_of(moment: datetime) -> Period:
    """The local month of a moment: the last second of 31/12 belongs to the old year's book."""
    local = moment.astimezone(LOCAL)
    return Period(local.year, local.month)


def counter_name(book: str, year: int) -> str:
    """The counter behind the numbers of a book in a year."""
    return f"cert:{book}:{year}"


def receipt_counter(series: str) -> str:
    return f"receipt:{series}"


def volume_text(volume: int, year: int, symbol: str) -> str:
    """The volume with year and symbol: "01/2026-SCT/BS"."""
    return f"{volume:02d}/{year}-{symbol}"


def number_text(number: int, volume: int, year: int, symbol: str) -> str:
    """The whole number in one line: "125, quyển số 01/2026-SCT/BS"; never less than two digits."""
    return f"{number:02d}, quyển số {volume_text(volume, year, symbol)}"
