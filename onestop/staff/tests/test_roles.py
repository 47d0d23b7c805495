"""Which roles one account may hold together."""
import pytest

from onestop.staff.roles import Role, contradiction, say_roles

R = Role


@pytest.mark.parametrize(
    "roles",
    [[R.CLERK], [R.CLERK, R.SPECIALIST], [R.MANAGER, R.LEADER], [R.MANAGER, R.CLERK], [R.HEAD, R.LEADER], [R.ADMIN, R.CLERK], [R.HELPER]],
)
def test_roles_that_go_together(roles):
    assert contradiction(roles, in_province=False) == ""


@pytest.mark.parametrize(
    ("roles", "sentence"),
    [
        ([], "Chọn ít nhất một vai trò"),
        (["king"], "Chọn vai trò trong danh sách"),
        ([R.CLERK, R.LEADER], "Người tiếp nhận và người ký phải dùng hai tài khoản khác nhau"),
        ([R.CLERK, R.HEAD], "Người tiếp nhận và người ký phải dùng hai tài khoản khác nhau"),
        ([R.ADMIN, R.HEAD], "Tài khoản quản trị không được ký. Lập tài khoản riêng cho người ký"),
        ([R.HELPER, R.CLERK], "Người hỗ trợ không giữ thêm vai trò nào khác"),
        ([R.PROVINCE], "Vai trò cán bộ tỉnh chỉ dành cho tài khoản của cơ quan cấp tỉnh"),
    ],
)
def test_roles_that_exclude_each_other(roles, sentence):
    assert contradiction(roles, in_province=False) == sentence


def test_province_role_is_for_province_agencies():
    assert contradiction([R.PROVINCE, R.AUDITOR], in_province=True) == ""


def test_roles_are_said_in_the_order_of_the_table():
    assert say_roles([R.ARCHIVIST, "clerk"]) == "Công chức tiếp nhận, Văn thư"
