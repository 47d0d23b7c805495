"""The internal processes of the demonstration come about by the acts that write and publish them."""

from datetime import date, time
from random import Random

import pytest

from onestop.demo.journeys import Hours
from onestop.demo.matters import Residents
from onestop.demo.people import COMMUNES, InventedPeople
from onestop.demo.processes import BIRTH, process_events
from onestop.demo.tales import Office
from onestop.history.verify import first_problem
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.worktime.hours import DEFAULT_HOURS, at
from onestop.worktime.store import calendar_in_force
from procedures.models import Workflow, WorkflowDraft
from procedures.steps import read_steps
from procedures.tests.makers import make_procedure, make_workflow

pytestmark = pytest.mark.django_db

NOW = at(date(2026, 11, 23), time(9))


def office_of(*people: User) -> Office:
    invented = InventedPeople(Random(1), today=NOW.date(), drawn=0)
    hours = Hours(calendar_in_force(), DEFAULT_HOURS)
    return Office(agency=make_agency(), hours=hours, residents=Residents(COMMUNES[0], invented), staff=list(people))


def test_one_was_decided_weeks_ago_and_one_waits_for_the_manager():
    births, marriages = (make_procedure(name=name, short_code=code) for name, code in (("Khai sinh", "ks"), ("Hôn nhân", "hn")))
    make_workflow(marriages)

    for moment, act in process_events(office_of(make_user(Role.ADMIN), make_user(Role.MANAGER)), NOW):
        act(moment)

    own, draft = Workflow.objects.get(agency=make_agency()), WorkflowDraft.objects.get()
    assert (own.version, own.effective_from, tuple(read_steps(own.steps))) == (births, date(2026, 10, 16), BIRTH)
    assert (draft.version, draft.revision) == (marriages, 2)
    assert first_problem() is None


def test_an_office_without_an_administrator_makes_none():
    assert list(process_events(office_of(make_user(Role.MANAGER)), NOW)) == []
