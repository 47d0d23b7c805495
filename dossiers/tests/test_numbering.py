from datetime import date

import pytest
from django.db import transaction

from dossiers import numbering
from dossiers.models import NumberCounter
from onestop.testing import make_agency


@pytest.mark.parametrize(
    ("number", "code"),
    [(1, "H61.26-261121-0001"), (157, "H61.26-261121-0157"), (9999, "H61.26-261121-9999"), (10000, "H61.26-261121-10000")],
)
def test_a_code_widens_and_never_wraps(number, code):
    assert numbering.SCHEMES[0].code("H61.26", date(2026, 11, 21), number) == code


@pytest.mark.parametrize("day", [date(2018, 1, 1), date(2019, 1, 6), date(2026, 11, 21)])
def test_there_is_a_scheme_for_every_day(day):
    assert numbering.scheme_on(day) is numbering.SCHEMES[0]


def test_a_later_scheme_takes_over_on_its_day(monkeypatch):
    later = numbering.CodeScheme(date(2027, 3, 1), "a circular to come", 6)
    monkeypatch.setattr(numbering, "SCHEMES", (*numbering.SCHEMES, later))
    assert [numbering.scheme_on(day).width for day in (date(2027, 2, 28), date(2027, 3, 1))] == [4, 6]


@pytest.mark.django_db
def test_numbers_start_at_one_in_every_book():
    agency = make_agency()
    assert [numbering.take(agency.pk, book) for book in ("a", "a", "b", "a")] == [1, 2, 1, 3]


@pytest.mark.django_db
def test_several_numbers_are_drawn_in_one_go():
    agency = make_agency()
    drawn = [list(numbering.take_several(agency.pk, "a", count)) for count in (2, 3)]
    assert drawn == [[1, 2], [3, 4, 5]]


@pytest.mark.django_db
def test_a_book_is_held_without_taking_a_number():
    agency = make_agency()
    assert numbering.hold_book(agency.pk, "a") == 0
    assert numbering.take(agency.pk, "a") == 1
    assert numbering.hold_book(agency.pk, "a") == 1


@pytest.mark.django_db
def test_a_rollback_gives_the_number_back():
    agency = make_agency()
    with pytest.raises(RuntimeError), transaction.atomic():
        numbering.take(agency.pk, "a")
        raise RuntimeError
    assert numbering.take(agency.pk, "a") == 1


@pytest.mark.django_db(transaction=True)
def test_no_number_is_drawn_outside_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        numbering.take(make_agency().pk, "a")
    assert NumberCounter.objects.count() == 0


@pytest.mark.django_db
def test_the_register_starts_anew_each_year():
    agency = make_agency()
    days = [date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1)]
    assert [numbering.next_register_line(agency.pk, day) for day in days] == [("2026", 1), ("2026", 2), ("2027", 1)]
