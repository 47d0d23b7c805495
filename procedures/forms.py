"""What is typed about internal processes. Field names are a contract (docs/forms.md); procedures.drafting decides.

The rows of a draft are moved, added and taken out by buttons of the form itself: the page comes back with everything
that was typed, in the new order, and nothing is saved until "Lưu".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from onestop.reading import Unreadable
from onestop.reading.fields import FullDateField, ReadField, TextLineField
from onestop.staff.roles import Role
from procedures.drafting import LONGEST_LABEL, LONGEST_NUMBER
from procedures.steps import (
    KINDS,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_PRODUCT,
    LONGEST_UNIT,
    MOST_STEPS,
    UNITS,
    WORKERS,
    Step,
    problems_of,
    read_amount,
)

SAVE, ADD = "save", "add"
ORDER = re.compile(r"(up|down|remove)-([0-9]{1,2})", re.ASCII)
TICKS = ("alongside", "optional")


class AmountField(ReadField):
    """A time: "2", "0,5"."""

    required_sentence = "Ghi thời gian; bước làm ngay thì ghi 0"
    attributes = {"inputmode": "decimal"}

    def read(self, text: str) -> str:
        try:
            return read_amount(text)
        except ValueError as problem:
            raise Unreadable(str(problem)) from None


class StepForm(forms.Form):
    """One step of a draft."""

    name = TextLineField(label="Nội dung công việc", limit=LONGEST_NAME, required_message="Ghi nội dung công việc của bước")
    role = forms.ChoiceField(
        label="Người thực hiện",
        required=False,
        choices=[("", "Đơn vị khác"), *((role.value, Role(role).label) for role in WORKERS)],
        error_messages={"invalid_choice": "Chọn người thực hiện trong danh sách"},
    )
    unit = TextLineField(label="Tên đơn vị khác", limit=LONGEST_UNIT, required=False)
    amount = AmountField(label="Thời gian", widget=forms.TextInput(attrs={"class": "short"}))
    measure = forms.ChoiceField(
        label="Tính bằng", choices=list(UNITS.items()), error_messages={"invalid_choice": "Chọn đơn vị thời gian trong danh sách"}
    )
    kind = forms.ChoiceField(
        label="Loại bước", choices=list(KINDS.items()), error_messages={"invalid_choice": "Chọn loại bước trong danh sách"}
    )
    product = TextLineField(label="Sản phẩm", limit=LONGEST_PRODUCT, required=False)
    note = TextLineField(label="Ghi chú", limit=LONGEST_NOTE, required=False)
    alongside = forms.BooleanField(label="Làm cùng lúc với bước trước", required=False)
    optional = forms.BooleanField(label="Chỉ làm khi cần", required=False)

    def __init__(self, *args: Any, number: int, total: int, **options: Any) -> None:
        super().__init__(*args, prefix=f"step-{number}", **options)
        self.number, self.total = number, total
        for name in ("role", "unit"):
            self.fields[name].says_optional = False

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_last(self) -> bool:
        return self.number == self.total

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.errors:
            for name, sentence in problems_of(Step(**values), is_first=self.is_first).items():
                self.add_error(name, sentence)
        return values

    @property
    def step(self) -> Step:
        return Step(**self.cleaned_data)


class DraftForm(forms.Form):
    """The name of a process."""

    label = TextLineField(label="Tên quy trình", limit=LONGEST_LABEL, required_message="Ghi tên quy trình")


class PublishForm(forms.Form):
    """From when, and by which decision."""

    effective_from = FullDateField(label="Áp dụng từ ngày", widget=forms.TextInput(attrs={"class": "short"}))
    decision_number = TextLineField(
        label="Số quyết định phê duyệt", limit=LONGEST_NUMBER, help_text="Ví dụ 12/QĐ-UBND", required_message="Ghi số quyết định phê duyệt"
    )
    decided_on = FullDateField(label="Ngày quyết định", widget=forms.TextInput(attrs={"class": "short"}))


def sent_forms(data: Mapping[str, str]) -> list[StepForm]:
    """A form for every row that was sent."""
    total = _rows(data)
    return [StepForm(data, number=number, total=total) for number in range(1, total + 1)]


def stored_forms(steps: Iterable[Step]) -> list[StepForm]:
    """A form for every step that is stored; one empty row where there is none."""
    return _unsaved([step.as_json() | {"amount": step.amount.replace(".", ",")} for step in steps] or [_empty()])


def moved_forms(data: Mapping[str, str], order: str) -> tuple[list[StepForm], int]:
    """The rows as they were typed, after the button was pressed, and the number of the row to go on with (0: none)."""
    rows = [_typed(data, number) for number in range(1, _rows(data) + 1)]
    here = 0
    found = ORDER.fullmatch(order)
    if order == ADD and len(rows) < MOST_STEPS:
        rows.append(_empty())
        here = len(rows)
    elif found and 1 <= int(found[2]) <= len(rows):
        here = _move(rows, found[1], int(found[2]))
    forms = _unsaved(rows or [_empty()])
    if here:
        forms[here - 1].fields["name"].widget.attrs["autofocus"] = True
    return forms, here


def _move(rows: list[dict[str, Any]], way: str, number: int) -> int:
    place = number - 1
    if way == "remove":
        del rows[place]
        return min(number, len(rows))
    other = place - 1 if way == "up" else place + 1
    if not 0 <= other < len(rows):
        return number
    rows[place], rows[other] = rows[other], rows[place]
    return other + 1


def _unsaved(rows: list[dict[str, Any]]) -> list[StepForm]:
    return [StepForm(initial=row, number=number, total=len(rows)) for number, row in enumerate(rows, 1)]


def _empty() -> dict[str, Any]:
    return {"role": Role.SPECIALIST.value, "kind": "step", "measure": "hour"}


def _typed(data: Mapping[str, str], number: int) -> dict[str, Any]:
    return {
        name: bool(data.get(f"step-{number}-{name}")) if name in TICKS else data.get(f"step-{number}-{name}", "")
        for name in StepForm.base_fields
    }


def _rows(data: Mapping[str, str]) -> int:
    """How many rows the page had; what is no number is none."""
    text = data.get("rows", "")
    return min(int(text), MOST_STEPS) if text.isascii() and text.isdigit() and len(text) < 4 else 0
