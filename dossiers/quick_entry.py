"""A line of a certification session as it is typed in one go: "cc 2 5" is the kind of paper, its pages, its copies.

One number alone means copies ("cc 5": five copies of one page). Several entries stand in one box, parted by commas:
"cc 2 2, bt 3 3". Whatever is no code of the list, and no name of it, is the paper's own name and keeps its figures,
unless it looks like an entry: then a letter was mistyped, and a fee of one page would be taken for it.
"""

import re
from dataclasses import dataclass

from dossiers.certification.catalogue import PaperKind, catalogue
from onestop.reading.names import fold

_CODE = re.compile(r"([a-z]{2})(?:[\s*x]+([0-9]{1,5}))?(?:[\s*x]+([0-9]{1,5}))?")
_PARTED = re.compile(r"[,;+\n]")


@dataclass(frozen=True)
class Entry:
    """What was typed for one paper; `pages` and `copies` None: nothing was said about them."""

    paper: PaperKind | None
    name: str
    pages: int | None = None
    copies: int | None = None


def read_entries(typed: str) -> list[Entry]:
    """The papers that a box names, in their order. Empty for an empty box."""
    parts = [part.strip() for part in _PARTED.split(typed) if part.strip()]
    coded = [_coded(part) for part in parts]
    found = [entry for entry in coded if entry is not None]
    if parts and len(found) == len(parts):
        return found
    text = typed.strip()
    if not text:
        return []
    paper = named(text)
    return [Entry(paper, paper.name if paper else text)]


def mistyped(typed: str) -> str:
    """The part of a box that was meant as an entry but names no code: "zz 2 3", or "zz" beside "cc 2 2"; "" for none."""
    parts = [part.strip() for part in _PARTED.split(typed) if part.strip()]
    unknown = [part for part in parts if _coded(part) is None]
    if 0 < len(unknown) < len(parts):
        return unknown[0]
    return next((part for part in unknown if (match := _CODE.fullmatch(fold(part))) and match[2]), "")


def _coded(part: str) -> Entry | None:
    match = _CODE.fullmatch(fold(part))
    paper = catalogue().paper(match[1]) if match else None
    if match is None or paper is None:
        return None
    first, second = (int(number) if number else None for number in match.group(2, 3))
    pages, copies = (first, second) if second is not None else (None, first)
    return Entry(paper, paper.name, pages, copies)


def named(text: str) -> PaperKind | None:
    """The kind of paper that has exactly this name, accents and capitals aside."""
    wanted = fold(text)
    return next((paper for paper in catalogue().papers.values() if fold(paper.name) == wanted), None)
