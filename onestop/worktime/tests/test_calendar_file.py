import copy
import json

import pytest

from onestop.worktime.calendar_file import SHIPPED, BadCalendar, calendar_of, read_file, read_years, shipped_calendar

NO_DATE = "năm 2028, non_working_days: có dòng thiếu “date” hoặc ngày không đúng dạng 2026-11-24"


def year(**changes):
    """A small right year: one holiday, one swap, one half day."""
    source = {"source": ["Thông báo 1/TB"], "confidence": "high"}
    return {
        "year": 2028,
        "status": "official",
        "non_working_days": [
            {"date": "2028-09-01", "kind": "public_holiday", "name_vi": "Quốc khánh", **source},
            {"date": "2028-05-02", "kind": "swapped_day_off", "name_vi": "Nghỉ hoán đổi", "swapped_with": "2028-05-06", **source},
        ],
        "swapped_working_days": [
            {"date": "2028-05-06", "kind": "swapped_working_day", "name_vi": "Làm bù", "swapped_with": "2028-05-02", **source},
        ],
        "half_days": [{"date": "2028-12-29", "kind": "half_day", "name_vi": "Chiều nghỉ", "ends_at": "11:30", **source}],
        **changes,
    }


def problems_of(content):
    with pytest.raises(BadCalendar) as caught:
        read_years(content)
    return caught.value.problems


def changed(section, number, **changes):
    """The small year with one row changed; None takes a key away."""
    entry = copy.deepcopy(year())
    row = entry[section][number]
    row.update(changes)
    for key in [key for key, value in row.items() if value is None]:
        del row[key]
    return {"years": [entry]}


def test_a_right_year_is_read():
    (read,) = read_years({"years": [year()]})
    assert [(str(day.date), day.kind, str(day.ends_at)) for day in read.days] == [
        ("2028-05-02", "swapped_day_off", "None"),
        ("2028-05-06", "swapped_working_day", "None"),
        ("2028-09-01", "public_holiday", "None"),
        ("2028-12-29", "half_day", "11:30:00"),
    ]
    assert read.confirmed


def test_the_shipped_file_has_the_official_days_of_nine_years():
    years = read_file(SHIPPED)
    assert [y.year for y in years] == list(range(2019, 2028))
    assert [y.confirmed for y in years] == [True] * 8 + [False]
    saturdays = [str(day.date) for y in years for day in y.days if day.kind == "swapped_working_day"]
    assert saturdays == ["2019-01-05", "2019-05-04", "2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22"]
    assert sum(len(y.days) for y in years) == 131
    assert all(day.decision and day.confidence for y in years for day in y.days)
    assert sum(day.provisional for y in years for day in y.days) == 7
    assert shipped_calendar().version == "0"


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "calendar.json"
    path.write_text(json.dumps({"years": [year()]}), encoding="utf-8-sig")
    assert read_file(path)[0].year == 2028


@pytest.mark.parametrize("content", [[], {}, {"years": []}, {"years": {}}, "2028", None, 5])
def test_a_file_without_years_is_refused(content):
    assert problems_of(content) == ["phải có danh sách “years” không rỗng"]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("2028", "years[1]: “year” phải là số năm từ 2000 đến 2100"),
        (year(year="2028"), "years[1]: “year” phải là số năm từ 2000 đến 2100"),
        (year(year=True), "years[1]: “year” phải là số năm từ 2000 đến 2100"),
        (year(year=20260), "years[1]: “year” phải là số năm từ 2000 đến 2100"),
        (year(status="final"), "năm 2028: “status” phải là official hoặc provisional"),
        (year(status=["official"]), "năm 2028: “status” phải là official hoặc provisional"),
        (year(weekday_days_off=9), "năm 2028: ghi 9 ngày nghỉ từ thứ Hai đến thứ Sáu, trong danh sách có 2"),
        (year(notes="x"), "năm 2028: “notes” phải là danh sách câu chữ"),
        (year(half_days=None), "năm 2028: thiếu danh sách “half_days”"),
        (year(half_days=[5]), "năm 2028, half_days: có dòng thiếu “date” hoặc ngày không đúng dạng 2026-11-24"),
    ],
)
def test_a_bad_year_is_named(entry, problem):
    assert problems_of({"years": [entry]}) == [problem]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (changed("non_working_days", 0, date="2028-02-30"), NO_DATE),
        (changed("non_working_days", 0, date="01/09/2028"), NO_DATE),
        (changed("non_working_days", 0, date="2029-09-03"), "2029-09-03: nằm trong danh sách của năm 2028"),
        (changed("non_working_days", 0, weekday="Mon"), "2028-09-01: là Fri, tệp ghi Mon"),
        (changed("non_working_days", 0, name_vi=" "), "2028-09-01: thiếu tên ngày (“name_vi”)"),
        (changed("non_working_days", 0, source=[]), "2028-09-01: thiếu văn bản làm căn cứ (“source”)"),
        (changed("non_working_days", 0, source="x"), "2028-09-01: thiếu văn bản làm căn cứ (“source”)"),
        (changed("non_working_days", 0, confidence="sure"), "2028-09-01: “confidence” phải là một trong high, medium, low"),
        (changed("non_working_days", 0, confidence=["high"]), "2028-09-01: “confidence” phải là một trong high, medium, low"),
        (changed("non_working_days", 0, provisional=True), "2028-09-01: ngày dự kiến trong năm đã ghi là official"),
        (changed("non_working_days", 0, provisional="yes"), "2028-09-01: “provisional” phải là true hoặc false"),
        (changed("non_working_days", 0, ends_at="11:30"), "2028-09-01: “ends_at” phải là giờ như 11:30 của một ngày có làm việc"),
        (changed("half_days", 0, ends_at="25:00"), "2028-12-29: nửa ngày phải ghi giờ kết thúc (“ends_at”)"),
        (changed("half_days", 0, ends_at=None), "2028-12-29: nửa ngày phải ghi giờ kết thúc (“ends_at”)"),
        (changed("half_days", 0, date="2028-12-30"), "2028-12-30: loại “half_day” không thể rơi vào cuối tuần"),
        (changed("half_days", 0, date="2028-09-01"), "2028-09-01: có hai dòng cho một ngày"),
    ],
)
def test_a_bad_day_is_named(content, problem):
    assert problem in problems_of(content)


@pytest.mark.parametrize("kind", ["swapped_working_day", "holiday", None, ["public_holiday"]])
def test_a_day_must_be_of_a_kind_of_its_list(kind):
    assert problems_of(changed("non_working_days", 0, kind=kind))[0] == (
        "2028-09-01: “kind” của non_working_days phải là một trong compensatory_day_off, public_holiday, swapped_day_off"
    )


def test_both_halves_of_a_swap_must_name_each_other():
    assert problems_of(changed("swapped_working_days", 0, swapped_with="2028-05-03")) == [
        "2028-05-02: ngày hoán đổi 2028-05-06 không có dòng tương ứng",
        "2028-05-06: ngày hoán đổi 2028-05-03 không có dòng tương ứng",
    ]
    assert problems_of(changed("swapped_working_days", 0, swapped_with=None)) == [
        "2028-05-06: thiếu ngày hoán đổi (“swapped_with”)",
        "2028-05-02: ngày hoán đổi 2028-05-06 không có dòng tương ứng",
    ]


def test_the_other_half_of_a_swap_may_lie_in_a_year_outside_the_file():
    entry = year(swapped_working_days=[], weekday_days_off=2)
    entry["non_working_days"][1]["swapped_with"] = "2029-01-06"
    assert len(read_years({"years": [entry]})[0].days) == 3


def test_a_worked_day_off_must_be_a_weekend():
    assert "2028-05-05: ngày làm bù phải là thứ Bảy hoặc Chủ nhật" in problems_of(changed("swapped_working_days", 0, date="2028-05-05"))


def test_all_faults_are_told_at_once():
    entry = changed("non_working_days", 0, name_vi="", confidence="?")["years"][0]
    assert len(problems_of({"years": [entry, year(), "x"]})) == 4


def test_a_file_that_is_no_json_is_refused(tmp_path):
    path = tmp_path / "calendar.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(BadCalendar, match="không phải JSON"):
        read_file(path)
    with pytest.raises(BadCalendar, match="không mở được tệp"):
        read_file(tmp_path / "missing.json")


def test_a_half_day_of_the_file_ends_the_working_day():
    calendar = calendar_of(read_years({"years": [year()]}), version="7")
    day = read_years({"years": [year()]})[0].days[-1].date
    assert (calendar.is_working(day), str(calendar.ends_early_at(day)), calendar.version) == (True, "11:30:00", "7")
