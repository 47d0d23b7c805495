"""Forms of scans."""

from django import forms

from dossiers.forms.acts import ActForm
from dossiers.forms.outside import OutsideFileField
from dossiers.models import DossierComponent
from onestop.inspection import SCAN
from onestop.reading.fields import TextLineField

OTHER_PAPER = "Giấy tờ khác, không có trong danh sách"


class ScanForm(ActForm):
    """One file for one paper of the list."""

    paper = forms.ChoiceField(
        label="Giấy tờ",
        error_messages={"required": "Chọn giấy tờ", "invalid_choice": "Chọn giấy tờ trong danh sách"},
    )
    file = OutsideFileField(policy=SCAN, words="Tệp quét (PDF, JPEG hoặc PNG)")

    def prepare(self) -> None:
        self.lines = {str(line.pk): line for line in self.dossier.papers.all()}
        self.fields["paper"].choices = [
            ("", "Chọn giấy tờ"),
            *((key, line.name) for key, line in self.lines.items()),
            ("0", OTHER_PAPER),
        ]

    @property
    def line(self) -> DossierComponent | None:
        return self.lines.get(self.cleaned_data["paper"])


class VoidScanForm(ActForm):
    reason = TextLineField(label="Lý do bỏ bản quét", limit=300, error_messages={"required": "Ghi lý do bỏ bản quét"})


class WaiveForm(ActForm):
    reason = TextLineField(
        label="Lý do không quét", limit=300, error_messages={"required": "Ghi lý do không quét, để người kiểm tra hồ sơ biết"}
    )


class ScanSettingForm(forms.Form):
    required = forms.BooleanField(
        label="Chỉ phát hành kết quả khi đã quét đủ giấy tờ bắt buộc",
        help_text="Áp dụng cho hồ sơ của đơn vị, trừ chứng thực. Lãnh đạo có thể cho phép không quét từng hồ sơ, có lý do.",
        required=False,
    )
