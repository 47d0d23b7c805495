"""A published version laid out for reading: every attribute that the law wants shown (NĐ 63/2010 Điều 8.2), in order.

Works on the stored document of the version alone, so that the page costs one query.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from procedures import wording
from procedures.content import Content
from procedures.models import ProcedureVersion

NOTES = ("number_rule", "basis_note")


@dataclass
class LimitLine:
    text: str
    when: str = ""
    channel: str = ""
    legal: str = ""
    note: str = ""


@dataclass
class PaperLine:
    name: str
    handling: str
    copy_kind: str
    originals: int
    copies: int
    form_code: str
    required: bool
    from_data: bool
    when: str = ""
    channels: str = ""
    note: str = ""


@dataclass
class FeeLine:
    name: str
    text: str
    free_if: str = ""
    source: str = ""
    note: str = ""


@dataclass
class FeeTable:
    """The fees of all cases that pay the same."""

    cases: list[str]
    lines: list[FeeLine]
    note: str


@dataclass
class CaseSheet:
    name: str
    condition: str
    off_site: bool
    papers: list[PaperLine]
    fees: list[FeeLine]
    fee_note: str

    @property
    def has_forms(self) -> bool:
        return any(paper.form_code for paper in self.papers)


@dataclass
class Way:
    """One row of "cách thức thực hiện"."""

    channel: str
    limit: str
    fee: str


@dataclass
class Sheet:
    attributes: dict[str, Any]
    summary_limit: str
    summary_fee: str
    ways: list[Way] = field(default_factory=list)
    limits: list[LimitLine] = field(default_factory=list)
    cases: list[CaseSheet] = field(default_factory=list)
    fee_tables: list[FeeTable] = field(default_factory=list)
    forms: list[tuple[str, str]] = field(default_factory=list)
    legal_bases: list[dict] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    applicants: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reason: str = ""
    elsewhere: str = ""
    curated: bool = False
    knows_from_data: bool = False


def sheet_of(version: ProcedureVersion) -> Sheet:
    """The page's content in the reader's language; a version without a stored document shows what its columns say."""
    stored = getattr(version, "sheet", None)
    content = stored.content if stored and stored.content else Content(name=version.name).as_json()
    attributes = content["attributes"]
    desk = (stored.desk_entry or {}).get("entry") if stored else None
    sheet = Sheet(
        attributes=attributes,
        summary_limit=wording.say_summary_limit(version.summary),
        summary_fee=wording.say_fee_span(version.summary.get("fee", {})),
        legal_bases=content["legal_bases"],
        results=attributes.get("result") or ([version.result_name] if version.result_name else []),
        applicants=[wording.say_applicant(kind) for kind in version.applicant_types],
        notes=[attributes[key] for key in NOTES if attributes.get(key)],
        reason=wording.say_reason(version.not_receivable_reason),
        elsewhere=(stored.desk_entry or {}).get("elsewhere", "") if stored else "",
        curated=bool(desk),
        knows_from_data=bool(desk),
    )
    names = {case["key"]: case["name"] for case in content["cases"]}
    sheet.limits = [_limit_line(limit, names) for limit in content["limits"]]
    sheet.cases = [_case_sheet(case) for case in content["cases"]]
    sheet.ways = [
        Way(wording.say_channel(channel), _limit_by(channel, content["limits"]), sheet.summary_fee) for channel in version.channels
    ]
    sheet.forms = _forms(content["cases"])
    sheet.fee_tables = _fee_tables(sheet.cases)
    return sheet


def _limit_line(limit: dict, case_names: dict[str, str]) -> LimitLine:
    text = wording.say_time(limit["value"], limit["unit"], clock_hours=limit["clock_hours"])
    legal = ""
    if (limit["legal_value"], limit["legal_unit"]) != (limit["value"], limit["unit"]) and limit["legal_unit"]:
        legal = wording.say_time(limit["legal_value"], limit["legal_unit"], clock_hours=limit["clock_hours"])
    if limit["condition"] and not limit["unit"]:
        text = ""
    return LimitLine(
        text=text,
        when=limit["condition"] or case_names.get(limit["case"], ""),
        channel=wording.say_channel(limit["channel"]) if limit["channel"] else "",
        legal=legal,
        note=limit["note"],
    )


def _limit_by(channel: str, limits: list[dict]) -> str:
    plain = {limit["channel"]: limit for limit in limits if not limit["condition"] and not limit["case"]}
    limit = plain.get(channel) or plain.get("")
    return wording.say_time(limit["value"], limit["unit"], clock_hours=limit["clock_hours"]) if limit else wording.no_data()


def _case_sheet(case: dict) -> CaseSheet:
    return CaseSheet(
        name=case["name"],
        condition=case["condition"],
        off_site=case["off_site"],
        papers=_papers(case["components"]),
        fees=[_fee_line(fee) for fee in case["fees"]],
        fee_note=case["fee_note"],
    )


def _papers(lines: list[dict]) -> list[PaperLine]:
    """In the order of the list, the papers of one circumstance side by side, several choices numbered."""
    order = {when: place for place, when in reversed(list(enumerate(line["condition"] for line in lines)))}
    lines = sorted(lines, key=lambda line: (bool(line["condition"]), order[line["condition"]]))
    groups: dict[str, int] = {}
    for line in lines:
        if line["kind"] == "one_of":
            groups.setdefault(line["group_key"], len(groups) + 1)
    several = len(groups) > 1
    papers = []
    for line in lines:
        handling = wording.say_handling(line)
        if line["kind"] == "one_of" and several:
            handling = f"{handling} ({groups[line['group_key']]})"
        papers.append(
            PaperLine(
                name=line["full_name"] or line["short_name"],
                handling=handling,
                copy_kind=wording.say_copy_kind(line["copy_kind"], originals=line["originals"]) if line["kind"] != "from_data" else "",
                originals=line["originals"],
                copies=line["copies"],
                form_code=line["form_code"],
                required=line["required"] and not line["condition"],
                from_data=line["kind"] == "from_data",
                when=line["condition"],
                channels=", ".join(wording.say_channel(channel) for channel in line["channels"]),
                note=line["note"],
            )
        )
    return papers


def _fee_line(fee: dict) -> FeeLine:
    free_if = fee["free_if"] or ("" if fee["amount"] == 0 else wording.no_data())
    return FeeLine(name=fee["name"], text=wording.say_fee(fee), free_if=free_if, source=fee["source"], note=fee["note"])


def _fee_tables(cases: list[CaseSheet]) -> list[FeeTable]:
    """One table for every set of fees; without a heading when all cases pay the same."""
    tables: list[FeeTable] = []
    for case in cases:
        same = next((table for table in tables if (table.lines, table.note) == (case.fees, case.fee_note)), None)
        if same is None:
            tables.append(FeeTable([case.name], case.fees, case.fee_note))
        else:
            same.cases.append(case.name)
    if len(tables) == 1:
        tables[0].cases = []
    return tables


def _forms(cases: list[dict]) -> list[tuple[str, str]]:
    """(number of the form, paper) of every form that any case asks for, each once."""
    forms: dict[tuple[str, str], None] = {}
    for case in cases:
        for line in case["components"]:
            if line["form_code"]:
                forms.setdefault((line["form_code"], line["full_name"] or line["short_name"]))
    return list(forms)
