"""What a draft changes in the process that holds now, step by step. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from procedures.steps import Step

SAME, CHANGED, ADDED, GONE = "Giữ nguyên", "Sửa", "Thêm", "Bỏ"
COLOURS = {SAME: "grey", CHANGED: "amber", ADDED: "green", GONE: "red"}


@dataclass(frozen=True)
class Difference:
    """One step before and after; a number is its place in its process."""

    kind: str
    before: tuple[int, Step] | None
    after: tuple[int, Step] | None

    @property
    def colour(self) -> str:
        return COLOURS[self.kind]


def differences(before: Sequence[Step], after: Sequence[Step]) -> list[Difference]:
    """Every step of both, in the order of the draft. Steps are known again by their names, else by their places."""
    return list(_differences(before, after))


def _differences(before: Sequence[Step], after: Sequence[Step]) -> Iterator[Difference]:
    names = SequenceMatcher(None, [step.name for step in before], [step.name for step in after], autojunk=False)
    for _, start, end, begin, finish in names.get_opcodes():
        old = [(number + 1, before[number]) for number in range(start, end)]
        new = [(number + 1, after[number]) for number in range(begin, finish)]
        for one, other in zip_longest(old, new):
            if one is None or other is None:
                yield Difference(GONE if other is None else ADDED, one, other)
            else:
                yield Difference(SAME if one[1] == other[1] else CHANGED, one, other)
