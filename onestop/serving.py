"""Settings of gunicorn that are more than an option of its command line.

Used with `gunicorn --config python:onestop.serving`; docs/deployment.md has the rest.
"""


def post_worker_init(worker: object) -> None:
    """Make each web process ready before its first visitor: fonts laid out once, catalogue and calendar read.

    Without this the first clerk of the morning waits a second for his first slip.
    """
    from django.db import Error, connection
    from django.utils import timezone

    from onestop.papers import pdf
    from onestop.worktime.store import calendar_in_force
    from procedures.catalogue import snapshot

    pdf.warm_up()
    try:
        calendar_in_force()
        snapshot(timezone.localdate())
    except Error:
        # The database may come up later; the health page tells, and the first request reads what is missing.
        connection.close()
