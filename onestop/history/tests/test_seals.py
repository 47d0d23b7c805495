from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from onestop.history.models import Event, Seal
from onestop.history.seals import chains_without_seal, day_to_seal, seal_all
from onestop.history.tasks import chain_access, seal
from onestop.history.tests.makers import HERE, THERE, act, sql
from onestop.history.verify import verify

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
EVENING = datetime(2026, 11, 23, 23, 40, tzinfo=LOCAL)
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (EVENING, MONDAY),
        (EVENING.replace(minute=29), date(2026, 11, 22)),
        (EVENING.replace(minute=30), MONDAY),
        (EVENING + timedelta(hours=9), MONDAY),
    ],
)
def test_a_day_is_sealed_in_its_last_half_hour_or_caught_up_the_next_day(moment, day):
    assert day_to_seal(moment) == day


@pytest.mark.django_db
def test_every_chain_is_sealed_once_a_day():
    last = act(at=EVENING)
    act(agency_id=THERE, at=EVENING)
    assert [seal_all(EVENING), seal_all(EVENING), seal_all(EVENING + timedelta(hours=9))] == [2, 0, 0]
    sealed = Seal.objects.get(agency_id=HERE)
    assert (sealed.day, sealed.at, sealed.seq, sealed.hash) == (MONDAY, EVENING, 1, last.hash)
    assert sealed.words.replace(" ", "") == last.hash[:16]
    assert Event.objects.get(agency_id=HERE, seq=2).act == "history.sealed"
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_chain_that_began_after_that_day_needs_no_seal():
    act(at=EVENING + timedelta(hours=9))
    assert chains_without_seal(EVENING + timedelta(hours=10)) == []


@pytest.mark.django_db
def test_a_missing_seal_can_be_seen():
    act(at=EVENING)
    assert chains_without_seal(EVENING) == [HERE]
    seal_all(EVENING)
    assert chains_without_seal(EVENING) == []
    assert chains_without_seal(EVENING + timedelta(days=1)) == [HERE]


@pytest.mark.django_db
def test_a_chain_with_a_broken_head_spoils_no_other_seal():
    act(at=EVENING)
    act(agency_id=THERE, at=EVENING)
    sql("UPDATE history_chainhead SET mac = 'x' WHERE agency_id = %s", HERE)
    assert seal(EVENING.isoformat()) == "1 chains sealed, 1 could not be sealed"
    assert list(Seal.objects.values_list("agency_id", flat=True)) == [THERE]


@pytest.mark.django_db
def test_the_jobs_say_what_they_did():
    assert chain_access("2026-11-23T23:40") == "0 access entries joined to the chain"
    assert seal("2026-11-23T23:40") == "0 chains sealed"
    assert seal() == "0 chains sealed"
