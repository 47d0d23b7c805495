import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row, Submit
from django import forms
from django.template import Context, Template
from django.utils import translation
from django.utils.functional import SimpleLazyObject


class Person(forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Như trên giấy tờ", error_messages={"required": "Nhập họ và tên như trên giấy tờ"})
    phone = forms.CharField(label="Điện thoại", required=False)
    sex = forms.ChoiceField(
        label="Giới tính",
        choices=[("male", "Nam"), ("female", "Nữ")],
        widget=forms.RadioSelect,
        error_messages={"required": "Chọn giới tính"},
    )
    no_phone = forms.BooleanField(label="Không có điện thoại", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        if self.cleaned_data.get("name") == "Kha" and self.cleaned_data.get("no_phone"):
            raise forms.ValidationError("Chọn một trong hai")


def show(template, **context):
    return " ".join(Template("{% load crispy_forms_tags onestop %}" + template).render(Context(context)).split())


def positions(html, *parts):
    found = [html.index(part) for part in parts]
    return found == sorted(found)


def test_a_field_reads_label_hint_error_input():
    html = show("{{ form.name|as_crispy_field }}", form=Person({}))

    assert positions(html, "<label", "Như trên giấy tờ", "Nhập họ và tên", "<input")


def test_a_field_in_error_is_tied_to_its_hint_and_its_error():
    html = show("{{ form.name|as_crispy_field }}", form=Person({}))

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert '<span class="unseen">Lỗi: </span>Nhập họ và tên như trên giấy tờ' in html


def test_a_field_without_error_says_nothing_of_errors():
    html = show("{{ form.name|as_crispy_field }}", form=Person())

    assert "aria-invalid" not in html
    assert "Lỗi" not in html


def test_only_optional_fields_say_so():
    form = Person()

    assert "(không bắt buộc)" in show("{{ form.phone|as_crispy_field }}", form=form)
    assert "(không bắt buộc)" not in show("{{ form.name|as_crispy_field }}", form=form)
    form.fields["phone"].says_optional = False
    assert "(không bắt buộc)" not in show("{{ form.phone|as_crispy_field }}", form=form)


def test_a_group_of_choices_has_a_legend_and_a_label_each():
    html = show("{{ form.sex|as_crispy_field }}", form=Person({}))

    assert re.search(r'<fieldset [^>]*aria-describedby="id_sex_error"', html)
    assert "<legend>Giới tính</legend>" in html
    assert re.findall(r'<label for="(id_sex_\d)">(\w+)</label>', html) == [("id_sex_0", "Nam"), ("id_sex_1", "Nữ")]


def test_a_tick_box_stands_before_its_label():
    html = show("{{ form.no_phone|as_crispy_field }}", form=Person())

    assert positions(html, '<input type="checkbox"', '<label for="id_no_phone">')


def test_a_whole_form_is_sent_without_the_browsers_own_messages():
    form = Person()
    form.helper = FormHelper()
    form.helper.layout = Layout(Fieldset("Người nộp", Row("name", "phone"), "sex"))
    form.helper.add_input(Submit("luu", "Lưu"))

    html = show("{% crispy form %}", form=form, csrf_token="x")

    assert re.match(r'<form\s+method="post" novalidate>', html)
    assert '<fieldset class="group"> <legend>Người nộp</legend>' in html
    assert '<button type="submit" id="submit-id-luu" name="luu" value="Lưu" class="button button-primary">Lưu</button>' in html


def test_a_formset_shows_its_management_and_all_its_rows():
    html = show("{{ rows|crispy }}", rows=forms.formset_factory(Person, extra=2)())

    assert 'name="rows-TOTAL_FORMS"' in html or 'name="form-TOTAL_FORMS"' in html
    assert html.count('class="form-row"') == 2


# -- the summary ----------------------------------------------------------------------------
def links(html):
    return re.findall(r'<a href="#([\w-]+)">([^<]+)</a>', html)


def test_the_summary_counts_and_links_every_mistake():
    html = show("{% error_summary %}", form=Person({}))

    assert "Có 2 chỗ cần sửa" in html
    assert 'role="alert"' in html
    assert links(html) == [("id_name", "Nhập họ và tên như trên giấy tờ"), ("id_sex_0", "Chọn giới tính")]


def test_the_summary_leads_to_controls_that_exist():
    form = Person({})
    page = show("{% error_summary %}{{ form|crispy }}", form=form)

    assert [target for target, _ in links(page) if f'id="{target}"' not in page] == []


def test_the_summary_speaks_of_all_forms_and_formsets_of_the_page():
    rows = forms.formset_factory(Person)({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-phone": "1"})

    html = show("{% error_summary %}", form=Person({}), others=[Person({"name": "Kha"}, prefix="b")], rows=rows)

    assert [target for target, _ in links(html)] == ["id_name", "id_sex_0", "id_b-name", "id_b-sex_0", "id_form-0-name", "id_form-0-sex_0"]


def test_a_mistake_of_no_field_is_told_without_a_link():
    html = show("{% error_summary %}", form=Person({"name": "Kha", "sex": "male", "no_phone": "on"}))

    assert "Có 1 chỗ cần sửa" in html
    assert "<li>Chọn một trong hai</li>" in html


def test_a_form_is_summed_up_once():
    html = show("{% error_summary %}{% include '_error_summary.html' %}", form=Person({}))

    assert html.count('role="alert"') == 1


@pytest.mark.parametrize("form", [Person(), Person({"name": "Kha", "sex": "male"})])
def test_without_mistakes_there_is_no_summary(form):
    assert show("{% error_summary %}", form=form) == ""


def test_what_a_visitor_typed_is_text_in_the_summary():
    form = Person({"sex": "<b>x</b>", "name": "a"})

    assert "<b>" not in show("{% error_summary %}{{ form|crispy }}", form=form)


def test_the_title_begins_with_the_error():
    assert show("{% error_prefix %}Tiếp nhận", form=Person({})) == "Lỗi: Tiếp nhận"
    assert show("{% error_prefix %}Tiếp nhận", form=Person()) == "Tiếp nhận"
    assert show("{% error_prefix %}Tiếp nhận", has_errors=True) == "Lỗi: Tiếp nhận"


def test_looking_for_forms_wakes_no_lazy_value():
    def wake():
        raise AssertionError("the user was fetched")

    assert show("{% error_prefix %}{% error_summary %}", user=SimpleLazyObject(wake)) == ""


def test_the_summary_is_english_on_an_english_page():
    with translation.override("en"):
        assert "2 things to correct" in show("{% error_summary %}", form=Person({}))
