"""Finding a procedure from what a person types: a short code, an official code, or words in any order without accents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from onestop.reading.names import fold
from procedures.catalogue import NO_TIER, Row, snapshot
from procedures.models import ProcedureVersion

# 1.001193, 1001193, 1.001193.H26, and the same inside a line of the intake's list.
CODE = re.compile(r"(?<![\w.])([0-9])\.?([0-9]{6})(?:\.h[0-9]{2})?(?!\w)")
LONGEST = 200
MOST_WORDS = 12
WORDS = re.compile(r"[^\W_]+", re.UNICODE)


@dataclass(frozen=True)
class Match:
    rank: int
    row: Row


def find(text: str, rows: tuple[Row, ...]) -> list[Row]:
    """The rows that match, best first: short code, official code, words of the label, of the aliases, of the name.

    Every word must occur; signs between words do not count. Words in doubt of being one name are tried as typed,
    never completed. Nothing typed finds nothing, and so does more than 200 characters.
    """
    typed = fold(text).strip() if len(text) <= LONGEST else ""
    if not typed:
        return []
    first = re.split(r"\s[–-]\s", typed)[0]
    exact = [row for row in rows if row.short_code and row.short_code in (typed, first)]
    if exact:
        return exact
    code = official_code(typed)
    if code:
        return [row for row in rows if row.code == code or row.code.startswith(f"{code}.")]
    words = WORDS.findall(typed)[:MOST_WORDS]
    if not words:
        return []
    matches = [Match(rank, row) for row in rows if (rank := _rank(words, row)) is not None]
    return [match.row for match in sorted(matches, key=_nearness)]


def _nearness(match: Match) -> tuple:
    """Of equal rank the one whose name says least besides the words; then the frequent one."""
    row = match.row
    return match.rank, len(row.label_key or row.name_key), row.tier or NO_TIER


def official_code(text: str) -> str:
    """The national code in the text, in its dotted form and without a province's suffix, or ""."""
    found = CODE.search(fold(text[:LONGEST]))
    return f"{found[1]}.{found[2]}" if found else ""


def _rank(words: list[str], row: Row) -> int | None:
    """How near the row is, or None: whole words before beginnings and parts of words, the label before the rest."""
    phrase = " ".join(words)
    for rank, key in enumerate((row.label_key, row.alias_key, row.name_key)):
        if key and all(_is_word(word, key) for word in words):
            return rank * 2 + (0 if phrase in key else 1)
    everything = f"{row.label_key} {row.alias_key} {row.name_key} {row.short_code} {row.code}"
    return 6 if all(word in everything for word in words) else None


def _is_word(word: str, key: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", key) is not None


def find_for_desk(text: str, on: date) -> list[ProcedureVersion]:
    """The versions in force that match, best first, with procedure and field loaded; unreceivable ones too.

    The desk shows `not_receivable_reason` for those; with one match it goes on, with several it says
    "Có {n} thủ tục khớp “…”. Chọn một", with none it asks `expired_on`. One or two queries.
    """
    rows = find(text, snapshot(on).rows)
    if not rows:
        return []
    versions = ProcedureVersion.objects.select_related("procedure__sector").in_bulk([row.version_id for row in rows])
    return [versions[row.version_id] for row in rows if row.version_id in versions]


def expired_on(text: str, on: date) -> date | None:
    """Since when the procedure of exactly this code or short code is no longer in force, or None."""
    code, typed = official_code(text), fold(text[:LONGEST]).strip()
    versions = ProcedureVersion.objects.exclude(state="draft").filter(effective_to__lte=on)
    versions = versions.filter(procedure__code=code) if code else versions.filter(procedure__short_code=typed)
    if not typed or (code and ProcedureVersion.objects.published(on).filter(procedure__code=code).exists()):
        return None
    return versions.order_by("-effective_to").values_list("effective_to", flat=True).first()
