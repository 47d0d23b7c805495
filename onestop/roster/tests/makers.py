"""A commune with a manager, a leader, a head and two clerks, and a clock that stands still."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from onestop.staff import duty
from onestop.staff.duty import Half, Plan, Post
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

LOCAL = timezone(timedelta(hours=7))
MONDAY = date(2026, 11, 16)  # an ordinary week; the next has a holiday on Tuesday
TUESDAY, FRIDAY, SATURDAY = (MONDAY + timedelta(days=number) for number in (1, 4, 5))
BEFORE = datetime(2026, 11, 13, 16, 0, tzinfo=LOCAL)


def on(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=LOCAL)


@dataclass(frozen=True)
class Office:
    """Whoever is on the roster."""

    agency: Agency
    manager: User
    leader: User
    head: User
    clerk: User
    other: User

    def put(self, *plans: Plan, day: date = MONDAY, half: str = Half.MORNING, at: datetime = BEFORE) -> None:
        duty.set_session(self.agency, day, half, plans, by=self.manager, at=at)


def make_office() -> Office:
    return Office(
        agency=make_agency(),
        manager=make_user(Role.MANAGER),
        leader=make_user(Role.LEADER),
        head=make_user(Role.HEAD),
        clerk=make_user(Role.CLERK, counter_no="1"),
        other=make_user(Role.CLERK, counter_no="2", full_name="Kim Ngọc Ánh"),
    )


def signing(person: User | None = None, **absence) -> Plan:
    return Plan(Post.LEADER, "", person, **absence)


def sitting(person: User | None = None, counter: str = "1", **absence) -> Plan:
    return Plan(Post.DESK, counter, person, **absence)
