"""The receipt and appointment slip (Mẫu 01): its figures, the first one, and those that take its place."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from dossiers.certification.slip import books_of, fees_of, papers_of
from dossiers.issuing.rows import feedback_of, head_of, issue_paper
from dossiers.models import (
    Appointment,
    Basis,
    CertificationEntry,
    Dossier,
    DossierComponent,
    DossierFee,
    IssuedPaper,
    PaperKind,
    PaperState,
    Party,
    RegisterEntry,
)
from dossiers.places import authority_of
from dossiers.slips import Component, FeeLine, ReceiptSlip
from onestop.reading.dates import say_clock_date, short_moment
from onestop.reading.money import show_money
from onestop.staff.models import User
from procedures.models import Component as CatalogueComponent

REISSUED = "Cấp lại lần"
COPY_WORDS = dict(CatalogueComponent.CopyKind.choices)


def _component(position: int, line: DossierComponent) -> Component:
    words = COPY_WORDS.get(line.copy_kind, "")
    if line.state == PaperState.PRESENTED:
        words = "xuất trình, đã trả lại"
    elif line.state == PaperState.FROM_DATA:
        words = "tra cứu từ cơ sở dữ liệu"
    count = line.originals + line.copies
    return Component(no=str(position), name=line.name, copy_kind=words, count=f"{count:02d}" if count else "")


def _fee(line: DossierFee) -> FeeLine:
    if line.exempt_ground:
        return FeeLine(name=line.name, amount=f"Miễn, giảm: {line.exempt_ground}")
    if line.amount is None:
        return FeeLine(name=line.name, amount="theo mức của HĐND cấp tỉnh")
    return FeeLine(name=line.name, amount=show_money(line.amount) if line.amount else "Không thu")


def _total(fees: Iterable[DossierFee]) -> str:
    asked = [line for line in fees if not line.exempt_ground]
    if any(line.amount is None for line in asked):
        return ""
    total = sum(line.amount or 0 for line in asked)
    return show_money(total) if total else ""


def receipt_slip_of(
    dossier: Dossier,
    parties: Iterable[Party],
    papers: Iterable[DossierComponent],
    fees: Iterable[DossierFee],
    appointment: Appointment,
    entry: RegisterEntry | None,
    *,
    at: datetime,
    reissue: str = "",
    certified: Sequence[CertificationEntry] = (),
) -> ReceiptSlip:
    """The figures of the receipt and appointment slip (Mẫu 01), without the secret.

    A certification session stands in its own books (`certified`), not in the register.
    """
    book_no, entry_no = (entry.book_no, str(entry.entry_no)) if entry else books_of(certified)
    if certified:
        papers, fees = papers_of(certified), fees_of(certified)
    parties, fees = list(parties), list(fees)
    filer = next(party for party in parties if party.role == "filer")
    owners = [party.name for party in parties if party.role == "owner"]
    there = [line for line in papers if line.state != PaperState.MISSING]
    return ReceiptSlip(
        **head_of(dossier.agency, at),
        code=dossier.code,
        applicants=tuple(owners or [filer.name]),
        address=filer.address,
        phone=filer.phone,
        email=filer.email,
        request=dossier.request_text,
        language=dossier.slip_language,
        reissue=reissue,
        components=tuple(_component(number, line) for number, line in enumerate(there, 1)),
        set_count=f"{dossier.set_count:02d}",
        limit=appointment.limit_words,
        received=say_clock_date(timezone.localtime(dossier.received_at)),
        due=say_clock_date(timezone.localtime(appointment.due_at)),
        due_digits=short_moment(appointment.due_at),
        delivery=": ".join(filter(None, [dossier.get_delivery_display(), dossier.delivery_address])),
        book_no=book_no,
        entry_no=entry_no,
        fees=tuple(_fee(line) for line in fees),
        fee_total=_total(fees),
        filer_name=filer.name,
        filer_basis="" if filer.basis in {"", Basis.SELF} else filer.get_basis_display(),
        receiver_name=dossier.received_by.full_name,
        lookup_address=f"{settings.SITE_URL.partition('://')[2]}/tra-cuu/",
        notes=_settled_elsewhere(dossier),
        feedback=feedback_of(dossier.agency),
    )


def _settled_elsewhere(dossier: Dossier) -> tuple[str, ...]:
    """Which office settles the matter, where it is not the receiving one; the form has no line for it but Ghi chú."""
    if dossier.competent_agency_id == dossier.agency_id:
        return ()
    return (f"Cơ quan giải quyết: {authority_of(dossier.competent_agency)}; trả kết quả tại nơi tiếp nhận.",)


def issue_receipt(dossier: Dossier, slip: ReceiptSlip, *, by: User, at: datetime) -> IssuedPaper:
    """The first receipt slip of a dossier."""
    return issue_paper(PaperKind.RECEIPT, dossier.agency_id, dossier.code, slip, by=by, at=at, dossier=dossier)


def reissue_receipt(dossier: Dossier, *, by: User, at: datetime) -> IssuedPaper:
    """A receipt slip in place of a lost one, with the latest promise and the new secret; or the first slip asked for later."""
    earlier = list(dossier.issued_papers.filter(kind=PaperKind.RECEIPT))
    # A slip replaced because its date had moved was not lost.
    times = 1 + sum(str(paper.snapshot.get("reissue", "")).startswith(REISSUED) for paper in earlier)
    return _receipt_again(dossier, _next_version(dossier), f"{REISSUED} {times}" if earlier else "", by=by, at=at)


def reappointment_slip(dossier: Dossier, *, mark: str, by: User, at: datetime, limit_words: str = "") -> IssuedPaper:
    """The receipt slip of a new appointment, marked as such; the secret stays, so the QR of the old slip goes on working.

    `limit_words`: the limit that holds now, where the present promise was made under another one.
    """
    return _receipt_again(dossier, _next_version(dossier), mark, by=by, at=at, limit_words=limit_words)


def _next_version(dossier: Dossier) -> int:
    return dossier.issued_papers.filter(kind=PaperKind.RECEIPT).count() + 1


def _receipt_again(dossier: Dossier, version: int, mark: str, *, by: User, at: datetime, limit_words: str = "") -> IssuedPaper:
    slip = receipt_slip_of(
        dossier,
        dossier.parties.all(),
        dossier.papers.all(),
        dossier.fees.all(),
        dossier.appointments.latest("seq"),
        RegisterEntry.objects.filter(dossier=dossier).first(),
        at=at,
        reissue=mark,
        certified=list(dossier.certification_entries.valid()),
    )
    if limit_words:
        slip = replace(slip, limit=limit_words)
    return issue_paper(
        PaperKind.RECEIPT,
        dossier.agency_id,
        dossier.code,
        slip,
        by=by,
        at=at,
        dossier=dossier,
        version=version,
        secret_version=dossier.secret_version,
    )
