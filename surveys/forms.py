"""Why somebody was not satisfied; nothing is asked that he need answer."""

from django import forms
from django.utils.translation import gettext_lazy

from surveys.models import Reason


class ReasonsForm(forms.Form):
    ly_do = forms.MultipleChoiceField(
        label=gettext_lazy("Vì sao ông/bà chưa hài lòng?"),
        choices=Reason.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
