"""The overdue board: what is late, what will be, what lacks its apology, what stands still, each as one queryset."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse

from dossiers import forgotten
from dossiers.desks import Desk
from dossiers.figures import figures
from dossiers.filters import day_end
from dossiers.listing import Cursor, Lines, address_maker, procedure_labels
from dossiers.models import ApologyLetter, Appointment, Dossier, LetterState, ResultDocument
from dossiers.models.apology import SIGNED_STATES
from dossiers.pace import Open, risks
from dossiers.querysets import DossierQuerySet
from dossiers.statuses import OPEN, READY, SIGNERS, Status
from dossiers.timeliness import LOCAL
from dossiers.wording import say_span
from onestop.reading.dates import short_date, short_moment
from onestop.staff.roles import Role
from onestop.worktime.calendar import CannotPromise
from onestop.worktime.hours import at

PAGE_SIZE = 50
MOST_FORGOTTEN = 100
SEES_ALL = (Role.MANAGER, *sorted(SIGNERS))
# Who has a dossier that no officer holds.
NOBODY = "Chưa ai giữ"
WAITS_FOR = {
    Status.AWAITING_SIGNATURE: "Lãnh đạo chờ ký",
    Status.AWAITING_SUPPLEMENT: "Người nộp bổ sung",
    Status.AWAITING_PAYMENT: "Người nộp tiền",
    Status.WITH_OTHER_AGENCY: "Cơ quan khác",
    Status.RESULT_READY: "Chờ người dân nhận",
    Status.IN_POST: "Bưu điện",
}
LETTER_WORDS = {state.value: str(state.label) for state in LetterState}


# -- which dossiers ----------------------------------------------------------------------------
def scope(user) -> DossierQuerySet:
    """What the board shows a person: managers and leaders all that the agency settles, others what they hold, drafted, or received last."""
    own = Dossier.objects.settled_by(user.agency_id)
    if user.has_role(*SEES_ALL):
        return own
    drafted = ResultDocument.objects.filter(dossier=OuterRef("pk"), drafted_by=user)
    return own.filter(Q(holder=user) | Q(holder__isnull=True, received_by=user) | Q(holder__isnull=True) & Exists(drafted))


def late(dossiers: DossierQuerySet, now: datetime, desk: Desk) -> DossierQuerySet:
    """Certification too: late is late."""
    return dossiers.overdue(now)


def today(dossiers: DossierQuerySet, now: datetime, desk: Desk) -> DossierQuerySet:
    return dossiers.without_certification().open().filter(due_at__gte=now, due_at__lt=day_end(now))


def next_day(dossiers: DossierQuerySet, now: datetime, desk: Desk) -> DossierQuerySet:
    """Due after today and no later than the next working day."""
    day = desk.next_working_day(now)
    last = at(day, time.max) if day else day_end(now)
    return dossiers.without_certification().open().filter(due_at__gte=day_end(now), due_at__lte=last)


def without_letter(dossiers: DossierQuerySet, now: datetime, desk: Desk) -> DossierQuerySet:
    """The promise that stands was missed, and no letter for it is signed; one waived with a reason is not asked for again.

    Also what was finished too late and still waits to be collected.
    """
    standing = Appointment.objects.filter(dossier=OuterRef("pk")).order_by("-seq")
    written = ApologyLetter.objects.filter(missed=OuterRef("standing"), state__in=[*SIGNED_STATES, LetterState.WAIVED])
    missed = dossiers.valid().filter(
        Q(status__in=sorted(OPEN), finished_at__isnull=True, due_at__lt=now) | Q(status__in=sorted(READY), overdue_since__isnull=False)
    )
    missed = missed.annotate(standing=Subquery(standing.values("pk")[:1]), promised_at=Subquery(standing.values("due_at")[:1]))
    return missed.filter(promised_at__lt=Coalesce("finished_at", Value(now))).filter(~Exists(written))


def paused(dossiers: DossierQuerySet, now: datetime, desk: Desk) -> DossierQuerySet:
    return dossiers.open().filter(due_at__isnull=True)


@dataclass(frozen=True)
class Card:
    """One figure of the board and the list behind it.

    `key`: the column that the list is sorted by. `in_time`: its dossiers may still be in time, so each has a risk.
    """

    slug: str
    label: str
    empty: str
    find: Callable[[DossierQuerySet, datetime, Desk], DossierQuerySet]
    key: str = "due_at"
    in_time: bool = False


CARDS = (
    Card("qua-han", "quá hạn", "Không có hồ sơ quá hạn.", late),
    Card("hom-nay", "đến hạn hôm nay", "Không có hồ sơ nào đến hạn hôm nay.", today, in_time=True),
    Card("sap-den-han", "sắp đến hạn (≤ 1 ngày làm việc)", "Không có hồ sơ nào sắp đến hạn.", next_day, in_time=True),
    Card("chua-xin-loi", "chưa có văn bản xin lỗi", "Hồ sơ lỡ hẹn nào cũng đã có văn bản xin lỗi.", without_letter),
    Card("tam-dung", "đang tạm dừng", "Không có hồ sơ nào đang tạm dừng.", paused, "received_at"),
)
FORGOTTEN_CARD = "co-the-quen"
SLUGS = {card.slug: card for card in CARDS}


def counts(dossiers: DossierQuerySet, agency_id: int, now: datetime, desk: Desk) -> dict[str, int]:
    """How many dossiers each card has. One query."""
    cards = (card.find(dossiers, now, desk) for card in CARDS)
    numbers = figures(agency_id, *cards, *_forgotten(dossiers, now, desk).values())
    return {card.slug: number for card, number in zip(CARDS, numbers, strict=False)} | {FORGOTTEN_CARD: sum(numbers[len(CARDS) :])}


# -- the list ------------------------------------------------------------------------------------
class Row(NamedTuple):
    """One line of the board, finished words only."""

    address: str
    code: str
    name: str
    procedure: str
    received: str
    due: str
    late: str
    late_first: str
    status: str
    colour: str
    time: str
    time_colour: str
    holder: str
    held: str
    since: str
    risk: str
    likely: bool
    letter: str
    lacks_letter: str
    letter_address: str


COLUMNS = (
    "id", "received_at", "code", "applicant_name", "procedure_id", "status", "due_at", "finished_at", "overdue_since", "signed_at",
    "voided_at", "holder__full_name", "held_since",
)  # fmt: skip


def page(
    dossiers: DossierQuerySet, card: Card, cursor: Cursor | None, lines: Lines, desk: Desk, agency_id: int
) -> tuple[list[Row], str]:
    """One page of a card, the most urgent first, and the cursor of the next one ("" on the last).

    One query, two more where the dossiers are in time.
    """
    now = lines.now
    found = card.find(dossiers, now, desk)
    if cursor is not None:
        found = found.filter(**{f"{card.key}__gte": cursor.received_at})
        found = found.filter(TupleGreaterThan(Tuple(F(card.key), F("id")), (cursor.received_at, cursor.pk)))
    ledger = Appointment.objects.filter(dossier=OuterRef("pk"))
    latest = ApologyLetter.objects.filter(dossier=OuterRef("pk"), kind="late").order_by("-id")
    found = found.annotate(
        first_due_at=Subquery(ledger.order_by("seq").values("due_at")[:1]),
        letter_state=Subquery(latest.values("state")[:1]),
        letter_due=Subquery(latest.values("new_due_at")[:1]),
    )
    rows = list(found.order_by(card.key, "id").values_list(*COLUMNS, "first_due_at", "letter_state", "letter_due")[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    at_risk = rows if card.in_time else []
    marks = risks((Open(row[0], row[4], row[1], row[6], row[5]) for row in at_risk), agency_id, now=now)
    labels, address = procedure_labels(), address_maker()
    made = [_row(row, marks, lines, desk, labels, address) for row in rows]
    last = (rows[-1][6] if card.key == "due_at" else rows[-1][1]) if rows else None
    return made, str(Cursor(last, rows[-1][0])) if more and last else ""


def _row(row: tuple, marks: dict, lines: Lines, desk: Desk, labels: Callable, address: Callable) -> Row:
    pk, received, code, name, procedure, status, due, finished, overdue, signed, voided, holder, held, first, letter, letter_due = row
    tags = lines.tags(status, due, finished, overdue, signed, voided)
    risk = marks.get(pk)
    until = finished or lines.now
    is_late = due is not None and until > due
    return Row(
        address(code),
        code,
        lines.name(name),
        labels(procedure),
        short_date(received),
        short_moment(due),
        say_days_late(due, until, desk) if is_late else "",
        say_days_late(first, until, desk) if first and first != due and until > first else "",
        *tags,
        holder or WAITS_FOR.get(status, NOBODY),
        say_span(lines.now - held) if held else "",
        short_moment(held),
        risk.words if risk else "",
        bool(risk and risk.likely),
        say_letter(letter, letter_due),
        say_lack(letter, letter_due, until) if is_late else "",
        letter_address(code) if due is not None else "",
    )


def say_days_late(due_at: datetime, until: datetime, desk: Desk) -> str:
    """ "3 ngày làm việc", or since which hour of the same working day: "từ 17:00"."""
    due = due_at.astimezone(LOCAL)
    try:
        days = desk.calendar.working_days_between(due.date(), until.astimezone(LOCAL).date())
    except CannotPromise:
        days = (until - due_at).days
    return f"{days} ngày làm việc" if days else f"từ {due:%H:%M}"


def say_letter(state: str | None, new_due_at: datetime | None) -> str:
    if state is None:
        return ""
    again = f", hẹn lại {short_moment(new_due_at)}" if new_due_at and state in SIGNED_STATES else ""
    return f"{LETTER_WORDS[state]}{again}"


def say_lack(state: str | None, new_due_at: datetime | None, until: datetime) -> str:
    """What is still owed in words when a promise was missed; "" while a letter stands for it, signed or being written."""
    if state is None or state == LetterState.RETRACTED:
        return "Chưa xin lỗi"
    broken_again = state in SIGNED_STATES and new_due_at is not None and new_due_at < until
    return "Lỡ hẹn lại, chưa xin lỗi" if broken_again else ""


def letter_address(code: str) -> str:
    """Where the letter of a dossier is written; "" where that page is not served."""
    try:
        return reverse("dossiers:apology", args=[code])
    except NoReverseMatch:
        return ""


# -- probably forgotten clicks ---------------------------------------------------------------------
def _forgotten(dossiers: DossierQuerySet, now: datetime, desk: Desk) -> dict[forgotten.Forgotten, DossierQuerySet]:
    """The dossiers of every kind."""
    return {kind: kind.find(dossiers, desk.hours_ago(now, kind.working_hours), now) for kind in forgotten.KINDS}


def forgotten_rows(dossiers: DossierQuerySet, now: datetime, desk: Desk) -> list[tuple[str, str, str, str, str, str]]:
    """(address, code, procedure, kind, what to look for, holder), the longest first. One query."""
    kinds = {kind.slug: kind for kind in forgotten.KINDS}
    labels, address = procedure_labels(), address_maker()
    parts = []
    for kind, found in _forgotten(dossiers, now, desk).items():
        found = found.annotate(found_as=Value(kind.slug), stands_since=F(kind.since))
        parts.append(found.order_by().values_list("found_as", "stands_since", "id", "code", "procedure_id", "holder__full_name"))
    rows = parts[0].union(*parts[1:], all=True).order_by("stands_since", "id")[:MOST_FORGOTTEN]
    return [
        (address(code), code, labels(procedure), kinds[slug].title, kinds[slug].words(since), holder or "")
        for slug, since, _, code, procedure, holder in rows
    ]
