"""Opening hours of a desk, and working time measured inside them.

Pure. An opening session includes its first and its last instant (17:00:00 is inside). Only the sessions of
working days carry deadlines: a desk that opens on a Saturday does not make that Saturday count.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from onestop.reading.dates import LOCAL
from onestop.worktime.calendar import ONE_DAY, SATURDAY, WEEKDAYS, CannotPromise, WorkingCalendar

FRIDAY = 4

Session = tuple[time, time]
DEFAULT_SESSIONS: tuple[Session, ...] = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))


def local(moment: datetime) -> datetime:
    """The moment in Vietnamese local time, whole seconds; a time without offset is taken as local."""
    moment = moment.replace(tzinfo=LOCAL) if moment.tzinfo is None else moment.astimezone(LOCAL)
    return moment.replace(microsecond=0)


def at(day: date, clock: time) -> datetime:
    """The local moment of a day and a time of day."""
    return datetime.combine(day, clock, tzinfo=LOCAL)


@dataclass(frozen=True, slots=True)
class OpeningSession:
    """One session of one weekday (0 = Monday), valid from a date to a date, both included."""

    weekday: int
    opens: time
    closes: time
    valid_from: date
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("weekday must be 0 (Monday) to 6 (Sunday)")
        if self.closes <= self.opens:
            raise ValueError("a session must close after it opens")

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class OpeningHours:
    """When the desk of one agency is open.

    A date on which no session of any weekday is valid has the default hours (07:30–11:30, 13:30–17:00,
    Monday to Friday). Overlapping sessions of one weekday are joined.
    """

    def __init__(self, sessions: Iterable[OpeningSession] = ()) -> None:
        self._sessions = tuple(sorted(sessions, key=lambda s: (s.weekday, s.opens, s.closes)))

    def _of_weekday(self, day: date, weekday: int) -> tuple[Session, ...]:
        valid = [session for session in self._sessions if session.holds(day)]
        if not valid:
            return DEFAULT_SESSIONS if weekday < SATURDAY else ()
        joined: list[Session] = []
        for session in valid:
            if session.weekday != weekday:
                continue
            if joined and session.opens <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], session.closes))
            else:
                joined.append((session.opens, session.closes))
        return tuple(joined)

    def sessions(self, day: date, calendar: WorkingCalendar) -> tuple[Session, ...]:
        """The sessions that carry deadlines on the day; none on a day off.

        A Saturday (or Sunday) worked in exchange has Friday's hours, whatever the desk's own Saturday hours
        are. A half day ends where its row says: a session that the time cuts ends there; in the lunch break
        the morning session lasts until it. It never makes a day longer.
        """
        if not calendar.is_working(day):
            return ()
        sessions = self._of_weekday(day, min(day.weekday(), FRIDAY))
        end = calendar.ends_early_at(day)
        if end is None or not sessions or end >= sessions[-1][1]:
            return sessions
        kept = [session for session in sessions if session[0] < end]
        if kept:
            kept[-1] = (kept[-1][0], end)
        return tuple(kept)

    def desk_sessions(self, day: date, calendar: WorkingCalendar) -> tuple[Session, ...]:
        """When people are received on the day: also on a Saturday with hours of its own, never on a holiday."""
        if calendar.is_working(day):
            return self.sessions(day, calendar)
        return () if calendar.is_special_day_off(day) else self._of_weekday(day, day.weekday())

    def usual_minutes(self, day: date) -> int:
        """The working minutes of an ordinary weekday under the hours of that day: the longest of Monday to Friday."""
        lengths = [sum(_minutes(session) for session in self._of_weekday(day, weekday)) for weekday in range(SATURDAY)]
        return max(lengths)

    def closing(self, day: date, calendar: WorkingCalendar) -> datetime:
        """The closing time of a working day, where a limit in days ends."""
        sessions = self.sessions(day, calendar)
        if not sessions:
            raise CannotPromise(f"Chưa có giờ làm việc của {WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y} nên chưa hẹn được.")
        return at(day, sessions[-1][1])

    def is_inside(self, moment: datetime, calendar: WorkingCalendar) -> bool:
        """Whether the moment lies in a session of a working day, first and last instant included."""
        clock = moment.time()
        return any(opens <= clock <= closes for opens, closes in self.sessions(moment.date(), calendar))

    def opening_from(self, moment: datetime, calendar: WorkingCalendar) -> datetime:
        """The moment itself when it lies inside the hours of a working day, else the next opening minute of one."""
        if self.is_inside(moment, calendar):
            return moment
        for opens, _ in self._from(moment, calendar):
            return opens
        raise CannotPromise(f"Không còn giờ làm việc nào đến hết năm {calendar.last.year}, năm cuối của lịch làm việc.")

    def _from(self, moment: datetime, calendar: WorkingCalendar) -> Iterator[tuple[datetime, datetime]]:
        """The sessions from the moment on, the running one cut at the moment."""
        day = calendar.working_day_from(moment.date())
        while True:
            for opens, closes in self.sessions(day, calendar):
                end = at(day, closes)
                if end > moment:
                    yield max(at(day, opens), moment), end
            if not calendar.covers(day + ONE_DAY):
                return
            day += ONE_DAY

    def add(self, moment: datetime, seconds: int, calendar: WorkingCalendar) -> datetime:
        """The moment at which `seconds` of working time have run; exactly at closing time it is the closing time."""
        if seconds == 0:
            return moment
        for opens, closes in self._from(moment, calendar):
            length = int((closes - opens).total_seconds())
            if seconds <= length:
                return opens + timedelta(seconds=seconds)
            seconds -= length
        raise CannotPromise(f"Không hẹn được: giờ hẹn vượt quá năm {calendar.last.year}, năm cuối của lịch làm việc.")

    def back(self, moment: datetime, seconds: int, calendar: WorkingCalendar) -> datetime:
        """The moment since which `seconds` of working time have run; the calendar's first day when it holds less."""
        day = moment.date()
        while calendar.covers(day):
            for opens, closes in reversed(self.sessions(day, calendar)):
                end = min(at(day, closes), moment)
                length = int((end - at(day, opens)).total_seconds())
                if length >= seconds:
                    return end - timedelta(seconds=seconds)
                seconds -= max(length, 0)
            day -= ONE_DAY
        return at(calendar.first, time.min)

    def seconds_between(self, start: datetime, end: datetime, calendar: WorkingCalendar) -> int:
        """Seconds of working time from `start` to `end`; 0 when `end` is not after `start`."""
        total = 0
        for opens, closes in self._from(start, calendar):
            if opens >= end:
                break
            total += int((min(closes, end) - opens).total_seconds())
        return total


def _minutes(session: Session) -> int:
    opens, closes = session
    return (closes.hour - opens.hour) * 60 + closes.minute - opens.minute


DEFAULT_HOURS = OpeningHours()
