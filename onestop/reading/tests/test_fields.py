from datetime import date

import pytest
from django import forms
from django.utils import translation

from onestop.reading.dates import IN_FUTURE, PartialDate
from onestop.reading.fields import (
    FullDateField,
    MailField,
    MoneyField,
    NameField,
    PartialDateField,
    PersonalIdField,
    PhoneField,
    TextLineField,
)
from onestop.reading.names import EMPTY


def today():
    return date(2026, 11, 21)


class PersonForm(forms.Form):
    name = NameField()
    deputy = NameField(required_message="Nhập họ và tên người được uỷ quyền")
    birth = PartialDateField(today=today, required=False)
    issued = FullDateField(required=False)
    phone = PhoneField(required=False)
    number = PersonalIdField(required=False)
    fee = MoneyField(required=False)
    note = TextLineField(limit=10, required=False)


def filled(**data):
    return PersonForm({"name": "Lê Na", "deputy": "Lê Nam"} | data)


def test_text_becomes_domain_values():
    form = filled(
        birth="3/1985",
        issued="2/9/2026",
        phone="+84 912345678",
        number="084 185 006 123",
        fee="15.000",
        note=" a  b ",
    )
    assert form.is_valid()
    assert form.cleaned_data == {
        "name": "Lê Na",
        "deputy": "Lê Nam",
        "birth": PartialDate(1985, 3),
        "issued": date(2026, 9, 2),
        "phone": "0912345678",
        "number": "084185006123",
        "fee": 15000,
        "note": "a b",
    }


@pytest.mark.parametrize("empty", ["", "  ", "\t\r\n"])
def test_empty_optional_fields_are_empty_text_or_none(empty):
    form = filled(birth=empty, issued=empty, phone=empty, number=empty, fee=empty, note=empty)
    assert form.is_valid()
    assert {name: value for name, value in form.cleaned_data.items() if name not in {"name", "deputy"}} == {
        "birth": None,
        "issued": None,
        "phone": "",
        "number": "",
        "fee": None,
        "note": "",
    }


def test_missing_fields_answer_with_their_own_sentence():
    assert PersonForm({}).errors == {"name": [EMPTY], "deputy": ["Nhập họ và tên người được uỷ quyền"]}


def test_unreadable_text_answers_with_the_readers_sentence_and_stays_in_the_box():
    form = filled(birth="22/11/2026", note="dài quá mười chữ")
    assert form.errors == {"birth": [IN_FUTURE], "note": ["Nhiều nhất 10 ký tự (đang có 16 ký tự)"]}
    assert 'value="22/11/2026"' in str(form["birth"])


@pytest.mark.parametrize("language", ["vi", "en", "km"])
def test_dates_and_money_mean_the_same_in_every_language(language):
    with translation.override(language):
        form = filled(birth="02/09/2026", fee="15.000")
        assert form.is_valid()
        assert (form.cleaned_data["birth"].iso, form.cleaned_data["fee"]) == ("2026-09-02", 15000)


@pytest.mark.parametrize("language", ["vi", "en", "km"])
def test_initial_values_are_shown_as_they_are_typed(language):
    initial = {"birth": PartialDate(1985, 3, 5), "issued": date(2026, 9, 2), "fee": 15000}
    with translation.override(language):
        form = PersonForm(initial=initial)
        shown = [str(form[name]) for name in initial]
    assert ['value="05/03/1985"' in shown[0], 'value="02/09/2026"' in shown[1], 'value="15.000"' in shown[2]] == [True] * 3


def test_unchanged_initial_values_are_not_a_change():
    initial = {"birth": PartialDate(1985, 3, 5), "issued": date(2026, 9, 2), "fee": 15000, "name": "Lê Na", "deputy": "Lê Nam"}
    typed = {"birth": "5/3/1985", "issued": "02/09/2026", "fee": "15000", "name": "Lê Na", "deputy": "Lê Nam"}
    assert PersonForm(typed, initial=initial).changed_data == []


def test_boxes_tell_the_browser_what_to_expect():
    form = PersonForm()
    assert form.fields["phone"].widget.attrs == {"autocomplete": "off", "inputmode": "tel"}
    assert form.fields["number"].widget.attrs == {"autocomplete": "off", "inputmode": "numeric"}
    assert NameField(autocomplete="name").widget.attrs["autocomplete"] == "name"


def test_several_lines_get_a_text_area():
    field = TextLineField(limit=100, lines=True)
    assert isinstance(field.widget, forms.Textarea)
    assert field.clean("một\r\nhai") == "một\nhai"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a" * 246 + "@vidu.vn", None),
        ("a" * 247 + "@vidu.vn", "Nhiều nhất 254 ký tự (đang có 255 ký tự)"),
        ("kha.vidu.vn", "Nhập địa chỉ thư điện tử dạng ten@vidu.vn, hoặc để trống"),
    ],
)
def test_a_mail_address_is_no_longer_than_its_column(text, sentence):
    class Form(forms.Form):
        email = MailField(required=False)

    form = Form({"email": text})

    assert form.errors.get("email", [None]) == [sentence]
    assert "maxlength" not in str(form["email"])
