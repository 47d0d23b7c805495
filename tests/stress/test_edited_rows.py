"""Fifty edits directly in the database, behind the portal's back: each is found and named by verify_history.

Whoever does this has the database's password, so the triggers are dropped first; what is left to find him is
the chain and the digests in it.
"""
import contextlib
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from dossiers.models import Appointment, Dossier, HandOver, IssuedPaper, SignOff
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_dossier
from onestop.history import triggers
from onestop.history.models import Event
from onestop.history.verify import verify

pytestmark = pytest.mark.django_db

# Table → (model, name in a report, columns that must be new in an inserted row, the column that somebody would exchange between two rows).
TABLES = {
    "dossier": (Dossier, "dossiers.dossier", ("code", "submission_key", "token_digest"), "applicant_name"),
    "appointment": (Appointment, "dossiers.appointment", ("seq",), "due_at"),
    "hand_over": (HandOver, "dossiers.handover", ("seq",), "receiver_id"),
    "sign_off": (SignOff, "dossiers.signoff", ("result_id",), "signed_at"),
    "paper": (IssuedPaper, "dossiers.issuedpaper", ("version",), "snapshot"),
}
NEW = {"code": "'H61.26-261120-0077'", "submission_key": "'00000000000040008000000000000077'", "token_digest": "'x'"}
NEW |= {"seq": "7", "version": "7", "result_id": "990077"}
LATER = "2027-01-29 10:00:00"
# What somebody would change, and to what: dates, names, who did it, in whose name, what was printed.
EDITS = [
    ("dossier", "due_at", LATER),
    ("dossier", "received_at", "2026-11-20 01:00:00"),
    ("dossier", "finished_at", "2026-11-20 01:30:00"),
    ("dossier", "signed_at", "2026-11-20 01:30:00"),
    ("dossier", "overdue_since", LATER),
    ("dossier", "applicant_name", "Sơn Minh Khang"),
    ("dossier", "outcome", "not_granted"),
    ("dossier", "code", "H61.26-261119-0001"),
    ("appointment", "due_at", LATER),
    ("appointment", "kind", "extension"),
    ("appointment", "reason", "theo yêu cầu của người nộp"),
    ("appointment", "trace", "[]"),
    ("appointment", "made_at", LATER),
    ("hand_over", "given_at", "2026-11-20 01:00:00"),
    ("hand_over", "taken_at", LATER),
    ("hand_over", "giver_id", "990077"),
    ("hand_over", "receiver_id", "990077"),
    ("hand_over", "note", "đã nhận đủ"),
    ("sign_off", "signer_id", "990077"),
    ("sign_off", "signed_at", "2026-11-20 01:30:00"),
    ("sign_off", "recorded_at", "2026-11-20 01:30:00"),
    ("sign_off", "sha256", "0" * 64),
    ("sign_off", "block", "TM. ỦY BAN NHÂN DÂN"),
    ("sign_off", "result_id", "990077"),
    ("paper", "number", "H61.26-261120-0099"),
    ("paper", "snapshot", "{}"),
    ("paper", "edition", "Mẫu 09"),
    ("paper", "issued_at", LATER),
    ("paper", "voided_at", LATER),
]


@pytest.fixture
def two():
    """Two dossiers of different days, signed and issued, with all that belongs to them; another one stands between."""
    first = make_dossier(name="Thạch Thị Sóc Kha", status=Status.RESULT_READY)
    make_dossier(name="Sơn Minh Khang")
    return first, make_dossier(name="Nguyễn Văn Đặng", at=local("2026-11-23 09:00"), status=Status.RESULT_READY)


@contextlib.contextmanager
def somebody_with_the_password() -> Iterator:
    """A cursor without triggers in the way; everything is undone at the end."""
    with transaction.atomic():
        triggers.remove()
        with connection.cursor() as cursor:
            yield cursor
        transaction.set_rollback(True)


def found() -> list[tuple[str, str]]:
    """(kind, place) of every problem but the missing triggers, which every one of these edits shows."""
    return [(problem.kind, problem.place) for problem in verify() if problem.kind != "unguarded"]


def row_of(model, dossier):
    return dossier if model is Dossier else model.objects.filter(dossier=dossier).earliest("pk")


def columns(model) -> list[str]:
    return [connection.ops.quote_name(field.column) for field in model._meta.concrete_fields if not field.primary_key]


def test_untouched_rows_are_no_problem(two):
    with somebody_with_the_password():
        assert found() == []


def test_every_updated_row_is_named(two):
    named, expected = {}, {}
    for table, column, value in EDITS:
        model, label, *_ = TABLES[table]
        row = row_of(model, two[0])
        with somebody_with_the_password() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s", [value, row.pk])
            named[table, column] = found()
        expected[table, column] = [("changed", f"{label} {row.pk}")]
    assert named == expected


@pytest.mark.parametrize("table", TABLES)
def test_a_deleted_row_is_named(two, table):
    model, label, *_ = TABLES[table]
    row = row_of(model, two[0])
    with somebody_with_the_password() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [row.pk])
        assert found() == [("missing", f"{label} {row.pk}")]


@pytest.mark.parametrize("table", TABLES)
def test_an_inserted_row_is_named(two, table):
    model, label, unique, _ = TABLES[table]
    row = row_of(model, two[0])
    names = columns(model)
    values = [NEW[name.strip('"')] if name.strip('"') in unique else name for name in names]
    statement = f"INSERT INTO {model._meta.db_table} (id, {', '.join(names)}) SELECT 990077, {', '.join(values)}"
    with somebody_with_the_password() as cursor:
        cursor.execute(f"{statement} FROM {model._meta.db_table} WHERE id = %s", [row.pk])
        assert found() == [("inserted", f"{label} 990077")]


@pytest.mark.parametrize("table", TABLES)
def test_two_swapped_rows_are_named(two, table):
    model, label, _, column = TABLES[table]
    rows = [row_of(model, dossier) for dossier in two]
    name, keys = model._meta.db_table, [row.pk for row in rows]
    with somebody_with_the_password() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE swap AS SELECT id, {column} AS value FROM {name} WHERE id IN (%s, %s)", keys)
        for ours, theirs in (keys, keys[::-1]):
            cursor.execute(f"UPDATE {name} SET {column} = (SELECT value FROM swap WHERE id = %s) WHERE id = %s", [theirs, ours])
        assert found() == [("changed", f"{label} {key}") for key in keys]


# -- events -------------------------------------------------------------------------------
@pytest.fixture
def chain(two):
    """The agency, the number of the event that received the first dossier, and the last number of all."""
    events = Event.objects.filter(agency_id=two[0].agency_id)
    return two[0].agency_id, [events.filter(subject=f"dossier:{two[0].pk}").earliest("seq").seq, events.latest("seq").seq]


def test_an_updated_event_is_named(chain):
    agency, (first, _) = chain
    with somebody_with_the_password() as cursor:
        cursor.execute("UPDATE history_event SET at = '2026-11-01 09:00:00' WHERE agency_id = %s AND seq = %s", [agency, first])
        assert found() == [("changed", f"event {first}")]


def test_a_deleted_event_is_named(chain):
    agency, (first, _) = chain
    with somebody_with_the_password() as cursor:
        cursor.execute("DELETE FROM history_event WHERE agency_id = %s AND seq = %s", [agency, first])
        assert found() == [("missing", f"event {first}")]


def test_a_deleted_last_event_is_named(chain):
    agency, (_, last) = chain
    with somebody_with_the_password() as cursor:
        cursor.execute("DELETE FROM history_event WHERE agency_id = %s AND seq = %s", [agency, last])
        assert found() == [("cut", f"event {last}")]


def test_an_inserted_event_is_named(chain):
    agency, (_, last) = chain
    names = "actor_id, role, act, data, prev_hash, hash"
    with somebody_with_the_password() as cursor:
        cursor.execute(
            f"INSERT INTO history_event (agency_id, seq, at, subject, {names}) SELECT agency_id, seq + 1, at, subject, {names} "
            "FROM history_event WHERE agency_id = %s AND seq = %s",
            [agency, last],
        )
        assert found() == [("reordered", f"event {last + 1}")]


def test_two_swapped_events_are_named(chain):
    agency, (first, last) = chain
    with somebody_with_the_password() as cursor:
        for old, new in ((first, 99_999), (last, first), (99_999, last)):
            cursor.execute("UPDATE history_event SET seq = %s WHERE agency_id = %s AND seq = %s", [new, agency, old])
        assert found() == [("reordered", f"event {first}")]
