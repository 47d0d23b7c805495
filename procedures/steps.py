"""The steps of an internal process and their time. Pure.

A step's time is a share of the limit, working hours, or working days. Papers count a working day as 8 hours; where
the real time of a dossier is measured, `day_minutes` is what the desk's day really has. A step `alongside` runs
while the one before it does: of such a group only the longest counts. A step that is not always needed counts, for
it has to fit in when it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from onestop.staff.roles import Role

DAY_MINUTES = 8 * 60
MOST_STEPS = 20
LONGEST_NAME, LONGEST_UNIT, LONGEST_PRODUCT, LONGEST_NOTE = 160, 100, 160, 300

# Who can have a step of a process; whoever else works on it is a unit in words.
WORKERS = (Role.CLERK, Role.SPECIALIST, Role.ARCHIVIST, Role.LEADER, Role.HEAD, Role.MANAGER)
KINDS = {"step": "Xử lý", "field": "Kiểm tra thực địa, họp", "consultation": "Hỏi ý kiến cơ quan khác"}
UNITS = {"percent": "% thời hạn", "hour": "giờ làm việc", "day": "ngày làm việc"}
MOST = {"percent": Decimal(100), "hour": Decimal(2000), "day": Decimal(400)}
AMOUNT = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?", re.ASCII)
UNREADABLE_AMOUNT = "Ghi thời gian bằng số, nhiều nhất hai chữ số lẻ: 2 hoặc 0,5"
FIRST_ALONGSIDE = "Bước đầu không có bước nào trước để làm song song"
# What the shipped templates call people who are no role here, and the kind of their work.
UNITS_OF_TEMPLATES = {"field_team": ("field", "Tổ kiểm tra, xác minh"), "other_agency": ("consultation", "Cơ quan được hỏi ý kiến")}


@dataclass(frozen=True)
class Step:
    """One step. `role` is a code of `WORKERS`, or "" when `unit` says in words who does it; `amount` is "0.5", in `measure`."""

    name: str
    role: str = ""
    unit: str = ""
    kind: str = "step"
    alongside: bool = False
    optional: bool = False
    amount: str = "0"
    measure: str = "percent"
    product: str = ""
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def who(self) -> str:
        """The person's role in words, or the unit."""
        return str(Role(self.role).label) if self.role in Role.values else self.unit

    @property
    def time_words(self) -> str:
        """ "60% thời hạn", "1 giờ 30 phút làm việc"; "" for a step that takes none."""
        if not Decimal(self.amount):
            return ""
        if self.measure == "hour":
            return f"{say_minutes(minutes_of(self, 0))} làm việc"
        amount = self.amount.replace(".", ",")
        return f"{amount}% thời hạn" if self.measure == "percent" else f"{amount} {UNITS[self.measure]}"

    @property
    def kind_words(self) -> str:
        return KINDS[self.kind]


def read_steps(rows: Iterable[dict[str, Any]]) -> list[Step]:
    """The steps as they are stored; they were judged before they came there."""
    return [Step(**row) for row in rows]


def read_amount(text: str) -> str:
    """ "0,5" or "2" as typed, in the spelling that is stored; ValueError with the sentence for anything else."""
    if not AMOUNT.fullmatch(text.strip()):
        raise ValueError(UNREADABLE_AMOUNT)
    return spell(Decimal(text.strip().replace(",", ".")))


def spell(amount: Decimal) -> str:
    """ "0.5", "60"; never "6E+1" or "60.00"."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def from_template(rows: Iterable[dict[str, Any]]) -> list[Step]:
    """The steps of a shipped template: its shares of the limit become per cent."""
    steps = []
    for row in rows:
        share = row.get("share_of_limit")
        amount, measure = (Decimal(str(row.get("hours") or 0)), "hour") if share is None else (Decimal(str(share)) * 100, "percent")
        kind, unit = UNITS_OF_TEMPLATES.get(row["role"], ("step", "" if row["role"] in Role.values else row["role"]))
        role = "" if unit else row["role"]
        steps.append(
            Step(
                row["name"],
                role,
                unit,
                kind,
                amount=spell(amount),
                measure=measure,
                product=row.get("product") or "",
                note=row.get("note") or "",
            )
        )
    return steps


def problems_of(step: Step, *, is_first: bool = False) -> dict[str, str]:
    """What is wrong with a step, by the field at which it is mended."""
    found = {}
    if not step.name:
        found["name"] = "Ghi nội dung công việc của bước"
    if step.role and step.unit:
        found["unit"] = "Đã chọn người trong danh sách: bỏ trống ô này, hoặc chọn “Đơn vị khác”"
    elif step.role not in ("", *WORKERS):
        found["role"] = "Chọn người thực hiện trong danh sách"
    elif not step.role and not step.unit:
        found["unit"] = "Chọn người thực hiện, hoặc ghi tên đơn vị"
    if step.kind not in KINDS:
        found["kind"] = "Chọn loại bước trong danh sách"
    if step.measure not in UNITS:
        found["measure"] = "Chọn đơn vị thời gian trong danh sách"
    elif not AMOUNT.fullmatch(step.amount):
        found["amount"] = UNREADABLE_AMOUNT
    elif Decimal(step.amount) > MOST[step.measure]:
        found["amount"] = f"Nhiều nhất {MOST[step.measure]} {UNITS[step.measure]}".replace(" %", "%")
    if is_first and step.alongside:
        found["alongside"] = FIRST_ALONGSIDE
    return found


def problem_of(steps: Sequence[Step]) -> str:
    """The first thing that keeps these steps from being a process, in a sentence; "" when nothing does."""
    if not steps:
        return "Quy trình chưa có bước nào."
    if len(steps) > MOST_STEPS:
        return f"Quy trình có nhiều nhất {MOST_STEPS} bước."
    for number, step in enumerate(steps, 1):
        for sentence in problems_of(step, is_first=number == 1).values():
            return f"Bước {number}: {sentence}."
    return ""


def minutes_of(step: Step, limit_minutes: int, *, day_minutes: int = DAY_MINUTES) -> int:
    """The working minutes that the step may take within a limit of so many, whole minutes."""
    factor = {"percent": Decimal(limit_minutes) / 100, "hour": Decimal(60), "day": Decimal(day_minutes)}[step.measure]
    return int((Decimal(step.amount) * factor).quantize(Decimal(1), ROUND_HALF_UP))


def groups_of(steps: Sequence[Step]) -> list[list[tuple[int, Step]]]:
    """The numbered steps, those that run at the same time together."""
    groups: list[list[tuple[int, Step]]] = []
    for number, step in enumerate(steps, 1):
        if step.alongside and groups:
            groups[-1].append((number, step))
        else:
            groups.append([(number, step)])
    return groups


def total_minutes(steps: Sequence[Step], limit_minutes: int, *, day_minutes: int = DAY_MINUTES) -> int:
    """The working minutes from the first step to the end of the last."""
    return sum(max(minutes_of(step, limit_minutes, day_minutes=day_minutes) for _, step in group) for group in groups_of(steps))


def limit_minutes(value: int | None, unit: str, *, clock_hours: bool = False) -> int:
    """The working minutes in a limit, as a decision on a process counts them: a working day has 8 hours.

    Of calendar days five in seven are working days; a limit within the day is one working day. Of 24 clock hours 8 are worked.
    """
    if unit == "immediate":
        return DAY_MINUTES
    if not value:
        return 0
    if unit == "hour":
        return value * 60 // 3 if clock_hours else value * 60
    if unit == "day":
        return max(1, value * 5 // 7) * DAY_MINUTES
    return value * DAY_MINUTES


def say_minutes(minutes: int) -> str:
    """ "45 phút", "3 giờ", "12 giờ 30 phút" of working time."""
    whole, rest = divmod(minutes, 60)
    return " ".join(filter(None, [f"{whole} giờ" if whole else "", f"{rest} phút" if rest or not whole else ""]))
