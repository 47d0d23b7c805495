"""How two pieces of code are compared: CPU time, in alternating rounds, by the median of the per-round ratios.

Absolute times differ by a third between machines and moments; what runs alternately in one process
meets the same moment. Wall time is never looked at: other programs may have the machine as well.
"""
import gc
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

ROUNDS = 9
HALF_ROUND_SECONDS = 0.12
NANOSECOND = 1e-9

Around = Callable[[], AbstractContextManager]


def cpu_of_process(pid: int) -> float:
    """CPU seconds, user and system, that another process has used since it began.

    The scheduler counts nanoseconds; a kernel built without that account gives ticks of 10 ms.
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) * NANOSECOND
    except FileNotFoundError:
        # Fields 14 and 15; the second one, the program's name, may hold spaces.
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


class Clock:
    """CPU seconds of this process and, when it has one, of its back end in the database."""

    def __init__(self, backend_pid: int | None = None) -> None:
        self.backend_pid = backend_pid

    def __call__(self) -> float:
        own = time.process_time_ns() * NANOSECOND
        return own if self.backend_pid is None else own + cpu_of_process(self.backend_pid)


@dataclass(frozen=True)
class Comparison:
    """Subject ÷ reference. `low` and `high` are the quartiles of the rounds; the costs are medians in microseconds."""

    ratio: float
    low: float
    high: float
    subject_us: float
    reference_us: float
    rounds: int


def compare(
    subject: Callable[[], object], reference: Callable[[], object], clock: Callable[[], float], *, rounds: int = ROUNDS
) -> Comparison:
    """Measure both in rounds A B A B …; each half-round repeats its side until it is worth measuring."""
    sides = [(side, _repeats(side, clock)) for side in (subject, reference)]
    costs: list[tuple[float, float]] = []
    for _ in range(rounds):
        costs.append((_cost(*sides[0], clock), _cost(*sides[1], clock)))
    return _comparison(costs)


def compare_costly(
    subject: Callable[[], object],
    reference: Callable[[], object],
    clock: Callable[[], float],
    *,
    rounds: int,
    around: tuple[Around, Around],
    reckon: Callable[[float], float] = lambda cost: cost,
) -> Comparison:
    """The same for sides that change what they find: each run once a half-round, inside its part of `around`.

    What `around` does is not measured. `reckon` makes the reference's cost out of the measured one. One run of the
    subject warms the caches; there are at least two rounds.
    """
    sides = tuple(zip((subject, reference), around, strict=True))
    _cost_inside(*sides[0], clock)
    costs = []
    for _ in range(rounds):
        costs.append((_cost_inside(*sides[0], clock), reckon(_cost_inside(*sides[1], clock))))
    return _comparison(costs)


def _cost_inside(side: Callable[[], object], around: Around, clock: Callable[[], float]) -> float:
    gc.collect()
    with around():
        begin = clock()
        side()
        return clock() - begin


def _comparison(costs: list[tuple[float, float]]) -> Comparison:
    ratios = [ours / theirs for ours, theirs in costs]
    low, _, high = quantiles(ratios, n=4, method="inclusive")
    ours, theirs = (median(cost[side] for cost in costs) * 1e6 for side in (0, 1))
    return Comparison(median(ratios), low, high, ours, theirs, len(costs))


def _repeats(side: Callable[[], object], clock: Callable[[], float]) -> int:
    """How often a half-round runs this side. Runs it at least three times, which warms every cache."""
    for _ in range(2):
        side()
    once = max(_cost(side, 1, clock), 1e-6)
    if once < HALF_ROUND_SECONDS / 10:
        once = max(_cost(side, 10, clock), 1e-7)
    return max(1, round(HALF_ROUND_SECONDS / once))


def _cost(side: Callable[[], object], repeats: int, clock: Callable[[], float]) -> float:
    """CPU seconds of one run."""
    # What the other side left behind is not this side's to clear away.
    gc.collect()
    begin = clock()
    for _ in range(repeats):
        side()
    return (clock() - begin) / repeats
