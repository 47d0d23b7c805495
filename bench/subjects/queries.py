"""What pages ask of the database: how many statements, alike for one row and for many, and no table read to its end."""
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from bench.bench import Bench
from bench.data import APPLICANT, Office
from bench.queries import Statement, endless_scans, recorded
from bench.report import Line, broken_line
from bench.subjects.status import citizen_of
from bench.visitor import Visitor
from dossiers.hiding import WAYS
from dossiers.models import Dossier
from onestop.staff.models import User

PUBLIC, DESK = 3, 10
# Rows of the queue of signatures open in place, so the questions of a dossier's own page come on top of those of a list.
QUEUE = 13
# Ten ways of hiding lateness lie in ten tables with columns of their own; session, person and access entry beside them.
SIGNS = len(WAYS) + 3


class PageBroken(Exception):
    """The page is not there, or is not the page that is meant."""


@dataclass(frozen=True)
class Case:
    """One page seen twice: with one row to show and with many. `status`: what it answers."""

    page: str
    limit: int
    few: tuple[Visitor, str]
    many: tuple[Visitor, str]
    status: int = 200


def measure(bench: Bench) -> list[Line]:
    return [_line(case) for case in (*public_pages(bench), *desk_pages(bench))]


def public_pages(bench: Bench) -> list[Case]:
    world, anyone = bench.world, bench.visitor()

    def page(name: str, few: str, many: str | None = None) -> Case:
        return Case(f"public: {name}", PUBLIC, (anyone, few), (anyone, many or few))

    catalogue = reverse("procedures:list")
    return [
        page("home", reverse("home")),
        page("catalogue", f"{catalogue}?tu-khoa=1.001193", catalogue),
        page("procedure", reverse("procedures:detail", args=["1.000656"]), reverse("procedures:detail", args=["1.001193"])),
        page("look-up", reverse("dossiers:lookup")),
        Case(
            "public: status page",
            PUBLIC,
            (citizen_of(bench, world.short), reverse("dossiers:status")),
            (citizen_of(bench, world.long), reverse("dossiers:status")),
        ),
        page("help", reverse("help")),
        page("privacy", reverse("privacy")),
        page("accessibility", reverse("accessibility")),
    ]


def desk_pages(bench: Bench) -> list[Case]:
    world = bench.world
    few_clerk, many_clerk = bench.logged_in(world.small.clerk), bench.logged_in(world.big.clerk)
    own_clerk = bench.logged_in(world.lived.clerk)

    def clerk(name: str, address: str) -> Case:
        return Case(f"desk: {name}", DESK, (few_clerk, address), (many_clerk, address))

    def dossier(name: str, page: str) -> Case:
        few, many = reverse(page, args=[world.short.code]), reverse(page, args=[world.working.code])
        return Case(f"desk: {name}", DESK, (own_clerk, few), (own_clerk, many))

    register = reverse("dossiers:list")
    family = urlencode({"tu-khoa": APPLICANT.split()[0]})
    return [
        clerk("today's desk", reverse("dossiers:desk")),
        clerk("register", register),
        clerk("register, filtered", f"{register}?trang-thai=dang-giai-quyet&tinh-trang=sap-den-han"),
        clerk("register, by name", f"{register}?{family}"),
        dossier("dossier", "dossiers:detail"),
        clerk("intake", reverse("dossiers:intake")),
        Case(
            "desk: my work",
            DESK,
            (bench.logged_in(world.small.specialists[0]), reverse("dossiers:work")),
            (bench.logged_in(busiest(world.big)), reverse("dossiers:work")),
        ),
        Case(
            "desk: overdue board",
            DESK,
            (bench.logged_in(world.small.leader), reverse("dossiers:overdue")),
            (bench.logged_in(world.big.leader), reverse("dossiers:overdue")),
        ),
        Case(
            "desk: overdue board, without a letter",
            DESK,
            (bench.logged_in(world.small.leader), f"{reverse('dossiers:overdue')}?muc=chua-xin-loi"),
            (bench.logged_in(world.big.leader), f"{reverse('dossiers:overdue')}?muc=chua-xin-loi"),
        ),
        Case(
            "desk: what could hide lateness, ten lists in one",
            SIGNS,
            (bench.logged_in(world.small.leader), reverse("dossiers:overdue_signs")),
            (bench.logged_in(world.big.leader), reverse("dossiers:overdue_signs")),
        ),
        Case(
            "desk: to be signed, each row with its papers and checks",
            QUEUE,
            (bench.logged_in(world.small.leader), reverse("dossiers:sign_queue")),
            (bench.logged_in(world.big.leader), reverse("dossiers:sign_queue")),
        ),
    ]


def busiest(office: Office) -> User:
    """The specialist with the longest list of work."""
    return max(office.specialists, key=lambda person: Dossier.objects.held_by(person).count())


def _line(case: Case) -> Line:
    try:
        few, many = _statements(case, *case.few), _statements(case, *case.many)
    except PageBroken as failure:
        return broken_line("queries", case.page, str(failure))
    problems = endless_scans(many)
    if len(few) != len(many):
        problems.insert(0, f"{len(few)} statements for few rows, {len(many)} for many")
    return Line("queries", case.page, max(len(few), len(many)), case.limit, "queries", problem="; ".join(problems))


def _statements(case: Case, visitor: Visitor, address: str) -> list[Statement]:
    """The statements of the page once the process has what it keeps: the fewer of its third and fourth showing, since
    the calendar's version is asked for again now and then."""
    for _ in range(2):
        answer = visitor.get(address)
        if answer.status != case.status:
            raise PageBroken(f"{address} answered {answer.status}")
    return min((_statements_of(visitor, address) for _ in range(2)), key=len)


def _statements_of(visitor: Visitor, address: str) -> list[Statement]:
    with recorded() as statements:
        visitor.get(address)
    return statements
