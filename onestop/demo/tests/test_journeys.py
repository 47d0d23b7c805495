from datetime import datetime, timedelta
from random import Random

import pytest

from onestop.demo.journeys import KINDS, ORDINARY, Hours, kinds_for, way
from onestop.worktime.calendar_file import shipped_calendar
from onestop.worktime.hours import DEFAULT_HOURS, LOCAL

HOURS = Hours(shipped_calendar(), DEFAULT_HOURS)
MONDAY_MORNING = datetime(2026, 11, 16, 8, 0, tzinfo=LOCAL)
WEDNESDAY_EVENING = datetime(2026, 11, 18, 17, 0, tzinfo=LOCAL)
MUCH_LATER = datetime(2026, 12, 20, 9, 0, tzinfo=LOCAL)


def kind(name):
    return next(kind for kind in KINDS if kind.name == name)


def acts(kind, *, now=MUCH_LATER, at_once=False):
    steps = way(kind, received=MONDAY_MORNING, ready=WEDNESDAY_EVENING, now=now, at_once=at_once, hours=HOURS, rng=Random(1))
    return [step.act for step in steps]


@pytest.mark.parametrize("count", [0, 1, 7, len(KINDS), 40, 150, 1000])
def test_as_many_stories_as_dossiers(count):
    assert len(kinds_for(count)) == count


def test_a_small_demonstration_tells_the_first_stories_once():
    assert kinds_for(5) == list(KINDS[:5])


def test_a_large_one_tells_all_of_them_and_is_mostly_ordinary():
    kinds = kinds_for(1000)
    assert set(kinds) == {*KINDS, ORDINARY}
    assert kinds.count(ORDINARY) > 500


def test_an_ordinary_dossier_goes_the_whole_way():
    assert acts(ORDINARY) == ["hand_over", "take_over", "submit", "sign_off", "issue_result", "return_result"]


def test_what_is_settled_at_once_is_not_handed_over():
    assert acts(ORDINARY, at_once=True) == ["submit", "sign_off", "issue_result", "return_result"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("received", []),
        ("handed_over", ["hand_over"]),
        ("taken_over", ["hand_over", "take_over"]),
        ("awaiting_signature", ["hand_over", "take_over", "submit"]),
        ("sent_back", ["hand_over", "take_over", "submit", "send_back"]),
        ("signed_not_issued", ["hand_over", "take_over", "submit", "sign_off"]),
        ("ready", ["hand_over", "take_over", "submit", "sign_off", "issue_result"]),
        ("voided", ["hand_over", "void"]),
        ("awaiting_papers", ["hand_over", "take_over", "ask"]),
        ("answer_late", ["hand_over", "take_over", "consult"]),
        ("answer_there", ["hand_over", "take_over", "consult", "remind", "hear"]),
        ("awaiting_payment", ["hand_over", "take_over", "charge"]),
        ("resumed", ["hand_over", "take_over", "ask", "answer"]),
        ("extended", ["hand_over", "take_over", "extend"]),
        ("never_answered", ["hand_over", "take_over", "ask"]),
        ("stopped", ["hand_over", "take_over", "stop"]),
        ("asked_back", ["hand_over", "take_over", "ask_back"]),
        ("reclassified", ["hand_over", "take_over", "reclassify"]),
        ("new_secret", ["hand_over", "new_secret"]),
    ],
)
def test_a_story_stops_where_it_says(name, expected):
    assert acts(kind(name)) == expected


def test_a_second_try_is_signed_after_the_first_was_sent_back():
    expected = ["hand_over", "take_over", "submit", "send_back", "submit", "sign_off", "issue_result", "return_result"]
    assert acts(kind("signed_at_second_try")) == expected


def test_a_mistake_is_mended_and_the_result_returned_again():
    after = ["return_for_correction", "submit", "sign_off", "issue_result", "return_result"]
    assert acts(kind("mistake_mended"))[-5:] == after
    assert acts(kind("mistake_under_way"))[-1:] == ["return_for_correction"]


def test_what_lies_ahead_has_not_happened_yet():
    steps = list(
        way(
            ORDINARY,
            received=MONDAY_MORNING,
            ready=WEDNESDAY_EVENING,
            now=MONDAY_MORNING + timedelta(hours=26),
            at_once=False,
            hours=HOURS,
            rng=Random(1),
        )
    )
    assert [step.act for step in steps] == ["hand_over", "take_over"]


def test_every_step_is_later_than_the_one_before_and_in_working_time():
    for seed in range(30):
        moments = [MONDAY_MORNING]
        story = way(
            ORDINARY, received=MONDAY_MORNING, ready=WEDNESDAY_EVENING, now=MUCH_LATER, at_once=False, hours=HOURS, rng=Random(seed)
        )
        moments += [step.at for step in story]
        assert moments == sorted(set(moments))
        assert [moment for moment in moments if not DEFAULT_HOURS.is_inside(moment, HOURS.calendar)] == []


def test_arrivals_lie_in_the_hours_of_the_desk():
    rng = Random(3)
    for day in HOURS.days(MONDAY_MORNING.date(), WEDNESDAY_EVENING.date()):
        for _ in range(100):
            assert DEFAULT_HOURS.is_inside(HOURS.arrival(day, rng), HOURS.calendar)
