"""The demonstration's province, its communes, and the people who work there.

Everybody has the same printed password, so that a visitor can be anybody; production refuses demo accounts.
"""
from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random

from django.db import transaction

from onestop.demo.people import COMMUNES, TRA_KHA, Commune, InventedPeople
from onestop.history.record import record
from onestop.reading.names import fold
from onestop.staff import accounts
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role, say_roles
from onestop.worktime import store
from onestop.worktime.hours import DEFAULT_SESSIONS
from onestop.worktime.models import OpeningPeriod

PASSWORD = "chim-hot-tren-cau-tre"  # printed on purpose; only demo accounts have it
PROVINCE_CODE, PROVINCE_PLACE = "H99", "Minh Họa"
SATURDAY, SATURDAY_SESSION = 5, (time(7, 30), time(11, 0))


@dataclass(frozen=True)
class Post:
    """One desk of an office: the last part of the log-in, what stands on the door, what it may do."""

    login: str
    job_title: str
    roles: tuple[Role, ...]
    counter_no: str = ""


PROVINCE_POSTS = (
    Post("theodoi", "Chuyên viên theo dõi", (Role.PROVINCE,)),
    Post("quantri", "Quản trị hệ thống", (Role.ADMIN,)),
    Post("danhgia", "Đánh giá viên", (Role.AUDITOR,)),
)
# Approves the calendar of all; drawn apart, so that the people of the communes stay who they were.
PROVINCE_LEADER = (Post("phochutich", "Phó Chủ tịch", (Role.LEADER,)),)
# One person a desk.
LARGE_OFFICE = (
    Post("tiepnhan1", "Viên chức tiếp nhận", (Role.CLERK,), "1"),
    Post("tiepnhan2", "Viên chức tiếp nhận", (Role.CLERK,), "2"),
    Post("hotich", "Công chức Tư pháp – Hộ tịch", (Role.SPECIALIST,)),
    Post("kinhte", "Chuyên viên Phòng Kinh tế", (Role.SPECIALIST,)),
    Post("vanhoa", "Chuyên viên Phòng Văn hóa – Xã hội", (Role.SPECIALIST,)),
    Post("vanthu", "Văn thư", (Role.ARCHIVIST,)),
    Post("phochutich", "Phó Chủ tịch", (Role.LEADER,)),
    Post("chutich", "Chủ tịch", (Role.HEAD,)),
    Post("giamdoc", "Giám đốc Trung tâm", (Role.MANAGER,)),
    Post("hotro", "Đoàn viên hỗ trợ", (Role.HELPER,)),
    Post("quantri", "Quản trị", (Role.ADMIN,)),
    Post("danhgia", "Đánh giá viên", (Role.AUDITOR,)),
)
# Fewer people than desks, as in most communes: the clerk keeps the seal's book, a vice chair runs the centre.
SMALL_OFFICE = (
    Post("tiepnhan", "Công chức tiếp nhận, văn thư", (Role.CLERK, Role.ARCHIVIST), "1"),
    Post("hotich", "Công chức Tư pháp – Hộ tịch", (Role.CLERK, Role.SPECIALIST), "2"),
    Post("vanhoa", "Chuyên viên Phòng Văn hóa – Xã hội", (Role.SPECIALIST,)),
    Post("phochutich", "Phó Chủ tịch, Giám đốc Trung tâm", (Role.LEADER, Role.MANAGER)),
    Post("chutich", "Chủ tịch", (Role.HEAD,)),
    Post("hotro", "Đoàn viên hỗ trợ", (Role.HELPER,)),
    Post("quantri", "Quản trị", (Role.ADMIN,)),
    Post("danhgia", "Đánh giá viên", (Role.AUDITOR,)),
)


def invented_commune(number: int) -> Commune:
    """The commune with this number, from 0; beyond the two that have a character, names that say what they are."""
    if number < len(COMMUNES):
        return COMMUNES[number]
    hamlets = tuple(f"Ấp {hamlet}" for hamlet in range(1, 7))
    return Commune(name=f"Xã Minh Họa {number + 1}", hamlets=hamlets, peoples=TRA_KHA.peoples)


def open_offices(communes: int, *, at: datetime, rng: Random) -> list[tuple[Agency, Commune]]:
    """Make the province, the communes with their hours, and every account, as of the moment `at`."""
    rows: list[tuple[Agency, Commune]] = []
    staff: list[User] = []
    invented = InventedPeople(rng, today=at.date())
    with transaction.atomic():
        province = _make_agency(_province(), at=at)
        staff += _people_of(province, PROVINCE_POSTS, invented, TRA_KHA)
        for number in range(communes):
            commune = invented_commune(number)
            agency = _make_agency(_commune(province, commune, number), at=at)
            staff += _people_of(agency, SMALL_OFFICE if number % 2 else LARGE_OFFICE, invented, commune)
            if number == 0:
                _open_on_saturdays(agency, at.date())
            rows.append((agency, commune))
        staff += _people_of(province, PROVINCE_LEADER, InventedPeople(Random(PROVINCE_CODE), today=at.date(), drawn=990_000), TRA_KHA)
        accounts.create_demo_accounts(staff, password=PASSWORD, at=at)
    store.forget()
    return rows


def _make_agency(agency: Agency, *, at: datetime) -> Agency:
    agency.full_clean()
    agency.save(force_insert=True)
    record(agency_id=agency.pk, act="agency.created", subject=f"agency:{agency.pk}", at=at, data={"code": agency.code})
    return agency


def _province() -> Agency:
    return Agency(
        level=Agency.Level.PROVINCE,
        code=PROVINCE_CODE,
        name=f"Tỉnh {PROVINCE_PLACE}",
        place=PROVINCE_PLACE,
        desk_name=f"Trung tâm Phục vụ hành chính công tỉnh {PROVINCE_PLACE}",
        authority_name=f"ỦY BAN NHÂN DÂN TỈNH {PROVINCE_PLACE.upper()}",
        address=f"Số 1, đường Minh Họa, tỉnh {PROVINCE_PLACE}",
        hotline="0900 000 900",
        email="trungtam@minhhoa.example",
    )


def _commune(province: Agency, commune: Commune, number: int) -> Agency:
    in_sentence = commune.name[:1].lower() + commune.name[1:]
    seat, slug = commune.hamlets[0], login_prefix(commune)
    return Agency(
        parent=province,
        level=Agency.Level.COMMUNE,
        code=f"{PROVINCE_CODE}.{number + 1:02}",
        name=commune.name,
        place=commune.name.removeprefix("Xã "),
        desk_name=f"Trung tâm Phục vụ hành chính công {in_sentence}",
        authority_name=f"ỦY BAN NHÂN DÂN {commune.name.upper()}",
        superior_name=province.name,
        address=f"{seat}, {in_sentence}, tỉnh {PROVINCE_PLACE}",
        hotline=f"0900 000 {901 + number % 99}",
        email=f"motcua@{slug}.example",
        feedback_address=f"Ủy ban nhân dân {in_sentence}, {seat}",
        feedback_phone=f"0900 000 {901 + number % 99}",
        feedback_email=f"phananh@{slug}.example",
    )


def _people_of(agency: Agency, posts: tuple[Post, ...], invented: InventedPeople, commune: Commune) -> list[User]:
    prefix = "tinh" if agency.is_province else login_prefix(commune)
    people = []
    for post in posts:
        person = invented.person(commune=commune, min_age=23, max_age=58)
        people.append(
            User(
                username=f"{prefix}.{post.login}",
                full_name=person.name,
                job_title=post.job_title,
                signing_name=person.name,
                agency=agency,
                roles=accounts.ordered(post.roles),
                counter_no=post.counter_no,
            )
        )
    return people


def login_prefix(commune: Commune) -> str:
    """ "Xã Trà Kha" → "trakha"."""
    return fold(commune.name.removeprefix("Xã ")).replace(" ", "")


def _open_on_saturdays(agency: Agency, valid_from: date) -> None:
    """The usual hours and Saturday morning; an agency with hours of its own needs them all written down."""
    sessions = [(weekday, *session) for weekday in range(SATURDAY) for session in DEFAULT_SESSIONS] + [(SATURDAY, *SATURDAY_SESSION)]
    OpeningPeriod.objects.bulk_create(
        OpeningPeriod(agency=agency, valid_from=valid_from, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in sessions
    )


@dataclass(frozen=True)
class LogIn:
    """One line of the printed table."""

    office: str
    username: str
    password: str
    name: str
    roles: str


def demo_logins() -> list[LogIn]:
    """The log-ins of the demonstration that are open now, by office; empty where there is no demonstration."""
    people = User.objects.active().filter(is_demo=True).select_related("agency").order_by("agency__code", "id")
    return [LogIn(person.agency.name, person.username, PASSWORD, person.full_name, say_roles(person.roles)) for person in people]
