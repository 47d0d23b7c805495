"""The content of one version, put together from the catalogue's entry and the desk layer's. Pure.

The desk layer is laid over the catalogue: where it speaks (limit, cases, papers, fees, slip rule,
workflow, result), its word counts, because a person has compared it with the law or the page;
everything else stays as the national portal publishes it.

**When a limit is confirmed.** A date is only promised from a limit that

1. has a unit, and a number unless the unit is `immediate`;
2. is marked `checked` when the desk layer speaks about the procedure (the desk layer has the last
   word: a limit it doubts is not confirmed, however sure the catalogue is); otherwise has
   `field_confidence.time_limit` high in the catalogue ("seen on the procedure's page or in the law");
3. has no known fault that is still open (`doubts`), says of hours whether they run by the clock,
   and is not contradicted by a second figure for the counter in the same entry.

A procedure is receivable when its limit is confirmed, its status is not `needs_verification`, and
it is handed in at this desk. Everything else is shown with the reason why it is not received.
"""

from __future__ import annotations

from typing import Any

from procedures.content import CaseContent, ComponentContent, Content, DeskWord, FeeContent, LegalContent, LimitContent
from procedures.entries import CHANNELS, LANES

NO_LIMIT = "chưa có thời hạn công bố"
LIMIT_IN_DOUBT = "chưa có thời hạn công bố đã đối chiếu"
STATUS_IN_DOUBT = "mã hoặc hiệu lực của thủ tục đang được đối chiếu"
ELSEWHERE = "nộp tại: {where}"
UNSORTED = "Lĩnh vực khác"
SAME_DAY_CUTOFF = "15:00"
SHORT_NAME_LENGTH = 60
GROUPS_THAT_ARE_HEADINGS = ("Giấy tờ phải nộp", "Giấy tờ phải xuất trình", "Thành phần hồ sơ")


def build(raw: dict | None, desk: DeskWord) -> Content:
    """The content of a version; at least one of the two entries must be there."""
    layer = desk.entry or {}
    base = raw or {}
    content = Content(
        name=base.get("name") or layer.get("label", ""),
        channels=[channel for channel in CHANNELS if channel in base.get("channels", [])],
        online_level=base.get("online_level") or "",
        applicant_types=list(base.get("applicant_types", [])),
        decision=base.get("announcing_decision") or "",
        source=base.get("source_note") or "",
        confidence=_confidence(base, layer),
        legal_bases=_legal_bases(base, layer),
        attributes=_attributes(base, layer, desk),
    )
    if layer:
        _take_desk(content, layer)
    else:
        _take_raw(content, base)
    if not layer and desk.has_limit_doubt:
        for limit in content.limits:
            limit.checked = False
    _judge_receivable(content, base, desk)
    return content


def _confidence(base: dict, layer: dict) -> str:
    level = (layer.get("confidence") or {}).get("level") if isinstance(layer.get("confidence"), dict) else None
    return level or base.get("confidence") or ""


def _judge_receivable(content: Content, base: dict, desk: DeskWord) -> None:
    main = content.limits[0] if content.limits else LimitContent()
    if desk.elsewhere:
        reason = ELSEWHERE.format(where=desk.elsewhere)
    elif base.get("status") == "needs_verification":
        reason = STATUS_IN_DOUBT
    elif not main.is_known:
        reason = NO_LIMIT
    elif not main.checked:
        reason = LIMIT_IN_DOUBT
    else:
        reason = ""
    content.receivable, content.not_receivable_reason = not reason, reason


# -- from the catalogue alone -----------------------------------------------------------
def _take_raw(content: Content, raw: dict) -> None:
    limit = raw["time_limit"]
    immediate = limit.get("unit") == "immediate"
    content.slip_rule = "if_not_returned_today" if immediate else "always"
    content.workflow = "desk_immediate" if immediate else "three_step"
    content.cutoff = SAME_DAY_CUTOFF if immediate else None
    content.result_name = _cut((raw.get("result") or [""])[0], 200)
    content.limits = _raw_limits(raw)
    content.cases = [
        CaseContent(
            key="a",
            subjects=[{"role": "filer", "required": True}],
            basis_allowed=["self", "parent_guardian", "family_no_paper", "power_of_attorney", "organisation"],
            components=[_raw_component(line) for line in raw.get("dossier", [])],
            fees=[_raw_fee(fee) for fee in raw.get("fees", [])],
        )
    ]


def _raw_limits(raw: dict) -> list[LimitContent]:
    """The main limit first, then one per channel, then those under a condition in words."""
    limit = raw["time_limit"]
    source = raw.get("source_note") or ""
    main = _limit(limit, source=source)
    main.checked = main.is_known and raw.get("field_confidence", {}).get("time_limit") == "high"
    if main.unit == "hour" and "clock_hours" not in limit:
        main.checked = False  # the portal does not say whether hours run at night
    limits, worded = [main], []
    for variant in limit.get("variants", []):
        row = _limit(variant, source=source)
        row.checked = main.checked and row.is_known
        if variant.get("channel"):
            row.channel = variant["channel"]
            if row.channel == "counter" and (row.value, row.unit) != (main.value, main.unit):
                main.checked = False  # two figures for the same way of filing
            limits.append(row)
        else:
            row.condition = variant["when"]
            worded.append(row)
    for row in limits:
        row.checked = row.checked and main.checked
    return limits + worded


def _limit(data: dict, *, source: str) -> LimitContent:
    """A limit as published: until the agency commits to less, what it promises is the legal limit."""
    unit = data.get("unit") or ""
    unit = "" if unit == "agreement" else unit
    committed = data.get("committed") or data
    return LimitContent(
        value=committed.get("value"),
        unit=(committed.get("unit") or "") if data.get("committed") else unit,
        legal_value=data.get("value"),
        legal_unit=unit,
        clock_hours=bool(data.get("clock_hours", False)),
        cutoff=SAME_DAY_CUTOFF if unit == "immediate" else None,
        note=data.get("note") or "",
        source=data.get("source") or source,
    )


def _raw_component(line: dict) -> ComponentContent:
    group = line.get("group") or ""
    kind, copy_kind = "submit", line["kind"]
    if copy_kind == "to_present":
        kind, copy_kind = "present", "original"
    elif copy_kind == "copy":
        copy_kind = "any"
    return ComponentContent(
        short_name=_cut(line["name"].strip(), SHORT_NAME_LENGTH),
        full_name=line["name"].strip(),
        kind="one_of" if line.get("one_of") else kind,
        group_key=line.get("one_of") or "",
        copy_kind=copy_kind,
        originals=line["quantity"] if line["kind"] in ("original", "to_present") else 0,
        copies=line["copies"] if line["kind"] in ("original", "to_present") else max(line["copies"], line["quantity"]),
        required=bool(line.get("required")) and not (line.get("only_channels") and not line.get("one_of")),
        condition="" if group.startswith(GROUPS_THAT_ARE_HEADINGS) else group,
        form_code=line.get("form_code") or "",
        channels=[channel for channel in CHANNELS if channel in (line.get("only_channels") or [])],
    )


def _raw_fee(fee: dict) -> FeeContent:
    name = "Lệ phí" if fee["kind"] == "charge" else "Phí"
    if fee.get("condition"):
        name = f"{name}: {fee['condition']}"
    channels = [channel for channel in CHANNELS if channel in (fee.get("channels") or [])]
    return FeeContent(
        name=name,
        amount=fee.get("amount_vnd"),
        per=fee.get("per") or "",
        cap=fee.get("cap_vnd"),
        set_by=fee.get("set_by") or "",
        channels=[] if len(channels) == len(CHANNELS) else channels,
        note=fee.get("note") or "",
    )


def _cut(text: str, longest: int) -> str:
    """At most so many characters, cut between words and marked with an ellipsis (the full text stands beside it)."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    if text[longest - 1] != " " and " " in head[longest // 2 :]:
        head = head.rsplit(" ", 1)[0]
    return head.rstrip(" ,;:(") + "…"


# -- from the desk layer ----------------------------------------------------------------
def _take_desk(content: Content, layer: dict) -> None:
    content.slip_rule = layer["slip"]
    content.cutoff = layer.get("cutoff_time")
    content.workflow = layer["workflow_template"]
    content.result_name = layer.get("result_name") or ""
    content.result_medium = layer.get("result_medium") or ""
    content.who_received_may_sign = layer.get("who_received_may_sign") or "warn"
    content.on_supplement = layer.get("on_supplement") or "pause"
    content.consultation_clock = layer.get("consultation_clock") or "inside"
    content.consultation_ground = layer.get("consultation_ground") or ""
    content.limits = _desk_limits(layer)
    content.cases = [_desk_case(case) for case in layer["cases"]]


def _desk_limits(layer: dict) -> list[LimitContent]:
    limit = layer["limit"]
    main = _limit(limit, source="")
    main.checked = main.is_known and limit["checked"]
    if main.unit == "hour" and "clock_hours" not in limit:
        main.checked = False
    if main.unit == "immediate" or layer.get("cutoff_time"):
        main.cutoff = layer.get("cutoff_time") or main.cutoff
    limits, worded = [main], []
    for variant in limit.get("variants", []):
        row = _limit(variant, source="")
        row.checked = main.checked and row.is_known
        if variant.get("channel"):
            row.channel = variant["channel"]
            limits.append(row)
            continue
        row.condition = variant["when"]
        worded.append(row)
        if row.is_known and ("cộng thêm" in row.condition or "kéo dài thêm" in row.condition) and main.extra_value is None:
            main.extra_value, main.extra_unit = row.value, row.unit
    for case in layer["cases"]:
        override = case.get("limit_override")
        if override:
            row = _limit(override, source=limit.get("source") or "")
            row.case = case["key"]
            row.cutoff = override.get("cutoff_time") or row.cutoff
            row.checked = row.is_known and limit["checked"]
            limits.append(row)
    return limits + worded


def _desk_case(case: dict) -> CaseContent:
    return CaseContent(
        key=case["key"],
        name=case.get("name") or "",
        condition=case.get("condition") or "",
        slip_override=case.get("slip_override") or "",
        workflow_override=case.get("workflow_override") or "",
        off_site=bool(case.get("off_site", False)),
        fee_note=case.get("fee_note") or "",
        subjects=[{"role": subject["role"], "required": bool(subject.get("required"))} for subject in case["subjects"]],
        basis_allowed=list(case["basis_allowed"]),
        components=[_desk_component(line) for line in case["components"]],
        fees=[_desk_fee(line) for line in case["fee_lines"]],
    )


def _desk_component(line: dict) -> ComponentContent:
    kind, _, group = line["kind"].partition(":")
    is_copy = line["copy_kind"] in ("certified_copy", "copy_with_original_shown")
    return ComponentContent(
        short_name=line["short_name"],
        kind=kind,
        group_key=group,
        copy_kind=line["copy_kind"],
        originals=0 if is_copy else line["count"],
        copies=line["count"] if is_copy else 0,
        required=bool(line.get("required")),
        form_code=line.get("form_code") or "",
        note=line.get("note") or "",
    )


def _desk_fee(line: dict) -> FeeContent:
    source = line.get("source") or ""
    by_province = line.get("amount_vnd") is None and ("HĐND" in source or "cấp tỉnh" in source)
    return FeeContent(
        name=line["name"],
        amount=line.get("amount_vnd"),
        per=line.get("per") or "",
        cap=line.get("cap"),
        free_if=line.get("free_if") or "",
        source=source,
        set_by="province" if by_province else "",
        note=line.get("note") or "",
        valid_from=line.get("valid_from"),
        valid_to=line.get("valid_to"),
    )


# -- published texts --------------------------------------------------------------------
def _legal_bases(base: dict, layer: dict) -> list[LegalContent]:
    """What the desk layer was compared with stands first, then the catalogue's list."""
    listed = [LegalContent(line["number"], line.get("title") or "", line.get("valid")) for line in base.get("legal_basis", [])]
    validity = {line.number: line.valid for line in listed if line.valid is not None}
    compared = [
        LegalContent(text, valid=next((valid for number, valid in validity.items() if number in text), None))
        for text in layer.get("legal_basis", [])
    ]
    return compared + listed


def _attributes(base: dict, layer: dict, desk: DeskWord) -> dict[str, Any]:
    """Texts without a column of their own; a key that is missing here is "Chưa có dữ liệu" on the page."""
    status = base.get("status") or ""
    texts = {
        "authority": base.get("authority"),
        "authority_note": base.get("authority_note"),
        "levels": base.get("portal_levels"),
        "applicant_note": base.get("applicant_note"),
        "result": base.get("result") or None,
        "limit_note": (base.get("time_limit") or {}).get("note") if not layer else None,
        "in_force_month": status[len("in_force_") :] if status.startswith("in_force_") else None,
        "number_rule": layer.get("number_rule"),
        "basis_note": layer.get("basis_note"),
        "retention_note": layer.get("retention_note"),
        "published_components": _published_components(base) if layer else None,
        "doubts": [text for _, text in desk.doubts] or None,
    }
    return {key: value for key, value in texts.items() if value not in (None, "")}


def _published_components(base: dict) -> list[dict] | None:
    """The papers in the words of the publication, beside the cases in the desk's words."""
    return [
        {"name": line["name"], "group": line.get("group") or "", "originals": line["quantity"], "copies": line["copies"]}
        for line in base.get("dossier", [])
    ] or None


def lane_of(desk: DeskWord) -> str:
    """The desk's way of working with it; "" when the desk layer does not speak about it."""
    return LANES[desk.entry["desk_lane"]] if desk.entry else ""
