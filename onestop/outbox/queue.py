"""How a message gets into the outbox, and how it is kept from being sent.

Everything here stands in the transaction of the act that it is about: rolled back, it was never there.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from onestop.history.record import record
from onestop.outbox import channels
from onestop.outbox.failures import was_refused
from onestop.outbox.models import Channel, Message, State, Why
from onestop.outbox.texts import check_sms
from onestop.staff.models import User

RESENT = "message.resent"


class OutsideTransaction(RuntimeError):
    """A message was queued outside the transaction of its act."""


class NotDead(Exception):
    """Only a message that was given up can be tried again; the message is the sentence to show."""


def queue(
    *,
    agency_id: int,
    subject: str,
    event: str,
    key: str,
    channel: str,
    recipient: str,
    text: str,
    title: str = "",
    html: str = "",
    at: datetime,
) -> Message | None:
    """Write a message to be sent from `at` on; None when one with this key is there already, whoever wrote it.

    {link} in the text becomes the subject's address when it is sent; whether a text message holds it then is the
    caller's business (texts.check_sms). Raises OutsideTransaction, and NotSms for what no text message can hold.
    """
    if channel == Channel.SMS:
        check_sms(text)
    return _write(
        Message(
            agency_id=agency_id,
            subject=subject,
            event=event,
            key=key,
            channel=channel,
            recipient=recipient,
            title=" ".join(title.split())[:200],
            text=text,
            html=html,
            made_at=at,
            next_at=at,
        )
    )


def note_withheld(*, agency_id: int, subject: str, event: str, key: str, channel: str, why: Why, at: datetime) -> Message | None:
    """Write that nothing is sent, and why; no text, no address."""
    about = {"agency_id": agency_id, "subject": subject, "event": event, "key": key, "channel": channel}
    return _write(Message(**about, state=State.WITHHELD, why_withheld=why, made_at=at, next_at=at))


def _write(message: Message) -> Message | None:
    if not connection.in_atomic_block:
        raise OutsideTransaction("a message is written in the transaction of its act")
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        if not Message.objects.filter(key=message.key).exists():
            raise
        return None
    return message


def withhold(subject: str, *, why: Why, events: Iterable[str] | None = None) -> int:
    """Keep what still waits about a subject (of these events, all unless told) from being sent; returns how many."""
    waiting = Message.objects.about(subject).filter(state=State.WAITING)
    if events is not None:
        waiting = waiting.filter(event__in=list(events))
    return waiting.update(state=State.WITHHELD, why_withheld=why)


def sent_among(keys: Iterable[str]) -> dict[str, datetime]:
    """When the messages with these keys left for the citizen, as far as they did; those that only stand in the outbox did not."""
    sent = Message.objects.filter(key__in=list(keys), state=State.SENT).exclude(backend=channels.PAGE)
    return {key: at for key, at in sent.values_list("key", "sent_at") if at is not None}


@transaction.atomic
def send_again(message: Message, *, by: User, at: datetime) -> Message:
    """Put a message that was given up back into the queue, with the name of who asked. Raises NotDead."""
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.state != State.FAILED:
        raise NotDead("Tin này đang chờ gửi hoặc đã gửi rồi. Không gửi lần nữa.")
    if locked.blanked_at is not None:
        raise NotDead("Tin này quá cũ, nội dung đã xóa. Gọi điện hoặc gửi thư cho người dân.")
    if was_refused(locked.last_error):
        locked.round += 1
    locked.state, locked.attempts, locked.next_at, locked.claimed_until = State.WAITING, 0, at, None
    locked.resent_at, locked.resent_by = at, by
    locked.save()
    data = {"about": locked.subject, "event": locked.event}
    record(agency_id=locked.agency_id, act=RESENT, subject=f"message:{locked.pk}", at=at, by=by, data=data)
    return locked
