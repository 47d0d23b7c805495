"""Calling a job at once instead of at its next minute. A wake-up may get lost: the job finds its work by itself."""

import structlog
from celery import current_app

log = structlog.get_logger(__name__)


def wake(task: str) -> None:
    """Ask for one run of the job now; without a broker it comes with its minute. Never raises, never waits for one."""
    try:
        current_app.send_task(task, retry=False, expires=55)
    except Exception as problem:  # whatever is wrong with the broker is none of the act's business
        log.warning("wake_up_lost", task=task, kind=type(problem).__name__)
