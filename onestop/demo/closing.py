"""A day on which the first commune of the demonstration would close, waiting for its leader's approval."""
from __future__ import annotations

from datetime import datetime
from uuid import UUID

from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.worktime import proposals
from onestop.worktime.calendar import DayKind
from onestop.worktime.changes import ChangedDay, Content
from onestop.worktime.hours import local
from onestop.worktime.models import CalendarChange
from onestop.worktime.store import calendar_in_force

KEY = UUID("00000000-0000-4000-8000-0000000c105e")
WORKING_DAYS_AHEAD = 2


def propose_closure(agency: Agency, *, now: datetime) -> CalendarChange:
    """Propose that the agency closes two working days from now, so that some promises would move."""
    admin = next(person for person in User.objects.active().filter(agency=agency).order_by("id") if person.has_role(Role.ADMIN))
    today = local(now).date()
    day = calendar_in_force(agency.pk).add_working_days(today, WORKING_DAYS_AHEAD)
    closed = ChangedDay(day, DayKind.LOCAL_CLOSURE, "Mất điện cả ngày")
    return proposals.propose(
        agency=agency,
        scope=CalendarChange.Scope.LOCAL,
        kind=CalendarChange.Kind.CLOSURE,
        content=Content((closed,)),
        decision="Thông báo 31/TB-UBND",
        decided_on=today,
        reason="Điện lực báo cắt điện để thay trạm biến áp, máy phát không đủ cho một ngày",
        key=KEY,
        by=admin,
        at=now,
    )
