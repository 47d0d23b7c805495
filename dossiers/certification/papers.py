"""The printed certification books: a month for binding, and the year's cover that the twelve months go into.

NĐ 23/2015 Điều 13.3: kept by software, the book is printed and closed each month with all columns of its form,
and on 31/12 the months are bound into one book for each kind. So the month's paper has every line, between an
opening and a closing page; the year's paper has the same two pages around the table of its months.

A page of lines is planned here, not by the layout engine, because its totals stand at its foot. A month that is
too long for one file is printed in parts; pages and running totals go on through them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dossiers.bookpages import pages_of
from dossiers.certification.catalogue import Column, catalogue
from dossiers.certification.kinds import Book
from dossiers.certification.ledger import BookPage
from dossiers.certification.rows import Row, rows_of
from dossiers.models import BookClosing, CertificationEntry
from onestop.papers import pdf
from onestop.reading.dates import say_long_date, short_date, short_moment
from onestop.reading.money import group_thousands
from onestop.staff.models import Agency
from onestop.worktime.hours import LOCAL

STYLES = ("pdf/certification_book.css",)
LEAVES_A_PART = 15
"""Pages of lines in one file; more go into further parts."""
ROOM_MM, LINE_MM, PADDING_MM = 140.0, 3.95, 1.7
"""Height for lines on a page, of one line of text, and around a row; A4 landscape, 9.5 pt."""
WIDTHS_MM: dict[Book, tuple[float, ...]] = {
    Book.COPIES: (15, 22, 48, 62, 42, 18, 23, 29),
    Book.SIGNATURES: (15, 22, 66, 48, 42, 18, 21, 27),
    Book.TRANSLATIONS: (15, 22, 54, 46, 26, 38, 17, 20, 21),
    Book.CONTRACTS: (15, 22, 78, 42, 40, 14, 21, 27),
}


@dataclass(frozen=True)
class Sums:
    """Totals of some lines; struck-out ones count only in `struck`."""

    numbers: int = 0
    copies: int = 0
    fees: int = 0
    struck: int = 0

    def plus(self, rows: Sequence[Row]) -> "Sums":
        struck = sum(row.struck for row in rows)
        return Sums(
            self.numbers + len(rows) - struck,
            self.copies + sum(row.copies for row in rows),
            self.fees + sum(row.fee for row in rows),
            self.struck + struck,
        )

    def __str__(self) -> str:
        said = f"{group_thousands(self.numbers)} việc; {group_thousands(self.copies)} bản; {group_thousands(self.fees)} đồng"
        return f"{said}; {group_thousands(self.struck)} số đã hủy" if self.struck else said


@dataclass(frozen=True)
class Leaf:
    """One page of lines with its own totals and those of the month so far."""

    page: int
    rows: Sequence[Row]
    sums: Sums
    so_far: Sums


def leaves_of(rows: Sequence[Row], book: Book) -> list[Leaf]:
    """The lines on their pages. The opening page is page 1. An empty month has one empty page."""
    widths = WIDTHS_MM[book]
    leaves, so_far = [], Sums()
    lines = [(row, [text for _, text in row.cells]) for row in rows]
    for number, page in enumerate(pages_of(lines, widths, room=ROOM_MM, line=LINE_MM, padding=PADDING_MM), start=2):
        so_far = so_far.plus(page)
        leaves.append(Leaf(number, page, Sums().plus(page), so_far))
    return leaves


def parts_in(leaves: Sequence[Leaf]) -> int:
    """In how many files the pages are printed."""
    return max(1, -(-len(leaves) // LEAVES_A_PART))


def parts_of_month(page: BookPage) -> int:
    """In how many files the month of the book is printed."""
    return parts_in(leaves_of(rows_of(page.entries, page.form), page.form.key))


def month_of_book(agency: Agency, page: BookPage, *, made_at: datetime, part: int = 1, symbol: str = "") -> bytes:
    """The month of a book, or one part of it; `symbol` the agency's for this book. Raises ValueError for a part that is not there.

    A closed month is printed as of its closing: the same bytes whenever it is printed again.
    """
    book = page.form.key
    rows = rows_of(page.entries, page.form)
    leaves = leaves_of(rows, book)
    parts = parts_in(leaves)
    if not 1 <= part <= parts:
        raise ValueError(f"part {part} of {parts}")
    shown = leaves[(part - 1) * LEAVES_A_PART : part * LEAVES_A_PART]
    closing_page = len(leaves) + 2
    context = _common(agency, page, made_at, symbol, total_pages=closing_page) | {
        "columns": _columns(page.form.columns, book),
        "column_numbers": range(1, len(page.form.columns) + 1),
        "leaves": shown,
        "opening": part == 1,
        "closing_page": closing_page if part == parts else 0,
        "part_words": f"Phần {part}/{parts}" if parts > 1 else "",
        "sums": leaves[-1].so_far,
        "volumes": _volumes(page.entries),
    }
    return _print(context, page)


def year_of_book(agency: Agency, page: BookPage, closings: Sequence[BookClosing], *, made_at: datetime, symbol: str = "") -> bytes:
    """The year's cover: opening page, table of the closed months, closing page. `page` is of the year; its entries are not printed."""
    months = {closing.month: closing for closing in closings if closing.month}
    lines = [(month, months.get(month)) for month in range(1, 13)]
    sums = Sums(page.counts.numbers, page.counts.copies, page.counts.fees, page.counts.voided)
    context = _common(agency, page, made_at, symbol, total_pages=3) | {
        "months": [(f"{month:02d}", _month_cells(closing)) for month, closing in lines],
        "opening": True,
        "closing_page": 3,
        "sums": sums,
        "volumes": _volumes(page.entries),
    }
    return _print(context, page)


def _month_cells(closing: BookClosing | None) -> tuple[str, ...]:
    if closing is None:
        return ("", "", "", "", "", "Chưa khóa")
    span = f"{closing.first_number:02d} – {closing.last_number:02d}" if closing.numbers else "Không có"
    counts = (closing.numbers - closing.voided, closing.voided, closing.copies, closing.fees)
    return (span, *(group_thousands(count) for count in counts), short_date(closing.closed_at))


def _common(agency: Agency, page: BookPage, made_at: datetime, symbol: str, *, total_pages: int) -> dict[str, Any]:
    closing = page.closing
    numbers = [entry.number for entry in page.entries]
    return {
        "agency": agency,
        "symbol": symbol or page.form.symbol,
        "form": page.form,
        "period": page.period,
        "period_words": str(page.period).capitalize(),
        "first_day": say_long_date(page.period.first),
        "closing": closing,
        "closed_day": say_long_date(closing.closed_at.astimezone(LOCAL).date()) if closing else "",
        "printed_at": made_at,
        "printed": short_moment(made_at),
        "numbers": f"từ số {numbers[0]:02d} đến số {numbers[-1]:02d}" if numbers else "không có số nào",
        "visits": group_thousands(page.counts.visits),
        "total_pages": total_pages,
        "retention": page.retention,
        "columns_note": _raw_of(page.form.key)["columns_note"] if _raw_of(page.form.key)["columns_mark"] == "unverified" else "",
    }


def _print(context: dict[str, Any], page: BookPage) -> bytes:
    title = f"{page.form.name}, {page.period}"
    made_at = page.closing.closed_at if page.closing else context["printed_at"]
    sums: Sums = context["sums"]
    words = {"copies_words": group_thousands(sums.copies), "fees_words": group_thousands(sums.fees)}
    figures = {
        "kind": "certification_book",
        "book": page.form.key,
        "agency": context["agency"].name,
        "period": str(page.period),
        "columns": [heading for _, heading, _ in context.get("columns", ())],
        "lines": [
            {"struck": row.struck, "cells": [text for _, text in row.cells]} for leaf in context.get("leaves", ()) for row in leaf.rows
        ],
        "months": context.get("months", ()),
        "sums": {"numbers": sums.numbers, "copies": sums.copies, "fees": sums.fees, "struck": sums.struck},
    }
    return pdf.render(
        "pdf/certification_book.html", context | words, title=title, made_at=made_at, styles=STYLES, figures=figures
    )


def _columns(columns: Sequence[Column], book: Book) -> list[tuple[str, str, float]]:
    return [(column.key, column.heading, width) for column, width in zip(columns, WIDTHS_MM[book], strict=True)]


def _raw_of(book: Book) -> dict[str, Any]:
    return next(row for row in catalogue().raw["books"] if row["key"] == book)


def _volumes(entries: Sequence[CertificationEntry]) -> list[str]:
    """The volumes with their numbers: "01/2026-SCT/BS (số 01 – 96)"."""
    spans: dict[str, list[int]] = {}
    for entry in entries:
        spans.setdefault(entry.volume_words, []).append(entry.number)
    return [f"{volume} (số {numbers[0]:02d} – {numbers[-1]:02d})" for volume, numbers in spans.items()]
