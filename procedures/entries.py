"""What a catalogue file must look like. Everything is judged before anything is written.

Two kinds of file, recognised by their content:

* the catalogue (`procedures.json`): every procedure as the national portal publishes it;
* the desk layer (`desk_procedures.json`): for the frequent ones short codes, everyday names, cases,
  papers as a clerk prints them, slip rules and workflows.

Pure: texts in, entries or problems out. A problem names the entry's code and the field, so that
whoever keeps the file finds the line. An implausible but possible value is a warning, never a change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from procedures.judging import CatalogueFile, Entry, Problem

CODE = re.compile(r"[0-9]\.[0-9]{6}(\.H[0-9]{2})?")
SHORT_CODE = re.compile(r"[a-z][a-z0-9]{1,7}")
STATUS = re.compile(r"in_force_([0-9]{4})-(0[1-9]|1[0-2])|needs_verification|expired")
CHANNELS = ("counter", "online", "post")
APPLICANTS = ("individual", "organisation")
ONLINE_LEVELS = ("toan_trinh", "mot_phan", "none")
RAW_KINDS = ("original", "certified_copy", "copy", "to_present")
SET_BY = ("central", "province", "not_stated")
COPY_KINDS = ("original", "certified_copy", "copy_with_original_shown", "any")
SLIPS = ("always", "if_not_returned_today", "never")
LANES = {"certification": "certification", "civil_status": "civil_status", "dossier": "ordinary", "ordinary": "ordinary"}
MEDIA = ("wet_ink_stock", "ministry_system_print", "own_letter", "none")
BASES = ("self", "parent_guardian", "family_no_paper", "power_of_attorney", "organisation")
ON_SUPPLEMENT = ("pause", "restart")
CONSULTATION_CLOCKS = ("inside", "outside")
MAY_SIGN = ("allow", "warn", "forbid")
CONFIDENCE = ("high", "medium", "low", "unknown")
LARGEST_AMOUNT = 1_000_000_000
PLAUSIBLE_QUANTITY = 50


def read_files(texts: Iterable[tuple[str, bytes]]) -> CatalogueFile:
    """Judge the files (name, content) together; the result holds all problems found, not only the first."""
    found = CatalogueFile()
    for name, content in texts:
        try:
            data = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            found.problems.append(Problem(name, "(file)", f"is not UTF-8 JSON: {error}"))
            continue
        if not isinstance(data, dict) or not isinstance(data.get("procedures"), list):
            found.problems.append(Problem(name, "procedures", "must be a list inside an object"))
            continue
        _read_as_of(name, data, found)
        if "workflow_templates" in data or any(isinstance(entry, dict) and "desk_lane" in entry for entry in data["procedures"]):
            _read_desk_file(name, data, found)
        else:
            _read_procedures_file(name, data, found)
    _check_across(found)
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a number")


def _read_as_of(name: str, data: dict, found: CatalogueFile) -> None:
    try:
        as_of = date.fromisoformat(data["as_of"])
    except (KeyError, TypeError, ValueError):
        found.problems.append(Problem(name, "as_of", "the day of the file is missing or no ISO date"))
        return
    found.as_of = max(found.as_of, as_of) if found.as_of else as_of


def _entries(name: str, data: dict, found: CatalogueFile, into: dict[str, dict]) -> Iterable[Entry]:
    for index, entry in enumerate(data["procedures"], 1):
        if not isinstance(entry, dict):
            found.problems.append(Problem(f"{name}, entry {index}", "(entry)", "must be an object"))
            continue
        code = entry.get("code")
        if not isinstance(code, str) or not CODE.fullmatch(code):
            found.problems.append(Problem(f"{name}, entry {index}", "code", f"no procedure code like 1.001193: {code!r}"))
            continue
        if code in into:
            found.problems.append(Problem(code, "code", "stands twice in the catalogue"))
            continue
        into[code] = entry
        yield Entry(entry, code, "", found)


def _read_procedures_file(name: str, data: dict, found: CatalogueFile) -> None:
    found.has_procedures = True
    for entry in _entries(name, data, found, found.procedures):
        entry.text("name", needed=True)
        entry.text("name_en")
        entry.text("field", needed=True, longest=120)
        for text in ("authority", "applicant_note", "portal_levels", "source_note", "authority_note"):
            entry.text(text)
        entry.text("announcing_decision", longest=120)
        entry.choices("applicant_types", APPLICANTS, needed=True)
        entry.choices("channels", CHANNELS, needed=True)
        entry.choice("online_level", ONLINE_LEVELS)
        entry.choice("confidence", CONFIDENCE, needed=True)
        entry.part("time_limit", _judge_time_limit)
        entry.parts("fees", _judge_raw_fee)
        entry.parts("dossier", _judge_raw_component)
        entry.parts("legal_basis", _judge_legal_basis)
        entry.texts("result")
        confidence = entry.data.get("field_confidence", {})
        if not isinstance(confidence, dict) or any(value not in CONFIDENCE for value in confidence.values()):
            entry.wrong("field_confidence", f"must give one of {', '.join(CONFIDENCE)} for each group of fields")
        status = entry.data.get("status")
        if not isinstance(status, str) or not STATUS.fullmatch(status):
            entry.wrong("status", f"must be in_force_YYYY-MM, needs_verification or expired, not {status!r}")
        entry.day("expires_on")
        if status == "expired" and entry.data.get("expires_on") is None:
            entry.wrong("expires_on", "is missing for an expired procedure")
        replaced_by = entry.data.get("replaced_by")
        if replaced_by is not None and (not isinstance(replaced_by, str) or not CODE.fullmatch(replaced_by)):
            entry.wrong("replaced_by", f"no procedure code: {replaced_by!r}")


def _judge_time_limit(limit: Entry) -> None:
    limit.limit()
    limit.text("note")
    limit.parts("variants", _judge_raw_variant)


def _judge_raw_variant(variant: Entry) -> None:
    variant.limit()
    variant.text("when", needed=True, longest=300)
    variant.choice("channel", CHANNELS)
    variant.text("note")


def _judge_raw_fee(fee: Entry) -> None:
    fee.choice("kind", ("fee", "charge"), needed=True)
    fee.number("amount_vnd", lowest=0, highest=LARGEST_AMOUNT)
    fee.number("cap_vnd", lowest=0, highest=LARGEST_AMOUNT)
    fee.text("per", longest=60)
    fee.text("condition", longest=180)
    fee.text("note")
    fee.choice("set_by", SET_BY)
    fee.choices("channels", CHANNELS)


def _judge_raw_component(line: Entry) -> None:
    line.text("name", needed=True)
    line.choice("kind", RAW_KINDS, needed=True)
    for name in ("quantity", "copies"):
        line.number(name, lowest=0, highest=32767, needed=True)
        if isinstance(line.data.get(name), int) and line.data[name] > PLAUSIBLE_QUANTITY:
            line.odd(name, f"{line.data[name]} sheets look like two columns run together")
    line.text("form_code", longest=120)
    line.text("group", longest=300)
    line.text("one_of", longest=40)
    for name in ("required", "required_in_group"):
        line.flag(name)
    line.choices("only_channels", CHANNELS)


def _judge_legal_basis(basis: Entry) -> None:
    basis.text("number", needed=True, longest=200)
    basis.text("title")
    if basis.data.get("valid") not in (None, True, False):
        basis.wrong("valid", "must be true, false or null")


def _read_desk_file(name: str, data: dict, found: CatalogueFile) -> None:
    found.has_desk = True
    templates = data.get("workflow_templates")
    if isinstance(templates, dict):
        for key, template in templates.items():
            if isinstance(template, dict):
                _judge_workflow(Entry(template, key, "workflow_templates.", found))
                found.workflows[key] = template
    else:
        found.problems.append(Problem(name, "workflow_templates", "is missing"))
    for entry in _entries(name, data, found, found.desk):
        short_code = entry.data.get("short_code")
        if not isinstance(short_code, str) or not SHORT_CODE.fullmatch(short_code):
            entry.wrong("short_code", f"must be 2 to 8 small letters: {short_code!r}")
        entry.text("label", needed=True, longest=120)
        entry.texts("everyday_names")
        entry.texts("everyday_names_km")
        entry.texts("legal_basis")
        entry.number("tier", lowest=1, highest=9)
        entry.text("frequency", longest=12)
        entry.text("life_event", longest=24)
        entry.choice("desk_lane", LANES, needed=True)
        entry.choice("slip", SLIPS, needed=True)
        entry.clock("cutoff_time")
        entry.choice("result_medium", MEDIA)
        entry.text("result_name", longest=200)
        entry.choice("on_supplement", ON_SUPPLEMENT)
        entry.choice("consultation_clock", CONSULTATION_CLOCKS)
        entry.text("consultation_ground", needed=entry.data.get("consultation_clock") == "outside", longest=300)
        entry.choice("who_received_may_sign", MAY_SIGN)
        entry.choice("workflow_template", found.workflows, needed=True)
        for text in ("number_rule", "basis_note", "retention_note"):
            entry.text(text)
        entry.part("limit", _judge_desk_limit)
        entry.parts("cases", _judge_case)
        cases = entry.data.get("cases")
        if isinstance(cases, list):
            keys = [case.get("key") for case in cases if isinstance(case, dict)]
            if not cases:
                entry.wrong("cases", "at least one case is needed")
            if any(keys.count(key) > 1 for key in keys):
                entry.wrong("cases", "a case key stands twice")
    _read_elsewhere(name, data, found)
    _read_doubts(name, data, found)


def _judge_workflow(template: Entry) -> None:
    template.text("label", needed=True, longest=120)
    template.parts("steps", _judge_step)


def _judge_step(step: Entry) -> None:
    step.text("name", needed=True)
    step.text("role", needed=True, longest=40)
    for name in ("share_of_limit", "hours"):
        value = step.data.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1000):
            step.wrong(name, f"must be a number from 0, not {value!r}")


def _judge_desk_limit(limit: Entry) -> None:
    limit.limit()
    limit.text("source")
    limit.text("note")
    if not isinstance(limit.data.get("checked"), bool):
        limit.wrong("checked", "must be true or false")
    if limit.data.get("committed") is not None:
        limit.part("committed", _judge_committed)
        committed, value = limit.data["committed"], limit.data.get("value")
        if isinstance(committed, dict) and committed.get("unit") == limit.data.get("unit") and isinstance(value, int):
            promised = committed.get("value")
            if isinstance(promised, int) and promised > value:
                limit.wrong("committed.value", f"{promised} is more than the legal {value}")
    limit.parts("variants", _judge_desk_variant)


def _judge_committed(limit: Entry) -> None:
    limit.limit()
    if limit.data.get("unit") is None:
        limit.wrong("unit", "is missing")


def _judge_desk_variant(variant: Entry) -> None:
    if variant.data.get("unit") == "agreement" and variant.data.get("value") is None:
        pass  # longer by written agreement: no number exists
    else:
        variant.limit()
    variant.text("when", needed=True, longest=300)
    variant.choice("channel", CHANNELS)
    variant.text("source")


def _judge_case(case: Entry) -> None:
    case.text("key", needed=True, longest=8)
    case.text("name", longest=200)
    case.text("condition")
    case.text("fee_note", longest=200)
    case.parts("components", _judge_desk_component)
    case.parts("fee_lines", _judge_fee_line)
    case.parts("subjects", _judge_subject)
    case.choices("basis_allowed", BASES, needed=True)
    case.choice("slip_override", SLIPS)
    case.text("workflow_override", longest=40)
    override = case.data.get("workflow_override")
    if isinstance(override, str) and override not in case.found.workflows:
        case.wrong("workflow_override", f"no such workflow template: {override!r}")
    case.flag("off_site")
    if case.data.get("limit_override") is not None:
        case.part("limit_override", _judge_limit_override)


def _judge_limit_override(limit: Entry) -> None:
    limit.limit()
    limit.clock("cutoff_time")


def _judge_desk_component(line: Entry) -> None:
    line.text("short_name", needed=True, longest=60)
    kind = line.data.get("kind")
    if kind not in ("submit", "present", "from_data") and not (isinstance(kind, str) and re.fullmatch(r"one_of:[a-z0-9_]{1,40}", kind)):
        line.wrong("kind", f"unknown value {kind!r}")
    line.choice("copy_kind", COPY_KINDS, needed=True)
    line.number("count", lowest=0, highest=PLAUSIBLE_QUANTITY, needed=True)
    line.flag("required")
    line.text("form_code", longest=120)
    line.text("note")


def _judge_fee_line(fee: Entry) -> None:
    fee.text("name", needed=True, longest=200)
    fee.number("amount_vnd", lowest=0, highest=LARGEST_AMOUNT)
    fee.number("cap", lowest=0, highest=LARGEST_AMOUNT)
    fee.text("per", longest=60)
    for text in ("free_if", "source", "note"):
        fee.text(text)
    fee.day("valid_from")
    fee.day("valid_to")


def _judge_subject(subject: Entry) -> None:
    subject.text("role", needed=True, longest=40)
    subject.flag("required")


def _read_elsewhere(name: str, data: dict, found: CatalogueFile) -> None:
    """Procedures that stand in the catalogue of the commune but are handed in at another door."""
    groups = data.get("not_at_this_desk", [])
    if not isinstance(groups, list):
        found.problems.append(Problem(name, "not_at_this_desk", "must be a list"))
        return
    for group in groups:
        if not isinstance(group, dict) or not isinstance(group.get("where"), str) or not isinstance(group.get("codes"), list):
            found.problems.append(Problem(name, "not_at_this_desk", "each group needs where and codes"))
            continue
        for code in group["codes"]:
            found.elsewhere[str(code)] = group["where"]


def _read_doubts(name: str, data: dict, found: CatalogueFile) -> None:
    """Known faults of the catalogue that its data do not answer yet (`applied` is missing or false)."""
    notes = data.get("raw_catalogue_notes", [])
    if not isinstance(notes, list):
        found.problems.append(Problem(name, "raw_catalogue_notes", "must be a list"))
        return
    for note in notes:
        if not isinstance(note, dict) or not isinstance(note.get("codes"), list) or not isinstance(note.get("problem"), str):
            found.problems.append(Problem(name, "raw_catalogue_notes", "each note needs codes and problem"))
            continue
        if note.get("applied"):
            continue
        for code in note["codes"]:
            for part in re.split(r"[,\s]+", str(note.get("field", ""))):
                found.doubts.setdefault(str(code), {}).setdefault(part.split(".")[0], note["problem"])


def _check_across(found: CatalogueFile) -> None:
    owners: dict[str, str] = {}
    for code, entry in found.desk.items():
        short_code = entry.get("short_code")
        if not isinstance(short_code, str):
            continue
        if short_code in owners:
            found.problems.append(Problem(code, "short_code", f"{short_code} is already the short code of {owners[short_code]}"))
        owners.setdefault(short_code, code)
    for code, entry in found.procedures.items():
        replaced_by = entry.get("replaced_by")
        if isinstance(replaced_by, str) and found.has_procedures and replaced_by not in found.procedures:
            found.problems.append(Problem(code, "replaced_by", f"{replaced_by} is not in the catalogue"))
