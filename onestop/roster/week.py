"""A week of the roster as the grid that is seen: sáng/chiều × leader and counters, with what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from onestop.display import DAYS
from onestop.roster.sessions import HALF_SLUGS, days_of, is_usually_open, open_halves, why_closed
from onestop.staff import duty
from onestop.staff.duty import Half, Key, Post
from onestop.staff.models import DutySession, User


@dataclass(frozen=True)
class Cell:
    """One post of one session. `missing`: somebody ought to be there and nobody is. `away`: whoever was put there is on leave."""

    post: str  # "Lãnh đạo trực ký", "Quầy 1"
    row: DutySession | None
    missing: bool
    may_not_sign: bool = False
    away: bool = False

    @property
    def person(self) -> User | None:
        return self.row.person if self.row else None


@dataclass(frozen=True)
class Session:
    """One line of the grid."""

    day: date
    half: Half
    is_open: bool
    is_over: bool
    is_today: bool
    is_now: bool
    cells: tuple[Cell, ...]
    own: DutySession | None

    @property
    def slug(self) -> str:
        return HALF_SLUGS[self.half]

    @property
    def is_past(self) -> bool:
        """Whether nothing can be changed any more: the whole day lies behind."""
        return self.is_over and not self.is_today

    @property
    def words(self) -> str:
        """ "sáng thứ Hai, 23/11"."""
        return f"{self.half.label.lower()} {DAYS[self.day.weekday()]}, {self.day:%d/%m}"


@dataclass(frozen=True)
class Day:
    """A day of the grid; `closed` says why nobody is received."""

    date: date
    closed: str
    sessions: tuple[Session, ...]

    @property
    def words(self) -> str:
        name = str(DAYS[self.date.weekday()])
        return f"{name[0].upper()}{name[1:]} {self.date:%d/%m}"


@dataclass(frozen=True)
class Week:
    """The grid of one week."""

    monday: date
    counters: tuple[str, ...]
    days: tuple[Day, ...]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def sessions(self) -> list[Session]:
        return [session for day in self.days for session in day.sessions]

    @property
    def warnings(self) -> list[str]:
        """What the roster still lacks from now on, in sentences."""
        return [warning for session in self.sessions if not session.is_over for warning in _warnings(session)]

    @property
    def is_empty(self) -> bool:
        return not any(cell.row for session in self.sessions for cell in session.cells)


def _warnings(session: Session) -> list[str]:
    when = f"{session.words[0].upper()}{session.words[1:]}"
    leader, *desks = session.cells
    gone = [(cell.person.full_name, cell.post.lower()) for cell in session.cells if cell.away and cell.missing and cell.person]
    found = [f"{when}: {name} nghỉ, chưa có người thay ({post})." for name, post in gone]
    if leader.may_not_sign and leader.person:
        found.append(f"{when}: {leader.person.full_name} không còn quyền ký.")
    elif leader.missing and not leader.away:
        found.append(f"{when}: chưa có lãnh đạo trực ký.")
    empty = [cell.post.lower() for cell in desks if cell.missing and not cell.away]
    if empty:
        found.append(f"{when}: {', '.join(empty)} chưa có người trực.")
    return found


def week_of(agency_id: int, monday: date, now: datetime, *, person: User | None = None) -> Week:
    """The week of the agency; `person` is who looks at it. Two queries.

    Saturdays and Sundays are there when the desk is open or somebody is on duty.
    """
    rows = list(duty.sessions_of(agency_id, monday, monday + timedelta(days=6)))
    counters = tuple(duty.counters_of(agency_id, rows))
    days = []
    for day in days_of(monday):
        halves, own = open_halves(agency_id, day), [row for row in rows if row.day == day]
        if not (halves or own or is_usually_open(day)):
            continue
        manned = {row.half for row in own if row.assigned_id}
        sessions = tuple(
            _session(day, half, half in halves, [row for row in own if row.half == half], counters, now, person)
            for half in Half
            if half in halves or half in manned
        )
        days.append(Day(day, why_closed(agency_id, day), sessions))
    return Week(monday, counters, tuple(days))


def _session(
    day: date, half: Half, is_open: bool, rows: Sequence[DutySession], counters: Sequence[str], now: datetime, person: User | None
) -> Session:
    held: dict[Key, DutySession] = {(row.role_on_duty, row.counter_no): row for row in rows if row.assigned_id}
    leader = held.get((Post.LEADER, ""))
    signs = leader is not None and duty.signs(leader)
    present = leader is not None and leader.person is not None
    off = _is_away(leader)
    cells = [Cell(Post.LEADER.label, leader, missing=is_open and not signs, may_not_sign=present and not signs and not off, away=off)]
    for counter in counters:
        row = held.get((Post.DESK, counter))
        off = _is_away(row)
        cells.append(Cell(f"Quầy {counter}", row, missing=is_open and (row is None or row.person is None or off), away=off))
    return Session(
        day=day,
        half=half,
        is_open=is_open,
        is_over=duty.is_over(day, half, now),
        is_today=day == timezone.localdate(now),
        is_now=(day, half) == (timezone.localdate(now), duty.half_of(now)),
        cells=tuple(cells),
        own=next((row for row in rows if person is not None and duty.may_check_in(row, person, now)), None),
    )


def _is_away(row: DutySession | None) -> bool:
    return row is not None and row.person is not None and bool(row.away)
