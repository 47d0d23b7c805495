"""Making a backup while people work: one moment of the database, then the files that it names."""
from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from django.db import connection

from onestop.history.verify import one_moment
from onestop.vault import files
from onestop.vault.archive import (
    FILES,
    Manifest,
    Part,
    TablePart,
    Unusable,
    file_path,
    key_fingerprints,
    migrations_here,
    new_part,
    write_manifest,
)
from onestop.vault.tables import Table, kept_tables, spell


def make_backup(target: Path, *, at: datetime) -> Manifest:
    """Write a complete backup to `target`, which must not exist or be an empty folder.

    Everything is written beside it under another name and put in place by one rename at the end:
    a folder that has the name is whole. Files are copied after the rows, since a file is there
    before a row may name it and stays as long as one does. A file that the portal itself has
    lost or damaged does not stop the backup; the manifest names it. Raises Unusable, OSError.
    """
    _refuse_taken(target)
    _refuse_empty_database()
    target.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as on_failure:
        unfinished = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-", suffix="-unfinished"))
        on_failure.callback(shutil.rmtree, unfinished, ignore_errors=True)
        named: set[str] = set()
        with one_moment():
            migrations = migrations_here()
            tables = [_write_table(unfinished, table, named) for table in kept_tables()]
        listed, missing = _copy_files(unfinished, sorted(named))
        manifest = Manifest(
            made_at=at.isoformat(timespec="seconds"),
            database=connection.vendor,
            migrations=migrations,
            keys=key_fingerprints(),
            tables=tables,
            files=listed,
            missing_files=missing,
        )
        # One flush for thousands of small files; flushing each would take minutes.
        os.sync()
        write_manifest(unfinished, manifest)
        unfinished.rename(target)
        on_failure.pop_all()
    _flush_folder(target.parent)
    return manifest


def _refuse_taken(target: Path) -> None:
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists() or target.is_symlink():
        raise Unusable(f"{target} is there already and not empty; a backup needs a folder of its own.")


def _refuse_empty_database() -> None:
    """A command that runs without the portal's environment finds, or makes, another database: that saves nothing."""
    if not connection.introspection.table_names():
        raise Unusable(
            f"There is no portal in the database {connection.settings_dict['NAME']}. "
            "Are STATE_DIR and DATABASE_URL set as they are for the portal?"
        )


def _write_table(folder: Path, table: Table, named: set[str]) -> TablePart:
    """Write the rows of one table and note the files that they name."""
    columns = table.columns
    file_columns = [columns.index(column) for column in table.file_columns]
    with new_part(folder, f"tables/{table.label}.jsonl.gz") as part:
        for row in table.rows():
            part.line(spell(row))
            named.update(row[index] for index in file_columns if row[index])
        done = part.close()
    return TablePart(done.path, done.rows, done.sha256, model=table.label, columns=columns)


def _copy_files(folder: Path, named: list[str]) -> tuple[Part, list[str]]:
    """Copy the named files, each checked on the way; returns the list of them and the digests that could not be had."""
    (folder / FILES).mkdir()
    missing = []
    with new_part(folder, f"{FILES}.jsonl.gz") as part:
        for digest in named:
            try:
                size = files.copy(files.path_of(digest), file_path(folder, digest), digest)
            except files.FileMissing:
                missing.append(digest)
            else:
                part.line(json.dumps([digest, size]).encode())
        return part.close(), missing


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
