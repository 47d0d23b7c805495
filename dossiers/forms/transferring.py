"""What is typed when a list from another commune is confirmed. Field names are a contract (docs/forms.md)."""

from collections.abc import Sequence
from typing import Any

from django import forms

from dossiers.forms.acts import ColleagueField, colleagues
from dossiers.lifecycle import Told
from dossiers.lifecycle.transferring import MAY_HOLD
from dossiers.models import TransferList
from dossiers.transfers import LineRow
from onestop.reading.fields import TextLineField
from onestop.staff.models import User

SAY_WHY = "Đánh dấu đã nhận, hoặc ghi vì sao chưa nhận"
ONE_OF_TWO = "Vừa đánh dấu đã nhận vừa ghi chưa nhận. Bỏ một trong hai"


class ConfirmForm(forms.Form):
    """`<line>-taken` the tick, `<line>-note` why it did not come; `to` a colleague who gets all that came."""

    def __init__(self, *args: Any, transfer: TransferList, rows: Sequence[LineRow], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"{row.pk}-taken"] = forms.BooleanField(label=row.code, required=False)
            self.fields[f"{row.pk}-note"] = TextLineField(label=f"Vì sao chưa nhận {row.code}", limit=300, required=False)
        if not transfer.is_back and not any(row.brought for row in rows):
            self.fields["to"] = ColleagueField(
                label="Giao tiếp cho",
                queryset=colleagues(user.agency_id, *MAY_HOLD).exclude(pk=user.pk),
                required=False,
                empty_label="Tôi giữ",
                error_messages={"invalid_choice": "Chọn người nhận trong danh sách"},
            )

    def clean(self) -> dict:
        values = super().clean() or {}
        for row in self.rows:
            taken, note = values.get(f"{row.pk}-taken"), values.get(f"{row.pk}-note")
            if bool(taken) == bool(note):
                self.add_error(f"{row.pk}-note", ONE_OF_TWO if taken else SAY_WHY)
        return values

    def lines(self) -> list[tuple[LineRow, forms.BoundField, forms.BoundField]]:
        """Each line with its tick and its note."""
        return [(row, self[f"{row.pk}-taken"], self[f"{row.pk}-note"]) for row in self.rows]

    def told(self) -> Told:
        """After the form was found valid."""
        values = self.cleaned_data
        took = [row.pk for row in self.rows if values[f"{row.pk}-taken"]]
        return Told(took, {row.pk: values[f"{row.pk}-note"] for row in self.rows if row.pk not in took})
