"""Numbers that are unique and without gaps: dossier codes, register lines, papers.

One counter row per agency and book is bumped in the transaction that uses the number, so a
rollback leaves no gap and two counters never draw the same number. Books are always taken in
the order in which `take` is called by one act: day, register, certification books in the order of
their list, receipts, paper (lock order in docs/architecture.md).
"""
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from onestop.staff.models import Agency


@dataclass(frozen=True)
class CodeScheme:
    """How dossier codes are written from a date on; schemes change with the circulars, old codes stay."""

    valid_from: date
    source: str
    width: int

    def code(self, agency_code: str, day: date, number: int) -> str:
        """`<agency>-YYMMDD-NNNN`; wider than `width` digits when the day needs it, never wrapping."""
        return f"{agency_code}-{day:%y%m%d}-{number:0{self.width}d}"


SCHEMES = (CodeScheme(date(2019, 1, 6), "TT 01/2018/TT-VPCP Điều 19; cùng dạng theo TT 03/2025/TT-VPCP", 4),)


def scheme_on(day: date) -> CodeScheme:
    """The scheme in force on `day` (the first one for earlier days)."""
    return max((scheme for scheme in SCHEMES if scheme.valid_from <= day), key=lambda scheme: scheme.valid_from, default=SCHEMES[0])


def take(agency_id: int, book: str) -> int:
    """The next number of the book, from 1; holds the counter row until the transaction ends."""
    return _advance(agency_id, book, 1)


def take_several(agency_id: int, book: str, count: int) -> range:
    """The next `count` numbers of the book, in one go."""
    last = _advance(agency_id, book, count)
    return range(last - count + 1, last + 1)


def hold_book(agency_id: int, book: str) -> int:
    """The last number given so far (0: none); nobody takes another until the transaction ends."""
    return _advance(agency_id, book, 0)


def _advance(agency_id: int, book: str, count: int) -> int:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a number may only be taken inside the transaction that uses it")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_numbercounter (agency_id, book, last) VALUES (%s, %s, %s) "
            "ON CONFLICT (agency_id, book) DO UPDATE SET last = dossiers_numbercounter.last + excluded.last RETURNING last",
            [agency_id, book, count],
        )
        return cursor.fetchone()[0]


def next_dossier_code(agency: Agency, day: date) -> str:
    """The next dossier code of the agency on this local day of receipt."""
    return scheme_on(day).code(agency.code, day, take(agency.pk, f"day:{day:%Y-%m-%d}"))


def next_register_line(agency_id: int, day: date) -> tuple[str, int]:
    """Book (one a year) and running number in the register."""
    book = f"{day:%Y}"
    return book, take(agency_id, f"register:{book}")


def next_hand_over_list(agency_id: int, day: date) -> tuple[int, int]:
    """Year and running number of a list of hand-overs, from 1 each year."""
    return day.year, take(agency_id, f"hand-over:{day:%Y}")


def next_slip_number(agency_id: int, series: str, day: date) -> int:
    """The next number of a series of slips or letters (HDHS, TCTN, GXN-UBND), from 1 each year."""
    return take(agency_id, _slip_book(series, day))


def hold_slip_book(agency_id: int, series: str, day: date) -> int:
    """Keep the series to this transaction, which draws from it only after its first event; the last number so far."""
    return hold_book(agency_id, _slip_book(series, day))


def count_on_to(agency_id: int, series: str, day: date, number: int) -> None:
    """A number was given on paper: the series of the year goes on after it, and never back."""
    behind = number - hold_book(agency_id, _slip_book(series, day))
    if behind > 0:
        take_several(agency_id, _slip_book(series, day), behind)


def next_transfer_list(agency_id: int, day: date) -> tuple[int, int]:
    """Year and running number of a list of dossiers sent to another commune, from 1 each year."""
    return day.year, take(agency_id, f"transfer:{day:%Y}")


def _slip_book(series: str, day: date) -> str:
    return f"paper:{series}:{day:%Y}"
