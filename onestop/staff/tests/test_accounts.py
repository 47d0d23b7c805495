"""Every act on an account changes the row and writes the event, or neither."""
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from onestop.history.models import Event
from onestop.history.verify import verify
from onestop.staff import accounts
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now()
KEY = UUID("00000000-0000-4000-8000-000000000001")


def acts_on(user):
    return list(Event.objects.filter(subject=f"user:{user.pk}").order_by("seq").values_list("act", flat=True))


def make_account(**fields):
    values = {"username": "moi", "full_name": "Kim Văn Mới", "agency": make_agency(), "roles": [Role.CLERK], "at": NOW}
    return accounts.create_account(**(values | fields))


def test_new_account_has_a_first_password_that_is_kept_only_as_a_hash():
    admin = make_user(Role.ADMIN)
    user = make_account(by=admin, key=KEY)
    password = accounts.first_password(user)
    assert user.check_password(password)
    assert (user.must_change_password, user.first_password_expires_at, user.first_password_used_at) == (True, NOW + timedelta(days=7), None)
    event = Event.objects.get(subject=f"user:{user.pk}")
    assert (event.act, event.actor_id, event.agency_id) == ("account.created", admin.pk, user.agency_id)
    assert password not in event.data and "Kim" not in event.data


def test_first_password_can_be_read_out():
    password = accounts.first_password(make_account())
    assert [len(part) for part in password.split("-")] == [4, 4, 4, 4]
    assert set(password) <= set(accounts.LETTERS + "-")


def test_first_passwords_differ_by_account_and_by_form():
    one, two = User(username="a", submission_key=KEY), User(username="b", submission_key=KEY)
    three = User(username="a", submission_key=accounts.new_key())
    assert len({accounts.first_password(user) for user in (one, two, three)}) == 3


@pytest.mark.parametrize("again", [{"username": "moi"}, {"username": "khac", "key": KEY}])
def test_second_account_with_the_same_name_or_form_is_refused_whole(again):
    make_account(key=KEY)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_account(**again)
    assert Event.objects.filter(act="account.created").count() == User.objects.count() == 1


def test_change_writes_which_columns_changed_and_no_names():
    admin, clerk = make_user(Role.ADMIN), make_user(Role.CLERK)
    assert accounts.change_account(clerk, by=admin, at=NOW, full_name="Kim Thị Khác", roles=[Role.SPECIALIST, Role.CLERK], counter_no="")
    clerk.refresh_from_db()
    assert (clerk.full_name, clerk.roles) == ("Kim Thị Khác", ["clerk", "specialist"])
    data = Event.objects.get(act="account.changed").data
    assert '"changed":["full_name","roles"]' in data and "Kim" not in data


def test_change_without_a_difference_writes_nothing():
    admin, clerk = make_user(Role.ADMIN), make_user(Role.CLERK)
    assert not accounts.change_account(clerk, by=admin, at=NOW, full_name=clerk.full_name, roles=clerk.roles)
    assert acts_on(clerk) == ["account.created"]


def test_nobody_changes_his_own_roles():
    admin = make_user(Role.ADMIN)
    with pytest.raises(PermissionError):
        accounts.change_account(admin, by=admin, at=NOW, roles=[Role.ADMIN, Role.AUDITOR])
    assert User.objects.get(pk=admin.pk).roles == ["admin"]


@pytest.mark.parametrize("field", ["is_active", "agency", "password", "is_demo", "username"])
def test_only_named_columns_can_be_changed(field):
    with pytest.raises(PermissionError):
        accounts.change_account(make_user(Role.CLERK), by=make_user(Role.ADMIN), at=NOW, **{field: True})


def test_closing_and_opening_twice_writes_one_event_each():
    admin, clerk = make_user(Role.ADMIN), make_user(Role.CLERK)
    answers = [act(clerk, by=admin, at=NOW) for act in (accounts.disable_account,) * 2 + (accounts.enable_account,) * 2]
    assert answers == [True, False, True, False]
    assert acts_on(clerk) == ["account.created", "account.disabled", "account.enabled"]


def test_nobody_closes_his_own_account():
    admin = make_user(Role.ADMIN)
    with pytest.raises(PermissionError):
        accounts.disable_account(admin, by=admin, at=NOW)


def test_first_password_opens_one_session():
    user = make_account()
    assert [accounts.use_first_password(user, at=NOW) for _ in range(2)] == [True, False]
    assert acts_on(user) == ["account.created", "account.first_password_used"]


def test_first_password_expires():
    user = make_account()
    assert not accounts.use_first_password(user, at=NOW + timedelta(days=7))
    assert accounts.use_first_password(user, at=NOW + timedelta(days=7) - timedelta(seconds=1))


def test_new_first_password_replaces_the_old_one_and_the_same_form_changes_nothing():
    admin, clerk = make_user(Role.ADMIN), make_user(Role.CLERK, password="mèo tam thể ngủ trưa")
    assert [accounts.give_first_password(clerk, key=KEY, by=admin, at=NOW) for _ in range(2)] == [True, False]
    clerk.refresh_from_db()
    assert (clerk.check_password(accounts.first_password(clerk)), clerk.check_password("mèo tam thể ngủ trưa")) == (True, False)
    assert acts_on(clerk) == ["account.created", "account.first_password_given"]


def test_own_password_ends_the_time_of_the_first_one():
    user = make_account()
    accounts.use_first_password(user, at=NOW)
    accounts.change_password(user, "mèo tam thể ngủ trưa", at=NOW)
    user.refresh_from_db()
    assert user.check_password("mèo tam thể ngủ trưa")
    assert (user.must_change_password, user.first_password_expires_at, user.first_password_used_at) == (False, None, None)
    assert acts_on(user)[-1] == "account.password_changed"


def test_demo_accounts_are_made_at_once_with_one_event_each():
    people = [User(username=f"demo{n}", full_name="Mẫu", agency=make_agency(), roles=["clerk"]) for n in range(3)]
    made = accounts.create_demo_accounts(people, password="demo", at=NOW)
    assert [(user.is_demo, user.check_password("demo"), acts_on(user)) for user in made] == [(True, True, ["account.created"])] * 3


def test_demo_accounts_are_refused_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(RuntimeError):
        accounts.create_demo_accounts([], password="demo", at=NOW)


# -- what the history finds ---------------------------------------------------------------
def act_on_everything():
    """One account that went through every act."""
    admin = make_user(Role.ADMIN)
    user = make_account(by=admin)
    accounts.use_first_password(user, at=NOW)
    accounts.change_password(user, "mèo tam thể ngủ trưa", at=NOW)
    accounts.change_account(user, by=admin, at=NOW, roles=[Role.SPECIALIST])
    accounts.disable_account(user, by=admin, at=NOW)
    accounts.enable_account(user, by=admin, at=NOW)
    accounts.give_first_password(user, key=accounts.new_key(), by=admin, at=NOW)
    return user


def test_acts_leave_a_history_that_verifies():
    act_on_everything()
    assert list(verify()) == []


@pytest.mark.parametrize("edit", [{"roles": ["admin"]}, {"is_active": False}, {"full_name": "Ai Đó"}, {"must_change_password": False}])
def test_account_edited_in_the_database_is_found(edit):
    user = act_on_everything()
    User.objects.filter(pk=user.pk).update(**edit)
    assert [(problem.kind, problem.place) for problem in verify()] == [("changed", f"staff.user {user.pk}")]


def test_log_in_and_preferences_are_no_edit():
    user = act_on_everything()
    User.objects.filter(pk=user.pk).update(last_login=NOW, shortcuts_on=False)
    assert list(verify()) == []
