"""Counting what a place holds, past the portal: is every dossier whole, do the numbers have a gap?"""
from collections import defaultdict
from dataclasses import dataclass

from tests.stress.portal import Place

PARTS = {
    "parties": "dossiers_party",
    "papers": "dossiers_dossiercomponent",
    "appointments": "dossiers_appointment",
    "register": "dossiers_registerentry",
    "slips": "dossiers_issuedpaper",
}
_COUNTS = ", ".join(f"(SELECT count(*) FROM {table} part WHERE part.dossier_id = d.id)" for table in PARTS.values())
_RECEIVED = "(SELECT count(*) FROM history_event e WHERE e.subject = 'dossier:' || d.id AND e.act = 'receive')"


@dataclass(frozen=True)
class Counted:
    """One dossier with the number of each of its parts."""

    code: str
    parts: tuple[int, ...]


def dossiers(place: Place) -> dict[str, Counted]:
    """Every dossier by its submission key (without hyphens)."""
    rows = place.rows(f"SELECT d.submission_key, d.code, {_COUNTS}, {_RECEIVED} FROM dossiers_dossier d")
    return {str(key).replace("-", ""): Counted(code, tuple(parts)) for key, code, *parts in rows}


def whole(papers: int) -> tuple[int, ...]:
    """The parts of a whole dossier of one filer: parties, papers, promise, register line, slip, event."""
    return (1, papers, 1, 1, 1, 1)


def gaps(place: Place) -> list[str]:
    """What is wrong with the numbers: gaps, doubles, counters that are ahead or behind. Empty when all is well."""
    wrong = []
    books: dict[tuple[int, str], list[int]] = defaultdict(list)
    for agency, code in place.rows("SELECT agency_id, code FROM dossiers_dossier"):
        _, day, number = code.rsplit("-", 2)
        books[agency, f"day:20{day[:2]}-{day[2:4]}-{day[4:]}"].append(int(number))
    for agency, book, number in place.rows("SELECT agency_id, book_no, entry_no FROM dossiers_registerentry"):
        books[agency, f"register:{book}"].append(number)
    counters = {(agency, book): last for agency, book, last in place.rows("SELECT agency_id, book, last FROM dossiers_numbercounter")}
    for (agency, book), numbers in sorted(books.items()):
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            wrong.append(f"agency {agency}, {book}: {sorted(numbers)}")
        if counters.get((agency, book)) != len(numbers):
            wrong.append(f"agency {agency}, {book}: the counter says {counters.get((agency, book))}, there are {len(numbers)}")
    return wrong
