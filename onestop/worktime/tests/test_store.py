from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from onestop.worktime import store
from onestop.worktime.calendar_file import SHIPPED, read_file
from onestop.worktime.hours import LOCAL, local
from onestop.worktime.loading import load
from onestop.worktime.models import CalendarDay, CalendarVersion, OpeningPeriod
from onestop.worktime.tests.makers import make_desk

pytestmark = pytest.mark.django_db


def at(text):
    return local(datetime.fromisoformat(text))


def load_shipped():
    return load(read_file(SHIPPED), now=at("2026-11-21T08:00"))


def test_an_empty_database_answers_with_the_shipped_calendar():
    assert store.calendar_in_force().version == "0"


def test_the_tables_answer_like_the_file():
    shipped = store.calendar_in_force()
    load_shipped()
    calendar = store.calendar_in_force()
    assert calendar.version == "1"
    days = [date.fromordinal(n) for n in range(shipped.first.toordinal(), shipped.last.toordinal() + 1)]
    assert [(calendar.is_working(day), calendar.reason(day)) for day in days] == [
        (shipped.is_working(day), shipped.reason(day)) for day in days
    ]
    assert [calendar.confirmed(year) for year in (2026, 2027)] == [True, False]


def test_a_kept_calendar_costs_no_query(django_assert_num_queries):
    load_shipped()
    with django_assert_num_queries(3):
        first = store.calendar_in_force()
    with django_assert_num_queries(0):
        assert store.calendar_in_force() is first


def test_after_a_few_seconds_one_query_asks_for_the_version(django_assert_num_queries, monkeypatch):
    load_shipped()
    first = store.calendar_in_force()
    later = store.monotonic() + store.FRESH_SECONDS
    monkeypatch.setattr(store, "monotonic", lambda: later)
    with django_assert_num_queries(1):
        assert store.calendar_in_force() is first


def test_a_new_version_written_by_another_process_is_noticed(monkeypatch):
    load_shipped()
    store.calendar_in_force()
    CalendarDay.objects.filter(date=date(2026, 11, 24)).delete()
    CalendarVersion.objects.create(number=2, at=at("2026-11-21T09:00"), digest="x")
    later = store.monotonic() + store.FRESH_SECONDS
    monkeypatch.setattr(store, "monotonic", lambda: later)
    assert store.calendar_in_force().version == "2"
    assert store.calendar_in_force().is_working(date(2026, 11, 24))


def test_an_agency_without_hours_has_the_default_ones():
    agency = make_desk()
    sessions = store.opening_hours(agency.pk).sessions(date(2026, 11, 20), store.calendar_in_force())
    assert [f"{a:%H:%M}-{b:%H:%M}" for a, b in sessions] == ["07:30-11:30", "13:30-17:00"]


def test_each_agency_has_its_own_hours(django_assert_num_queries):
    one, other = make_desk((4, "08:00", "12:00")), make_desk((4, "07:00", "16:00"), code="H61.91")
    friday, calendar = date(2026, 11, 20), store.calendar_in_force()
    assert str(store.opening_hours(one.pk).closing(friday, calendar).time()) == "12:00:00"
    assert str(store.opening_hours(other.pk).closing(friday, calendar).time()) == "16:00:00"
    with django_assert_num_queries(0):
        store.opening_hours(one.pk)


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        ("2026-11-20T07:29:59", False),
        ("2026-11-20T07:30:00", True),
        ("2026-11-20T12:00:00", False),
        ("2026-11-20T17:00:00", True),
        ("2026-11-21T08:00:00", False),
        ("2026-11-24T08:00:00", False),
        ("2028-01-03T08:00:00", False),  # no calendar says that the desk opens
    ],
)
def test_whether_the_desk_is_open(now, open_):
    assert store.is_open(None, at(now)) is open_


def test_a_desk_with_saturday_hours_is_open_then():
    agency = make_desk((5, "08:00", "11:00"))
    assert store.is_open(agency.pk, at("2026-11-21T08:00"))
    assert not store.is_open(agency.pk, at("2026-11-21T11:30"))


def test_the_next_working_day_is_after_today():
    assert store.next_working_day(at("2026-11-21T08:00")) == date(2026, 11, 23)
    assert store.next_working_day(at("2026-11-23T08:00")) == date(2026, 11, 25)
    assert store.next_working_day(at("2027-12-31T08:00")) is None


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-11-19T08:00", 2),
        ("2026-11-20T23:59", 1),
        ("2026-11-21T08:00", 1),
        ("2026-11-23T08:00", 0),
        ("2026-11-23T18:00", 0),  # late, and still the due day
        ("2026-11-24T08:00", 0),  # late, no working day gone since
        ("2026-11-26T08:00", -2),
        ("2028-02-01T08:00", None),
    ],
)
def test_working_days_left_until_the_due_day(now, left):
    assert store.working_days_left(at(now), at("2026-11-23T17:00")) == left


def test_working_days_are_those_of_local_time():
    due_at = at("2026-11-23T17:00")
    late_evening_in_utc = datetime.fromisoformat("2026-11-19T17:30:00+00:00")  # already the 20th here
    assert late_evening_in_utc.astimezone(LOCAL).date() == date(2026, 11, 20)
    assert store.working_days_left(late_evening_in_utc, due_at) == 1


@pytest.mark.parametrize(
    "bad",
    [{"opens": "09:00", "closes": "09:00"}, {"weekday": 7}, {"valid_to": date(2025, 12, 31)}],
)
def test_the_database_refuses_impossible_hours(bad):
    agency = make_desk()
    right = {"valid_from": date(2026, 1, 1), "weekday": 0, "opens": "08:00", "closes": "09:00"}
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningPeriod.objects.create(agency=agency, **{**right, **bad})
