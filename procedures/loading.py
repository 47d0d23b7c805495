"""Reading a catalogue into the database: judge everything, show the difference, then write all of it or nothing.

A file replaces only its own layer: loading the catalogue alone keeps the desk layer that is stored,
and the other way round. A changed procedure gets a new version from the day of loading; dossiers keep
the version that they pinned. Words to search by (short code, label, everyday names) belong to the
procedure, not to a version, and change in place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone

from procedures.building import UNSORTED, build, lane_of
from procedures.content import Content, DeskWord
from procedures.entries import read_files
from procedures.judging import CatalogueFile, Problem
from procedures.models import CatalogueStamp, Procedure, ProcedureVersion, WorkflowTemplate
from procedures.publishing import end, publish, search_key, sector_called, touch
from procedures.workflows import ship


class Refused(Exception):
    """Nothing was written; every problem is listed."""

    def __init__(self, problems: list[Problem]):
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass
class Change:
    """What loading does to one procedure."""

    code: str
    raw: dict | None
    desk: DeskWord
    content: Content
    procedure: Procedure
    current: ProcedureVersion | None = None
    fields: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    expires_on: date | None = None
    kind: str = "unchanged"

    @property
    def wanted(self) -> dict:
        """The columns of the procedure itself."""
        raw, layer = self.raw or {}, self.desk.entry or {}
        names = list(layer.get("everyday_names", [])) + list(layer.get("everyday_names_km", []))
        return {
            "name": self.content.name,
            "name_en": raw.get("name_en") or "",
            "short_code": layer.get("short_code"),
            "label": layer.get("label") or "",
            "aliases": "\n".join(names),
            "lane": lane_of(self.desk),
            "tier": layer.get("tier"),
            "frequency": layer.get("frequency") or "",
            "life_event": layer.get("life_event") or "",
        }

    @property
    def sector_name(self) -> str:
        return (self.raw or {}).get("field") or UNSORTED


@dataclass
class Plan:
    changes: list[Change]
    missing: list[ProcedureVersion]
    workflows: dict[str, dict]
    warnings: list[Problem]
    as_of: date | None
    shipped: int = 0

    def of_kind(self, kind: str) -> list[Change]:
        return [change for change in self.changes if change.kind == kind]


def load(texts: Iterable[tuple[str, bytes]], *, on: date, expire_missing: bool = False, dry_run: bool = False) -> Plan:
    """Load the files (name, content) with effect from `on` and return what was done, or raise Refused."""
    found = read_files(texts)
    if found.problems:
        raise Refused(found.problems)
    with transaction.atomic():
        # Two loads at once would both plan against the same state: the second waits here.
        CatalogueStamp.objects.select_for_update().get_or_create(pk=1, defaults={"changed_at": timezone.now()})
        plan = make_plan(found, on=on)
        if not dry_run:
            _write(plan, on=on, expire_missing=expire_missing)
    return plan


def make_plan(found: CatalogueFile, *, on: date) -> Plan:
    """Compare the files with what is stored; raises Refused when the two together make no sense."""
    procedures = {procedure.code: procedure for procedure in Procedure.objects.select_related("sector")}
    current = {
        version.procedure.code: version
        for version in ProcedureVersion.objects.filter(state="published", effective_to=None).select_related("procedure", "sheet")
    }
    missing = [version for code, version in sorted(current.items()) if found.has_procedures and not _is_named(code, version, found)]
    gone = {version.procedure.code for version in missing}
    problems: list[Problem] = []
    changes = []
    for code in _codes(found, current):
        raw, desk = _layers(code, found, current.get(code))
        if code in gone or (raw is None and desk.entry is None):
            continue
        if raw is None and desk.entry is not None and desk.entry.get("in_raw_catalogue", True):
            problems.append(Problem(code, "code", "stands in the desk layer but not in the catalogue: load procedures.json with it"))
            continue
        procedure = procedures.get(code) or Procedure(code=code)
        change = Change(code, raw, desk, build(raw, desk), procedure, current.get(code))
        _compare(change, on=on, problems=problems)
        changes.append(change)
    _check_short_codes(changes, procedures, problems)
    if problems:
        raise Refused(problems)
    return Plan(changes, missing, found.workflows if found.has_desk else {}, found.warnings, found.as_of)


def _is_named(code: str, version: ProcedureVersion, found: CatalogueFile) -> bool:
    """Whether the files still know the procedure; one that lives in the desk layer alone need not be in the catalogue."""
    if code in found.procedures:
        return True
    if found.has_desk:
        return code in found.desk and not found.desk[code].get("in_raw_catalogue", True)
    sheet = getattr(version, "sheet", None)
    return sheet is not None and sheet.raw_entry is None


def _codes(found: CatalogueFile, current: dict[str, ProcedureVersion]) -> list[str]:
    codes = dict.fromkeys(found.procedures)
    codes.update(dict.fromkeys(found.desk))
    if found.has_desk:
        codes.update(dict.fromkeys(code for code, version in current.items() if hasattr(version, "sheet")))
    return list(codes)


def _layers(code: str, found: CatalogueFile, current: ProcedureVersion | None) -> tuple[dict | None, DeskWord]:
    """Each layer from the files when they bring it, else as stored."""
    sheet = getattr(current, "sheet", None)
    raw = found.procedures.get(code) or (sheet.raw_entry if sheet else None)
    if found.has_desk:
        doubts = tuple(found.doubts.get(code, {}).items())
        return raw, DeskWord(found.desk.get(code), found.elsewhere.get(code, ""), doubts)
    return raw, DeskWord.from_json(sheet.desk_entry if sheet else None)


def _compare(change: Change, *, on: date, problems: list[Problem]) -> None:
    raw, current = change.raw or {}, change.current
    is_new = change.procedure.pk is None
    if raw.get("status") == "expired":
        change.expires_on = date.fromisoformat(raw["expires_on"])
        change.kind = "new" if is_new else "expired" if current else "unchanged"
        if current and change.expires_on < current.effective_from:
            problems.append(Problem(change.code, "expires_on", f"lies before the start of the version in force, {current.effective_from}"))
        return
    if is_new:
        change.kind = "new"
        return
    change.words = [name for name, value in change.wanted.items() if getattr(change.procedure, name) != value]
    if change.procedure.sector.name != change.sector_name:
        change.words.append("sector")
    if current is None:
        change.fields = ["(in force again)"]
    elif current.digest != change.content.digest:
        sheet = getattr(current, "sheet", None)
        before, after = (sheet.content if sheet else {}), change.content.as_json()
        change.fields = [name for name in before | after if before.get(name) != after.get(name)]
        if current.effective_from > on:
            problems.append(Problem(change.code, "effective_from", f"the version in force begins on {current.effective_from}, after {on}"))
    if change.fields or change.words:
        change.kind = "changed"


def _check_short_codes(changes: list[Change], procedures: dict[str, Procedure], problems: list[Problem]) -> None:
    taken = {change.code for change in changes}
    kept = {procedure.short_code: code for code, procedure in procedures.items() if procedure.short_code and code not in taken}
    for change in changes:
        short_code = change.wanted["short_code"]
        if short_code in kept:
            problems.append(Problem(change.code, "short_code", f"{short_code} is already the short code of {kept[short_code]}"))


def _write(plan: Plan, *, on: date, expire_missing: bool) -> None:
    for key, template in plan.workflows.items():
        WorkflowTemplate.objects.update_or_create(key=key, defaults={"label": template["label"], "steps": template["steps"]})
    moving = [change.procedure.pk for change in plan.changes if change.procedure.pk and "short_code" in change.words]
    Procedure.objects.filter(pk__in=moving).update(short_code=None)  # two procedures may swap theirs
    for change in plan.changes:
        if change.kind == "new" or change.words:
            _write_procedure(change)
    for change in plan.changes:
        if change.expires_on:
            _write_end(change, plan)
        elif change.kind == "new":
            _publish(change, plan, on=min(_in_force_since(change.raw) or on, on))
        elif change.fields:
            _publish(change, plan, on=on)
    if expire_missing:
        for version in plan.missing:
            end(version, on=on)
    if any(change.words for change in plan.changes):
        touch()
    plan.shipped = len(ship(on=on, at=timezone.now()))


def _write_procedure(change: Change) -> None:
    procedure = change.procedure
    for name, value in change.wanted.items():
        setattr(procedure, name, value)
    procedure.sector = sector_called(change.sector_name)
    procedure.search_key = search_key(procedure)
    procedure.save()


def _publish(change: Change, plan: Plan, *, on: date) -> ProcedureVersion:
    return publish(change.procedure, change.content, on=on, updated_on=plan.as_of, raw=change.raw, desk=change.desk)


def _write_end(change: Change, plan: Plan) -> None:
    """A procedure first heard of when it has ended still gets its page, with a version that ends the day it begins."""
    raw, expires_on = change.raw or {}, change.expires_on
    if expires_on is None or change.kind == "unchanged":
        return
    version = change.current or _publish(change, plan, on=expires_on)
    end(version, on=expires_on, replaced_by=Procedure.objects.filter(code=raw.get("replaced_by")).first())


def _in_force_since(raw: dict | None) -> date | None:
    """The first day of the month in which the source saw the procedure in force; the real first day is not in the data."""
    status = (raw or {}).get("status") or ""
    if not status.startswith("in_force_"):
        return None
    year, month = status.removeprefix("in_force_").split("-")
    return date(int(year), int(month), 1)
