"""Accounts from the command line."""
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from onestop.history.models import Event
from onestop.history.verify import verify
from onestop.staff.models import Agency, User
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


# -- agencies -----------------------------------------------------------------------------
def save_agency(*arguments):
    out = StringIO()
    call_command("save_agency", *arguments, stdout=out)
    return out.getvalue().strip()


def test_save_agency_makes_a_province_and_a_commune_below_it():
    assert save_agency("H61", "--level", "province", "--name", "Tỉnh Cửu Giang", "--place", "Cửu Giang") == "H61: made"
    save_agency("H61.26", "--level", "commune", "--parent", "H61", "--name", "Xã Nghĩa Giang", "--place", "Nghĩa Giang")
    commune = Agency.objects.get(code="H61.26")
    assert (commune.parent.code, commune.desk_name, commune.authority_name) == (
        "H61",
        "Trung tâm Phục vụ hành chính công xã Nghĩa Giang",
        "ỦY BAN NHÂN DÂN XÃ NGHĨA GIANG",
    )
    assert list(verify()) == []


def test_save_agency_changes_the_named_fields_only_and_records_which():
    agency = make_agency()
    said = save_agency("H61.26", "--hotline", "0294 111 1111", "--show-officer-names", "yes")
    assert said == "H61.26: changed hotline, show_officer_names"
    assert save_agency("H61.26", "--hotline", "0294 111 1111") == "H61.26: nothing to change"
    agency.refresh_from_db()
    assert (agency.hotline, agency.show_officer_names, agency.name) == ("0294 111 1111", True, "Xã Nghĩa Giang")
    assert [event.act for event in Event.objects.filter(subject=f"agency:{agency.pk}")] == ["agency.changed"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["H61.30"], "level: "),
        (["H61.30", "--level", "commune", "--name", "Xã A", "--place", "A", "--parent", "H99"], "no province has the code H99"),
        (["H61.26", "--email", "không phải"], "email: "),
        (["H61", "--parent", "H61"], "agency_province_has_no_parent"),
    ],
)
def test_save_agency_refuses_with_a_reason(arguments, message):
    make_agency()
    with pytest.raises(CommandError, match=message):
        save_agency(*arguments)
    assert Agency.objects.count() == 2
