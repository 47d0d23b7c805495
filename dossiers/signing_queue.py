"""The queue of drafts before the signers: every row with what it takes to decide, in a number of queries that no row adds to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from dossiers.lifecycle.scanning import asking_for_scans
from dossiers.models import (
    Consultation,
    Dossier,
    DossierComponent,
    DossierFee,
    DraftOpened,
    PaidBy,
    PaperState,
    Pause,
    PauseKind,
    QuickSign,
    ResultDocument,
    ScannedPaper,
    ScanWaiver,
)
from dossiers.querysets import DossierQuerySet
from dossiers.rules import is_signer
from dossiers.sign_checks import Check, Draft, SignFacts, checks_of, worst
from dossiers.sign_rights import kinds_of
from dossiers.timeliness import timeliness
from onestop.roster.today import DutyToday
from onestop.staff.models import User
from onestop.staff.signing import Rights, SigningRight, rights_of
from onestop.vault import files
from onestop.worktime.calendar import WorkingCalendar

MOST_AT_ONCE = 30


@dataclass(frozen=True)
class Waiting:
    """One dossier before the signers. `right` is the reader's, None when he may not sign it; `opinions` are the answers of
    other agencies; `opened`: the reader has looked at exactly these bytes, or the procedure is signed quickly."""

    dossier: Dossier
    result: ResultDocument
    right: SigningRight | None
    checks: tuple[Check, ...]
    papers: tuple[tuple[str, str], ...]
    opinions: tuple[tuple[str, str], ...]
    opened: bool
    quick: bool

    @property
    def has_file(self) -> bool:
        return bool(self.result.sha256)

    @property
    def colour(self) -> str:
        return worst(self.checks)

    @property
    def why_not_at_once(self) -> str:
        """Why it cannot be ticked to be signed together with others, or ""."""
        if self.right is None:
            return "Ông/bà không có thẩm quyền ký hồ sơ này hôm nay"
        forbidding = next((check.words for check in self.checks if check.forbids), "")
        if forbidding:
            return forbidding
        return "" if not self.has_file or self.opened else "Chưa mở dự thảo"


def waiting_for(user: User, *, mine: bool = False) -> DossierQuerySet:
    """What waits in the person's agency, the longest waiting first. `mine`: without what was passed on to somebody else."""
    waiting = Dossier.objects.settled_by(user.agency_id).without_certification().awaiting_signature()
    if mine:
        waiting = waiting.filter(Q(holder=None) | Q(holder=user))
    return waiting.order_by("held_since", "id")


def queue_of(
    dossiers: DossierQuerySet, rights: Rights, *, now: datetime, calendar: WorkingCalendar, reads_files: bool = False
) -> list[Waiting]:
    """The dossiers as rows, in their order. Four queries, one when nothing waits.

    `reads_files`: compare each draft with its digest, for a page of few; else only whether the file is there.
    """
    user = rights.user
    found = list(_with_facts(dossiers, user.agency_id).select_related("procedure__sector", "version", "holder"))
    ids = [dossier.pk for dossier in found]
    results = {row.dossier_id: row for row in _drafts(ids, user)}
    lines = _by_dossier(_papers(ids))
    opinions = _opinions(ids)
    made = []
    for dossier in found:
        result = results.get(dossier.pk)
        if result is None:
            continue
        late = timeliness(dossier.status, dossier.due_at, None, dossier.overdue_since, now=now, calendar=calendar)
        facts = SignFacts(
            missing=[line.name for line in lines[dossier.pk] if line.state == PaperState.MISSING],
            scans_asked=dossier.scans_asked,
            unscanned=[line.name for line in lines[dossier.pk] if line.is_unscanned],
            waived=dossier.waived,
            owed=dossier.owed,
            is_late=dossier.due_at is not None and dossier.due_at < now,
            lateness=late.words if late else "",
            pause=PauseKind(dossier.pause_kind).label.lower() if dossier.pause_kind else "",
            draft=_draft(result, reads_files=reads_files),
            drafter=result.drafted_by_id,
            receiver=dossier.received_by_id,
            signer=user.pk,
            signer_is_leader=is_signer(user),
            receiver_may_sign=dossier.version.who_received_may_sign,
        )
        made.append(
            Waiting(
                dossier=dossier,
                result=result,
                right=rights.of(kinds_of(dossier.procedure.sector.slug)),
                checks=tuple(checks_of(facts)),
                papers=tuple((line.name, str(PaperState(line.state).label)) for line in lines[dossier.pk]),
                opinions=tuple(opinions[dossier.pk]),
                opened=dossier.quick or result.was_opened,
                quick=dossier.quick,
            )
        )
    return made


def _by_dossier(rows: Iterable) -> dict[int, list]:
    found: dict[int, list] = defaultdict(list)
    for row in rows:
        found[row.dossier_id].append(row)
    return found


def _with_facts(dossiers: DossierQuerySet, agency_id: int) -> DossierQuerySet:
    """The dossiers with what else a signer of this agency is told of each: `owed`, `pause_kind`, `waived`, `scans_asked`, `quick`."""
    owed = DossierFee.objects.filter(dossier=OuterRef("pk"), paid_by=PaidBy.LATER).order_by().values("dossier")
    return dossiers.annotate(
        owed=Coalesce(Subquery(owed.annotate(sum=Sum("amount")).values("sum")), 0),
        pause_kind=Subquery(Pause.objects.filter(dossier=OuterRef("pk"), ended_at__isnull=True).values("kind")[:1]),
        waived=Exists(ScanWaiver.objects.filter(dossier=OuterRef("pk"))),
        scans_asked=Exists(asking_for_scans(agency_id)),
        quick=Exists(QuickSign.objects.filter(agency_id=agency_id, allowed=True, procedure=OuterRef("procedure"))),
    )


def _drafts(ids: Sequence[int], reader: User) -> QuerySet[ResultDocument]:
    """The results of these dossiers, the latest of each last. `was_opened`: the reader has looked at exactly these bytes."""
    opened = DraftOpened.objects.filter(person=reader, result=OuterRef("pk"), sha256=OuterRef("sha256"))
    drafts = ResultDocument.objects.filter(dossier__in=ids).annotate(was_opened=Exists(opened))
    return drafts.select_related("drafted_by").order_by("version")


def _papers(ids: Sequence[int]) -> QuerySet[DossierComponent]:
    """The papers of these dossiers. `is_unscanned`: required, and without a scan that counts; as `scanning.unscanned`, for many."""
    scanned = ScannedPaper.objects.filter(paper=OuterRef("pk"), voided_at__isnull=True)
    lacking = Q(state=PaperState.SUBMITTED, component__required=True) & ~Exists(scanned)
    papers = DossierComponent.objects.filter(dossier__in=ids).annotate(is_unscanned=Case(When(lacking, then=True), default=False))
    return papers.order_by("position", "id")


def _opinions(ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """(agency, what it answered or that it has not) of the questions that still count."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in Consultation.objects.filter(dossier__in=ids, cancelled_at__isnull=True).order_by("seq"):
        agreed = {True: "đồng ý. ", False: "không đồng ý. ", None: ""}[row.agrees]
        found[row.dossier_id].append((row.other_name, f"{agreed}{row.summary}" if row.answered_at else "chưa trả lời"))
    return found


def _draft(result: ResultDocument, *, reads_files: bool) -> Draft:
    if not result.sha256:
        return Draft.NONE
    if not reads_files:
        return Draft.THERE if files.exists(result.sha256) else Draft.BROKEN
    try:
        files.read(result.sha256)
    except files.FileMissing:
        return Draft.BROKEN
    return Draft.INTACT


def note_opened(result: ResultDocument, person: User, now: datetime) -> None:
    """That this person has looked at these bytes; the first time counts."""
    row = DraftOpened(agency_id=result.agency_id, result=result, person=person, sha256=result.sha256, opened_at=now)
    DraftOpened.objects.bulk_create([row], ignore_conflicts=True)


def beyond_duty(duty: DutyToday | None, rows: Sequence[Waiting], now: datetime) -> str:
    """The fields of today's papers that the signer on duty may not sign, in a sentence. One query, none without anybody on duty."""
    if duty is None or duty.leader is None or not rows:
        return ""
    rights = rights_of(duty.leader, timezone.localdate(now))
    sectors = {row.dossier.procedure.sector for row in rows}
    beyond = sorted(sector.name for sector in sectors if rights.of(kinds_of(sector.slug)) is None)
    return f"Người đang trực không được ký kết quả lĩnh vực: {', '.join(beyond)}." if beyond else ""
