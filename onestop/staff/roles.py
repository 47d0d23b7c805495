"""Roles of the people who work with dossiers, and which of them exclude each other."""
from collections.abc import Collection

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person may do; the table of rights stands in docs/security.md."""

    HELPER = "helper", "Người hỗ trợ"
    CLERK = "clerk", "Công chức tiếp nhận"
    SPECIALIST = "specialist", "Công chức chuyên môn"
    ARCHIVIST = "archivist", "Văn thư"
    LEADER = "leader", "Lãnh đạo ký"
    HEAD = "head", "Thủ trưởng cơ quan"
    MANAGER = "manager", "Giám đốc Trung tâm"
    PROVINCE = "province", "Cán bộ tỉnh"
    ADMIN = "admin", "Quản trị"
    AUDITOR = "auditor", "Đánh giá viên"


# Whoever holds one of these signs in the authority's name.
SIGNING = frozenset({Role.LEADER, Role.HEAD})

# In a province agency, these see the communes below it.
ACROSS_COMMUNES = frozenset({Role.PROVINCE, Role.ADMIN, Role.AUDITOR})


def say_roles(roles: Collection[str]) -> str:
    """The roles in words, in the order of the table: "Công chức tiếp nhận, Văn thư"."""
    return ", ".join(str(role.label) for role in Role if role in roles)


def contradiction(roles: Collection[str], *, in_province: bool) -> str:
    """Why one account cannot hold these roles together: a sentence, or "" when it can.

    Separate duties: who receives and who signs are different accounts, administration
    never implies signing, and a volunteer only fills in forms. The head of the centre
    is often a vice chair, so manager goes with leader.
    """
    held = set(roles)
    if held - set(Role.values):
        return "Chọn vai trò trong danh sách"
    if not held:
        return "Chọn ít nhất một vai trò"
    if held & SIGNING and Role.CLERK in held:
        return "Người tiếp nhận và người ký phải dùng hai tài khoản khác nhau"
    if held & SIGNING and Role.ADMIN in held:
        return "Tài khoản quản trị không được ký. Lập tài khoản riêng cho người ký"
    if Role.HELPER in held and len(held) > 1:
        return "Người hỗ trợ không giữ thêm vai trò nào khác"
    if Role.PROVINCE in held and not in_province:
        return "Vai trò cán bộ tỉnh chỉ dành cho tài khoản của cơ quan cấp tỉnh"
    return ""
