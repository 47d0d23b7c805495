from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from onestop.history.access import LATE, join_to_chain, note_access, ranges_of, without
from onestop.history.models import AccessCursor, AccessEntry, AccessKind, ChainHead, Event
from onestop.history.rows import SITE
from onestop.history.tests.makers import HERE, NOW, sql
from onestop.history.verify import verify

pytestmark = pytest.mark.django_db


def request_of(person, address="203.0.113.9"):
    request = RequestFactory().get("/ho-so/", REMOTE_ADDR=address)
    request.user = person
    return request


CLERK = SimpleNamespace(pk=7, agency_id=HERE, roles=["clerk"])


def note(subject="case:1", **parts):
    return note_access(request_of(CLERK), AccessKind.VIEW, subject, **parts)


def note_with_id(pk):
    """As PostgreSQL gives ids: transactions commit in another order than they drew them."""
    entry = note()
    late = AccessEntry(pk=pk, **{f.name: getattr(entry, f.name) for f in AccessEntry._meta.fields if f.name != "id"})
    sql("DELETE FROM history_accessentry WHERE id = %s", entry.pk)
    late.save(force_insert=True)
    return late


def joined():
    return [(event.facts["ranges"], event.facts["count"]) for event in Event.objects.filter(agency_id=SITE).order_by("seq")]


def test_an_entry_says_who_saw_what_from_where():
    entry = note_access(request_of(CLERK), "print", "dossier:3", "phiếu hẹn, bản 2")
    entry.refresh_from_db()
    assert (entry.agency_id, entry.actor_id, entry.role, entry.kind, entry.subject, entry.detail, entry.address) == (
        HERE, 7, "clerk", "print", "dossier:3", "phiếu hẹn, bản 2", "203.0.113.9",
    )  # fmt: skip


def test_a_visitor_without_account_stands_under_the_whole_site():
    entry = note_access(request_of(AnonymousUser()), AccessKind.LOG_IN_FAILED)
    assert (entry.agency_id, entry.actor_id, entry.role) == (SITE, None, "")


def test_noting_takes_one_statement_and_no_chain_lock():
    with CaptureQueriesContext(connection) as asked:
        note()
    assert len(asked) == 1
    assert ChainHead.objects.count() == 0


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="peek"):
        note_access(request_of(CLERK), "peek")


def test_long_and_unprintable_detail_is_shortened_not_fatal():
    entry = note(detail="a\x00b\n" + "x" * 400)
    assert (entry.detail[:3], entry.detail[-1], len(entry.detail)) == ("abx", "…", 300)


def test_an_entry_that_cannot_be_written_stops_the_page():
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("ALTER TABLE history_accessentry RENAME TO elsewhere")
        note()


def test_new_entries_are_joined_once():
    ids = [note().pk for _ in range(3)]
    assert [join_to_chain(NOW), join_to_chain(NOW)] == [3, 0]
    assert joined() == [([[ids[0], ids[2]]], 3)]


def test_many_entries_are_joined_in_several_batches(monkeypatch):
    monkeypatch.setattr("onestop.history.access._BATCH", 2)
    ids = [note().pk for _ in range(5)]
    assert join_to_chain(NOW) == 5
    assert [count for _ranges, count in joined()] == [2, 2, 1]
    assert list(verify([SITE])) == []
    assert AccessCursor.objects.get().upto == ids[-1]


def test_an_entry_committed_late_joins_a_later_batch():
    first = note_with_id(1001).pk
    note_with_id(1005)
    join_to_chain(NOW)
    assert joined()[0] == ([[first, first], [1005, 1005]], 2)
    note_with_id(1003)
    assert list(verify([SITE])) == []
    join_to_chain(NOW + timedelta(minutes=1))
    assert joined()[1] == ([[1003, 1003]], 1)
    assert [hole[:2] for hole in AccessCursor.objects.get().holes][-2:] == [[1002, 1002], [1004, 1004]]
    assert list(verify([SITE])) == []


def test_a_hole_is_looked_into_once_more_after_a_long_outage_and_then_given_up():
    note_with_id(1001)
    note_with_id(1003)
    join_to_chain(NOW)
    note_with_id(1002)
    assert join_to_chain(NOW + 2 * LATE) == 1
    assert AccessCursor.objects.get().holes == []
    assert list(verify([SITE])) == []


@pytest.mark.parametrize(
    ("ids", "ranges"),
    [([], []), ([1], [(1, 1)]), ([1, 2, 3, 7], [(1, 3), (7, 7)]), ([2, 4], [(2, 2), (4, 4)])],
)
def test_ids_are_written_as_ranges(ids, ranges):
    assert ranges_of(ids) == ranges


@pytest.mark.parametrize(
    ("low", "high", "ids", "open_parts"),
    [
        (1, 3, [], [(1, 3)]),
        (1, 3, [1, 2, 3], []),
        (1, 9, [2, 3, 7], [(1, 1), (4, 6), (8, 9)]),
        (5, 6, [1, 5, 9], [(6, 6)]),
        (4, 3, [], []),
    ],
)
def test_what_a_range_leaves_open(low, high, ids, open_parts):
    assert list(without(low, high, ids)) == open_parts
