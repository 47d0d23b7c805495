"""How long results wait for a signature: from the moment a draft is submitted to the moment it is signed.

    report = report_of(waits_of([agency], span))
    report.whole.median          # working minutes

Measured twice: in working minutes, which the office can answer for, and in plain minutes, which the citizen feels. Every
share states what it is a share of; where nothing was signed there is no figure at all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from dossiers.desks import desk_of
from dossiers.models import ResultDocument, SignOff
from onestop.reading.days import Period, last_of_month
from onestop.staff.models import Agency
from procedures.catalogue import procedure_names

# What the leaders at the desk promise each other: longer is long.
SOON_MINUTES = 15
MOST_SIGNATURES = 50_000


@dataclass(frozen=True)
class Wait:
    """One signature: where, by whom, of which procedure, and how long it was waited for, in whole minutes, rounded down.

    A paper that was signed before its draft was submitted has been waited for by nobody: 0.
    """

    agency: str
    signer: str
    procedure: str
    plain: int
    working: int


@dataclass(frozen=True)
class Figures:
    """What is said of some signatures. Medians and the ninetieth percentile are values that occurred (nearest rank)."""

    number: int
    soon: int
    median: int
    ninetieth: int
    longest: int
    plain_median: int
    plain_ninetieth: int
    plain_longest: int

    @property
    def share(self) -> str:
        """ "12/30 (40%)"."""
        return f"{self.soon}/{self.number} ({round(100 * self.soon / self.number)}%)"


@dataclass(frozen=True)
class Report:
    """The period's figures in whole (None without any signature) and by groups, the longest median first in each.

    For a commune by signer and by procedure; across communes by commune and by procedure, since people are not counted there.
    """

    whole: Figures | None
    groups: tuple[tuple[str, tuple[tuple[str, Figures], ...]], ...]


def figures_of(waits: Sequence[Wait]) -> Figures | None:
    """None for no signature: a share of nothing is not 0 %."""
    if not waits:
        return None
    working, plain = sorted(wait.working for wait in waits), sorted(wait.plain for wait in waits)
    return Figures(
        number=len(waits),
        soon=sum(minutes <= SOON_MINUTES for minutes in working),
        median=nearest(working, 50),
        ninetieth=nearest(working, 90),
        longest=working[-1],
        plain_median=nearest(plain, 50),
        plain_ninetieth=nearest(plain, 90),
        plain_longest=plain[-1],
    )


def nearest(ascending: Sequence[int], percent: int) -> int:
    """The nearest-rank percentile: the smallest value that at least `percent` of all do not exceed."""
    return ascending[max(1, ceil(len(ascending) * percent / 100)) - 1]


def report_of(waits: Iterable[Wait], *, across_communes: bool = False) -> Report:
    found = list(waits)
    first = ("Đơn vị", _by(found, lambda wait: wait.agency)) if across_communes else ("Người ký", _by(found, lambda wait: wait.signer))
    return Report(figures_of(found), (first, ("Thủ tục", _by(found, lambda wait: wait.procedure))))


COLUMNS = (
    "Số chữ ký",
    f"Ký trong {SOON_MINUTES} phút làm việc",
    "Trung vị (phút làm việc)",
    "90% không quá (phút làm việc)",
    "Lâu nhất (phút làm việc)",
    "Trung vị (phút)",
    "90% không quá (phút)",
    "Lâu nhất (phút)",
)


def cells_of(figures: Figures, *, say: Callable[[int], str] = str) -> tuple[str, ...]:
    """One row of the tables, in the order of COLUMNS; `say` writes a number, for a spreadsheet plainly."""
    numbers = (
        figures.median,
        figures.ninetieth,
        figures.longest,
        figures.plain_median,
        figures.plain_ninetieth,
        figures.plain_longest,
    )
    return say(figures.number), figures.share, *map(say, numbers)


def table_of(report: Report) -> list[tuple[str, ...]]:
    """The whole report as rows for a spreadsheet, the heading first."""
    rows: list[tuple[str, ...]] = [("Theo", "Tên", *COLUMNS)]
    if report.whole is not None:
        rows.append(("Tất cả", "", *cells_of(report.whole)))
    return rows + [(what, name, *cells_of(figures)) for what, group in report.groups for name, figures in group]


def _by(waits: Iterable[Wait], name_of: Callable[[Wait], str]) -> tuple[tuple[str, Figures], ...]:
    groups: dict[str, list[Wait]] = defaultdict(list)
    for wait in waits:
        groups[name_of(wait)].append(wait)
    made = [(name, figures) for name, group in groups.items() if (figures := figures_of(group)) is not None]
    return tuple(sorted(made, key=lambda row: (-row[1].median, -row[1].number, row[0])))


# -- the period ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Span(Period):
    """A month, a quarter or a year: `slug` as in the address ("2026-11", "2026-q4", "2026")."""

    slug: str
    words: str


def month_of(year: int, month: int) -> Span:
    return Span(date(year, month, 1), last_of_month(year, month), f"{year}-{month:02d}", f"Tháng {month:02d}/{year}")


def read_span(text: str, today: date) -> Span:
    """The period of an address; this month for anything that is none."""
    year, _, part = text.partition("-")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and 2000 <= int(year) <= 2099):
        return month_of(today.year, today.month)
    number = int(year)
    if text == year:
        return Span(date(number, 1, 1), date(number, 12, 31), year, f"Năm {year}")
    if part in {"q1", "q2", "q3", "q4"}:
        quarter = int(part[1])
        return Span(date(number, 3 * quarter - 2, 1), last_of_month(number, 3 * quarter), text, f"Quý {quarter}/{year}")
    if len(part) == 2 and part.isascii() and part.isdigit() and 1 <= int(part) <= 12:
        return month_of(number, int(part))
    return month_of(today.year, today.month)


def spans_before(today: date) -> list[Span]:
    """What the picker offers: the last twelve months, the last four quarters, this year and the one before."""
    months = []
    for back in range(12):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        months.append(month_of(year, month + 1))
    quarters = []
    for back in range(4):
        year, quarter = divmod(today.year * 4 + (today.month - 1) // 3 - back, 4)
        quarters.append(read_span(f"{year}-q{quarter + 1}", today))
    return [*months, *quarters, read_span(str(today.year), today), read_span(str(today.year - 1), today)]


# -- from the database -----------------------------------------------------------------------
def waits_of(agencies: Iterable[Agency], span: Span) -> list[Wait]:
    """Every signature on a result in the period, by the agencies that signed. One query beside those for the working time.

    A file that was signed elsewhere may have become a version of its own: what waited is the draft before it.
    """
    by_pk = {agency.pk: agency for agency in agencies}
    desks = {pk: desk_of(pk) for pk in by_pk}
    before = ResultDocument.objects.filter(dossier=OuterRef("dossier"), drafted_at__lt=OuterRef("recorded_at")).order_by("-version")
    rows = (
        SignOff.objects.filter(dossier__competent_agency__in=list(by_pk), signed_at__gte=span.start, signed_at__lt=span.end)
        .filter(dossier__voided_at__isnull=True)
        .annotate(submitted=Coalesce(Subquery(before.values("drafted_at")[:1]), F("result__drafted_at")))
        .values_list("dossier__competent_agency", "signer__full_name", "dossier__procedure_id", "submitted", "signed_at")
    )
    names = procedure_names()
    made = []
    for agency, signer, procedure, submitted, signed in rows.order_by("signed_at", "id")[:MOST_SIGNATURES]:
        _, label, name = names.get(procedure, ("", "", ""))
        plain = max(0, int((signed - submitted).total_seconds())) // 60
        made.append(Wait(by_pk[agency].name, signer, label or name, plain, desks[agency].minutes_between(submitted, signed)))
    return made
