"""The working behind a due time: one row per day or interval, counted or not, why, and the running total.

Pure. The rows are walked out day by day from the receipt to the due day, apart from the arithmetic of
`limits.py`; the tests compare the two.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from onestop.reading.days import end_of, start_of
from onestop.worktime import reasons
from onestop.worktime.calendar import ONE_DAY, SATURDAY, WorkingCalendar
from onestop.worktime.hours import OpeningHours, at


@dataclass(frozen=True, slots=True)
class TraceRow:
    """A day (`start` and `end` None: the whole day) or an interval of it.

    `total` is what has been used so far in the limit's own unit: days, or hours (a whole number when it is one).
    An interval that ends at midnight ends at '24:00'.
    """

    date: date
    start: time | None
    end: time | None
    counted: bool
    why: str
    total: int | float

    def as_json(self) -> dict:
        return {
            "date": self.date.isoformat(),
            "from": reasons.say_time(self.start) if self.start is not None else None,
            "to": None if self.end is None else "24:00" if self.end == time.max else reasons.say_time(self.end),
            "counted": self.counted,
            "why": self.why,
            "total": self.total,
        }

    def adding(self, remark: str) -> TraceRow:
        """The row with a remark after its reason."""
        return replace(self, why=f"{self.why}; {remark}")


@dataclass(frozen=True, slots=True)
class Held:
    """A pause that had an effect: asked, and answered at an opening minute (None: not yet)."""

    asked: datetime
    arrived: datetime | None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """All that a trace is made from. `base`: the day taken as the day of receipt; `due_at` None: a pause is open."""

    unit: str
    value: int
    clock_hours: bool
    cutoff: time
    filed: datetime
    received: datetime
    base: date
    held: tuple[Held, ...]
    due_at: datetime | None
    calendar: WorkingCalendar
    hours: OpeningHours

    @property
    def last_day(self) -> date:
        return (self.due_at or self.held[-1].asked).date()

    def waiting(self, day: date) -> str:
        """Why the day, being after a request and not after its answer, does not count; '' when it is no such day."""
        for pause in self.held:
            if pause.asked.date() < day and pause.arrived is None:
                return reasons.waiting(pause.kind)
            if pause.arrived is not None and pause.asked.date() < day <= pause.arrived.date():
                same = pause.arrived.date() == day
                return reasons.resumed(pause.kind) if same else reasons.waiting(pause.kind)
        return ""


def build(course: Course) -> list[TraceRow]:
    """The rows of the course, in order of time."""
    rows = list(_before_receipt(course))
    if course.unit == "immediate":
        rows += _same_day(course)
    elif course.unit == "hour" and course.clock_hours:
        rows = _closed(course, rows + list(_clock_hours(course)))
    elif course.unit == "hour":
        rows = _closed(course, rows + list(_working_hours(course)))
    else:
        rows += _days(course)
    if course.due_at is None:
        asked = course.held[-1].asked
        rows.append(TraceRow(asked.date(), asked.time(), None, False, reasons.waiting(course.held[-1].kind), rows[-1].total if rows else 0))
    return rows


def _dates(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _before_receipt(course: Course) -> Iterator[TraceRow]:
    """Online filing outside opening hours: from the filing to the opening minute (rule 6)."""
    if course.filed == course.received:
        return
    filed, received = course.filed.date(), course.received.date()
    until = course.received.time() if filed == received else None
    yield TraceRow(filed, course.filed.time(), until, False, reasons.FILED_ONLINE_CLOSED, 0)
    for day in _dates(filed + ONE_DAY, received - ONE_DAY):
        yield TraceRow(day, None, None, False, course.calendar.reason(day) or reasons.OUTSIDE_HOURS, 0)


def _working_why(course: Course, day: date) -> str:
    if day.weekday() >= SATURDAY:
        return reasons.SWAPPED_SATURDAY
    return reasons.HALF_DAY if course.calendar.ends_early_at(day) else reasons.WORKING_DAY


def _days(course: Course) -> Iterator[TraceRow]:
    """Working days and calendar days: every day from that of receipt to the due day."""
    calendar, total, full_on = course.calendar, 0, course.last_day
    for day in _dates(course.received.date(), course.last_day):
        ends = course.due_at.time() if course.due_at and day == course.due_at.date() else None
        counted, start = False, None
        if day == course.received.date():
            start = course.received.time()
            why = reasons.RECEIPT if day == course.base else reasons.after_cutoff(course.cutoff)
        elif day < course.base:
            why = calendar.reason(day)
        elif day == course.base:
            why = reasons.RECEIPT_MOVED
        elif why := course.waiting(day):
            pass
        elif total >= course.value:
            why = _after_the_last(course, full_on, day)
        elif course.unit == "day":
            counted, why = True, reasons.CALENDAR_DAY
        elif calendar.is_working(day):
            counted, why = True, _working_why(course, day)
        else:
            why = calendar.reason(day)
        total += counted
        if counted and total == course.value:
            full_on = day
        yield TraceRow(day, start, ends, counted, why, total)


def _after_the_last(course: Course, full_on: date, day: date) -> str:
    """Why a day after the last counted one passes: a day off, a moved last day, or a pause that left nothing."""
    if not course.calendar.is_working(day):
        return course.calendar.reason(day)
    used_up = any(full_on <= pause.asked.date() < day for pause in course.held)
    return reasons.NOTHING_LEFT if used_up else reasons.LAST_DAY_MOVED


def _same_day(course: Course) -> Iterator[TraceRow]:
    """`immediate`: the days that pass before the one whose closing time is due."""
    calendar = course.calendar
    starts = {course.received.date(): (course.received, reasons.after_cutoff)}
    for pause in course.held:
        if pause.arrived is not None:
            starts[pause.arrived.date()] = (pause.arrived, reasons.resumed_after_cutoff)
    for day in _dates(course.received.date(), course.last_day):
        moment, late = starts.get(day, (None, reasons.after_cutoff))
        start = moment.time() if moment else None
        if course.due_at and day == course.due_at.date():
            why = reasons.SAME_DAY if moment else reasons.NEXT_DAY
            yield TraceRow(day, start, course.due_at.time(), True, why, 1)
            return
        if moment is None:
            why = course.waiting(day) or calendar.reason(day) or reasons.waiting("")
        elif not calendar.is_working(day):
            why = calendar.reason(day)
        elif asked := [pause for pause in course.held if pause.asked.date() == day and pause.asked >= moment]:
            why = reasons.waiting(asked[-1].kind)
        elif moment.time() > course.cutoff:
            why = late(course.cutoff)
        else:
            why = reasons.AFTER_CLOSING
        yield TraceRow(day, start, None, False, why, 0)


@dataclass(frozen=True, slots=True)
class _Piece:
    """An unbroken stretch of running or waiting time."""

    start: datetime
    end: datetime
    waits: str  # why it does not run, '' when it runs


def _pieces(course: Course) -> list[_Piece]:
    """Running and waiting time from the receipt to the due time, or to the request that is still open."""
    pieces, mark = [], course.received
    for pause in course.held:
        if pause.asked > mark:
            pieces.append(_Piece(mark, pause.asked, ""))
            mark = pause.asked
        if pause.arrived is not None and pause.arrived > mark:
            pieces.append(_Piece(mark, pause.arrived, reasons.waiting(pause.kind)))
            mark = pause.arrived
    if course.due_at is not None and course.due_at > mark:
        pieces.append(_Piece(mark, course.due_at, ""))
    return pieces


def _hours(seconds: float) -> int | float:
    return int(seconds // 3600) if seconds % 3600 == 0 else round(seconds / 3600, 4)


def _cut(piece: _Piece, opens: datetime, closes: datetime) -> tuple[datetime, datetime] | None:
    start, end = max(piece.start, opens), min(piece.end, closes)
    return (start, end) if start < end else None


def _midnight(day: date) -> tuple[datetime, datetime]:
    return start_of(day), end_of(day)


def _end_time(end: datetime, day: date) -> time:
    return end.time() if end.date() == day else time.max


def _working_hours(course: Course) -> Iterator[TraceRow]:
    """Hours that run inside opening hours only: one row per session, days off as whole days."""
    used, pieces = 0.0, _pieces(course)
    received = course.received
    if not course.hours.is_inside(received, course.calendar) and course.calendar.is_working(received.date()):
        yield TraceRow(received.date(), received.time(), None, False, reasons.OUTSIDE_HOURS, 0)
    for day in _dates(received.date(), course.last_day):
        if not course.calendar.is_working(day):
            yield TraceRow(day, None, None, False, course.waiting(day) or course.calendar.reason(day), _hours(used))
            continue
        for opens, closes in course.hours.sessions(day, course.calendar):
            for piece in pieces:
                if (cut := _cut(piece, at(day, opens), at(day, closes))) is None:
                    continue
                start, end = cut
                if not piece.waits:
                    used += (end - start).total_seconds()
                yield TraceRow(day, start.time(), end.time(), not piece.waits, piece.waits or reasons.WORKING_HOURS, _hours(used))


def _closed(course: Course, rows: list[TraceRow]) -> list[TraceRow]:
    """The rows of a limit in hours, the last one standing at the due moment.

    Two endings have no interval of their own there: midnight, and an answer that finds all hours used.
    """
    if course.due_at is None:
        return rows
    last = rows[-1]
    if last.counted and (last.date, last.end) == (course.due_at.date(), course.due_at.time()):
        return rows
    moment = course.due_at.time()
    return [*rows, TraceRow(course.due_at.date(), moment, moment, False, last.why if last.counted else reasons.USED_UP, last.total)]


def _clock_hours(course: Course) -> Iterator[TraceRow]:
    """Hours that run through: one row per day of running and of waiting."""
    used = 0.0
    for piece in _pieces(course):
        for day in _dates(piece.start.date(), piece.end.date()):
            if (cut := _cut(piece, *_midnight(day))) is None:
                continue
            start, end = cut
            if not piece.waits:
                used += (end - start).total_seconds()
            yield TraceRow(day, start.time(), _end_time(end, day), not piece.waits, piece.waits or reasons.CLOCK_HOURS, _hours(used))
