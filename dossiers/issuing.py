"""Issuing papers: the figures of the day are frozen in the act, the file is made right after.

`issue_*` write a row inside the act's transaction. `make_file` renders and stores the bytes once;
it is called when the page shows the paper, and by the every-minute job for what was left behind
(a power cut between the two loses nothing but time). The lookup secret and the history mark are
put in only while the file is made: neither belongs in a stored snapshot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.utils import timezone

from dossiers import documents, letters, secrets
from dossiers.certification.slip import books_of, fees_of, papers_of
from dossiers.intake import Declined, Guidance
from dossiers.models import (
    SIGNED_STATES,
    ApologyLetter,
    Appointment,
    Basis,
    CertificationEntry,
    Dossier,
    DossierComponent,
    DossierFee,
    IssuedPaper,
    LetterKind,
    PaidFees,
    PaperKind,
    PaperState,
    Party,
    Refusal,
    RegisterEntry,
    Stage,
    StopKind,
    StopNotice,
    SupplementRequest,
)
from dossiers.slips import ApologySlip, Component, FeeLine, ReceiptSlip, RefusalSlip, Slip, StopSlip, SupplementSlip, read_snapshot
from dossiers.statuses import Act
from onestop.history.models import Event
from onestop.history.record import short_hash
from onestop.reading.dates import say_clock_date, say_long_date
from onestop.reading.money import show_money
from onestop.staff.models import Agency, User
from onestop.staff.signing import SigningRight
from onestop.vault import files
from procedures.models import Component as CatalogueComponent

EDITION = "B"  # Phụ lục I, TT 03/2025/TT-VPCP: slips are made under it from 15/9/2025
SUPPLEMENT_SERIES = "HDHS"
REFUSAL_SERIES = "TCTN"
STOP_SERIES = "TBDG"
APOLOGY_SYMBOL = "UBND-TTPVHCC"  # NĐ 30/2020, Phụ lục I: issuing body, then the unit that drafted the letter
COMMITTEE = "ỦY BAN NHÂN DÂN"
REISSUED = "Cấp lại lần"
COPY_WORDS = dict(CatalogueComponent.CopyKind.choices)


def supplement_subject(agency_id: int, year: int, number: int) -> str:
    """What the token of a supplement slip is derived from."""
    return f"M02:{agency_id}:{year}:{number}"


def _head(agency: Agency, at: datetime) -> dict:
    local = timezone.localtime(at)
    return {
        "issued_at": local.isoformat(),
        "issued_words": say_long_date(local.date()),
        "authority": agency.authority_name.upper(),
        "office": agency.desk_name.upper(),
        "place": agency.place,
        "desk_name": agency.desk_name,
        "two_liens_per_sheet": agency.two_liens_per_sheet,
        "hotline": agency.hotline,
        "edition": EDITION,
    }


def _feedback(agency: Agency) -> tuple[str, ...]:
    lines = (agency.feedback_address, agency.feedback_phone, agency.feedback_email)
    return tuple(line for line in lines if line)


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
        **_head(dossier.agency, at),
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
        due_digits=f"{timezone.localtime(appointment.due_at):%H:%M %d/%m/%Y}",
        delivery=": ".join(filter(None, [dossier.get_delivery_display(), dossier.delivery_address])),
        book_no=book_no,
        entry_no=entry_no,
        fees=tuple(_fee(line) for line in fees),
        fee_total=_total(fees),
        filer_name=filer.name,
        filer_basis="" if filer.basis in {"", Basis.SELF} else filer.get_basis_display(),
        receiver_name=dossier.received_by.full_name,
        lookup_address=f"{settings.SITE_URL.partition('://')[2]}/tra-cuu/",
        feedback=_feedback(dossier.agency),
    )


def _issue(kind: PaperKind, agency_id: int, number: str, slip: Slip, *, by: User, at: datetime, **belongs_to: Any) -> IssuedPaper:
    return IssuedPaper.objects.create(
        agency_id=agency_id, kind=kind, edition=EDITION, number=number, snapshot=slip.as_json(), issued_at=at, issued_by=by, **belongs_to
    )


def issue_receipt(dossier: Dossier, slip: ReceiptSlip, *, by: User, at: datetime) -> IssuedPaper:
    """The first receipt slip of a dossier."""
    return _issue(PaperKind.RECEIPT, dossier.agency_id, dossier.code, slip, by=by, at=at, dossier=dossier)


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
    return _issue(
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


def issue_supplement(supplement: SupplementRequest, guidance: Guidance, *, by: User, at: datetime) -> IssuedPaper:
    """The supplement slip (Mẫu 02) with everything that is missing."""
    number = f"{supplement.number:02d}/{SUPPLEMENT_SERIES}"
    slip = SupplementSlip(
        **_head(supplement.agency, at),
        applicants=(guidance.applicant.name,),
        address=guidance.applicant.address,
        phone=guidance.applicant.phone,
        email=guidance.applicant.email,
        request=guidance.request_text or guidance.version.procedure.short_name,
        number=number,
        items=tuple(Component(no=str(position), name=name) for position, name in enumerate(guidance.items, 1)),
        reason=guidance.reason,
        website=settings.SITE_URL.partition("://")[2],
        guide_name=by.full_name,
        guide_phone=supplement.agency.hotline,
    )
    return _issue(PaperKind.SUPPLEMENT, supplement.agency_id, number, slip, by=by, at=at, supplement=supplement)


def issue_refusal(refusal: Refusal, declined: Declined, *, by: User, at: datetime) -> IssuedPaper:
    """The refusal slip (Mẫu 03): reason, ground and where to go instead."""
    number = f"{refusal.number:02d}/{REFUSAL_SERIES}"
    request = declined.request_text or (declined.version.procedure.short_name if declined.version else "")
    slip = RefusalSlip(
        **_head(refusal.agency, at),
        applicants=(declined.applicant.name,),
        address=declined.applicant.address,
        phone=declined.applicant.phone,
        email=declined.applicant.email,
        request=request,
        number=number,
        reason=f"{declined.reason} (Căn cứ: {declined.ground})",
        right_place=declined.guidance,
        website=settings.SITE_URL.partition("://")[2],
        filer_name=declined.applicant.name,
        receiver_name=by.full_name,
        receiver_phone=refusal.agency.hotline,
        feedback=_feedback(refusal.agency),
    )
    return _issue(PaperKind.REFUSAL, refusal.agency_id, number, slip, by=by, at=at, refusal=refusal)


STOP_CASES = {
    StopKind.STOPPED: "cơ quan dừng giải quyết",
    StopKind.WITHDRAWN: "người nộp rút hồ sơ",
    StopKind.UNANSWERED: "không bổ sung, không nộp tiền trong thời hạn",
}


def fees_words(notice: StopNotice) -> str:
    """What happens to what was paid: "đã nộp 8.000 đồng, hoàn trả"."""
    if notice.fees == PaidFees.NONE:
        return "không có khoản đã nộp"
    words = f"đã nộp {show_money(notice.paid)}, {PaidFees(notice.fees).label.lower()}"
    return f"{words} ({notice.fees_note})" if notice.fees_note else words


def issue_stop(notice: StopNotice, *, by: User, at: datetime) -> IssuedPaper:
    """The notice that work on a dossier has stopped (Mẫu 05); there is one for a dossier."""
    dossier = notice.dossier
    parties = list(dossier.parties.all())
    filer = next(party for party in parties if party.role == "filer")
    owners = [party.name for party in parties if party.role == "owner"]
    number = f"{notice.number:02d}/{STOP_SERIES}"
    slip = StopSlip(
        **_head(dossier.agency, at),
        code=dossier.code,
        number=number,
        applicants=tuple(owners or [filer.name]),
        address=filer.address,
        phone=filer.phone,
        email=filer.email,
        request=dossier.request_text,
        received=say_clock_date(timezone.localtime(dossier.received_at)),
        stopped=say_clock_date(timezone.localtime(at)),
        case=STOP_CASES[StopKind(notice.kind)],
        asked_by=notice.asked_by,
        stage=notice.get_stage_display().lower(),
        reason=notice.reason,
        ground=notice.ground,
        papers_given_back=notice.papers_given_back,
        fees_words=fees_words(notice),
        filer_name=filer.name,
        decider_name=by.full_name,
        decider_title=by.job_title.upper(),
        # Luật Khiếu nại: to the head of the body whose act it is.
        complaint=f"Khiếu nại: gửi Chủ tịch UBND {dossier.agency.name[:1].lower()}{dossier.agency.name[1:]}.",
        website=settings.SITE_URL.partition("://")[2],
        feedback=_feedback(dossier.agency),
    )
    return _issue(PaperKind.STOP, dossier.agency_id, number, slip, by=by, at=at, dossier=dossier)


def apology_slip_of(
    letter: ApologyLetter, right: SigningRight | None = None, *, at: datetime, ready_since: datetime | None = None
) -> ApologySlip:
    """The letter as it stands: a draft without `right`, else with number, lines and name of whoever signs.

    `ready_since`: from when the result can be collected, where the dossier does not say it yet (result and
    letter are signed in one act) or the letter is about another fault than lateness. Raises letters.NotTrue
    while the draft lacks what a letter must say, above all its new date.
    """
    dossier = letter.dossier
    late = letter.missed is not None
    returned_at = dossier.returned_at if late else None
    if late and returned_at is None:
        ready_since = ready_since or dossier.finished_at
    done = returned_at is not None or ready_since is not None
    fault = letters.Fault(
        kind=letter.kind,
        reason=letter.cause_words,
        missed=letter.missed.due_at if letter.missed else None,
        first=dossier.appointments.earliest("seq").due_at if late else None,
        apologies=_apologies_before(letter) if late else 0,
        repeat_reason=letter.repeat_reason,
        # Where the dossier stood while it was late is no news to somebody whose result is there.
        stands="" if done else letter.stands_words,
        new_due_at=None if done else letter.new_due_at,
        ready_since=None if returned_at else ready_since,
        returned_at=returned_at,
        nothing_more=letter.nothing_more,
    )
    signature = letters.Signature(number=letter.number_words, at=at, lines=right.lines, name=right.signer_name) if right else None
    return letters.apology_letter_of(_office_of(letter.agency), _matter_of(dossier), fault, signature, at=at, symbol=APOLOGY_SYMBOL)


def _apologies_before(letter: ApologyLetter) -> int:
    return letter.dossier.letters.filter(kind=LetterKind.LATE, state__in=SIGNED_STATES).exclude(pk=letter.pk).count()


def _office_of(agency: Agency) -> letters.Office:
    committee = agency.authority_name.upper().startswith(COMMITTEE)
    return letters.Office(
        authority=agency.authority_name,
        superior=agency.superior_name,
        name=f"{COMMITTEE.capitalize()} {agency.name[:1].lower()}{agency.name[1:]}" if committee else agency.desk_name,
        desk_name=agency.desk_name,
        place=agency.place,
        address=agency.address,
        hotline=agency.hotline,
        email=agency.email,
        website=f"{settings.SITE_URL.partition('://')[2]}/tra-cuu/",
    )


def _matter_of(dossier: Dossier) -> letters.Matter:
    """Whom to write to: the person who filed, or the organisation for which he did."""
    parties = list(dossier.parties.all())
    filer = next(party for party in parties if party.role == "filer")
    owners = tuple(party.name for party in parties if party.role == "owner") if filer.basis == Basis.ORGANISATION else ()
    return letters.Matter(
        code=dossier.code,
        procedure=dossier.procedure.short_name,
        received_at=dossier.received_at,
        addressees=owners or (filer.name,),
        organisation=bool(owners),
        address=filer.address,
        phone=filer.phone,
        delivery=dossier.delivery,
    )


def issue_apology(
    letter: ApologyLetter, right: SigningRight, *, by: User, at: datetime, ready_since: datetime | None = None
) -> IssuedPaper:
    """The letter of apology (Mẫu 04) as it is signed now; a dossier may have several, one for each fault."""
    slip = apology_slip_of(letter, right, at=at, ready_since=ready_since)
    version = letter.dossier.issued_papers.filter(kind=PaperKind.APOLOGY).count() + 1
    return _issue(PaperKind.APOLOGY, letter.agency_id, slip.number, slip, by=by, at=at, dossier=letter.dossier, version=version)


def letter_preview(letter: ApologyLetter, *, at: datetime, ready_since: datetime | None = None) -> bytes:
    """The draft as it would be printed, with room for number, day and name. Raises letters.NotTrue while it is incomplete."""
    return documents.apology_letter(apology_slip_of(letter, at=at, ready_since=ready_since))


def token_address(token: str) -> str:
    """The link in a slip's QR."""
    return f"{settings.SITE_URL}/tc/{token}/"


def _first_event(agency_id: int, subject: str) -> Event:
    return Event.objects.filter(agency_id=agency_id, subject=subject).earliest("seq")


def _request_event(request: SupplementRequest) -> Event:
    """The event of a request: before the acceptance its own first one, afterwards one of the dossier's."""
    if request.stage == Stage.BEFORE:
        return _first_event(request.agency_id, f"supplement:{request.pk}")
    events = Event.objects.filter(agency_id=request.agency_id, subject=f"dossier:{request.dossier_id}", act=Act.REQUEST_SUPPLEMENT)
    return events.filter(at=request.requested_at).earliest("seq")


def printed_slip(paper: IssuedPaper) -> Slip:
    """The slip as it is printed: the snapshot with its secret and history mark put in."""
    slip = read_snapshot(paper.snapshot)
    if isinstance(slip, ReceiptSlip) and paper.dossier is not None:
        code = paper.dossier.code
        mark = short_hash(_first_event(paper.agency_id, f"dossier:{paper.dossier_id}"))
        return replace(
            slip,
            history_mark=mark,
            lookup_code=secrets.lookup_code(code, paper.secret_version),
            token_url=token_address(secrets.token(code, paper.secret_version)),
        )
    if isinstance(slip, SupplementSlip) and paper.supplement is not None:
        request = paper.supplement
        subject = supplement_subject(request.agency_id, request.year, request.number)
        mark = short_hash(_request_event(request))
        return replace(slip, history_mark=mark, token_url=token_address(secrets.token(subject, 1)))
    if isinstance(slip, StopSlip):
        events = Event.objects.filter(agency_id=paper.agency_id, subject=f"dossier:{paper.dossier_id}")
        return replace(slip, history_mark=short_hash(events.filter(act__in=[Act.STOP, Act.GRANT_WITHDRAWAL]).latest("seq")))
    subject = f"letter:{paper.letter.pk}" if isinstance(slip, ApologySlip) else f"refusal:{paper.refusal_id}"
    return replace(slip, history_mark=short_hash(_first_event(paper.agency_id, subject)))


def render(paper: IssuedPaper) -> bytes:
    """The paper's PDF; the same bytes on every run."""
    slip = printed_slip(paper)
    if isinstance(slip, ReceiptSlip):
        return documents.receipt_slip(slip)
    if isinstance(slip, SupplementSlip):
        return documents.supplement_slip(slip)
    if isinstance(slip, ApologySlip):
        return documents.apology_letter(slip)
    if isinstance(slip, StopSlip):
        return documents.stop_notice(slip)
    return documents.refusal_slip(cast(RefusalSlip, slip))


def store_file(paper: IssuedPaper) -> str:
    """Render and keep the file; returns its SHA-256. The caller binds it with `lifecycle.paper_made`."""
    return files.store(render(paper))
