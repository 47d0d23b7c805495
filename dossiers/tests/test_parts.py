"""The parts of an internal process: with whom the paper lies, how long, and which steps that are."""

import pytest

from dossiers.parts import DESK, OFFICE, OTHER, SEAL, SIGNATURE, numbers_of, say_numbers, say_standing, say_steps, shares_of
from dossiers.statuses import Status
from procedures.steps import Step, from_template

TEMPLATE = [
    {"name": "Tiếp nhận", "role": "clerk", "share_of_limit": 0.1, "hours": None},
    {"name": "Thẩm tra", "role": "specialist", "share_of_limit": 0.4, "hours": None},
    {"name": "Xác minh", "role": "field_team", "share_of_limit": 0.2, "hours": None},
    {"name": "Hỏi thuế", "role": "other_agency", "share_of_limit": 0.1, "hours": None},
    {"name": "Ký", "role": "leader", "share_of_limit": None, "hours": 2},
    {"name": "Đóng dấu", "role": "archivist", "share_of_limit": 0.1, "hours": None},
    {"name": "Trả", "role": "clerk", "share_of_limit": 0.05, "hours": None},
]
STEPS = from_template(TEMPLATE)


def test_every_part_has_the_time_of_its_steps_and_the_seal_is_the_archivists():
    assert shares_of(STEPS, 1000, day_minutes=450) == {DESK: 100, OFFICE: 600, OTHER: 100, SIGNATURE: 120, SEAL: 100}
    assert shares_of([], 1000, day_minutes=450) == {}


def test_of_steps_that_run_at_once_each_part_has_its_longest():
    steps = [
        Step("Thẩm tra", "specialist", amount="10"),
        Step("Xác minh", unit="Tổ", kind="field", amount="30", alongside=True),
        Step("Hỏi", unit="Thuế", kind="consultation", amount="2", measure="day", alongside=True),
        Step("Dự thảo", "specialist", amount="5"),
    ]
    assert shares_of(steps, 1000, day_minutes=450) == {OFFICE: 350, OTHER: 900}


@pytest.mark.parametrize(
    ("part", "at_the_end", "numbers"),
    [
        (DESK, False, [1]),
        (DESK, True, [7]),
        (OFFICE, False, [2, 3]),
        (OTHER, True, [4]),
        (SIGNATURE, True, [5]),
        (SEAL, False, [6]),
        ("", False, []),
    ],
)
def test_the_steps_of_a_part_are_found(part, at_the_end, numbers):
    assert numbers_of(STEPS, part, at_the_end=at_the_end) == numbers


def test_a_process_of_the_desk_alone_is_one_part():
    assert numbers_of([Step("Nhận", "clerk"), Step("Trả", "clerk")], DESK, at_the_end=True) == [1, 2]


@pytest.mark.parametrize(("numbers", "words"), [([2], "2"), ([2, 3, 4], "2–4"), ([2, 5], "2, 5"), ([2, 3, 5], "2, 3, 5")])
def test_numbers_are_said_as_a_span_where_they_are_one(numbers, words):
    assert say_numbers(numbers) == words


def test_steps_are_said_with_their_names():
    assert say_steps(STEPS, [2, 3]) == "Bước 2–3: Thẩm tra; Xác minh"
    assert say_steps(STEPS, []) == ""


@pytest.mark.parametrize(
    ("status", "is_signed", "words"),
    [
        (Status.RECEIVED, False, "bước 1/7: Tiếp nhận"),
        (Status.PROCESSING, False, "bước 2–3/7: Thẩm tra; Xác minh"),
        (Status.AWAITING_SUPPLEMENT, False, "bước 2–3/7: Thẩm tra; Xác minh"),
        (Status.WITH_OTHER_AGENCY, False, "bước 4/7: Hỏi thuế"),
        (Status.AWAITING_SIGNATURE, False, "bước 5/7: Ký"),
        (Status.PROCESSING, True, "bước 6/7: Đóng dấu"),
        (Status.RESULT_READY, True, "bước 7/7: Trả"),
        (Status.RETURNED, True, ""),
        (Status.STOPPED, False, ""),
    ],
)
def test_a_dossier_stands_at_the_steps_of_whoever_has_it(status, is_signed, words):
    assert say_standing(STEPS, status, is_signed=is_signed) == words


def test_a_dossier_without_a_process_stands_nowhere():
    assert say_standing([], Status.PROCESSING, is_signed=False) == ""
