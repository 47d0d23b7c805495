"""Warnings in office hours: the ladder from whoever holds a dossier to the leader, each rung once a stage.

The stages of a dossier are due soon (soon.py), due today, overdue; they are measured against the lawful due time
or, once an apology promised another date, against that date too. Selected by state: a job that ran twice, late or
not at all for a day warns of what is so now, never twice the same person of the same thing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dossiers import forgotten
from dossiers.desks import Desk, Desks
from dossiers.listing import procedure_labels
from dossiers.models import Appointment, AppointmentKind, Dossier, Notice, NoticeStage, NoticeStep
from dossiers.soon import due_soon_from
from dossiers.statuses import SIGNERS, Status
from onestop.reading.dates import say_moment
from onestop.staff.absence import away_on
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.worktime.calendar import CannotPromise
from onestop.worktime.hours import at, local

# Who hears of which stage. Due soon: whoever holds it can still do it alone. Due today: the manager can give it to
# somebody who has time. Overdue: the law wants a letter that a leader signs, so he must know. A forgotten click is
# the holder's own, and costs nobody else his attention until it makes the dossier late.
LADDER: Mapping[NoticeStage, tuple[NoticeStep, ...]] = {
    NoticeStage.DUE_SOON: (NoticeStep.HOLDER,),
    NoticeStage.DUE_TODAY: (NoticeStep.HOLDER, NoticeStep.MANAGER),
    NoticeStage.OVERDUE: (NoticeStep.HOLDER, NoticeStep.MANAGER, NoticeStep.LEADER),
    NoticeStage.FORGOTTEN: (NoticeStep.HOLDER,),
    # Of other agencies' answers (replies.py).
    NoticeStage.REPLY_DUE: (NoticeStep.HOLDER,),
    NoticeStage.REPLY_LATE: (NoticeStep.HOLDER, NoticeStep.MANAGER),
}
DUE_STAGES = (NoticeStage.DUE_SOON, NoticeStage.DUE_TODAY, NoticeStage.OVERDUE)
LONGEST = 300


@dataclass(frozen=True)
class Case:
    """An open dossier whose due time is near or past, as one query finds it."""

    id: int
    competent_agency_id: int
    code: str
    status: str
    received_at: datetime
    procedure_id: int
    holder_id: int | None
    holder_works: bool | None
    holder_name: str | None
    due_at: datetime
    first_due_at: datetime
    apology_at: datetime | None
    apology_made_at: datetime | None

    @property
    def promised_at(self) -> datetime:
        """The date that warnings are measured by: a re-appointment's, once there is one."""
        return max(self.apology_at or self.due_at, self.due_at)


def stage_of(received_at: datetime, first_due_at: datetime, due_at: datetime, desk: Desk, now: datetime) -> NoticeStage | None:
    """The stage of a promise at `now`; None while there is time. The due minute itself is still in time."""
    if now > due_at:
        return NoticeStage.OVERDUE
    try:
        if now < due_soon_from(received_at, first_due_at, due_at, desk.calendar, desk.hours):
            return None
    except CannotPromise:
        return None
    return NoticeStage.DUE_TODAY if local(due_at).date() == local(now).date() else NoticeStage.DUE_SOON


def warn(*, now: datetime) -> int:
    """Warn of everything that is due soon, due today or overdue where people are at work; returns how many notices were made.

    A constant number of queries, however many dossiers there are.
    """
    settle(now=now)
    desks = Desks().at_work(now)
    if not desks:
        return 0
    horizon = _horizon(desks.values(), now)
    cases = [case for case in _cases(horizon) if case.competent_agency_id in desks]
    if not cases:
        return 0
    people = _People((case.competent_agency_id for case in cases), now)
    known = Notice.objects.filter(stage__in=DUE_STAGES, dossier__finished_at__isnull=True, dossier__due_at__lte=horizon)
    told = set(known.values_list("dossier_id", "episode", "stage", "recipient_id"))
    labels = procedure_labels()
    made = []
    for case in cases:
        began, first = case.received_at, case.first_due_at
        if case.apology_at is not None and case.apology_made_at is not None:
            # How long a re-appointment is, its own letter says.
            began, first = case.apology_made_at, case.apology_at
        stage = stage_of(began, first, case.promised_at, desks[case.competent_agency_id], now)
        if stage is None:
            continue
        words = f"Hồ sơ {case.code} ({labels(case.procedure_id)}) {_say(stage, case.promised_at)}"
        for step, recipient_id in _recipients(case, stage, people):
            key = (case.id, case.promised_at, stage, recipient_id)
            if key in told:
                continue
            told.add(key)
            told_words = _with_holder(words, step, case, recipient_id)
            made.append(_notice(case.competent_agency_id, case.id, case.promised_at, stage, step, recipient_id, told_words, now))
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def remind_of_clicks(*, now: datetime) -> int:
    """Tell the holder of what he probably forgot to click; returns how many notices were made. Constant queries."""
    settle(now=now)
    desks = Desks().at_work(now)
    if not desks:
        return 0
    found = []
    for kind in forgotten.KINDS:
        before = {agency_id: desk.hours_ago(now, kind.working_hours) for agency_id, desk in desks.items()}
        every = forgotten.find(kind, None, max(before.values()), now)
        found += [one for one in every if one.competent_agency_id in desks and one.since <= before[one.competent_agency_id]]
    if not found:
        return 0
    people = _People((one.competent_agency_id for one in found), now)
    since = min(one.since for one in found)
    known = Notice.objects.filter(stage=NoticeStage.FORGOTTEN, episode__gte=since)
    told = set(known.values_list("dossier_id", "episode", "recipient_id"))
    labels = procedure_labels()
    made = []
    for one in found:
        words = f"Hồ sơ {one.code} ({labels(one.procedure_id)}): {one.kind.words(one.since)}"
        for recipient_id in _who_clicks(one, people):
            if (one.dossier_id, one.since, recipient_id) not in told:
                told.add((one.dossier_id, one.since, recipient_id))
                about = (one.competent_agency_id, one.dossier_id, one.since)
                made.append(_notice(*about, NoticeStage.FORGOTTEN, NoticeStep.HOLDER, recipient_id, words, now))
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def settle(*, now: datetime) -> int:
    """Take what no longer holds off everybody's list: finished, voided, paused, given another date, or clicked after all."""
    unread = Notice.objects.filter(read_at__isnull=True)
    over = Q(dossier__voided_at__isnull=False)
    moved = Q(dossier__finished_at__isnull=False) | Q(dossier__due_at__isnull=True) | Q(dossier__due_at__gt=F("episode"))
    due = Q(stage__in=DUE_STAGES) & moved
    clicked = Q(stage=NoticeStage.FORGOTTEN, dossier__changed_at__gt=F("made_at"))
    return unread.filter(over | due | clicked).update(read_at=now)


def to_mind(user: User) -> QuerySet[Notice]:
    """What this person should look at: the figure on his pages."""
    return Notice.objects.filter(recipient=user, read_at__isnull=True)


# -- who and what ----------------------------------------------------------------------------
def _horizon(desks: Iterable[Desk], now: datetime) -> datetime:
    """The end of the latest next working day: nothing due later is due soon anywhere."""
    days: list[date] = [day for desk in desks if (day := desk.next_working_day(now)) is not None]
    return at(max(days, default=local(now).date()), time.max)


def _cases(horizon: datetime) -> Iterator[Case]:
    """The open dossiers due by `horizon`, with the promise made at the receipt and the one that stands now."""
    ledger = Appointment.objects.filter(dossier=OuterRef("pk"))
    first = ledger.order_by("seq").values("due_at")[:1]
    apology = ledger.filter(kind=AppointmentKind.APOLOGY).order_by("-seq")
    rows = (
        Dossier.objects.open()
        .filter(due_at__lte=horizon)
        .annotate(
            first_due_at=Coalesce(Subquery(first), F("due_at")),
            apology_at=Subquery(apology.values("due_at")[:1]),
            apology_made_at=Subquery(apology.values("made_at")[:1]),
        )
        .order_by("due_at", "id")
        .values_list(
            "id", "competent_agency_id", "code", "status", "received_at", "procedure_id", "holder_id", "holder__is_active",
            "holder__full_name", "due_at", "first_due_at", "apology_at", "apology_made_at",
        )
    )  # fmt: skip
    return (Case(*row) for row in rows)


class _People:
    """Managers, signers and archivists of the agencies, and who is away with whom in his place; two queries."""

    def __init__(self, agency_ids: Iterable[int], now: datetime) -> None:
        agency_ids = set(agency_ids)
        self.away = away_on(agency_ids, local(now).date())
        self._by_role: dict[tuple[int, str], list[int]] = defaultdict(list)
        roles = (Role.MANAGER, *SIGNERS, Role.ARCHIVIST)
        for person in User.objects.active().filter(agency_id__in=agency_ids).holding(*roles).order_by("pk"):
            for role in roles:
                if person.has_role(role):
                    self._by_role[person.agency_id, role].append(person.pk)

    def with_role(self, agency_id: int, *roles: Role) -> list[int]:
        return list(dict.fromkeys(pk for role in roles for pk in self._by_role[agency_id, role]))

    def signers(self, agency_id: int) -> list[int]:
        return self.with_role(agency_id, *sorted(SIGNERS))

    def managers(self, agency_id: int) -> list[int]:
        """A desk without a manager answers to its leaders: a warning is never lost for want of a person."""
        return self.with_role(agency_id, Role.MANAGER) or self.signers(agency_id)


    def with_substitutes(self, agency_id: int, found: Iterable[int]) -> list[int]:
        """Also who stands in for those of them who are away: whoever is away reads nothing. Without a substitute, the manager."""
        told = list(found)
        for pk in tuple(told):
            absence = self.away.get(pk)
            if absence is not None:
                told += [absence.substitute_id] if absence.substitute_id else self.managers(agency_id)
        return list(dict.fromkeys(told))


def _recipients(case: Case, stage: NoticeStage, people: _People) -> Iterator[tuple[NoticeStep, int]]:
    agency_id = case.competent_agency_id
    for step in LADDER[stage]:
        if step == NoticeStep.MANAGER:
            found = people.managers(agency_id)
        elif step == NoticeStep.LEADER or case.status == Status.AWAITING_SIGNATURE:
            found = people.signers(agency_id)
        elif case.holder_id is not None and case.holder_works:
            found = [case.holder_id]
        else:
            # Nobody has it in hand, or whoever had it works here no more.
            found = people.managers(agency_id)
        for recipient_id in people.with_substitutes(agency_id, found):
            yield step, recipient_id


def _who_clicks(one: forgotten.Found, people: _People) -> list[int]:
    return people.with_substitutes(one.competent_agency_id, _clickers(one, people))


def _clickers(one: forgotten.Found, people: _People) -> list[int]:
    if one.kind is forgotten.AWAITING:
        return people.with_role(one.competent_agency_id, *sorted(SIGNERS), Role.ARCHIVIST)
    return [one.holder_id] if one.holder_id is not None else people.managers(one.competent_agency_id)


def _say(stage: NoticeStage, due_at: datetime) -> str:
    if stage == NoticeStage.OVERDUE:
        return f"quá hạn từ {say_moment(due_at)}."
    if stage == NoticeStage.DUE_TODAY:
        return f"đến hạn hôm nay lúc {local(due_at):%H:%M}."
    return f"sắp đến hạn: {say_moment(due_at)}."


def _with_holder(words: str, step: NoticeStep, case: Case, recipient_id: int) -> str:
    """Above the first rung, and to a substitute, it matters who has it; to everybody that it is somewhere else."""
    if case.status == Status.WITH_OTHER_AGENCY:
        words = f"{words} Đang ở cơ quan khác."
    if step == NoticeStep.HOLDER and (recipient_id == case.holder_id or not case.holder_works):
        return words
    if case.status == Status.AWAITING_SIGNATURE:
        return f"{words} Đang chờ ký."
    return f"{words} Người giữ: {case.holder_name}." if case.holder_name else words


def _notice(
    agency_id: int, dossier_id: int, episode: datetime, stage: NoticeStage, step: NoticeStep, recipient_id: int, words: str, now: datetime
) -> Notice:
    return Notice(
        agency_id=agency_id,
        dossier_id=dossier_id,
        episode=episode,
        stage=stage,
        step=step,
        recipient_id=recipient_id,
        words=words[:LONGEST],
        made_at=now,
    )
