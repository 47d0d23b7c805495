"""What the pages say about dossiers on their way from hand to hand: lists, what waits for whose word, who has the papers."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery

from dossiers.lifecycle.passing import PASSED_ON_BEFORE, say_settled
from dossiers.listing import address_maker, procedure_labels
from dossiers.models import Dossier, HandOver, HandOverList
from dossiers.querysets import DossierQuerySet
from onestop.reading.dates import say_minute, short_moment
from onestop.reading.names import mask_name
from onestop.staff.models import User
from onestop.staff.roles import Role

# Who reads the lists of his office beside the two people of each.
OVERSEERS = (Role.MANAGER, Role.HEAD, Role.AUDITOR)
MOST_LISTS = 50
OPEN = Q(taken_at__isnull=True, missing_at__isnull=True)


# -- who has the papers --------------------------------------------------------------------
def unconfirmed() -> QuerySet[HandOver]:
    """The passing of a dossier (the outer query) that its present holder has not confirmed."""
    return HandOver.objects.filter(OPEN, dossier=OuterRef("pk"), receiver=OuterRef("holder"))


def papers_with() -> Subquery:
    """Who still has the papers of a dossier that waits for its holder's word: a name, or nothing."""
    return Subquery(unconfirmed().order_by("-seq").values("giver__full_name")[:1], output_field=CharField())


def last_giver() -> Subquery:
    """Who gave the dossier to its present holder."""
    given = HandOver.objects.filter(dossier=OuterRef("pk"), receiver=OuterRef("holder"), missing_at__isnull=True)
    return Subquery(given.order_by("-seq").values("giver_id")[:1], output_field=IntegerField())


def missed() -> Exists:
    """Whether the latest passing of a dossier was missed by its receiver: its papers are looked for."""
    later = HandOver.objects.filter(dossier=OuterRef("dossier"), seq__gt=OuterRef("seq"))
    lost = HandOver.objects.filter(dossier=OuterRef("pk"), giver=OuterRef("holder"), missing_at__isnull=False)
    return Exists(lost.exclude(missing_note=PASSED_ON_BEFORE).filter(~Exists(later)))


def missed_by() -> Subquery:
    """Who missed the papers of a dossier last."""
    lost = HandOver.objects.filter(dossier=OuterRef("pk"), missing_at__isnull=False).order_by("-seq")
    return Subquery(lost.values("receiver__full_name")[:1], output_field=CharField())


@dataclass(frozen=True)
class Word:
    """What a person's pages ask of him: to confirm so many dossiers, to look for the papers of so many."""

    to_confirm: int = 0
    missed: int = 0


def word_of(user: User) -> Word:
    """One query over what the person holds."""
    held = Dossier.objects.held_by(user)
    return Word(**held.aggregate(to_confirm=Count("pk", filter=Exists(unconfirmed())), missed=Count("pk", filter=missed())))


# -- the lists -----------------------------------------------------------------------------
@dataclass(frozen=True)
class ListRow:
    """One list among others; `said` is how far its receiver has got: "Đã nhận 2/3, thiếu 1"."""

    address: str
    number: str
    given: str
    giver: str
    receiver: str
    said: str
    is_open: bool


def lists_seen_by(user: User) -> QuerySet[HandOverList]:
    """The lists that the person gave or receives, and for who oversees an office all of its own."""
    own = Q(giver=user) | Q(receiver=user) | Q(ordered_by=user)
    if user.has_role(*OVERSEERS):
        own |= Q(agency=user.agency_id) | Q(receiver__agency=user.agency_id)
    return HandOverList.objects.filter(own)


def rows_of_lists(lists: QuerySet[HandOverList]) -> list[ListRow]:
    """The newest of these lists, those that wait for a word first. One query."""
    counted = lists.select_related("giver", "receiver").annotate(
        lines_count=Count("lines"),
        taken=Count("lines", filter=Q(lines__taken_at__isnull=False)),
        lost=Count("lines", filter=Q(lines__missing_at__isnull=False)),
    )
    found = counted.order_by(F("closed_at").desc(nulls_first=True), "-given_at", "-pk")[:MOST_LISTS]
    return [
        ListRow(
            address=each.get_absolute_url(),
            number=each.say_number(),
            given=short_moment(each.given_at),
            giver=each.giver.full_name,
            receiver=each.receiver.full_name,
            said=say_progress(each.taken, each.lines_count, each.lost),
            is_open=each.closed_at is None,
        )
        for each in found
    ]


def say_progress(taken: int, count: int, lost: int = 0) -> str:
    """ "Đã nhận 2/3, thiếu 1"."""
    return f"Đã nhận {taken}/{count}" + (f", thiếu {lost}" if lost else "")


@dataclass(frozen=True)
class Line:
    """One dossier on a list. `state`: what the receiver has said, "" while he has not."""

    pk: int
    address: str
    code: str
    name: str
    procedure: str
    due: str
    note: str
    state: str
    is_open: bool
    is_missing: bool


@dataclass(frozen=True)
class Sheet:
    """One list with its lines, as the page and the paper show it."""

    listing: HandOverList
    lines: list[Line]

    @property
    def waiting(self) -> list[Line]:
        return [line for line in self.lines if line.is_open]

    @property
    def progress(self) -> str:
        lost = sum(line.is_missing for line in self.lines)
        return say_progress(len(self.lines) - len(self.waiting) - lost, len(self.lines), lost)


def sheet_of(listing: HandOverList, *, sees: bool = True) -> Sheet:
    """One query, however long the list."""
    labels, address = procedure_labels(), address_maker()
    rows = listing.lines.select_related("dossier", "taken_by").order_by("pk")
    return Sheet(listing, [_line(row, labels, address, sees) for row in rows])


def _line(row: HandOver, labels: Any, address: Any, sees: bool) -> Line:
    dossier = row.dossier
    return Line(
        pk=row.pk,
        address=address(dossier.code),
        code=dossier.code,
        name=dossier.applicant_name if sees else mask_name(dossier.applicant_name),
        procedure=labels(dossier.procedure_id),
        due=short_moment(dossier.due_at),
        note=row.note if sees else "",
        state=say_state(row),
        is_open=row.is_open,
        is_missing=row.missing_at is not None,
    )


def say_state(row: HandOver) -> str:
    """What was said of the passing, by whom and when it was keyed where that is another time."""
    if row.is_open:
        return ""
    words = say_settled(row)
    if row.missing_note:
        words += f": {row.missing_note}"
    if row.recorded_at is not None:
        words += f"; ghi muộn lúc {say_minute(row.recorded_at)}"
    if row.taken_by is not None:
        words += f"; {row.taken_by.full_name} xác nhận thay"
    return words


# -- what lies with somebody ---------------------------------------------------------------
def held_now(user: User) -> DossierQuerySet:
    """What the person may hand over: in work, not before the leader, not signed."""
    held = Dossier.objects.held_by(user).without_certification().filter(signed_at=None)
    return held.filter(status__in=["received", "processing"])


def reassignable(person_id: int) -> DossierQuerySet:
    """What a manager could give to somebody else: open, in the person's hands, not signed."""
    return Dossier.objects.open().filter(holder_id=person_id, signed_at=None).exclude(status="awaiting_signature")


def holders_of(agency_id: int) -> list[tuple[User, int]]:
    """The people of an agency who hold open dossiers, at work or gone, with how many each; the most first. Two queries."""
    own = Dossier.objects.open().filter(holder__agency_id=agency_id, signed_at=None).exclude(status="awaiting_signature")
    numbers = dict(own.order_by().values_list("holder_id").annotate(number=Count("pk")))
    people = User.objects.filter(pk__in=numbers).order_by("full_name", "pk")
    return sorted(((person, numbers[person.pk]) for person in people), key=lambda pair: -pair[1])
