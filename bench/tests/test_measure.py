"""The clock, the comparison and the table of results."""
import json
import os
import time

import pytest

from bench.measure import Clock, Comparison, compare, cpu_of_process
from bench.report import Line, broken_line, ratio_line, table, write_json


class FakeClock:
    """Time that passes only when a side says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def side(self, cost):
        def run():
            self.now += cost

        return run


def test_the_ratio_is_subject_over_reference():
    clock = FakeClock()
    found = compare(clock.side(0.01), clock.side(0.04), clock)
    assert (found.ratio, found.subject_us, found.reference_us) == (pytest.approx(0.25), pytest.approx(10_000), pytest.approx(40_000))


def test_sides_alternate_so_that_both_meet_the_same_moment():
    clock, order = FakeClock(), []

    def side(name):
        def run():
            order.append(name)
            clock.now += 1.0

        return run

    compare(side("A"), side("B"), clock, rounds=7)
    assert order[-14:] == ["A", "B"] * 7


def test_one_disturbed_round_does_not_move_the_median():
    clock = FakeClock()
    costs = iter([1.0] * 10 + [50.0] + [1.0] * 10)

    def disturbed():
        clock.now += next(costs)

    assert compare(disturbed, clock.side(1.0), clock, rounds=9).ratio == pytest.approx(1.0)


def test_sleeping_costs_no_cpu_time():
    clock = Clock()
    before = clock()
    time.sleep(0.05)
    assert clock() - before < 0.04


def test_the_cpu_time_of_another_process_is_read():
    assert cpu_of_process(os.getpid()) > 0


FOUND = Comparison(ratio=0.5, low=0.45, high=0.55, subject_us=100, reference_us=200, rounds=9)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (ratio_line("register", "at the limit", 0.5, FOUND), True),
        (ratio_line("register", "above the limit", 0.49, FOUND), False),
        (ratio_line("register", "for information", None, FOUND), True),
        (Line("queries", "in the limit, but with a bad plan", 3, 10, "queries", problem="sequential scan"), False),
        (broken_line("status", "not there", "answered 404"), False),
    ],
)
def test_a_line_is_kept_when_it_is_within_its_limit_and_has_no_problem(line, kept):
    assert line.kept is kept


def test_the_table_names_misses_and_their_problems():
    text = table([ratio_line("register", "page", 0.4, FOUND), broken_line("status", "page", "answered 404")])
    assert text.splitlines() == [
        "      key       what  found  spread     limit  subject  reference",
        "----  --------  ----  -----  ---------  -----  -------  ---------",
        "MISS  register  page  0.5    0.45–0.55  ≤ 0.4  100 µs   200 µs",
        "MISS  status    page  –                 –",
        "MISS status: page: answered 404",
    ]


def test_the_results_are_valid_json_even_when_something_broke(tmp_path):
    write_json(tmp_path / "found.json", {"size": "quick"}, [broken_line("status", "page", "answered 404")])
    (line,) = json.loads((tmp_path / "found.json").read_text())["lines"]
    assert (line["value"], line["kept"], line["problem"]) == (None, False, "answered 404")
