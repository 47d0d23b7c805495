"""Who saw what: one signed row per page, joined to the chain in batches.

A page that shows personal data must never wait for an act that writes the history, so
`note_access` takes no lock. Every minute `join_to_chain` writes one event into the chain of the
whole site that names the new entries: ranges of ids, their number, one digest. Ranges hold only
ids that exist, so an entry whose transaction commits late is simply not in them yet; it is
looked for again for a day and joins a later batch.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from onestop.history.canonical import digest, signature
from onestop.history.models import AccessCursor, AccessEntry, AccessKind
from onestop.history.record import record, roles_of
from onestop.history.rows import SITE
from onestop.logs import client_address

__all__ = ["AccessKind", "join_to_chain", "note_access"]

ACCESS_ACT = "access.joined"
ACCESS_SUBJECT = "access"
# No request or job is open for so long; a row that appears later than this is not waited for.
LATE = timedelta(days=1)
_BATCH = 5000

Range = tuple[int, int]


def note_access(request: HttpRequest, kind: str, subject: str = "", detail: str = "", *, agency_id: int | None = None) -> AccessEntry:
    """Note what the person behind the request is about to see or was refused.

    `detail` says which page, filter or number of rows, never what a person typed. The entry
    stands under the person's own agency, or the whole site when nobody is logged in. It raises
    when it cannot be written: nothing is shown that is not on record.
    """
    user = getattr(request, "user", None)
    entry = AccessEntry(
        agency_id=getattr(user, "agency_id", None) or SITE if agency_id is None else agency_id,
        at=timezone.now(),
        actor_id=getattr(user, "pk", None),
        role=roles_of(user),
        kind=AccessKind(kind).value,
        subject=_one_line(subject, 80),
        detail=_one_line(detail, 300),
        address=client_address(request),
    )
    entry.mac = entry_mac(entry)
    entry.save(force_insert=True)
    return entry


def _one_line(text: str, length: int) -> str:
    text = "".join(character for character in text if character.isprintable())
    return text if len(text) <= length else text[: length - 1] + "…"


def entry_mac(entry: AccessEntry) -> str:
    """The signature over all columns but the id, which the database gives later; batches bind the id."""
    return signature(
        "access", entry.agency_id, entry.at, entry.actor_id, entry.role, entry.kind, entry.subject, entry.detail, entry.address
    )


def join_to_chain(now: datetime) -> int:
    """Join the entries that no batch names yet; returns how many. Safe to run twice or in parallel."""
    total = 0
    while joined := _join_batch(now):
        total += joined
        if joined < _BATCH:
            break
    return total


@transaction.atomic
def _join_batch(now: datetime) -> int:
    AccessCursor.objects.bulk_create([AccessCursor(pk=1)], ignore_conflicts=True)
    cursor = AccessCursor.objects.select_for_update().get(pk=1)
    wanted = models.Q(id__gt=cursor.upto)
    for low, high, _since in cursor.holes:
        wanted |= models.Q(id__range=(low, high))
    entries = list(AccessEntry.objects.filter(wanted).order_by("id").values_list("id", "mac")[:_BATCH])
    if not entries:
        return 0
    ids = [pk for pk, _mac in entries]
    # A hole is given up only after it was looked into a last time, however long no job ran.
    holes = [
        (low, high, since)
        for a, b, since in cursor.holes
        for low, high in without(a, b, ids)
        if datetime.fromisoformat(since) > now - LATE or high > ids[-1]
    ]
    if ids[-1] > cursor.upto:
        holes += [(low, high, now.isoformat()) for low, high in without(cursor.upto + 1, ids[-1], ids)]
        cursor.upto = ids[-1]
    cursor.holes = holes
    cursor.save()
    record(
        agency_id=SITE,
        act=ACCESS_ACT,
        subject=ACCESS_SUBJECT,
        at=now,
        data={"ranges": ranges_of(ids), "count": len(ids), "digest": batch_digest(entries)},
    )
    return len(ids)


def batch_digest(entries: Iterable[tuple[int, str]]) -> str:
    """One digest over (id, mac) of the entries in order of id."""
    return digest("\n".join(f"{pk}:{mac}" for pk, mac in entries))


def ranges_of(ids: Iterable[int]) -> list[Range]:
    """Ascending ids as ranges, both ends included: 1, 2, 3, 7 → (1, 3), (7, 7)."""
    ranges: list[Range] = []
    for pk in ids:
        if ranges and pk == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], pk)
        else:
            ranges.append((pk, pk))
    return ranges


def without(low: int, high: int, ids: Iterable[int]) -> Iterator[Range]:
    """The parts of low…high, both included, that the ascending ids leave open."""
    for pk in ids:
        if low <= pk <= high:
            if low < pk:
                yield low, pk - 1
            low = pk + 1
    if low <= high:
        yield low, high
