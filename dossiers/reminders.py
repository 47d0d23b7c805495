"""What every page of work reminds its reader of beside its own list, all of it asked for in one query."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from dossiers.filters import day_end, day_start
from dossiers.models import CertificationEntry, Dossier
from dossiers.passings import Word, missed, unconfirmed
from dossiers.warnings import to_mind
from onestop.staff.models import Agency, User


@dataclass(frozen=True)
class CertifiedToday:
    """What the link to the certification list says: numbers of today, and visits that are late."""

    numbers: int
    overdue: int


@dataclass(frozen=True)
class Reminders:
    """`to_mind`: how many things this person should look at; `more`: the numbers that the page itself asked for, in its order."""

    certified: CertifiedToday
    to_mind: int
    word: Word
    more: tuple[int, ...]


def reminders_of(user: User, now: datetime, *more: Coalesce) -> Reminders:
    """One query. `more`: what else the page counts, each a `number_of`."""
    entered = CertificationEntry.objects.of_agency(user.agency_id).entered_between(day_start(now), day_end(now)).valid()
    late = Dossier.objects.of_agency(user.agency_id).certification().overdue(now)
    held = Dossier.objects.held_by(user)
    numbers = (
        number_of(entered),
        number_of(late),
        number_of(to_mind(user)),
        number_of(held.filter(Exists(unconfirmed()))),
        number_of(held.filter(missed())),
        *more,
    )
    named = {f"number_{place}": number for place, number in enumerate(numbers)}
    entered_today, late_today, unread, to_confirm, lost, *others = (
        Agency.objects.filter(pk=user.agency_id).annotate(**named).values_list(*named).get()
    )
    return Reminders(CertifiedToday(entered_today, late_today), unread, Word(to_confirm, lost), tuple(others))


def number_of(rows: QuerySet) -> Coalesce:
    """How many rows there are, as part of another question."""
    # All of them are one group, so that it is one number whatever they have in common.
    grouped = rows.order_by().values(together=Value(1))
    return Coalesce(Subquery(grouped.annotate(number=Count("pk")).values("number")), 0)
