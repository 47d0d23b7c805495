"""The two fields that open a dossier to its citizen."""

from django import forms
from django.utils.translation import gettext_lazy

LONGEST_TYPED = 200


class LookupForm(forms.Form):
    """Asks only that something was typed: whether it is right is judged at once and answered as one (lookup.py)."""

    ma = forms.CharField(
        label=gettext_lazy("Mã hồ sơ"),
        help_text=gettext_lazy("In trên giấy hẹn, ví dụ H01.26-261121-0157"),
        error_messages={"required": gettext_lazy("Xin nhập mã hồ sơ in trên giấy hẹn")},
        widget=forms.TextInput(attrs={"class": "medium", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    ma_tra_cuu = forms.CharField(
        label=gettext_lazy("Mã tra cứu 8 số trên giấy hẹn"),
        error_messages={"required": gettext_lazy("Xin nhập mã tra cứu 8 số trên giấy hẹn")},
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
    )

    @classmethod
    def typed(cls, data) -> dict[str, str]:
        """What was typed, without what no field may hold; far too long text is cut before anything reads it."""
        return {name: data.get(name, "").replace("\x00", "")[:LONGEST_TYPED] for name in cls.base_fields}
