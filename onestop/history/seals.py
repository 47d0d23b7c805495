"""The nightly seal: the end of every chain, fit to be printed and kept outside."""
from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from onestop.history.models import ChainHead, Event, Seal
from onestop.history.record import BrokenChain, lock_heads, record

log = logging.getLogger(__name__)

# From this local time on the seal of a day may be made; before it, yesterday's is caught up.
EVENING = time(23, 30)


def day_to_seal(now: datetime) -> date:
    """The last local day that is over, or nearly so."""
    local = timezone.localtime(now)
    return local.date() if local.time() >= EVENING else local.date() - timedelta(days=1)


def seal_all(now: datetime) -> int:
    """Seal every chain that has entries up to that day and no seal yet; returns how many.

    A chain whose head was tampered with stays without a seal, which `chains_without_seal` shows.
    """
    made = 0
    for agency_id in chains_without_seal(now):
        try:
            made += _seal(agency_id, day_to_seal(now), now)
        except BrokenChain:
            log.exception("the chain of agency %s cannot be sealed", agency_id)
    return made


def chains_without_seal(now: datetime) -> list[int]:
    """The agencies whose seal of the last finished day is missing."""
    return list(heads_without_seal(now).order_by("agency_id").values_list("agency_id", flat=True))


def heads_without_seal(now: datetime) -> QuerySet[ChainHead]:
    """The chains that had entries on the last finished day and no seal of it."""
    day = day_to_seal(now)
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    begun = Event.objects.filter(seq=1, at__lt=end).values("agency_id")
    sealed = Seal.objects.filter(day=day).values("agency_id")
    return ChainHead.objects.filter(agency_id__in=begun).exclude(agency_id__in=sealed)


@transaction.atomic
def _seal(agency_id: int, day: date, now: datetime) -> bool:
    head = lock_heads([agency_id])[agency_id]
    if Seal.objects.filter(agency_id=agency_id, day=day).exists():
        return False
    seal = Seal.objects.create(agency_id=agency_id, day=day, at=now, seq=head.seq, hash=head.hash)
    record(agency_id=agency_id, act="history.sealed", subject=f"seal:{day.isoformat()}", at=now, rows=[seal])
    return True
