"""The content of one version as plain values: what a published version says, before it is rows. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class LimitContent:
    value: int | None = None
    unit: str = ""
    case: str = ""
    channel: str = ""
    condition: str = ""
    clock_hours: bool = False
    cutoff: str | None = None
    extra_value: int | None = None
    extra_unit: str = ""
    legal_value: int | None = None
    legal_unit: str = ""
    note: str = ""
    source: str = ""
    checked: bool = False

    @property
    def is_known(self) -> bool:
        return self.unit == "immediate" or bool(self.unit and self.value)


@dataclass
class ComponentContent:
    short_name: str
    full_name: str = ""
    kind: str = "submit"
    group_key: str = ""
    copy_kind: str = "original"
    originals: int = 1
    copies: int = 0
    required: bool = False
    condition: str = ""
    form_code: str = ""
    channels: list[str] = field(default_factory=list)
    note: str = ""


@dataclass
class FeeContent:
    name: str
    amount: int | None = None
    per: str = ""
    cap: int | None = None
    free_if: str = ""
    source: str = ""
    set_by: str = ""
    channels: list[str] = field(default_factory=list)
    note: str = ""
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass
class CaseContent:
    key: str
    name: str = ""
    condition: str = ""
    slip_override: str = ""
    workflow_override: str = ""
    off_site: bool = False
    fee_note: str = ""
    subjects: list[dict] = field(default_factory=list)
    basis_allowed: list[str] = field(default_factory=list)
    components: list[ComponentContent] = field(default_factory=list)
    fees: list[FeeContent] = field(default_factory=list)


@dataclass
class LegalContent:
    number: str
    title: str = ""
    valid: bool | None = None


@dataclass
class Content:
    """Everything a published version says; two versions differ exactly when their contents do."""

    name: str
    receivable: bool = False
    not_receivable_reason: str = ""
    slip_rule: str = "always"
    cutoff: str | None = None
    workflow: str = ""
    result_name: str = ""
    result_medium: str = ""
    who_received_may_sign: str = "warn"
    on_supplement: str = "pause"
    consultation_clock: str = "inside"
    consultation_ground: str = ""
    channels: list[str] = field(default_factory=list)
    online_level: str = ""
    applicant_types: list[str] = field(default_factory=list)
    decision: str = ""
    source: str = ""
    confidence: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    limits: list[LimitContent] = field(default_factory=list)
    cases: list[CaseContent] = field(default_factory=list)
    legal_bases: list[LegalContent] = field(default_factory=list)

    def as_json(self) -> dict:
        """What a version says; a part that came later and says nothing is left out, so that an old version keeps its digest."""
        said = asdict(self)
        if self.consultation_clock == "inside":
            del said["consultation_clock"], said["consultation_ground"]
        return said

    @property
    def digest(self) -> str:
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def fees(self) -> list[FeeContent]:
        return [fee for case in self.cases for fee in case.fees]

    @property
    def same_day(self) -> bool:
        """Some case is returned on the day of receipt."""
        return any(limit.unit == "immediate" and not limit.condition for limit in self.limits)

    @property
    def free(self) -> bool:
        """Every fee is known and none is collected; a fee that only some pay is enough to say no."""
        return bool(self.fees) and all(fee.amount == 0 for fee in self.fees)

    @property
    def fee_span(self) -> dict:
        """What a list can say about the fees in one line: the known amounts, and whether any is open."""
        amounts = sorted({fee.amount for fee in self.fees if fee.amount is not None})
        by_province = any(fee.amount is None and fee.set_by == "province" for fee in self.fees)
        return {
            "lowest": amounts[0] if amounts else None,
            "highest": amounts[-1] if amounts else None,
            "open": not self.fees or any(fee.amount is None for fee in self.fees),
            "by_province": by_province,
        }


@dataclass(frozen=True)
class DeskWord:
    """What the desk layer says about one procedure: its own entry, another door, open doubts about the catalogue."""

    entry: dict | None = None
    elsewhere: str = ""
    doubts: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict:
        return {"entry": self.entry, "elsewhere": self.elsewhere, "doubts": [list(doubt) for doubt in self.doubts]}

    @classmethod
    def from_json(cls, data: dict | None) -> DeskWord:
        data = data or {}
        return cls(data.get("entry"), data.get("elsewhere", ""), tuple((part, text) for part, text in data.get("doubts", ())))

    @property
    def has_limit_doubt(self) -> bool:
        return any(part == "time_limit" for part, _ in self.doubts)
