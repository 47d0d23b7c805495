from datetime import datetime

import pytest

from onestop.worktime.calendar_file import shipped_calendar
from onestop.worktime.limits import PauseSpan, TimeLimit, due


def rows_of(received, value, unit, *, pauses=(), **more):
    """The rows as (date, from, to, counted, why, total)."""
    keys = {name: more.pop(name) for name in ("clock_hours", "cutoff") if name in more}
    spans = [PauseSpan(at(start), at(end) if end else None, *kind) for start, end, *kind in pauses]
    promise = due(at(received), TimeLimit(value, unit, **keys), shipped_calendar(), pauses=spans, **more)
    return [tuple(row.values()) for row in promise.trace_json()]


def at(text):
    return datetime.fromisoformat(text)


def test_working_days_one_row_a_day():
    assert rows_of("2026-11-20T15:30", 3, "working_day") == [
        ("2026-11-20", "15:30", None, False, "Ngày tiếp nhận", 0),
        ("2026-11-21", None, None, False, "Thứ Bảy", 0),
        ("2026-11-22", None, None, False, "Chủ nhật", 0),
        ("2026-11-23", None, None, True, "Ngày làm việc", 1),
        ("2026-11-24", None, None, False, "Nghỉ lễ: Ngày Văn hóa Việt Nam", 1),
        ("2026-11-25", None, None, True, "Ngày làm việc", 2),
        ("2026-11-26", None, "17:00", True, "Ngày làm việc", 3),
    ]


def test_the_keys_of_a_row_are_those_of_the_contract():
    promise = due(at("2026-11-20T15:30"), TimeLimit(1, "working_day"), shipped_calendar())
    assert [list(row) for row in promise.trace_json()] == [["date", "from", "to", "counted", "why", "total"]] * 4


def test_a_swapped_saturday_is_counted_by_its_name():
    assert rows_of("2026-08-21T09:00", 1, "working_day") == [
        ("2026-08-21", "09:00", None, False, "Ngày tiếp nhận", 0),
        ("2026-08-22", None, "17:00", True, "Ngày làm việc bù", 1),
    ]


def test_a_moved_last_calendar_day_is_told_and_not_counted():
    assert rows_of("2026-11-23T09:00", 1, "day") == [
        ("2026-11-23", "09:00", None, False, "Ngày tiếp nhận", 0),
        ("2026-11-24", None, None, True, "Ngày liên tục, kể cả ngày nghỉ", 1),
        ("2026-11-25", None, "17:00", False, "Ngày cuối rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo", 1),
    ]


def test_online_filing_on_a_day_off_is_told_first():
    assert rows_of("2026-11-21T09:00", 1, "working_day", channel="online")[:3] == [
        ("2026-11-21", "09:00", None, False, "Nộp trực tuyến ngoài giờ làm việc", 0),
        ("2026-11-22", None, None, False, "Chủ nhật", 0),
        ("2026-11-23", "07:30", None, False, "Ngày tiếp nhận", 0),
    ]


def test_online_filing_in_the_lunch_break_has_its_own_interval():
    assert rows_of("2026-11-25T12:10:05", 1, "working_day", channel="online")[:2] == [
        ("2026-11-25", "12:10:05", "13:30", False, "Nộp trực tuyến ngoài giờ làm việc", 0),
        ("2026-11-25", "13:30", None, False, "Ngày tiếp nhận", 0),
    ]


def test_a_cut_off_on_days_names_the_day_taken_as_receipt():
    assert rows_of("2026-11-20T15:30", 1, "working_day", cutoff=at("2026-11-20T15:00").time()) == [
        ("2026-11-20", "15:30", None, False, "Tiếp nhận sau 15:00", 0),
        ("2026-11-21", None, None, False, "Thứ Bảy", 0),
        ("2026-11-22", None, None, False, "Chủ nhật", 0),
        ("2026-11-23", None, None, False, "Được tính là ngày tiếp nhận", 0),
        ("2026-11-24", None, None, False, "Nghỉ lễ: Ngày Văn hóa Việt Nam", 0),
        ("2026-11-25", None, "17:00", True, "Ngày làm việc", 1),
    ]


def test_waiting_days_and_the_day_of_the_answer_are_not_counted():
    assert rows_of("2026-12-01T09:00", 2, "working_day", pauses=[("2026-12-02T10:00", "2026-12-04T09:00", "supplement")]) == [
        ("2026-12-01", "09:00", None, False, "Ngày tiếp nhận", 0),
        ("2026-12-02", None, None, True, "Ngày làm việc", 1),
        ("2026-12-03", None, None, False, "Chờ bổ sung giấy tờ", 1),
        ("2026-12-04", None, None, False, "Ngày nhận giấy tờ bổ sung", 1),
        ("2026-12-05", None, None, False, "Thứ Bảy", 1),
        ("2026-12-06", None, None, False, "Chủ nhật", 1),
        ("2026-12-07", None, "17:00", True, "Ngày làm việc", 2),
    ]


@pytest.mark.parametrize("answered", ["2026-12-02T11:00", "2026-12-03T09:00"])
def test_when_no_day_is_left_the_extra_day_is_told_and_not_counted(answered):
    rows = rows_of("2026-12-01T09:00", 1, "working_day", pauses=[("2026-12-02T10:00", answered)])
    assert rows[-1][2:] == ("17:00", False, "Khi hết tạm dừng không còn ngày nào nên hẹn ngày làm việc tiếp theo", 1)


def test_an_open_pause_ends_the_trace_at_the_request():
    assert rows_of("2026-12-01T09:00", 2, "working_day", pauses=[("2026-12-02T10:00", None)]) == [
        ("2026-12-01", "09:00", None, False, "Ngày tiếp nhận", 0),
        ("2026-12-02", None, None, True, "Ngày làm việc", 1),
        ("2026-12-02", "10:00", None, False, "Tạm dừng tính thời hạn", 1),
    ]


def test_working_hours_one_row_a_session():
    assert rows_of("2026-11-20T15:30", 8, "hour", pauses=[("2026-11-23T08:00", "2026-11-23T10:30")]) == [
        ("2026-11-20", "15:30", "17:00", True, "Giờ làm việc", 1.5),
        ("2026-11-21", None, None, False, "Thứ Bảy", 1.5),
        ("2026-11-22", None, None, False, "Chủ nhật", 1.5),
        ("2026-11-23", "07:30", "08:00", True, "Giờ làm việc", 2),
        ("2026-11-23", "08:00", "10:30", False, "Tạm dừng tính thời hạn", 2),
        ("2026-11-23", "10:30", "11:30", True, "Giờ làm việc", 3),
        ("2026-11-23", "13:30", "17:00", True, "Giờ làm việc", 6.5),
        ("2026-11-24", None, None, False, "Nghỉ lễ: Ngày Văn hóa Việt Nam", 6.5),
        ("2026-11-25", "07:30", "09:00", True, "Giờ làm việc", 8),
    ]


def test_hours_received_outside_opening_hours_say_so():
    assert rows_of("2026-11-20T12:00", 1, "hour") == [
        ("2026-11-20", "12:00", None, False, "Ngoài giờ làm việc", 0),
        ("2026-11-20", "13:30", "14:30", True, "Giờ làm việc", 1),
    ]


def test_clock_hours_are_cut_at_midnight():
    assert rows_of("2026-11-20T22:30", 24, "hour", clock_hours=True) == [
        ("2026-11-20", "22:30", "24:00", True, "Giờ liên tục, kể cả đêm và ngày nghỉ", 1.5),
        ("2026-11-21", "00:00", "22:30", True, "Giờ liên tục, kể cả đêm và ngày nghỉ", 24),
    ]


def test_clock_hours_that_end_at_midnight_end_on_the_next_day():
    assert rows_of("2026-11-20T22:00", 2, "hour", clock_hours=True) == [
        ("2026-11-20", "22:00", "24:00", True, "Giờ liên tục, kể cả đêm và ngày nghỉ", 2),
        ("2026-11-21", "00:00", "00:00", False, "Giờ liên tục, kể cả đêm và ngày nghỉ", 2),
    ]


@pytest.mark.parametrize("clock_hours", [False, True])
def test_an_answer_that_finds_all_hours_used_is_told(clock_hours):
    rows = rows_of("2026-12-01T08:00", 1, "hour", clock_hours=clock_hours, pauses=[("2026-12-01T09:00", "2026-12-02T09:00")])
    assert rows[-1] == ("2026-12-02", "09:00", "09:00", False, "Khi hết tạm dừng thời hạn đã dùng hết", 1)


@pytest.mark.parametrize(
    ("received", "rows"),
    [
        ("2026-11-20T14:59", [("2026-11-20", "14:59", "17:00", True, "Trả trong ngày", 1)]),
        (
            "2026-11-23T15:05",
            [
                ("2026-11-23", "15:05", None, False, "Tiếp nhận sau 15:00", 0),
                ("2026-11-24", None, None, False, "Nghỉ lễ: Ngày Văn hóa Việt Nam", 0),
                ("2026-11-25", None, "17:00", True, "Trả trong ngày làm việc tiếp theo", 1),
            ],
        ),
    ],
)
def test_same_day_limits(received, rows):
    assert rows_of(received, None, "immediate") == rows


def test_a_same_day_limit_tells_its_pause():
    assert rows_of("2026-12-01T09:00", None, "immediate", pauses=[("2026-12-01T10:00", "2026-12-03T15:30")]) == [
        ("2026-12-01", "09:00", None, False, "Tạm dừng tính thời hạn", 0),
        ("2026-12-02", None, None, False, "Tạm dừng tính thời hạn", 0),
        ("2026-12-03", "15:30", None, False, "Hết tạm dừng sau 15:00", 0),
        ("2026-12-04", None, "17:00", True, "Trả trong ngày làm việc tiếp theo", 1),
    ]


def test_the_trace_is_worked_out_once():
    promise = due(at("2026-11-20T15:30"), TimeLimit(3, "working_day"), shipped_calendar())
    assert promise.trace is promise.trace
