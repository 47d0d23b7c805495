"""The duty roster of the demonstration: last week, this one and the next, with somebody away now and then."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from onestop.demo.tales import Office
from onestop.roster.sessions import days_of, monday_of, open_halves, open_sessions
from onestop.staff import duty
from onestop.staff.duty import Half, Plan, Post
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.worktime.hours import at as moment_at

WEEK = timedelta(days=7)
PLANNED_AT, RULES_AT = time(16, 10), time(16, 40)
# Out of a hundred check-ins so many are forgotten.
FORGOTTEN = 6
MOST_POSTS = 3  # the leader and two counters
REASONS = ("Họp Ủy ban nhân dân tỉnh", "Đi cơ sở", "Nghỉ phép")
RULES = """Điều 1. Giờ làm việc
Quầy tiếp nhận làm việc theo giờ niêm yết. Người dân đến trước giờ kết thúc được phục vụ đến khi xong việc.

Điều 2. Lãnh đạo trực ký
Mỗi buổi có một lãnh đạo trực ký. Lãnh đạo trực vắng thì có người thay đủ quyền ký; quầy niêm yết người thay ngay trong buổi.

Điều 3. Tiếp nhận và trả kết quả
Người dân chỉ nộp giấy tờ có trong danh mục đã công bố. Thiếu giấy tờ thì được hướng dẫn một lần, bằng phiếu.
Trễ hẹn thì được xin lỗi bằng văn bản và hẹn lại.

Điều 4. Phản ánh
Người dân phản ánh tại quầy, qua điện thoại hoặc thư điện tử niêm yết. Không thu khoản nào ngoài mức phí, lệ phí đã công bố."""

Event = tuple[datetime, Callable[[datetime], object]]


def roster_events(office: Office, now: datetime, rng: Random) -> Iterator[Event]:
    """Who plans, who checks in, who stands in; nothing after `now`."""
    this = monday_of(now.date())
    manager = office.with_role(Role.MANAGER)[0]
    first = this - WEEK
    yield moment_at(first - timedelta(days=3), PLANNED_AT), lambda moment: _plan(office, first, manager, moment)
    yield moment_at(first - timedelta(days=3), RULES_AT), lambda moment: _publish_rules(office, moment)
    # This week's roster was copied on the Friday before it; the next one's is there already, too.
    for monday, clock in ((this, PLANNED_AT), (this + WEEK, RULES_AT)):
        yield moment_at(this - timedelta(days=3), clock), lambda moment, monday=monday: _copy(office, monday, manager, moment)
    for day in (*days_of(first), *days_of(this)):
        for half, (opens, _) in open_halves(office.agency.pk, day).items():
            # Afternoons begin at noon for the roster, so nobody is early for one.
            starts = moment_at(day, opens) - timedelta(minutes=12 if half == Half.MORNING else 4)
            for number in range(MOST_POSTS):
                comes = starts + timedelta(minutes=2 * number)
                if comes < now and rng.randrange(100) >= FORGOTTEN:
                    yield comes, lambda moment, day=day, half=half, number=number: _check_in(office, day, half, number, moment)
    away = now.date() - timedelta(days=1)
    while not open_halves(office.agency.pk, away):
        away -= timedelta(days=1)
    for number, day in enumerate((away, now.date() + timedelta(days=5))):
        halves = list(open_halves(office.agency.pk, day))
        told = moment_at(day, time(6, 50)) if day < now.date() else now - timedelta(minutes=20)
        if halves and first <= day < this + 2 * WEEK:
            yield (
                told,
                lambda moment, day=day, half=halves[-1], stands_in=number == 0: _absence(office, day, half, stands_in, manager, moment),
            )


def _plan(office: Office, monday: date, manager: User, at: datetime) -> None:
    leaders = office.with_role(Role.LEADER) + office.with_role(Role.HEAD)
    desk = [person for person in office.with_role(Role.CLERK) if person.counter_no]
    sessions = [(day, half) for day in days_of(monday) for half in open_halves(office.agency.pk, day)]
    for number, (day, half) in enumerate(sessions):
        # The deputy signs most of the week, the head every fifth half day.
        plans = [Plan(Post.LEADER, "", leaders[-1] if number % 5 == 4 else leaders[0])]
        plans += [Plan(Post.DESK, person.counter_no, person) for person in desk]
        duty.set_session(office.agency, day, half, plans, by=manager, at=at)


def _copy(office: Office, monday: date, manager: User, at: datetime) -> None:
    duty.copy_week(office.agency, monday, open_sessions(office.agency.pk, monday), by=manager, at=at)


def _absence(office: Office, day: date, half: Half, stands_in: bool, manager: User, at: datetime) -> None:
    """The leader is away: the other one stands in, or nobody yet."""
    row = next((row for row in duty.sessions_of(office.agency.pk, day, day) if row.half == half and row.is_leader), None)
    if row is None or row.person is None or row.substitute_for_id:
        return
    others = [person for person in office.with_role(Role.LEADER, Role.HEAD) if person.pk != row.person_id]
    reason = REASONS[day.toordinal() % len(REASONS)]
    plan = Plan(Post.LEADER, "", row.person, others[0] if stands_in and others else None, reason)
    duty.set_session(office.agency, day, half, [plan], by=manager, at=at)


def _check_in(office: Office, day: date, half: Half, number: int, at: datetime) -> None:
    """Whoever is on duty at the post of this number, if there is one."""
    for row in duty.sessions_of(office.agency.pk, day, day).filter(half=half, person__isnull=False)[number : number + 1]:
        duty.check_in(day, half, by=row.person, at=at)


def _publish_rules(office: Office, at: datetime) -> None:
    head, day = office.with_role(Role.HEAD)[0], at.date()
    values = {"text": RULES, "decision_number": "18/QĐ-UBND", "decided_on": day, "valid_from": day}
    duty.publish_rules(office.agency, decided_by=f"UBND {office.agency.name[:1].lower()}{office.agency.name[1:]}", by=head, at=at, **values)
