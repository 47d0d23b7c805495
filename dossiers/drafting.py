"""For which dossiers a letter of apology is drafted now: found by state, once for each promise that will be missed.

A letter must be signed before the promise passes, so its draft stands there as soon as the dossier is due soon
(soon.py). Two kinds of dossier are left alone until they are really late: what already lies before the leader,
and what is settled on the day it comes in, which until its last minute is simply still being done.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, F, OuterRef, Q, Subquery

from dossiers import lifecycle
from dossiers.desks import Desk, Desks
from dossiers.models import ApologyLetter, Appointment, AppointmentKind, Dossier, LetterState
from dossiers.soon import due_soon_from
from dossiers.statuses import OPEN, READY, NotAllowed, Status
from onestop.reading.days import end_of
from onestop.worktime.calendar import CannotPromise, WorkingCalendar
from onestop.worktime.hours import local
from onestop.worktime.limits import Unit
from procedures.limits import chosen_limit
from procedures.models import Limit

# What the page proposes: the closing time of the second working day from now, or from the missed day when that is later.
PROPOSED_DAYS = 2


def draft_from(
    began_at: datetime, first_due_at: datetime, due_at: datetime, desk: Desk, *, same_day: bool = False
) -> datetime | None:
    """From when on a letter for the promise `due_at` is drafted; None: not before the promise is broken.

    `began_at` and `first_due_at` tell how long the time allowed is: the receipt and its promise, or for a
    re-appointment the moment of that letter and its own date. `same_day`: to be settled on the day itself.
    """
    return None if same_day else due_soon_from(began_at, first_due_at, due_at, desk.calendar, desk.hours)


@dataclass(frozen=True)
class Promised:
    """A dossier's present promise to the citizen, with what decides about its letter."""

    appointment: int
    dossier: int
    agency: int
    kind: str
    due_at: datetime
    made_at: datetime
    received_at: datetime
    first_due_at: datetime
    before_leader: bool
    version: int
    case: int
    channel: str


def wants_letter(promised: Promised, unit: str, desk: Desk, *, now: datetime) -> bool:
    """Whether the letter for this promise is to be drafted at `now`, given the limit's unit. Pure."""
    if now > promised.due_at:
        return True
    if promised.before_leader:
        return False
    began, first = promised.received_at, promised.first_due_at
    again = promised.kind == AppointmentKind.APOLOGY
    if again:
        began, first = promised.made_at, promised.due_at
    try:
        start = draft_from(began, first, promised.due_at, desk, same_day=unit == Unit.IMMEDIATE and not again)
    except CannotPromise:
        return False
    return start is not None and now >= start


def draft_due(*, now: datetime) -> int:
    """Draft every letter that is due where people are at work now; returns how many drafts there are that were not there before.

    A handful of questions to the database find them, however many agencies and dossiers there are; each draft is a
    transaction of its own, so a run that is killed, late or doubled leaves nothing half done and nothing twice.
    """
    drafted = 0
    for promised in _wanting(now):
        before = ApologyLetter.objects.filter(missed=promised.appointment).exclude(state=LetterState.RETRACTED)
        if before.exists():
            continue  # another run was faster
        try:
            lifecycle.draft_letter(Dossier(pk=promised.dossier), at=now, promise=promised.appointment)
        except NotAllowed:
            continue  # finished, paused, voided or promised anew since it was looked at
        drafted += 1
    return drafted


def _wanting(now: datetime) -> list[Promised]:
    desks = Desks().at_work(now)
    found = _present_promises({agency: _horizon(desk.calendar, now) for agency, desk in desks.items()})
    units = _units(found)
    return [one for one in found if wants_letter(one, units[one.appointment], desks[one.agency], now=now)]


def _horizon(calendar: WorkingCalendar, now: datetime) -> datetime:
    """Nothing that is due later can be due soon: the end of the next working day, or of the calendar."""
    try:
        day = calendar.next_working_day(local(now).date())
    except CannotPromise:
        day = calendar.last
    return end_of(day) if day < date.max else now


def _present_promises(horizons: dict[int, datetime]) -> list[Promised]:
    """Latest promises without a letter: of open dossiers, where they run out before the agency's horizon, and broken ones
    of dossiers whose result waits to be collected."""
    together: dict[datetime, list[int]] = {}
    for agency, horizon in horizons.items():
        together.setdefault(horizon, []).append(agency)
    if not together:
        return []
    # The lawful due time is never later than the present promise, and it has an index. No due time: the clock stands still.
    settled = ((Q(dossier__competent_agency__in=agencies), horizon) for horizon, agencies in together.items())
    soon = (theirs & Q(dossier__due_at__lt=horizon, due_at__lt=horizon) for theirs, horizon in settled)
    running = Q(reduce(or_, soon), dossier__finished_at__isnull=True, dossier__status__in=sorted(OPEN))
    # The result came too late while no job was there to draft: whoever comes for it is still owed the letter.
    late = Q(dossier__competent_agency__in=list(horizons), dossier__status__in=sorted(READY), dossier__finished_at__gt=F("due_at"))
    return sorted([*_without_letter(running), *_without_letter(late)], key=lambda promised: promised.dossier)


def _without_letter(which: Q) -> Iterator[Promised]:
    newer = Appointment.objects.filter(dossier=OuterRef("dossier"), seq__gt=OuterRef("seq"))
    letter = ApologyLetter.objects.filter(missed=OuterRef("pk")).exclude(state=LetterState.RETRACTED)
    first = Appointment.objects.filter(dossier=OuterRef("dossier"), seq=1)
    rows = (
        Appointment.objects.filter(which, dossier__voided_at__isnull=True)
        .filter(~Exists(newer), ~Exists(letter))
        .annotate(first_due_at=Subquery(first.values("due_at")[:1]), signed_at=F("dossier__signed_at"), status=F("dossier__status"))
        .order_by()
        .values_list(
            *("pk", "dossier_id", "dossier__competent_agency_id", "kind", "due_at", "made_at", "dossier__received_at", "first_due_at"),
            *("signed_at", "status", "dossier__version_id", "dossier__case_id", "dossier__channel"),
        )
    )
    for row in rows:
        yield Promised(*row[:8], row[8] is not None or row[9] == Status.AWAITING_SIGNATURE, *row[10:])


def _units(found: Iterable[Promised]) -> dict[int, str]:
    """The unit of the limit behind each promise, by its number; "" where there is none any more."""
    found = list(found)
    limits: dict[int, list[Limit]] = {}
    for limit in Limit.objects.filter(version__in={one.version for one in found}):
        limits.setdefault(limit.version_id, []).append(limit)
    chosen = {one.appointment: chosen_limit(limits.get(one.version, ()), one.case, one.channel) for one in found}
    return {appointment: limit.unit if limit else "" for appointment, limit in chosen.items()}


def proposed_date(missed_at: datetime | None, desk: Desk, *, now: datetime) -> datetime | None:
    """The date that the page proposes for a new appointment; None at the end of the calendar."""
    start = local(max(now, missed_at) if missed_at else now)
    try:
        return desk.hours.closing(desk.calendar.add_working_days(start.date(), PROPOSED_DAYS), desk.calendar)
    except CannotPromise:
        return None
