from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy

from onestop.history.rows import SITE, tracked, tracking_of
from onestop.history.tests.makers import HERE, THERE, Case, Colour, Sample, vouched_for

pytestmark = pytest.mark.django_db

PLAIN_VALUES = {
    "id": UUID(int=7),
    "agency_id": HERE,
    "colour": "blue",
    "text": "Đỏ",
    "count": 3,
    "amount": Decimal("15000.00"),
    "ratio": 0.1,
    "yes": True,
    "at": datetime(2026, 11, 23, 2, 30, 0, 123456, tzinfo=UTC),
    "day": date(2026, 11, 23),
    "clock": time(7, 30),
    "took": timedelta(minutes=5),
    "facts": {"b": [1, 2], "a": "x"},
    "raw": b"\x00\xff",
}
# The same row, written by somebody who leaves the conversion to Django and the database.
LOOSE_VALUES = PLAIN_VALUES | {
    "id": str(UUID(int=7)),
    "agency_id": str(HERE),
    "colour": Colour.BLUE,
    "text": gettext_lazy("Đỏ"),
    "count": "3",
    "amount": "15000",
    "ratio": "0.1",
    "yes": 1,
    "at": "2026-11-23T09:30:00.123456+07:00",
    "day": "2026-11-23",
    "clock": "07:30",
    "facts": {"a": "x", "b": (1, 2)},
}


def digest_of(instance):
    tracking = tracking_of(type(instance))
    (row,) = tracking.read([instance.pk])
    return tracking.digest(row, "salt")


def test_a_row_has_one_digest_however_its_values_were_given():
    with vouched_for(Sample, personal=("text", "amount")):
        strict = Sample.objects.create(**PLAIN_VALUES)
        first = digest_of(strict)
        strict.delete()
        assert digest_of(Sample.objects.create(**LOOSE_VALUES)) == first


def test_the_digest_is_that_of_the_database_not_of_the_object_in_memory():
    with vouched_for(Case, personal=("name",)):
        case = Case.objects.create(agency_id=HERE, code="1", name="A")
        before = digest_of(case)
        case.code = "never saved"
        assert digest_of(case) == before
        Case.objects.filter(pk=case.pk).update(code="2")
        assert digest_of(case) != before


@pytest.mark.parametrize("field", sorted(PLAIN_VALUES.keys() - {"id", "agency_id"}))
def test_every_column_counts(field):
    other = {
        "colour": "red", "text": "đỏ", "count": None, "amount": Decimal("15000.01"), "ratio": 0.2, "yes": False,
        "at": datetime(2026, 11, 23, 2, 30, 0, 123457, tzinfo=UTC), "day": date(2026, 11, 24), "clock": time(7, 31),
        "took": timedelta(minutes=6), "facts": {"b": [2, 1], "a": "x"}, "raw": b"\x00",
    }  # fmt: skip
    with vouched_for(Sample):
        sample = Sample.objects.create(**PLAIN_VALUES)
        before = digest_of(sample)
        Sample.objects.update(**{field: other[field]})
        assert digest_of(sample) != before


def test_personal_columns_move_only_the_salted_digest_and_ignored_ones_neither():
    with vouched_for(Case, personal=("name",), ignored=("search_key",)):
        case = Case.objects.create(agency_id=HERE, code="1", name="A")
        before = digest_of(case)
        Case.objects.update(search_key="a")
        assert digest_of(case) == before
        Case.objects.update(name="B")
        after = digest_of(case)
        assert (after.plain == before.plain, after.personal == before.personal) == (True, False)


def test_a_table_without_personal_columns_has_no_salted_digest():
    with vouched_for(Case):
        assert digest_of(Case.objects.create(agency_id=HERE, code="1")).personal == ""


def test_a_column_added_later_does_not_count_for_rows_written_before():
    with vouched_for(Case, version=2, added={2: ("search_key",)}):
        case = Case.objects.create(agency_id=HERE, code="1")
        new = tracking_of(Case)
        (row,) = new.read([case.pk])
    changed = row._replace(values={**row.values, "search_key": "filled by the migration"})
    assert new.column_names(1, personal=False) == ["agency_id", "code", "id", "name"]
    assert new.digest(changed, "", 1) == new.digest(row, "", 1)
    assert new.digest(changed, "", 2) != new.digest(row, "", 2)


def test_a_row_without_agency_belongs_to_the_whole_site():
    with vouched_for(Case):
        Case.objects.create(agency_id=None, code="1")
        Case.objects.create(agency_id=THERE, code="2")
        assert tracking_of(Case).agency_ids() == {SITE, THERE}
        rows = [row for page in tracking_of(Case).rows_of(SITE, bad=lambda key: None) for row in page]
        assert [row.values["code"] for row in rows] == ["1"]


def test_rows_of_an_agency_come_in_chunks():
    with vouched_for(Case):
        Case.objects.bulk_create(Case(agency_id=HERE, code=str(number)) for number in range(5))
        pages = tracking_of(Case).rows_of(HERE, chunk=2, bad=lambda key: None)
        assert [[row.values["code"] for row in page] for page in pages] == [["0", "1"], ["2", "3"], ["4"]]


@pytest.mark.parametrize(
    "options",
    [
        {"personal": ("nmae",)},
        {"ignored": ("id",)},
        {"personal": ("id",)},
        {"added": {2: ("name",)}},
        {"version": 2, "added": {2: ("nothing",)}},
    ],
)
def test_a_wrong_registration_is_refused(options):
    with pytest.raises(ValueError, match="history.case"):
        tracked(**options)(Case)
