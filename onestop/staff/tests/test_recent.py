"""The names of this PC: six at most, signed, and nothing but user names."""
import json

import pytest
from django.http import HttpResponse

from onestop.staff import recent
from onestop.staff.roles import Role
from onestop.testing import make_user


def request_with(rf, cookie):
    request = rf.get("/")
    request.COOKIES[recent.COOKIE_NAME] = cookie
    return request


def cookie_after(rf, usernames):
    request = rf.get("/")
    for name in usernames:
        response = HttpResponse()
        recent.remember(request, response, name)
        request = request_with(rf, response.cookies[recent.COOKIE_NAME].value)
    return request, response


def test_latest_name_stands_first_once_and_the_seventh_falls_off(rf):
    request, _ = cookie_after(rf, ["a", "b", "c", "d", "e", "f", "g", "c"])
    assert recent.usernames_here(request) == ["c", "g", "f", "e", "d", "b"]


def test_cookie_holds_the_user_names_only_and_no_script_reads_it(rf):
    _, response = cookie_after(rf, ["duyen"])
    cookie = response.cookies[recent.COOKIE_NAME]
    assert json.loads(cookie.value.rsplit(":", 2)[0]) == ["duyen"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


@pytest.mark.parametrize("cookie", ["", "duyen", '["duyen"]:1:forged', '["duyen"]'])
def test_forged_cookie_holds_no_names(rf, cookie):
    assert recent.usernames_here(request_with(rf, cookie)) == []


@pytest.mark.parametrize("content", ["null", "7", '{"a": 1}', "[1, null]", "not json"])
def test_signed_nonsense_holds_no_names(rf, content):
    response = HttpResponse()
    response.set_signed_cookie(recent.COOKIE_NAME, content, salt=recent.SALT)
    assert recent.usernames_here(request_with(rf, response.cookies[recent.COOKIE_NAME].value)) == []


@pytest.mark.django_db
def test_people_come_in_the_order_of_the_cookie_and_disabled_ones_not_at_all(rf, django_assert_num_queries):
    people = [make_user(Role.CLERK, username=name, is_active=name != "b") for name in "abc"]
    request, _ = cookie_after(rf, "abcx")
    with django_assert_num_queries(1):
        assert recent.people_here(request) == [people[2], people[0]]


@pytest.mark.django_db
def test_pc_without_names_costs_no_query(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert recent.people_here(rf.get("/")) == []
