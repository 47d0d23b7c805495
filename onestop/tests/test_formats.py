from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation

LANGUAGES = ("vi", "en", "km")


@pytest.fixture(params=LANGUAGES)
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.mark.parametrize("typed", ["02/09/2026", "2/9/2026", "02-09-2026", "2.9.2026", "02092026", "2026-09-02"])
def test_a_date_is_read_day_first(language, typed):
    assert forms.DateField().clean(typed) == date(2026, 9, 2)


@pytest.mark.parametrize("typed", ["09/13/2026", "02/09/26", "31/02/2026", "2 September 2026"])
def test_a_date_that_would_have_to_be_guessed_is_refused(language, typed):
    with pytest.raises(ValidationError):
        forms.DateField().clean(typed)


@pytest.mark.parametrize(("typed", "meant"), [("15.000", 15_000), ("1.250.000", 1_250_000), ("15000", 15_000), ("0", 0)])
def test_a_dot_groups_thousands(language, typed, meant):
    assert forms.IntegerField(localize=True).clean(typed) == meant


def test_a_comma_is_the_decimal_sign(language):
    assert forms.DecimalField(localize=True).clean("1.500,5") == Decimal("1500.5")


def test_a_time_is_read_in_24_hours(language):
    assert forms.TimeField().clean("14:30") == time(14, 30)


@pytest.mark.parametrize(
    ("template", "value", "shown"),
    [
        ("{{ value }}", date(2026, 9, 2), "02/09/2026"),
        ("{{ value|date }}", date(2026, 9, 2), "02/09/2026"),
        ("{{ value }}", datetime(2026, 9, 2, 8, 5, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")), "08:05 02/09/2026"),
        ("{{ value }}", time(8, 5), "08:05"),
        ("{{ value }}", 15_000, "15.000"),
        ("{{ value }}", Decimal("1500.5"), "1.500,5"),
    ],
)
def test_dates_and_numbers_are_shown_as_on_vietnamese_papers(language, template, value, shown):
    assert Template(template).render(Context({"value": value})) == shown
