"""The cast that all tests share: agencies and the people who work in them.

    commune = make_agency()                    # H61.26, xã Nghĩa Giang, under the province H61
    clerk = make_user(Role.CLERK)              # works there
    people = cast()                            # one of each: people.clerk, people.leader, people.stranger …
    client.force_login(people.clerk)

People have no usable password (hashing is slow): pass `password=` where a test logs in for real.
"""
from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone

from onestop.history.record import record
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role

_numbers = count(1)

NAMES = {
    Role.HELPER: "Lý Thị Hồng Thắm",
    Role.CLERK: "Thạch Thị Mỹ Duyên",
    Role.SPECIALIST: "Trần Quốc Khánh",
    Role.ARCHIVIST: "Phạm Thị Tuyết Mai",
    Role.LEADER: "Lê Hoàng Phúc",
    Role.HEAD: "Nguyễn Văn Đặng",
    Role.MANAGER: "Sơn Thị Kim Ngân",
    Role.PROVINCE: "Võ Minh Triết",
    Role.ADMIN: "Huỳnh Tấn Lộc",
    Role.AUDITOR: "Đỗ Thu Hà",
}
JOB_TITLES = {Role.LEADER: "Phó Chủ tịch", Role.HEAD: "Chủ tịch", Role.MANAGER: "Giám đốc"}


def make_agency(code: str = "H61.26", place: str = "Nghĩa Giang", *, level: str = "commune", **fields: Any) -> Agency:
    """The agency with this code, made when it is not there yet; a commune stands under the province H61."""
    existing = Agency.objects.filter(code=code).first()
    if existing:
        return existing
    if level == Agency.Level.PROVINCE:
        values: dict[str, Any] = {
            "name": f"Tỉnh {place}",
            "desk_name": f"Trung tâm Phục vụ hành chính công tỉnh {place}",
            "authority_name": f"ỦY BAN NHÂN DÂN TỈNH {place.upper()}",
        }
    else:
        values = {
            "parent": fields.pop("parent", None) or make_province(),
            "name": f"Xã {place}",
            "desk_name": f"Trung tâm Phục vụ hành chính công xã {place}",
            "authority_name": f"ỦY BAN NHÂN DÂN XÃ {place.upper()}",
        }
    values |= {"address": f"Ấp Chợ, xã {place}", "hotline": "0294 000 0000"}
    return Agency.objects.create(code=code, place=place, level=level, **(values | fields))


def make_province(code: str = "H61", place: str = "Cửu Giang") -> Agency:
    """The province above the communes."""
    return make_agency(code, place, level=Agency.Level.PROVINCE)


def make_user(*roles: Role, agency: Agency | None = None, password: str | None = None, **fields: Any) -> User:
    """A person with these roles, of the commune H61.26 unless told (the province for Role.PROVINCE)."""
    if agency is None:
        agency = make_province() if Role.PROVINCE in roles else make_agency()
    first = roles[0] if roles else Role.CLERK
    values: dict[str, Any] = {
        "username": f"{first.value}{next(_numbers)}",
        "full_name": NAMES[first],
        "job_title": JOB_TITLES.get(first, "Công chức"),
        "agency": agency,
        "roles": [role.value for role in roles],
    }
    user = User(**(values | fields))
    user.set_password(password)
    with transaction.atomic():
        user.save()
        # As the product makes them: an account without its event would be found by verify_history.
        record(agency_id=agency.pk, act="account.created", subject=f"user:{user.pk}", at=timezone.now(), rows=[user])
    return user


@dataclass(frozen=True)
class Cast:
    """One person of each role in one commune, the province above it, and a clerk of another commune."""

    agency: Agency
    other_agency: Agency
    province_agency: Agency
    helper: User
    clerk: User
    specialist: User
    archivist: User
    leader: User
    head: User
    manager: User
    admin: User
    auditor: User
    province: User
    stranger: User


def cast() -> Cast:
    """The whole cast, freshly made."""
    agency, other = make_agency(), make_agency("H61.27", "Phú Tân An")
    return Cast(
        agency=agency,
        other_agency=other,
        province_agency=make_province(),
        stranger=make_user(Role.CLERK, agency=other, full_name="Kim Ngọc Ánh"),
        **{role.value: make_user(role) for role in Role},
    )
