"""The calendar of one agency: what it costs, what it is called, and that nobody else notices."""
from datetime import date, datetime, time

import pytest
from django.db import IntegrityError, transaction

from onestop.worktime import store
from onestop.worktime.calendar_file import SHIPPED, read_file
from onestop.worktime.hours import local
from onestop.worktime.loading import load
from onestop.worktime.models import LocalDay, LocalVersion
from onestop.worktime.tests.makers import make_desk

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 12, 7)


def at(text):
    return local(datetime.fromisoformat(text))


@pytest.fixture(autouse=True)
def _fresh():
    load(read_file(SHIPPED), now=at("2026-11-21T08:00"))


def close(agency, day=MONDAY, number=1, until=None):
    kind = "half_day" if until else "local_closure"
    LocalDay.objects.create(agency=agency, date=day, kind=kind, name="Tránh bão", decision="TB 12", half_day_until=until)
    LocalVersion.objects.create(agency=agency, number=number, at=at("2026-11-21T09:00"))
    store.forget()


def test_an_agency_without_days_of_its_own_shares_the_common_calendar():
    assert store.calendar_in_force(make_desk().pk) is store.calendar_in_force()


def test_an_agencys_closure_closes_it_alone():
    here, there = make_desk(), make_desk(code="H61.91")
    close(here)
    assert not store.calendar_in_force(here.pk).is_working(MONDAY)
    assert store.calendar_in_force(there.pk).is_working(MONDAY)
    assert store.calendar_in_force().is_working(MONDAY)


def test_the_version_names_both_calendars():
    agency = make_desk()
    close(agency, number=3)
    assert (store.calendar_in_force(agency.pk).version, store.calendar_in_force().version) == ("1+3", "1")


def test_a_kept_calendar_of_an_agency_costs_no_query(django_assert_num_queries):
    agency = make_desk()
    close(agency)
    first = store.calendar_in_force(agency.pk)
    with django_assert_num_queries(0):
        assert store.calendar_in_force(agency.pk) is first


def test_after_a_few_seconds_one_query_asks_for_the_versions_of_all(django_assert_num_queries, monkeypatch):
    agencies = [make_desk(code=f"H61.9{n}") for n in range(3)]
    close(agencies[1])
    for agency in agencies:
        store.calendar_in_force(agency.pk)
    later = store.monotonic() + store.FRESH_SECONDS
    monkeypatch.setattr(store, "monotonic", lambda: later)
    with django_assert_num_queries(1):
        for agency in agencies:
            store.calendar_in_force(agency.pk)


def test_a_closure_written_by_another_process_is_noticed(monkeypatch):
    agency = make_desk()
    store.calendar_in_force(agency.pk)
    LocalDay.objects.create(agency=agency, date=MONDAY, kind="local_closure", name="Tránh bão", decision="TB 12")
    LocalVersion.objects.create(agency=agency, number=1, at=at("2026-11-21T09:00"))
    later = store.monotonic() + store.FRESH_SECONDS
    monkeypatch.setattr(store, "monotonic", lambda: later)
    assert not store.calendar_in_force(agency.pk).is_working(MONDAY)


def test_open_next_and_left_are_asked_of_the_agencys_calendar():
    agency = make_desk()
    close(agency)
    friday = at("2026-12-04T08:00")
    assert store.is_open(None, at("2026-12-07T08:00"))
    assert not store.is_open(agency.pk, at("2026-12-07T08:00"))
    assert (store.next_working_day(friday), store.next_working_day(friday, agency.pk)) == (MONDAY, date(2026, 12, 8))
    due_at = at("2026-12-08T17:00")
    assert (store.working_days_left(friday, due_at), store.working_days_left(friday, due_at, agency.pk)) == (2, 1)


def test_a_half_day_closes_the_desk_early():
    agency = make_desk()
    close(agency, until=time(10))
    assert store.is_open(agency.pk, at("2026-12-07T10:00"))
    assert not store.is_open(agency.pk, at("2026-12-07T10:01"))


@pytest.mark.parametrize("bad", [{"kind": "half_day"}, {"half_day_until": time(10)}, {"kind": "public_holiday"}])
def test_the_database_refuses_a_day_that_is_neither_closed_nor_half(bad):
    right = {"kind": "local_closure", "date": MONDAY, "name": "x", "decision": "y"}
    with pytest.raises(IntegrityError), transaction.atomic():
        LocalDay.objects.create(agency=make_desk(), **(right | bad))
