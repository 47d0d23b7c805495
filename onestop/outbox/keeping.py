"""How long the outbox remembers what it said to whom."""

from datetime import datetime, timedelta

from django.conf import settings

from onestop.outbox.models import Message, State


def blank_old(now: datetime) -> int:
    """Empty text and address of what is OUTBOX_KEEP_DAYS old and not on its way; returns how many rows. That they were there stays."""
    old = Message.objects.filter(made_at__lt=now - timedelta(days=settings.OUTBOX_KEEP_DAYS), blanked_at__isnull=True)
    done = old.exclude(state__in=[State.WAITING, State.SENDING])
    return done.update(recipient="", title="", text="", html="", blanked_at=now)
