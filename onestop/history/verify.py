"""Is the history whole, and does it agree with the tables? The eyes of `verify_history`.

The log is judged first: every signature, every link, the head, the seals. Only a log that is
whole can accuse a row, so the tables of an agency whose log was edited are not compared. What
cannot be found without something kept outside: a tail cut back together with an older copy of
the head, when nothing in the tables and no seal betrays it. Printed seals are for that.

Everything is read from one snapshot, in chunks, with the expected digests on disk: neither
running acts nor millions of events disturb it.
"""
from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from onestop.history.access import ACCESS_ACT, ACCESS_SUBJECT, batch_digest, entry_mac, without
from onestop.history.models import AccessCursor, AccessEntry, ChainHead, Event, Seal
from onestop.history.record import event_hash, head_mac, salts_of
from onestop.history.rows import SITE, UNREADABLE, Row, RowDigest, Tracked, tracked_models
from onestop.history.triggers import unguarded_tables

_CHUNK = 1000


@dataclass(frozen=True)
class Problem:
    """One thing that is not as the history wrote it.

    `kind`: changed, missing, inserted, reordered, cut or unguarded. `place` names the entry
    ("event 12", "dossiers.dossier 5"); `agency_id` is 0 for the chain of the whole site.
    """

    agency_id: int
    kind: str
    place: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind} – {self.why}"


def verify(agency_ids: Collection[int] | None = None) -> Iterator[Problem]:
    """Every problem found, agency by agency, the log before the rows, missing triggers last.

    Of an edited log only the first bad entry is named: what follows it proves nothing.
    """
    with one_moment():
        for agency_id in sorted(known_agencies() if agency_ids is None else agency_ids):
            yield from _verify_agency(agency_id)
        for table in unguarded_tables():
            yield Problem(SITE, "unguarded", f"table {table}", "its triggers are missing, altered or switched off")


def first_problem(agency_ids: Collection[int] | None = None) -> Problem | None:
    """The first problem, None when all is well."""
    with closing(verify(agency_ids)) as problems:
        return next(problems, None)


def known_agencies() -> set[int]:
    """Every agency that has a chain, an entry of one, or rows that ought to stand in one."""
    found = set(ChainHead.objects.values_list("agency_id", flat=True))
    found |= set(Event.objects.order_by().values_list("agency_id", flat=True).distinct())
    for tracking in _tracked_here():
        found |= tracking.agency_ids()
    if AccessEntry.objects.exists():
        found.add(SITE)
    # SQLite lets an intruder write a word here; no page would ever show such a row.
    return {agency_id for agency_id in found if isinstance(agency_id, int)}


@contextmanager
def one_moment() -> Iterator[None]:
    """All reads in the block see the same state and hold up nobody; inside a transaction, that one's state."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        # Django would begin with IMMEDIATE, which locks out every writer until the end.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


def _verify_agency(agency_id: int) -> Iterator[Problem]:
    with closing(_Expected()) as expected:
        broken = _verify_log(agency_id, expected, _seals(agency_id))
        if broken:
            yield broken
            return
        for tracking in _tracked_here():
            yield from _verify_table(agency_id, tracking, expected)
    if agency_id == SITE:
        yield from _verify_access()


def _seals(agency_id: int) -> dict[int, Seal]:
    try:
        return {seal.seq: seal for seal in Seal.objects.filter(agency_id=agency_id)}
    except UNREADABLE:
        return {}  # seals are tracked rows: the comparison of rows will name the bad one


def _tracked_here() -> list[Tracked]:
    tables = set(connection.introspection.table_names())
    return [tracking for tracking in tracked_models() if tracking.model._meta.db_table in tables]


# -- the log ------------------------------------------------------------------------------
def _verify_log(agency_id: int, expected: _Expected, seals: dict[int, Seal]) -> Problem | None:
    """The first bad entry of one chain; fills `expected` with what the good ones say of the rows."""

    def problem(kind: str, seq: int, why: str) -> Problem:
        return Problem(agency_id, kind, f"event {seq}", why)

    def head_problem(why: str) -> Problem:
        return Problem(agency_id, "changed", "head of the chain", why)

    head = ChainHead.objects.filter(agency_id=agency_id).first()
    if head is not None and head.mac != head_mac(head):
        return head_problem(f"it says entry {head.seq} is the last, but its signature is wrong")
    last_seq, last_hash = 0, ""
    for seq, event in _events(agency_id):
        if event is None:
            return problem("changed", seq, "it holds values that cannot be read")
        if seq > last_seq + 1:
            return problem("missing", last_seq + 1, f"the chain goes on with entry {seq}")
        if seq < last_seq + 1:
            return problem("inserted", seq, "chains begin with entry 1")
        if event.hash != event_hash(event):
            return problem(*_name_bad_entry(event, last_hash, head))
        if head is None:
            return problem("inserted", seq, "the agency's chain has no head; the head was removed or never was")
        if seq > head.seq:
            return head_problem(f"it was set back: it says entry {head.seq} is the last, but entry {seq} is genuine")
        if event.prev_hash != last_hash:
            return problem("inserted", seq, "it is genuine but does not follow the entry before it: the chain was cut back and went on")
        seal = seals.get(seq)
        if seal is not None and seal.hash != event.hash:
            why = f"the seal of {seal.day} holds another hash: the seal was edited, or the chain was cut back and went on"
            return problem("changed", seq, why)
        last_seq, last_hash = seq, event.hash
        expected.learn(event)
    if head is not None and head.seq > last_seq:
        return problem("cut", last_seq + 1, f"the tail is missing: the head says entry {head.seq} is the last, the log ends at {last_seq}")
    if head is not None and head.hash != last_hash:
        return head_problem(f"it does not hold the hash of entry {last_seq}")
    late_seal = max(seals.values(), key=lambda seal: seal.seq, default=None)
    if late_seal is not None and late_seal.seq > last_seq:
        why = f"the tail is missing: the seal of {late_seal.day} names entry {late_seal.seq}, but log and head end at {last_seq}"
        return problem("cut", last_seq + 1, why)
    return None


def _name_bad_entry(event: Event, last_hash: str, head: ChainHead | None) -> tuple[str, int, str]:
    """What happened to an entry whose signature does not fit the place where it stands."""
    follower = Event.objects.filter(agency_id=event.agency_id, seq=event.seq + 1).first()
    if follower and follower.prev_hash == last_hash and follower.hash == event_hash(follower, event.seq):
        return "inserted", event.seq, f"it is not genuine; the genuine entry {event.seq} was moved to {follower.seq}"
    for seq in range(1, (head.seq if head else event.seq) + 1):
        if event.hash == event_hash(event, seq):
            return "reordered", event.seq, f"this entry is genuine, but its place is {seq}"
    if head is None or event.seq > head.seq:
        return "inserted", event.seq, "it is not genuine and stands behind the head of the chain"
    return "changed", event.seq, f"its signature does not fit what it says ({event.act} {event.subject}): the log was edited"


def _events(agency_id: int) -> Iterator[tuple[int, Event | None]]:
    """The entries of one chain in order; None instead of one that cannot be read."""
    entries, last = Event.objects.filter(agency_id=agency_id).order_by("seq"), None
    while True:
        page = entries if last is None else entries.filter(seq__gt=last)
        try:
            found = [(event.seq, event) for event in page[:_CHUNK]]
            for _seq, event in found:
                event_hash(event)
        except UNREADABLE:
            found = _one_by_one(agency_id, list(page.values_list("seq", flat=True)[:_CHUNK]))
        if not found:
            return
        yield from found
        last = found[-1][0]


def _one_by_one(agency_id: int, seqs: list[int]) -> list[tuple[int, Event | None]]:
    found: list[tuple[int, Event | None]] = []
    for seq in seqs:
        try:
            event = Event.objects.get(agency_id=agency_id, seq=seq)
            event_hash(event)
        except UNREADABLE:
            found.append((seq, None))
        else:
            found.append((seq, event))
    return found


# -- the rows -----------------------------------------------------------------------------
class _Expected:
    """What the log last said about each row of one agency, kept in a private file on disk."""

    def __init__(self) -> None:
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.execute("PRAGMA synchronous=OFF")
        self._store.execute("BEGIN")
        self._store.execute(
            "CREATE TABLE said (label, key, seq, subject, version, plain, personal, PRIMARY KEY (label, key)) WITHOUT ROWID"
        )

    def close(self) -> None:
        self._store.close()

    def learn(self, event: Event) -> None:
        data = json.loads(event.data)
        for label, rows in data.get("rows", {}).items():
            self._store.executemany(
                "INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(label, key, event.seq, event.subject, version, plain, personal) for key, version, plain, personal in rows],
            )
        for label, keys in data.get("gone", {}).items():
            self.drop(label, keys)

    def drop(self, label: str, keys: Collection[Any]) -> None:
        self._store.executemany("DELETE FROM said WHERE label = ? AND key = ?", [(label, key) for key in keys])

    def about(self, label: str, keys: list[Any]) -> dict[Any, tuple[int, str, RowDigest]]:
        """key → (seq of the event, its subject, the digest) for those of the keys that the log knows."""
        said = self._store.execute(
            "SELECT key, seq, subject, version, plain, personal FROM said WHERE label = ? AND key IN (SELECT value FROM json_each(?))",
            [label, json.dumps(keys)],
        )
        return {key: (seq, subject, RowDigest(*rest)) for key, seq, subject, *rest in said}

    def left(self, label: str) -> Iterator[tuple[Any, int]]:
        """The keys that nobody dropped, each with the seq of the last event that names it."""
        yield from self._store.execute("SELECT key, seq FROM said WHERE label = ? ORDER BY key", [label])


def _verify_table(agency_id: int, tracking: Tracked, expected: _Expected) -> Iterator[Problem]:
    """Each row against the last event that names it: changed, inserted, then missing."""

    def problem(kind: str, key: Any, why: str) -> Problem:
        return Problem(agency_id, kind, f"{tracking.label} {key}", why)

    unreadable: list[Any] = []
    for rows in tracking.rows_of(agency_id, chunk=500, bad=unreadable.append):
        keys = [_stored(row.key) for row in rows]
        said = expected.about(tracking.label, keys)
        salts = salts_of(subject for _seq, subject, wanted in said.values() if wanted.personal)
        for row, key in zip(rows, keys, strict=True):
            if key not in said:
                yield problem("inserted", row.key, "no event ever named this row")
                continue
            seq, subject, wanted = said[key]
            why = _difference(tracking, row, wanted, salts.get(subject, ""))
            if why:
                yield problem("changed", row.key, f"{why} that event {seq} recorded: the row was edited, the log is whole")
        for key in unreadable:
            yield problem("changed", key, "the row holds values that cannot be read")
        expected.drop(tracking.label, [*keys, *map(_stored, unreadable)])
        unreadable.clear()
    for key, seq in expected.left(tracking.label):
        yield problem("missing", key, f"event {seq} recorded this row, but the agency does not have it any more")


def _difference(tracking: Tracked, row: Row, wanted: RowDigest, salt: str) -> str:
    """In words, how the row differs from its digest; "" when it does not."""
    if wanted.version > tracking.version:
        return f"its digest needs version {wanted.version} of the columns, not the one"
    try:
        found = tracking.digest(row, salt, wanted.version)
    except UNREADABLE:
        return "it holds values that have no spelling, unlike those"
    if found.plain != wanted.plain:
        return "its plain columns differ from those"
    if wanted.personal and not salt:
        return "its salt is missing, so nobody can compare the personal columns with those"
    if wanted.personal and found.personal != wanted.personal:
        return "its personal columns differ from those"
    return ""


def _stored(key: Any) -> Any:
    """The key as events spell it: numbers stay, all else is text."""
    return key if isinstance(key, int) else str(key)


# -- access entries -----------------------------------------------------------------------
def _verify_access() -> Iterator[Problem]:
    """The batches against the entries, then the entries that no batch names."""
    covered: list[list[int]] = []
    batches = Event.objects.filter(agency_id=SITE, subject=ACCESS_SUBJECT, act=ACCESS_ACT).order_by("seq")
    for event in batches.iterator(chunk_size=_CHUNK):
        data = json.loads(event.data)
        for low, high in data["ranges"]:
            if covered and covered[-1][1] == low - 1:
                covered[-1][1] = high
            else:
                covered.append([low, high])
        yield from _verify_batch(event, data)
    yield from _verify_unnamed(sorted(covered))


def _verify_batch(event: Event, data: dict[str, Any]) -> Iterator[Problem]:
    macs: list[tuple[int, str]] = []
    fine = True
    for low, high in data["ranges"]:
        expected_pk = low
        for pk, entry in _entries(low, high):
            for gap_low, gap_high in without(expected_pk, pk - 1, ()):
                fine = False
                yield _missing_entry(gap_low, gap_high, event)
            expected_pk = pk + 1
            if entry is None or entry.mac != entry_mac(entry):
                fine = False
                why = f"its signature does not fit what it says; event {event.seq} of the site's chain names it"
                yield Problem(SITE, "changed", f"access entry {pk}", why)
            else:
                macs.append((pk, entry.mac))
        for gap_low, gap_high in without(expected_pk, high, ()):
            fine = False
            yield _missing_entry(gap_low, gap_high, event)
    if fine and batch_digest(macs) != data["digest"]:
        places = ", ".join(str(low) if low == high else f"{low}–{high}" for low, high in data["ranges"])
        why = f"each is genuine, but not where event {event.seq} of the site's chain saw it"
        yield Problem(SITE, "reordered", f"access entries {places}", why)


def _missing_entry(low: int, high: int, event: Event) -> Problem:
    place = f"access entry {low}" if low == high else f"access entries {low}–{high}"
    return Problem(SITE, "missing", place, f"event {event.seq} of the site's chain names them, the table does not have them")


def _verify_unnamed(covered: list[list[int]]) -> Iterator[Problem]:
    # Nobody signs the job's notebook. Set back, entries are joined twice, which harms nothing; set
    # forward, they would stay out of the chain for ever, and that is what is looked for here.
    notebook = AccessCursor.objects.filter(pk=1).first() or AccessCursor()
    start: int | None = None
    for low, high in [*covered, (None, None)]:
        for pk, entry in _entries(start, None if low is None else low - 1):
            if entry is None or entry.mac != entry_mac(entry):
                yield Problem(SITE, "inserted", f"access entry {pk}", "it is not genuine: written or changed before any batch named it")
            elif not notebook.awaits(pk):
                yield Problem(SITE, "inserted", f"access entry {pk}", "no batch names it, and the job that makes them is past it")
        start = max(start or 0, (high or 0) + 1)


def _entries(low: int | None, high: int | None) -> Iterator[tuple[int, AccessEntry | None]]:
    """The access entries from low to high, both included; None instead of one that cannot be read."""
    rows = AccessEntry.objects.order_by("id")
    if high is not None:
        rows = rows.filter(id__lte=high)
    while True:
        page = rows if low is None else rows.filter(id__gte=low)
        found: list[tuple[int, AccessEntry | None]]
        try:
            found = [(entry.pk, entry) for entry in page[:_CHUNK]]
            for _pk, entry in found:
                entry_mac(entry)
        except UNREADABLE:
            found = [(pk, _entry(pk)) for pk in page.values_list("pk", flat=True)[:_CHUNK]]
        if not found:
            return
        yield from found
        low = found[-1][0] + 1


def _entry(pk: int) -> AccessEntry | None:
    try:
        entry = AccessEntry.objects.get(pk=pk)
        entry_mac(entry)
    except UNREADABLE:
        return None
    return entry
