"""Giving a dossier a later date because the calendar has changed: ledger row, slip and message, one dossier at a time."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dossiers import messages
from dossiers.lifecycle.act import AlreadyDone, begin, finish
from dossiers.lifecycle.promising import move_due_time
from dossiers.models import AppointmentKind, Dossier
from dossiers.redating import counted_anew, is_later, to_be_moved
from dossiers.statuses import Act, NotAllowed
from onestop.staff.models import User
from onestop.worktime.proposals import reason_since
from onestop.worktime.store import calendar_in_force

# So many in one go of a page; the rest waits for the next press of the button.
MOST_AT_ONCE = 200


@transaction.atomic
def change_date(dossier: Dossier, *, by: User, at: datetime, reason: str = "") -> Dossier:
    """Give the dossier the later date that the calendar in force makes; never an earlier one.

    What is counted is counted again under the lock, so that a dossier is moved once however often, and by
    however many, it is asked for. Raises AlreadyDone when there is nothing to move (any more).
    """
    dossier = begin(dossier, Act.CHANGE_DATE, by=by, revision=None)
    move = counted_anew(dossier, calendar_in_force(dossier.competent_agency_id), now=at)
    if move is None or not is_later(move):
        raise AlreadyDone("Ngày hẹn của hồ sơ này không phải dời.")
    reason = reason or reason_since(dossier.competent_agency_id, dossier.appointments.latest("seq").made_at)
    appointment, rows = move_due_time(dossier, AppointmentKind.CALENDAR_CHANGE, move.appointed, by=by, at=at, reason=reason)
    messages.tell(dossier, "re_dated", at=at, key=f"re_dated:{dossier.pk}:calendar:{appointment.seq}", due_at=move.new)
    return finish(
        dossier,
        Act.CHANGE_DATE,
        by=by,
        at=at,
        rows=rows,
        data={"from": move.old, "due_at": move.new, "appointment": appointment.seq, "calendar": appointment.calendar_version},
    )


@dataclass(frozen=True)
class Redated:
    """What one go did: moved now, and what still waits (more than fit into one go, or refused)."""

    moved: int
    refused: int


def change_dates(agency_id: int, *, by: User, at: datetime, most: int = MOST_AT_ONCE) -> Redated:
    """Give their new dates to the dossiers of an agency that the calendar in force moves, each in its own transaction.

    Stopped anywhere, it goes on where it was: what is done is in the ledger and is not found again.
    """
    waiting = list(to_be_moved(agency_id, calendar_in_force(agency_id), now=at))[:most]
    moved = refused = 0
    for move in waiting:
        try:
            change_date(move.dossier, by=by, at=at)
        except AlreadyDone:
            continue
        except NotAllowed:
            refused += 1
        else:
            moved += 1
    return Redated(moved, refused)
