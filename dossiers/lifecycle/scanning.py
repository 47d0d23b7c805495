"""Scans of a dossier's papers: kept, voided, and asked for before its result is issued.

A scan changes nothing that another act decides by, so it leaves the dossier's revision alone: whoever
has the dossier open need not read it again.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dossiers.lifecycle.act import AlreadyDone, begin
from dossiers.models import Dossier, DossierComponent, PaperState, ScannedPaper, ScanSetting, ScanWaiver
from dossiers.rules import check_may_act, is_session
from dossiers.statuses import SIGNERS, Act, NotAllowed, check_move
from onestop.history.record import record
from onestop.inspection import Checked
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role

MOST_SCANS = 200
_NAMED = 3


@transaction.atomic
def add_scan(
    dossier: Dossier,
    *,
    paper: DossierComponent | None,
    checked: Checked,
    sha256: str,
    preview_sha256: str,
    byte_count: int,
    name: str,
    by: User,
    at: datetime,
) -> ScannedPaper:
    """Keep a file that was looked into and is safe on disk, with the line that it belongs to (None: another paper)."""
    dossier = begin(dossier, Act.ADD_SCAN, by=by, revision=None)
    if paper is not None and paper.dossier_id != dossier.pk:
        raise NotAllowed("Chọn giấy tờ trong danh sách của hồ sơ này.")
    counted = ScannedPaper.objects.filter(dossier=dossier, voided_at__isnull=True)
    if counted.filter(paper=paper, sha256=sha256).exists():
        raise AlreadyDone("Tệp này đã lưu ở giấy tờ này rồi. Không lưu lại lần nữa")
    if counted.count() >= MOST_SCANS:
        raise NotAllowed(f"Hồ sơ đã có {MOST_SCANS} bản quét. Bỏ bản thừa rồi lưu tiếp.")
    scan = ScannedPaper.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        paper=paper,
        sha256=sha256,
        preview_sha256=preview_sha256,
        kind=checked.kind,
        pages=checked.pages,
        byte_count=byte_count,
        name=name,
        scanned_by=by,
        scanned_at=at,
    )
    _record(dossier, Act.ADD_SCAN, scan, by=by, at=at, data={"sha256": sha256, "pages": checked.pages})
    return scan


def why_no_scan(dossier: Dossier, *, by: User) -> str:
    """The sentence that says why this person may keep no scan here now, or ""; asked before a file is looked into."""
    try:
        check_may_act(by, dossier)
        if dossier.voided_at is not None:
            raise NotAllowed("Hồ sơ này đã hủy.")
        check_move(Act.ADD_SCAN, dossier.status, by=by, holder_id=dossier.holder_id)
    except NotAllowed as refusal:
        return str(refusal)
    return ""


@transaction.atomic
def void_scan(scan: ScannedPaper, *, reason: str, by: User, at: datetime) -> ScannedPaper:
    """A scan of the wrong paper, or one that cannot be read, counts no more; file and row stay."""
    dossier = begin(scan.dossier, Act.VOID_SCAN, by=by, revision=None)
    if not reason:
        raise NotAllowed("Ghi lý do bỏ bản quét.")
    scan = ScannedPaper.objects.select_for_update().get(pk=scan.pk)
    if scan.voided_at is not None:
        raise AlreadyDone("Bản quét này đã bỏ rồi.")
    scan.voided_at, scan.voided_by, scan.void_reason = at, by, reason
    scan.save(update_fields=["voided_at", "voided_by", "void_reason"])
    _record(dossier, Act.VOID_SCAN, scan, by=by, at=at, data={"sha256": scan.sha256})
    return scan


@transaction.atomic
def waive_scans(dossier: Dossier, *, reason: str, by: User, at: datetime) -> ScanWaiver:
    """Leave to issue the result although a required paper was not scanned."""
    dossier = begin(dossier, Act.WAIVE_SCANS, by=by, revision=None)
    if not reason:
        raise NotAllowed("Ghi lý do không quét.")
    if ScanWaiver.objects.filter(dossier=dossier).exists():
        raise AlreadyDone("Hồ sơ này đã được phép không quét.")
    waiver = ScanWaiver.objects.create(agency_id=dossier.agency_id, dossier=dossier, reason=reason, waived_by=by, waived_at=at)
    _record(dossier, Act.WAIVE_SCANS, waiver, by=by, at=at, data={})
    return waiver


@transaction.atomic
def require_scans(agency: Agency, required: bool, *, by: User, at: datetime) -> ScanSetting:
    """Let the agency ask for scans of all required papers before a result is issued, or no longer ask."""
    if by.agency_id != agency.pk or not by.has_role(*SIGNERS, Role.MANAGER):
        raise NotAllowed("Chỉ lãnh đạo hoặc giám đốc Trung tâm của đơn vị đặt lệ này.")
    setting, _ = ScanSetting.objects.update_or_create(
        agency=agency, defaults={"required": required, "changed_by": by, "changed_at": at}
    )
    record(
        agency_id=agency.pk,
        act=Act.REQUIRE_SCANS,
        subject=f"agency:{agency.pk}",
        at=at,
        by=by,
        data={"required": required},
        rows=[setting],
    )
    return setting


def asking_for_scans(agency_id: int) -> QuerySet[ScanSetting]:
    """The agency's wish for scans, if it has it; a commune on paper does not."""
    return ScanSetting.objects.filter(agency_id=agency_id, required=True)


def scans_required(agency_id: int) -> bool:
    return asking_for_scans(agency_id).exists()


def unscanned(dossier: Dossier) -> QuerySet[DossierComponent]:
    """The papers that were submitted, that the procedure requires, and that have no scan that counts."""
    required = DossierComponent.objects.filter(dossier=dossier, state=PaperState.SUBMITTED, component__required=True)
    scanned = ScannedPaper.objects.filter(dossier=dossier, voided_at__isnull=True, paper__isnull=False).values("paper_id")
    return required.exclude(pk__in=scanned).order_by("position", "id")


def check_scanned(dossier: Dossier) -> None:
    """Raises NotAllowed when the agency asks for scans and a required paper has none; never for a certification session."""
    if not scans_required(dossier.competent_agency_id) or is_session(dossier) or ScanWaiver.objects.filter(dossier=dossier).exists():
        return
    names = list(unscanned(dossier).values_list("name", flat=True))
    if names:
        more = f" và {len(names) - _NAMED} giấy tờ khác" if len(names) > _NAMED else ""
        listed = "; ".join(names[:_NAMED])
        raise NotAllowed(f"Chưa quét: {listed}{more}. Quét ở trang Giấy tờ, hoặc để lãnh đạo cho phép không quét, có lý do.")


def _record(dossier: Dossier, act: Act, row: ScannedPaper | ScanWaiver, *, by: User, at: datetime, data: dict) -> None:
    record(
        agency_id=dossier.agency_id,
        act=act,
        subject=f"dossier:{dossier.pk}",
        at=at,
        by=by,
        data={"code": dossier.code, **data},
        rows=[row],
    )
