"""Which tables the history vouches for, and the digests of their rows.

    @tracked(personal=("name", "phone"), ignored=("search_key",))
    class Party(models.Model): ...

An event carries the digests of the rows that its act wrote, so a row edited behind the
product's back is found although the log itself is whole. Columns that are not personal go
into a plain digest, personal ones into a second digest with the salt of the event's subject:
when the salt is deleted, that digest says nothing about the person any more.

Digests are taken from what the database holds, never from an object in memory: a value
assigned as text, cut to microseconds, set by a conditional update or computed by the database
cannot raise a false alarm.

A migration that adds a column to a tracked table raises the version and names the column:

    @tracked(version=2, added={2: ("counter_no",)})

Rows last written under version 1 are then still compared on the columns of version 1. A
column that is renamed or dropped makes old digests incomparable; such a migration must write
the rows into the history anew.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from django.db import DatabaseError, models

from onestop.history.canonical import canonical, digest

Model = TypeVar("Model", bound=type[models.Model])

# The chain of everything that belongs to no single agency (and the access entries of all).
SITE = 0
# What reading a row can raise when somebody put values into it that its column never holds.
UNREADABLE = (ValueError, TypeError, AttributeError, ArithmeticError, DatabaseError)


class Row(NamedTuple):
    """One row of a tracked table as the database holds it."""

    key: Any
    agency_id: int
    values: Mapping[str, Any]


class RowDigest(NamedTuple):
    """What an event says about one row; `personal` is "" where the table has no personal column."""

    version: int
    plain: str
    personal: str


@dataclass(frozen=True)
class Tracked:
    """How the rows of one table are digested."""

    model: type[models.Model]
    personal: frozenset[str]
    ignored: frozenset[str]
    version: int
    added: Mapping[int, tuple[str, ...]]
    agency: str
    fields: tuple[models.Field, ...] = field(init=False)
    _names: dict[tuple[int, bool], list[str]] = field(init=False, default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        fields = tuple(f for f in self.model._meta.concrete_fields if f.name not in self.ignored)
        object.__setattr__(self, "fields", fields)
        known = {f.name for f in self.model._meta.concrete_fields}
        named = set(self.personal | self.ignored).union(*self.added.values())
        if named - known:
            raise ValueError(f"{self.label} has no column {', '.join(sorted(named - known))}")
        if self.model._meta.pk.name in self.ignored | self.personal:
            raise ValueError(f"{self.label}: the key belongs to the plain columns")
        if set(self.added) - set(range(2, self.version + 1)):
            raise ValueError(f"{self.label}: `added` names versions from 2 to {self.version}")

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    def column_names(self, version: int, *, personal: bool) -> list[str]:
        """The columns that a digest of this version covers, in order of name."""
        if (version, personal) not in self._names:
            later = {name for number, names in self.added.items() if number > version for name in names}
            names = sorted(f.name for f in self.fields if f.name not in later and (f.name in self.personal) == personal)
            self._names[version, personal] = names
        return self._names[version, personal]

    def digest(self, row: Row, salt: str, version: int | None = None) -> RowDigest:
        """The digest of the row under the given version of the columns (the present one unless told)."""
        version = version or self.version

        def text(personal: bool) -> str:
            return canonical([self.label, version, [[name, row.values[name]] for name in self.column_names(version, personal=personal)]])

        return RowDigest(version, digest(text(False)), digest(text(True), salt) if self.personal and salt else "")

    def read(self, keys: Iterable[Any]) -> Iterator[Row]:
        """The rows with these keys, as far as they exist, in order of key."""
        yield from self._rows(self._all().filter(pk__in=list(keys)))

    def rows_of(self, agency_id: int, *, chunk: int = 500, bad: Callable[[Any], None]) -> Iterator[list[Row]]:
        """All rows of one agency in lists of at most `chunk`, in order of key; `bad` hears the keys that cannot be read."""
        where = {self.agency: agency_id} if agency_id else {f"{self.agency}__isnull": True} if self.agency else {}
        if agency_id and not self.agency:
            return
        rows, last = self._all().filter(**where), None
        while True:
            page = rows.filter(pk__gt=last) if last is not None else rows
            keys = list(page.values_list("pk", flat=True)[:chunk])
            if not keys:
                return
            yield self._read_each(keys, bad)
            last = keys[-1]

    def _read_each(self, keys: list[Any], bad: Callable[[Any], None]) -> list[Row]:
        try:
            return list(self.read(keys))
        except UNREADABLE:
            pass
        found: list[Row] = []
        for key in keys:
            try:
                found += self.read([key])
            except UNREADABLE:
                bad(key)
        return found

    def agency_ids(self) -> set[int]:
        """The agencies that have rows in this table."""
        if not self.agency:
            return {SITE}
        return {agency_id or SITE for agency_id in self._all().order_by().values_list(self.agency, flat=True).distinct()}

    def _all(self) -> models.QuerySet:
        return self.model._base_manager.order_by("pk")

    def _rows(self, rows: models.QuerySet) -> Iterator[Row]:
        names = [f.attname for f in self.fields]
        path = [self.agency] if self.agency else []
        for values in rows.values_list(*names, *path, "pk"):
            by_name = {f.name: f.get_prep_value(value) for f, value in zip(self.fields, values, strict=False)}
            agency_id = values[-2] if self.agency else None
            yield Row(values[-1], agency_id or SITE, by_name)


_tracked: dict[str, Tracked] = {}


def tracked(
    *,
    personal: tuple[str, ...] = (),
    ignored: tuple[str, ...] = (),
    version: int = 1,
    added: Mapping[int, tuple[str, ...]] | None = None,
    agency: str = "agency_id",
) -> Callable[[Model], Model]:
    """Class decorator: the history vouches for the rows of this model.

    `ignored` columns may change without an event (a search key, a counter). `agency` is the
    look-up that leads to the agency in whose chain the rows stand ("dossier__agency_id"), ""
    for a table that belongs to the whole site.
    """

    def register(model: Model) -> Model:
        entry = Tracked(model, frozenset(personal), frozenset(ignored), version, dict(added or {}), agency)
        _tracked[entry.label] = entry
        return model

    return register


def tracked_models() -> list[Tracked]:
    """Every registered table, in order of name."""
    return [_tracked[label] for label in sorted(_tracked)]


def tracking_of(model: type[models.Model]) -> Tracked:
    """How this model's rows are digested; LookupError when it was never registered."""
    return _tracked[model._meta.label_lower]
