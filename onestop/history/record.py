"""Writing the history: an event joins its agency's chain in the transaction of the act.

    with transaction.atomic():
        ...                                     # lock, check, change rows
        record(agency_id=…, act="dossier.received", subject="dossier:123", at=now, by=clerk, rows=[dossier, *parties])

Called LAST in the transaction: it locks the chain heads (by agency id, when there are several),
and heads come last in the lock order of the whole product.
"""
from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.db import connection, models

from onestop.history.canonical import canonical, signature
from onestop.history.models import ChainHead, Event, Salt
from onestop.history.rows import Row, tracking_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from onestop.staff.models import User


class OutsideTransaction(RuntimeError):
    """An event was to be written apart from its act; then one of the two could exist alone."""


class BrokenChain(RuntimeError):
    """The head of a chain was changed by somebody without the key; going on would cover it up."""


@dataclass(frozen=True)
class Entry:
    """One event to be written.

    `subject` is "kind:id"; `data` holds ids, codes and numbers, never personal data. `rows` are
    the rows that the act wrote (tracked models of the same agency); their digests are taken from
    the database, so they must be saved. `gone` are rows that left this agency's tables: moved
    to another agency, or deleted where deleting is lawful.
    """

    agency_id: int
    act: str
    subject: str
    at: datetime
    by: User | AnonymousUser | None = None
    role: str = ""
    data: dict[str, Any] | None = None
    rows: Iterable[models.Model] = field(default=())
    gone: Iterable[models.Model] = field(default=())


def record(
    *,
    agency_id: int,
    act: str,
    subject: str,
    at: datetime,
    by: User | AnonymousUser | None = None,
    role: str = "",
    data: dict[str, Any] | None = None,
    rows: Iterable[models.Model] = (),
    gone: Iterable[models.Model] = (),
) -> Event:
    """Write one event; see Entry for the meaning of the parts."""
    return record_many([Entry(agency_id, act, subject, at, by, role, data, rows, gone)])[0]


def record_many(entries: Sequence[Entry]) -> list[Event]:
    """Write several events in the given order; the heads are locked by agency id.

    Raises OutsideTransaction outside `atomic`, BrokenChain when a head's signature is wrong,
    ValueError for an entry that may not stand in the history.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction("an event is written in the transaction of its act")
    if not entries:
        return []
    texts = _data_texts(entries)
    heads = lock_heads({entry.agency_id for entry in entries})
    events = []
    for entry, text in zip(entries, texts, strict=True):
        head = heads[entry.agency_id]
        event = Event(
            agency_id=entry.agency_id,
            seq=head.seq + 1,
            at=entry.at,
            actor_id=getattr(entry.by, "pk", None),
            role=entry.role or roles_of(entry.by),
            act=entry.act,
            subject=entry.subject,
            data=text,
            prev_hash=head.hash,
        )
        event.hash = event_hash(event)
        head.seq, head.hash = event.seq, event.hash
        events.append(event)
    _check_lengths(events)
    for head in heads.values():
        head.mac = head_mac(head)
    Event.objects.bulk_create(events)
    ChainHead.objects.bulk_create(heads.values(), update_conflicts=True, unique_fields=["agency_id"], update_fields=["seq", "hash", "mac"])
    return events


def lock_heads(agency_ids: Iterable[int]) -> dict[int, ChainHead]:
    """The heads of these chains, locked in order and made where there was none. Raises BrokenChain."""
    ids = sorted(set(agency_ids))
    new = [ChainHead(agency_id=agency_id, seq=0, hash="") for agency_id in ids]
    for head in new:
        head.mac = head_mac(head)
    # Two first acts of an agency at once: the second waits here for the first one's commit.
    ChainHead.objects.bulk_create(new, ignore_conflicts=True)
    heads = {head.agency_id: head for head in ChainHead.objects.select_for_update().filter(agency_id__in=ids).order_by("agency_id")}
    for head in heads.values():
        if head.mac != head_mac(head):
            raise BrokenChain(f"the head of the chain of agency {head.agency_id} was changed outside the product")
    return heads


def event_hash(event: Event, seq: int | None = None) -> str:
    """The signature over all columns of the event, as if it stood at `seq` when that is given."""
    return signature(
        "event",
        event.agency_id,
        event.seq if seq is None else seq,
        event.at,
        event.actor_id,
        event.role,
        event.act,
        event.subject,
        event.data,
        event.prev_hash,
    )


def head_mac(head: ChainHead) -> str:
    return signature("head", head.agency_id, head.seq, head.hash)


def short_hash(event: Event) -> str:
    """The first 8 characters of the event's hash, as slips print them."""
    return event.hash[:8]


def roles_of(person: Any) -> str:
    """The roles that the person holds at this moment, joined by commas."""
    return ",".join(getattr(person, "roles", None) or ())


def events_of(agency_id: int, subject: str, *, limit: int = 50, before: int | None = None) -> models.QuerySet[Event]:
    """The newest events about a subject, newest first; `before` is the last seq of the page above."""
    events = Event.objects.filter(agency_id=agency_id, subject=subject).order_by("-seq")
    return (events if before is None else events.filter(seq__lt=before))[:limit]


def salts_of(subjects: Iterable[str]) -> dict[str, str]:
    """The salts of these subjects, as far as there are any."""
    return dict(Salt.objects.filter(subject__in=set(subjects)).values_list("subject", "value"))


def _data_texts(entries: Sequence[Entry]) -> list[str]:
    """The canonical data of each entry, with the digests of its rows."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    salted = set()
    rows_of = [list(entry.rows) for entry in entries]
    for entry, instances in zip(entries, rows_of, strict=True):
        if entry.at.tzinfo is None:
            raise ValueError("an event needs a moment with time zone")
        for instance in instances:
            wanted[type(instance)].add(instance.pk)
            if tracking_of(type(instance)).personal:
                salted.add(entry.subject)
    found = {(model, row.key): row for model, keys in wanted.items() for row in tracking_of(model).read(keys)}
    salts = _salts_for(salted)
    return [
        canonical(_with_rows(entry, instances, found, salts.get(entry.subject, "")))
        for entry, instances in zip(entries, rows_of, strict=True)
    ]


def _with_rows(entry: Entry, instances: list[models.Model], found: dict[tuple[type[models.Model], Any], Row], salt: str) -> dict[str, Any]:
    data = dict(entry.data or {})
    if data.keys() & {"rows", "gone"}:
        raise ValueError("'rows' and 'gone' are written by the history itself")
    digests: dict[str, list[Any]] = defaultdict(list)
    for instance in instances:
        row = found.get((type(instance), instance.pk))
        if row is None:
            raise ValueError(f"{instance._meta.label} {instance.pk} is not in the database")
        if row.agency_id != entry.agency_id:
            raise ValueError(f"{instance._meta.label} {instance.pk} belongs to the chain of agency {row.agency_id}, not {entry.agency_id}")
        tracking = tracking_of(type(instance))
        digests[tracking.label].append([row.key, *tracking.digest(row, salt)])
    if digests:
        data["rows"] = digests
    gone: dict[str, list[Any]] = defaultdict(list)
    for instance in entry.gone:
        if instance.pk is None:
            raise ValueError("name a row that goes before its key is lost")
        gone[tracking_of(type(instance)).label].append(instance.pk)
    if gone:
        data["gone"] = gone
    return data


def _salts_for(subjects: set[str]) -> dict[str, str]:
    salts = salts_of(subjects) if subjects else {}
    missing = sorted(subjects - salts.keys())
    if missing:
        Salt.objects.bulk_create([Salt(subject=subject, value=secrets.token_hex(16)) for subject in missing], ignore_conflicts=True)
        salts |= salts_of(missing)
    return salts


def _check_lengths(events: list[Event]) -> None:
    """SQLite would take a text of any length; it is refused before it is signed."""
    for event in events:
        if not event.act or not event.subject:
            raise ValueError("an event needs an act and a subject")
        for name in ("act", "subject", "role"):
            limit = cast(models.CharField, Event._meta.get_field(name)).max_length
            if limit is not None and len(getattr(event, name)) > limit:
                raise ValueError(f"{name} is longer than {limit} characters")
