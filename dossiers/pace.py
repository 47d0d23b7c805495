"""How long dossiers take: the median of the last closed ones of each procedure, and the risk mark that uses it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median
from typing import NamedTuple

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from dossiers.desks import Desk, Desks, desk_of
from dossiers.models import Consultation, Dossier, Pause, ProcedurePace
from dossiers.risk import Awaited, Pace, Risk, risk_of
from dossiers.statuses import CONSULTED, READY, Status
from onestop.reading.dates import short_moment

# The last so many closed dossiers tell how the office works now; older ones how it worked once.
LAST = 200

Span = tuple[datetime, datetime | None]


class Open(NamedTuple):
    """What the risk of an open dossier is reckoned from."""

    id: int
    procedure_id: int
    received_at: datetime
    due_at: datetime | None
    status: str


def worked_minutes(start: datetime, end: datetime, pauses: Iterable[Span], desk: Desk) -> int:
    """Working minutes from `start` to `end` without those of the pauses; an open pause lasts until `end`."""
    waited = sum(desk.minutes_between(max(begun, start), min(ended or end, end)) for begun, ended in pauses)
    return max(desk.minutes_between(start, end) - waited, 0)


def reckon(*, now: datetime) -> int:
    """Fill the paces anew from the last closed dossiers, agency by agency; returns how many there are.

    Certification is left out: it is done while the citizen waits. Running twice changes nothing but the time.
    """
    made = 0
    for agency_id, desk in Desks():
        minutes: dict[int, list[int]] = defaultdict(list)
        closed = _last_closed(agency_id)
        pauses = pauses_of(pk for pk, *_ in closed)
        for pk, procedure_id, received, finished in closed:
            minutes[procedure_id].append(worked_minutes(received, finished, pauses[pk], desk))
        paces = [
            ProcedurePace(
                agency_id=agency_id,
                procedure_id=procedure_id,
                counted=len(values),
                median_minutes=round(median(values)),
                reckoned_at=now,
            )
            for procedure_id, values in minutes.items()
        ]
        ProcedurePace.objects.bulk_create(
            paces,
            update_conflicts=True,
            unique_fields=["agency", "procedure"],
            update_fields=["counted", "median_minutes", "reckoned_at"],
        )
        made += len(paces)
    return made


def _last_closed(agency_id: int) -> list[tuple]:
    """(id, procedure, received, finished) of the last closed dossiers of each procedure."""
    closed = Dossier.objects.settled_by(agency_id).valid().without_certification()
    closed = closed.filter(status__in=[*sorted(READY), Status.RETURNED], finished_at__isnull=False)
    place = Window(RowNumber(), partition_by=F("procedure"), order_by=[F("finished_at").desc(), F("id").desc()])
    ranked = closed.annotate(place=place).filter(place__lte=LAST)
    return list(ranked.order_by().values_list("id", "procedure_id", "received_at", "finished_at"))


def pauses_of(dossier_ids: Iterable[int]) -> Mapping[int, list[Span]]:
    """The pauses of these dossiers that stopped the clock. One query, none for none."""
    spans: dict[int, list[Span]] = defaultdict(list)
    ids = list(dossier_ids)
    if ids:
        for pk, begun, ended in Pause.objects.filter(dossier_id__in=ids, late=False).values_list("dossier_id", "started_at", "ended_at"):
            spans[pk].append((begun, ended))
    return spans


def last_awaited(dossier_ids: Iterable[int], desk: Desk, *, now: datetime) -> dict[int, Awaited]:
    """Of each dossier with open questions the one whose answer may come last. One query, none for none."""
    ids = list(dossier_ids)
    if not ids:
        return {}
    asked = Consultation.objects.filter(dossier_id__in=ids, answered_at__isnull=True, cancelled_at__isnull=True)
    return {
        pk: Awaited(other, short_moment(until), desk.minutes_between(now, until) if until > now else 0)
        for pk, other, until in asked.order_by("answer_due_at", "id").values_list("dossier_id", "other_name", "answer_due_at")
    }


def risks(dossiers: Iterable[Open], agency_id: int, *, now: datetime) -> dict[int, Risk]:
    """The risk of each dossier that is in time and not paused, by its id. Two queries for a list, a third where an agency was asked."""
    listed = list(dossiers)
    if not listed:
        return {}
    desk = desk_of(agency_id)
    rows = ProcedurePace.objects.filter(agency_id=agency_id, procedure_id__in={one.procedure_id for one in listed})
    paces = {procedure_id: Pace(*pace) for procedure_id, *pace in rows.values_list("procedure_id", "counted", "median_minutes")}
    pauses = pauses_of(one.id for one in listed)
    awaited = last_awaited((one.id for one in listed if one.status in CONSULTED), desk, now=now)
    return {
        one.id: risk_of(
            desk.minutes_between(now, one.due_at),
            worked_minutes(one.received_at, now, pauses[one.id], desk),
            paces.get(one.procedure_id),
            awaited.get(one.id),
        )
        for one in listed
        if one.due_at is not None and one.due_at >= now
    }
