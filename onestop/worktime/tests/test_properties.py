"""The calculator against the naive oracle, on days and times chosen to collide with every boundary."""
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop.worktime import reasons
from onestop.worktime.calendar import CannotPromise, DayKind, SpecialDay
from onestop.worktime.calendar_file import SHIPPED, read_file, shipped_calendar
from onestop.worktime.explain import explain
from onestop.worktime.limits import PauseSpan, TimeLimit, WorkingCalendar, due
from onestop.worktime.reasons import say_time
from onestop.worktime.tests import oracle

thorough = settings(max_examples=120, deadline=None, database=None)

# Days around which calendars go wrong: Tết, swapped Saturdays, long holidays, ends of years, the culture day.
EVENTFUL = [
    date(2019, 1, 2), date(2019, 4, 12), date(2020, 1, 20), date(2021, 2, 8), date(2022, 4, 28), date(2023, 1, 18), date(2024, 4, 25),
    date(2025, 4, 24), date(2025, 12, 30), date(2026, 1, 8), date(2026, 2, 12), date(2026, 4, 23), date(2026, 8, 20), date(2026, 11, 19),
    date(2027, 2, 1),
]
CLOCKS = [
    time(0), time(6), time(7, 29, 30), time(7, 30), time(9, 15), time(11, 30), time(11, 30, 30), time(12), time(13, 30), time(14, 59, 30),
    time(15), time(15, 0, 30), time(16, 45), time(17), time(17, 0, 30), time(22, 10), time(23, 59, 30),
]
days = st.one_of(
    st.builds(lambda day, more: day + timedelta(days=more), st.sampled_from(EVENTFUL), st.integers(0, 9)),
    st.dates(date(2019, 1, 1), date(2027, 6, 30)),
)
moments = st.builds(datetime.combine, days, st.sampled_from(CLOCKS))
cutoffs = st.sampled_from([None, None, time(11), time(15), time(16, 30)])
channels = st.sampled_from(["counter", "online", "post"])


@st.composite
def pause_lists(draw, received):
    """Up to three pauses in order, touching or apart, the last one perhaps open."""
    pauses, moment = [], received
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.one_of(st.just(moment), later(moment)))
        end = draw(st.one_of(st.none(), st.just(start), later(start), later(start), later(start)))
        pauses.append((start, end))
        if end is None:
            break
        moment = end
    return pauses


def later(moment):
    """A moment up to eight days on, at one of the awkward times of day, or some half minutes on."""
    same_clock = st.builds(lambda n, clock: max(moment, datetime.combine(moment.date() + timedelta(days=n), clock)),
                           st.integers(0, 8), st.sampled_from(CLOCKS))
    return st.one_of(same_clock, st.builds(lambda n: moment + timedelta(seconds=30 * n), st.integers(0, 1500)))


@st.composite
def cases(draw):
    received = draw(moments)
    return received, draw(pause_lists(received)), draw(channels)


@st.composite
def half_days(draw):
    """Some working weekdays that end early."""
    found = draw(st.lists(st.tuples(days, st.sampled_from([time(11, 30), time(11), time(15), time(16)])), max_size=3))
    normal = oracle.Days()
    return {day: ends for day, ends in found if normal.works(day) and day.isoweekday() < 6}


def calendar_with(half):
    if not half:
        return shipped_calendar()
    years = read_file(SHIPPED)
    extra = [SpecialDay(day, DayKind.HALF_DAY, "Nửa ngày", ends) for day, ends in half.items()]
    return WorkingCalendar({year.year: year.confirmed for year in years}, [*(d.special() for y in years for d in y.days), *extra])


def agree(case, half, value, unit, clock_hours=False, cutoff=None):
    """Product and oracle give the same answer, or both refuse; then the trace fits the answer."""
    received, pauses, channel = case
    calendar, naive = calendar_with(half), oracle.Days(half)
    spans = [PauseSpan(start, end) for start, end in pauses]
    limit = TimeLimit(value, unit, clock_hours, cutoff)
    moved = channel == "online" and not clock_hours
    if pauses and pauses[0][0] < (naive.open_from(received) if moved else received):
        with pytest.raises(CannotPromise):
            due(received, limit, calendar, pauses=spans, channel=channel)
        return
    try:
        expected = oracle.due(naive, received, value, unit, clock_hours=clock_hours, cutoff=cutoff, channel=channel, pauses=pauses)
    except oracle.Refused:
        with pytest.raises(CannotPromise):
            due(received, limit, calendar, pauses=spans, channel=channel)
        return
    promise = due(received, limit, calendar, pauses=spans, channel=channel)
    found = promise.due_at.replace(tzinfo=None) if promise.due_at else None
    assert found == expected
    check_trace(promise, value, unit)


def check_trace(promise, value, unit):
    rows = promise.trace
    assert rows
    assert [row.date for row in rows] == sorted(row.date for row in rows)
    assert [row.total for row in rows] == sorted(row.total for row in rows)
    assert all(row.why for row in rows)
    if promise.due_at is None:
        assert not rows[-1].counted and rows[-1].start is not None and rows[-1].end is None
        assert "Đang tạm dừng" in explain(promise)[-1] or promise.unconfirmed
        return
    assert rows[-1].date == promise.due_at.date()
    assert rows[-1].end == promise.due_at.time()
    told = " ".join(explain(promise))
    assert say_time(promise.due_at.time()) in told and f"{promise.due_at:%d/%m/%Y}" in told
    if unit in {"working_day", "day"}:
        assert sum(row.counted for row in rows) == value
        from_receipt = [row.date for row in rows if row.why != reasons.FILED_ONLINE_CLOSED]
        assert len(from_receipt) == len(set(from_receipt))
    if unit == "hour":
        assert rows[-1].total == value


@given(cases(), half_days(), st.integers(1, 45), cutoffs)
@thorough
def test_working_days_agree_with_the_oracle(case, half, value, cutoff):
    agree(case, half, value, "working_day", cutoff=cutoff)


@given(cases(), half_days(), st.integers(1, 60), cutoffs)
@thorough
def test_calendar_days_agree_with_the_oracle(case, half, value, cutoff):
    agree(case, half, value, "day", cutoff=cutoff)


@given(cases(), half_days(), cutoffs)
@thorough
def test_same_day_limits_agree_with_the_oracle(case, half, cutoff):
    agree(case, half, None, "immediate", cutoff=cutoff)


@given(cases(), half_days(), st.integers(1, 20))
@settings(max_examples=40, deadline=None, database=None)
def test_working_hours_agree_with_the_oracle(case, half, value):
    agree(case, half, value, "hour")


@given(cases(), st.integers(1, 72))
@settings(max_examples=40, deadline=None, database=None)
def test_clock_hours_agree_with_the_oracle(case, value):
    agree(case, {}, value, "hour", clock_hours=True)


@given(moments, st.integers(1, 30), st.sampled_from(["working_day", "day", "hour"]))
@thorough
def test_a_longer_limit_is_never_due_earlier(received, value, unit):
    calendar = shipped_calendar()
    shorter = due(received, TimeLimit(value, unit), calendar).due_at
    assert shorter <= due(received, TimeLimit(value + 1, unit), calendar).due_at


@given(cases(), st.integers(1, 30), st.sampled_from(["working_day", "day", "hour"]))
@thorough
def test_a_pause_never_makes_the_date_earlier(case, value, unit):
    received, pauses, _ = case
    calendar = shipped_calendar()
    try:
        paused = due(received, TimeLimit(value, unit), calendar, pauses=[PauseSpan(*pause) for pause in pauses]).due_at
    except CannotPromise:
        return
    assert paused is None or paused >= due(received, TimeLimit(value, unit), calendar).due_at
