"""The certification catalogue as data: books, kinds of work, rates, grounds of refusal, papers, clauses.

`catalogue()` reads the shipped file once a process and refuses it when something does not fit:
then nothing can be certified, rather than certified wrongly. Every rule carries its article and a
mark that says how far it was verified.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from dossiers.certification.fees import Exemption, Rate
from dossiers.certification.kinds import Book, Work

SHIPPED = Path(__file__).with_name("data") / "certification.json"
FAMILIES = ("copy", "signature", "translation", "contract")


class BadCatalogue(ValueError):
    """The file contradicts itself; the message says where."""


@dataclass(frozen=True)
class Column:
    """One column of a book's form."""

    key: str
    heading: str


@dataclass(frozen=True)
class BookForm:
    """A certification book with its symbol and columns; `check` says what was not verified."""

    key: Book
    name: str
    symbol: str
    columns: tuple[Column, ...]
    article: str
    mark: str
    check: str


@dataclass(frozen=True)
class Prolonging:
    """How far a kind of work may be prolonged without written agreement; 0 days: only with one."""

    days: int
    article: str
    mark: str


@dataclass(frozen=True)
class Retention:
    """How long papers are kept; `years` None: for ever, 0: not kept."""

    years: int | None
    text: str
    article: str
    mark: str


@dataclass(frozen=True)
class WorkRules:
    """Everything that depends on the kind of work."""

    key: Work
    short_code: str
    name: str
    book: Book
    procedures: tuple[str, ...]
    fee: str
    family: str
    prolonging: Prolonging | None
    retention: Retention
    forms: tuple[str, ...]
    unit: str


@dataclass(frozen=True)
class Ground:
    """A ground of refusal, for these families of work; `action` is what the clerk then does."""

    key: str
    text: str
    article: str
    mark: str
    families: tuple[str, ...]
    action: str


@dataclass(frozen=True)
class PaperKind:
    """An everyday kind of paper with its short code (our own list, frequent ones first).

    `refuse` names the ground on which this kind is refused, by family. `authorisation`: a paper
    that may be signed only in the allowed cases and belongs to the contract form otherwise.
    """

    code: str
    name: str
    works: tuple[Work, ...]
    refuse: dict[str, str]
    authorisation: bool


@dataclass(frozen=True)
class ClauseForm:
    """The shipped text of a certification clause; "" where the wording could not be read."""

    key: str
    name: str
    works: tuple[Work, ...]
    text: str
    source: str
    mark: str


@dataclass(frozen=True)
class Choice:
    key: str
    name: str


@dataclass(frozen=True)
class Catalogue:
    """The whole file, typed."""

    as_of: str
    books: dict[Book, BookForm]
    works: dict[Work, WorkRules]
    rates: tuple[Rate, ...]
    exemptions: dict[str, Exemption]
    grounds: dict[str, Ground]
    papers: dict[str, PaperKind]
    forms: dict[str, ClauseForm]
    authorisations: dict[str, Choice]
    authorisation_ground: str
    authorisation_article: str
    book_retention: Retention
    marks: dict[str, str]
    raw: dict[str, Any]

    def has_book(self, procedure_code: str) -> bool:
        """Whether what this procedure asks for is numbered in one of the books, and so taken in on the page of certification."""
        return any(procedure_code in work.procedures for work in self.works.values())

    def rules_of(self, work: str) -> WorkRules:
        return self.works[Work(work)]

    def grounds_for(self, work: str) -> list[Ground]:
        """The grounds on which this kind of work may be refused, in the order of the list."""
        family = self.rules_of(work).family
        return [ground for ground in self.grounds.values() if family in ground.families]

    def paper(self, typed: str) -> PaperKind | None:
        """The kind of paper behind a short code, in whatever case it was typed."""
        return self.papers.get(typed.strip().lower())


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return read(json.loads(SHIPPED.read_text(encoding="utf-8")))


def read(data: dict[str, Any]) -> Catalogue:
    """The catalogue of this content; raises BadCatalogue."""
    try:
        found = _read(data)
    except (KeyError, TypeError, ValueError) as fault:
        raise BadCatalogue(f"certification catalogue: {fault!r}") from fault
    _check(found)
    return found


def _read(data: dict[str, Any]) -> Catalogue:
    retention = {key: Retention(row["years"], row["text"], row["article"], row["mark"]) for key, row in data["retention"].items()}
    return Catalogue(
        as_of=data["as_of"],
        books=_by_key((_book(row) for row in data["books"]), "books"),
        works=_by_key((_work(row, retention) for row in data["kinds"]), "kinds"),
        rates=tuple(rate_from(row) for row in data["rates"]),
        exemptions=_by_key((_exemption(row) for row in data["exemptions"]), "exemptions"),
        grounds=_by_key((_ground(row) for row in data["grounds"]), "grounds"),
        papers=_by_key((_paper(row) for row in data["papers"]), "papers", "code"),
        forms=_by_key((_form(row) for row in data["attestation_forms"]), "attestation_forms"),
        authorisations=_by_key((Choice(**row) for row in data["authorisations_by_signature"]["allowed"]), "authorisations"),
        authorisation_ground=data["authorisations_by_signature"]["otherwise"],
        authorisation_article=data["authorisations_by_signature"]["article"],
        book_retention=retention["book"],
        marks=data["marks"],
        raw=data,
    )


def _by_key(rows: Any, name: str, attribute: str = "key") -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for row in rows:
        key = getattr(row, attribute)
        if key in found:
            raise ValueError(f"{name}: {key} twice")
        found[key] = row
    return found


def _book(row: dict[str, Any]) -> BookForm:
    columns = tuple(Column(**column) for column in row["columns"])
    return BookForm(Book(row["key"]), row["name"], row["symbol"], columns, row["article"], row["mark"], row["check"])


def _work(row: dict[str, Any], retention: dict[str, Retention]) -> WorkRules:
    return WorkRules(
        key=Work(row["key"]),
        short_code=row["short_code"],
        name=row["name"],
        book=Book(row["book"]),
        procedures=tuple(row["procedures"]),
        fee=row["fee"],
        family=row["grounds"],
        prolonging=Prolonging(**row["prolonging"]) if row["prolonging"] else None,
        retention=retention[row["retention"]],
        forms=tuple(row["forms"]),
        unit=row["unit"],
    )


def rate_from(row: dict[str, Any]) -> Rate:
    """One effective-dated rate of the file or of an agency's setting. Days are ISO texts, `valid_to` included."""
    return Rate(
        key=row["key"],
        amount=row["amount"],
        cap=row.get("cap"),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
        source=row["source"],
        mark=row.get("mark", ""),
        name=row.get("name", ""),
    )


def _exemption(row: dict[str, Any]) -> Exemption:
    return Exemption(row["key"], row["name"], tuple(row["kinds"]), row["article"], row["mark"])


def _ground(row: dict[str, Any]) -> Ground:
    return Ground(row["key"], row["text"], row["article"], row["mark"], tuple(row["families"]), row["action"])


def _paper(row: dict[str, Any]) -> PaperKind:
    works = tuple(Work(key) for key in row["kinds"])
    return PaperKind(row["code"], row["name"], works, dict(row.get("refuse", {})), bool(row.get("authorisation")))


def _form(row: dict[str, Any]) -> ClauseForm:
    return ClauseForm(row["key"], row["name"], tuple(Work(key) for key in row["kinds"]), row["text"], row["source"], row["mark"])


def _check(found: Catalogue) -> None:
    """What the types cannot say: everything named exists, and nothing is missing."""
    missing = (set(Book) - set(found.books)) | (set(Work) - set(found.works))
    if missing:
        raise BadCatalogue(f"missing: {', '.join(sorted(missing))}")
    rate_keys = {rate.key for rate in found.rates}
    for work in found.works.values():
        wanted = {"copy_p12", "copy_p3"} if work.fee == "copy" else {work.fee}
        if not wanted <= rate_keys:
            raise BadCatalogue(f"{work.key}: no rate for {work.fee}")
        if not work.procedures or work.family not in FAMILIES or not set(work.forms) <= set(found.forms):
            raise BadCatalogue(f"{work.key}: procedures, grounds or forms")
    for paper in found.papers.values():
        for family, ground in paper.refuse.items():
            if ground not in found.grounds or family not in found.grounds[ground].families:
                raise BadCatalogue(f"paper {paper.code}: no ground {ground} for {family}")
    if found.authorisation_ground not in found.grounds:
        raise BadCatalogue(f"no ground {found.authorisation_ground}")
    for exemption in found.exemptions.values():
        if not set(exemption.works) <= set(Work):
            raise BadCatalogue(f"exemption {exemption.key}: unknown kind of work")
    named = {rate.mark for rate in found.rates} | {ground.mark for ground in found.grounds.values()}
    if not named <= set(found.marks):
        raise BadCatalogue(f"marks: {', '.join(sorted(named - set(found.marks)))}")
