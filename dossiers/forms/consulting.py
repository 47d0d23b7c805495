"""The forms about asking another agency: the question, a reminder, the answer, giving up.

Field names are a contract (docs/forms.md).
"""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from dossiers.forms.acts import ActForm, ClockField
from dossiers.forms.outside import OutsideFileField
from dossiers.models import AnswerUnit, ConsultationKind, RemindedHow
from dossiers.timeliness import LOCAL
from onestop.inspection import SCAN
from onestop.reading.fields import FullDateField, TextLineField
from onestop.staff.models import Agency

SHORT = {"class": "short"}
MOST_UNITS = 90
NOBODY = "Chọn đơn vị trong tỉnh, hoặc ghi tên cơ quan"
AGREES = (("yes", "Đồng ý"), ("no", "Không đồng ý"), ("", "Chỉ cung cấp thông tin"))


class ConsultForm(ActForm):
    """Whom to ask what, with which document, and how long they have."""

    kind = forms.ChoiceField(
        label="Việc",
        choices=ConsultationKind.choices,
        initial=ConsultationKind.CONSULT,
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn lấy ý kiến hay liên thông", "invalid_choice": "Chọn lấy ý kiến hay liên thông"},
    )
    other_agency = forms.ModelChoiceField(
        label="Đơn vị trong tỉnh",
        queryset=Agency.objects.none(),
        required=False,
        empty_label="Không có trong danh sách, ghi tên ở ô dưới",
        error_messages={"invalid_choice": "Chọn đơn vị trong danh sách"},
    )
    other_name = TextLineField(label="Tên cơ quan khác", limit=200, required=False)
    question = TextLineField(
        label="Nội dung cần hỏi", limit=1000, lines=True, error_messages={"required": "Ghi nội dung cần hỏi, như trong văn bản gửi đi"}
    )
    limit_value = forms.IntegerField(
        label="Thời hạn trả lời",
        min_value=1,
        max_value=MOST_UNITS,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
        error_messages={
            "required": "Nhập thời hạn trả lời, ví dụ 3",
            "invalid": "Nhập thời hạn trả lời bằng số, ví dụ 3",
            "min_value": "Thời hạn trả lời từ 1 trở lên",
            "max_value": f"Thời hạn trả lời nhiều nhất {MOST_UNITS}",
        },
    )
    limit_unit = forms.ChoiceField(
        label="Đơn vị thời hạn", choices=AnswerUnit.choices, error_messages={"invalid_choice": "Chọn trong danh sách"}
    )
    doc_number = TextLineField(label="Số văn bản gửi đi", limit=20, required=False, widget=forms.TextInput(attrs=SHORT))
    doc_symbol = TextLineField(label="Ký hiệu", limit=40, required=False, widget=forms.TextInput(attrs=SHORT))
    doc_date = FullDateField(label="Ngày văn bản", required=False, widget=forms.TextInput(attrs=SHORT))

    def prepare(self) -> None:
        own = self.dossier.competent_agency
        province = own.parent_id or own.pk
        units = Agency.objects.filter(is_active=True).exclude(pk__in={own.pk, self.dossier.agency_id})
        self.fields["other_agency"].queryset = (units.filter(parent_id=province) | units.filter(pk=province)).order_by("level", "name")
        self.fields["other_agency"].label_from_instance = lambda agency: agency.name
        # One of the two is wanted: neither is optional, neither is required alone.
        for name in ("other_agency", "other_name"):
            self.fields[name].says_optional = False

    def clean_doc_date(self) -> Any:
        day = self.cleaned_data["doc_date"]
        if day is not None and day > timezone.localdate(self.now):
            raise ValidationError("Ngày văn bản gửi đi không ở tương lai")
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("other_agency") and not values.get("other_name") and not {"other_agency", "other_name"} & self.errors.keys():
            self.add_error("other_name", NOBODY)
        if values.get("other_agency") and values.get("other_name"):
            self.add_error("other_name", "Đã chọn đơn vị trong danh sách: để trống ô này")
        return values


class AnswerForm(ActForm):
    """What came back and when it came; a scan of it if there is one."""

    answered_time = ClockField(label="Giờ nhận trả lời", widget=forms.TextInput(attrs=SHORT))
    answered_on = FullDateField(label="Ngày nhận trả lời", widget=forms.TextInput(attrs=SHORT))
    answer_document = TextLineField(
        label="Số, ký hiệu văn bản trả lời", limit=60, required=False, widget=forms.TextInput(attrs={"class": "medium"})
    )
    answer_date = FullDateField(label="Ngày văn bản trả lời", required=False, widget=forms.TextInput(attrs=SHORT))
    agrees = forms.ChoiceField(label="Ý kiến", choices=AGREES, required=False, widget=forms.RadioSelect)
    summary = TextLineField(label="Nội dung trả lời", limit=1000, lines=True, error_messages={"required": "Ghi nội dung trả lời"})
    file = OutsideFileField(policy=SCAN, words="Bản quét văn bản trả lời (PDF, JPEG hoặc PNG)", otherwise="tra-loi", required=False)

    def prepare(self) -> None:
        local = self.now.astimezone(LOCAL)
        self.initial.update(answered_on=local.date(), answered_time=local.time().replace(second=0, microsecond=0))
        self.fields["agrees"].says_optional = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        day, clock = values.get("answered_on"), values.get("answered_time")
        if day is None or clock is None:
            return values
        moment = datetime.combine(day, clock, LOCAL)
        if moment > self.now:
            self.add_error("answered_time", "Giờ nhận trả lời không ở tương lai")
        values["answered_at"] = moment
        written = values.get("answer_date")
        if written is not None and written > day:
            self.add_error("answer_date", "Ngày văn bản trả lời không sau ngày nhận")
        return values

    @property
    def agreed(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["agrees"])


class RemindForm(ActForm):
    how = forms.ChoiceField(
        label="Đã nhắc bằng",
        choices=RemindedHow.choices,
        initial=RemindedHow.PHONE,
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn đã nhắc bằng cách nào", "invalid_choice": "Chọn trong danh sách"},
    )
    note = TextLineField(label="Ghi chú (gặp ai, số văn bản nhắc)", limit=300, required=False)


class CancelForm(ActForm):
    reason = TextLineField(label="Lý do rút yêu cầu", limit=300, error_messages={"required": "Ghi lý do rút yêu cầu"})
