"""Whole local days: the moments between which one lasts, the last of a month, and a period of several.

Pure. A day lasts from its midnight until just before the next one, in Vietnamese time.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from onestop.reading.dates import LOCAL

ENDS_BEFORE_BEGIN = "Ngày cuối phải từ ngày đầu trở đi"


def start_of(day: date) -> datetime:
    """The midnight at which the day begins."""
    return datetime.combine(day, time.min, LOCAL)


def end_of(day: date) -> datetime:
    """The midnight at which the day is over: the first moment outside."""
    return start_of(day + timedelta(days=1))


def last_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True)
class Period:
    """Whole local days, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return end_of(self.last)

    def __str__(self) -> str:
        return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"
