"""Changing the calendar: an administrator proposes, a leader of the same agency approves, and only then it holds.

The common calendar is kept by the province (by the commune itself where there is no province above it);
every agency keeps its own closures. Approving writes the days and a new version in one transaction; no
promise moves by it (design §5.8): `dossiers.redating` finds whom it concerns.
"""
from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from onestop.history.record import record
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.worktime import loading, store
from onestop.worktime.calendar import DayKind, WorkingCalendar
from onestop.worktime.changes import ChangedDay, Content, say_days
from onestop.worktime.models import CalendarChange, CalendarDay, CalendarYear, LocalDay, LocalVersion

Scope, State, Kind = CalendarChange.Scope, CalendarChange.State, CalendarChange.Kind
APPROVERS = (Role.LEADER, Role.HEAD)
# A day may be recorded after it has passed (a storm), but not so late that whole months of counting change.
LATE_BY = timedelta(days=30)
SUBJECT = "calendar_change:{}"


class CannotChange(ValueError):
    """A change that the rules refuse; the message is the sentence to show."""


def keeps_common_calendar(agency: Agency) -> bool:
    """Whether the days of all agencies are this one's business."""
    return agency.is_province or agency.parent_id is None


def may_approve(user: User, change: CalendarChange) -> bool:
    """A leader of the agency that proposed it, never the person who did."""
    return user.agency_id == change.agency_id and user.pk != change.proposed_by_id and user.has_role(*APPROVERS)


def changes_seen_by(agency: Agency) -> QuerySet[CalendarChange]:
    """What concerns an agency: its own changes, and those of the common calendar once they are approved."""
    return CalendarChange.objects.filter(Q(agency=agency) | Q(scope=Scope.COMMON, state=State.APPROVED)).select_related(
        "agency", "proposed_by", "closed_by"
    )


def days_waiting(agency: Agency) -> dict[date, CalendarChange]:
    """The days that a proposal of this agency already touches."""
    waiting = CalendarChange.objects.filter(agency=agency, state=State.PROPOSED)
    return {day: change for change in waiting for day in change.holds.dates}


def present_calendar(agency: Agency, scope: str) -> WorkingCalendar:
    """The calendar that a change of this scope starts from."""
    return store.calendar_in_force(agency.pk if scope == Scope.LOCAL else None)


def preview(change: CalendarChange, agency_id: int) -> WorkingCalendar:
    """The calendar of an agency as it would be with the change; that in force is left alone."""
    version = f"đề nghị {change.pk}"
    common = store.calendar_in_force()
    own = {day.date: day for day in store.local_days(agency_id)}
    if change.scope == Scope.COMMON:
        return change.holds.over(common, version=version).overlaid(own.values(), version=version)
    if change.agency_id == agency_id:
        content = change.holds
        for gone in content.removed:
            own.pop(gone, None)
        own |= {day.date: day.special() for day in content.put}
    return common.overlaid(own.values(), version=version)


def propose(
    *,
    agency: Agency,
    scope: str,
    kind: str,
    content: Content,
    decision: str,
    decided_on: date,
    key: UUID,
    by: User,
    at: datetime,
    reason: str = "",
) -> CalendarChange:
    """Put a change before the leader; the same form sent twice is the same proposal. Raises CannotChange."""
    if by.agency_id != agency.pk or not by.has_role(Role.ADMIN):
        raise CannotChange("Chỉ quản trị của cơ quan được đề nghị đổi lịch của cơ quan mình.")
    if scope == Scope.COMMON and not keeps_common_calendar(agency):
        raise CannotChange("Lịch chung do tỉnh giữ. Xã chỉ ghi được ngày nghỉ riêng của xã.")
    if not decision:
        raise CannotChange("Ghi số, ký hiệu văn bản.")
    with transaction.atomic():
        # One after the other for each agency: two proposals for one day cannot slip past each other.
        Agency.objects.select_for_update().get(pk=agency.pk)
        made = CalendarChange.objects.filter(submission_key=key, agency=agency).first()
        if made is not None:
            return made
        check(agency, scope, content, today=timezone.localdate(at))
        change = CalendarChange.objects.create(
            agency=agency,
            scope=scope,
            kind=kind,
            content=content.as_json(),
            decision=decision,
            decided_on=decided_on,
            reason=reason,
            submission_key=key,
            proposed_by=by,
            proposed_at=at,
        )
        _note(change, "calendar.proposed", by=by, at=at)
    return change


def check(agency: Agency, scope: str, content: Content, *, today: date, own: CalendarChange | None = None) -> None:
    """Raises CannotChange for a change that cannot be carried out as things are. `own`: the proposal itself, asked again."""
    calendar = present_calendar(agency, scope)
    if not content.dates and content.confirms is None:
        raise CannotChange("Đề nghị này không đổi ngày nào.")
    if content.confirms is not None:
        if content.confirms > calendar.last.year + 1 or content.confirms < calendar.first.year:
            raise CannotChange(f"Xác nhận lần lượt từng năm: năm tiếp theo là {calendar.last.year + 1}.")
        if calendar.confirmed(content.confirms):
            raise CannotChange(f"Lịch nghỉ năm {content.confirms} đã được xác nhận. Sửa từng ngày nếu có thay đổi.")
    for day in content.dates:
        if content.confirms is None and not calendar.covers(day):
            raise CannotChange(f"Ngày {day:%d/%m/%Y} nằm ngoài lịch làm việc (lịch có đến hết năm {calendar.last.year}).")
        if content.confirms is not None and day.year != content.confirms:
            raise CannotChange(f"Ngày {day:%d/%m/%Y} không thuộc năm {content.confirms}.")
    for day in content.removed if content.confirms is None else ():
        if day <= today:
            raise CannotChange(f"Ngày {day:%d/%m/%Y} không còn ở phía trước nên không bỏ được.")
        if _row(agency, scope, day) is None:
            raise CannotChange(f"Ngày {day:%d/%m/%Y} không có trong lịch để bỏ.")
    for changed in content.put if content.confirms is None else ():
        if changed.date < today - LATE_BY:
            raise CannotChange(f"Ngày {changed.date:%d/%m/%Y} đã qua quá {LATE_BY.days} ngày, không ghi thêm được.")
    taken = {day: change for day, change in days_waiting(agency).items() if own is None or change.pk != own.pk}
    for day in content.dates:
        if day in taken and taken[day].scope == scope:
            raise CannotChange(f"Ngày {day:%d/%m/%Y} đang có một đề nghị chờ duyệt.")


def _row(agency: Agency, scope: str, day: date) -> CalendarDay | LocalDay | None:
    if scope == Scope.COMMON:
        return CalendarDay.objects.filter(date=day).first()
    return LocalDay.objects.filter(agency=agency, date=day).first()


def approve(change: CalendarChange, *, by: User, at: datetime) -> CalendarChange:
    """Put the change into force: the days, a new version, the event. New promises count by it from now on."""
    with transaction.atomic():
        change = _waiting(change, by)
        if not may_approve(by, change):
            raise CannotChange("Chỉ lãnh đạo của cơ quan đề nghị được duyệt.")
        # Versions are numbered one after the other.
        Agency.objects.select_for_update().get(pk=change.agency_id)
        store.forget()
        check(change.agency, change.scope, change.holds, today=timezone.localdate(at), own=change)
        if change.scope == Scope.COMMON:
            change.version = _write_common(change, at)
        else:
            change.version = _write_local(change, at)
        _close(change, State.APPROVED, by=by, at=at)
        _note(change, "calendar.approved", by=by, at=at)
    store.forget()
    return change


def reject(change: CalendarChange, *, reason: str, by: User, at: datetime) -> CalendarChange:
    """Send the proposal back with the leader's reason; nothing changes."""
    if not reason:
        raise CannotChange("Ghi lý do không duyệt.")
    with transaction.atomic():
        change = _waiting(change, by)
        if not may_approve(by, change):
            raise CannotChange("Chỉ lãnh đạo của cơ quan đề nghị được duyệt.")
        change.closing_note = reason
        _close(change, State.REJECTED, by=by, at=at)
        _note(change, "calendar.rejected", by=by, at=at)
    return change


def withdraw(change: CalendarChange, *, by: User, at: datetime) -> CalendarChange:
    """Take a proposal back before anybody decided."""
    with transaction.atomic():
        change = _waiting(change, by)
        if by.agency_id != change.agency_id or not by.has_role(Role.ADMIN):
            raise CannotChange("Chỉ quản trị của cơ quan đề nghị được rút.")
        _close(change, State.WITHDRAWN, by=by, at=at)
        _note(change, "calendar.withdrawn", by=by, at=at)
    return change


def reason_since(agency_id: int, moment: datetime) -> str:
    """Why the calendar of an agency is another one than at the moment: what was approved since, at most 500 characters."""
    since = CalendarChange.objects.filter(
        Q(scope=Scope.COMMON) | Q(agency_id=agency_id), state=State.APPROVED, closed_at__gte=moment
    ).order_by("closed_at", "id")
    told = "; ".join(title(change) for change in since)
    return f"Lịch nghỉ thay đổi: {told}"[:500] if told else "Lịch nghỉ thay đổi"


def title(change: CalendarChange) -> str:
    """The change in one line: "Tránh bão số 9, 07/12/2026 (Thông báo 12/TB-UBND ngày 05/12/2026)"."""
    content = change.holds
    if content.confirms is not None:
        what = f"xác nhận lịch nghỉ năm {content.confirms}"
    elif content.put:
        names = dict.fromkeys(day.name for day in content.put)
        what = f"{', '.join(names)}, {say_days([day.date for day in content.put])}"
    else:
        what = f"bỏ ngày {say_days(content.removed)}"
    return f"{what} ({change.say_decision})"


def _waiting(change: CalendarChange, by: User) -> CalendarChange:
    locked = CalendarChange.objects.select_for_update(of=("self",)).select_related("agency", "closed_by").get(pk=change.pk)
    if by.agency_id != locked.agency_id:
        raise CannotChange("Đề nghị này là của cơ quan khác.")
    if not locked.is_waiting:
        when = timezone.localtime(locked.closed_at)
        raise CannotChange(f"Đề nghị này {locked.get_state_display().lower()} lúc {when:%H:%M, %d/%m/%Y}. Không làm lại lần nữa.")
    return locked


def _close(change: CalendarChange, state: str, *, by: User, at: datetime) -> None:
    change.state, change.closed_by, change.closed_at = state, by, at
    change.save(update_fields=["state", "closed_by", "closed_at", "closing_note", "version"])


def _note(change: CalendarChange, act: str, *, by: User, at: datetime) -> None:
    record(
        agency_id=change.agency_id,
        act=act,
        subject=SUBJECT.format(change.pk),
        at=at,
        by=by,
        data={
            "scope": change.scope,
            "kind": change.kind,
            "days": [day.isoformat() for day in change.holds.dates],
            "version": change.version,
        },
        rows=[change],
    )


def _write_common(change: CalendarChange, at: datetime) -> str:
    content = change.holds
    if not CalendarDay.objects.exists():
        loading.load_shipped(now=at)
    if content.confirms is not None:
        CalendarYear.objects.update_or_create(year=content.confirms, defaults={"confirmed": True, "source": change.say_decision})
        CalendarDay.objects.filter(date__year=content.confirms).update(provisional=False)
    CalendarDay.objects.filter(date__in=content.removed).delete()
    for day in content.put:
        CalendarDay.objects.update_or_create(date=day.date, defaults=_values(day, change))
    return str(loading.next_version(at))


def _values(day: ChangedDay, change: CalendarChange) -> dict:
    return {
        "kind": day.kind,
        "name": day.name,
        "swapped_with": day.swapped_with,
        "half_day_until": day.until,
        "decision": change.say_decision,
        "confidence": CalendarDay.Confidence.HIGH,
        "provisional": False,
    }


def _write_local(change: CalendarChange, at: datetime) -> str:
    content, agency_id = change.holds, change.agency_id
    LocalDay.objects.filter(agency_id=agency_id, date__in=content.removed).delete()
    for day in content.put:
        values = {"kind": day.kind, "name": day.name, "half_day_until": day.until, "decision": change.say_decision}
        LocalDay.objects.update_or_create(agency_id=agency_id, date=day.date, defaults=values)
    newest = LocalVersion.objects.filter(agency_id=agency_id).order_by("-number").first()
    row = LocalVersion.objects.create(agency_id=agency_id, number=newest.number + 1 if newest else 1, at=at)
    return f"{store.calendar_in_force().version}+{row.number}"


def row_as_content(row: CalendarDay | LocalDay) -> ChangedDay:
    """The row as a change would write it."""
    return ChangedDay(row.date, row.kind, row.name, getattr(row, "swapped_with", None), row.half_day_until)


def partner_of(row: CalendarDay | LocalDay) -> CalendarDay | None:
    """The other half of a swap, which goes with it."""
    other = getattr(row, "swapped_with", None)
    if row.kind not in (DayKind.SWAPPED_DAY_OFF, DayKind.SWAPPED_WORKING_DAY) or other is None:
        return None
    return CalendarDay.objects.filter(date=other).first()
