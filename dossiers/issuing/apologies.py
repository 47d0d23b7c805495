"""The letter of apology (Mẫu 04): the facts of its dossier put before dossiers.letters, which holds the sentences."""

from datetime import datetime

from django.conf import settings

from dossiers import documents, letters
from dossiers.issuing.rows import issue_paper
from dossiers.models import (
    SIGNED_STATES,
    ApologyLetter,
    Basis,
    Delivery,
    Dossier,
    IssuedPaper,
    LetterKind,
    PaperKind,
)
from dossiers.slips import ApologySlip
from onestop.staff.models import Agency, User
from onestop.staff.signing import SigningRight
from onestop.worktime.calendar import CannotPromise
from onestop.worktime.hours import local
from onestop.worktime.store import calendar_in_force, opening_hours

APOLOGY_SYMBOL = "UBND-TTPVHCC"  # NĐ 30/2020, Phụ lục I: issuing body, then the unit that drafted the letter
COMMITTEE = "ỦY BAN NHÂN DÂN"


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
    if ready_since is not None and dossier.delivery == Delivery.DESK:
        ready_since = _open_from(ready_since, dossier.agency_id)
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
    return letters.apology_letter_of(office_of(letter.agency), _matter_of(dossier), fault, signature, at=at, symbol=APOLOGY_SYMBOL)


def _open_from(moment: datetime, agency_id: int) -> datetime:
    """When a result that is there since this moment can be collected: at once while the desk is open, else from its next opening."""
    calendar, hours, there = calendar_in_force(agency_id), opening_hours(agency_id), local(moment)
    if any(opens <= there.time() <= closes for opens, closes in hours.desk_sessions(there.date(), calendar)):
        return moment
    try:
        return hours.opening_from(there, calendar)
    except CannotPromise:
        return moment  # past the last year of the calendar nobody knows when it opens


def _apologies_before(letter: ApologyLetter) -> int:
    return letter.dossier.letters.filter(kind=LetterKind.LATE, state__in=SIGNED_STATES).exclude(pk=letter.pk).count()


def office_of(agency: Agency) -> letters.Office:
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
    return issue_paper(PaperKind.APOLOGY, letter.agency_id, slip.number, slip, by=by, at=at, dossier=letter.dossier, version=version)


def letter_preview(letter: ApologyLetter, *, at: datetime, ready_since: datetime | None = None) -> bytes:
    """The draft as it would be printed, with room for number, day and name. Raises letters.NotTrue while it is incomplete."""
    return documents.apology_letter(apology_slip_of(letter, at=at, ready_since=ready_since))
