"""Printed books whose pages are planned before they are laid out, because each page ends with its own totals.

The widths and heights are those of the sheet's style; text is measured generously, rather one line too
many than one too few, so that nothing runs over the foot of a page.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Line = TypeVar("Line")


def pages_of(
    lines: Sequence[tuple[Line, Sequence[str]]], widths: Sequence[float], *, room: float, line: float, padding: float, size: float = 9.5
) -> Iterator[list[Line]]:
    """The lines (each with the texts of its cells) on their pages; one empty page when there are none.

    All measures in millimetres; `room` is the height for lines, `line` of one line of text, `padding` around a
    row; `size` is the size of the letters in points.
    """
    page: list[Line] = []
    used = 0.0
    for item, cells in lines:
        height = padding + line * max(lines_in(text, width, size=size) for text, width in zip(cells, widths, strict=True))
        if page and used + height > room:
            yield page
            page, used = [], 0.0
        page.append(item)
        used += height
    yield page


def lines_in(text: str, width: float, *, size: float = 9.5) -> int:
    """At most how many lines the text takes in a column of so many millimetres."""
    room = (width - 2 * 1.2) * 9.5 / size
    return sum(_wrapped(line, room) for line in text.split("\n"))


def _wrapped(line: str, room: float) -> int:
    lines, used = 1, 0.0
    for word in line.split(" "):
        long = sum(map(_letter_mm, word))
        if used and used + long > room:
            lines, used = lines + 1, 0.0
        while long > room:  # broken inside the word
            lines, long = lines + 1, long - room
        used += long + 0.9
    return lines


def _letter_mm(letter: str) -> float:
    """The width of a letter of 9.5 points."""
    if letter in "iltjfr.,;:'|()/-":
        return 1.25
    return 2.65 if letter.isupper() or letter in "mwMW%" else 1.75
