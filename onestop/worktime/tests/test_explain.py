import json
from datetime import date, datetime

import pytest
from django.utils.translation import override

from onestop.worktime import reasons
from onestop.worktime.calendar import SpecialDay
from onestop.worktime.calendar_file import SHIPPED, read_file, shipped_calendar
from onestop.worktime.explain import explain
from onestop.worktime.limits import PauseSpan, TimeLimit, due


def promise_of(received, value, unit, *, pauses=(), channel="counter", clock_hours=False, cutoff=None):
    at = datetime.fromisoformat
    spans = [PauseSpan(at(start), at(end) if end else None, *kind) for start, end, *kind in pauses]
    limit = TimeLimit(value, unit, clock_hours, at(f"2026-01-01T{cutoff}").time() if cutoff else None)
    return due(at(received), limit, shipped_calendar(), pauses=spans, channel=channel)


def test_a_few_working_days():
    assert explain(promise_of("2026-11-20T09:00", 3, "working_day")) == [
        "Ngày tiếp nhận thứ Sáu, 20/11/2026 không tính.",
        "Thứ Bảy, Chủ nhật không tính: 21/11–22/11/2026.",
        "24/11/2026: nghỉ lễ Ngày Văn hóa Việt Nam, không tính.",
        "Đủ 3 ngày làm việc: hẹn trả lúc 17:00 thứ Năm, 26/11/2026.",
    ]


def test_many_weekends_are_counted_and_long_holidays_are_one_sentence():
    assert explain(promise_of("2026-02-06T09:00", 20, "working_day")) == [
        "Ngày tiếp nhận thứ Sáu, 06/02/2026 không tính.",
        "10 ngày thứ Bảy, Chủ nhật không tính.",
        "16/02–20/02/2026: nghỉ lễ Tết Nguyên đán, không tính.",
        "Đủ 20 ngày làm việc: hẹn trả lúc 17:00 thứ Sáu, 13/03/2026.",
    ]


def test_a_swapped_saturday():
    assert explain(promise_of("2026-08-21T09:00", 1, "working_day")) == [
        "Ngày tiếp nhận thứ Sáu, 21/08/2026 không tính.",
        "Ngày thứ Bảy, 22/08/2026 là ngày làm việc bù nên được tính.",
        "Đủ 1 ngày làm việc: hẹn trả lúc 17:00 thứ Bảy, 22/08/2026.",
    ]


def test_calendar_days_with_a_moved_end():
    assert explain(promise_of("2026-11-14T09:00", 10, "day")) == [
        "Ngày tiếp nhận thứ Bảy, 14/11/2026 không tính.",
        "Ngày cuối thứ Ba, 24/11/2026 là ngày nghỉ nên chuyển sang ngày làm việc tiếp theo.",
        "Hẹn trả lúc 17:00 thứ Tư, 25/11/2026.",
    ]


def test_online_filing_out_of_hours():
    assert explain(promise_of("2026-11-20T20:00", 1, "working_day", channel="online"))[0] == (
        "Nộp trực tuyến lúc 20:00 thứ Sáu, 20/11/2026, ngoài giờ làm việc, nên tính là tiếp nhận lúc 07:30 thứ Hai, 23/11/2026."
    )


def test_same_day_after_the_cut_off():
    assert explain(promise_of("2026-11-25T15:05", None, "immediate")) == [
        "Tiếp nhận sau 15:00 thứ Tư, 25/11/2026 nên tính sang ngày làm việc tiếp theo.",
        "Hẹn trả trong ngày làm việc tiếp theo: lúc 17:00 thứ Năm, 26/11/2026.",
    ]


def test_same_day_in_time():
    assert explain(promise_of("2026-11-25T10:05", None, "immediate")) == ["Trả trong ngày: lúc 17:00 thứ Tư, 25/11/2026."]


def test_a_cut_off_on_days():
    assert explain(promise_of("2026-12-01T15:30", 1, "working_day", cutoff="15:00")) == [
        "Tiếp nhận sau 15:00 thứ Ba, 01/12/2026 nên tính sang ngày làm việc tiếp theo.",
        "Ngày thứ Tư, 02/12/2026 được tính là ngày tiếp nhận.",
        "Đủ 1 ngày làm việc: hẹn trả lúc 17:00 thứ Năm, 03/12/2026.",
    ]


def test_a_pause_for_papers():
    pauses = [("2026-12-02T10:00", "2026-12-04T09:00", "supplement")]
    assert explain(promise_of("2026-12-01T09:00", 2, "working_day", pauses=pauses)) == [
        "Ngày tiếp nhận thứ Ba, 01/12/2026 không tính.",
        "Thứ Bảy, Chủ nhật không tính: 05/12–06/12/2026.",
        "03/12/2026: chờ bổ sung giấy tờ, không tính.",
        "Ngày nhận giấy tờ bổ sung thứ Sáu, 04/12/2026 không tính.",
        "Đủ 2 ngày làm việc: hẹn trả lúc 17:00 thứ Hai, 07/12/2026.",
    ]


def test_an_open_pause():
    assert explain(promise_of("2026-12-01T09:00", 2, "working_day", pauses=[("2026-12-02T10:00", None, "payment")])) == [
        "Ngày tiếp nhận thứ Ba, 01/12/2026 không tính.",
        "Đang tạm dừng từ 10:00 thứ Tư, 02/12/2026 (chờ nộp phí, lệ phí); khi hết tạm dừng sẽ có ngày hẹn.",
    ]


def test_nothing_left_after_a_pause():
    assert explain(promise_of("2026-12-01T09:00", 1, "working_day", pauses=[("2026-12-02T10:00", "2026-12-03T09:00")]))[-1] == (
        "Khi hết tạm dừng, thời hạn đã dùng hết nên hẹn trả lúc 17:00 thứ Sáu, 04/12/2026."
    )


def test_hours_with_a_pause_within_a_day_and_over_days():
    assert explain(promise_of("2026-12-01T08:00", 2, "hour", pauses=[("2026-12-01T09:00", "2026-12-01T10:00")])) == [
        "Từ 09:00 đến 10:00 ngày 01/12/2026: tạm dừng tính thời hạn, không tính.",
        "Đủ 2 giờ làm việc: hẹn trả lúc 11:00 thứ Ba, 01/12/2026.",
    ]
    assert explain(promise_of("2026-12-01T08:00", 2, "hour", pauses=[("2026-12-01T09:00", "2026-12-02T10:00")]))[0] == (
        "Từ 09:00 thứ Ba, 01/12/2026 đến 10:00 thứ Tư, 02/12/2026: tạm dừng tính thời hạn, không tính."
    )


def test_clock_hours():
    assert explain(promise_of("2026-12-01T20:00", 12, "hour", clock_hours=True)) == ["Đủ 12 giờ: hẹn trả lúc 08:00 thứ Tư, 02/12/2026."]


def test_a_year_not_yet_announced():
    assert explain(promise_of("2027-02-03T09:00", 1, "working_day"))[-3:] == [
        "09/02–10/02/2027: nghỉ bù Tết Nguyên đán (dự kiến), không tính.",
        "Đủ 1 ngày làm việc: hẹn trả lúc 17:00 thứ Năm, 11/02/2027.",
        "Lịch nghỉ năm 2027 chưa được công bố chính thức.",
    ]


def test_nothing_to_tell_without_a_limit():
    assert explain(promise_of("2026-12-01T20:00", None, "working_day")) == []
    assert explain([]) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_stored_trace_tells_the_same_as_the_fresh_promise(language):
    promise = promise_of("2027-02-03T09:00", 9, "day", pauses=[("2027-02-11T09:00", "2027-02-12T09:00")])
    with override(language):
        assert explain(json.loads(json.dumps(promise.trace_json()))) == explain(promise)


def test_every_name_of_the_shipped_calendar_is_known_to_the_catalogues():
    off = {day.name for year in read_file(SHIPPED) for day in year.days if day.kind != "swapped_working_day"}
    assert off <= set(reasons.CALENDAR_NAMES)


def test_a_doubt_about_a_year_is_not_repeated_once_it_is_announced():
    promise = promise_of("2026-12-30T09:00", 3, "working_day")
    doubt = "Lịch nghỉ năm 2027 chưa được công bố chính thức."
    assert explain(promise, announced=lambda year: False)[-1] == doubt
    assert doubt not in explain(promise, announced=lambda year: year == 2027)


def test_a_local_closure_is_told_with_its_cause():
    calendar = shipped_calendar().overlaid([SpecialDay(date(2026, 12, 7), "local_closure", "Tránh bão số 9")], version="0+1")
    promise = due(datetime.fromisoformat("2026-12-04T09:00"), TimeLimit(1, "working_day"), calendar)
    assert "07/12/2026: cơ quan tạm nghỉ (Tránh bão số 9), không tính." in explain(promise)
    with override("en"):
        assert "07/12/2026: office closed (Tránh bão số 9), not counted." in explain(promise)
