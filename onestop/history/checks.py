"""The nightly check: every chain against its tables, and what it found, as an entry of the chain itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from onestop.history.models import Event
from onestop.history.record import BrokenChain, record
from onestop.history.verify import known_agencies, verify

log = logging.getLogger(__name__)

CHECKED = "history.checked"
# Once a night, whenever in it the job comes.
EVERY = timedelta(hours=20)
# So many places are counted; who wants them all runs verify_history.
MOST = 1000


@dataclass(frozen=True)
class LastCheck:
    """What the last check of a chain found. `first` names the first bad place ("" when all was well)."""

    at: datetime
    problems: int
    first: str


def last_check(agency_id: int) -> LastCheck | None:
    """The last check that the chain tells of; one query."""
    events = Event.objects.filter(agency_id=agency_id, subject=_subject(agency_id), act=CHECKED)
    event = events.order_by("-seq").first()
    return LastCheck(event.at, event.facts["problems"], event.facts["first"]) if event else None


def check_all(now: datetime) -> tuple[int, int]:
    """Check every chain that was not checked lately; returns (chains checked, problems found).

    A chain whose head was tampered with cannot take the entry; it is found again every time.
    """
    checked = problems = 0
    for agency_id in sorted(known_agencies()):
        last = last_check(agency_id)
        if last is not None and now - last.at < EVERY:
            continue
        found = list(islice(verify([agency_id]), MOST))
        checked, problems = checked + 1, problems + len(found)
        first = str(found[0]) if found else ""
        if found:
            log.error("the history of agency %s is not whole: %s", agency_id, first)
        try:
            with transaction.atomic():
                data = {"problems": len(found), "first": first}
                record(agency_id=agency_id, act=CHECKED, subject=_subject(agency_id), at=now, data=data)
        except BrokenChain:
            log.exception("the check of agency %s cannot be put on record", agency_id)
    return checked, problems


def _subject(agency_id: int) -> str:
    return f"chain:{agency_id}"
