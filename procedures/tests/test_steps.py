"""The steps of an internal process: how they are read, judged and added up."""

from dataclasses import replace

import pytest

from procedures.steps import (
    FIRST_ALONGSIDE,
    MOST_STEPS,
    Step,
    from_template,
    groups_of,
    limit_minutes,
    minutes_of,
    problem_of,
    problems_of,
    read_amount,
    read_steps,
    say_minutes,
    total_minutes,
)

DESK = Step("Tiếp nhận", "clerk", amount="10")
OFFICE = Step("Thẩm tra", "specialist", amount="60")
FIELD = Step("Xác minh", unit="Tổ kiểm tra", kind="field", amount="2", measure="hour", alongside=True)


@pytest.mark.parametrize(
    ("step", "limit", "minutes"),
    [
        (Step("x", "clerk", amount="10"), 1440, 144),
        (Step("x", "clerk", amount="33.33"), 1000, 333),
        (Step("x", "clerk", amount="0.5", measure="hour"), 1440, 30),
        (Step("x", "clerk", amount="1.5", measure="day"), 1440, 720),
        (Step("x", "clerk", amount="0"), 1440, 0),
    ],
)
def test_a_step_takes_its_share_or_its_own_time(step, limit, minutes):
    assert minutes_of(step, limit) == minutes


def test_a_day_is_as_long_as_the_desk_is_open_where_real_time_is_measured():
    assert minutes_of(Step("x", "clerk", amount="2", measure="day"), 0, day_minutes=450) == 900


def test_of_steps_that_run_at_the_same_time_the_longest_counts():
    steps = [DESK, OFFICE, FIELD, replace(FIELD, amount="20"), replace(DESK, amount="0")]
    assert [[number for number, _ in group] for group in groups_of(steps)] == [[1], [2, 3, 4], [5]]
    assert total_minutes(steps, 1000) == 100 + 1200


def test_a_step_that_is_not_always_needed_has_to_fit_in():
    assert total_minutes([OFFICE, replace(FIELD, alongside=False, optional=True)], 1000) == 720


@pytest.mark.parametrize(
    ("value", "unit", "clock", "minutes"),
    [
        (3, "working_day", False, 1440),
        (30, "day", False, 21 * 480),
        (1, "day", False, 480),
        (4, "hour", False, 240),
        (24, "hour", True, 480),
        (None, "immediate", False, 480),
        (None, "", False, 0),
    ],
)
def test_a_limit_is_counted_in_working_days_of_eight_hours(value, unit, clock, minutes):
    assert limit_minutes(value, unit, clock_hours=clock) == minutes


@pytest.mark.parametrize(("text", "stored"), [("2", "2"), ("0,5", "0.5"), ("0.50", "0.5"), (" 10 ", "10"), ("60,00", "60"), ("0", "0")])
def test_a_time_is_typed_with_a_comma_or_a_point(text, stored):
    assert read_amount(text) == stored


@pytest.mark.parametrize("text", ["", "hai", "-1", "1.500", "1,234", "99999", "1e3", "٣", "0,5,5"])
def test_a_time_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match="bằng số"):
        read_amount(text)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"role": "", "unit": "Công an xã"}, []),
        ({"name": ""}, ["name"]),
        ({"role": ""}, ["unit"]),
        ({"unit": "Công an xã"}, ["unit"]),
        ({"role": "admin"}, ["role"]),
        ({"kind": "party"}, ["kind"]),
        ({"measure": "week"}, ["measure"]),
        ({"amount": "hai"}, ["amount"]),
        ({"amount": "100.01"}, ["amount"]),
        ({"amount": "401", "measure": "day"}, ["amount"]),
    ],
)
def test_what_is_wrong_with_a_step_is_said_at_its_field(change, wrong):
    assert list(problems_of(replace(OFFICE, **change))) == wrong


def test_a_process_has_steps_but_not_too_many_and_none_before_the_first():
    assert problem_of([]) == "Quy trình chưa có bước nào."
    assert problem_of([DESK, OFFICE]) == ""
    assert problem_of([FIELD]) == f"Bước 1: {FIRST_ALONGSIDE}."
    assert problem_of([DESK, replace(OFFICE, name="")]) == "Bước 2: Ghi nội dung công việc của bước."
    assert problem_of([OFFICE] * (MOST_STEPS + 1)) == "Quy trình có nhiều nhất 20 bước."


@pytest.mark.parametrize(
    ("amount", "measure", "words"),
    [
        ("60", "percent", "60% thời hạn"),
        ("2.5", "percent", "2,5% thời hạn"),
        ("0.25", "hour", "15 phút làm việc"),
        ("1.5", "hour", "1 giờ 30 phút làm việc"),
        ("0.5", "day", "0,5 ngày làm việc"),
        ("0", "day", ""),
    ],
)
def test_a_time_is_said_as_the_office_says_it(amount, measure, words):
    assert Step("x", "clerk", amount=amount, measure=measure).time_words == words


def test_steps_are_stored_and_read_back():
    steps = [DESK, FIELD]
    assert read_steps([step.as_json() for step in steps]) == steps


def test_a_template_names_roles_units_and_kinds():
    rows = [
        {"name": "Tiếp nhận", "role": "clerk", "share_of_limit": 0.05, "hours": None, "product": "Giấy hẹn"},
        {"name": "Xác minh", "role": "field_team", "share_of_limit": 0.4, "hours": None, "product": "Biên bản", "note": "Hội đồng"},
        {"name": "Trả lời", "role": "other_agency", "share_of_limit": None, "hours": 16},
        {"name": "Trả", "role": "clerk", "share_of_limit": 0, "hours": None},
    ]
    assert [(step.who, step.kind, step.time_words, step.note) for step in from_template(rows)] == [
        ("Công chức tiếp nhận", "step", "5% thời hạn", ""),
        ("Tổ kiểm tra, xác minh", "field", "40% thời hạn", "Hội đồng"),
        ("Cơ quan được hỏi ý kiến", "consultation", "16 giờ làm việc", ""),
        ("Công chức tiếp nhận", "step", "", ""),
    ]


@pytest.mark.parametrize(("minutes", "words"), [(0, "0 phút"), (59, "59 phút"), (60, "1 giờ"), (150, "2 giờ 30 phút")])
def test_minutes_are_said_in_hours(minutes, words):
    assert say_minutes(minutes) == words
