"""The check of every night."""

from datetime import timedelta

import pytest

from onestop.history.checks import CHECKED, LastCheck, check_all, last_check
from onestop.history.models import Event
from onestop.history.tasks import check
from onestop.history.tests.makers import HERE, NOW, THERE, act, sql
from onestop.history.verify import verify

pytestmark = pytest.mark.django_db
NIGHT = NOW + timedelta(hours=15)


def test_every_chain_is_checked_once_a_night_and_says_so_itself():
    act(at=NOW)
    act(agency_id=THERE, at=NOW)
    assert [check_all(NIGHT), check_all(NIGHT + timedelta(hours=1)), check_all(NIGHT + timedelta(days=1))] == [(2, 0), (0, 0), (2, 0)]
    assert last_check(HERE) == LastCheck(NIGHT + timedelta(days=1), 0, "")
    assert list(verify()) == []


def test_a_chain_that_was_never_checked_says_nothing():
    act(at=NOW)
    assert last_check(HERE) is None


def test_what_was_found_stands_in_the_chain_and_the_other_chains_are_fine():
    act("case:1", at=NOW)
    act("case:2", at=NOW)
    act(agency_id=THERE, at=NOW)
    sql(f"UPDATE history_event SET actor_id = 99 WHERE agency_id = {HERE} AND seq = 1")
    assert check_all(NIGHT) == (2, 1)
    found = last_check(HERE)
    assert (found.problems, found.first.split(":")[0]) == (1, "event 1")
    assert last_check(THERE).problems == 0


def test_a_chain_with_a_broken_head_is_found_again_every_time():
    act(at=NOW)
    sql(f"UPDATE history_chainhead SET mac = 'x' WHERE agency_id = {HERE}")
    assert [check_all(NIGHT), check_all(NIGHT)] == [(1, 1), (1, 1)]
    assert Event.objects.filter(act=CHECKED).count() == 0


def test_the_job_says_what_it_found():
    act(at=NOW)
    assert check(NIGHT.isoformat()) == "1 chains checked, 0 problems"
