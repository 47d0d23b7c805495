"""Dossiers on which somebody probably forgot to click: the work is done, the portal does not know it.

A dossier that was settled in time and not said to be so becomes late on paper, and the citizen waits for a
message. Each kind is one queryset with a sentence that says what to look for and what to click.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate

from dossiers.certification.kinds import LANE
from dossiers.models import Delivery, Dossier, HandOver
from dossiers.querysets import DossierQuerySet
from dossiers.statuses import Status
from dossiers.timeliness import LOCAL
from onestop.reading.dates import say_moment

# A result that nobody has fetched for longer than this is an uncollected one, not a forgotten click.
FORGOTTEN_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Forgotten:
    """One kind: after how many working hours, what to say, and which dossiers.

    `find(dossiers, before, now)` takes those that stand so since `before` or longer; `since` is the column of that moment.
    """

    slug: str
    working_hours: int
    title: str
    sentence: str
    since: str
    find: Callable[[DossierQuerySet, datetime, datetime], DossierQuerySet]

    def words(self, since: datetime) -> str:
        return self.sentence.format(at=say_moment(since))


def _signed(dossiers: DossierQuerySet, before: datetime, now: datetime) -> DossierQuerySet:
    return dossiers.signed_not_issued().filter(signed_at__lte=before)


def _not_taken(dossiers: DossierQuerySet, before: datetime, now: datetime) -> DossierQuerySet:
    waiting = HandOver.objects.filter(dossier=OuterRef("pk"), receiver=OuterRef("holder"), taken_at__isnull=True, missing_at__isnull=True)
    held = dossiers.open().filter(status=Status.PROCESSING, signed_at__isnull=True, held_since__lte=before)
    return held.filter(Exists(waiting))


def _awaiting(dossiers: DossierQuerySet, before: datetime, now: datetime) -> DossierQuerySet:
    return dossiers.awaiting_signature().filter(held_since__lte=before)


def _ready(dossiers: DossierQuerySet, before: datetime, now: datetime) -> DossierQuerySet:
    """Promised for the day of receipt: the citizen waits at the counter or comes back on the same day."""
    ready = dossiers.ready_to_collect().filter(status=Status.RESULT_READY, delivery=Delivery.DESK)
    ready = ready.filter(finished_at__lte=before, finished_at__gte=now - FORGOTTEN_FOR)
    same_day = ready.annotate(due_on=TruncDate("due_at", tzinfo=LOCAL), received_on=TruncDate("received_at", tzinfo=LOCAL))
    return same_day.filter(Q(lane=LANE) | Q(due_on=F("received_on")))


SIGNED = Forgotten(
    "chua-phat-hanh",
    4,
    "Đã ký, chưa phát hành",
    "Đã ký từ {at}. Nếu đã có số và dấu, bấm “Phát hành kết quả”.",
    "signed_at",
    _signed,
)
NOT_TAKEN = Forgotten(
    "chua-nhan",
    4,
    "Đã bàn giao, chưa xác nhận nhận",
    "Bàn giao từ {at}, người nhận chưa xác nhận. Nếu đã cầm hồ sơ, bấm “Nhận hồ sơ”.",
    "held_since",
    _not_taken,
)
AWAITING = Forgotten(
    "cho-ky-lau",
    8,
    "Chờ ký đã lâu",
    "Trình ký từ {at}. Nếu giấy đã ký tay, ghi nhận chữ ký.",
    "held_since",
    _awaiting,
)
READY = Forgotten(
    "chua-tra",
    2,
    "Có kết quả ngay trong ngày, chưa ghi đã trả",
    "Có kết quả từ {at}. Nếu đã trao cho người dân, bấm “Trả kết quả”.",
    "finished_at",
    _ready,
)
KINDS = (SIGNED, NOT_TAKEN, AWAITING, READY)


class Found(NamedTuple):
    """One dossier that one kind has found."""

    kind: Forgotten
    dossier_id: int
    agency_id: int
    competent_agency_id: int
    code: str
    procedure_id: int
    holder_id: int | None
    holder: str
    since: datetime


COLUMNS = ("id", "agency_id", "competent_agency_id", "code", "procedure_id", "holder_id", "holder__full_name")


def find(kind: Forgotten, dossiers: DossierQuerySet | None, before: datetime, now: datetime, most: int | None = None) -> list[Found]:
    """The dossiers of one kind that stand so since `before`, the longest first. One query."""
    found = kind.find(Dossier.objects.all() if dossiers is None else dossiers, before, now).order_by(kind.since, "id")
    return [Found(kind, *row[:-2], row[-2] or "", row[-1]) for row in found.values_list(*COLUMNS, kind.since)[:most]]
