"""A file field that looks into what was sent, while the form is read: what is wrong with it stands at its field."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from onestop.inspection import Checked, Policy, Refused, check, read_bounded
from onestop.inspection.kinds import ENDINGS
from onestop.reading import Unreadable
from onestop.reading.names import clean_text

CHOOSE_AGAIN = "Chọn lại tệp: trình duyệt không giữ tệp đã chọn"
_ENDING = {"pdf": "pdf", "jpeg": "jpg", "png": "png"}


def kept_name(name: str, kind: str, *, otherwise: str = "ban-quet") -> str:
    """The name under which a file is given out again: one line, NFC, no path, with the ending of what it is."""
    try:
        kept = clean_text(name.replace("\\", "/").rsplit("/", 1)[-1], limit=180)
    except Unreadable:
        kept = ""
    stem, dot, ending = kept.rpartition(".")
    stem = stem if dot and ending.lower() in ENDINGS else kept
    return f"{stem.strip(' .') or otherwise}.{_ENDING[kind]}"


class OutsideFileField(forms.FileField):
    """A file from outside, looked into: its value is (bytes, Checked, name to keep). `policy` says what is taken."""

    def __init__(self, *, policy: Policy, words: str, otherwise: str = "ban-quet", **options: Any) -> None:
        self.policy, self.words, self.otherwise = policy, words, otherwise
        messages = {
            "required": "Chọn tệp",
            "empty": "Tệp rỗng. Chọn lại tệp",
            "invalid": "Chọn lại tệp",
            "max_length": "Tên tệp dài quá. Đổi tên tệp rồi chọn lại",
        }
        endings = [f".{ending}" for ending, kind in ENDINGS.items() if kind in policy.kinds]
        widget = forms.FileInput(attrs={"accept": ",".join(endings)})
        super().__init__(widget=widget, error_messages=messages, **options)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        # Asked of the settings when the page is made: an operator may change the limit.
        self.label = f"{self.words}, nhiều nhất {self.policy.most_words}"
        return super().get_bound_field(form, field_name)

    def clean(self, data: Any, initial: Any = None) -> tuple[bytes, Checked, str] | None:
        sent = super().clean(data, initial)
        if not sent:
            return None
        try:
            content = read_bounded(sent, self.policy)
            checked = check(sent.name or "", content, self.policy)
        except Refused as refusal:
            raise ValidationError(str(refusal), code="refused") from None
        return content, checked, kept_name(sent.name or "", checked.kind, otherwise=self.otherwise)
