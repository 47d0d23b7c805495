"""The queue of drafts before the signers: every row with what it takes to decide, in a number of queries that no row adds to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.utils import timezone

from dossiers.lifecycle.scanning import scans_required
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
    """The dossiers as rows, in their order. Eleven queries, one when nothing waits.

    `reads_files`: compare each draft with its digest, for a page of few; else only whether the file is there.
    """
    user = rights.user
    found = list(dossiers.select_related("procedure__sector", "version", "holder"))
    ids = [dossier.pk for dossier in found]
    results = {
        row.dossier_id: row for row in ResultDocument.objects.filter(dossier__in=ids).select_related("drafted_by").order_by("version")
    }
    lines = _by_dossier(DossierComponent.objects.filter(dossier__in=ids).order_by("position", "id"))
    unscanned = _unscanned(ids)
    waived = set(ScanWaiver.objects.filter(dossier__in=ids).values_list("dossier_id", flat=True))
    asked = bool(ids) and scans_required(user.agency_id)
    owed: dict[int, int] = defaultdict(int)
    for dossier_id, amount in DossierFee.objects.filter(dossier__in=ids, paid_by=PaidBy.LATER).values_list("dossier_id", "amount"):
        owed[dossier_id] += amount or 0
    pauses = dict(Pause.objects.filter(dossier__in=ids, ended_at__isnull=True).values_list("dossier_id", "kind"))
    opinions = _opinions(ids)
    opened = set(
        DraftOpened.objects.filter(person=user, result__in=[row.pk for row in results.values()], sha256=F("result__sha256")).values_list(
            "result_id", flat=True
        )
    )
    quick = set(QuickSign.objects.filter(agency_id=user.agency_id, allowed=True).values_list("procedure_id", flat=True)) if ids else set()
    made = []
    for dossier in found:
        result = results.get(dossier.pk)
        if result is None:
            continue
        late = timeliness(dossier.status, dossier.due_at, None, dossier.overdue_since, now=now, calendar=calendar)
        facts = SignFacts(
            missing=[line.name for line in lines[dossier.pk] if line.state == PaperState.MISSING],
            scans_asked=asked,
            unscanned=unscanned[dossier.pk],
            waived=dossier.pk in waived,
            owed=owed[dossier.pk],
            is_late=dossier.due_at is not None and dossier.due_at < now,
            lateness=late.words if late else "",
            pause=PauseKind(pauses[dossier.pk]).label.lower() if dossier.pk in pauses else "",
            draft=_draft(result, reads_files=reads_files),
            drafter=result.drafted_by_id,
            receiver=dossier.received_by_id,
            signer=user.pk,
            signer_is_leader=is_signer(user),
            receiver_may_sign=dossier.version.who_received_may_sign,
        )
        is_quick = dossier.procedure_id in quick
        made.append(
            Waiting(
                dossier=dossier,
                result=result,
                right=rights.of(kinds_of(dossier.procedure.sector.slug)),
                checks=tuple(checks_of(facts)),
                papers=tuple((line.name, str(PaperState(line.state).label)) for line in lines[dossier.pk]),
                opinions=tuple(opinions[dossier.pk]),
                opened=is_quick or result.pk in opened,
                quick=is_quick,
            )
        )
    return made


def _by_dossier(rows: Iterable) -> dict[int, list]:
    found: dict[int, list] = defaultdict(list)
    for row in rows:
        found[row.dossier_id].append(row)
    return found


def _unscanned(ids: Sequence[int]) -> dict[int, list[str]]:
    """The required papers without a scan that counts, by dossier; as `scanning.unscanned`, for many."""
    scanned = ScannedPaper.objects.filter(dossier__in=ids, voided_at__isnull=True, paper__isnull=False).values("paper_id")
    required = DossierComponent.objects.filter(dossier__in=ids, state=PaperState.SUBMITTED, component__required=True)
    found: dict[int, list[str]] = defaultdict(list)
    for dossier_id, name in required.exclude(pk__in=scanned).order_by("position", "id").values_list("dossier_id", "name"):
        found[dossier_id].append(name)
    return found


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
