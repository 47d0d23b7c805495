"""Rows on their way out of the database and into another one, the same on SQLite and PostgreSQL.

A row becomes a line of JSON: its columns in the order of the model, times with their offset and
to the microsecond. What is read back is equal in every column, so a history that verified before
verifies after. The rows go past `save()` and its habits, straight from and into the columns.
"""
from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.utils.duration import duration_string

# Sessions and the counting of wrong passwords belong to the machine and to the moment, and so does the sign of life of its jobs.
NOT_KEPT = frozenset({"sessions.session", "onestop.heartbeat"})
APPS_NOT_KEPT = frozenset({"axes"})
# Filled by `migrate` itself: a new database has them already, the rows of the backup take their place.
FILLED_BY_MIGRATE = ("auth.permission", "contenttypes.contenttype")
# A column of this name, or one that ends so, names a file of the vault.
FILE_COLUMN = "sha256"
_ROWS_AT_ONCE = 1000
_SPELLED = (models.DateField, models.TimeField, models.UUIDField, models.DecimalField, models.DurationField, models.BinaryField)


@dataclass(frozen=True)
class Table:
    """One table of the product; `label` is "dossiers.dossier"."""

    model: type[models.Model]

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @property
    def fields(self) -> list[models.Field]:
        return [field for field in self.model._meta.local_concrete_fields if not getattr(field, "generated", False)]

    @property
    def columns(self) -> list[str]:
        return [field.attname for field in self.fields]

    @property
    def file_columns(self) -> list[str]:
        """The columns that name files of the vault."""
        return [column for column in self.columns if column == FILE_COLUMN or column.endswith(f"_{FILE_COLUMN}")]

    @property
    def manager(self) -> Any:
        """The manager that hides no row; loosely typed, for inserting needs a door that Django keeps for itself."""
        return self.model._base_manager

    def is_empty(self) -> bool:
        return not self.manager.exists()

    def count(self) -> int:
        return self.manager.count()

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every row in the order of its key, a few thousand in memory at a time."""
        yield from self.manager.order_by("pk").values_list(*self.columns).iterator(chunk_size=2000)

    def insert(self, rows: Iterable[list[Any]]) -> int:
        """Add rows with the keys they had; returns how many."""
        fields, columns, total = self.fields, self.columns, 0
        rows = iter(rows)
        while objects := [self.model(**dict(zip(columns, row, strict=True))) for row in islice(rows, _ROWS_AT_ONCE)]:
            # A statement holds only so many values on SQLite.
            size = connection.ops.bulk_batch_size(fields, objects)
            for start in range(0, len(objects), size):
                # raw: what was stored, not what a field would make of it today (auto_now and the like).
                self.manager._insert(objects[start : start + size], fields=fields, using=connection.alias, raw=True)
            total += len(objects)
        return total


def kept_tables() -> list[Table]:
    """The tables that a backup holds: those of all installed models that exist here, by label."""
    present = set(connection.introspection.table_names())
    tables = [
        Table(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table in present
    ]
    return sorted((table for table in tables if _is_kept(table)), key=lambda table: table.label)


def named_files() -> set[str]:
    """The digest of every file that some row of some table names."""
    named: set[str] = set()
    for table in kept_tables():
        for column in table.file_columns:
            named.update(table.manager.exclude(**{column: ""}).values_list(column, flat=True).distinct().iterator())
    return named


def _is_kept(table: Table) -> bool:
    return table.label not in NOT_KEPT and table.model._meta.app_label not in APPS_NOT_KEPT


# -- one row as one line ------------------------------------------------------------------
def spell(row: Iterable[Any]) -> bytes:
    """The row as a line of JSON, without the line's end."""
    return json.dumps(list(row), ensure_ascii=False, separators=(",", ":"), default=_spell).encode()


def _spell(value: Any) -> str:
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_string(value)
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"a backup has no spelling for {type(value).__name__}")


def reader(table: Table) -> Callable[[bytes], list[Any]]:
    """The function that makes a row of this table from its line; ValueError when the line is none."""
    readers = [_reader(field) for field in table.fields]

    def read(line: bytes) -> list[Any]:
        values = json.loads(line)
        if not isinstance(values, list) or len(values) != len(readers):
            raise ValueError(f"{table.label}: a line has not the columns of the table")
        return [value if value is None or read_one is None else read_one(value) for value, read_one in zip(values, readers, strict=True)]

    return read


def _reader(field: models.Field) -> Callable[[Any], Any] | None:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field.to_python if isinstance(field, _SPELLED) else None

