"""Changing the opening hours of a desk for a span of days; what was in force outside the span stays so.

Hours only count for promises to come: a promise that was given keeps its minute (design §5.8).
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from onestop.history.record import record
from onestop.reading.days import ENDS_BEFORE_BEGIN
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.worktime import store
from onestop.worktime.calendar import ONE_DAY
from onestop.worktime.hours import DEFAULT_SESSIONS, Session
from onestop.worktime.models import OpeningPeriod

MONDAY_TO_FRIDAY = range(5)


class CannotSetHours(ValueError):
    """Hours that the rules refuse; the message is the sentence to show."""


class Week(NamedTuple):
    """The sessions of each weekday that are in force from a day to a day (None: until further notice)."""

    first: date
    last: date | None
    sessions: dict[int, tuple[Session, ...]]


def default_week() -> dict[int, tuple[Session, ...]]:
    """The hours of an agency that has none of its own."""
    return dict.fromkeys(MONDAY_TO_FRIDAY, DEFAULT_SESSIONS)


def weeks_of(agency_id: int, today: date) -> list[Week]:
    """The hours now and later, as written: one entry for each span of days."""
    rows = OpeningPeriod.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), agency_id=agency_id)
    spans: dict[tuple[date, date | None], dict[int, tuple[Session, ...]]] = {}
    for row in rows.order_by("valid_from", "weekday", "opens"):
        week = spans.setdefault((row.valid_from, row.valid_to), {})
        week[row.weekday] = (*week.get(row.weekday, ()), (row.opens, row.closes))
    return [Week(first, last, sessions) for (first, last), sessions in spans.items()]


def week_on(agency_id: int, day: date) -> dict[int, tuple[Session, ...]]:
    """The sessions of each weekday in force on a day: the default ones where nothing is written."""
    rows = OpeningPeriod.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), agency_id=agency_id, valid_from__lte=day)
    week: dict[int, tuple[Session, ...]] = {}
    for row in rows.order_by("weekday", "opens"):
        week[row.weekday] = (*week.get(row.weekday, ()), (row.opens, row.closes))
    return week or default_week()


def set_hours(
    agency: Agency, week: Mapping[int, Sequence[tuple[time, time]]], *, first: date, last: date | None, by: User, at: datetime
) -> int:
    """Make these the agency's hours from `first` to `last` (None: until further notice); returns how many sessions a week has.

    Rows that reach into the span end the day before it, and go on the day after it. Days on which nothing is
    written keep the default hours.
    """
    if by.agency_id != agency.pk or not by.has_role(Role.ADMIN):
        raise CannotSetHours("Chỉ quản trị của cơ quan được sửa giờ làm việc.")
    if first < timezone.localdate(at):
        raise CannotSetHours("Giờ làm việc chỉ sửa được từ hôm nay trở đi.")
    if last is not None and last < first:
        raise CannotSetHours(f"{ENDS_BEFORE_BEGIN}.")
    if not any(week.get(weekday) for weekday in MONDAY_TO_FRIDAY):
        raise CannotSetHours("Phải có giờ làm việc của ít nhất một ngày từ thứ Hai đến thứ Sáu.")
    sessions = [(weekday, opens, closes) for weekday in sorted(week) for opens, closes in week[weekday]]
    with transaction.atomic():
        Agency.objects.select_for_update().get(pk=agency.pk)
        reaching = Q(valid_to__isnull=True) | Q(valid_to__gte=first)
        if last is not None:
            reaching &= Q(valid_from__lte=last)
        for row in OpeningPeriod.objects.filter(reaching, agency=agency):
            _cut(row, first, last)
        OpeningPeriod.objects.bulk_create(
            OpeningPeriod(agency=agency, valid_from=first, valid_to=last, weekday=weekday, opens=opens, closes=closes)
            for weekday, opens, closes in sessions
        )
        record(
            agency_id=agency.pk,
            act="hours.changed",
            subject=f"agency:{agency.pk}",
            at=at,
            by=by,
            data={
                "first": first.isoformat(),
                "last": last.isoformat() if last else None,
                "week": [[weekday, f"{opens:%H:%M}", f"{closes:%H:%M}"] for weekday, opens, closes in sessions],
            },
        )
    store.forget()
    return len(sessions)


def _cut(row: OpeningPeriod, first: date, last: date | None) -> None:
    """Take the span out of one row, which may leave a piece on either side."""
    before = row.valid_from < first
    if last is not None and (row.valid_to is None or row.valid_to > last):
        piece = {"agency_id": row.agency_id, "weekday": row.weekday, "opens": row.opens, "closes": row.closes}
        OpeningPeriod.objects.create(valid_from=last + ONE_DAY, valid_to=row.valid_to, **piece)
    if before:
        row.valid_to = first - ONE_DAY
        row.save(update_fields=["valid_to"])
    else:
        row.delete()
