"""What every page of work reminds its reader of beside its own list, all of it asked for in one query."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, QuerySet

from dossiers.figures import figures
from dossiers.filters import day_end, day_start
from dossiers.models import CertificationEntry, Dossier
from dossiers.passings import Word, missed, unconfirmed
from dossiers.warnings import to_mind
from onestop.staff.models import User


@dataclass(frozen=True)
class CertifiedToday:
    """What the link to the certification list says: numbers of today, and visits that are late."""

    numbers: int
    overdue: int


@dataclass(frozen=True)
class Reminders:
    """`to_mind`: how many things this person should look at; `more`: the page's own figures, in its order."""

    certified: CertifiedToday
    to_mind: int
    word: Word
    more: tuple[int, ...]


def reminders_of(user: User, now: datetime, *more: QuerySet) -> Reminders:
    """One query. `more`: the lists whose length the page shows besides."""
    held = Dossier.objects.held_by(user)
    entered, late, unread, to_confirm, lost, *others = figures(
        user.agency_id,
        CertificationEntry.objects.of_agency(user.agency_id).entered_between(day_start(now), day_end(now)).valid(),
        Dossier.objects.of_agency(user.agency_id).certification().overdue(now),
        to_mind(user),
        held.filter(Exists(unconfirmed())),
        held.filter(missed()),
        *more,
    )
    return Reminders(CertifiedToday(entered, late), unread, Word(to_confirm, lost), tuple(others))
