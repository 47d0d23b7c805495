"""Calling a job at once instead of at its next minute. A wake-up may get lost: the job finds its work by itself."""

import time

import structlog
from celery import current_app

log = structlog.get_logger(__name__)

# A broker that did not answer is let be for so long: thirty signatures in one confirmation do not wait for it thirty times.
SECONDS_OF_PEACE = 30
# A broker that is reached and says nothing (stopped, or its disk full) must not keep the signer's page.
SECONDS_TO_ANSWER = 2
_let_be_until = 0.0


def wake(task: str) -> None:
    """Ask for one run of the job now; without a broker it comes with its minute. Never raises, never tries twice."""
    global _let_be_until
    if time.monotonic() < _let_be_until:
        return
    try:
        # A connection of its own: the pool's go on trying for seconds, in the request of somebody who signs.
        with current_app.connection_for_write(transport_options={"max_retries": 0, "socket_timeout": SECONDS_TO_ANSWER}) as connection:
            current_app.send_task(task, connection=connection, retry=False, expires=55)
    except Exception as problem:  # whatever is wrong with the broker is none of the act's business
        _let_be_until = time.monotonic() + SECONDS_OF_PEACE
        log.warning("wake_up_lost", task=task, kind=type(problem).__name__)
