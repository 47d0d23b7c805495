"""Jobs of the outbox; each may run twice, late, in parallel, or be killed at any line."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from onestop.outbox.keeping import blank_old
from onestop.outbox.sending import send_due


@shared_task(name="outbox.send")
def send(now: str | None = None) -> str:
    """Send what is due, between 07:00 and 20:00."""
    return str(send_due(_moment(now)))


@shared_task(name="outbox.sweep")
def sweep(now: str | None = None) -> str:
    """Empty the texts and addresses of old messages."""
    return f"{blank_old(_moment(now))} old messages emptied"


def _moment(now: str | None) -> datetime:
    if now is None:
        return timezone.now()
    moment = datetime.fromisoformat(now)
    return moment if moment.tzinfo else timezone.make_aware(moment)
