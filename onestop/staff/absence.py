"""Who is away from all work, for how long, and who looks after it meanwhile.

    enter(person, first_day=…, last_day=…, substitute=colleague, reason="Nghỉ phép", by=manager, at=now)
    away = away_on([agency_id], today)          # {person's key: Absence}
    say_away(away[person.pk])                   # "nghỉ đến 25/11/2026 – người thay: Trần Quốc Khánh"

A substitute gets no right from this: he is warned of what the absent person would be warned of, and whoever looks for a
receiver is told his name. What is to be settled in his hands is given to him by name first, so that whoever reads the
history afterwards sees who acted. The duty roster (duty.py) is another matter: half days at the desk, not days of leave.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from onestop.history.record import record
from onestop.reading.days import ENDS_BEFORE_BEGIN
from onestop.staff.models import Absence, Agency, User
from onestop.staff.roles import SIGNING, Role

# An absence keyed afterwards explains what has happened; further back it would only rewrite it.
DAYS_BACK, DAYS_AHEAD, LONGEST_DAYS = 30, 366, 366
# Whoever works with dossiers can be missed, and stand in.
MISSED = (Role.CLERK, Role.SPECIALIST, Role.ARCHIVIST, Role.LEADER, Role.HEAD, Role.MANAGER)
# Who can look after the work of whom.
STANDS_IN: dict[Role, frozenset[Role]] = {
    Role.CLERK: frozenset({Role.CLERK, Role.MANAGER}),
    Role.SPECIALIST: frozenset({Role.SPECIALIST, Role.MANAGER}),
    Role.ARCHIVIST: frozenset({Role.ARCHIVIST, Role.CLERK, Role.MANAGER}),
    Role.LEADER: SIGNING,
    Role.HEAD: SIGNING,
    Role.MANAGER: frozenset({Role.MANAGER}) | SIGNING,
}


class CannotEnter(ValueError):
    """An absence that the rules refuse; `field` says where it is mended ("" for nowhere)."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


# -- asking ---------------------------------------------------------------------------------
def away_on(agency_ids: Collection[int], day: date) -> dict[int, Absence]:
    """The absences of that day by the person's key. One query."""
    rows = Absence.objects.filter(agency_id__in=agency_ids, first_day__lte=day, last_day__gte=day).select_related("person", "substitute")
    return {row.person_id: row for row in rows.order_by("pk") if row.covers(day)}


def absences_of(agency_id: int, day: date) -> QuerySet[Absence]:
    """What runs on that day or is still to come, the next first. One query."""
    rows = Absence.objects.filter(agency_id=agency_id, last_day__gte=day).filter(Q(back_on__isnull=True) | Q(back_on__gt=day))
    # One that was taken back before it began is none.
    rows = rows.exclude(back_on__isnull=False, back_on__lte=F("first_day"))
    return rows.select_related("person", "substitute", "entered_by").order_by("first_day", "pk")


def say_away(absence: Absence) -> str:
    """ "nghỉ đến 25/11/2026 – người thay: Trần Quốc Khánh"."""
    return f"nghỉ đến {absence.last_day:%d/%m/%Y} – {say_substitute(absence)}"


def say_substitute(absence: Absence) -> str:
    return f"người thay: {absence.substitute.full_name}" if absence.substitute else "chưa có người thay"


def may_enter(by: User, person: User) -> bool:
    """Oneself, or whoever runs the office."""
    return by.agency_id == person.agency_id and (by.pk == person.pk or by.has_role(Role.MANAGER, Role.HEAD))


def can_stand_in(substitute: User, person: User) -> bool:
    """Whether the one has a role in which he could do what the other does."""
    if not substitute.is_active or substitute.agency_id != person.agency_id or substitute.pk == person.pk:
        return False
    return any(substitute.has_role(*STANDS_IN[Role(role)]) for role in person.roles if role in STANDS_IN)


def people_of(agency_id: int) -> list[User]:
    """Who can be missed, by name. One query."""
    return list(User.objects.active().filter(agency_id=agency_id).holding(*MISSED).order_by("full_name", "pk"))


# -- entering -------------------------------------------------------------------------------
@transaction.atomic
def enter(person: User, *, first_day: date, last_day: date, substitute: User | None = None, reason: str, by: User, at: datetime) -> Absence:
    """Write an absence down; raises CannotEnter."""
    today = timezone.localdate(at)
    if not may_enter(by, person):
        raise CannotEnter("Chỉ người nghỉ, Giám đốc Trung tâm hoặc Thủ trưởng cơ quan ghi ngày nghỉ.", "person")
    if last_day < first_day:
        raise CannotEnter(ENDS_BEFORE_BEGIN, "last_day")
    if (today - last_day).days > DAYS_BACK:
        raise CannotEnter(f"Chỉ ghi bù ngày nghỉ trong {DAYS_BACK} ngày qua", "last_day")
    if (first_day - today).days > DAYS_AHEAD:
        raise CannotEnter("Chỉ ghi trước trong vòng một năm", "first_day")
    if (last_day - first_day).days >= LONGEST_DAYS:
        raise CannotEnter("Một lần nghỉ dài nhất một năm", "last_day")
    if not reason:
        raise CannotEnter("Ghi lý do nghỉ", "reason")
    # The agency's row stands for all its absences: two people who enter at once take turns.
    agency = Agency.objects.select_for_update().get(pk=person.agency_id)
    if own := _overlapping(person, first_day, last_day):
        raise CannotEnter(f"{person.full_name} đã có ngày nghỉ từ {own.first_day:%d/%m/%Y} đến {own.last_day:%d/%m/%Y}", "first_day")
    if substitute is not None:
        _check_substitute(substitute, person, first_day, last_day)
    stands_in_for = Absence.objects.filter(substitute=person, first_day__lte=last_day, last_day__gte=first_day).select_related("person")
    for other in stands_in_for:
        if _meet(other, first_day, last_day):
            raise CannotEnter(
                f"{person.full_name} đang được ghi là người thay của {other.person.full_name} trong những ngày này. "
                "Đổi người thay ở đó trước",
                "first_day",
            )
    absence = Absence.objects.create(
        agency=agency,
        person=person,
        first_day=first_day,
        last_day=last_day,
        substitute=substitute,
        reason=reason,
        entered_by=by,
        entered_at=at,
    )
    data = {
        "person": person.pk,
        "from": first_day.isoformat(),
        "to": last_day.isoformat(),
        "substitute": substitute.pk if substitute else None,
    }
    record(agency_id=agency.pk, act="absence.entered", subject=f"absence:{absence.pk}", at=at, by=by, data=data, rows=[absence])
    return absence


@transaction.atomic
def come_back(absence: Absence, *, by: User, at: datetime) -> Absence:
    """The person is at work again today, or does not go at all; raises CannotEnter."""
    today = timezone.localdate(at)
    row = Absence.objects.select_for_update(of=("self",)).select_related("person", "substitute").get(pk=absence.pk)
    if not may_enter(by, row.person):
        raise CannotEnter("Chỉ người nghỉ, Giám đốc Trung tâm hoặc Thủ trưởng cơ quan ghi ngày trở lại.")
    if row.back_on is not None:
        raise CannotEnter(f"Đã ghi trở lại làm việc từ ngày {row.back_on:%d/%m/%Y}.")
    if today > row.last_day:
        raise CannotEnter("Những ngày nghỉ này đã qua.")
    row.back_on = max(today, row.first_day)
    row.save(update_fields=["back_on"])
    data = {"person": row.person_id, "back_on": row.back_on.isoformat()}
    record(agency_id=row.agency_id, act="absence.ended", subject=f"absence:{row.pk}", at=at, by=by, data=data, rows=[row])
    return row


def _check_substitute(substitute: User, person: User, first_day: date, last_day: date) -> None:
    if substitute.pk == person.pk:
        raise CannotEnter("Người thay phải khác người nghỉ", "substitute")
    if not can_stand_in(substitute, person):
        raise CannotEnter("Chọn người thay cùng đơn vị, có vai trò làm được việc của người nghỉ", "substitute")
    if away := _overlapping(substitute, first_day, last_day):
        raise CannotEnter(
            f"{substitute.full_name} cũng nghỉ từ {away.first_day:%d/%m/%Y} đến {away.last_day:%d/%m/%Y}. Chọn người khác", "substitute"
        )


def _overlapping(person: User, first_day: date, last_day: date) -> Absence | None:
    rows = Absence.objects.filter(person=person, first_day__lte=last_day, last_day__gte=first_day).order_by("first_day")
    return next((row for row in rows if _meet(row, first_day, last_day)), None)


def _meet(absence: Absence, first_day: date, last_day: date) -> bool:
    """Whether the absence covers one of these days, both included."""
    return absence.covers(max(absence.first_day, first_day))
