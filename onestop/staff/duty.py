"""The duty roster: who signs and who sits at which counter, each half day; and the rules by which the desk works.

    set_session(agency, day, Half.MORNING, [Plan(leader, …), …], by=manager, at=now)
    check_in(day, Half.MORNING, by=clerk, at=now)            # "Tôi có mặt", by the person himself
    leader_on_duty(agency_id, now)                           # the User, or None

Nothing else writes these tables. Whether the desk is open on a day is not known here: onestop.roster asks the
calendar. Being on duty gives nobody the right to sign; only who has that right can be put on duty to sign.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from onestop.history.record import record
from onestop.staff.absence import away_on
from onestop.staff.models import Absence, Agency, Delegation, DutySession, OperatingRules, User
from onestop.staff.roles import SIGNING, Role

Half = DutySession.Half
Post = DutySession.Post
Key = tuple[str, str]  # post, counter number ("" for the leader)

# A morning ends and an afternoon begins here, whatever the hours of the desk.
NOON = time(12, 0)
WEEK = timedelta(days=7)
# How far ahead a roster is made; what lies behind is a record and stays.
DAYS_AHEAD = 366
AT_THE_DESK = (Role.CLERK, Role.SPECIALIST, Role.ARCHIVIST, Role.MANAGER)
LONGEST_COUNTER, LONGEST_REASON = 10, 200


class CannotSet(ValueError):
    """A roster that the rules refuse. `post` and `field` (assigned, substitute, reason, or "") say where it is mended."""

    def __init__(self, sentence: str, post: Key | None = None, field: str = "") -> None:
        super().__init__(sentence)
        self.post, self.field = post, field


@dataclass(frozen=True)
class Plan:
    """Who is to hold one post of a session. An absence has a reason, and a substitute as soon as there is one."""

    post: str
    counter_no: str = ""
    assigned: User | None = None
    substitute: User | None = None
    reason: str = ""

    @property
    def key(self) -> Key:
        return self.post, self.counter_no

    @property
    def is_absent(self) -> bool:
        return bool(self.reason or self.substitute)

    @property
    def on_duty(self) -> User | None:
        return self.substitute if self.is_absent else self.assigned


# -- asking ---------------------------------------------------------------------------------
def half_of(now: datetime) -> DutySession.Half:
    """Which half of its local day the moment lies in; noon itself is afternoon."""
    return Half.MORNING if timezone.localtime(now).time() < NOON else Half.AFTERNOON


def is_over(day: date, half: str, now: datetime) -> bool:
    """Whether this half day lies behind."""
    today = timezone.localdate(now)
    return day < today or (day == today and half == Half.MORNING and half_of(now) == Half.AFTERNOON)


def sessions_of(agency_id: int, first: date, last: date) -> QuerySet[DutySession]:
    """The posts of these days, both included, with the people; the leader first, then the counters. One query.

    `delegated`: whether a written delegation lets the person sign on that day. `away`: whether he is entered as away
    from all work on it, and has not come all the same.
    """
    away = Absence.objects.filter(
        Q(back_on=None) | Q(back_on__gt=OuterRef("day")),
        person_id=OuterRef("person_id"),
        first_day__lte=OuterRef("day"),
        last_day__gte=OuterRef("day"),
    )
    delegated = Delegation.objects.filter(
        Q(revoked_on=None) | Q(revoked_on__gt=OuterRef("day")),
        agency_id=OuterRef("agency_id"),
        delegate_id=OuterRef("person_id"),
        delegator__in=User.objects.active().holding(Role.HEAD),
        valid_from__lte=OuterRef("day"),
        valid_to__gte=OuterRef("day"),
    )
    rows = DutySession.objects.filter(agency_id=agency_id, day__gte=first, day__lte=last)
    # "morning" sorts after "afternoon", "leader" after "desk".
    return (
        rows.select_related("person", "substitute_for")
        .annotate(delegated=Exists(delegated), away=Exists(away) & Q(checked_in_at=None))
        .order_by("day", "-half", "-role_on_duty", "pk")
    )


def signs(row: DutySession) -> bool:
    """Whether this row of `sessions_of` puts somebody on duty who may sign that day."""
    person = row.person
    return row.is_leader and person is not None and person.is_active and not row.away and (person.has_role(*SIGNING) or row.delegated)


def leader_among(rows: Iterable[DutySession], day: date, half: str) -> DutySession | None:
    """The row of the leader who may sign in that session, among rows of `sessions_of`."""
    return next((row for row in rows if (row.day, row.half) == (day, half) and signs(row)), None)


def leader_on_duty(agency_id: int, now: datetime) -> User | None:
    """Who is on duty to sign in this half of the day; None when nobody is, or nobody who may."""
    day = timezone.localdate(now)
    row = leader_among(sessions_of(agency_id, day, day), day, half_of(now))
    return row.person if row else None


def desk_on_duty(agency_id: int, now: datetime) -> dict[str, User]:
    """Who sits at which counter in this half of the day."""
    day, half = timezone.localdate(now), half_of(now)
    rows = sessions_of(agency_id, day, day)
    there = [row for row in rows if row.half == half and not row.is_leader and not row.away]
    return {row.counter_no: row.person for row in there if row.person is not None}


def missing_leader(agency_id: int, day: date, halves: Collection[str] = tuple(Half)) -> list[DutySession.Half]:
    """Which of these halves of the day have nobody on duty who may sign; the caller knows which are open."""
    rows = list(sessions_of(agency_id, day, day))
    return [half for half in Half if half in halves and leader_among(rows, day, half) is None]


def first_day(agency_id: int) -> date | None:
    """Since when the agency keeps a roster."""
    return DutySession.objects.filter(agency_id=agency_id).order_by("day").values_list("day", flat=True).first()


def may_check_in(row: DutySession, person: User, now: datetime) -> bool:
    """Only oneself, once, and in that very half day."""
    at = timezone.localdate(now), half_of(now)
    return row.person_id == person.pk and row.checked_in_at is None and (row.day, row.half) == at


def may_hold(person: User, post: str, day: date) -> bool:
    """Whether the person can be put on duty there: to sign, whoever may sign by office or delegation that day."""
    if not person.is_active:
        return False
    if post == Post.DESK:
        return person.has_role(*AT_THE_DESK)
    if person.has_role(*SIGNING):
        return True
    return any(
        row.in_force(day) and row.delegator.has_role(Role.HEAD) for row in person.delegations.all() if row.agency_id == person.agency_id
    )


def candidates(agency_id: int) -> list[User]:
    """The people at work who could hold some post, by name, with their delegations. Three queries."""
    people = User.objects.active().filter(agency_id=agency_id).order_by("full_name", "pk").prefetch_related("delegations__delegator")
    return [person for person in people if person.has_role(*AT_THE_DESK, *SIGNING) or person.delegations.all()]


def counters_of(agency_id: int, rows: Iterable[DutySession] = ()) -> list[str]:
    """The counters to be manned: those of the people at work, and those that the rows name."""
    own = User.objects.active().filter(agency_id=agency_id).exclude(counter_no="").values_list("counter_no", flat=True).distinct()
    named = {row.counter_no for row in rows if row.counter_no and (row.person_id or row.substitute_for_id)}
    return sorted({*own, *named}, key=lambda counter: (len(counter), counter))


# -- the roster -----------------------------------------------------------------------------
@transaction.atomic
def set_session(agency: Agency, day: date, half: str, plans: Sequence[Plan], *, by: User, at: datetime) -> list[DutySession]:
    """Put people on duty for half a day; the rows that changed. Posts that no plan names stay as they are.

    Whoever is replaced loses his check-in, which the history keeps. Raises CannotSet.
    """
    _check_may_set(agency, by)
    _check_day(day, at)
    rows = {(row.role_on_duty, row.counter_no): row for row in _locked(agency, day, day).filter(half=half)}
    for plan in plans:
        _check_plan(plan, agency, day)
    _check_conflicts(plans, rows)
    changed = [(plan, rows.get(plan.key)) for plan in plans if _differs(plan, rows.get(plan.key))]
    if not changed:
        return []
    away = away_on([agency.pk], day)
    for plan, _ in changed:
        _check_there(plan, away)
    # Two people may change places: first everybody leaves, then everybody comes.
    leaving = [row.pk for _, row in changed if row is not None]
    DutySession.objects.filter(pk__in=leaving).update(person=None, substitute_for=None, absence_reason="", checked_in_at=None)
    saved = [_put(plan, row or DutySession(agency=agency, day=day, half=half), by=by, at=at) for plan, row in changed]
    _record(agency, "duty.set", saved, by=by, at=at, day=day, half=half)
    return saved


@transaction.atomic
def copy_week(agency: Agency, monday: date, sessions: Collection[tuple[date, str]], *, by: User, at: datetime) -> int:
    """Fill the empty posts of a week with whoever was meant to hold them in the week before; how many were filled.

    `sessions` are the half days on which the desk is open. Absences are not copied, nor who is gone, has lost the
    role, or is at another post of that session already; and nothing behind us is touched.
    """
    _check_may_set(agency, by)
    before = list(_locked(agency, monday - WEEK, monday - timedelta(days=1)))
    rows = {
        (row.day, row.half, row.role_on_duty, row.counter_no): row for row in _locked(agency, monday, monday + WEEK - timedelta(days=1))
    }
    busy = {(row.day, row.half, pk) for row in rows.values() for pk in (row.person_id, row.substitute_for_id) if pk}
    people = {person.pk: person for person in candidates(agency.pk)}
    away = {day: away_on([agency.pk], day) for day in {day for day, _ in sessions}}
    saved = []
    for old in before:
        day, person = old.day + WEEK, people.get(old.assigned_id or 0)
        row = rows.get((day, old.half, old.role_on_duty, old.counter_no))
        if person is None or (day, old.half) not in sessions or day < timezone.localdate(at) or is_over(day, old.half, at):
            continue
        if person.pk in away.get(day, {}):
            continue
        if (row is not None and row.assigned_id) or (day, old.half, person.pk) in busy or not may_hold(person, old.role_on_duty, day):
            continue
        busy.add((day, old.half, person.pk))
        plan = Plan(old.role_on_duty, old.counter_no, person)
        saved.append(_put(plan, row or DutySession(agency=agency, day=day, half=old.half), by=by, at=at))
    if saved:
        _record(agency, "duty.week_copied", saved, by=by, at=at, day=monday)
    return len(saved)


@transaction.atomic
def check_in(day: date, half: str, *, by: User, at: datetime) -> DutySession:
    """ "Tôi có mặt": the person himself, in the half day itself. A second time changes nothing. Raises CannotSet."""
    row = DutySession.objects.select_for_update().filter(agency_id=by.agency_id, day=day, half=half, person=by).first()
    if row is None:
        raise CannotSet("Bạn không có tên trong buổi trực này. Hỏi Giám đốc Trung tâm nếu phân công đã đổi.")
    if (day, half) != (timezone.localdate(at), half_of(at)):
        raise CannotSet("Chỉ điểm danh trong chính buổi trực: buổi sáng trước 12:00, buổi chiều từ 12:00.")
    if row.checked_in_at is None:
        row.checked_in_at = at
        row.save(update_fields=["checked_in_at"])
        record(agency_id=row.agency_id, act="duty.checked_in", subject=f"duty:{row.day}", at=at, by=by, rows=[row])
    return row


def _check_may_set(agency: Agency, by: User) -> None:
    if by.agency_id != agency.pk or not by.has_role(Role.MANAGER):
        raise CannotSet("Chỉ Giám đốc Trung tâm phân công trực.")


def _check_day(day: date, at: datetime) -> None:
    today = timezone.localdate(at)
    if day < today:
        raise CannotSet("Ngày này đã qua: lịch trực đã thành bảng chấm trực, không sửa được nữa.")
    if (day - today).days > DAYS_AHEAD:
        raise CannotSet("Chỉ phân công trước trong vòng một năm.")


def _check_plan(plan: Plan, agency: Agency, day: date) -> None:
    if plan.post not in Post.values or (plan.post == Post.DESK) != bool(plan.counter_no) or len(plan.counter_no) > LONGEST_COUNTER:
        raise CannotSet("Không có vị trí trực này.", plan.key)
    if plan.is_absent and plan.assigned is None:
        raise CannotSet("Chọn người được phân công rồi mới ghi người đó vắng", plan.key, "assigned")
    if plan.is_absent and not plan.reason:
        raise CannotSet("Ghi lý do vắng", plan.key, "reason")
    if plan.substitute is not None and plan.substitute == plan.assigned:
        raise CannotSet("Người thay phải khác người vắng", plan.key, "substitute")
    for field, person in (("assigned", plan.assigned), ("substitute", plan.substitute)):
        if person is None:
            continue
        # Who was assigned may have lost the role since; then his absence is what is being written down.
        gone = field == "assigned" and plan.is_absent
        if person.agency_id != agency.pk or not (gone or may_hold(person, plan.post, day)):
            raise CannotSet("Chọn người trong danh sách", plan.key, field)


def _check_there(plan: Plan, away: Mapping[int, Absence]) -> None:
    """Whoever is away for the whole day is put nowhere; that he was meant to come is written down with who stands in."""
    absence = away.get(plan.on_duty.pk) if plan.on_duty is not None else None
    if absence is not None:
        advice = "chọn người thay khác" if plan.is_absent else "chọn người khác, hoặc ghi vắng và người thay"
        sentence = f"{absence.person.full_name} nghỉ đến {absence.last_day:%d/%m/%Y}: {advice}"
        raise CannotSet(sentence, plan.key, "substitute" if plan.is_absent else "assigned")


def _check_conflicts(plans: Sequence[Plan], rows: dict[Key, DutySession]) -> None:
    """Nobody is at two posts of a session, counting the posts that no plan names."""
    planned = {plan.key for plan in plans}
    if len(planned) != len(plans):
        raise CannotSet("Một quầy chỉ ghi một lần.", plans[-1].key)
    held = {row.person_id: row.post_words for key, row in rows.items() if key not in planned and row.person_id}
    for plan in plans:
        person = plan.on_duty
        if person is None:
            continue
        if person.pk in held:
            sentence = f"{person.full_name} đã trực ở vị trí khác trong buổi này: {held[person.pk]}"
            raise CannotSet(sentence, plan.key, "substitute" if plan.is_absent else "assigned")
        held[person.pk] = DutySession(role_on_duty=plan.post, counter_no=plan.counter_no).post_words


def _differs(plan: Plan, row: DutySession | None) -> bool:
    wanted = _values(plan)
    return any(wanted.values()) if row is None else any(getattr(row, name) != value for name, value in wanted.items())


def _values(plan: Plan) -> dict[str, object]:
    return {
        "person_id": plan.on_duty.pk if plan.on_duty else None,
        "substitute_for_id": plan.assigned.pk if plan.is_absent and plan.assigned else None,
        "absence_reason": plan.reason,
    }


def _put(plan: Plan, row: DutySession, *, by: User, at: datetime) -> DutySession:
    values = _values(plan)
    if row.person_id != values["person_id"]:
        row.checked_in_at = None
    row.role_on_duty, row.counter_no = plan.post, plan.counter_no
    for name, value in values.items():
        setattr(row, name, value)
    row.set_by, row.set_at = by, at
    row.save()
    return row


def _locked(agency: Agency, first: date, last: date) -> QuerySet[DutySession]:
    # The agency's row stands for its whole roster: two managers at work at once take turns.
    Agency.objects.select_for_update().get(pk=agency.pk)
    return DutySession.objects.filter(agency=agency, day__gte=first, day__lte=last).order_by("day", "-half", "-role_on_duty", "pk")


def _record(agency: Agency, act: str, rows: list[DutySession], *, by: User, at: datetime, day: date, half: str = "") -> None:
    people = [[row.day.isoformat(), row.half, row.role_on_duty, row.counter_no, row.person_id, row.substitute_for_id] for row in rows]
    data = {"posts": people} | ({"half": half} if half else {})
    record(agency_id=agency.pk, act=act, subject=f"duty:{day}", at=at, by=by, data=data, rows=rows)


# -- the rules of the desk ------------------------------------------------------------------
def rules_in_force(agency_id: int, day: date) -> OperatingRules | None:
    """The newest version that is valid on that day."""
    return OperatingRules.objects.filter(agency_id=agency_id, valid_from__lte=day).order_by("-valid_from", "-version").first()


@transaction.atomic
def publish_rules(
    agency: Agency, *, text: str, decision_number: str, decided_on: date, decided_by: str, valid_from: date, by: User, at: datetime
) -> OperatingRules:
    """Put a decided text on record as the next version; the same text and decision again is no new one. Raises CannotSet."""
    if by.agency_id != agency.pk or not by.has_role(Role.MANAGER, Role.HEAD):
        raise CannotSet("Chỉ Giám đốc Trung tâm hoặc Thủ trưởng cơ quan ghi quy chế.")
    if decided_on > timezone.localdate(at):
        raise CannotSet("Ngày quyết định không thể sau hôm nay", field="decided_on")
    if valid_from < decided_on:
        raise CannotSet("Quy chế không có hiệu lực trước ngày quyết định", field="valid_from")
    Agency.objects.select_for_update().get(pk=agency.pk)
    values = {
        "text": text,
        "decision_number": decision_number,
        "decided_on": decided_on,
        "decided_by": decided_by,
        "valid_from": valid_from,
    }
    newest = OperatingRules.objects.filter(agency=agency).order_by(F("version").desc()).first()
    if newest is not None and all(getattr(newest, name) == value for name, value in values.items()):
        return newest
    rules = OperatingRules.objects.create(agency=agency, version=newest.version + 1 if newest else 1, set_by=by, set_at=at, **values)
    data = {"version": rules.version, "valid_from": valid_from.isoformat()}
    record(agency_id=agency.pk, act="duty.rules_published", subject=f"agency:{agency.pk}", at=at, by=by, data=data, rows=[rules])
    return rules
