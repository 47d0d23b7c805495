"""Accounts from the command line."""
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from onestop.history.models import Event
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db


def create(*arguments):
    out = StringIO()
    call_command("create_account", *arguments, stdout=out)
    return out.getvalue()


def test_create_account_prints_a_first_password_that_opens_the_account():
    make_agency()
    printed = create("quan.tri", "--name", "Huỳnh  Tấn Lộc", "--agency", "H61.26", "--role", "admin", "--job-title", "Công chức")
    user = User.objects.get(username="quan.tri")
    name, password = printed.split()
    assert (name, user.full_name, user.roles, user.must_change_password) == ("quan.tri", "Huỳnh Tấn Lộc", ["admin"], True)
    assert user.check_password(password)
    assert Event.objects.get(subject=f"user:{user.pk}").actor_id is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["moi", "--name", "A", "--agency", "H99", "--role", "clerk"], "no agency has the code H99"),
        (["Tên Có Dấu", "--name", "A", "--agency", "H61.26", "--role", "clerk"], "username: Tên đăng nhập chỉ gồm"),
        (["moi", "--name", "A1", "--agency", "H61.26", "--role", "clerk"], "full_name: Họ và tên không có chữ số"),
        (["moi", "--name", "A", "--agency", "H61.26", "--role", "clerk", "--role", "leader"], "roles: Người tiếp nhận và người ký"),
        (["da.co", "--name", "A", "--agency", "H61.26", "--role", "clerk"], "username: Đã có người dùng tên đăng nhập này"),
    ],
)
def test_create_account_refuses_with_a_reason_and_makes_nothing(arguments, message):
    make_user(Role.CLERK, username="da.co")
    with pytest.raises(CommandError, match=message):
        create(*arguments)
    assert User.objects.count() == 1


def test_disable_account_may_run_twice():
    user = make_user(Role.CLERK, username="nghi.viec")
    out = StringIO()
    for _ in range(2):
        call_command("disable_account", "Nghi.Viec", stdout=out)
    user.refresh_from_db()
    assert (user.is_active, out.getvalue().splitlines()) == (False, ["nghi.viec: closed", "nghi.viec: was closed already"])


def test_disable_account_says_when_there_is_none():
    with pytest.raises(CommandError, match="no account is called khong.co"):
        call_command("disable_account", "khong.co")
