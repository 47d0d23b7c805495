"""Checking one object of a catalogue file field by field; every problem names the entry and the field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, time

UNITS = ("working_day", "day", "hour", "immediate")
LONGEST_LIMIT = 3650


@dataclass(frozen=True)
class Problem:
    code: str
    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.code}: {self.field}: {self.text}"


@dataclass
class CatalogueFile:
    """The entries of all files of one load, by procedure code, with what the desk layer says about the others."""

    procedures: dict[str, dict] = field(default_factory=dict)
    desk: dict[str, dict] = field(default_factory=dict)
    workflows: dict[str, dict] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, dict[str, str]] = field(default_factory=dict)
    has_procedures: bool = False
    has_desk: bool = False
    as_of: date | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


class Entry:
    """One object under examination: every `take` checks one field and notes what is wrong with it."""

    def __init__(self, data: dict, code: str, path: str, found: CatalogueFile):
        self.data, self.code, self.path, self.found = data, code, path, found

    def wrong(self, name: str, text: str) -> None:
        self.found.problems.append(Problem(self.code, self.path + name, text))

    def odd(self, name: str, text: str) -> None:
        self.found.warnings.append(Problem(self.code, self.path + name, text))

    def text(self, name: str, *, longest: int = 4000, needed: bool = False) -> None:
        value = self.data.get(name)
        if value is None and not needed:
            return
        if not isinstance(value, str) or (needed and not value.strip()):
            self.wrong(name, "is missing" if value in (None, "") or isinstance(value, str) else "must be text")
        elif len(value) > longest:
            self.wrong(name, f"is longer than {longest} characters")
        elif any(ord(character) < 32 and character not in "\n\t" for character in value):
            self.wrong(name, "holds control characters")

    def choice(self, name: str, allowed: Iterable[str], *, needed: bool = False) -> None:
        value = self.data.get(name)
        if value is None and not needed:
            return
        if not isinstance(value, str) or value not in allowed:
            self.wrong(name, f"unknown value {value!r}; allowed: {', '.join(allowed)}")

    def choices(self, name: str, allowed: Iterable[str], *, needed: bool = False) -> None:
        value = self.data.get(name)
        if value is None and not needed:
            return
        if not isinstance(value, list) or any(not isinstance(item, str) or item not in allowed for item in value):
            self.wrong(name, f"unknown value in {value!r}; allowed: {', '.join(allowed)}")
        elif len(set(value)) != len(value):
            self.wrong(name, "holds a value twice")

    def number(self, name: str, *, lowest: int, highest: int, needed: bool = False) -> None:
        value = self.data.get(name)
        if value is None and not needed:
            return
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            self.wrong(name, f"must be a whole number from {lowest} to {highest}, not {value!r}")

    def flag(self, name: str) -> None:
        if not isinstance(self.data.get(name, False), bool):
            self.wrong(name, "must be true or false")

    def clock(self, name: str) -> None:
        value = self.data.get(name)
        if value is None:
            return
        try:
            time.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(name, f"is no time of day: {value!r}")

    def day(self, name: str) -> None:
        value = self.data.get(name)
        if value is None:
            return
        try:
            date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(name, f"is no ISO date: {value!r}")

    def texts(self, name: str) -> None:
        value = self.data.get(name, [])
        if not isinstance(value, list) or any(not isinstance(item, str) for item in value):
            self.wrong(name, "must be a list of texts")

    def limit(self) -> None:
        """value and unit together: a number needs a unit, immediate has no number, null is unknown."""
        self.choice("unit", UNITS)
        self.number("value", lowest=1, highest=LONGEST_LIMIT)
        if self.data.get("unit") is None and self.data.get("value") is not None:
            self.wrong("unit", "a value without a unit")
        if self.data.get("unit") == "immediate" and self.data.get("value") is not None:
            self.wrong("value", "an immediate limit has no value")
        self.flag("clock_hours")

    def parts(self, name: str, judge: Callable[[Entry], None], *, needed: bool = True) -> None:
        value = self.data.get(name)
        if value is None and not needed:
            return
        if not isinstance(value, list):
            self.wrong(name, "must be a list")
            return
        for index, item in enumerate(value, 1):
            path = f"{self.path}{name}[{index}]."
            if isinstance(item, dict):
                judge(Entry(item, self.code, path, self.found))
            else:
                self.found.problems.append(Problem(self.code, path.rstrip("."), "must be an object"))

    def part(self, name: str, judge: Callable[[Entry], None]) -> None:
        value = self.data.get(name)
        if isinstance(value, dict):
            judge(Entry(value, self.code, f"{self.path}{name}.", self.found))
        else:
            self.wrong(name, "is missing")
