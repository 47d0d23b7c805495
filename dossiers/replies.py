"""Watching the answers of other agencies in office hours: the working day before one is due, and the working day after.

Whoever holds the dossier is told once a stage, the manager too once it is late: he knows whom to call. Selected by
state, like the other warnings (warnings.py): a job that ran twice or not at all for a day tells what is so now.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from dossiers.consultations import open_ones
from dossiers.desks import Desk, Desks
from dossiers.models import Notice, NoticeStage, NoticeStep
from dossiers.soon import due_soon_from
from onestop.reading.dates import say_moment
from onestop.staff.absence import away_on
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.worktime.calendar import CannotPromise
from onestop.worktime.hours import at, local

STAGES = (NoticeStage.REPLY_DUE, NoticeStage.REPLY_LATE)
LONGEST = 300


@dataclass(frozen=True)
class Awaited:
    """An answer that is not there, as one query finds it."""

    dossier_id: int
    competent_agency_id: int
    code: str
    holder_id: int | None
    holder_works: bool | None
    other: str
    sent_at: datetime
    due_at: datetime


def stage_of(sent_at: datetime, due_at: datetime, desk: Desk, now: datetime) -> NoticeStage | None:
    """Due from the working day before its last day (of a short time: its last hour); late from the opening of the working
    day after it. None in between and before."""
    try:
        day = desk.calendar.next_working_day(local(due_at).date())
        sessions = desk.hours.sessions(day, desk.calendar)
        if sessions and local(now) >= at(day, sessions[0][0]):
            return NoticeStage.REPLY_LATE
        soon = due_soon_from(sent_at, due_at, due_at, desk.calendar, desk.hours)
    except CannotPromise:
        return None
    return NoticeStage.REPLY_DUE if soon <= local(now) <= local(due_at) else None


def watch(*, now: datetime) -> int:
    """Tell of the answers that are due or late where people are at work; returns how many notices were made.

    Answers due at the same moment for one dossier stand in one notice. A constant number of queries.
    """
    settle(now=now)
    desks = Desks().at_work(now)
    if not desks:
        return 0
    together: dict[tuple[int, datetime], list[Awaited]] = defaultdict(list)
    for one in _awaited():
        if one.competent_agency_id in desks:
            together[one.dossier_id, one.due_at].append(one)
    if not together:
        return 0
    agency_ids = {one.competent_agency_id for found in together.values() for one in found}
    managers, away = _managers(agency_ids), away_on(agency_ids, local(now).date())
    known = Notice.objects.filter(stage__in=STAGES, dossier_id__in={dossier_id for dossier_id, _ in together})
    told = set(known.values_list("dossier_id", "episode", "stage", "recipient_id"))
    made = []
    for (dossier_id, due_at), found in together.items():
        first = found[0]
        stage = stage_of(min(one.sent_at for one in found), due_at, desks[first.competent_agency_id], now)
        if stage is None:
            continue
        words = _words(stage, found, due_at)
        absence = away.get(first.holder_id or 0)
        holder_id = absence.substitute_id or first.holder_id if absence is not None else first.holder_id
        for step, recipient_id in _recipients(stage, holder_id if first.holder_works else None, managers[first.competent_agency_id]):
            if (dossier_id, due_at, stage, recipient_id) in told:
                continue
            told.add((dossier_id, due_at, stage, recipient_id))
            made.append(
                Notice(
                    agency_id=first.competent_agency_id,
                    dossier_id=dossier_id,
                    episode=due_at,
                    stage=stage,
                    step=step,
                    recipient_id=recipient_id,
                    words=words[:LONGEST],
                    made_at=now,
                )
            )
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def settle(*, now: datetime) -> int:
    """Take what is answered, withdrawn or ended off everybody's list."""
    waiting = open_ones().filter(dossier=OuterRef("dossier"), answer_due_at=OuterRef("episode")).order_by()
    return Notice.objects.filter(read_at__isnull=True, stage__in=STAGES).filter(~Exists(waiting)).update(read_at=now)


def _awaited() -> list[Awaited]:
    rows = open_ones().values_list(
        *("dossier_id", "dossier__competent_agency_id", "dossier__code", "dossier__holder_id"),
        *("dossier__holder__is_active", "other_name", "sent_at", "answer_due_at"),
    )
    return [Awaited(*row) for row in rows]


def _managers(agency_ids: set[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for person in User.objects.active().filter(agency_id__in=agency_ids).holding(Role.MANAGER).order_by("pk"):
        found[person.agency_id].append(person.pk)
    return found


def _recipients(stage: NoticeStage, holder_id: int | None, managers: Iterable[int]) -> list[tuple[NoticeStep, int]]:
    """The holder (or who stands in for him); where there is none, and once it is late beside him, the manager."""
    holder = [(NoticeStep.HOLDER, holder_id)] if holder_id is not None else []
    if holder and stage == NoticeStage.REPLY_DUE:
        return holder
    return [*holder, *((NoticeStep.MANAGER, pk) for pk in managers if pk != holder_id)]


def _words(stage: NoticeStage, found: Iterable[Awaited], due_at: datetime) -> str:
    found = list(found)
    others = ", ".join(one.other for one in found)
    if stage == NoticeStage.REPLY_DUE:
        return f"Hồ sơ {found[0].code}: {others} đến hạn trả lời {say_moment(due_at)}."
    return f"Hồ sơ {found[0].code}: {others} chưa trả lời, hạn là {say_moment(due_at)}. Nhắc, hoặc rút yêu cầu."
