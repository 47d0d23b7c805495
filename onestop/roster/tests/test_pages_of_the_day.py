"""The counter and the queue of signatures say who signs now, and warn when nobody does."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onestop.roster.tests.makers import MONDAY, SATURDAY, make_office, on, signing, sitting
from onestop.staff import duty
from onestop.staff.duty import Half

pytestmark = pytest.mark.django_db
NOBODY = "Chiều nay chưa có lãnh đạo trực ký."


@pytest.fixture
def office():
    return make_office()


@pytest.fixture
def clock(monkeypatch):
    def stop(text, day=MONDAY):
        monkeypatch.setattr(timezone, "now", lambda: on(day, text))

    stop("09:00")
    return stop


def page(person, address):
    client = Client()
    client.force_login(person)
    return client.get(address)


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()).replace(" ,", ",")


def pages(office):
    return [(office.clerk, "/quay/"), (office.leader, "/ky-duyet/"), (office.manager, "/truc/")]


def test_a_session_without_a_signer_warns_on_every_page_of_the_day(office, clock):
    office.put(signing(office.leader))

    assert [NOBODY in text_of(page(person, address)) for person, address in pages(office)] == [True] * 3


def test_who_is_on_duty_is_named(office, clock):
    for half in Half:
        office.put(signing(office.leader), half=half)
    duty.check_in(MONDAY, Half.MORNING, by=office.leader, at=on(MONDAY, "07:25"))

    for person, address in pages(office):
        text = text_of(page(person, address))
        assert "Đang trực ký: Lê Hoàng Phúc, Phó Chủ tịch Có mặt từ 07:25" in text
        assert "nay chưa có lãnh đạo" not in text


def test_a_closed_desk_does_not_warn(office, clock):
    clock("09:00", SATURDAY)

    assert ["chưa có lãnh đạo" in text_of(page(person, address)) for person, address in pages(office)] == [False] * 3


def test_being_on_duty_changes_no_right_to_sign(office, clock):
    office.put(signing(office.head))

    assert page(office.leader, "/ky-duyet/").status_code == 200
    assert page(office.clerk, "/ky-duyet/").status_code == 403


def test_the_counter_offers_to_check_in(office, clock):
    office.put(sitting(office.clerk))

    assert 'action="/truc/2026-11-16/sang/co-mat/"' in page(office.clerk, "/quay/").content.decode()
    assert "co-mat" not in page(office.other, "/quay/").content.decode()


@pytest.mark.parametrize(("who", "address"), [("clerk", "/quay/"), ("leader", "/ky-duyet/")])
def test_the_roster_costs_one_query(office, clock, who, address):
    def asked(day):
        clock("09:00", day)
        client = Client()
        client.force_login(getattr(office, who))
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    closed = asked(SATURDAY)

    assert asked(MONDAY) == closed + 1
