"""The catalogue as every page needs it: read once, kept in the process until it changes.

A few hundred procedures change a few times a year and are shown on every page, so each process keeps
them; one query for the stamp tells whether what it keeps is still right. Without a stamp (nothing was
ever published through `procedures.publishing`) nothing is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from time import monotonic
from typing import Any

from onestop.reading.names import fold
from procedures.models import CatalogueStamp, Procedure, ProcedureVersion

KEPT = 8
FRESH_SECONDS = 5.0
NO_TIER = 9


@dataclass(frozen=True)
class Row:
    """One procedure in force, as lists and searches use it. Texts of `*_key` are folded."""

    version_id: int
    procedure_id: int
    code: str
    short_code: str
    label: str
    name: str
    sector: str
    sector_slug: str
    life_event: str
    tier: int | None
    channels: tuple[str, ...]
    applicant_types: tuple[str, ...]
    same_day: bool
    free: bool
    receivable: bool
    not_receivable_reason: str
    summary: dict
    label_key: str
    alias_key: str
    name_key: str

    @property
    def short_name(self) -> str:
        return self.label or self.name


@dataclass(frozen=True)
class Snapshot:
    """The procedures in force on one day, in the order of the catalogue."""

    stamp: str
    on: date
    rows: tuple[Row, ...]

    @property
    def sectors(self) -> list[tuple[str, str]]:
        """(slug, name) of the fields that have a procedure in force."""
        return list(dict.fromkeys((row.sector_slug, row.sector) for row in self.rows))


class _Shelf:
    """A small store by key, thread-safe, oldest out first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple, make: Callable[[], Any]) -> Any:
        if not key[0]:
            return make()
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


_snapshots, _names, _options = _Shelf(), _Shelf(), _Shelf()


_asked: tuple[float, str] | None = None


def forget() -> None:
    """Ask the database for the stamp at the next question (after a change, and between tests)."""
    global _asked
    _asked = None


def current_stamp() -> str:
    """The token of the catalogue's last change, or "" when it was never published; asked for at most once in FRESH_SECONDS."""
    global _asked
    now = monotonic()
    if _asked is None or now - _asked[0] >= FRESH_SECONDS or not _asked[1]:
        _asked = now, CatalogueStamp.objects.filter(pk=1).values_list("token", flat=True).first() or ""
    return _asked[1]


def snapshot(on: date) -> Snapshot:
    """The procedures in force on that day; one query when nothing changed since the last call."""
    stamp = current_stamp()
    return _snapshots.get((stamp, on), lambda: Snapshot(stamp, on, tuple(_rows(on))))


# What people come for most stands first; the other fields follow by name.
FIRST_SECTORS = ("ho-tich", "chung-thuc", "bao-tro-xa-hoi", "dat-dai", "xay-dung", "dang-ky-ho-kinh-doanh")


def _rows(on: date) -> list[Row]:
    versions = ProcedureVersion.objects.published(on).select_related("procedure__sector")
    return sorted((_row(version) for version in versions), key=_place)


def _place(row: Row) -> tuple:
    """Sorted here, because two databases sort Vietnamese and NULL differently."""
    first = FIRST_SECTORS.index(row.sector_slug) if row.sector_slug in FIRST_SECTORS else len(FIRST_SECTORS)
    return first, fold(row.sector), row.tier or NO_TIER, row.label_key or row.name_key, row.code


def _row(version: ProcedureVersion) -> Row:
    procedure = version.procedure
    return Row(
        version_id=version.pk,
        procedure_id=procedure.pk,
        code=procedure.code,
        short_code=procedure.short_code or "",
        label=procedure.label,
        name=version.name or procedure.name,
        sector=procedure.sector.name,
        sector_slug=procedure.sector.slug,
        life_event=procedure.life_event,
        tier=procedure.tier,
        channels=tuple(version.channels),
        applicant_types=tuple(version.applicant_types),
        same_day=version.same_day,
        free=version.free,
        receivable=version.receivable,
        not_receivable_reason=version.not_receivable_reason,
        summary=version.summary,
        label_key=fold(procedure.label),
        alias_key=fold(procedure.aliases.replace("\n", " ")),
        name_key=fold(f"{version.name or procedure.name} {procedure.sector.name}"),
    )


def procedure_names() -> dict[int, tuple[str, str, str]]:
    """Every procedure, expired ones too: id → (code, label, name)."""
    stamp = current_stamp()
    return _names.get((stamp,), lambda: {pk: tuple(rest) for pk, *rest in Procedure.objects.values_list("pk", "code", "label", "name")})


def datalist_options(on: date) -> list[str]:
    """Lines for the intake's list of procedures, "KS – Đăng ký khai sinh – 1.001193", the frequent ones first.

    Only what can be received; `search.find_for_desk` reads such a line back.
    """
    found = snapshot(on)
    return _options.get((found.stamp, on), lambda: _lines(found))


def _lines(found: Snapshot) -> list[str]:
    rows = sorted((row for row in found.rows if row.receivable), key=lambda row: (row.tier or NO_TIER, not row.short_code, row.short_code))
    return [" – ".join(part for part in (row.short_code.upper(), row.short_name, row.code) if part) for row in rows]
