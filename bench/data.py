"""A province to measure in: the shipped catalogue and calendar, 226 communes, and a year of dossiers.

Three communes matter: `big` has many dossiers, `small` has one in each person's hands, and `lived` has those
whose pages are compared: a fresh one, and with a long way behind them one in work and one returned. The mass of dossiers is copied
straight into the tables. It looks like the real thing to the pages and to the planner, but it is no history:
digests and hashes are padding, no chain has a head, and `verify_history` would rightly refuse it.
"""
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from io import StringIO
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, models
from django.utils import timezone

from dossiers import lifecycle
from dossiers.intake import PartyLine
from dossiers.models import Appointment, Dossier, HandOver, Party, RegisterEntry, ResultDocument, SignOffKind
from dossiers.statuses import Status
from dossiers.tests.makers import make_intake
from onestop.demo.people import TRA_KHA, InventedPeople
from onestop.history.models import Event
from onestop.reading.names import fold, sort_key
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.testing import NAMES, make_agency, make_province, make_user
from procedures.models import ProcedureVersion

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
COMMUNES = 226
BATCH = 10_000
PEOPLE = 4_000
SPECIALISTS = 8
FIRST_OF_MASS = 1_000
# One page of the register in the big commune. Every page has this mix, so that the last page costs
# what the first one costs unless finding it does.
MIX = (
    Status.RECEIVED,
    Status.PROCESSING,
    Status.PROCESSING,
    Status.AWAITING_SIGNATURE,
    Status.AWAITING_SUPPLEMENT,
    Status.RESULT_READY,
    *[Status.RETURNED] * 44,
)
HOUR = timedelta(hours=1)
APPLICANT = "Thạch Thị Sóc Kha"


@dataclass(frozen=True)
class Size:
    """A province of `detailed` × `copies` dossiers, about; the big commune has `big` of them (whole pages of 50).

    The detailed ones have parties, appointment, hand-over and events. The database then multiplies the bare
    rows of all other communes, which is enough for lists and plans and keeps the quick run quick.
    """

    detailed: int
    big: int
    copies: int


QUICK = Size(40_000, 20_000, 50)
FULL = Size(1_000_000, 28_700, 1)


@dataclass
class Office:
    """One commune and who works there."""

    agency: Agency
    clerk: User
    leader: User
    specialists: list[User]


@dataclass
class World:
    """What the measurements need to know about the data."""

    size: Size
    big: Office
    lived: Office
    small: Office
    short: Dossier  # received, nothing more
    working: Dossier  # sent back and handed on many times, still in work
    long: Dossier  # the same, returned in the end
    seeded: Counter = field(default_factory=Counter)


def build(size: Size, now: datetime) -> World:
    """Fill a database that has its tables, calendar and catalogue, and nothing else."""
    province = make_province()
    big, lived, small = (_office(f"H61.{number}", f"Xã số {number}", province) for number in (11, 12, 13))
    others = _plain_offices(big.agency, COMMUNES - 3)
    version = _receivable("1.001193")
    world = World(
        size=size,
        big=big,
        lived=lived,
        small=small,
        short=_received(lived, version, now - HOUR),
        working=_long_way(lived, version, now - 12 * HOUR),
        long=_to_the_end(_long_way(lived, version, now - 12 * HOUR), lived, now - 2 * HOUR),
    )
    _one_in_each_hand(small, version, now - HOUR)
    with connection.cursor() as cursor:
        # Foreign keys and the triggers that protect the history are not what is measured, and cost more than the rows.
        cursor.execute("SET session_replication_role = replica")
        with _without_indexes(COLUMNS):
            _copy_mass(world, big, others, now)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return world


def _office(code: str, place: str, province: Agency) -> Office:
    """A commune whose accounts were made as the product makes them."""
    agency = make_agency(code, place, parent=province)
    return Office(
        agency,
        clerk=make_user(Role.CLERK, agency=agency),
        leader=make_user(Role.LEADER, agency=agency),
        specialists=[make_user(Role.SPECIALIST, agency=agency)],
    )


def _plain_offices(model: Agency, count: int) -> list[Office]:
    """Communes like `model` with three accounts each, written without a history."""
    names = [(f"H61.{number}", f"Xã số {number}") for number in range(101, 101 + count)]
    agencies = Agency.objects.bulk_create(_copy_of(model, code=code, name=name, place=name) for code, name in names)
    roles = (Role.CLERK, Role.LEADER, Role.SPECIALIST)
    people = User.objects.bulk_create(
        User(username=f"{role.value}.{agency.code}".lower(), full_name=NAMES[role], agency=agency, roles=[role.value], password="!")
        for agency in agencies
        for role in roles
    )
    return [Office(agency, *people[at * 3 : at * 3 + 2], [people[at * 3 + 2]]) for at, agency in enumerate(agencies)]


def _copy_of(agency: Agency, **changes: Any) -> Agency:
    kept = {each.attname: getattr(agency, each.attname) for each in Agency._meta.concrete_fields if not each.primary_key}
    return Agency(**(kept | changes))


def _receivable(code: str) -> ProcedureVersion:
    return ProcedureVersion.objects.get(procedure__code=code, state="published")


def _received(office: Office, version: ProcedureVersion, at: datetime) -> Dossier:
    """A dossier as the intake page makes it."""
    case = version.cases.order_by("position")[0]
    basis = case.basis_allowed[0] if case.basis_allowed else "self"
    filer = PartyLine(
        role="filer", name=APPLICANT, basis=basis, personal_id="000185006123", phone="0900000123", phone_owner="own"
    )
    return lifecycle.receive(make_intake(version, parties=(filer,)), by=office.clerk, at=at)


def _one_in_each_hand(office: Office, version: ProcedureVersion, at: datetime) -> None:
    """A dossier with the clerk, one with the specialist, one before the leader."""
    specialist = office.specialists[0]
    _received(office, version, at)
    lifecycle.hand_over(_received(office, version, at), to=specialist, by=office.clerk, at=at)
    dossier = lifecycle.hand_over(_received(office, version, at), to=specialist, by=office.clerk, at=at)
    lifecycle.submit_for_sign_off(dossier, by=specialist, at=at, summary="Trích lục")


def _long_way(office: Office, version: ProcedureVersion, at: datetime) -> Dossier:
    """A dossier with everything that can be repeated, repeated: hand-overs and results sent back. Takes seven hours from `at`."""
    specialist, second = office.specialists[0], make_user(Role.SPECIALIST, agency=office.agency)
    dossier = _received(office, version, at)
    dossier = lifecycle.hand_over(dossier, to=specialist, by=office.clerk, at=at)
    giver, taker = specialist, second
    for turn in range(6):
        at += HOUR
        dossier = lifecycle.hand_over(dossier, to=taker, by=giver, at=at + HOUR)
        dossier = lifecycle.submit_for_sign_off(dossier, by=taker, at=at + HOUR, summary=f"Trích lục, bản {turn + 1}")
        dossier = lifecycle.send_back(dossier, by=office.leader, at=at + HOUR, reason="Sửa lại nơi sinh")
        giver, taker = taker, giver
    return dossier


def _to_the_end(dossier: Dossier, office: Office, at: datetime) -> Dossier:
    """Signed, issued and, an hour after `at`, returned."""
    dossier = lifecycle.submit_for_sign_off(dossier, by=dossier.holder, at=at, summary="Trích lục, bản cuối")
    ink = {"kind": SignOffKind.WET_INK, "doc_number": "12", "doc_symbol": "TLKS"}
    dossier = lifecycle.sign_off(dossier, signer=office.leader, by=office.leader, at=at, **ink)
    dossier = lifecycle.issue_result(dossier, by=office.clerk, at=at)
    return lifecycle.return_result(dossier, collected_by="owner", name=dossier.applicant_name, by=office.clerk, at=at + HOUR)


# -- the mass ----------------------------------------------------------------------------------
# What differs from row to row; every other column gets the default of its field.
COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Dossier: (
        "id", "agency_id", "filed_at_agency_id", "competent_agency_id", "code", "submission_key", "token_digest", "procedure_id",
        "version_id", "case_id", "lane", "request_text", "status", "outcome", "submitted_at", "received_at", "received_by_id", "due_at",
        "signed_at", "finished_at", "returned_at", "overdue_since", "holder_id", "held_since", "applicant_name", "applicant_key",
        "applicant_sort", "changed_at", "changed_by_id",
    ),
    Party: (
        "agency_id", "dossier_id", "role", "basis", "name", "name_key", "birth", "sex", "personal_id", "address", "phone", "phone_owner",
    ),
    Appointment: (
        "agency_id", "dossier_id", "seq", "kind", "due_at", "limit_words", "rule_version", "calendar_version", "trace", "made_at",
        "made_by_id",
    ),
    RegisterEntry: ("agency_id", "dossier_id", "book_no", "entry_no", "entered_at"),
    HandOver: ("agency_id", "dossier_id", "seq", "giver_id", "receiver_id", "given_at", "taken_at"),
    ResultDocument: ("agency_id", "dossier_id", "version", "summary", "drafted_by_id", "drafted_at"),
    Event: ("agency_id", "seq", "at", "actor_id", "role", "act", "subject", "data", "prev_hash", "hash"),
}  # fmt: skip
ACTS = ("receive", "hand_over", "submit_for_sign_off", "sign_off", "issue_result", "return_result")
ACTS_DONE = {Status.RECEIVED: 1, Status.PROCESSING: 2, Status.AWAITING_SUPPLEMENT: 2, Status.AWAITING_SIGNATURE: 3, Status.RESULT_READY: 5}
NULL = r"\N"


def _copy_mass(world: World, big: Office, others: list[Office], now: datetime) -> None:
    big.specialists += [make_user(Role.SPECIALIST, agency=big.agency) for _ in range(SPECIALISTS - 1)]
    mass = _Mass(world.size, big, others, now)
    for first in range(0, world.size.detailed, BATCH):
        lines: dict[type[models.Model], list[str]] = {model: [] for model in COLUMNS}
        for ordinal in range(first, min(first + BATCH, world.size.detailed)):
            mass.add(ordinal, lines)
        for model, text in lines.items():
            _copy(model, text)
            world.seeded[model._meta.db_table] += len(text)
    world.seeded[Dossier._meta.db_table] += _multiply(world.size, big.agency, mass.base)
    with connection.cursor() as cursor:
        # The next dossier that the product makes comes after the copied ones.
        cursor.execute("SELECT setval(pg_get_serial_sequence('dossiers_dossier', 'id'), (SELECT max(id) FROM dossiers_dossier))")


class _Mass:
    """A year of dossiers in order of receipt, the communes mixed as they are in life."""

    def __init__(self, size: Size, big: Office, others: list[Office], now: datetime) -> None:
        self.size, self.big, self.others, self.now = size, big, others, now
        # Nothing of the mass is received after what the real acts received.
        self.end = now - timedelta(days=2)
        self.step = timedelta(days=365) / size.detailed
        people = InventedPeople(Random(20261121), today=timezone.localdate(now)).many(PEOPLE, commune=TRA_KHA)
        self.people = [(person, fold(person.name), sort_key(person.name)) for person in people]
        versions = ProcedureVersion.objects.filter(receivable=True, state="published").select_related("procedure").order_by("pk")
        self.matters = [(version, version.cases.order_by("position").values_list("pk", flat=True)[0]) for version in versions[:60]]
        self.base = Dossier.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
        self.of_day: Counter = Counter()
        self.of_book: Counter = Counter()
        # The first numbers belong to the accounts, which were made by real acts.
        self.of_chain: Counter = Counter({each.agency.pk: FIRST_OF_MASS for each in (big, *others)})
        self.of_big = self.of_others = 0

    def office(self, ordinal: int) -> tuple[Office, Status]:
        """Whose dossier it is: exactly `size.big` of all are the big commune's, spread evenly over the year."""
        if (ordinal + 1) * self.size.big // self.size.detailed > ordinal * self.size.big // self.size.detailed:
            self.of_big += 1
            # 7 and the length of the mix have no common divisor: every page has each of its places once.
            return self.big, MIX[self.of_big * 7 % len(MIX)]
        self.of_others += 1
        return self.others[self.of_others % len(self.others)], MIX[self.of_others // len(self.others) % len(MIX)]

    def add(self, ordinal: int, lines: dict[type[models.Model], list[str]]) -> None:
        """One dossier and all its rows, as lines for COPY."""
        office, status = self.office(ordinal)
        pk, agency, clerk = self.base + ordinal, office.agency.pk, office.clerk.pk
        received = self.end - (self.size.detailed - ordinal) * self.step
        at, day = received.isoformat(), received.astimezone(LOCAL).date()
        self.of_day[agency, day] += 1
        self.of_book[agency, day.year] += 1
        code = f"{office.agency.code}-{day:%y%m%d}-{self.of_day[agency, day]:04d}"
        person, key, sort = self.people[ordinal % len(self.people)]
        version, case = self.matters[ordinal % len(self.matters)]
        done = status in {Status.RETURNED, Status.RESULT_READY}
        # What is open is due around today whenever it came in: some late, some soon, some paused.
        due = received + timedelta(days=5) if done else self.now + timedelta(hours=ordinal % 240 - 72)
        finished = (received + timedelta(days=3)).isoformat() if done else NULL
        specialist = office.specialists[ordinal % len(office.specialists)].pk
        holder = {Status.RECEIVED: clerk, Status.PROCESSING: specialist}.get(status, NULL)
        lines[Dossier].append(
            f"{pk}\t{agency}\t{agency}\t{agency}\t{code}\t{UUID(int=ordinal)}\t{sha256(code.encode()).hexdigest()}\t{version.procedure_id}"
            f"\t{version.pk}\t{case}\t{version.procedure.lane}\t{version.procedure.short_name[:300]}\t{status.value}"
            f"\t{'granted' if done else ''}\t{at}\t{at}\t{clerk}\t{NULL if status == Status.AWAITING_SUPPLEMENT else due.isoformat()}"
            f"\t{finished}\t{finished}\t{finished if status == Status.RETURNED else NULL}"
            f"\t{due.isoformat() if due < self.now and not done else NULL}\t{holder}\t{at}"
            f"\t{person.name}\t{key}\t{sort}\t{at}\t{clerk}\n"
        )
        lines[Party].append(
            f"{agency}\t{pk}\tfiler\tself\t{person.name}\t{key}\t{person.birth.year}\t{person.sex}\t{person.personal_id}\t{person.address}"
            f"\t{person.phone}\t{'own' if person.phone else 'none'}\n"
        )
        lines[Appointment].append(
            f"{agency}\t{pk}\t1\tfirst\t{due.isoformat()}\t3 ngày làm việc\t2026-1\t1\t[]\t{at}\t{clerk}\n"
        )
        lines[RegisterEntry].append(f"{agency}\t{pk}\t{day.year}\t{self.of_book[agency, day.year]}\t{at}\n")
        if status != Status.RECEIVED:
            lines[HandOver].append(f"{agency}\t{pk}\t1\t{clerk}\t{specialist}\t{at}\t{at}\n")
        if status == Status.AWAITING_SIGNATURE:
            lines[ResultDocument].append(f"{agency}\t{pk}\t1\tTrích lục\t{specialist}\t{at}\n")
        for step, act in enumerate(ACTS[: ACTS_DONE.get(status, len(ACTS))]):
            self.of_chain[agency] += 1
            mark = f"{pk:032x}{step:032x}"
            lines[Event].append(
                f'{agency}\t{self.of_chain[agency]}\t{at}\t{clerk}\tclerk\t{act}\tdossier:{pk}\t{{"code":"{code}","rows":'
                f'{{"dossiers.dossier:{pk}":"{mark}"}}}}\t{mark}\t{mark}\n'
            )


def _copy(model: type[models.Model], lines: list[str]) -> None:
    """COPY finished lines; columns that they do not name get the default of their field."""
    table, quote = model._meta.db_table, connection.ops.quote_name
    others = [
        each
        for each in model._meta.concrete_fields
        if each.column and each.column not in COLUMNS[model] and not each.primary_key and not each.null and not each.has_db_default()
    ]
    with connection.cursor() as cursor:
        # For the length of the transaction only: few of the product's columns know a default of their own.
        cursor.execute("BEGIN")
        for each in others:
            cursor.execute(f"ALTER TABLE {quote(table)} ALTER {quote(each.column)} SET DEFAULT %s", [each.get_default()])
        cursor.copy_expert(f"COPY {quote(table)} ({', '.join(map(quote, COLUMNS[model]))}) FROM STDIN", StringIO("".join(lines)))
        for each in others:
            cursor.execute(f"ALTER TABLE {quote(table)} ALTER {quote(each.column)} DROP DEFAULT")
        cursor.execute("COMMIT")


def _multiply(size: Size, big: Agency, base: int) -> int:
    """Copies of the bare dossiers of all communes but the big one, some minutes later each; returns how many."""
    if size.copies == 1:
        return 0
    table = Dossier._meta.db_table
    values = {each.column: each.column for each in Dossier._meta.concrete_fields}
    values |= {
        "id": f"id + n * {size.detailed}",
        "code": "left(code, -4) || right(code, 4)::int + n * 1000",
        "submission_key": "gen_random_uuid()",
        "token_digest": "encode(sha256((code || n)::bytea), 'hex')",
        "received_at": "received_at + n * interval '1 minute'",
    }
    statement = (
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {table}, generate_series(1, %s) n"
        f" WHERE id >= %s AND agency_id <> %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [size.copies - 1, base, big.pk])
        return cursor.rowcount


@contextmanager
def _without_indexes(tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """Rows cost half as much when the indexes of their table are built afterwards. Primary keys stay."""
    again: list[str] = []
    with connection.cursor() as cursor:
        for model in tables:
            table = model._meta.db_table
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'", [table]
            )
            for name, definition in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
                again.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
            cursor.execute(
                "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
                " WHERE indrelid = %s::regclass AND NOT indisprimary",
                [table],
            )
            for name, definition in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}")
                again.append(definition)
        cursor.execute("SET maintenance_work_mem = '256MB'")
    yield
    with connection.cursor() as cursor:
        for statement in again:
            cursor.execute(statement)
