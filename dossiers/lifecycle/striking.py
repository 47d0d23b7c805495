"""Numbers struck out and papers refused: the number stays visible in its book, the reason with it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from dossiers.certification.catalogue import Ground, catalogue
from dossiers.certification.promising import pins_for
from dossiers.certification.session import CertificationLine, Payment
from dossiers.intake import Declined, PartyLine
from dossiers.lifecycle.acceptance import decline
from dossiers.lifecycle.act import AlreadyDone, begin, finish
from dossiers.lifecycle.receipts import settle
from dossiers.models import CertificationEntry, CertificationReceipt, Dossier, Refusal
from dossiers.statuses import Act, NotAllowed
from onestop.staff.models import User
from procedures.models import ProcedureVersion


@dataclass(frozen=True, repr=False)
class RefusedLine:
    """A paper refused at the counter before it got a number. `ground` is a key of the catalogue."""

    submission_key: UUID
    work: str
    paper_name: str
    ground: str
    applicant: PartyLine
    words: str = ""
    guidance: str = ""


@transaction.atomic
def void_entry(
    entry: CertificationEntry, *, reason: str, by: User, at: datetime, payment: Payment | None = None, revision: int | None = None
) -> CertificationEntry:
    """Strike out a spoilt line that is not signed yet. Its number is never used again.

    The receipt is cancelled and replaced when the sum changes (`payment` where numbers are typed); the session itself
    is void with its last line.
    """
    dossier = begin(entry.dossier, Act.VOID_ENTRY, by=by, revision=revision, session=True)
    struck, receipts = _strike(dossier, entry, reason, payment, by=by, at=at)
    _finish(dossier, struck, receipts, by=by, at=at)
    return struck


@transaction.atomic
def refuse_entry(
    entry: CertificationEntry,
    *,
    ground: str,
    by: User,
    at: datetime,
    words: str = "",
    guidance: str = "",
    payment: Payment | None = None,
    revision: int | None = None,
) -> Refusal:
    """Refuse a paper that has its number already: struck out, and answered in writing (NĐ 23/2015 Điều 8.1)."""
    dossier = begin(entry.dossier, Act.VOID_ENTRY, by=by, revision=revision, session=True)
    found = _ground(entry.work, ground)
    struck, receipts = _strike(dossier, entry, f"Từ chối chứng thực: {found.text}", payment, by=by, at=at)
    filer = dossier.parties.get(role="filer")
    applicant = PartyLine(role="filer", name=filer.name, address=filer.address, phone=filer.phone, email=filer.email)
    key = uuid5(NAMESPACE_URL, f"certification-entry:{entry.agency_id}:{entry.pk}")
    request = f"{struck.get_work_display()}: {struck.paper_name}"
    refusal = decline(_declined(key, struck.version, applicant, found, request, words, guidance), by=by, at=at)
    struck.refusal_ground, struck.refusal = found.key, refusal
    struck.save(update_fields=["refusal_ground", "refusal"])
    _finish(dossier, struck, receipts, by=by, at=at)
    return refusal


def refuse_line(refused: RefusedLine, *, by: User, at: datetime) -> Refusal:
    """Refuse a paper before it is entered: the refusal slip (Mẫu 03) with article, reason and where to go instead."""
    found = _ground(refused.work, refused.ground)
    version = pins_for([CertificationLine(work=refused.work, paper_name=refused.paper_name)], timezone.localdate(at))[0].version
    request = f"{catalogue().rules_of(refused.work).name}: {refused.paper_name}"
    declined = _declined(refused.submission_key, version, refused.applicant, found, request, refused.words, refused.guidance)
    return decline(declined, by=by, at=at)


def _ground(work: str, key: str) -> Ground:
    found = next((ground for ground in catalogue().grounds_for(work) if ground.key == key), None)
    if found is None:
        raise NotAllowed("Chọn căn cứ từ chối trong danh sách của loại việc này.")
    return found


def _declined(
    key: UUID, version: ProcedureVersion, applicant: PartyLine, ground: Ground, request: str, words: str, guidance: str
) -> Declined:
    reason = f"{ground.text}. {words}" if words else ground.text
    return Declined(key, version, applicant, ground.article[:300], reason[:500], (guidance or ground.action)[:300], request[:300])


def _strike(
    dossier: Dossier, entry: CertificationEntry, reason: str, payment: Payment | None, *, by: User, at: datetime
) -> tuple[CertificationEntry, list[CertificationReceipt]]:
    if not reason:
        raise NotAllowed("Ghi lý do hủy số.")
    struck = dossier.certification_entries.filter(pk=entry.pk).select_related("version__procedure").first()
    if struck is None or struck.voided_at is not None:
        raise AlreadyDone("Số chứng thực này đã hủy.")
    if struck.signed_at is not None:
        raise NotAllowed("Số chứng thực đã ký, không hủy được.")
    struck.voided_at, struck.voided_by, struck.void_reason = at, by, reason[:300]
    struck.save(update_fields=["voided_at", "voided_by", "void_reason"])
    if not dossier.certification_entries.valid().exists():
        dossier.voided_at, dossier.void_reason = at, struck.void_reason
    return struck, settle(dossier, f"Hủy số {struck.number_words}", payment, by=by, at=at)


def _finish(dossier: Dossier, struck: CertificationEntry, receipts: list[CertificationReceipt], *, by: User, at: datetime) -> None:
    data = {
        "number": f"{struck.book} {struck.year}/{struck.number}",
        "ground": struck.refusal_ground,
        "receipts": [str(row) for row in receipts],
    }
    finish(dossier, Act.VOID_ENTRY, by=by, at=at, rows=[struck, *receipts], data=data)
