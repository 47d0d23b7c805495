"""Deadline arithmetic: from a receipt, a limit, the calendar, the hours and the pauses to a due time.

Pure: no model, setting, clock or query. The numbered rules stand in the package. Where the rules
leave something open, this module decides so (each is held by a test named after it):

- The calculator works in whole seconds; fractions of a second are cut off.
- Working hours run only on working days: Saturday duty hours of a desk carry no deadline.
- Clock hours run from the real moment of filing, online filing at night included; the answer that ends a
  pause still arrives at an opening minute (rule 14 makes no exception).
- `immediate` received in time for the cut-off but after the day has closed (a half day) is due at the
  closing of the next working day: a promise is never in the past.
- A cut-off on a limit in days compares the effective time of receipt; received after it on a day off, too,
  the next working day is the day of receipt.
- "When the due time has passed" means strictly after: a pause that begins at 17:00:00 of the due day counts.
- Asked and answered on the due day: the day is used, no day is left, so the next working day is promised.
- The order of pauses is checked on their real times; an answer moved to an opening minute may thus reach
  beyond the next request, and the two pauses then run into one.
- A pause that begins after the effective receipt of rule 6 only; an earlier one is "before the receipt".
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils.translation import gettext, ngettext

from onestop.worktime import trace
from onestop.worktime.calendar import CannotPromise, WorkingCalendar
from onestop.worktime.hours import DEFAULT_HOURS, LOCAL, OpeningHours, local
from onestop.worktime.reasons import UNCONFIRMED, say_time
from onestop.worktime.trace import Course, Held, TraceRow

__all__ = [
    "CHANNELS", "DEFAULT_CUTOFF", "DEFAULT_HOURS", "LOCAL", "CannotPromise", "OpeningHours", "PauseSpan", "Promise",
    "TimeLimit", "TraceRow", "Unit", "arrival", "due", "local", "say_limit",
]

DEFAULT_CUTOFF = time(15, 0)
CHANNELS = ("counter", "online", "post")
NO_LIMIT = "Thủ tục chưa có thời hạn giải quyết được công bố nên chưa hẹn được ngày trả."


class Unit(StrEnum):
    """The units in which the law gives time (domain: ngày làm việc, ngày, giờ, ngay trong ngày)."""

    WORKING_DAY = "working_day"
    DAY = "day"
    HOUR = "hour"
    IMMEDIATE = "immediate"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """The time a procedure allows. `value` None: no limit is published (`immediate` needs no value).

    `clock_hours` matters to `hour` only. `cutoff`: for `immediate` 15:00 unless set; on a limit in days only
    where the rule itself sets one.
    """

    value: int | None
    unit: str
    clock_hours: bool = False
    cutoff: time | None = None


@dataclass(frozen=True, slots=True)
class PauseSpan:
    """Waiting time from the request to the answer; `end` None: still open.

    `kind` (supplement, payment, suspension, other_agency) changes only the words of the trace.
    """

    start: datetime
    end: datetime | None = None
    kind: str = ""


@dataclass(frozen=True, eq=False)
class Promise:
    """The answer: the due time, or None with the reason, and how it came about.

    `received_at` is the effective time of receipt (rule 6). `unconfirmed`: the days pass through a year
    whose days off are not announced yet. The trace is worked out when it is first asked for.
    """

    due_at: datetime | None
    reason: str
    received_at: datetime
    unconfirmed: bool
    _work: Callable[[], tuple[TraceRow, ...]]

    @property
    def trace(self) -> tuple[TraceRow, ...]:
        rows = self.__dict__.get("_rows")
        if rows is None:
            rows = self.__dict__["_rows"] = self._work()
        return rows

    def trace_json(self) -> list[dict]:
        """The trace as it is stored with the appointment."""
        return [row.as_json() for row in self.trace]


def due(
    received_at: datetime,
    limit: TimeLimit | None,
    calendar: WorkingCalendar,
    hours: OpeningHours = DEFAULT_HOURS,
    pauses: Iterable[PauseSpan] = (),
    channel: str = "counter",
) -> Promise:
    """When the result is due. Times without offset are local.

    CannotPromise (a Vietnamese sentence) for a zero or negative limit, an unknown unit or channel, a date
    outside the calendar, and pauses before the receipt, overlapping or out of order.
    """
    _check(limit, channel)
    filed = local(received_at)
    received = _received(filed, limit, calendar, hours, channel)
    spans = _in_order(pauses, received)
    if limit is None or (limit.value is None and limit.unit != Unit.IMMEDIATE):
        return Promise(None, NO_LIMIT, received, False, tuple)
    if limit.unit == Unit.IMMEDIATE:
        run: _Run = _SameDay(limit, calendar, hours)
    elif limit.unit == Unit.HOUR:
        run = _Hours(limit, calendar, hours)
    else:
        run = _Days(limit, calendar, hours)
    due_at, held = _follow(run, received, spans, calendar, hours)
    course = Course(limit.unit, limit.value or 0, limit.clock_hours, limit.cutoff or DEFAULT_CUTOFF,
                    filed, received, run.base, tuple(held), due_at, calendar, hours)
    last = due_at or held[-1].asked
    reason = "" if due_at else (
        f"Đang tạm dừng từ {say_time(held[-1].asked.time())} ngày {held[-1].asked:%d/%m/%Y}: chưa có ngày hẹn, "
        "thời hạn tính tiếp khi hết tạm dừng."
    )
    unconfirmed = bool(calendar.unconfirmed_years(received.date(), last.date()))
    return Promise(due_at, reason, received, unconfirmed, lambda: _told(course, unconfirmed))


def _told(course: Course, unconfirmed: bool) -> tuple[TraceRow, ...]:
    """The rows of the course; the last one says when the calendar is not confirmed (rule 8)."""
    rows = trace.build(course)
    if unconfirmed and rows:
        rows[-1] = rows[-1].adding(UNCONFIRMED)
    return tuple(rows)


def arrival(moment: datetime, calendar: WorkingCalendar, hours: OpeningHours = DEFAULT_HOURS) -> datetime:
    """When an answer arrives (rule 14): at once inside opening hours, else at the next opening minute."""
    return hours.opening_from(local(moment), calendar)


def _check(limit: TimeLimit | None, channel: str) -> None:
    if channel not in CHANNELS:
        raise CannotPromise(f"Không có cách nộp “{channel}”; chỉ có: {', '.join(CHANNELS)}.")
    if limit is None:
        return
    if limit.unit not in Unit.__members__.values():
        raise CannotPromise(f"Không có đơn vị thời hạn “{limit.unit}”; chỉ có: {', '.join(Unit)}.")
    if limit.value is None:
        return
    if isinstance(limit.value, bool) or not isinstance(limit.value, int):
        raise CannotPromise("Thời hạn phải là số nguyên.")
    if limit.value < 0 or (limit.value == 0 and limit.unit != Unit.IMMEDIATE):
        raise CannotPromise("Thời hạn phải từ 1 trở lên.")


def _received(
    filed: datetime, limit: TimeLimit | None, calendar: WorkingCalendar, hours: OpeningHours, channel: str
) -> datetime:
    """Rules 6 and 15: the effective time of receipt. Only online filing moves, and never for clock hours."""
    calendar.is_working(filed.date())  # refuses a receipt outside the calendar
    runs_through = limit is not None and limit.unit == Unit.HOUR and limit.clock_hours
    if channel == "online" and not runs_through:
        return hours.opening_from(filed, calendar)
    return filed


def _in_order(pauses: Iterable[PauseSpan], received: datetime) -> list[PauseSpan]:
    """The pauses in local time, refused when before the receipt, overlapping or out of order (rule 14)."""
    spans = [PauseSpan(local(p.start), local(p.end) if p.end else None, p.kind) for p in pauses]
    free_from: datetime | None = received
    for number, span in enumerate(spans, start=1):
        if span.start < received:
            raise CannotPromise(f"Lần tạm dừng thứ {number} bắt đầu trước khi tiếp nhận hồ sơ.")
        if free_from is None or span.start < free_from:
            raise CannotPromise(f"Lần tạm dừng thứ {number} chồng lên lần trước hoặc không theo thứ tự thời gian.")
        if span.end is not None and span.end < span.start:
            raise CannotPromise(f"Lần tạm dừng thứ {number} kết thúc trước khi bắt đầu.")
        free_from = span.end
    return spans


def _follow(
    run: _Run, received: datetime, spans: Sequence[PauseSpan], calendar: WorkingCalendar, hours: OpeningHours
) -> tuple[datetime | None, list[Held]]:
    """The due time after all pauses that began in time, and those pauses; None while one is open."""
    due_at = run.begin(received)
    held: list[Held] = []
    for span in spans:
        # Rule 14: a pause that begins when the due time has passed changes nothing, nor does a later one.
        if span.start > due_at:
            break
        if held and held[-1].arrived and held[-1].arrived > span.start:
            # Asked again before the opening minute at which the last answer arrives: one wait runs into the next.
            held[-1] = replace(held[-1], arrived=span.start)
        if span.end is None:
            return None, [*held, Held(span.start, None, span.kind)]
        arrived = hours.opening_from(span.end, calendar)
        held.append(Held(span.start, arrived, span.kind))
        due_at = run.resume(span.start, arrived)
    return due_at, held


class _Run:
    """How one unit runs: from the receipt, and on from the end of each pause."""

    def __init__(self, limit: TimeLimit, calendar: WorkingCalendar, hours: OpeningHours) -> None:
        self.limit = limit
        self.calendar = calendar
        self.hours = hours
        self.base = calendar.first  # the day that is taken as the day of receipt

    def begin(self, received: datetime) -> datetime:
        raise NotImplementedError

    def resume(self, asked: datetime, arrived: datetime) -> datetime:
        raise NotImplementedError


class _Days(_Run):
    """Rules 1–3, 7, 10: working days and calendar days end at the closing time of a working day."""

    def begin(self, received: datetime) -> datetime:
        self.base = received.date()
        if self.limit.cutoff is not None and received.time() > self.limit.cutoff:
            self.base = self.calendar.next_working_day(self.base)
        # Civil Code article 147.2: the day of receipt is not counted.
        self.mark, self.left = self.base, self.limit.value or 0
        return self._due()

    def resume(self, asked: datetime, arrived: datetime) -> datetime:
        # Days up to and including that of the request are used; an earlier answer's day is not among them.
        self.left -= max(0, self._counted(self.mark, asked.date()))
        # Neither the waiting days nor the day of the answer count.
        self.mark = max(self.mark, arrived.date())
        return self._due()

    def _counted(self, start: date, end: date) -> int:
        if self.limit.unit == Unit.WORKING_DAY:
            return self.calendar.working_days_between(start, end)
        return (end - start).days

    def _due(self) -> datetime:
        if self.left < 1:  # rule 11: no day left at the arrival
            day = self.calendar.next_working_day(self.mark)
        elif self.limit.unit == Unit.WORKING_DAY:
            day = self.calendar.add_working_days(self.mark, self.left)
        else:
            day = self.calendar.add_days(self.mark, self.left)
        return self.hours.closing(day, self.calendar)


class _Hours(_Run):
    """Rules 4, 11, 15: hours inside opening hours, or clock hours that run through; waiting is removed."""

    def begin(self, received: datetime) -> datetime:
        self.base = received.date()
        self.mark, self.left = received, (self.limit.value or 0) * 3600
        return self._due()

    def resume(self, asked: datetime, arrived: datetime) -> datetime:
        if asked > self.mark:
            self.left -= (
                int((asked - self.mark).total_seconds())
                if self.limit.clock_hours
                else self.hours.seconds_between(self.mark, asked, self.calendar)
            )
        self.mark = max(self.mark, arrived)
        return self._due()

    def _due(self) -> datetime:
        if not self.limit.clock_hours:
            return self.hours.add(self.mark, self.left, self.calendar)
        days_left = (self.calendar.last - self.mark.date()).days + 1
        if self.left > days_left * 86_400:
            raise CannotPromise(f"Không hẹn được: giờ hẹn vượt quá năm {self.calendar.last.year}, năm cuối của lịch làm việc.")
        end = self.mark + timedelta(seconds=self.left)
        self.calendar.is_working(end.date())  # refuses a due time outside the calendar
        return end


class _SameDay(_Run):
    """Rule 5: closing time of the same working day, or of the next one after the cut-off; anew after a pause."""

    def begin(self, received: datetime) -> datetime:
        self.base = received.date()
        return self._closing_for(received)

    def resume(self, asked: datetime, arrived: datetime) -> datetime:
        return self._closing_for(arrived)

    def _closing_for(self, moment: datetime) -> datetime:
        day = moment.date()
        if self.calendar.is_working(day) and moment.time() <= (self.limit.cutoff or DEFAULT_CUTOFF):
            closing = self.hours.closing(day, self.calendar)
            if moment <= closing:
                return closing
        return self.hours.closing(self.calendar.next_working_day(day), self.calendar)


def say_limit(limit: TimeLimit | None) -> str:
    """The limit in words, for screens and papers: '3 ngày làm việc', 'trong ngày làm việc'."""
    if limit is not None and limit.unit == Unit.IMMEDIATE:
        return gettext("trong ngày làm việc")
    if limit is None or limit.value is None:
        return gettext("chưa có thời hạn")
    count = limit.value
    if limit.unit == Unit.WORKING_DAY:
        return ngettext("%(count)d ngày làm việc", "%(count)d ngày làm việc", count) % {"count": count}
    if limit.unit == Unit.DAY:
        return ngettext("%(count)d ngày", "%(count)d ngày", count) % {"count": count}
    if limit.clock_hours:
        return ngettext("%(count)d giờ", "%(count)d giờ", count) % {"count": count}
    return ngettext("%(count)d giờ làm việc", "%(count)d giờ làm việc", count) % {"count": count}
