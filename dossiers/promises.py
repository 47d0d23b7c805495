"""The date to promise: the procedure's limit, the hours of the competent agency and its calendar in force.

The clock belongs to whoever settles the matter, wherever it was received (NĐ 118/2025).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from dossiers.models import Dossier, Extension, Pause
from onestop.worktime.calendar import WorkingCalendar
from onestop.worktime.limits import CannotPromise, PauseSpan, Promise, TimeLimit, Unit, arrival, due, say_limit
from onestop.worktime.store import calendar_in_force, opening_hours
from procedures.limits import limit_for
from procedures.models import ProcedureCase, ProcedureVersion

RULE_VERSION = "2026-1"


@dataclass(frozen=True)
class Appointed:
    """A computed promise together with the words and versions that the ledger keeps."""

    promise: Promise
    limit_words: str
    calendar_version: str

    @property
    def due_at(self) -> datetime:
        # promise_for refuses limits without a date
        return cast(datetime, self.promise.due_at)


def promise_for(version: ProcedureVersion, case: ProcedureCase, channel: str, agency_id: int, received_at: datetime) -> Appointed:
    """The appointment for a dossier received now, of which `agency_id` is competent; raises CannotPromise with the sentence to show."""
    limit = limit_for(version, case, channel)
    if limit is None:
        raise CannotPromise("Thủ tục này chưa có thời hạn công bố nên chưa tiếp nhận được.")
    calendar = calendar_in_force(agency_id)
    promise = due(received_at, limit, calendar, opening_hours(agency_id), channel=channel)
    if promise.due_at is None:
        raise CannotPromise(promise.reason)
    return Appointed(promise, say_limit(limit), calendar.version)


@dataclass(frozen=True)
class Course:
    """How the time of one dossier runs: from when, with which limit, interrupted by which pauses.

    Pauses that began when the due time had passed are left out: they change nothing (design §5.14).
    """

    start: datetime
    limit: TimeLimit
    pauses: tuple[PauseSpan, ...]
    channel: str


def course_of(dossier: Dossier, calendar: WorkingCalendar, *, more: Extension | None = None) -> Course:
    """The course from the ledger's rows: the version's limit, its extensions (and `more`, not saved yet), the pauses.

    An extension was given to the procedure of its day: one from before a reclassification adds nothing to the new limit.

    A pause that restarts the limit moves the start to the moment its answer arrived; what came before
    it is used up. Raises CannotPromise when the version has no confirmed limit any more.
    """
    since = max((row.reclassified_at for row in dossier.reclassifications.all()), default=None)
    given = [row for row in dossier.extensions.all() if since is None or row.decided_at > since]
    return _course(dossier, dossier.version, dossier.case, [*given, *([more] if more else [])], calendar)


def _course(
    dossier: Dossier, version: ProcedureVersion, case: ProcedureCase, extensions: Iterable[Extension], calendar: WorkingCalendar
) -> Course:
    limit = limit_for(version, case, dossier.channel)
    if limit is None:
        raise CannotPromise("Thủ tục này chưa có thời hạn công bố nên chưa hẹn được ngày trả.")
    extra = sum(row.extra_value for row in extensions)
    if extra and limit.unit != Unit.IMMEDIATE:
        limit = replace(limit, value=(limit.value or 0) + extra)
    start, channel = dossier.received_at, dossier.channel
    spans: list[PauseSpan] = []
    for pause in dossier.pauses.all():
        if pause.late:
            continue
        if pause.restarts and pause.ended_at is not None:
            start, channel, spans = arrival(pause.ended_at, calendar, opening_hours(dossier.competent_agency_id)), "counter", []
        else:
            spans.append(PauseSpan(pause.started_at, pause.ended_at, pause.kind))
    return Course(start, limit, tuple(spans), channel)


def promise_again(dossier: Dossier, *, calendar: WorkingCalendar | None = None, more: Extension | None = None) -> Appointed | None:
    """The lawful date of a received dossier, computed anew from its rows; None while a pause is open.

    `calendar`: another one than that in force, to see what a change would do.
    """
    calendar = calendar or calendar_in_force(dossier.competent_agency_id)
    return _appointed(dossier, course_of(dossier, calendar, more=more), calendar)


def promise_under(dossier: Dossier, version: ProcedureVersion, case: ProcedureCase) -> Appointed | None:
    """The lawful date that another version and case would make of the dossier's receipt and pauses; None while one is open."""
    calendar = calendar_in_force(dossier.competent_agency_id)
    return _appointed(dossier, _course(dossier, version, case, (), calendar), calendar)


def _appointed(dossier: Dossier, course: Course, calendar: WorkingCalendar) -> Appointed | None:
    promise = due(course.start, course.limit, calendar, opening_hours(dossier.competent_agency_id), course.pauses, course.channel)
    if promise.due_at is None:
        return None
    return Appointed(promise, say_limit(course.limit), calendar.version)


def open_pause(dossier: Dossier) -> Pause | None:
    """The pause that is open now, if any; the database allows one."""
    return dossier.pauses.filter(ended_at__isnull=True).first()
