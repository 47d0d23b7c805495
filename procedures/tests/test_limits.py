"""Which limit and slip a dossier gets."""

from datetime import time

import pytest

from onestop.worktime.limits import TimeLimit
from procedures.content import CaseContent, LimitContent
from procedures.limits import limit_for, slip_needed
from procedures.models import ProcedureCase, ProcedureVersion
from procedures.tests.makers import make_procedure

pytestmark = pytest.mark.django_db


def version_with(*limits: LimitContent, **content) -> ProcedureVersion:
    return make_procedure(limits=list(limits), cases=[CaseContent("a"), CaseContent("b", slip_override="always")], **content)


def case(version: ProcedureVersion, key: str) -> ProcedureCase:
    return version.cases.get(key=key)


def test_the_nearest_row_decides_case_before_channel():
    version = version_with(
        LimitContent(5, "working_day", checked=True),
        LimitContent(2, "working_day", channel="online", checked=True),
        LimitContent(20, "day", case="b", checked=True),
        LimitContent(10, "day", case="b", channel="post", checked=True),
    )
    a, b = case(version, "a"), case(version, "b")
    assert limit_for(version, a, "counter") == TimeLimit(5, "working_day")
    assert limit_for(version, a, "online") == TimeLimit(2, "working_day")
    assert limit_for(version, b, "online") == TimeLimit(20, "day")
    assert limit_for(version, b, "post") == TimeLimit(10, "day")
    assert limit_for(version, None, "counter") == TimeLimit(5, "working_day")


def test_same_day_carries_its_cut_off():
    version = version_with(LimitContent(None, "immediate", cutoff="15:00", checked=True))
    assert limit_for(version, case(version, "a"), "counter") == TimeLimit(None, "immediate", cutoff=time(15))


def test_a_limit_in_days_has_a_cut_off_only_where_the_version_sets_one():
    plain = version_with(LimitContent(3, "working_day", checked=True))
    bundle = version_with(LimitContent(3, "working_day", cutoff="15:00", checked=True))
    assert limit_for(plain, None, "counter").cutoff is None
    assert limit_for(bundle, None, "counter").cutoff == time(15)


def test_hours_by_the_clock_stay_hours_by_the_clock():
    version = version_with(LimitContent(12, "hour", clock_hours=True, checked=True))
    assert limit_for(version, None, "counter") == TimeLimit(12, "hour", clock_hours=True)


@pytest.mark.parametrize(
    "limit", [LimitContent(3, "working_day"), LimitContent(None, "working_day", checked=True), LimitContent(checked=True)]
)
def test_an_unconfirmed_limit_promises_nothing(limit):
    assert limit_for(version_with(limit), None, "counter") is None


def test_an_unconfirmed_nearer_row_is_not_passed_over():
    version = version_with(LimitContent(5, "working_day", checked=True), LimitContent(9, "day", case="b"))
    assert limit_for(version, case(version, "b"), "counter") is None


def test_a_row_under_a_condition_in_words_is_never_chosen():
    version = version_with(LimitContent(8, "working_day", condition="Cần xác minh", checked=True))
    assert limit_for(version, None, "counter") is None


@pytest.mark.parametrize(("rule", "same_day", "needed"), [
    ("always", True, True), ("always", False, True), ("never", False, False),
    ("if_not_returned_today", True, False), ("if_not_returned_today", False, True),
])  # fmt: skip
def test_the_slip_follows_the_rule_of_the_version(rule, same_day, needed):
    version = make_procedure(slip_rule=rule)
    assert slip_needed(version, version.cases.get(), due_on_same_day=same_day) is needed


def test_a_case_may_want_a_slip_where_the_version_does_not():
    version = version_with(LimitContent(None, "immediate", checked=True), slip_rule="if_not_returned_today")
    assert [slip_needed(version, case(version, key), due_on_same_day=True) for key in "ab"] == [False, True]
