"""What a draft changes in a process."""

from dataclasses import replace

from procedures.comparing import ADDED, CHANGED, GONE, SAME, differences
from procedures.steps import Step

A, B, C = (Step(name, "clerk", amount="10") for name in ("A", "B", "C"))


def told(before: list[Step], after: list[Step]) -> list[tuple]:
    return [(line.kind, line.before and line.before[0], line.after and line.after[0]) for line in differences(before, after)]


def test_a_process_that_stays_differs_nowhere():
    assert told([A, B], [A, B]) == [(SAME, 1, 1), (SAME, 2, 2)]


def test_a_step_with_another_time_is_the_same_step_changed():
    assert told([A, B], [A, replace(B, amount="20")]) == [(SAME, 1, 1), (CHANGED, 2, 2)]


def test_steps_are_added_and_taken_out_at_their_places():
    assert told([A, B], [A, C, B]) == [(SAME, 1, 1), (ADDED, None, 2), (SAME, 2, 3)]
    assert told([A, B, C], [A, C]) == [(SAME, 1, 1), (GONE, 2, None), (SAME, 3, 2)]
    assert told([], [A]) == [(ADDED, None, 1)]


def test_a_step_in_the_place_of_another_is_that_one_changed():
    assert told([A, B], [A, C]) == [(SAME, 1, 1), (CHANGED, 2, 2)]
