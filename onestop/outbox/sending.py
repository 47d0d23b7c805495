"""Sending what is due.

A message is claimed in a transaction of its own, sent outside of any, and its end recorded in a second one.
A sender that dies in between leaves a claim that runs out; then somebody else sends it again under the same
errand, and the gateway drops the double.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from onestop.outbox import channels
from onestop.outbox.failures import NotSent
from onestop.outbox.links import link_of
from onestop.outbox.models import Channel, Message, State
from onestop.outbox.parcel import Parcel
from onestop.outbox.texts import LINK, with_link

log = structlog.get_logger(__name__)

# Nobody is woken up by his commune (local hours; the last message leaves before the second one).
FROM_HOUR, UNTIL_HOUR = 7, 20
# After the n-th failure the message rests so many minutes; after the last one it is given up.
PAUSES = (1, 5, 15, 60, 240, 720)
MOST_ATTEMPTS = len(PAUSES) + 1
# A run ends before the next one begins; what is left is its work.
LONGEST_RUN = 45.0
# So often in a row a channel may fail for reasons that are not the message's, then it rests until the next run.
STOPS_AFTER = 3
# A connection, an answer, and some time to write it down.
_MARGIN = timedelta(seconds=60)


@dataclass
class Run:
    """What one run did."""

    sent: int = 0
    retried: int = 0
    given_up: int = 0
    closed: bool = False

    def __str__(self) -> str:
        if self.closed:
            return f"no messages are sent outside {FROM_HOUR:02}:00–{UNTIL_HOUR:02}:00"
        return f"{self.sent} messages sent, {self.retried} to be tried again, {self.given_up} given up"


def in_sending_hours(now: datetime) -> bool:
    return FROM_HOUR <= timezone.localtime(now).hour < UNTIL_HOUR


def send_due(now: datetime, limit: int = 500) -> Run:
    """Send what is due, at most `limit` messages. Safe to run twice, in parallel, or to be killed anywhere."""
    run = Run(closed=not in_sending_hours(now))
    if run.closed:
        return run
    run.given_up += give_up_interrupted(now)
    started, ill = time.monotonic(), {str(channel): 0 for channel in Channel.values}
    for _ in range(limit):
        spent = time.monotonic() - started
        moment = now + timedelta(seconds=spent)
        resting = [channel for channel, failures in ill.items() if failures >= STOPS_AFTER]
        if spent > LONGEST_RUN or not in_sending_hours(moment):
            break
        message = claim(moment, without=resting)
        if message is None:
            break
        _send(message, moment, run, ill)
    return run


def claim(now: datetime, *, without: list[str] | None = None) -> Message | None:
    """Take the next message that is due, for this process alone until the claim runs out; None when there is none.

    The attempt is counted here, so that a message which kills its senders ends as well.
    """
    lasts = timedelta(seconds=2 * settings.OUTBOX_TIMEOUT) + _MARGIN
    with transaction.atomic():
        due = Message.objects.due(now).filter(attempts__lt=MOST_ATTEMPTS).exclude(channel__in=without or []).order_by("next_at", "id")
        # PostgreSQL passes over what another sender is claiming; SQLite lets in one writer at a time.
        message = due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).first()
        if message is None:
            return None
        message.state, message.claimed_until, message.attempts = State.SENDING, now + lasts, message.attempts + 1
        message.save(update_fields=["state", "claimed_until", "attempts"])
    return message


def _send(message: Message, now: datetime, run: Run, ill: dict[str, int]) -> None:
    backend = channels.backend_of(message.channel)
    started = time.monotonic()
    try:
        number = channels.send(backend, parcel_of(message))
    except NotSent as failure:
        kind, final = failure.kind, failure.final
    except Exception:  # one bad message never stops the others
        log.exception("message_broke", message=message.pk)
        kind, final = "error", False
    else:
        ill[message.channel] = 0
        run.sent += note_sent(message, backend, number, at=now + timedelta(seconds=time.monotonic() - started))
        return
    log.warning("message_failed", message=message.pk, channel=message.channel, kind=kind, attempt=message.attempts)
    ill[message.channel] += not final
    if note_failed(message, kind, final=final, at=now + timedelta(seconds=time.monotonic() - started)):
        run.given_up += 1
    else:
        run.retried += 1


def parcel_of(message: Message) -> Parcel:
    """The message with its link put in. Raises NotSent when it can have none, or its channel was switched off."""
    if not channels.is_on(message.channel):
        raise NotSent("no_channel", final=True)
    needs_link = message.channel == Channel.ZALO or LINK in message.text or LINK in message.html
    link = link_of(message.subject) if needs_link else ""
    if needs_link and not link:
        raise NotSent("no_link", final=True)
    phone = message.agency.hotline if message.channel == Channel.ZALO else ""
    return Parcel(
        errand=message.errand,
        channel=message.channel,
        to=message.recipient,
        text=with_link(message.text, link),
        title=message.title,
        html=with_link(message.html, link),
        link=link,
        phone=phone,
    )


def _mine(message: Message) -> Q:
    """The row as this sender claimed it: another one may have taken over after the claim had run out."""
    return Q(pk=message.pk, state=State.SENDING, attempts=message.attempts)


def note_sent(message: Message, backend: str, number: str, *, at: datetime) -> int:
    """Record that the message left; 0 when somebody else has recorded its end."""
    return Message.objects.filter(_mine(message)).update(
        state=State.SENT, sent_at=at, backend=backend, provider_id=number, claimed_until=None, last_error=""
    )


def note_failed(message: Message, kind: str, *, final: bool, at: datetime) -> bool:
    """Record a failure; true when the message is given up by it."""
    dead = final or message.attempts >= MOST_ATTEMPTS
    values = {"state": State.FAILED} if dead else {"state": State.WAITING, "next_at": at + pause_after(message.attempts)}
    Message.objects.filter(_mine(message)).update(claimed_until=None, last_error=kind, **values)
    return dead


def pause_after(attempts: int) -> timedelta:
    """How long a message rests after its n-th failure."""
    return timedelta(minutes=PAUSES[min(attempts, len(PAUSES)) - 1])


def give_up_interrupted(now: datetime) -> int:
    """Give up what has died with its sender too often; returns how many."""
    lost = Message.objects.filter(state=State.SENDING, claimed_until__lt=now, attempts__gte=MOST_ATTEMPTS)
    return lost.update(state=State.FAILED, claimed_until=None, last_error="interrupted")
