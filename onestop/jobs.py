"""The scheduled jobs, run in this process, and their sign of life."""
from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from onestop.celery import app
from onestop.models import Heartbeat

log = logging.getLogger(__name__)

# Written by a job, so it shows that schedule, broker, worker and database all work together.
JOBS = "jobs"
# The latest time that the jobs have ever seen: a clock that was set back is behind it until it is right again.
LATEST = "latest"


@dataclass(frozen=True)
class Outcome:
    """What one job did, in its own words; of a failure only the kind (its text may quote a row)."""

    title: str
    task: str
    words: str
    failed: bool = False


def run_scheduled(*, at: datetime | None = None) -> Iterator[Outcome]:
    """Run every job of the schedule once, in its order; one that fails does not stop the rest.

    Jobs choose their work by state, so running one at another hour than its own does no harm. `at`
    (aware) is the time that they take for now; the real one when it is left out.
    """
    app.loader.import_default_modules()
    arguments = {} if at is None else {"now": at.isoformat()}
    for title, entry in settings.CELERY_BEAT_SCHEDULE.items():
        name = entry["task"]
        try:
            yield Outcome(title, name, str(app.tasks[name](**arguments)))
        except Exception as problem:  # whatever it is, the other jobs have their own work to do
            log.exception("job %s failed", name)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            yield Outcome(title, name, type(problem).__name__, failed=True)


def note_alive(now: datetime) -> None:
    """The jobs are at work, at this time by the server's clock."""
    Heartbeat.objects.update_or_create(name=JOBS, defaults={"at": now})
    Heartbeat.objects.get_or_create(name=LATEST, defaults={"at": now})
    Heartbeat.objects.filter(name=LATEST, at__lt=now).update(at=now)


def trust_clock(now: datetime) -> None:
    """The clock had been ahead by mistake and is right now: what it said then is forgotten."""
    Heartbeat.objects.update_or_create(name=LATEST, defaults={"at": now})
