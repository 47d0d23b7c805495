"""The duty sheet of a month (bảng chấm trực): who was to come, who came, who stood in; on screen and as A4 landscape.

What a mark means: x came and said so · o did not say so · T stood in for another and said so · V absent with a reason ·
- is still to come. Somebody who stood in without checking in is counted like anybody who did not check in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from onestop.display import DAYS
from onestop.papers import pdf
from onestop.reading.dates import say_long_date
from onestop.reading.days import last_of_month
from onestop.reading.names import sort_key
from onestop.roster.sessions import open_halves
from onestop.staff import duty
from onestop.staff.duty import Half
from onestop.staff.models import Agency, DutySession, User

PRESENT, SILENT, STOOD_IN, ABSENT, TO_COME = "x", "o", "T", "V", "-"
MARKS = {
    PRESENT: "có mặt (tự điểm danh)",
    STOOD_IN: "trực thay, có mặt",
    ABSENT: "vắng có lý do",
    SILENT: "không điểm danh",
    TO_COME: "chưa đến buổi trực",
}
STYLES = ("pdf/duty_sheet.css",)
# Two-letter names, as there is no room for more over a column of 6 mm.
SHORT_DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
PEOPLE_A_PAGE = 9


@dataclass(frozen=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"tháng {self.month:02d} năm {self.year}"

    @property
    def slug(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return last_of_month(self.year, self.month)

    @property
    def days(self) -> list[date]:
        return [date(self.year, self.month, number) for number in range(1, self.last.day + 1)]

    def moved(self, months: int) -> Month:
        """The month so many months later."""
        number = self.year * 12 + self.month - 1 + months
        return Month(number // 12, number % 12 + 1)


@dataclass
class Line:
    """One person's month. `marks` by half day; sums over them."""

    person: User
    marks: dict[tuple[date, str], str] = field(default_factory=dict)

    def count(self, *marks: str) -> int:
        return sum(mark in marks for mark in self.marks.values())

    @property
    def planned(self) -> int:
        """Half days on which he was on duty or should have been."""
        return len(self.marks)

    @property
    def present(self) -> int:
        return self.count(PRESENT, STOOD_IN)

    @property
    def stood_in(self) -> int:
        return self.count(STOOD_IN)

    @property
    def absent(self) -> int:
        return self.count(ABSENT)

    @property
    def silent(self) -> int:
        return self.count(SILENT)

    @property
    def sums(self) -> tuple[int, ...]:
        return self.planned, self.present, self.stood_in, self.absent, self.silent

    def halves(self, days: list[date]) -> list[tuple[str, list[str]]]:
        """The two lines of marks under the days of the month: ("Sáng", […]), ("Chiều", […])."""
        return [(half.label, [self.marks.get((day, half), "") for day in days]) for half in Half]


@dataclass(frozen=True)
class Sheet:
    """The month of an agency. `days` are (date, "T2", is open)."""

    month: Month
    days: list[tuple[date, str, bool]]
    lines: list[Line]
    missing: int  # open half days without anybody who could sign, of those that are over

    @property
    def rows(self) -> list[tuple[Line, list[tuple[str, list[tuple[str, bool]]]]]]:
        """Each person with his two lines; each mark with whether the desk was open."""
        opens = [is_open for _, _, is_open in self.days]
        dates = [day for day, _, _ in self.days]
        return [(line, [(half, list(zip(marks, opens, strict=True))) for half, marks in line.halves(dates)]) for line in self.lines]


SUMS = ("Phân công", "Có mặt", "Trực thay", "Vắng", "Không điểm danh")


def sheet_of(agency_id: int, month: Month, now: datetime) -> Sheet:
    """The sheet as of `now`; what was before the first roster is not missed. Two queries."""
    since = duty.first_day(agency_id) or month.last
    rows = list(duty.sessions_of(agency_id, month.first, month.last))
    days = [(day, SHORT_DAYS[day.weekday()], bool(open_halves(agency_id, day))) for day in month.days]
    over = [(day, half) for day in month.days if day >= since for half in open_halves(agency_id, day) if duty.is_over(day, half, now)]
    missing = sum(not any(row.is_leader and row.person_id and (row.day, row.half) == session for row in rows) for session in over)
    return Sheet(month, days, lines_of(rows, now), missing)


def lines_of(rows: Iterable[DutySession], now: datetime) -> list[Line]:
    """The people of these rows in the order of the alphabet, each with his marks."""
    lines: dict[int, Line] = {}

    def mark(person: User, row: DutySession, letter: str) -> None:
        line = lines.setdefault(person.pk, Line(person))
        # Absent here and standing in elsewhere in the same half day: what he did outweighs where he was missed.
        if line.marks.get((row.day, row.half)) in {None, ABSENT}:
            line.marks[row.day, row.half] = letter

    for row in rows:
        if row.person is not None:
            came = STOOD_IN if row.substitute_for_id else PRESENT
            waited = SILENT if duty.is_over(row.day, row.half, now) else TO_COME
            mark(row.person, row, came if row.checked_in_at else waited)
        if row.substitute_for is not None:
            mark(row.substitute_for, row, ABSENT)
    return sorted(lines.values(), key=lambda line: (sort_key(line.person.full_name), line.person.pk))


def sheet_pdf(agency: Agency, sheet: Sheet, *, made_at: datetime, made_by: User) -> bytes:
    """The sheet to sign: A4 landscape, nine people a page."""
    rows = sheet.rows
    cuts = [*range(0, len(rows), PEOPLE_A_PAGE), len(rows)] if rows else [0, 0]
    pages = [(number, rows[start:end]) for number, (start, end) in enumerate(pairwise(cuts), 1)]
    context = {
        "agency": agency,
        "sheet": sheet,
        "pages": pages,
        "page_count": len(pages),
        "sum_names": SUMS,
        "marks": "; ".join(f"{mark}: {words}" for mark, words in MARKS.items()),
        "made_by": made_by.full_name,
        "made_on": say_long_date(made_at.date()),
        "columns": len(sheet.days),
    }
    title = f"Bảng chấm trực {sheet.month}"
    figures = {
        "kind": "duty_sheet",
        "agency": agency.name,
        "month": sheet.month.slug,
        "marks": MARKS,
        "people": [
            {"name": line.person.full_name, "halves": dict(line.halves(sheet.month.days)), "sums": dict(zip(SUMS, line.sums, strict=True))}
            for line in sheet.lines
        ],
        "missing": sheet.missing,
    }
    return pdf.render("pdf/duty_sheet.html", context, title=title, made_at=made_at, styles=STYLES, figures=figures)


def day_words(day: date) -> str:
    """ "thứ Hai, 23/11" for who hears the table read out."""
    return f"{DAYS[day.weekday()]}, {day:%d/%m}"
