"""Small catalogues for tests: `make_procedure(...)` publishes one procedure the way the loader does."""

import itertools
from datetime import date, time

from django.db import transaction

from onestop.history.record import record
from onestop.history.rows import SITE
from onestop.staff.models import Agency
from onestop.staff.roles import Role
from onestop.testing import make_user
from onestop.worktime.hours import at
from procedures.content import CaseContent, ComponentContent, Content, FeeContent, LimitContent
from procedures.models import Procedure, ProcedureVersion, Workflow
from procedures.publishing import publish, search_key, sector_called
from procedures.steps import Step

START = date(2026, 7, 1)
THREE_STEPS = (
    Step("Tiếp nhận", "clerk", amount="10"),
    Step("Thẩm tra", "specialist", amount="60"),
    Step("Ký", "leader", amount="30"),
)
_codes = itertools.count(900001)


def make_content(name: str = "Đăng ký thử", **changes) -> Content:
    """A receivable content: 3 working days, one case with one required paper and nothing to pay."""
    values = {
        "name": name,
        "receivable": True,
        "workflow": "three_step",
        "channels": ["counter", "online", "post"],
        "applicant_types": ["individual"],
        "limits": [LimitContent(3, "working_day", checked=True, legal_value=3, legal_unit="working_day")],
        "cases": [CaseContent("a", components=[ComponentContent("Tờ khai", required=True)], fees=[FeeContent("Lệ phí", 0)])],
    }
    return Content(**{**values, **changes})


def make_procedure(
    *,
    code: str = "",
    name: str = "Đăng ký thử",
    label: str = "",
    short_code: str | None = None,
    aliases: str = "",
    sector: str = "Hộ tịch",
    tier: int | None = None,
    on: date = START,
    **content,
) -> ProcedureVersion:
    """Publish a procedure from `on`; returns its version."""
    procedure = Procedure(
        code=code or f"1.{next(_codes)}", name=name, label=label, short_code=short_code, aliases=aliases, tier=tier,
        sector=sector_called(sector),
    )  # fmt: skip
    procedure.search_key = search_key(procedure)
    procedure.save()
    return publish(procedure, make_content(name, **content), on=on)


def raw_entry(code: str = "1.001193", **changes) -> dict:
    """An entry of procedures.json that is accepted as it stands."""
    entry = {
        "code": code,
        "name": "Đăng ký khai sinh",
        "name_en": "Birth registration",
        "field": "Hộ tịch",
        "portal_levels": "Cấp xã",
        "authority": "Ủy ban nhân dân cấp xã",
        "applicant_types": ["individual"],
        "applicant_note": None,
        "time_limit": {"value": 3, "unit": "working_day", "note": None, "variants": []},
        "fees": [{"kind": "charge", "amount_vnd": None, "per": None, "condition": None, "set_by": "province", "channels": ["counter"]}],
        "dossier": [
            {
                "name": "Tờ khai theo mẫu", "kind": "original", "quantity": 1, "copies": 0, "form_code": None, "required": True,
                "required_in_group": True, "only_channels": None, "group": None,
            }
        ],
        "channels": ["counter", "online"],
        "online_level": None,
        "result": ["Giấy khai sinh"],
        "legal_basis": [{"number": "60/2014/QH13", "title": "Luật Hộ tịch"}],
        "announcing_decision": "163/QĐ-BTP",
        "status": "in_force_2026-07",
        "source_note": "Trang thử",
        "confidence": "high",
        "authority_note": None,
        "field_confidence": {"time_limit": "high"},
    }  # fmt: skip
    return {**entry, **changes}


def desk_entry(code: str = "1.001193", **changes) -> dict:
    """An entry of desk_procedures.json that is accepted as it stands."""
    entry = {
        "code": code,
        "in_raw_catalogue": True,
        "short_code": "ks",
        "label": "Đăng ký khai sinh",
        "tier": 1,
        "frequency": "high",
        "everyday_names": ["làm giấy khai sanh"],
        "everyday_names_km": [],
        "life_event": "sinh_con",
        "desk_lane": "civil_status",
        "slip": "if_not_returned_today",
        "cutoff_time": "15:00",
        "limit": {"value": None, "unit": "immediate", "source": "Luật Hộ tịch 2014 Đ.5", "checked": True, "note": None, "variants": []},
        "cases": [
            {
                "key": "a",
                "name": "Đúng hạn",
                "condition": "Trong 60 ngày",
                "components": [
                    {"short_name": "Tờ khai", "kind": "submit", "copy_kind": "original", "count": 1, "required": True, "form_code": None},
                    {"short_name": "Giấy chứng sinh", "kind": "one_of:cs", "copy_kind": "original", "count": 1, "required": True},
                ],
                "fee_lines": [{"name": "Lệ phí", "amount_vnd": 0, "per": "việc", "cap": None, "free_if": None, "source": "Luật"}],
                "subjects": [{"role": "child", "required": True}],
                "basis_allowed": ["parent_guardian"],
            }
        ],
        "result_name": "Giấy khai sinh",
        "result_medium": "wet_ink_stock",
        "workflow_template": "desk_immediate",
        "number_rule": None,
        "basis_note": None,
        "retention_note": None,
        "legal_basis": ["Luật Hộ tịch 60/2014/QH13 Đ.15"],
        "confidence": {"level": "high", "check": []},
    }
    return {**entry, **changes}


def raw_file(*entries: dict) -> dict:
    return {"as_of": "2026-11-21", "procedures": list(entries)}


def desk_file(*entries: dict, **changes) -> dict:
    steps = [{"name": "Tiếp nhận", "role": "clerk", "share_of_limit": None, "hours": 0.25, "product": "Hồ sơ"}]
    templates = {"_note": "thử", "desk_immediate": {"label": "Làm ngay", "steps": steps}}
    return {"as_of": "2026-11-21", "workflow_templates": templates, "procedures": list(entries), **changes}


def make_workflow(version: ProcedureVersion, agency: Agency | None = None, *, on: date = START, case_key: str = "", steps=None) -> Workflow:
    """A published process of the agency, or a shipped one without; three steps that fill the limit unless told."""
    made_by = make_user(Role.ADMIN, agency=agency) if agency else None
    rows = Workflow.objects.filter(version=version, agency=agency, case_key=case_key)
    moment = at(on, time(8))
    decision = {"decision_number": "12/QĐ-UBND", "decided_on": on, "made_by": made_by, "published_by": made_by} if agency else {}
    with transaction.atomic():
        workflow = Workflow.objects.create(
            version=version, agency=agency, case_key=case_key, number=rows.count() + 1, label="Quy trình thử", effective_from=on,
            steps=[step.as_json() for step in steps or THREE_STEPS], made_at=moment, published_at=moment, **decision,
        )  # fmt: skip
        subject = f"procedure_version:{version.pk}"
        record(agency_id=agency.pk if agency else SITE, act="workflow.published", subject=subject, at=moment, rows=[workflow])
    return workflow
