"""Marking what has become late: one set-based statement, its events in the same transaction."""
from datetime import datetime
from operator import attrgetter

from django.db import connection, transaction

from dossiers.models import Dossier
from dossiers.statuses import OPEN, Act
from onestop.history.record import Entry, record_many

BATCH = 1000


def flag_overdue(*, now: datetime) -> int:
    """Mark every open dossier whose due minute has passed; returns how many were marked now.

    Running twice, late or in parallel marks each dossier once: a row taken by another run is
    skipped and is his. The mark is the due moment itself, so it does not depend on when the
    sweep came by, and it is never taken back. One transaction for each BATCH, so that the chains
    are soon free again when a long downtime is caught up.
    """
    marked = 0
    while True:
        found = _flag_batch(now)
        marked += found
        if found < BATCH:
            return marked


def _flag_batch(now: datetime) -> int:
    # Rows that somebody else has locked are skipped, not waited for, so their order cannot deadlock.
    skip_locked = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    places = ", ".join(["%s"] * len(OPEN))
    # The only inserted text is the number of placeholders and the lock clause above. Order, limit and the joined
    # empty text keep a planner on the partial index by due time (dossier_may_become_late): no statistics tell it
    # that nearly everything unmarked is still to come, and it would read every open dossier instead.
    statement = f"""
        UPDATE dossiers_dossier SET overdue_since = due_at
        WHERE id IN (
            SELECT id FROM dossiers_dossier
            WHERE finished_at IS NULL AND overdue_since IS NULL AND due_at < %s AND voided_at IS NULL AND status || '' IN ({places})
            ORDER BY due_at LIMIT {BATCH} {skip_locked}
        )
        RETURNING id, agency_id, code, due_at
    """
    with transaction.atomic():
        late = sorted(Dossier.objects.raw(statement, [_plain(now), *sorted(OPEN)]), key=attrgetter("pk"))
        record_many(
            [
                Entry(
                    agency_id=dossier.agency_id,
                    act=Act.FLAG_OVERDUE,
                    subject=f"dossier:{dossier.pk}",
                    at=now,
                    data={"code": dossier.code, "due_at": dossier.due_at},
                    rows=(dossier,),
                )
                for dossier in late
            ]
        )
    return len(late)


def _plain(moment: datetime):
    """The moment as the database keeps it (SQLite stores UTC text without an offset)."""
    return connection.ops.adapt_datetimefield_value(moment)
