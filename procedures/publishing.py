"""The one door through which the catalogue changes: a version is published whole, replaced or expired, never edited."""

from __future__ import annotations

import secrets
from datetime import date, time

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from onestop.reading.names import fold
from procedures import catalogue
from procedures.content import (
    CaseContent,
    ComponentContent,
    Content,
    DeskWord,
    FeeContent,
    LegalContent,
    LimitContent,
)
from procedures.models import (
    CatalogueStamp,
    Component,
    Fee,
    LegalBasis,
    Limit,
    Procedure,
    ProcedureCase,
    ProcedureVersion,
    Sector,
    VersionSheet,
)


def sector_called(name: str) -> Sector:
    """The field of that name, made when it is new."""
    sector, _ = Sector.objects.get_or_create(name=name, defaults={"slug": slugify(fold(name)), "position": Sector.objects.count()})
    return sector


def search_key(procedure: Procedure) -> str:
    """Everything a procedure can be found by, folded: name, label, aliases, code with and without dots, short code."""
    code = procedure.code
    parts = [procedure.label, procedure.aliases, procedure.name, code, code.replace(".", ""), procedure.short_code or ""]
    return fold(" ".join(parts))


@transaction.atomic
def publish(
    procedure: Procedure,
    content: Content,
    *,
    on: date,
    updated_on: date | None = None,
    raw: dict | None = None,
    desk: DeskWord | None = None,
) -> ProcedureVersion:
    """Publish the content as the procedure's next version, in force from `on`; the one in force until then ends that day.

    Raises ValueError when the version in force begins later than `on`.
    """
    last = procedure.versions.order_by("-number").first()
    current = procedure.versions.filter(state="published", effective_to=None).first()
    if current:
        end(current, on=on)
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        number=last.number + 1 if last else 1,
        state=ProcedureVersion.State.PUBLISHED,
        name=content.name,
        effective_from=on,
        decision=content.decision,
        receivable=content.receivable,
        not_receivable_reason=content.not_receivable_reason,
        cutoff=_clock(content.cutoff),
        slip_rule=content.slip_rule,
        workflow=content.workflow,
        result_medium=content.result_medium,
        result_name=content.result_name,
        who_received_may_sign=content.who_received_may_sign,
        on_supplement=content.on_supplement,
        consultation_clock=content.consultation_clock,
        consultation_ground=content.consultation_ground,
        channels=content.channels,
        online_level=content.online_level,
        applicant_types=content.applicant_types,
        same_day=content.same_day,
        free=content.free,
        attributes=content.attributes,
        summary=_summary(content),
        source=content.source,
        confidence=content.confidence,
        digest=content.digest,
        updated_on=updated_on or on,
    )
    _write_parts(version, content)
    VersionSheet.objects.create(version=version, content=content.as_json(), raw_entry=raw, desk_entry=(desk or DeskWord()).as_json())
    touch()
    return version


def end(version: ProcedureVersion, *, on: date, replaced_by: Procedure | None = None) -> None:
    """From `on` the version is no longer in force; dossiers received under it keep it."""
    if on < version.effective_from:
        raise ValueError(f"{version.procedure.code}: in force from {version.effective_from}, cannot end on {on}")
    version.effective_to = on
    version.replaced_by = replaced_by
    version.save(update_fields=["effective_to", "replaced_by"])
    touch()


def touch() -> None:
    """Tell every process that the catalogue changed (the time is for operators; no rule looks at it)."""
    CatalogueStamp.objects.update_or_create(pk=1, defaults={"token": secrets.token_hex(16), "changed_at": timezone.now()})
    catalogue.forget()


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _summary(content: Content) -> dict:
    main = content.limits[0] if content.limits else LimitContent()
    others = {(limit.value, limit.unit) for limit in content.limits[1:] if not limit.condition and limit.is_known}
    return {
        "limit": {"value": main.value, "unit": main.unit},
        "limit_varies": bool(others - {(main.value, main.unit)}),
        "fee": content.fee_span,
    }


def _write_parts(version: ProcedureVersion, content: Content) -> None:
    cases = ProcedureCase.objects.bulk_create(_case(version, position, case) for position, case in enumerate(content.cases))
    by_key = {case.key: case for case in cases}
    Limit.objects.bulk_create(_limit(version, by_key, position, limit) for position, limit in enumerate(content.limits))
    pairs = list(zip(cases, content.cases, strict=True))
    Component.objects.bulk_create(
        _component(version, row, position, line) for row, case in pairs for position, line in enumerate(case.components)
    )
    Fee.objects.bulk_create(_fee(version, row, position, line) for row, case in pairs for position, line in enumerate(case.fees))
    LegalBasis.objects.bulk_create(_legal_basis(version, position, line) for position, line in enumerate(content.legal_bases))


def _case(version: ProcedureVersion, position: int, case: CaseContent) -> ProcedureCase:
    return ProcedureCase(
        version=version,
        position=position,
        key=case.key,
        name=case.name,
        condition=case.condition,
        slip_override=case.slip_override,
        workflow_override=case.workflow_override,
        off_site=case.off_site,
        fee_note=case.fee_note,
        subjects=case.subjects,
        basis_allowed=case.basis_allowed,
    )


def _limit(version: ProcedureVersion, cases: dict[str, ProcedureCase], position: int, limit: LimitContent) -> Limit:
    return Limit(
        version=version,
        case=cases[limit.case] if limit.case else None,
        channel=limit.channel,
        condition=limit.condition,
        position=position,
        value=limit.value,
        unit=limit.unit,
        clock_hours=limit.clock_hours,
        cutoff=_clock(limit.cutoff),
        extra_value=limit.extra_value,
        extra_unit=limit.extra_unit,
        legal_value=limit.legal_value,
        legal_unit=limit.legal_unit,
        note=limit.note,
        source=limit.source,
        checked=limit.checked,
    )


def _component(version: ProcedureVersion, case: ProcedureCase, position: int, line: ComponentContent) -> Component:
    return Component(
        version=version,
        case=case,
        position=position,
        short_name=line.short_name,
        full_name=line.full_name,
        kind=line.kind,
        group_key=line.group_key,
        copy_kind=line.copy_kind,
        originals=line.originals,
        copies=line.copies,
        required=line.required,
        condition=line.condition,
        form_code=line.form_code,
        channels=line.channels,
        note=line.note,
    )


def _fee(version: ProcedureVersion, case: ProcedureCase, position: int, line: FeeContent) -> Fee:
    return Fee(
        version=version,
        case=case,
        position=position,
        name=line.name,
        amount=line.amount,
        per=line.per,
        cap=line.cap,
        free_if=line.free_if,
        source=line.source,
        set_by=line.set_by,
        channels=line.channels,
        note=line.note,
        valid_from=_day(line.valid_from),
        valid_to=_day(line.valid_to),
    )


def _legal_basis(version: ProcedureVersion, position: int, line: LegalContent) -> LegalBasis:
    return LegalBasis(version=version, position=position, number=line.number, title=line.title, valid=line.valid)
