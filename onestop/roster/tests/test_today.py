"""What the pages of the day say about who is on duty."""

from datetime import timedelta

import pytest

from onestop.roster.tests.makers import MONDAY, SATURDAY, make_office, on, signing, sitting
from onestop.roster.today import duty_today, say_missing
from onestop.staff import duty
from onestop.staff.duty import Half

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def today(office, clock, day=MONDAY, person=None):
    return duty_today(office.agency.pk, on(day, clock), person=person)


@pytest.mark.parametrize(
    ("clock", "half", "words"),
    [
        ("06:00", Half.MORNING, "Trực ký sáng nay"),
        ("07:30", Half.MORNING, "Đang trực ký"),
        ("11:30", Half.MORNING, "Đang trực ký"),
        ("11:31", Half.AFTERNOON, "Trực ký chiều nay"),
        ("13:30", Half.AFTERNOON, "Đang trực ký"),
        ("17:00", Half.AFTERNOON, "Đang trực ký"),
    ],
)
def test_the_session_that_runs_or_comes_next_is_shown(office, clock, half, words):
    said = today(office, clock)

    assert (said.half, said.words) == (half, words)


@pytest.mark.parametrize(("day", "clock"), [(MONDAY, "17:01"), (SATURDAY, "09:00"), (MONDAY + timedelta(days=8), "09:00")])
def test_a_closed_desk_says_nothing_and_asks_nothing(office, day, clock, django_assert_num_queries):
    today(office, "09:00")

    with django_assert_num_queries(0):
        assert today(office, clock, day) is None


def test_one_query_tells_all(office, django_assert_num_queries):
    office.put(signing(office.leader), sitting(office.clerk))
    today(office, "09:00")

    with django_assert_num_queries(1):
        said = today(office, "09:00", person=office.clerk)

    assert (said.leader, said.own.post_words, said.own_address) == (office.leader, "Quầy 1", "/truc/2026-11-16/sang/co-mat/")


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("09:00", "Chiều nay chưa có lãnh đạo trực ký."), ("14:00", "Chiều nay chưa có lãnh đạo trực ký.")],
)
def test_a_session_without_a_signer_warns(office, clock, expected):
    office.put(signing(office.leader))

    assert today(office, clock).warning == expected


def test_a_day_with_its_signers_does_not_warn(office):
    office.put(signing(office.leader))
    office.put(signing(office.leader, substitute=office.head, reason="Họp"), half=Half.AFTERNOON)

    assert today(office, "09:00").warning == ""
    assert (today(office, "14:00").leader, today(office, "14:00").warning) == (office.head, "")


def test_an_absence_without_a_substitute_warns(office):
    office.put(signing(office.leader, reason="Ốm"))

    assert today(office, "09:00").leader is None
    assert today(office, "09:00").warning == "Sáng nay và chiều nay chưa có lãnh đạo trực ký."


def test_who_has_checked_in_is_not_asked_again(office):
    office.put(signing(office.leader))
    assert today(office, "07:20", person=office.leader).own is not None
    duty.check_in(MONDAY, Half.MORNING, by=office.leader, at=on(MONDAY, "07:20"))

    said = today(office, "09:00", person=office.leader)

    assert (said.own, said.present_since) == (None, on(MONDAY, "07:20"))


@pytest.mark.parametrize(
    ("halves", "words"),
    [([], ""), ([Half.MORNING], "Sáng nay chưa có lãnh đạo trực ký."), ([Half.AFTERNOON], "Chiều nay chưa có lãnh đạo trực ký.")],
)
def test_what_is_missing_is_one_sentence(halves, words):
    assert say_missing(halves) == words
