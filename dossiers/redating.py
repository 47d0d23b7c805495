"""Whom a change of the calendar concerns: open dossiers whose lawful date would now be another one.

Nothing is written here. A date is only ever moved later, by `lifecycle.change_date` and with a leader's
approval (design §5.8); what would be earlier is listed and stays. A dossier that is overdue stays overdue, one
that is paused has no date to move: its time is counted by the new calendar when the pause ends. Certification
sessions are promised by the latest of their lines, so only their first line could be counted anew: they are
not moved by the machine, and named where their day is one that is closed now.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import OuterRef, Prefetch, Subquery

from dossiers.models import Appointment, AppointmentKind, Dossier, Pause
from dossiers.promises import Appointed, promise_again
from dossiers.querysets import DossierQuerySet
from dossiers.rules import is_session
from dossiers.timeliness import LOCAL
from onestop.reading.days import end_of, start_of
from onestop.worktime.calendar import WorkingCalendar
from onestop.worktime.limits import CannotPromise, Unit
from procedures.limits import limit_for


@dataclass(frozen=True)
class Move:
    """One dossier and the date that the calendar now gives it. `days`: calendar days later (negative: earlier)."""

    dossier: Dossier
    old: datetime
    appointed: Appointed

    @property
    def new(self) -> datetime:
        return self.appointed.due_at

    @property
    def days(self) -> int:
        return (self.new.astimezone(LOCAL).date() - self.old.astimezone(LOCAL).date()).days


@dataclass
class Report:
    """What a calendar would do to the open dossiers of an agency.

    `later` are to be given another date. `earlier` keep theirs. `by_hand` have a day on which nobody works and are
    not moved (overdue, re-appointed with an apology, certification). `unconfirmed` stay, and were promised through a
    year that was not announced. `checked` counts all that were looked at.
    """

    later: list[Move] = field(default_factory=list)
    earlier: list[Move] = field(default_factory=list)
    by_hand: list[tuple[Dossier, datetime]] = field(default_factory=list)
    unconfirmed: list[tuple[Dossier, datetime]] = field(default_factory=list)
    checked: int = 0


def with_dates(agency_id: int) -> DossierQuerySet:
    """Open dossiers that an agency settles and that have a date, with their present promise and the calendar it was made with."""
    rows = Appointment.objects.filter(dossier=OuterRef("pk")).order_by("-seq")
    lawful = rows.exclude(kind=AppointmentKind.APOLOGY)
    return (
        Dossier.objects.settled_by(agency_id)
        .open()
        .filter(due_at__isnull=False, finished_at__isnull=True)
        .select_related("agency", "version", "case", "procedure")
        .prefetch_related("version__limits", "extensions", "reclassifications", Prefetch("pauses", Pause.objects.order_by("seq")))
        .annotate(
            promised_at=Subquery(rows.values("due_at")[:1]),
            made_with=Subquery(lawful.values("calendar_version")[:1]),
            was_unconfirmed=Subquery(lawful.values("unconfirmed_year")[:1]),
        )
        .order_by("due_at", "id")
    )


def touched_by(dossiers: DossierQuerySet, days: Iterable[date]) -> DossierQuerySet:
    """Those whose time runs across one of the days: no other date can change."""
    days = sorted(days)
    if not days:
        return dossiers.none()
    return dossiers.filter(due_at__gte=start_of(days[0]), received_at__lt=end_of(days[-1]))


def report(dossiers: Iterable[Dossier], calendar: WorkingCalendar, *, now: datetime) -> Report:
    """What the calendar would do to the dossiers of `with_dates`."""
    found = Report()
    for dossier in dossiers:
        found.checked += 1
        move = counted_anew(dossier, calendar, now=now)
        if move is not None and is_later(move):
            found.later.append(move)
        elif dossier.promised_at >= now and _is_closed(dossier.promised_at, calendar):
            found.by_hand.append((dossier, dossier.promised_at))
        elif move is not None and move.new < move.old:
            found.earlier.append(move)
        elif dossier.was_unconfirmed:
            found.unconfirmed.append((dossier, dossier.promised_at))
    return found


def to_be_moved(agency_id: int, calendar: WorkingCalendar, *, now: datetime) -> Iterator[Move]:
    """The dossiers that the calendar in force moves and that have not got their new date yet.

    Whoever was promised with this very calendar is left out unread, so that asking again costs little.
    """
    for dossier in with_dates(agency_id).filter(due_at__gte=now).exclude(made_with=calendar.version):
        move = counted_anew(dossier, calendar, now=now)
        if move is not None and is_later(move):
            yield move


def counted_anew(dossier: Dossier, calendar: WorkingCalendar, *, now: datetime) -> Move | None:
    """The dossier's date by this calendar; None where there is no date to move, or none can be counted."""
    if dossier.due_at is None or now > dossier.due_at or dossier.overdue_since is not None or is_session(dossier):
        return None
    try:
        appointed = promise_again(dossier, calendar=calendar)
    except CannotPromise:
        return None
    return Move(dossier, dossier.due_at, appointed) if appointed is not None else None


def is_later(move: Move) -> bool:
    """Whether the citizen gets a later date: later than the lawful one and than what he was last told.

    On one and the same day only hours can move; a closing time that is another one now is no change of the calendar.
    """
    promised = getattr(move.dossier, "promised_at", None) or move.dossier.appointments.latest("seq").due_at
    if move.new <= max(move.old, promised):
        return False
    return move.days > 0 or _counts_hours(move.dossier)


def _counts_hours(dossier: Dossier) -> bool:
    limit = limit_for(dossier.version, dossier.case, dossier.channel)
    return limit is not None and limit.unit == Unit.HOUR


def _is_closed(promised_at: datetime, calendar: WorkingCalendar) -> bool:
    day = promised_at.astimezone(LOCAL).date()
    return calendar.covers(day) and not calendar.is_working(day)
