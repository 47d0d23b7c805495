"""The register on paper (A4 landscape, 8.5 pt) and as a spreadsheet, between an opening and a closing page.

A long month is printed in parts, page numbers and running totals go on through them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from dossiers.bookpages import pages_of
from dossiers.certification.books import Period
from dossiers.register_book import COLUMNS, RegisterLine, Sums
from onestop.papers import pdf
from onestop.reading.dates import say_long_date, short_moment
from onestop.staff.models import Agency

STYLES = ("pdf/certification_book.css", "pdf/register.css")
ROOM_MM, LINE_MM, PADDING_MM, SIZE_PT = 142.0, 3.5, 1.7, 8.5
LEAVES_A_PART = 15
"""Pages of lines in one file; more go into further parts."""


@dataclass(frozen=True)
class Leaf:
    """One page of lines with its own totals and those of the period so far."""

    page: int
    lines: Sequence[RegisterLine]
    sums: Sums
    so_far: Sums


def leaves_of(lines: Sequence[RegisterLine]) -> list[Leaf]:
    """The lines on their pages; the opening page is page 1. An empty period has one empty page."""
    leaves, so_far = [], Sums()
    widths = [column.width for column in COLUMNS]
    planned = pages_of([(line, line.cells) for line in lines], widths, room=ROOM_MM, line=LINE_MM, padding=PADDING_MM, size=SIZE_PT)
    for number, page in enumerate(planned, start=2):
        so_far = so_far.plus(page)
        leaves.append(Leaf(number, page, Sums().plus(page), so_far))
    return leaves


def parts_in(leaves: Sequence[Leaf]) -> int:
    """In how many files the pages are printed."""
    return -(-len(leaves) // LEAVES_A_PART)


def register_pdf(agency: Agency, period: Period, lines: Sequence[RegisterLine], *, made_at: datetime, part: int = 1) -> bytes:
    """The register of a month or year, or one part of it. ValueError for a part that is not there."""
    leaves = leaves_of(lines)
    parts = parts_in(leaves)
    if not 1 <= part <= parts:
        raise ValueError(f"part {part} of {parts}")
    closing_page = len(leaves) + 2
    numbers = [line.number for line in lines]
    context: dict[str, Any] = {
        "agency": agency,
        "period": period,
        "period_words": str(period).capitalize(),
        "columns": COLUMNS,
        "column_numbers": range(1, len(COLUMNS) + 1),
        "leaves": leaves[(part - 1) * LEAVES_A_PART : part * LEAVES_A_PART],
        "opening": part == 1,
        "closing_page": closing_page if part == parts else 0,
        "part_words": f"Phần {part}/{parts}" if parts > 1 else "",
        "total_pages": closing_page,
        "sums": leaves[-1].so_far,
        "numbers": f"từ số {numbers[0]} đến số {numbers[-1]}" if numbers else "không có số nào",
        "first_day": say_long_date(period.first),
        "last_day": say_long_date(period.last),
        "printed": short_moment(made_at),
    }
    title = f"Sổ theo dõi hồ sơ, {period}"
    figures = {
        "kind": "register",
        "agency": agency.name,
        "period": str(period),
        "part": part,
        "columns": [column.heading for column in COLUMNS],
        "lines": [{"struck": line.struck, "cells": line.cells} for leaf in context["leaves"] for line in leaf.lines],
    }
    return pdf.render("pdf/register.html", context, title=title, made_at=made_at, styles=STYLES, figures=figures)


def register_xlsx(agency: Agency, period: Period, lines: Sequence[RegisterLine], *, made_at: datetime) -> bytes:
    """The same lines as a spreadsheet; every cell is text, so that nothing typed by a citizen is taken for a formula."""
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": f"Sổ theo dõi hồ sơ, {period}", "company": agency.name, "created": made_at.replace(tzinfo=None)})
        title, head, cell = (
            book.add_format({"bold": True, "font_name": "Times New Roman", "font_size": 14}),
            book.add_format({"bold": True, "font_name": "Times New Roman", "text_wrap": True, "border": 1, "align": "center"}),
            book.add_format({"font_name": "Times New Roman", "text_wrap": True, "border": 1, "valign": "top"}),
        )
        sheet = book.add_worksheet(f"{period.month:02d}-{period.year}" if period.month else str(period.year))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, f"SỔ THEO DÕI HỒ SƠ – {agency.name}, {period}", title)
        for column, form in enumerate(COLUMNS):
            sheet.set_column(column, column, form.width / 2)
            sheet.write_string(2, column, form.heading, head)
        for row, line in enumerate(lines, start=3):
            for column, text in enumerate(line.cells):
                sheet.write_string(row, column, text, cell)
        sheet.repeat_rows(2)
        sheet.freeze_panes(3, 2)
    return content.getvalue()
