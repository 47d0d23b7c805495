"""Deadline cases as they are written outside: in a JSON file or on a command line.

Pure reading: what cannot be read raises CannotPromise with a Vietnamese sentence that names the field.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from onestop.worktime.calendar import CannotPromise, WorkingCalendar
from onestop.worktime.hours import DEFAULT_HOURS, OpeningHours, local
from onestop.worktime.limits import PauseSpan, Promise, TimeLimit, Unit, due
from onestop.worktime.reasons import PAUSES

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the calculator."""

    received_at: datetime
    limit: TimeLimit
    channel: str
    pauses: tuple[PauseSpan, ...]

    def promise(self, calendar: WorkingCalendar, hours: OpeningHours = DEFAULT_HOURS) -> Promise:
        return due(self.received_at, self.limit, calendar, hours, self.pauses, self.channel)


def read_moment(value: Any, field: str) -> datetime:
    """An ISO date and time ('2026-11-20T15:30'), local unless it carries an offset; a date alone is refused."""
    if isinstance(value, str) and _MOMENT.fullmatch(value.strip()):
        try:
            return local(datetime.fromisoformat(value.strip()))
        except (ValueError, OverflowError):
            pass  # a 13th month, a 25th hour, or a year that the offset pushes out of range
    raise CannotPromise(f"“{field}” phải là ngày giờ, ví dụ 2026-11-20T15:30.")


def read_clock(value: Any, field: str) -> time | None:
    """A time of day ('15:00'); None and '' mean that none is set."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and _CLOCK.fullmatch(value.strip()):
        try:
            return time.fromisoformat(value.strip())
        except ValueError:
            pass  # a 25th hour
    raise CannotPromise(f"“{field}” phải là giờ trong ngày, ví dụ 15:00.")


def read_count(text: str | None) -> int | None:
    """The number of a command line; None and '' mean that no limit is published."""
    if text is None or not str(text).strip():
        return None
    if not _WHOLE.fullmatch(str(text).strip()):
        raise CannotPromise("Thời hạn phải là số nguyên.")
    return int(text)


def read_unit(value: Any) -> str:
    """One of the four units; 'same_day' is another word for 'immediate'."""
    if value == "same_day":
        return Unit.IMMEDIATE
    if not isinstance(value, str) or value not in list(Unit):
        raise CannotPromise(f"Không có đơn vị thời hạn “{value}”; chỉ có: {', '.join(Unit)}.")
    return value


def read_pause(text: str) -> PauseSpan:
    """FROM/TO or FROM/TO/KIND of a command line; an empty TO is a pause that is still open."""
    start, slash, rest = text.partition("/")
    if not slash:
        raise CannotPromise(f"Tạm dừng “{text}” phải có dạng TỪ/ĐẾN; ĐẾN để trống nếu còn đang tạm dừng.")
    end, _, kind = rest.partition("/")
    return PauseSpan(read_moment(start, "pause"), read_moment(end, "pause") if end.strip() else None, read_kind(kind.strip()))


def read_kind(value: Any) -> str:
    """What is waited for, which only gives the trace its words; None and '' leave it unsaid."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or value not in PAUSES:
        raise CannotPromise(f"Không có loại tạm dừng “{value}”; chỉ có: {', '.join(filter(None, PAUSES))}.")
    return value


def read_case(case: Any) -> Case:
    """A case of a file: {id, received_at, channel, limit: {value, unit, clock_hours?, cutoff?}, pauses: [{from, to, kind?}]}.

    `channel` defaults to the counter, `pauses` to none; a limit that is null, or whose value is null, is "no limit".
    """
    if not isinstance(case, Mapping):
        raise CannotPromise("Mỗi trường hợp phải là một đối tượng có received_at và limit.")
    if "limit" not in case:
        raise CannotPromise("Thiếu “limit”.")
    channel = case.get("channel")
    if channel is not None and not isinstance(channel, str):
        raise CannotPromise("“channel” phải là chữ.")
    return Case(
        received_at=read_moment(case.get("received_at"), "received_at"),
        limit=_read_limit(case["limit"], case.get("cutoff")),
        channel=channel or "counter",
        pauses=_read_pauses(case.get("pauses")),
    )


def _read_limit(limit: Any, cutoff: Any) -> TimeLimit:
    if limit is None:
        return TimeLimit(None, Unit.WORKING_DAY)
    if not isinstance(limit, Mapping):
        raise CannotPromise("“limit” phải là một đối tượng có value và unit.")
    value, unit = limit.get("value"), limit.get("unit")
    if value is None and unit is None:
        return TimeLimit(None, Unit.WORKING_DAY)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    clock_hours = limit.get("clock_hours")
    if clock_hours is not None and not isinstance(clock_hours, bool):
        raise CannotPromise("“clock_hours” phải là true hoặc false.")
    own = limit.get("cutoff")
    return TimeLimit(value, read_unit(unit), bool(clock_hours), read_clock(own if own is not None else cutoff, "cutoff"))


def _read_pauses(pauses: Any) -> tuple[PauseSpan, ...]:
    if pauses is None:
        return ()
    if not isinstance(pauses, Sequence) or isinstance(pauses, str):
        raise CannotPromise("“pauses” phải là một danh sách.")
    spans = []
    for pause in pauses:
        if not isinstance(pause, Mapping):
            raise CannotPromise("Mỗi lần tạm dừng phải có from và to.")
        end = pause.get("to")
        start, end = read_moment(pause.get("from"), "from"), None if end in (None, "") else read_moment(end, "to")
        spans.append(PauseSpan(start, end, read_kind(pause.get("kind"))))
    return tuple(spans)
