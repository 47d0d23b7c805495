"""Citizens who were asked for papers or money and did not answer in time: shown to the desk, ended only by a person."""

from datetime import date

from django.db.models import QuerySet

from dossiers.models import Pause, PauseKind
from dossiers.statuses import Status

# A suspension waits for no citizen.
ASKS_THE_CITIZEN = (PauseKind.SUPPLEMENT, PauseKind.PAYMENT)
WAITING = (Status.AWAITING_SUPPLEMENT, Status.AWAITING_PAYMENT)


def is_unanswered(pause: Pause | None, today: date) -> bool:
    """Whether the pause still waits for an answer whose last day is over; that day itself is in time."""
    if pause is None or pause.ended_at is not None or pause.kind not in ASKS_THE_CITIZEN:
        return False
    return pause.answer_by is not None and pause.answer_by < today


def unanswered(agency_id: int, today: date) -> QuerySet[Pause]:
    """The open pauses of what an agency settles whose last day for an answer is over, the longest first."""
    settled = Pause.objects.filter(dossier__competent_agency_id=agency_id)
    waiting = settled.filter(ended_at__isnull=True, answer_by__lt=today, kind__in=ASKS_THE_CITIZEN)
    # Whoever asks for his dossier back is not waited for.
    return waiting.filter(dossier__status__in=WAITING, dossier__voided_at__isnull=True).order_by("answer_by", "id")
