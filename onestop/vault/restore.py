"""Putting a backup into an empty place: all of it or nothing."""
from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction

from onestop.history.triggers import triggers_present
from onestop.history.verify import Problem, verify
from onestop.vault import files
from onestop.vault.archive import Manifest, Unusable, file_path, key_fingerprints, lines_of, listed_files, migrations_here, open_archive
from onestop.vault.tables import FILLED_BY_MIGRATE, Table, kept_tables, reader

_PROBLEMS_SHOWN = 20
_NAMED = 3


@dataclass(frozen=True)
class Restored:
    """What was restored, and what the history says of it."""

    manifest: Manifest
    problems: list[Problem] = field(default_factory=list)


def restore(source: Path, *, other_keys: bool = False) -> Restored:
    """Fill the empty database and the file store from a backup, then verify the history.

    Every byte of the backup is checked before anything is written. A database without any table is
    migrated first; one with rows is refused. All rows go in by one transaction, with the keys they
    had; the files are there before it commits. Rows are inserted and nothing else happens: no job
    is queued, no paper made, and what a row says is still to be sent may have been sent since, so its
    model settles it. Raises Unusable.
    """
    manifest = open_archive(source)
    if not other_keys:
        _refuse_other_keys(manifest)
    _prepare_database()
    _refuse_other_migrations(manifest)
    _refuse_missing_triggers()
    try:
        with transaction.atomic():
            tables = {table.label: table for table in kept_tables()}
            _refuse_rows(tables)
            _refuse_other_tables(manifest, tables)
            _insert_all(source, manifest, tables)
            _settle(tables)
            _copy_files(source, manifest)
    except (DatabaseError, ValueError) as problem:
        raise Unusable(f"Nothing was restored: the database refused a row ({str(problem).splitlines()[0]}).") from problem
    ContentType.objects.clear_cache()
    return Restored(manifest, list(islice(verify(), _PROBLEMS_SHOWN)))


# -- what is refused ----------------------------------------------------------------------
def _refuse_other_keys(manifest: Manifest) -> None:
    here = key_fingerprints()
    others = [name for name, fingerprint in manifest.keys.items() if here.get(name) != fingerprint]
    if others:
        raise Unusable(
            f"{' and '.join(others)}: not the value under which this backup was made. Set the one from the safe. If it is lost, "
            "--other-keys restores all the same: then the history does not verify and printed slips do not open their dossiers."
        )


def _prepare_database() -> None:
    """Make the tables of a database that has none at all, as on a new machine."""
    settings.STATE_DIR.mkdir(mode=0o750, parents=True, exist_ok=True)
    if not connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)


def _refuse_other_migrations(manifest: Manifest) -> None:
    here, there = {tuple(pair) for pair in migrations_here()}, {tuple(pair) for pair in manifest.migrations}
    if not here:
        raise Unusable("The database has tables, but not those of the portal. Restore into an empty database.")
    if there - here:
        raise Unusable(
            f"The backup was made by a newer version of the portal (it knows {_named(there - here)}). "
            "Install that version, run script/setup, then restore."
        )
    if here - there:
        raise Unusable(
            f"The backup was made by an older version of the portal (it lacks {_named(here - there)}). "
            "Install that version, restore, then upgrade."
        )


def _named(migrations: set[tuple[str, ...]]) -> str:
    names = [".".join(pair) for pair in sorted(migrations)]
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _refuse_missing_triggers() -> None:
    if not triggers_present():
        raise Unusable("The triggers that protect the history are missing; run manage.py migrate first.")


def _refuse_rows(tables: dict[str, Table]) -> None:
    for table in tables.values():
        if table.label not in FILLED_BY_MIGRATE and not table.is_empty():
            raise Unusable(f"The database is not empty (there are rows of {table.label}). Restore into a new STATE_DIR or a new database.")


def _refuse_other_tables(manifest: Manifest, tables: dict[str, Table]) -> None:
    for part in manifest.tables:
        table = tables.get(part.model)
        if table is None or table.columns != part.columns:
            raise Unusable(f"The backup holds rows of {part.model}, which this version of the portal keeps in another way.")


# -- what is done -------------------------------------------------------------------------
def _insert_all(source: Path, manifest: Manifest, tables: dict[str, Table]) -> None:
    for label in FILLED_BY_MIGRATE:
        if label in tables:
            tables[label].manager.all()._raw_delete(connection.alias)
    for part in manifest.tables:
        table = tables[part.model]
        table.insert(map(reader(table), lines_of(source, part)))
        if table.count() != part.rows:
            raise Unusable(f"Nothing was restored: {part.model} has {table.count()} rows instead of {part.rows}.")
    connection.check_constraints()
    models = [table.model for table in tables.values()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _settle(tables: dict[str, Table]) -> None:
    """Let the models that have something under way say what becomes of it (`settle_after_restore`)."""
    for table in tables.values():
        settle = getattr(table.model, "settle_after_restore", None)
        if settle is not None:
            settle()


def _copy_files(source: Path, manifest: Manifest) -> None:
    for digest, _size in listed_files(source, manifest):
        try:
            files.copy(file_path(source, digest), files.path_of(digest), digest)
        except files.FileMissing:
            raise Unusable(f"Nothing was restored: the backup's file {digest} changed while it was read.") from None
    os.sync()
