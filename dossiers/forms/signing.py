"""What is typed around a signature besides the signature itself: passing on, many at once, quick procedures."""

from typing import Any

from django import forms

from dossiers.forms.acts import ActForm, ColleagueField, WetInkForm
from dossiers.sign_rights import signers_of
from onestop.reading.fields import TextLineField
from onestop.staff.models import User
from procedures.models import Procedure

LONGEST_ID = 18


class PassForm(ActForm):
    """To whom a draft is passed on: only who may sign it today."""

    to = ColleagueField(
        label="Chuyển cho",
        queryset=User.objects.none(),
        empty_label="Chọn người ký",
        error_messages={"required": "Chọn người ký", "invalid_choice": "Người này hôm nay không có thẩm quyền ký hồ sơ này"},
    )
    note = TextLineField(label="Ghi chú", limit=300, required=False)

    def prepare(self) -> None:
        barred = {self.user.pk, self.dossier.holder_id}
        able = [person.pk for person, _ in signers_of(self.dossier, self.today) if person.pk not in barred]
        self.fields["to"].queryset = User.objects.filter(pk__in=able).order_by("full_name", "pk")


class TickedForm(WetInkForm):
    """One paper of many that were signed by hand: ticked, with its own number and time."""

    ticked = forms.BooleanField(label="Đã ký tay", required=False)
    # Number and seal are another step, with another page.
    issue_now = None
    field_order = ["ticked"]

    def full_clean(self) -> None:
        """A row that is not ticked is not read."""
        if self.is_bound and self.add_prefix("ticked") not in self.data:
            self._errors, self.cleaned_data = forms.utils.ErrorDict(), {}
            return
        super().full_clean()


class ProceduresField(forms.ModelMultipleChoiceField):
    """Procedures by id; an id that no table can hold is one that is not in the list."""

    def clean(self, value: Any) -> Any:
        if any(len(str(one)) > LONGEST_ID for one in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class QuickSignForm(forms.Form):
    """The procedures whose results this agency signs together without opening each draft."""

    procedures = ProceduresField(
        label="Thủ tục ký nhanh",
        queryset=Procedure.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Chọn thủ tục trong danh sách"},
    )

    def __init__(self, *args: Any, agency_procedures: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["procedures"]
        field.queryset = agency_procedures
        field.label_from_instance = lambda procedure: f"{procedure.short_name} ({procedure.code})"
