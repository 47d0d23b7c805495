import pytest

from dossiers.checklist import missing, unconditional
from procedures.models import Component


def line(pk, **fields) -> Component:
    return Component(pk=pk, short_name=f"Giấy {pk}", **({"kind": "submit", "required": True} | fields))


@pytest.mark.parametrize(
    ("component", "state", "absent"),
    [
        (line(1), "submitted", []),
        (line(1), "presented", []),
        (line(1), "", ["Giấy 1"]),
        (line(1), "missing", ["Giấy 1"]),
        (line(1, required=False), "", []),
        (line(1, required=False), "missing", ["Giấy 1"]),
        (line(1, condition="nếu có"), "", []),
        (line(1, condition="nếu có"), "missing", ["Giấy 1"]),
        (line(1, kind="present"), "", ["Giấy 1"]),
        (line(1, kind="from_data"), "", []),
        (line(1, kind="from_data"), "from_data", []),
    ],
)
def test_one_line(component, state, absent):
    assert missing([component], {1: state}) == absent


ALTERNATIVES = [line(1, kind="one_of", group_key="g"), line(2, kind="one_of", group_key="g")]


@pytest.mark.parametrize(
    ("states", "absent"),
    [
        ({}, ["Giấy 1 hoặc Giấy 2"]),
        ({1: "submitted"}, []),
        ({2: "submitted"}, []),
        ({1: "missing", 2: "missing"}, ["Giấy 1 hoặc Giấy 2"]),
    ],
)
def test_one_of_a_group_is_enough(states, absent):
    assert missing(ALTERNATIVES, states) == absent


def test_an_optional_group_may_stay_open_but_not_be_marked_missing():
    group = [line(1, kind="one_of", group_key="g", required=False)]
    assert missing(group, {}) == []
    assert missing(group, {1: "missing"}) == ["Giấy 1"]


def test_groups_are_apart():
    other = line(3, kind="one_of", group_key="h")
    assert missing([*ALTERNATIVES, other], {1: "submitted"}) == ["Giấy 3"]


def test_du_means_the_unconditional_lines_only():
    lines = [line(1), line(2, required=False), line(3, condition="nếu có"), *ALTERNATIVES[:1], line(5, kind="present")]
    assert [found.pk for found in unconditional(lines)] == [1, 5]
