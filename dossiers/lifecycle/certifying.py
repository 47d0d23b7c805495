"""A certification session: taken in with its numbers, signed by hand (signing_certified), given back.

One visit is one dossier of the lane `certification`; each paper is one line in one of the four books. The path is
received → result_ready → returned, each step one act, or all three at once when everything is done on the spot.
Locks: the dossier, then the counters (day, books in the order of their list, receipts), then the history head.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from dossiers import issuing, numbering, secrets
from dossiers.certification import books
from dossiers.certification.catalogue import catalogue
from dossiers.certification.fees import NoRate
from dossiers.certification.kinds import LANE, Book
from dossiers.certification.pricing import Quote, quote
from dossiers.certification.promising import Pin, pins_for, prolongation_words, promise_for_session
from dossiers.certification.requirements import problems_of
from dossiers.certification.session import CertificationLine, CertificationSession, Payment
from dossiers.certification.setting import setting_of, symbol_of, volume_of
from dossiers.intake import PartyLine
from dossiers.lifecycle.acceptance import party_row
from dossiers.lifecycle.act import begin, finish
from dossiers.lifecycle.promising import promise_row
from dossiers.lifecycle.receipts import Owed, check_payment, live_receipt, owed_by, take_receipt
from dossiers.lifecycle.signing_certified import sign_certifications
from dossiers.lifecycle.way import hand_out
from dossiers.models import (
    AppointmentKind,
    BookClosing,
    CertificationEntry,
    CertificationSetting,
    Dossier,
    IntakeDraft,
    PaidBy,
    Party,
)
from dossiers.promises import Appointed
from dossiers.statuses import Act, NotAllowed, Status
from onestop.history.record import record
from onestop.reading.names import fold, sort_key
from onestop.staff.models import User
from onestop.staff.roles import Role
from procedures.limits import slip_needed
from procedures.workflows import id_in_force

# Đồng of one visit; a whole number in a database ends a little above it.
LARGEST_SUM = 2_000_000_000


@dataclass(frozen=True)
class _Ready:
    """A checked session with everything that was worked out before the transaction begins."""

    session: CertificationSession
    pins: list[Pin]
    setting: CertificationSetting
    quote: Quote
    appointed: Appointed
    on_the_spot: bool


def certify(session: CertificationSession, *, by: User, at: datetime) -> Dossier:
    """Take in a session: numbers, lines, fees, receipt, promise and event at once, and a slip when one is due.

    The same submission key always answers with the session that it made first. Raises NotAllowed for what may not
    be certified, CannotPromise when no date can be computed. No slip is made when everything is due on the same day
    (TT 01/2020 Điều 2.1 asks for one with hour and date otherwise).
    """
    return _certify(session, by=by, at=at, on_the_spot=False)[0]


def _certify(session: CertificationSession, *, by: User, at: datetime, on_the_spot: bool) -> tuple[Dossier, bool]:
    """The session's dossier, and whether it was made now."""
    done = _made_by(session, by)
    if done is not None:
        return done, False
    ready = _check(session, by=by, at=at, on_the_spot=on_the_spot)
    try:
        with transaction.atomic():
            return _write(ready, by=by, at=at), True
    except IntegrityError:
        # A parallel send of the same form was first; a receipt number typed twice is told apart; anything else is a real fault.
        done = _made_by(session, by)
        if done is not None:
            return done, False
        check_payment(session.payment, ready.setting)
        raise


def _made_by(session: CertificationSession, by: User) -> Dossier | None:
    return Dossier.objects.filter(agency_id=by.agency_id, submission_key=session.submission_key).first()


def _check(session: CertificationSession, *, by: User, at: datetime, on_the_spot: bool) -> _Ready:
    if not by.has_role(Role.CLERK, Role.MANAGER):
        raise NotAllowed("Chỉ công chức tiếp nhận được nhận hồ sơ chứng thực.")
    problems = problems_of(session)
    if problems:
        raise NotAllowed("; ".join(dict.fromkeys(problem.sentence for problem in problems)) + ".")
    day = timezone.localdate(at)
    setting, pins = setting_of(by.agency_id), pins_for(session.lines, day)
    try:
        priced = quote(session.lines, setting, day)
    except NoRate as fault:
        raise NotAllowed(str(fault)) from fault
    if priced.total > LARGEST_SUM:
        raise NotAllowed("Tổng tiền của lượt này lớn quá. Kiểm tra số trang, số bản, số trang in, chụp.")
    if priced.total:
        check_payment(session.payment, setting)
    for pin in pins:
        if pin.case.basis_allowed and session.filer.basis and session.filer.basis not in pin.case.basis_allowed:
            raise NotAllowed("Việc chứng thực này không nhận theo tư cách đã chọn.")
    return _Ready(session, pins, setting, priced, promise_for_session(session, pins, by.agency_id, at), on_the_spot)


def _write(ready: _Ready, *, by: User, at: datetime) -> Dossier:
    session, agency = ready.session, by.agency
    code = numbering.next_dossier_code(agency, timezone.localdate(at))
    numbers, entered_at = _draw_numbers(agency.pk, session.lines, at=at)
    dossier = Dossier.objects.create(**_columns(ready, code, by=by, at=at))
    parties = Party.objects.bulk_create(party_row(dossier, position, line) for position, line in enumerate(session.people))
    entries = CertificationEntry.objects.bulk_create(_entries(ready, dossier, numbers, entered_at))
    receipts = []
    if ready.quote.total and session.payment.paid_by != PaidBy.LATER:
        receipts = [take_receipt(dossier, Owed(ready.quote.fees, ready.quote.print_cost), session.payment, ready.setting, by=by, at=at)]
    kind = AppointmentKind.FIRST
    appointment = promise_row(dossier, 1, kind, ready.appointed, by=by, at=at, reason=prolongation_words(session))
    slips = []
    if _wants_slip(ready, dossier):
        slip = issuing.receipt_slip_of(dossier, parties, (), (), appointment, None, at=at, certified=entries)
        slips = [issuing.issue_receipt(dossier, slip, by=by, at=at)]
    IntakeDraft.objects.filter(agency=agency, key=session.submission_key).delete()
    record(
        agency_id=agency.pk,
        act=Act.CERTIFY,
        subject=f"dossier:{dossier.pk}",
        at=at,
        by=by,
        data={
            "code": code,
            "numbers": [f"{entry.book} {entry.year}/{entry.number}" for entry in entries],
            "due_at": ready.appointed.due_at,
            "fees": ready.quote.fees,
            "receipt": str(receipts[0]) if receipts else "",
            "slip": bool(slips),
        },
        rows=[dossier, *parties, *entries, *receipts, appointment, *slips],
    )
    return dossier


def _columns(ready: _Ready, code: str, *, by: User, at: datetime) -> dict:
    session, filer, first = ready.session, ready.session.filer, ready.pins[0]
    copies = sum(line.copies for line in session.lines)
    return {
        "agency": by.agency,
        "filed_at_agency": by.agency,
        "competent_agency": by.agency,
        "code": code,
        "submission_key": session.submission_key,
        "token_digest": secrets.token_digest(secrets.token(code, 1)),
        "procedure": first.version.procedure,
        "version": first.version,
        "case": first.case,
        "workflow_id": id_in_force(first.version.pk, by.agency_id, timezone.localdate(at), case_key=first.case.key),
        "lane": LANE,
        "request_text": f"{first.version.procedure.short_name} ({len(session.lines)} việc, {copies} bản)"[:300],
        "status": Status.RECEIVED,
        "submitted_at": at,
        "received_at": ready.appointed.promise.received_at,
        "received_by": by,
        "due_at": ready.appointed.due_at,
        "holder": by,
        "held_since": at,
        "applicant_name": filer.name,
        "applicant_key": fold(filer.name),
        "applicant_sort": sort_key(filer.name),
        "slip_language": session.slip_language,
        "staff_note": session.staff_note,
        "changed_at": at,
        "changed_by": by,
    }


def _draw_numbers(agency_id: int, lines: Sequence[CertificationLine], *, at: datetime) -> tuple[list[tuple[Book, int]], datetime]:
    """Book and number of each line, and when they are entered; refuses a closed book.

    The year is that of the local moment. A book never runs backwards: a line is entered no earlier than the one before
    it, even when two clerks at midnight, or a clock set back, would have it so.
    """
    known, year = catalogue(), books.month_of(at).year
    wanted = [known.rules_of(line.work).book for line in lines]
    drawn = {book: numbering.take_several(agency_id, books.counter_name(book, year), wanted.count(book)) for book in Book if book in wanted}
    before = Q()
    for book, numbers in drawn.items():
        before |= Q(book=book, number=numbers.start - 1)
    last = CertificationEntry.objects.filter(before, agency_id=agency_id, year=year).values_list("entered_at", flat=True)
    entered_at = max([at, *last])
    period = books.month_of(entered_at)
    closed = BookClosing.objects.filter(Q(month=period.month) | Q(month__isnull=True), agency_id=agency_id, year=year, book__in=list(drawn))
    for closing in closed:
        raise NotAllowed(f"{closing.get_book_display()}: {books.Period(closing.year, closing.month)} đã khóa, không ghi thêm được.")
    upcoming = {book: iter(numbers) for book, numbers in drawn.items()}
    return [(book, next(upcoming[book])) for book in wanted], entered_at


def _entries(ready: _Ready, dossier: Dossier, numbers: list[tuple[Book, int]], entered_at: datetime) -> list[CertificationEntry]:
    year = books.month_of(entered_at).year
    filer = ready.session.filer
    found = []
    for position, (line, pin, fee, print_cost, (book, number)) in enumerate(
        zip(ready.session.lines, ready.pins, ready.quote.lines, ready.quote.print_costs, numbers, strict=True)
    ):
        found.append(
            CertificationEntry(
                agency_id=dossier.agency_id,
                dossier=dossier,
                version=pin.version,
                position=position,
                book=book,
                year=year,
                volume=volume_of(ready.setting, book, year),
                number=number,
                symbol=symbol_of(ready.setting, book),
                entered_at=entered_at,
                work=line.work,
                paper_kind=line.paper_kind,
                paper_name=line.paper_name,
                pages=line.pages,
                copies=line.copies,
                applicant_name=filer.name,
                identity="" if book == Book.COPIES else _identity(filer),
                others=line.others,
                search_key=fold(f"{filer.name} {line.others} {line.paper_name}")[:500],
                language_from=line.language_from,
                language_to=line.language_to,
                compared=line.compared and book == Book.COPIES,
                signed_before_me=line.signed_before_me,
                specimen_signature=line.specimen_signature,
                capacity_sure=line.capacity_sure,
                authorisation_case=line.authorisation_case,
                interpreter=line.interpreter,
                witnesses=", ".join(name for name in line.witnesses if name),
                off_site_place=line.off_site_place,
                off_site_reason=line.off_site_reason,
                note=line.note,
                fee_full=fee.full,
                fee=fee.collected,
                fee_basis=fee.source[:200],
                exempt_ground=fee.exemption,
                exempt_note=line.exempt_note,
                print_cost=print_cost,
            )
        )
    return found


def _identity(filer: PartyLine) -> str:
    """What the signature and deal books ask for beside the name: paper, year of birth, residence."""
    paper = filer.personal_id or filer.old_id or filer.no_id_reason
    return ", ".join(part for part in (f"sinh {filer.birth[:4]}" if filer.birth else "", paper, filer.address) if part)[:400]


def _wants_slip(ready: _Ready, dossier: Dossier) -> bool:
    if ready.on_the_spot:
        return False
    same_day = timezone.localdate(ready.appointed.due_at) == timezone.localdate(dossier.received_at)
    return ready.session.slip_wanted or any(slip_needed(pin.version, pin.case, due_on_same_day=same_day) for pin in ready.pins)


@transaction.atomic
def return_certifications(
    dossier: Dossier,
    *,
    by: User,
    at: datetime,
    payment: Payment | None = None,
    collected_by: str = "owner",
    name: str = "",
    personal_id: str = "",
    authorisation: str = "",
    slip_lost: bool = False,
    note: str = "",
    revision: int | None = None,
) -> Dossier:
    """Give the certified papers and the originals back; what was to be paid later is paid now."""
    dossier = begin(dossier, Act.RETURN_RESULT, by=by, revision=revision, session=True)
    receipts = []
    owed = owed_by(dossier)
    if owed.total and live_receipt(dossier) is None:
        if payment is None or payment.paid_by == PaidBy.LATER:
            raise NotAllowed("Lượt chứng thực này chưa nộp tiền. Thu tiền, ghi biên lai rồi trả.")
        receipts = [take_receipt(dossier, owed, payment, setting_of(dossier.agency_id), by=by, at=at)]
    handed = hand_out(
        dossier,
        collected_by=collected_by,
        name=name or dossier.applicant_name,
        by=by,
        at=at,
        personal_id=personal_id,
        authorisation=authorisation,
        slip_lost=slip_lost,
        originals_given_back=True,
        note=note,
    )
    data = {"collected_by": collected_by, "slip_lost": slip_lost, "receipt": str(receipts[0]) if receipts else ""}
    return finish(dossier, Act.RETURN_RESULT, by=by, at=at, rows=[handed, *receipts], data=data)


def certify_on_the_spot(
    session: CertificationSession, *, signer: User, by: User, at: datetime, no_interest: bool, namesake_checked: bool = False
) -> Dossier:
    """All three acts in one transaction, for what is signed and given back while the citizen waits: no slip.

    A form that was sent before, by either button, answers with what it made then and does nothing more.
    """
    with transaction.atomic():
        dossier, made_now = _certify(session, by=by, at=at, on_the_spot=True)
        if not made_now:
            return dossier
        sign_certifications(dossier, signer=signer, by=by, at=at, no_interest=no_interest, namesake_checked=namesake_checked)
        payment = session.payment if session.payment.paid_by != PaidBy.LATER else Payment()
        return return_certifications(dossier, by=by, at=at, payment=payment)
