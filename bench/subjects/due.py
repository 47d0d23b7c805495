"""Due dates: the calendar's arrays and the whole promise, each against the loop that one writes at first."""
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

from bench.bench import Bench
from bench.measure import compare
from bench.report import Line, ratio_line
from onestop.worktime.calendar import DAYS_OFF, DayKind
from onestop.worktime.hours import LOCAL
from onestop.worktime.limits import TimeLimit, due
from onestop.worktime.models import CalendarDay
from onestop.worktime.store import calendar_in_force, opening_hours

LIMIT = 1 / 20
ONE_DAY = timedelta(days=1)
SATURDAY = 5
# The statutory limit for which a loop is long, and the ones that desks promise every day.
LONG = 30
USUAL = (1, 3, 5, 10, 15, 20, 30)
RECEIPTS = 100
# The loop over the table is so slow that a few receipts are enough.
FEW = 20

Case = tuple[datetime, int]


def measure(bench: Bench) -> list[Line]:
    bench.tables()
    calendar = calendar_in_force()
    rng = Random(1)
    days = [date(2026, 1, 5) + timedelta(days=rng.randrange(500)) for _ in range(RECEIPTS)]
    cases = [(datetime.combine(day, time(9, 20), LOCAL), rng.choice(USUAL)) for day in days]
    off, extra = plain_days()

    def arrays() -> list[date]:
        return [calendar.add_working_days(day, LONG) for day in days]

    def loop() -> list[date]:
        return [loop_in_memory(day, LONG, off, extra) for day in days]

    def promises(count: int = RECEIPTS) -> list[datetime | None]:
        return [promise(received, value) for received, value in cases[:count]]

    def promises_by_loop() -> list[datetime]:
        return [closing(loop_in_memory(received.date(), value, off, extra)) for received, value in cases]

    def promises_by_table() -> list[datetime]:
        return [closing(loop_over_table(received.date(), value)) for received, value in cases[:FEW]]

    def few_promises() -> list[datetime | None]:
        return promises(FEW)

    check_same(arrays, loop)
    check_same(promises, promises_by_loop)
    check_same(few_promises, promises_by_table)
    in_memory = compare(arrays, loop, bench.clock)
    by_table = compare(few_promises, promises_by_table, bench.clock)
    whole = compare(promises, promises_by_loop, bench.clock)
    return [
        ratio_line("due", f"due day, {LONG} working days ÷ day loop in memory", LIMIT, in_memory),
        ratio_line("due", "whole promise, usual limits ÷ day loop that asks the table", LIMIT, by_table),
        ratio_line("due", "whole promise, usual limits ÷ day loop in memory", None, whole),
    ]


def promise(received: datetime, working_days: int) -> datetime | None:
    """What the intake page does, without the look-up of the procedure's limit."""
    return due(received, TimeLimit(working_days, "working_day"), calendar_in_force(), opening_hours(None)).due_at


def plain_days() -> tuple[frozenset[date], frozenset[date]]:
    """Days off and swapped working days as the loop would want them: two sets."""
    rows = list(CalendarDay.objects.values_list("date", "kind"))
    return (
        frozenset(day for day, kind in rows if kind in DAYS_OFF),
        frozenset(day for day, kind in rows if kind == DayKind.SWAPPED_WORKING_DAY),
    )


def loop_in_memory(day: date, working_days: int, off: frozenset[date], extra: frozenset[date]) -> date:
    """The day loop at its best: everything at hand, two look-ups a day."""
    while working_days:
        day += ONE_DAY
        if (day.weekday() < SATURDAY and day not in off) or day in extra:
            working_days -= 1
    return day


def loop_over_table(day: date, working_days: int) -> date:
    """The day loop as it is met in programs: is this day in the table of holidays?"""
    while working_days:
        day += ONE_DAY
        kind = CalendarDay.objects.filter(date=day).values_list("kind", flat=True).first()
        if kind == DayKind.SWAPPED_WORKING_DAY or (kind not in DAYS_OFF and day.weekday() < SATURDAY):
            working_days -= 1
    return day


def closing(day: date) -> datetime:
    """When the desk closes on it; no half day lies among the days measured."""
    return datetime.combine(day, time(17), LOCAL)


def check_same(ours: Callable[[], list], theirs: Callable[[], list]) -> None:
    """Raises unless both give the same days or times."""
    for number, (one, other) in enumerate(zip(ours(), theirs(), strict=True)):
        if one != other:
            raise ValueError(f"case {number}: {one} is not {other}")
