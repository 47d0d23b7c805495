from datetime import date, datetime, time

import pytest

from onestop.worktime.calendar import CannotPromise, DayKind, SpecialDay, WorkingCalendar
from onestop.worktime.calendar_file import shipped_calendar
from onestop.worktime.hours import LOCAL, OpeningHours, OpeningSession
from onestop.worktime.limits import PauseSpan, TimeLimit, arrival, due, say_limit


def moment(text):
    """'20/11 15:30' of 2026 (or with a year: '31/12/2025 09:00'), local."""
    day, clock = text.split(" ")
    parts = [int(part) for part in day.split("/")]
    year = parts[2] if len(parts) == 3 else 2026
    return datetime.combine(date(year, parts[1], parts[0]), time.fromisoformat(clock), tzinfo=LOCAL)


def spans(*pauses):
    return [PauseSpan(moment(start), moment(end) if end else None) for start, end in pauses]


def due_at(received, value, unit, *, pauses=(), channel="counter", cutoff=None, clock_hours=False, calendar=None, hours=None):
    limit = TimeLimit(value, unit, clock_hours, time.fromisoformat(cutoff) if cutoff else None)
    more = {"hours": hours} if hours else {}
    return due(moment(received), limit, calendar or shipped_calendar(), pauses=spans(*pauses), channel=channel, **more).due_at


@pytest.mark.parametrize(
    ("received", "value", "unit", "day"),
    [
        ("20/11 09:00", 1, "working_day", "23/11"),
        ("20/11 09:00", 3, "working_day", "26/11"),
        ("20/11 09:00", 5, "working_day", "30/11"),
        ("20/11 09:00", 15, "working_day", "14/12"),
        ("23/11 09:00", 1, "working_day", "25/11"),
        ("13/2 09:00", 3, "working_day", "25/2"),
        ("24/4 09:00", 5, "working_day", "6/5"),
        ("21/8 09:00", 1, "working_day", "22/8"),
        ("28/8 09:00", 2, "working_day", "4/9"),
        ("31/12/2025 09:00", 3, "working_day", "7/1"),
        ("9/1 09:00", 1, "working_day", "10/1"),
        ("14/11 09:00", 10, "day", "25/11"),
        ("10/2 09:00", 7, "day", "23/2"),
        ("16/4 09:00", 10, "day", "28/4"),
        ("20/11 09:00", 15, "day", "7/12"),
        ("20/11 09:00", 30, "day", "21/12"),
        ("20/11 14:59", None, "immediate", "20/11"),
        ("20/11 15:05", None, "immediate", "23/11"),
    ],
)
def test_the_vectors_of_the_domain_reference(received, value, unit, day):
    assert due_at(received, value, unit) == moment(f"{day} 17:00")


@pytest.mark.parametrize("clock", ["00:00", "07:30", "12:00", "16:59:59", "17:00", "23:59:59"])
def test_at_the_counter_the_real_day_of_receipt_counts_at_every_hour(clock):
    assert due_at(f"20/11 {clock}", 1, "working_day") == moment("23/11 17:00")
    assert due_at(f"20/11 {clock}", 1, "working_day", channel="post") == moment("23/11 17:00")


@pytest.mark.parametrize(
    ("received", "day"),
    [
        ("14/12", "16/12"), ("15/12", "17/12"), ("16/12", "18/12"), ("17/12", "21/12"),
        ("18/12", "22/12"), ("19/12", "22/12"), ("20/12", "22/12"),
    ],
)
def test_two_working_days_from_every_weekday(received, day):
    assert due_at(f"{received} 10:00", 2, "working_day") == moment(f"{day} 17:00")


@pytest.mark.parametrize(
    ("received", "day"),
    [
        ("14/12", "16/12"), ("15/12", "17/12"), ("16/12", "18/12"), ("17/12", "21/12"),
        ("18/12", "21/12"), ("19/12", "21/12"), ("20/12", "22/12"),
    ],
)
def test_two_calendar_days_from_every_weekday(received, day):
    assert due_at(f"{received} 10:00", 2, "day") == moment(f"{day} 17:00")


@pytest.mark.parametrize(
    ("filed", "day"),
    [
        ("20/11 16:59:59", "23/11"),
        ("20/11 17:00:00", "23/11"),  # the closing minute is inside
        ("20/11 17:00:01", "25/11"),  # received on Monday
        ("20/11 06:00", "23/11"),
        ("20/11 12:00", "23/11"),
        ("21/11 09:00", "25/11"),
        ("23/11 20:00", "26/11"),  # received on Wednesday, Tuesday being off
        ("21/8 18:00", "24/8"),  # received on the swapped Saturday
    ],
)
def test_filed_online_outside_opening_hours_is_received_at_the_next_opening_minute(filed, day):
    assert due_at(filed, 1, "working_day", channel="online") == moment(f"{day} 17:00")


def test_the_effective_receipt_is_part_of_the_promise():
    promise = due(moment("21/11 09:00"), TimeLimit(1, "working_day"), shipped_calendar(), channel="online")
    assert promise.received_at == moment("23/11 07:30")


def test_a_saturday_opening_of_the_desk_is_no_working_day():
    hours = OpeningHours([
        OpeningSession(weekday, time(8), time(12) if weekday == 5 else time(16), date(2026, 1, 1)) for weekday in range(6)
    ])
    assert due_at("20/11 09:00", 1, "working_day", hours=hours) == moment("23/11 16:00")
    assert due_at("21/11 09:00", 1, "working_day", hours=hours) == moment("23/11 16:00")
    assert due_at("21/11 09:00", 1, "working_day", channel="online", hours=hours) == moment("25/11 16:00")
    assert due_at("21/11 09:00", 2, "hour", hours=hours) == moment("23/11 10:00")
    assert due_at("21/11 09:00", None, "immediate", hours=hours) == moment("23/11 16:00")


# -- same day and cut-off ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "cutoff", "channel", "day"),
    [
        ("20/11 15:00:00", None, "counter", "20/11"),
        ("20/11 15:00:01", None, "counter", "23/11"),
        ("20/11 06:00", None, "counter", "20/11"),
        ("20/11 16:00", "16:30", "counter", "20/11"),
        ("20/11 11:00", "10:30", "counter", "23/11"),
        ("20/11 17:30", "18:00", "counter", "23/11"),  # in time for the cut-off, but the day has closed
        ("20/11 17:00:00", "17:00", "counter", "20/11"),
        ("21/11 09:00", None, "counter", "23/11"),
        ("21/11 16:00", None, "counter", "23/11"),
        ("23/11 15:30", None, "counter", "25/11"),
        ("21/8 15:30", None, "counter", "22/8"),
        ("22/8 10:00", None, "counter", "22/8"),
        ("22/8 16:00", None, "counter", "24/8"),
        ("20/11 15:30", None, "online", "23/11"),
        ("20/11 18:00", None, "online", "23/11"),
        ("21/11 16:00", None, "online", "23/11"),
        ("20/11 12:30", None, "online", "20/11"),
    ],
)
def test_a_same_day_limit(received, cutoff, channel, day):
    assert due_at(received, None, "immediate", cutoff=cutoff, channel=channel) == moment(f"{day} 17:00")


@pytest.mark.parametrize(
    ("received", "unit", "cutoff", "day"),
    [
        ("20/11 15:30", "working_day", None, "23/11"),
        ("20/11 15:00:00", "working_day", "15:00", "23/11"),
        ("20/11 15:00:01", "working_day", "15:00", "25/11"),
        ("20/11 15:30", "day", None, "23/11"),
        ("20/11 15:30", "day", "15:00", "25/11"),  # Monday is the day of receipt, Tuesday is off
        ("21/11 16:00", "working_day", "15:00", "25/11"),
        ("21/11 14:00", "working_day", "15:00", "23/11"),
    ],
)
def test_a_cut_off_moves_a_limit_in_days_only_where_the_version_sets_one(received, unit, cutoff, day):
    assert due_at(received, 1, unit, cutoff=cutoff) == moment(f"{day} 17:00")


def test_a_cut_off_does_not_touch_hours():
    assert due_at("20/11 15:30", 1, "hour", cutoff="15:00") == moment("20/11 16:30")


# -- hours -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "value", "channel", "end"),
    [
        ("20/11 08:00", 1, "counter", "20/11 09:00"),
        ("20/11 08:00:30", 1, "counter", "20/11 09:00:30"),
        ("20/11 10:30", 1, "counter", "20/11 11:30"),
        ("20/11 10:31", 1, "counter", "20/11 13:31"),
        ("20/11 12:00", 1, "counter", "20/11 14:30"),
        ("20/11 06:00", 1, "counter", "20/11 08:30"),
        ("20/11 16:30", 1, "counter", "23/11 08:00"),
        ("20/11 17:00:00", 1, "online", "23/11 08:30"),
        ("20/11 17:30", 1, "online", "23/11 08:30"),
        ("23/11 16:00", 2, "counter", "25/11 08:30"),
        ("20/11 07:30", 15, "counter", "23/11 17:00"),
        ("21/8 16:00", 2, "counter", "22/8 08:30"),
        ("21/11 09:00", 12, "post", "25/11 14:00"),
    ],
)
def test_working_hours_run_only_inside_opening_hours(received, value, channel, end):
    assert due_at(received, value, "hour", channel=channel) == moment(end)


@pytest.mark.parametrize(
    ("received", "channel", "end"),
    [
        ("20/11 08:00", "counter", "21/11 08:00"),
        ("20/11 22:15:10", "online", "21/11 22:15:10"),
        ("21/11 03:00", "online", "22/11 03:00"),
    ],
)
def test_clock_hours_run_from_the_real_moment_at_night_and_on_days_off(received, channel, end):
    assert due_at(received, 24, "hour", clock_hours=True, channel=channel) == moment(end)


# -- pauses: working days and calendar days ----------------------------------------------


@pytest.mark.parametrize(
    ("pauses", "day"),
    [
        # Received Tue 1/12, five working days: 2, 3, 4, 7, 8.
        ([], "8/12"),
        ([("3/12 10:00", "7/12 09:00")], "10/12"),  # used 2, 3; the 7th not counted; 8, 9, 10
        ([("1/12 10:00", "3/12 09:00")], "10/12"),  # asked on the day of receipt: nothing used
        ([("3/12 10:00", "3/12 15:00")], "8/12"),  # asked and answered on one day: the day is used
        ([("3/12 18:00", "4/12 09:00")], "9/12"),  # a request counts on its own day, after hours too
        ([("3/12 10:00", "3/12 17:00:00")], "8/12"),
        ([("3/12 10:00", "3/12 17:00:01")], "9/12"),  # arrives on the 4th
        ([("3/12 10:00", "5/12 09:00")], "10/12"),  # a Saturday answer arrives on Monday
        ([("3/12 10:00", "6/12 23:00")], "10/12"),
        ([("5/12 10:00", "7/12 09:00")], "9/12"),  # asked on a Saturday: 2, 3, 4 used
        ([("3/12 10:00", "4/12 09:00"), ("4/12 15:00", "8/12 09:00")], "11/12"),  # asked again on the day of the answer
        ([("3/12 10:00", "4/12 09:00"), ("4/12 09:00", "8/12 09:00")], "11/12"),  # at the same minute
        ([("3/12 10:00", "4/12 09:00"), ("7/12 15:00", "9/12 09:00")], "11/12"),  # used 2, 3, 7; then 10, 11
        ([("3/12 09:00", "3/12 10:00"), ("3/12 15:00", "7/12 09:00")], "10/12"),
        ([("4/12 18:00", "5/12 09:00"), ("6/12 09:00", "9/12 10:00")], "11/12"),  # asked again before the answer's opening minute
        ([("8/12 10:00", "10/12 09:00")], "11/12"),  # no day left at the arrival
        ([("8/12 10:00", "11/12 09:00")], "14/12"),
        ([("8/12 09:00", "8/12 10:00")], "9/12"),  # the last day is used, so none is left
        ([("8/12 17:00:00", "10/12 09:00")], "11/12"),  # at the due time it has not passed
        ([("8/12 17:00:01", "10/12 09:00")], "8/12"),  # it has passed: nothing changes
        ([("9/12 08:00", None)], "8/12"),
        ([("8/12 10:00", "10/12 09:00"), ("11/12 10:00", "14/12 09:00")], "15/12"),  # again nothing left
        ([("8/12 10:00", "10/12 09:00"), ("11/12 18:00", None)], "11/12"),
    ],
)
def test_pauses_in_working_days(pauses, day):
    assert due_at("1/12 09:00", 5, "working_day", pauses=pauses) == moment(f"{day} 17:00")


@pytest.mark.parametrize(
    ("pauses", "day"),
    [
        # Received Tue 1/12, ten days: Friday the 11th.
        ([], "11/12"),
        ([("3/12 10:00", "8/12 09:00")], "16/12"),  # used 2, 3; 9 to 16
        ([("3/12 10:00", "5/12 09:00")], "15/12"),  # arrives Monday the 7th; 8 to 15
        ([("6/12 10:00", "6/12 11:00")], "14/12"),  # a Sunday: arrives on Monday, which is not counted; the 12th is a Saturday
        ([("3/12 10:00", "4/12 09:00")], "14/12"),  # the 12th is a Saturday
        ([("11/12 10:00", "11/12 11:00")], "14/12"),
        ([("11/12 17:30", None)], "11/12"),
    ],
)
def test_pauses_in_calendar_days(pauses, day):
    assert due_at("1/12 09:00", 10, "day", pauses=pauses) == moment(f"{day} 17:00")


@pytest.mark.parametrize(
    ("pauses", "day"),
    [
        # Received Fri 4/12, eight days: Saturday the 12th, hence Monday the 14th.
        ([("12/12 10:00", "15/12 09:00")], "16/12"),
        ([("14/12 10:00", "15/12 09:00")], "16/12"),
        ([("14/12 17:30", "15/12 09:00")], "14/12"),
    ],
)
def test_a_request_while_the_last_calendar_day_is_moved_leaves_nothing(pauses, day):
    assert due_at("4/12 09:00", 8, "day", pauses=pauses) == moment(f"{day} 17:00")


def test_a_pause_before_a_cut_off_has_moved_the_day_of_receipt_uses_nothing():
    # Received Fri 4/12 after the cut-off: Monday the 7th is the day of receipt.
    pauses = [("4/12 16:00", "7/12 09:00")]
    assert due_at("4/12 15:30", 2, "working_day", cutoff="15:00", pauses=pauses) == moment("9/12 17:00")


def test_while_a_pause_is_open_there_is_no_due_time_but_a_reason():
    promise = due(moment("1/12 09:00"), TimeLimit(5, "working_day"), shipped_calendar(), pauses=spans(("3/12 10:00", None)))
    assert promise.due_at is None
    assert promise.reason == "Đang tạm dừng từ 10:00 ngày 03/12/2026: chưa có ngày hẹn, thời hạn tính tiếp khi hết tạm dừng."


# -- pauses: hours and same day ----------------------------------------------------------


@pytest.mark.parametrize(
    ("pauses", "end"),
    [
        # Received Tue 1/12 08:00, four hours: 14:00.
        ([], "1/12 14:00"),
        ([("1/12 09:00", "1/12 10:00")], "1/12 15:00"),
        ([("1/12 11:00", "1/12 14:00")], "1/12 15:00"),  # the lunch break is no working time anyhow
        ([("1/12 12:00", "1/12 13:00")], "1/12 14:00"),
        ([("1/12 09:00", "1/12 20:00")], "2/12 10:30"),  # arrives at the next opening minute
        ([("1/12 09:00:30", "1/12 09:00:45")], "1/12 14:00:15"),
        ([("1/12 09:00", "1/12 10:00"), ("1/12 10:00", "1/12 11:00")], "1/12 16:00"),
        ([("1/12 14:00:01", "2/12 09:00")], "1/12 14:00"),
        ([("1/12 14:00:00", "2/12 09:00")], "2/12 09:00"),  # not passed yet; waiting is removed, nothing is left
        ([("1/12 15:00", None)], "1/12 14:00"),
    ],
)
def test_waiting_is_removed_from_working_hours(pauses, end):
    assert due_at("1/12 08:00", 4, "hour", pauses=pauses) == moment(end)


@pytest.mark.parametrize(
    ("pauses", "end"),
    [
        ([("1/12 20:00", "2/12 09:00")], "2/12 21:00"),
        ([("1/12 20:00", "2/12 05:00")], "2/12 19:30"),  # the answer arrives when the desk opens
    ],
)
def test_waiting_is_removed_from_clock_hours(pauses, end):
    assert due_at("1/12 08:00", 24, "hour", clock_hours=True, pauses=pauses) == moment(end)


@pytest.mark.parametrize(
    ("pauses", "day"),
    [
        ([("1/12 09:00", "1/12 10:00")], "1/12"),
        ([("1/12 09:00", "1/12 15:00:00")], "1/12"),
        ([("1/12 09:00", "1/12 15:00:01")], "2/12"),
        ([("1/12 09:00", "1/12 19:00")], "2/12"),
        ([("1/12 09:00", "4/12 15:30")], "7/12"),
        ([("1/12 09:00", "5/12 09:00")], "7/12"),
        ([("1/12 17:00:01", "4/12 10:00")], "1/12"),
    ],
)
def test_a_same_day_limit_starts_anew_at_the_answer(pauses, day):
    assert due_at("1/12 08:00", None, "immediate", pauses=pauses) == moment(f"{day} 17:00")


# -- half days ---------------------------------------------------------------------------


def with_half_day(day, ends):
    return WorkingCalendar({2026: True}, [SpecialDay(day, DayKind.HALF_DAY, "Chiều nghỉ", ends)])


@pytest.mark.parametrize(
    ("received", "value", "unit", "end"),
    [
        ("3/12 09:00", 1, "working_day", "4/12 11:30"),
        ("3/12 09:00", 1, "day", "4/12 11:30"),
        ("4/12 09:00", None, "immediate", "4/12 11:30"),
        ("4/12 11:30:00", None, "immediate", "4/12 11:30"),
        ("4/12 14:00", None, "immediate", "7/12 17:00"),
        ("4/12 10:30", 2, "hour", "7/12 08:30"),
    ],
)
def test_a_half_day_ends_where_its_row_says(received, value, unit, end):
    assert due_at(received, value, unit, calendar=with_half_day(date(2026, 12, 4), time(11, 30))) == moment(end)


def test_filed_online_on_the_closed_half_of_a_day_is_received_on_the_next_one():
    calendar = with_half_day(date(2026, 12, 4), time(11, 30))
    assert due_at("4/12 14:00", 1, "working_day", channel="online", calendar=calendar) == moment("8/12 17:00")


# -- no promise --------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [None, TimeLimit(None, "working_day"), TimeLimit(None, "hour")])
def test_without_a_limit_there_is_no_date_but_a_reason(limit):
    promise = due(moment("20/11 09:00"), limit, shipped_calendar())
    assert (promise.due_at, promise.trace) == (None, ())
    assert promise.reason == "Thủ tục chưa có thời hạn giải quyết được công bố nên chưa hẹn được ngày trả."


@pytest.mark.parametrize("unit", ["working_day", "day", "hour"])
@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_of_nothing_or_less_is_refused(unit, value):
    with pytest.raises(CannotPromise, match="từ 1 trở lên"):
        due_at("20/11 09:00", value, unit)


@pytest.mark.parametrize("value", [1.5, "5", True])
def test_a_limit_must_be_a_whole_number(value):
    with pytest.raises(CannotPromise, match="số nguyên"):
        due_at("20/11 09:00", value, "working_day")


@pytest.mark.parametrize(("unit", "channel"), [("week", "counter"), ("working_day", "pigeon"), (None, "counter"), ("working_day", "")])
def test_an_unknown_unit_or_channel_is_refused(unit, channel):
    with pytest.raises(CannotPromise):
        due_at("20/11 09:00", 1, unit, channel=channel)


@pytest.mark.parametrize("unit", ["working_day", "day", "hour"])
@pytest.mark.parametrize("clock_hours", [False, True])
@pytest.mark.parametrize("value", [100_000, 10**40])
def test_a_date_beyond_the_calendar_is_refused(unit, clock_hours, value):
    with pytest.raises(CannotPromise, match="2027"):
        due_at("20/11 09:00", value, unit, clock_hours=clock_hours)


@pytest.mark.parametrize("received", ["3/1/2028 09:00", "31/12/2018 09:00"])
@pytest.mark.parametrize("channel", ["counter", "online"])
def test_a_receipt_outside_the_calendar_is_refused(received, channel):
    with pytest.raises(CannotPromise, match="ngoài lịch làm việc"):
        due_at(received, 1, "working_day", channel=channel)


@pytest.mark.parametrize(
    ("pauses", "sentence"),
    [
        ([("30/11 10:00", "3/12 09:00")], "thứ 1 bắt đầu trước khi tiếp nhận"),
        ([("3/12 10:00", "2/12 09:00")], "thứ 1 kết thúc trước khi bắt đầu"),
        ([("3/12 10:00", "7/12 09:00"), ("4/12 09:00", "8/12 09:00")], "thứ 2 chồng lên"),
        ([("7/12 10:00", "8/12 09:00"), ("2/12 09:00", "3/12 09:00")], "thứ 2 chồng lên"),
        ([("3/12 10:00", None), ("4/12 09:00", "8/12 09:00")], "thứ 2 chồng lên"),
        ([("9/12 10:00", None), ("10/12 09:00", "8/12 09:00")], "thứ 2"),
    ],
)
def test_pauses_before_the_receipt_overlapping_or_out_of_order_are_refused(pauses, sentence):
    with pytest.raises(CannotPromise, match=sentence):
        due_at("1/12 09:00", 5, "working_day", pauses=pauses)


def test_a_pause_before_the_effective_receipt_of_an_online_filing_is_refused():
    with pytest.raises(CannotPromise, match="trước khi tiếp nhận"):
        due_at("21/11 09:00", 5, "working_day", channel="online", pauses=[("21/11 10:00", "25/11 09:00")])


def test_an_answer_after_the_end_of_the_calendar_is_refused():
    with pytest.raises(CannotPromise):
        due_at("1/12/2027 09:00", 5, "working_day", pauses=[("2/12/2027 09:00", "4/1/2028 09:00")])


# -- the rest ----------------------------------------------------------------------------


def test_a_year_that_is_not_confirmed_may_be_used_and_the_promise_says_so():
    promise = due(moment("31/12 09:00"), TimeLimit(2, "working_day"), shipped_calendar())
    assert promise.due_at == moment("5/1/2027 17:00")
    assert promise.unconfirmed
    assert promise.trace[-1].why == "Ngày làm việc; lịch nghỉ của năm này chưa được công bố chính thức"
    assert not due(moment("30/12 09:00"), TimeLimit(1, "working_day"), shipped_calendar()).unconfirmed


def test_times_without_offset_are_local_and_others_are_converted():
    calendar, limit = shipped_calendar(), TimeLimit(None, "immediate")
    assert due(datetime.fromisoformat("2026-11-20T15:00:00"), limit, calendar).due_at == moment("20/11 17:00")
    assert due(datetime.fromisoformat("2026-11-20T08:00:00+00:00"), limit, calendar).due_at == moment("20/11 17:00")
    assert due(datetime.fromisoformat("2026-11-20T08:00:01+00:00"), limit, calendar).due_at == moment("23/11 17:00")
    assert due(datetime.fromisoformat("2026-11-20T23:30:00+00:00"), limit, calendar).due_at == moment("23/11 17:00")


def test_fractions_of_a_second_are_cut_off():
    received = datetime.fromisoformat("2026-11-20T15:00:00.900000")
    assert due(received, TimeLimit(None, "immediate"), shipped_calendar()).due_at == moment("20/11 17:00")


def test_an_answer_arrives_at_an_opening_minute():
    calendar = shipped_calendar()
    assert arrival(moment("21/11 09:00"), calendar) == moment("23/11 07:30")
    assert arrival(moment("20/11 17:00"), calendar) == moment("20/11 17:00")


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (TimeLimit(3, "working_day"), "3 ngày làm việc"),
        (TimeLimit(10, "day"), "10 ngày"),
        (TimeLimit(8, "hour"), "8 giờ làm việc"),
        (TimeLimit(24, "hour", True), "24 giờ"),
        (TimeLimit(None, "immediate"), "trong ngày làm việc"),
        (TimeLimit(None, "day"), "chưa có thời hạn"),
        (None, "chưa có thời hạn"),
    ],
)
def test_a_limit_in_words(limit, words):
    assert say_limit(limit) == words
