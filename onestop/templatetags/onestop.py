"""What the base pages say about forms: one summary of all mistakes, and "Lỗi: " in the title."""
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.template.loader import render_to_string
from django.utils.translation import gettext

from onestop.display import DAYS

register = template.Library()


@dataclass(frozen=True)
class Problem:
    """One mistake, and the id of the control where it is mended (empty when it belongs to no control)."""

    text: str
    target: str = ""


def control_id(field: BoundField) -> str:
    """The id to which a link to this field leads: the first choice of a group, else the control itself."""
    if field.is_hidden or not field.auto_id:
        return ""
    return field.id_for_label or f"{field.auto_id}_0"


def problems_of(form: BaseForm | BaseFormSet) -> Iterator[Problem]:
    """The mistakes of a form or of all forms of a formset, in the order of its fields."""
    if not form.is_bound:
        return
    if isinstance(form, BaseFormSet):
        yield from (Problem(text) for text in form.non_form_errors())
        for row in form.forms:
            yield from problems_of(row)
        return
    yield from (Problem(text) for text in form.non_field_errors())
    for field in form:
        yield from (Problem(text, control_id(field)) for text in field.errors)


def forms_among(values: Iterable) -> Iterator[BaseForm | BaseFormSet]:
    """Every form and formset among the values, also inside lists, each once.

    Asks `type()`, for `isinstance` would wake lazy values such as `user` and cost every public page a query.
    """
    seen: set[int] = set()
    for value in values:
        for form in value if type(value) in (list, tuple) else (value,):
            if issubclass(type(form), BaseForm | BaseFormSet) and id(form) not in seen:
                seen.add(id(form))
                yield form


@register.simple_tag(takes_context=True)
def error_prefix(context) -> str:
    """"Lỗi: " when a form of the page has a mistake (or the view says `has_errors`): a screen reader says the title first."""
    wrong = context.get("has_errors") or any(next(problems_of(form), None) for form in forms_among(context.flatten().values()))
    return gettext("Lỗi: ") if wrong else ""


@register.simple_tag(takes_context=True)
def error_summary(context, *forms) -> str:
    """List the mistakes of these forms (lists are welcome), or of all forms of the page when none is named.

    A form that one summary has listed is left out of the next, so that a base page and a part of it may both ask.
    """
    wanted = [form for form in forms if form is not None and form != ""] or context.flatten().values()
    fresh = [form for form in forms_among(wanted) if not getattr(form, "in_error_summary", False)]
    problems = [problem for form in fresh for problem in problems_of(form)]
    for form in fresh:
        form.in_error_summary = True
    return render_to_string("_error_list.html", {"problems": problems}) if problems else ""


@register.filter
def day_name(day: date) -> str:
    """"thứ Hai" … "Chủ nhật", in the language of the page."""
    return str(DAYS[day.weekday()])
