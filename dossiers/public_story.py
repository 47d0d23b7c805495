"""What has happened to the promised date, for the citizen: the dates so far with their reasons, and what is awaited now.

Fetched in one query, and only for a dossier whose date has moved or whose clock stands still.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, DateTimeField, F, IntegerField, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from dossiers.models import Appointment, AppointmentKind, Pause
from dossiers.public_words import say_moment

WHY = {
    AppointmentKind.FIRST: _("Hẹn lần đầu, khi tiếp nhận hồ sơ"),
    AppointmentKind.PAUSE: _("Tính lại sau khi tạm dừng, thời gian chờ không tính"),
    AppointmentKind.EXTENSION: _("Gia hạn theo quy định"),
    AppointmentKind.CALENDAR_CHANGE: _("Lịch nghỉ thay đổi"),
    AppointmentKind.RECLASSIFIED: _("Chuyển sang thủ tục khác, thời hạn tính lại từ lúc tiếp nhận"),
    AppointmentKind.APOLOGY: _("Hẹn lại, kèm lời xin lỗi"),
}
# The ledger's own words for the end of a pause; the rest of its reasons were typed by somebody.
PAUSE_WORDS = (
    _("Chờ bổ sung giấy tờ"),
    _("Chờ nộp tiền"),
    _("Tạm đình chỉ giải quyết"),
    _("Chờ cơ quan khác trả lời"),
    _("thời hạn tính tiếp"),
    _("thời hạn tính lại từ đầu"),
)
# What the ledger's reasons begin with is said already by WHY, in the reader's language.
SAID_BEFORE = re.compile(r"Gia hạn: |Lịch nghỉ thay đổi(?:: |$)")


@dataclass(frozen=True)
class Promised:
    """One promised date: the moment, why, and what an officer wrote about it, in Vietnamese."""

    moment: str
    why: str
    own_words: str


@dataclass(frozen=True)
class Awaited:
    """The open pause: since when, what is to be brought or paid and until when."""

    since: datetime
    reason: str
    papers: tuple[str, ...]
    amount: int | None
    answer_by: date | None


@dataclass(frozen=True)
class Story:
    dates: tuple[Promised, ...] = ()
    awaited: Awaited | None = None


def story_of(pk: int) -> Story:
    """The dates and the open pause of a dossier. One query."""
    columns = ("part", "place", "moment", "label", "words", "amount_words", "items_words", "day")
    promises = Appointment.objects.filter(dossier_id=pk).annotate(
        part=Value("promise", CharField()),
        place=Cast("seq", IntegerField()),
        moment=F("due_at"),
        label=F("kind"),
        words=F("reason"),
        amount_words=Value("", CharField()),
        items_words=Value("", TextField()),
        day=Value("", CharField()),
    )
    pauses = Pause.objects.filter(dossier_id=pk, ended_at__isnull=True).annotate(
        part=Value("pause", CharField()),
        place=Cast("seq", IntegerField()),
        moment=Cast("started_at", DateTimeField()),
        label=F("kind"),
        words=F("reason"),
        amount_words=Coalesce(Cast("amount", CharField()), Value("")),
        items_words=Coalesce(Cast("supplement__items", TextField()), Value("", TextField())),
        day=Coalesce(Cast("answer_by", CharField()), Value("")),
    )
    rows = promises.order_by().values_list(*columns).union(pauses.order_by().values_list(*columns), all=True)
    found = sorted(rows, key=lambda row: row[:2])
    return Story(
        dates=tuple(_promised(row) for row in found if row[0] == "promise"),
        awaited=next((_awaited(row) for row in found if row[0] == "pause"), None),
    )


def _promised(row: Sequence[Any]) -> Promised:
    _part, _seq, moment, kind, reason, *_rest = row
    if kind == AppointmentKind.PAUSE:
        head, colon, tail = reason.partition(": ")
        return Promised(say_moment(moment), f"{gettext(head)}: {gettext(tail)}" if colon else gettext(WHY[kind]), "")
    said = SAID_BEFORE.match(reason)
    own = "" if kind == AppointmentKind.FIRST else reason[said.end() :] if said else reason
    return Promised(say_moment(moment), gettext(WHY[AppointmentKind(kind)]), own)


def _awaited(row: Sequence[Any]) -> Awaited:
    _part, _seq, since, _kind, reason, amount, items, day = row
    return Awaited(
        since=since,
        reason=reason,
        papers=tuple(json.loads(items)) if items else (),
        amount=int(amount) if amount else None,
        answer_by=date.fromisoformat(day) if day else None,
    )
