"""Other agencies that were asked about a dossier, for its citizen: who, since when, and by when an answer is due.

Fetched in one query, and only for a dossier of which one was asked. What was asked is the offices' own affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from dossiers.models import Consultation
from dossiers.public_words import say_moment


@dataclass(frozen=True)
class Question:
    """One agency that was asked; a question that was withdrawn is none."""

    other: str
    sent_at: datetime
    due_at: datetime
    answered_at: datetime | None


def questions_of(pk: int) -> tuple[Question, ...]:
    """In the order in which they were asked. One query."""
    rows = Consultation.objects.filter(dossier_id=pk, cancelled_at__isnull=True).order_by("seq")
    return tuple(Question(*row) for row in rows.values_list("other_name", "sent_at", "answer_due_at", "answered_at"))


def others(questions: Sequence[Question]) -> str:
    """Everybody whose answer is awaited, in one line."""
    return ", ".join(question.other for question in questions if question.answered_at is None)


def awaited(questions: Sequence[Question], now: datetime) -> list[str]:
    """By when each of them should answer; it is said also when that is past."""
    said = []
    for question in questions:
        values = {"other": question.other, "due": say_moment(question.due_at)}
        if question.answered_at is not None:
            continue
        if now > question.due_at:
            said.append(gettext("%(other)s chưa trả lời; hạn trả lời là %(due)s.") % values)
        else:
            said.append(gettext("%(other)s trả lời chậm nhất %(due)s.") % values)
    return said
