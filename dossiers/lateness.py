"""Marking what has become late: one set-based statement, its events in the same transaction."""
from collections import Counter
from datetime import datetime

from django.db import connection, transaction

from dossiers.models import Dossier
from dossiers.statuses import OPEN, Act
from onestop.history.record import Entry, record_many


def flag_overdue(*, now: datetime) -> int:
    """Mark every open dossier whose due minute has passed; returns how many were marked now.

    Running twice, late or in parallel marks each dossier once: a row taken by another run is
    skipped and is his. The mark is the due moment itself, so it does not depend on when the
    sweep came by, and it is never taken back. Dossiers are locked by id before the history heads.
    """
    skip_locked = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    places = ", ".join(["%s"] * len(OPEN))
    # The only inserted text is the number of placeholders and the lock clause above.
    statement = f"""
        UPDATE dossiers_dossier SET overdue_since = due_at
        WHERE id IN (
            SELECT id FROM dossiers_dossier
            WHERE finished_at IS NULL AND overdue_since IS NULL AND due_at < %s AND voided_at IS NULL AND status IN ({places})
            ORDER BY id {skip_locked}
        )
        RETURNING id
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, [_plain(now), *sorted(OPEN)])
            ids = [row[0] for row in cursor.fetchall()]
        late = list(Dossier.objects.filter(pk__in=ids).order_by("id")) if ids else []
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


def late_by_agency(now: datetime) -> Counter[int]:
    """How many dossiers are late now, by agency; from the data, not from the marks."""
    return Counter(Dossier.objects.overdue(now).values_list("agency_id", flat=True))
