"""Rows edited directly in the database, behind the portal's back: each is found and named by verify_history.

Whoever does this has the database's password, so the triggers are dropped first; what is left to find him is
the chain and the digests in it.
"""
import contextlib
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from dossiers.models import Appointment, Dossier, IssuedPaper
from dossiers.tests.makers import local, make_dossier
from onestop.history import triggers
from onestop.history.models import Event
from onestop.history.verify import verify

pytestmark = pytest.mark.django_db

# Table → (model, name in a report, column edited, its new value, columns that must be new in an inserted row).
TABLES = {
    "dossier": (Dossier, "dossiers.dossier", "due_at", "2027-01-29 10:00:00", ("code", "submission_key", "token_digest")),
    "appointment": (Appointment, "dossiers.appointment", "due_at", "2027-01-29 10:00:00", ("seq",)),
    "paper": (IssuedPaper, "dossiers.issuedpaper", "number", "H61.26-261120-0099", ("version",)),
}
NEW = {"code": "'H61.26-261120-0077'", "submission_key": "'00000000000040008000000000000077'", "token_digest": "'x'"}
NEW |= {"seq": "7", "version": "7"}
# What somebody would exchange between two rows.
SWAPPED = {"dossier": "applicant_name", "appointment": "due_at", "paper": "snapshot"}


@pytest.fixture
def two():
    """Two dossiers of different days with all that belongs to them; another one stands between."""
    first = make_dossier(name="Thạch Thị Sóc Kha")
    make_dossier(name="Sơn Minh Khang")
    return first, make_dossier(name="Nguyễn Văn Đặng", at=local("2026-11-23 09:00"))


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
    return dossier if model is Dossier else model.objects.get(dossier=dossier)


def columns(model) -> list[str]:
    return [field.column for field in model._meta.concrete_fields if not field.primary_key]


def test_untouched_rows_are_no_problem(two):
    with somebody_with_the_password():
        assert found() == []


@pytest.mark.parametrize("table", TABLES)
def test_an_updated_row_is_named(two, table):
    model, label, column, value, _ = TABLES[table]
    row = row_of(model, two[0])
    with somebody_with_the_password() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s", [value, row.pk])
        assert found() == [("changed", f"{label} {row.pk}")]


@pytest.mark.parametrize("table", TABLES)
def test_a_deleted_row_is_named(two, table):
    model, label, *_ = TABLES[table]
    row = row_of(model, two[0])
    with somebody_with_the_password() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [row.pk])
        assert found() == [("missing", f"{label} {row.pk}")]


@pytest.mark.parametrize("table", TABLES)
def test_an_inserted_row_is_named(two, table):
    model, label, _, _, unique = TABLES[table]
    row = row_of(model, two[0])
    names = columns(model)
    values = [NEW[name] if name in unique else name for name in names]
    statement = f"INSERT INTO {model._meta.db_table} (id, {', '.join(names)}) SELECT 990077, {', '.join(values)}"
    with somebody_with_the_password() as cursor:
        cursor.execute(f"{statement} FROM {model._meta.db_table} WHERE id = %s", [row.pk])
        assert found() == [("inserted", f"{label} 990077")]


@pytest.mark.parametrize("table", TABLES)
def test_two_swapped_rows_are_named(two, table):
    model, label, *_ = TABLES[table]
    rows = [row_of(model, dossier) for dossier in two]
    name, column, keys = model._meta.db_table, SWAPPED[table], [row.pk for row in rows]
    with somebody_with_the_password() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE swap AS SELECT id, {column} AS value FROM {name} WHERE id IN (%s, %s)", keys)
        for ours, theirs in (keys, keys[::-1]):
            cursor.execute(f"UPDATE {name} SET {column} = (SELECT value FROM swap WHERE id = %s) WHERE id = %s", [theirs, ours])
        assert found() == [("changed", f"{label} {key}") for key in keys]


# -- events -------------------------------------------------------------------------------
@pytest.fixture
def chain(two):
    """The agency and the numbers of the events that received the two dossiers."""
    agency = two[0].agency_id
    return agency, [Event.objects.get(agency_id=agency, subject=f"dossier:{dossier.pk}").seq for dossier in two]


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
