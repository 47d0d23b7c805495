"""Agencies and people as the database keeps them."""
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "spent"),
    [
        ({"must_change_password": False}, False),
        ({"first_password_expires_at": NOW + timedelta(seconds=1)}, False),
        ({"first_password_expires_at": NOW}, True),
        ({"first_password_expires_at": NOW + timedelta(days=1), "first_password_used_at": NOW - timedelta(minutes=1)}, True),
        ({"first_password_expires_at": NOW - timedelta(days=1), "is_demo": True}, False),
    ],
)
def test_first_password_is_spent_by_use_or_by_time(fields, spent):
    assert User(**({"must_change_password": True} | fields)).first_password_is_spent(NOW) is spent


def test_disabled_person_holds_no_role():
    assert User(roles=["clerk"]).has_role(Role.CLERK)
    assert not User(roles=["clerk"], is_active=False).has_role(Role.CLERK)


@pytest.mark.django_db
def test_people_are_found_by_role():
    clerk = make_user(Role.CLERK, Role.SPECIALIST)
    leader = make_user(Role.LEADER)
    make_user(Role.HELPER)
    assert set(User.objects.holding(Role.SPECIALIST)) == {clerk}
    assert set(User.objects.holding(Role.SPECIALIST, Role.LEADER)) == {clerk, leader}
    assert set(User.objects.holding(Role.HEAD)) == set()


@pytest.mark.django_db
def test_province_has_no_agency_above_it():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_agency("H62", "Khác", level=Agency.Level.PROVINCE, parent=make_province())


@pytest.mark.django_db
def test_user_name_is_found_whatever_its_capitals():
    person = make_user(Role.CLERK, username="duyen.tt")
    assert User.objects.get_by_natural_key("Duyen.TT") == person
