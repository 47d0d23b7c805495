"""The sweep that marks what has become late: a large province against a small one, and against a loop in Python.

All sides mark the same 500 dossiers and write their events into the chains; each run is rolled back once the
clock has stopped, so that the next one finds the same work.
"""
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min, QuerySet

from bench.bench import Bench
from bench.measure import Comparison, compare_costly
from bench.report import Line, ratio_line
from dossiers.lateness import flag_overdue
from dossiers.models import Dossier
from dossiers.statuses import Act
from onestop.history.models import ChainHead, Event, Salt
from onestop.history.record import record

NEWLY_LATE, SMALL = 500, 10_000
GROWTH, OPEN_LOOP, WHOLE_LOOP, EMPTY = 1.2, 1 / 10, 1 / 150, 0.05
# The loop over everything reads a million dossiers, a minute of it: the quick run reads a part and reckons the rest.
PART = 20
# What the sweep writes to; the small province has these of its own and shares the rest.
OWN_TABLES = (Dossier, Event, ChainHead, Salt)
SMALL_PROVINCE, LARGE_PROVINCE = "small, public", "public"


def measure(bench: Bench) -> list[Line]:
    bench.fill()
    now = _make_late()
    _build_small_province()
    sides = _Sides(bench, now)
    sides.check()
    rows = sides.rows
    lines = [
        ratio_line("sweep", f"{rows:,} dossiers ÷ {SMALL:,}, {NEWLY_LATE} newly late", GROWTH, sides.growth()),
        ratio_line("sweep", "sweep ÷ Python loop over the open dossiers", OPEN_LOOP, sides.against_open()),
        ratio_line("sweep", f"sweep ÷ Python loop over all{sides.reckoned}", WHOLE_LOOP, sides.against_all()),
        ratio_line("sweep", "sweep with nothing to do ÷ sweep", EMPTY, sides.empty()),
    ]
    bench.check_connection()
    return lines


def _make_late() -> datetime:
    """A moment at which nothing is late but 500 dossiers, spread over the communes as they come; returns the moment."""
    unmarked = Dossier.objects.open().filter(overdue_since__isnull=True)
    now = unmarked.aggregate(at=Min("due_at"))["at"]
    with connection.cursor() as cursor:
        step = max(unmarked.filter(due_at__isnull=False).count() // NEWLY_LATE - 1, 1)
        cursor.execute(
            "UPDATE dossiers_dossier SET due_at = %s WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n"
            " FROM dossiers_dossier WHERE finished_at IS NULL AND overdue_since IS NULL AND voided_at IS NULL AND due_at IS NOT NULL) one"
            " WHERE n %% %s = 0 ORDER BY id LIMIT %s)",
            [now - timedelta(seconds=1), step, NEWLY_LATE],
        )
        if cursor.rowcount != NEWLY_LATE:
            raise ValueError(f"only {cursor.rowcount} dossiers could be made late")
        cursor.execute("ANALYZE dossiers_dossier")
    # Whatever was received by a real act has its salt since then.
    late = Dossier.objects.newly_overdue(now).values_list("pk", flat=True)
    Salt.objects.bulk_create(Salt(subject=f"dossier:{pk}", value=f"{pk:032x}") for pk in late)
    return now


def _build_small_province() -> None:
    """The same tables with a hundredth of the dossiers, the newly late ones among them."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA small")
        for model in OWN_TABLES:
            table = model._meta.db_table
            cursor.execute(f"CREATE TABLE small.{table} (LIKE public.{table} INCLUDING ALL)")
        late = (
            "SELECT id FROM public.dossiers_dossier WHERE finished_at IS NULL AND overdue_since IS NULL AND voided_at IS NULL"
            " AND due_at = (SELECT min(due_at) FROM public.dossiers_dossier WHERE finished_at IS NULL AND overdue_since IS NULL)"
        )
        cursor.execute(f"INSERT INTO small.dossiers_dossier SELECT * FROM public.dossiers_dossier WHERE id IN ({late})")
        found = cursor.rowcount
        # One of each hundred or so, so that the mix of statuses is the large province's.
        cursor.execute(
            "INSERT INTO small.dossiers_dossier SELECT * FROM public.dossiers_dossier"
            f" WHERE id %% 89 = 0 AND id NOT IN ({late}) ORDER BY id LIMIT %s",
            [SMALL - found],
        )
        if found + cursor.rowcount != SMALL:
            raise ValueError(f"the small province has {found + cursor.rowcount} dossiers")
        # Events as many as the large province has for each dossier; the heads belong to chains that have none there either.
        cursor.execute("INSERT INTO small.history_event SELECT * FROM public.history_event WHERE seq % 89 = 0")
        cursor.execute("INSERT INTO small.history_salt SELECT * FROM public.history_salt")
        for model in OWN_TABLES:
            cursor.execute(f"VACUUM ANALYZE small.{model._meta.db_table}")


class _Sides:
    """Everything that is compared, each run in a transaction that is taken back."""

    def __init__(self, bench: Bench, now: datetime) -> None:
        self.clock, self.full, self.now = bench.clock, bench.full, now
        self.rounds = 5 if bench.full else 2
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM dossiers_dossier")
            self.rows = cursor.fetchone()[0]
        self.reckoned = "" if self.full else f", 1/{PART} of the reading measured"

    def sweep(self) -> int:
        return flag_overdue(now=self.now)

    def sweep_nothing(self) -> int:
        return flag_overdue(now=self.now - timedelta(seconds=1))

    def open_loop(self) -> int:
        return loop(Dossier.objects.open(), self.now)

    def check(self) -> None:
        """Raises unless every side marks the same dossiers and writes as many events."""
        expected = self._found(self.sweep, LARGE_PROVINCE)
        if len(expected) != NEWLY_LATE:
            raise ValueError(f"the sweep marked {len(expected)} dossiers")
        if self._found(self.sweep, SMALL_PROVINCE) != expected or self._found(self.open_loop, LARGE_PROVINCE) != expected:
            raise ValueError("the sides do not mark the same dossiers")
        if self._found(self.sweep_nothing, LARGE_PROVINCE):
            raise ValueError("the sweep found something late where nothing is")

    def _found(self, side: Callable[[], int], province: str) -> set[tuple[int, datetime]]:
        with _province(province), taken_back():
            # Only what this run marks: the mass of the province is marked at other moments.
            marked = Dossier.objects.filter(overdue_since=self.now - timedelta(seconds=1))
            events = Event.objects.filter(act=Act.FLAG_OVERDUE, at=self.now)
            count = side()
            found = set(marked.values_list("pk", "overdue_since"))
            if not (count == len(found) == events.count()):
                raise ValueError(f"{count} marked, {len(found)} marks, {events.count()} events")
            return found

    def growth(self) -> Comparison:
        # The copied tables have no foreign keys, whose look at each changed row does not depend on how many rows there are.
        with without_triggers():
            return self._compare(self.sweep, self.sweep, province=SMALL_PROVINCE, rounds=15)

    def against_open(self) -> Comparison:
        return self._compare(self.sweep, self.open_loop, rounds=self.rounds)

    def against_all(self) -> Comparison:
        if self.full:
            return self._compare(self.sweep, lambda: loop(Dossier.objects.all(), self.now), rounds=self.rounds)
        late = Dossier.objects.newly_overdue(self.now)
        part = Dossier.objects.filter(finished_at__isnull=False).order_by("id")[: self.rows // PART]
        writing = self._cost(lambda: loop(late, self.now))
        return self._compare(self.sweep, lambda: loop(part, self.now), rounds=self.rounds, reckon=lambda cost: cost * PART + writing)

    def empty(self) -> Comparison:
        return self._compare(self.sweep_nothing, self.sweep, rounds=9)

    def _cost(self, side: Callable[[], int]) -> float:
        with taken_back():
            begin = self.clock()
            side()
            return self.clock() - begin

    def _compare(
        self,
        subject: Callable[[], int],
        reference: Callable[[], int],
        *,
        rounds: int,
        province: str = LARGE_PROVINCE,
        reckon: Callable[[float], float] = lambda cost: cost,
    ) -> Comparison:
        """Subject in the large province ÷ reference in `province`."""
        return compare_costly(
            subject,
            reference,
            self.clock,
            rounds=rounds,
            around=(taken_back, lambda: _taken_back_in(province)),
            reckon=reckon,
        )


def loop(dossiers: QuerySet, now: datetime) -> int:
    """As one writes it first: look at each dossier, mark it, write its event."""
    marked = 0
    for dossier in dossiers.iterator():
        if dossier.is_open and dossier.overdue_since is None and dossier.due_at is not None and dossier.due_at < now:
            with transaction.atomic():
                dossier.overdue_since = dossier.due_at
                dossier.save()
                record(
                    agency_id=dossier.agency_id,
                    act=Act.FLAG_OVERDUE,
                    subject=f"dossier:{dossier.pk}",
                    at=now,
                    data={"code": dossier.code, "due_at": dossier.due_at},
                    rows=[dossier],
                )
            marked += 1
    return marked


@contextmanager
def taken_back() -> Iterable[None]:
    """A transaction of which nothing remains."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def without_triggers() -> Iterable[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


@contextmanager
def _province(search_path: str) -> Iterable[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path TO {search_path}")
        yield
        cursor.execute("SET search_path TO public")


@contextmanager
def _taken_back_in(search_path: str) -> Iterable[None]:
    with _province(search_path), taken_back():
        yield
