"""The working calendar: which days count, asked in constant time.

Pure: days go in, answers come out; no model, clock, setting or query. A working day is Monday to Friday
less the days off, plus the Saturdays worked in exchange (Labour Code 45/2019, articles 111 and 112). The
calendar keeps two arrays, the rank of every day and the list of working days, so that counting and adding
never loop over days.
"""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


class CannotPromise(ValueError):
    """No date can be promised honestly; the message is a Vietnamese sentence for the screen."""


class DayKind(StrEnum):
    """What a row of the calendar says about its day."""

    PUBLIC_HOLIDAY = "public_holiday"
    COMPENSATORY_DAY_OFF = "compensatory_day_off"
    SWAPPED_DAY_OFF = "swapped_day_off"
    SWAPPED_WORKING_DAY = "swapped_working_day"
    HALF_DAY = "half_day"
    LOCAL_CLOSURE = "local_closure"  # one agency closes: a storm, a move; never a row of the common calendar


DAYS_OFF = frozenset({DayKind.PUBLIC_HOLIDAY, DayKind.COMPENSATORY_DAY_OFF, DayKind.SWAPPED_DAY_OFF, DayKind.LOCAL_CLOSURE})

_HEADS: dict[str, str] = {DayKind.PUBLIC_HOLIDAY: "Nghỉ lễ", DayKind.LOCAL_CLOSURE: "Cơ quan tạm nghỉ"}


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday. `ends_at`: a working day that ends early, the time of its row."""

    date: date
    kind: str
    name: str
    ends_at: time | None = None
    provisional: bool = False


class WorkingCalendar:
    """The working days of whole, consecutive years; immutable once built.

    `years` says for each year whether its days off are officially confirmed. Every question about a day
    outside these years is refused with CannotPromise: a guess would be a wrong promise.
    """

    def __init__(self, years: Mapping[int, bool], days: Iterable[SpecialDay] = (), *, version: str = "") -> None:
        if not years:
            raise ValueError("a calendar needs at least one year")
        if sorted(years) != list(range(min(years), max(years) + 1)):
            raise ValueError("the years of a calendar must follow each other")
        self.first = date(min(years), 1, 1)
        self.last = date(max(years), 12, 31)
        self.version = version
        self._confirmed = dict(years)
        self._special = {day.date: day for day in days}
        self._start = self.first.toordinal()
        self._working: list[date] = []
        # rank[i] = working days from the first day up to and including day i.
        self._rank: list[int] = []
        for ordinal in range(self._start, self.last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if self._works(day):
                self._working.append(day)
            self._rank.append(len(self._working))

    def changed(
        self,
        days: Iterable[SpecialDay] = (),
        *,
        without: Iterable[date] = (),
        confirmed: Iterable[int] = (),
        version: str = "",
    ) -> WorkingCalendar:
        """This calendar with other rows: `days` put in (in place of a row of the same date), `without` taken out.

        `confirmed` years count as announced, and what is still called expected in them no longer is; a year
        right after the last one is added.
        """
        announced = set(confirmed)
        special = {day.date: replace(day, provisional=day.provisional and day.date.year not in announced) for day in self._special.values()}
        for gone in without:
            special.pop(gone, None)
        special.update((day.date, day) for day in days)
        return WorkingCalendar(self._confirmed | dict.fromkeys(announced, True), special.values(), version=version)

    def overlaid(self, local_days: Iterable[SpecialDay], *, version: str) -> WorkingCalendar:
        """This calendar as one agency works by it: its own closures and half days laid over the common days.

        A local row only ever takes working time away: a common day off stays what it is, a weekend stays one,
        a swapped Saturday may be closed or cut short, and of two ends of a half day the earlier counts.
        """
        laid = []
        for local_day in local_days:
            if not self.covers(local_day.date) or not self.is_working(local_day.date):
                continue
            common = self._special.get(local_day.date)
            if common is not None and local_day.kind not in DAYS_OFF:
                ends = [end for end in (common.ends_at, local_day.ends_at) if end is not None]
                local_day = replace(common, ends_at=min(ends, default=None))
            laid.append(local_day)
        return self.changed(laid, version=version)

    def _works(self, day: date) -> bool:
        special = self._special.get(day)
        if special is None:
            return day.weekday() < SATURDAY
        return special.kind not in DAYS_OFF

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._start
        if not 0 <= index < len(self._rank):
            raise CannotPromise(
                f"Ngày {day:%d/%m/%Y} nằm ngoài lịch làm việc (lịch chỉ có từ năm {self.first.year} đến hết năm {self.last.year})."
            )
        return index

    def _too_far(self) -> CannotPromise:
        return CannotPromise(f"Không hẹn được: ngày hẹn vượt quá năm {self.last.year}, năm cuối của lịch làm việc.")

    def covers(self, day: date) -> bool:
        """Whether the day lies in the years of this calendar."""
        return self.first <= day <= self.last

    def is_working(self, day: date) -> bool:
        """Whether the day counts as a working day; a swapped Saturday does, a Saturday desk opening does not."""
        index = self._index(day)
        return self._rank[index] > (self._rank[index - 1] if index else 0)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (`day` itself is not counted); `count` is at least 1."""
        if count < 1:
            raise ValueError("count must be at least 1")
        # Asked for every promise of every page: two look-ups, and the checks only where one of them fails.
        index = day.toordinal() - self._start
        try:
            return self._working[self._rank[index if index >= 0 else self._index(day)] + count - 1]
        except IndexError:
            self._index(day)
            raise self._too_far() from None

    def add_days(self, day: date, count: int) -> date:
        """The `count`-th calendar day after `day`; when that is a day off, the next working day.

        Civil Code 91/2015 article 148.5: only the last day moves.
        """
        index = self._index(day) + count
        if index >= len(self._rank):
            raise self._too_far()
        return self.working_day_from(date.fromordinal(self._start + index))

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add_working_days(day, 1)

    def working_day_from(self, day: date) -> date:
        """`day` when it is a working day, else the next one."""
        return day if self.is_working(day) else self.next_working_day(day)

    def previous_working_day(self, day: date) -> date:
        """The last working day before `day`."""
        index = self._index(day)
        before = self._rank[index - 1] if index else 0
        if not before:
            raise CannotPromise(f"Không có ngày làm việc nào trước ngày {day:%d/%m/%Y} trong lịch làm việc.")
        return self._working[before - 1]

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is the earlier one."""
        return self._rank[self._index(end)] - self._rank[self._index(start)]

    def working_days(self, start: date, end: date) -> list[date]:
        """The working days from `start` to `end`, both included."""
        self._index(start), self._index(end)
        low = bisect_right(self._working, start - ONE_DAY)
        return self._working[low : bisect_right(self._working, end)]

    def ends_early_at(self, day: date) -> time | None:
        """The time at which the row of a half day ends it, or None."""
        special = self._special.get(day)
        return special.ends_at if special else None

    def is_special_day_off(self, day: date) -> bool:
        """Whether a row of the calendar (a holiday or an exchanged day) closes the day, weekends included."""
        special = self._special.get(day)
        return special is not None and special.kind in DAYS_OFF

    def special_day(self, day: date) -> SpecialDay | None:
        """The row of the day, if it has one."""
        return self._special.get(day)

    def reason(self, day: date) -> str:
        """Why the day differs from an ordinary working day, in Vietnamese; empty for an ordinary one."""
        special = self._special.get(day)
        if special is None:
            self._index(day)
            if day.weekday() < SATURDAY:
                return ""
            return "Thứ Bảy" if day.weekday() == SATURDAY else "Chủ nhật"
        name = f"{_HEADS[special.kind]}: {special.name}" if special.kind in _HEADS else special.name
        return f"{name} (dự kiến)" if special.provisional else name

    def confirmed(self, year: int) -> bool:
        """Whether the days off of the year are officially announced; a year without a calendar is not."""
        return self._confirmed.get(year, False)

    def unconfirmed_years(self, start: date, end: date) -> tuple[int, ...]:
        """The years from `start` to `end` whose days off are not announced yet."""
        return tuple(year for year in range(start.year, end.year + 1) if not self.confirmed(year))
