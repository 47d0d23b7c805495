"""Certification clauses (lời chứng): texts with named places, filled for one entry. No database."""

import string
from collections.abc import Mapping

PLACES = frozenset({
    "number", "volume", "day", "month", "year", "hour", "minute", "place", "signer", "title", "block", "applicant", "identity",
    "others", "paper", "languages", "interpreter", "witnesses", "authority",
})  # fmt: skip


class BadClause(ValueError):
    """A text that cannot be filled; the message is the sentence to show."""


def places_in(text: str) -> set[str]:
    """The places named in a text; raises BadClause for stray braces and unknown names."""
    try:
        named = {name for _, name, spec, conversion in string.Formatter().parse(text) if name is not None}
        odd = any(spec or conversion for _, name, spec, conversion in string.Formatter().parse(text) if name is not None)
    except ValueError as fault:
        raise BadClause("Dấu ngoặc nhọn { } chỉ dùng để bao quanh tên một chỗ điền.") from fault
    unknown = sorted(named - PLACES)
    if unknown or odd:
        raise BadClause(f"Không có chỗ điền {', '.join(f'{{{name}}}' for name in unknown) or 'kiểu này'}.")
    return named


def fill(text: str, values: Mapping[str, str]) -> str:
    """The clause with its places filled; what is not known stays a dotted line to write on."""
    return text.format_map({name: values.get(name, "") or "……" for name in places_in(text)})
