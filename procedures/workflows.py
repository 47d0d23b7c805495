"""Which internal process holds for a case, and whether its steps fit into the limits.

The sum of the steps need not be the limit; it must not be more than it (domain §5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from onestop.history.record import record
from onestop.history.rows import SITE
from onestop.worktime.limits import TimeLimit, say_limit
from procedures.limits import chosen_limit
from procedures.models import Channel, ProcedureVersion, Workflow, WorkflowTemplate
from procedures.steps import Step, from_template, limit_minutes, read_steps, say_minutes, total_minutes

SHIPPED = "workflows:shipped"


def workflow_in_force(version: ProcedureVersion, agency_id: int | None, on: date, *, case_key: str = "") -> Workflow | None:
    """The process by which the agency works on that day, its own or the shipped one; one query."""
    return Workflow.objects.that_apply(version.pk, case_key, agency_id, on).first()


def id_in_force(version_id: int, agency_id: int | None, on: date, *, case_key: str) -> int | None:
    """The key of that process, for a dossier to pin at its receipt."""
    return Workflow.objects.that_apply(version_id, case_key, agency_id, on).values_list("pk", flat=True).first()


@dataclass(frozen=True)
class Fit:
    """The steps of a process beside one limit. `where`: the cases and ways of filing that have it, "" for all."""

    limit: str
    where: str
    is_legal: bool
    limit_minutes: int
    total_minutes: int

    @property
    def exceeds(self) -> bool:
        return self.total_minutes > self.limit_minutes

    @property
    def differs(self) -> bool:
        """Worth a word: less than what is promised. Less than the legal limit is what a commitment is for."""
        return self.exceeds or (not self.is_legal and self.total_minutes != self.limit_minutes)

    @property
    def sentence(self) -> str:
        """ "Các bước cộng lại 26 giờ, nhiều hơn 2 giờ so với thời hạn cam kết 3 ngày làm việc (24 giờ)"."""
        kind = "thời hạn theo quy định" if self.is_legal else "thời hạn cam kết"
        limit = f"{kind} {self.limit} ({say_minutes(self.limit_minutes)})" + (f", {self.where}" if self.where else "")
        gap = self.total_minutes - self.limit_minutes
        total = f"Các bước cộng lại {say_minutes(self.total_minutes)}"
        if not gap:
            return f"{total}, bằng {limit}"
        return f"{total}, {'nhiều' if gap > 0 else 'ít'} hơn {say_minutes(abs(gap))} so với {limit}"


def fits_of(version: ProcedureVersion, case_key: str, steps: Sequence[Step], *, apart: Iterable[str] = ()) -> list[Fit]:
    """The steps beside every limit under which a dossier of this scope can come; empty where none is known.

    `case_key` "": every case but those `apart`, which have a process of their own.
    """
    limits, cases = list(version.limits.all()), list(version.cases.all())
    chosen = [case for case in cases if (case.key == case_key if case_key else case.key not in set(apart))]
    found: dict[tuple, list[str]] = {}
    for case in chosen:
        for channel in version.channels or [Channel.COUNTER]:
            row = chosen_limit(limits, case.pk, channel)
            if row is None or not row.is_known:
                continue
            promised = (row.value, row.unit, row.clock_hours, False)
            legal = (row.legal_value, row.legal_unit, row.clock_hours, True)
            for key in (promised, legal):
                if key is promised or (row.legal_unit and key[:2] != promised[:2]):
                    names = found.setdefault(key, [])
                    words = " ".join(filter(None, [case.name if len(cases) > 1 else "", _channel_words(row.channel)]))
                    if words not in names:
                        names.append(words)
    return [
        Fit(
            limit=say_limit(TimeLimit(value=value, unit=unit, clock_hours=clock)),
            where="; ".join(names) if len(found) > 1 and all(names) else "",
            is_legal=is_legal,
            limit_minutes=limit_minutes(value, unit, clock_hours=clock),
            total_minutes=total_minutes(steps, limit_minutes(value, unit, clock_hours=clock)),
        )
        for (value, unit, clock, is_legal), names in found.items()
    ]


def _channel_words(channel: str) -> str:
    return f"({Channel(channel).label.lower()})" if channel else ""


def cases_apart(version: ProcedureVersion, agency_id: int | None, on: date) -> set[str]:
    """The keys of the cases that have a process of their own on that day, as far as it goes before the general one."""
    rows = Workflow.objects.filter(version=version, effective_from__lte=on).exclude(case_key="")
    own = set(rows.filter(agency_id=agency_id).values_list("case_key", flat=True)) if agency_id else set()
    if agency_id and Workflow.objects.filter(version=version, agency_id=agency_id, case_key="", effective_from__lte=on).exists():
        return own
    return own | set(rows.filter(agency=None).values_list("case_key", flat=True))


def left_behind(on: date, agency_id: int | None = None) -> list[tuple[str, str]]:
    """(procedure code, agency code) where an agency's own process belongs to an earlier version of a procedure in force.

    Under the new version the shipped one holds until the agency decides again.
    """
    return sorted({(row.version.procedure.code, row.agency.code) for row in earlier_processes(on, agency_id) if row.agency})


def earlier_processes(on: date, agency_id: int | None = None, *, procedure_id: int | None = None) -> list[Workflow]:
    """The last own process of each agency and case that the version in force has not taken over; of a case that it still has."""
    own = Workflow.objects.exclude(agency=None)
    if agency_id is not None:
        own = own.filter(agency_id=agency_id)
    if procedure_id is not None:
        own = own.filter(version__procedure=procedure_id)
    current = ProcedureVersion.objects.receivable(on).filter(procedure__versions__workflows__in=own).distinct()
    versions = {version.procedure_id: version for version in current.prefetch_related("cases")}
    last: dict[tuple, Workflow] = {}
    moved: set[tuple] = set()
    rows = own.filter(version__procedure__in=versions).select_related("version__procedure", "agency")
    for row in rows.order_by("version__number", "effective_from", "number"):
        now = versions[row.version.procedure_id]
        key = (row.agency_id, now.procedure_id, row.case_key)
        if row.version_id == now.pk:
            moved.add(key)
        elif row.version.number < now.number and row.case_key in {"", *(case.key for case in now.cases.all())}:
            last[key] = row
    return [row for key, row in last.items() if key not in moved]


@transaction.atomic
def ship(*, on: date, at: datetime) -> list[Workflow]:
    """Publish the shipped process of every procedure that can be received, from its template; what is there stays.

    A template that changed makes the next number, in force from `on`.
    """
    templates = {template.key: template for template in WorkflowTemplate.objects.all()}
    versions = ProcedureVersion.objects.filter(state="published", effective_to=None, receivable=True).prefetch_related("cases")
    latest = {(row.version_id, row.case_key): row for row in Workflow.objects.filter(agency=None).order_by("number")}
    made = []
    for version in versions:
        wanted = {"": version.workflow} | {case.key: case.workflow_override for case in version.cases.all() if case.workflow_override}
        for case_key, template_key in wanted.items():
            template, last = templates.get(template_key), latest.get((version.pk, case_key))
            if template is None:
                continue
            steps = [step.as_json() for step in from_template(template.steps)]
            if last is None or (last.label, last.steps) != (template.label, steps):
                made.append(
                    Workflow(
                        version=version,
                        case_key=case_key,
                        number=last.number + 1 if last else 1,
                        label=template.label,
                        steps=steps,
                        effective_from=max(on, version.effective_from) if last else version.effective_from,
                        made_at=at,
                        published_at=at,
                    )
                )
    if made:
        Workflow.objects.bulk_create(made)
        record(agency_id=SITE, act="workflow.shipped", subject=SHIPPED, at=at, data={"count": len(made)}, rows=made)
    return made


def steps_of(workflow: Workflow) -> list[Step]:
    return read_steps(workflow.steps)
