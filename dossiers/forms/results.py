"""The forms of results drafted here: one letter from a template, and the templates themselves.

Field names are a contract (docs/forms.md).
"""

from typing import Any

from django import forms

from dossiers.forms.acts import ActForm
from dossiers.issuing import ResultText
from onestop.reading.fields import FullDateField, TextLineField
from procedures.models import Procedure, ResultTemplate, ResultTemplateDraft
from procedures.result_templates import WRITTEN, why_not_text
from procedures.result_text import BLANK

LONGEST_BODY = 8000
LEFT_BLANK = f"Còn chỗ {BLANK} chưa điền. Điền hoặc bỏ chỗ đó, rồi mới trình ký"


class OwnResultForm(ActForm):
    """The words of one letter: those of the template with their places filled, to be gone over."""

    abstract = TextLineField(label="Trích yếu", limit=300, error_messages={"required": "Ghi trích yếu"})
    addressee = TextLineField(label="Kính gửi", limit=200, required=False, help_text="Bỏ trống thì văn bản không có dòng Kính gửi.")
    body = TextLineField(
        label="Nội dung",
        limit=LONGEST_BODY,
        lines=True,
        widget=forms.Textarea(attrs={"rows": "18"}),
        error_messages={"required": "Ghi nội dung văn bản"},
        help_text="Mỗi dòng là một đoạn. Dòng bắt đầu bằng “Căn cứ” in nghiêng.",
    )

    def __init__(self, *args: Any, template: ResultTemplate, to_submit: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template, self.to_submit = template, to_submit

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.to_submit:
            for name in ("abstract", "addressee", "body"):
                if BLANK in values.get(name, ""):
                    self.add_error(name, LEFT_BLANK)
        return values

    def text(self) -> ResultText:
        """What was written, as the letter."""
        of = self.template
        written = {name: self.cleaned_data[name] for name in ("abstract", "addressee", "body")}
        return ResultText(document_type=of.document_type, symbol=of.symbol, granted=of.granted, **written)


class TemplateForm(forms.Form):
    """A text of the office for its own letters."""

    name = TextLineField(label="Tên mẫu", limit=120, error_messages={"required": "Ghi tên mẫu, ví dụ Giấy xác nhận nơi cư trú"})
    procedure = TextLineField(
        label="Mã thủ tục",
        limit=16,
        required=False,
        help_text="Ví dụ 1.013314. Bỏ trống: dùng cho mọi thủ tục.",
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    granted = forms.ChoiceField(
        label="Dùng khi",
        choices=[("1", "Được giải quyết"), ("0", "Không được giải quyết, có văn bản trả lời")],
        initial="1",
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn dùng khi nào"},
    )
    document_type = TextLineField(
        label="Tên loại văn bản",
        limit=80,
        required=False,
        help_text="Ví dụ GIẤY XÁC NHẬN, QUYẾT ĐỊNH. Bỏ trống: công văn, trích yếu ghi dưới số.",
    )
    symbol = TextLineField(
        label="Ký hiệu",
        limit=25,
        widget=forms.TextInput(attrs={"class": "short"}),
        help_text="Đứng sau số, ví dụ GXN-UBND. Mỗi ký hiệu có dãy số riêng trong năm.",
        error_messages={"required": "Ghi ký hiệu, ví dụ GXN-UBND"},
    )
    abstract = TextLineField(label="Trích yếu", limit=300, error_messages={"required": "Ghi trích yếu"})
    addressee = TextLineField(label="Kính gửi", limit=200, required=False)
    body = TextLineField(
        label="Nội dung",
        limit=LONGEST_BODY,
        lines=True,
        widget=forms.Textarea(attrs={"rows": "16"}),
        error_messages={"required": "Ghi nội dung"},
        help_text="Mỗi dòng là một đoạn. Dòng bắt đầu bằng “Căn cứ” in nghiêng.",
    )

    @classmethod
    def of(cls, draft: ResultTemplateDraft) -> "TemplateForm":
        """The form filled with what the draft says."""
        values = {name: getattr(draft, name) for name in WRITTEN}
        values |= {"procedure": draft.procedure.code if draft.procedure else "", "granted": "1" if draft.granted else "0"}
        return cls(initial=values)

    def clean_procedure(self) -> Procedure | None:
        typed = self.cleaned_data["procedure"]
        if not typed:
            return None
        found = Procedure.objects.filter(code=typed).first() or Procedure.objects.filter(short_code=typed.lower()).first()
        if found is None:
            raise forms.ValidationError("Không có thủ tục mã này. Nhập mã như trong danh mục, ví dụ 1.013314")
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["granted"] = values.get("granted") == "1"
        for name, why in why_not_text({"symbol": "X", **values}).items():
            if name not in self.errors:
                self.add_error(name, why)
        return values


class PublishTemplateForm(forms.Form):
    effective_from = FullDateField(label="Áp dụng từ ngày", widget=forms.TextInput(attrs={"class": "short"}))
