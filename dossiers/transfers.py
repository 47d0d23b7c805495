"""What the pages show of dossiers between two communes: what can be sent, the lists sent and arrived, what is settled elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from dossiers.listing import Lines, address_maker, procedure_labels, work_rows
from dossiers.models import Arrival, Dossier, TransferLine, TransferList
from dossiers.places import is_on_the_way, supplements_to_send
from dossiers.querysets import DossierQuerySet
from dossiers.rules import READERS
from dossiers.statuses import DESK, TRANSFER_MOVES, Act, Status
from onestop.reading.dates import short_moment
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role

MOST_ROWS = 200
MOST_LISTS = 50
OUT, LATER, HOME = "di", "bo-sung", "ve"


# -- what can be sent ----------------------------------------------------------------------------
@dataclass
class Tick:
    """One dossier that can go on a list: its row, the state on the screen, and whether it is ticked."""

    row: tuple
    revision: int
    chosen: bool = False
    brought: str = ""

    @property
    def code(self) -> str:
        return self.row[1]


@dataclass
class Bundle:
    """What can go to one commune on one list: dossiers to settle, what was brought for them later, or results home."""

    to: Agency
    way: str
    ticks: list[Tick] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The part of the page: one form each."""
        return f"{self.way}-{self.to.code}".replace(".", "-")


def sendable(user: User) -> DossierQuerySet:
    """Received here for another commune, still here, and on no list: a clerk's own, a manager's all."""
    start = sorted(TRANSFER_MOVES[Act.SEND_ELSEWHERE].start)
    found = Dossier.objects.of_agency(user.agency_id).for_another_agency().open().filter(status__in=start)
    held = found.filter(holder__agency_id=user.agency_id) if user.has_role(Role.MANAGER) else found.filter(holder=user)
    return held.exclude(is_on_the_way())


def results_to_send(agency_id: int) -> DossierQuerySet:
    """Settled here for another commune's desk, the result still here, and on no list."""
    found = Dossier.objects.settled_by(agency_id).for_another_agency().valid().filter(status=Status.RESULT_READY)
    return found.filter(holder__agency_id=agency_id).exclude(is_on_the_way())


def brought_later(agency_id: int) -> dict[int, str]:
    """By dossier: what lies at this desk to be sent on, who took it and when. One query."""
    rows = supplements_to_send().filter(agency_id=agency_id).values_list("dossier_id", "items", "answered_at", "pause__ended_by__full_name")
    return {pk: say_brought(items, answered_at, taker) for pk, items, answered_at, taker in rows[:MOST_ROWS]}


def say_brought(items: Iterable[str], answered_at: datetime, taker: str) -> str:
    """ "Giấy chứng sinh; nhận 09:00 24/11/2026, Thạch Thị Mỹ Duyên"."""
    return f"{', '.join(items)}; nhận {short_moment(answered_at)}, {taker}"


def is_to_be_sent(user: User, dossier: Dossier) -> bool:
    """Whether this person can put the dossier, or its result, on a list now. One query."""
    if not user.has_role(*DESK):
        return False
    home = user.agency_id == dossier.competent_agency_id
    found = results_to_send(user.agency_id) if home else sendable(user)
    return found.filter(pk=dossier.pk).exists()


def bundles_of(user: User, lines: Lines, *, chosen: Iterable[str] = ()) -> list[Bundle]:
    """What this person can send, by way and commune, the oldest due first. Four queries, one more where something was brought later."""
    ticked, brought = set(chosen), brought_later(user.agency_id)
    ways = [(OUT, sendable(user), "competent_agency_id"), (HOME, results_to_send(user.agency_id), "agency_id")]
    if brought:
        ways.insert(1, (LATER, Dossier.objects.filter(pk__in=brought), "competent_agency_id"))
    found: dict[tuple[str, int], list[Tick]] = {}
    for way, dossiers, to in ways:
        for *row, pk, revision, agency_id in work_rows(
            dossiers.order_by(F("due_at").asc(nulls_last=True), "id")[:MOST_ROWS], lines, "pk", "revision", to
        ):
            said = brought[pk] if way == LATER else ""
            found.setdefault((way, agency_id), []).append(Tick(tuple(row), revision, row[1] in ticked, said))
    agencies = Agency.objects.in_bulk({agency_id for _, agency_id in found}) if found else {}
    return [Bundle(agencies[agency_id], way, ticks) for (way, agency_id), ticks in found.items()]


# -- what is settled elsewhere -----------------------------------------------------------------
def settled_elsewhere(agency_id: int, lines: Lines) -> list[tuple]:
    """Open dossiers that this desk received and another commune has, the most urgent first: the desk sees what is late there."""
    away = Dossier.objects.of_agency(agency_id).for_another_agency().open().exclude(holder__agency_id=agency_id)
    return work_rows(away.order_by(F("due_at").asc(nulls_last=True), "id")[:MOST_ROWS], lines, "competent_agency__name")


def late_elsewhere(agency_id: int, now: datetime) -> int:
    """How many of what this desk received are late in another commune."""
    return Dossier.objects.of_agency(agency_id).for_another_agency().overdue(now).count()


# -- lists ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ListRow:
    """One list among others; `said` is what the other side has said: "Đã nhận 2/3"."""

    address: str
    number: str
    way: str
    other: str
    sent: str
    sent_by: str
    said: str
    waits: bool


def counted(lists: QuerySet[TransferList]) -> QuerySet[TransferList]:
    return lists.annotate(
        total=Count("lines"), taken=Count("lines", filter=Q(lines__state=Arrival.TAKEN)), later=Count("lines__supplement")
    )


def lists_of(agency_id: int, *, sent: bool) -> list[ListRow]:
    """The last lists that an agency sent, or that came to it; those not confirmed yet first. One query."""
    mine = TransferList.objects.filter(sender_id=agency_id) if sent else TransferList.objects.filter(recipient_id=agency_id)
    rows = counted(mine).select_related("sender", "recipient", "sent_by").order_by(F("confirmed_at").desc(nulls_first=True), "-sent_at")
    return [_list_row(transfer, other=transfer.recipient if sent else transfer.sender) for transfer in rows[:MOST_LISTS]]


def _list_row(transfer: TransferList, *, other: Agency) -> ListRow:
    return ListRow(
        transfer.get_absolute_url(),
        transfer.say_number(),
        WAYS[way_of(transfer, later=bool(transfer.later))],
        other.name,
        short_moment(transfer.sent_at),
        transfer.sent_by.full_name,
        say_confirmed(transfer, transfer.taken, transfer.total),
        transfer.confirmed_at is None,
    )


WAYS = {OUT: "Hồ sơ", LATER: "Giấy tờ bổ sung", HOME: "Kết quả"}


def way_of(transfer: TransferList, *, later: bool) -> str:
    """Which of the ways a list goes; `later`: its lines are papers brought later."""
    if transfer.is_back:
        return HOME
    return LATER if later else OUT


def say_confirmed(transfer: TransferList, taken: int, total: int) -> str:
    """ "Chưa xác nhận", "Đã nhận 2/3"."""
    return f"Đã nhận {taken}/{total}" if transfer.confirmed_at else f"Chưa xác nhận ({total})"


def waiting_for(agency_id: int) -> QuerySet[TransferList]:
    """The lists that have come to an agency and that it has not confirmed."""
    return TransferList.objects.filter(recipient_id=agency_id, confirmed_at__isnull=True)


def get_transfer_for(user: User, pk: int) -> TransferList | None:
    """The list of this number for somebody of its sender or recipient; None also for what does not exist. One query."""
    if not user.has_role(*READERS):
        return None
    lists = TransferList.objects.filter(Q(sender_id=user.agency_id) | Q(recipient_id=user.agency_id))
    return lists.select_related("sender", "recipient", "sent_by", "confirmed_by", "agency").filter(pk=pk).first()


@dataclass(frozen=True)
class LineRow:
    """One line of a list, finished words only."""

    pk: int
    position: int
    address: str
    code: str
    name: str
    procedure: str
    papers: int
    due: str
    state: str
    said: str
    note: str
    brought: str
    holder: str


def line_rows(transfer: TransferList) -> Sequence[LineRow]:
    """The lines as page and paper show them. One query."""
    address, label = address_maker(), procedure_labels()
    brought = Count("dossier__papers", filter=~Q(dossier__papers__state="from_data"))
    lines = TransferLine.objects.filter(transfer=transfer).annotate(papers=brought).order_by("position")
    of_dossier = ("dossier__code", "dossier__applicant_name", "dossier__procedure_id", "dossier__due_at", "dossier__holder__full_name")
    of_later = ("supplement__items", "supplement__answered_at", "supplement__pause__ended_by__full_name")
    made = []
    for pk, position, state, note, papers, code, name, procedure, due, holder, items, brought_at, taker in lines.values_list(
        "pk", "position", "state", "note", "papers", *of_dossier, *of_later
    ):
        brought = say_brought(items, brought_at, taker) if items else ""
        made.append(
            LineRow(
                pk,
                position,
                address(code),
                code,
                name,
                label(procedure),
                len(items) if items else papers,
                short_moment(due),
                state,
                str(Arrival(state).label),
                note,
                brought,
                holder or "",
            )
        )
    return made
