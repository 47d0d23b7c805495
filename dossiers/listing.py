"""Long lists of dossiers: keyset paging, and rows formatted once into plain tuples.

A template that looks up fields and filters dates costs five times as much as the same words made
here, so a list page gets tuples of finished text and does nothing but print them.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString

from dossiers.querysets import DossierQuerySet
from dossiers.timeliness import timeliness
from dossiers.wording import say_span, staff_status
from onestop.reading.dates import short_date, short_moment
from onestop.reading.names import mask_name
from onestop.worktime.calendar import WorkingCalendar
from procedures.catalogue import procedure_names

PAGE_SIZE = 50
COUNT_CAP = 1000
CURSOR_KEY = "sau"
_CURSOR = re.compile(r"[0-9a-f]{1,16}-[0-9a-f]{1,16}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST_ID = 2**63 - 1
_LATEST = 253_402_300_800_000_000  # the year 10000


class Cursor(NamedTuple):
    """The last row of a page, after which the next page begins."""

    received_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.received_at - _EPOCH) // _MICROSECOND:x}-{self.pk:x}"


def read_cursor(text: str) -> Cursor | None:
    """The cursor of an address; None for none and for anything that is not one."""
    if not _CURSOR.fullmatch(text):
        return None
    microseconds, number = (int(part, 16) for part in text.split("-"))
    if microseconds >= _LATEST or number > _LARGEST_ID:
        return None
    return Cursor(_EPOCH + microseconds * _MICROSECOND, number)


class Page(NamedTuple):
    """Rows of one page as the database gave them, and the cursor of the next page ("" on the last)."""

    rows: list[tuple]
    next: str


def page_of(dossiers: DossierQuerySet, columns: Iterable[str], cursor: Cursor | None, size: int = PAGE_SIZE) -> Page:
    """One page in register order; the row's id and receipt are put in front of `columns`. One query."""
    if cursor is not None:
        dossiers = dossiers.before(*cursor)
    rows = list(dossiers.newest_first().values_list("id", "received_at", *columns)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, str(Cursor(rows[-1][1], rows[-1][0])) if more else "")


def say_capped_count(dossiers: DossierQuerySet) -> str:
    """ "7", "1.000" or "hơn 1.000": never counts further than that. One query."""
    count = dossiers.order_by()[: COUNT_CAP + 1].count()
    return f"hơn {_grouped(COUNT_CAP)}" if count > COUNT_CAP else _grouped(count)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


@dataclass(frozen=True)
class Lines:
    """Turns rows of the database into rows of a page. One for each request: it holds its clock and its eyes."""

    now: datetime
    calendar: WorkingCalendar
    sees_names: bool = True

    def name(self, name: str) -> str:
        return name if self.sees_names else mask_name(name)

    def tags(self, status: str, due_at, finished_at, overdue_since, signed_at, voided_at) -> tuple[str, str, str, str]:
        """Words and colour of the status, then words and colour of the timeliness ("" for none)."""
        stand = staff_status(status, signed=signed_at is not None, voided=voided_at is not None)
        time = None
        if voided_at is None:
            time = timeliness(status, due_at, finished_at, overdue_since, now=self.now, calendar=self.calendar)
        return (stand.words, stand.colour, time.words, time.colour) if time else (stand.words, stand.colour, "", "")

    def held(self, since: datetime | None) -> str:
        return say_span(self.now - since) if since else ""


# -- the register ----------------------------------------------------------------------------
REGISTER_COLUMNS = (
    "code",
    "applicant_name",
    "procedure_id",
    "status",
    "due_at",
    "finished_at",
    "overdue_since",
    "signed_at",
    "voided_at",
    "holder__full_name",
)


def register_rows(rows: Iterable[tuple], lines: Lines) -> list[tuple]:
    """(address, code, name, procedure, received, due, status, its colour, timeliness, its colour, holder)."""
    names, address = procedure_labels(), address_maker()
    made = []
    for _, received, code, name, procedure, status, due, finished, overdue, signed, voided, holder in rows:
        tags = lines.tags(status, due, finished, overdue, signed, voided)
        made.append((address(code), code, lines.name(name), names(procedure), short_date(received), short_moment(due), *tags, holder or ""))
    return made


# Fifty rows of eight cells are half the work of the page when a template prints them, a twentieth here.
_ROW = (
    '<tr><th scope="row" class="code"><a href="%s">%s</a></th><td class="name">%s</td><td class="wide">%s</td>'
    '<td class="when">%s</td><td class="when">%s</td><td>%s</td><td class="name">%s</td></tr>\n'
)


def register_html(rows: Iterable[tuple]) -> SafeString:
    """The rows of `register_rows` as the body of the table; every cell is escaped."""
    made = []
    for address, code, name, procedure, received, due, status, colour, time, time_colour, holder in rows:
        tags = _tags_html(status, colour, time, time_colour)
        made.append(_ROW % (*map(escape, (address, code, name, procedure, received, due)), tags, escape(holder)))
    return SafeString("".join(made))


@lru_cache(maxsize=500)
def _tags_html(status: str, colour: str, time: str, time_colour: str) -> str:
    tags = ((status, colour), (time, time_colour)) if time else ((status, colour),)
    return " ".join(f'<span class="tag tag-{escape(colour)}">{escape(words)}</span>' for words, colour in tags)


def options_html(options: Iterable[tuple[str, str]], chosen: str, every: str = "Tất cả") -> SafeString:
    """The options of a native select after the one for no choice."""
    made = [f'<option value="">{escape(every)}</option>']
    for value, label in options:
        mark = " selected" if value == chosen else ""
        made.append(f'<option value="{escape(value)}"{mark}>{escape(label)}</option>')
    return SafeString("".join(made))


def procedure_labels() -> Callable[[int], str]:
    """A look-up from a procedure's id to what people call it, from the process's copy of the catalogue."""
    names = procedure_names()

    def label(procedure_id: int) -> str:
        _, short, name = names.get(procedure_id, ("", "", ""))
        return short or name

    return label


def address_maker() -> Callable[[str], str]:
    """A fast `reverse("dossiers:detail")` for many codes: a code needs no quoting."""
    before, after = reverse("dossiers:detail", args=["0-0-0"]).split("0-0-0")
    return lambda code: f"{before}{code}{after}"


# -- lists of work, sorted by time ----------------------------------------------------------
WORK_COLUMNS = (
    "code",
    "applicant_name",
    "procedure__label",
    "procedure__name",
    "status",
    "due_at",
    "finished_at",
    "overdue_since",
    "signed_at",
    "voided_at",
    "held_since",
    "holder__full_name",
)


def work_rows(dossiers: DossierQuerySet, lines: Lines, *extra: Any) -> list[tuple]:
    """(address, code, name, procedure, due, status, colour, timeliness, colour, how long held, holder, *extra).

    One query; `extra` are further columns, handed on as they come.
    """
    address = address_maker()
    made = []
    for row in dossiers.values_list(*WORK_COLUMNS, *extra):
        code, name, label, official, status, due, finished, overdue, signed, voided, since, holder, *rest = row
        tags = lines.tags(status, due, finished, overdue, signed, voided)
        made.append(
            (address(code), code, lines.name(name), label or official, short_moment(due), *tags, lines.held(since), holder or "", *rest)
        )
    return made
