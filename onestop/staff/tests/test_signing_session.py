"""The signing session: bound to the person, his password, this device and half an hour."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import RequestFactory

from onestop.history.models import AccessEntry
from onestop.staff.roles import Role
from onestop.staff.signing_session import LASTS, close_session, open_session, session_end
from onestop.testing import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def request_of_leader(rf: RequestFactory):
    request = rf.get("/")
    request.user, request.session = make_user(Role.LEADER), SessionStore()
    return request


@pytest.mark.parametrize(
    ("later", "is_open"),
    [(timedelta(0), True), (LASTS - timedelta(seconds=1), True), (LASTS, False), (timedelta(days=1), False), (timedelta(hours=-2), False)],
)
def test_it_is_open_for_thirty_minutes_and_a_clock_set_back_does_not_prolong_it(request_of_leader, later, is_open):
    assert open_session(request_of_leader, at=NOW) == NOW + LASTS
    assert (session_end(request_of_leader, now=NOW + later) is not None) == is_open


def test_without_one_there_is_no_end(request_of_leader):
    assert session_end(request_of_leader, now=NOW) is None


def test_it_is_not_somebody_elses(request_of_leader):
    open_session(request_of_leader, at=NOW)
    request_of_leader.user = make_user(Role.LEADER)
    assert session_end(request_of_leader, now=NOW) is None


def test_another_password_ends_it(request_of_leader):
    open_session(request_of_leader, at=NOW)
    request_of_leader.user.set_password("một mật khẩu khác")
    assert session_end(request_of_leader, now=NOW) is None


def test_opening_and_closing_are_on_record_and_closing_twice_is_once(request_of_leader):
    open_session(request_of_leader, at=NOW)
    for _ in range(2):
        close_session(request_of_leader)
    assert session_end(request_of_leader, now=NOW) is None
    entries = AccessEntry.objects.order_by("pk").values_list("kind", "detail")
    assert list(entries) == [("log_in", "mở phiên ký"), ("log_out", "đóng phiên ký")]
