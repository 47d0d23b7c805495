"""The cast of the tests is what the tests take it for."""
import pytest

from onestop.history.verify import verify
from onestop.staff.roles import Role
from onestop.testing import cast, make_agency, make_user

pytestmark = pytest.mark.django_db


def test_cast_has_one_person_of_each_role_and_a_stranger_elsewhere():
    people = cast()
    assert [getattr(people, role.value).roles for role in Role] == [[role.value] for role in Role]
    assert {getattr(people, role.value).agency for role in Role if role != Role.PROVINCE} == {people.agency}
    assert (people.province.agency, people.stranger.agency) == (people.province_agency, people.other_agency)
    assert people.agency.parent == people.other_agency.parent == people.province_agency


def test_cast_leaves_a_history_that_verifies():
    cast()
    assert list(verify()) == []


def test_agency_is_made_once_for_each_code():
    assert make_agency() == make_agency() != make_agency("H61.27", "Phú Tân An")


def test_people_without_a_password_cannot_log_in_with_any():
    assert not make_user(Role.CLERK).has_usable_password()
    assert make_user(Role.CLERK, password="mèo tam thể ngủ trưa").check_password("mèo tam thể ngủ trưa")
