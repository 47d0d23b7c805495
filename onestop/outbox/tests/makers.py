"""Messages for tests, and the times at which they are sent or not."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from onestop.outbox.models import Message
from onestop.outbox.queue import queue
from onestop.testing import make_agency

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


MORNING = local("2026-11-20 09:00")


def make_message(key: str = "result_ready:12:sms", *, at: datetime = MORNING, **fields: Any) -> Message:
    """A text message that waits."""
    values = {
        "agency_id": make_agency().pk,
        "subject": "case:12",
        "event": "result_ready",
        "key": key,
        "channel": "sms",
        "recipient": "0900000123",
        "text": "Xa Nghia Giang: ho so H61.26-261120-0001 da co ket qua.",
    }
    with transaction.atomic():
        message = queue(**(values | fields), at=at)
    assert message is not None
    return message


def change(message: Message, **values: Any) -> Message:
    """The row as something else left it."""
    Message.objects.filter(pk=message.pk).update(**values)
    message.refresh_from_db()
    return message
