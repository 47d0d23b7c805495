"""Which back end serves a channel, and how a message is put into its hands.

page   it stands in the outbox and goes nowhere (no gateway yet)
file   it is appended to a file in STATE_DIR/outbox, for trying out
http   a gateway for text messages or Zalo, signed (gateway.py)
smtp   a mail server (mail.py)
off    messages of this channel are not even queued
"""

from collections.abc import Callable

from django.conf import settings

from onestop.outbox import files, gateway, mail
from onestop.outbox.models import Channel
from onestop.outbox.parcel import Parcel

PAGE, FILE, HTTP, SMTP, OFF = "page", "file", "http", "smtp", "off"


def backend_of(channel: str) -> str:
    """The back end that the settings name for a channel."""
    return settings.OUTBOX_CHANNELS[channel]


def is_on(channel: str) -> bool:
    return backend_of(channel) != OFF


def reaches_people(channel: str) -> bool:
    """Whether a message of this channel leaves the building."""
    return backend_of(channel) in {HTTP, SMTP}


def nobody_is_reached() -> bool:
    """Whether no channel leads to a citizen yet."""
    return not any(reaches_people(channel) for channel in Channel.values)


def send(backend: str, parcel: Parcel) -> str:
    """Hand the parcel over; the receiver's number for it, or "". Raises NotSent."""
    return _SENDERS[backend](parcel)


_SENDERS: dict[str, Callable[[Parcel], str]] = {PAGE: lambda parcel: "", FILE: files.append, HTTP: gateway.send, SMTP: mail.send}
