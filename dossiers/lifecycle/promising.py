"""Giving a dossier another date: the ledger's next row, the lawful due time, the slip that replaces the old one."""

from datetime import datetime

from django.db.models import Model

from dossiers import issuing
from dossiers.models import ApologyLetter, Appointment, AppointmentKind, Dossier, LetterState, PaperKind
from dossiers.promises import RULE_VERSION, Appointed
from onestop.staff.models import User


def promise_row(
    dossier: Dossier, seq: int, kind: AppointmentKind, appointed: Appointed, *, by: User | None, at: datetime, reason: str = ""
) -> Appointment:
    """Row `seq` of the promise ledger, with the working behind the date."""
    return Appointment.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        seq=seq,
        kind=kind,
        due_at=appointed.due_at,
        reason=reason,
        limit_words=appointed.limit_words,
        rule_version=RULE_VERSION,
        calendar_version=appointed.calendar_version,
        unconfirmed_year=appointed.promise.unconfirmed,
        trace=appointed.promise.trace_json(),
        made_at=at,
        made_by=by,
    )


def add_appointment(
    dossier: Dossier, kind: AppointmentKind, appointed: Appointed, *, by: User | None, at: datetime, reason: str = ""
) -> Appointment:
    """The ledger's next row."""
    return promise_row(dossier, dossier.appointments.count() + 1, kind, appointed, by=by, at=at, reason=reason)


def move_due_time(
    dossier: Dossier, kind: AppointmentKind, appointed: Appointed, *, by: User, at: datetime, reason: str
) -> tuple[Appointment, list[Model]]:
    """Give the dossier a new lawful date: ledger row, `due_at` (the caller saves it), and the slip that says so.

    Returns the ledger row, and all rows written, for the event.
    """
    appointment = add_appointment(dossier, kind, appointed, by=by, at=at, reason=reason)
    dossier.due_at = appointed.due_at
    return appointment, [appointment, *replace_slip(dossier, by=by, at=at), *retract_drafts(dossier, at=at)]


def replace_slip(dossier: Dossier, *, by: User, at: datetime, mark: str = "", limit_words: str = "") -> list[Model]:
    """The receipt slip with the new appointment, and the old ones shown as superseded; nothing where no slip was given.

    `mark` says why there is a new one, where it is not the date; `limit_words` see issuing.reappointment_slip.
    """
    old = list(dossier.issued_papers.select_for_update().filter(kind=PaperKind.RECEIPT, voided_at__isnull=True))
    if not old:
        return []
    for paper in old:
        paper.voided_at = at
        paper.save(update_fields=["voided_at"])
    times = dossier.appointments.count() - 1
    mark = mark or f"Hẹn lại lần {times}, thay giấy hẹn trước"
    return [issuing.reappointment_slip(dossier, mark=mark, by=by, at=at, limit_words=limit_words), *old]


def retract_drafts(dossier: Dossier, *, at: datetime, missed: bool = False) -> list[ApologyLetter]:
    """Drafts for promises that are not missed yet and no longer stand: finished in time, or lawfully given another date.

    `missed`: also those for promises already missed, of a dossier that ends without a result: a letter could
    promise nothing any more.
    """
    found = dossier.letters.select_for_update(of=("self",)).filter(state=LetterState.DRAFTED, kind="late")
    drafts = list(found if missed else found.filter(missed__due_at__gte=at))
    for letter in drafts:
        letter.state, letter.closed_at = LetterState.RETRACTED, at
        letter.save(update_fields=["state", "closed_at"])
    return drafts
