"""A change of the calendar as data: which days come in, which go, which year it confirms.

Pure. A change is proposed, kept as JSON beside its decision, shown as a calendar of its own (what would
become of the promises?), and only then put into the tables.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from onestop.worktime.calendar import DayKind, SpecialDay, WorkingCalendar

Day = date  # the type, where a field has its name

KIND_WORDS: dict[str, str] = {
    DayKind.PUBLIC_HOLIDAY: "Nghỉ lễ, tết",
    DayKind.COMPENSATORY_DAY_OFF: "Nghỉ bù",
    DayKind.SWAPPED_DAY_OFF: "Nghỉ hoán đổi",
    DayKind.SWAPPED_WORKING_DAY: "Làm bù",
    DayKind.HALF_DAY: "Làm nửa ngày",
    DayKind.LOCAL_CLOSURE: "Cơ quan tạm nghỉ",
}


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A row as it shall be. `until`: when a half day ends."""

    date: date
    kind: str
    name: str
    swapped_with: Day | None = None
    until: time | None = None

    def special(self) -> SpecialDay:
        return SpecialDay(self.date, self.kind, self.name, self.until)

    @property
    def words(self) -> str:
        """ "Nghỉ bù", "Làm nửa ngày, đến 11:30", "Làm bù cho ngày 23/11/2026"."""
        if self.until is not None:
            return f"{KIND_WORDS[self.kind]}, đến {self.until:%H:%M}"
        if self.swapped_with is not None:
            other = "cho ngày" if self.kind == DayKind.SWAPPED_WORKING_DAY else "với ngày"
            return f"{KIND_WORDS[self.kind]} {other} {self.swapped_with:%d/%m/%Y}"
        return KIND_WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class Content:
    """All that one change does. A day is named once: put or taken out."""

    put: tuple[ChangedDay, ...] = ()
    removed: tuple[date, ...] = ()
    confirms: int | None = None

    @property
    def dates(self) -> tuple[date, ...]:
        """Every day that it touches, in order."""
        return tuple(sorted({*(day.date for day in self.put), *self.removed}))

    def over(self, calendar: WorkingCalendar, *, version: str = "") -> WorkingCalendar:
        """The calendar with this change in it."""
        confirmed = () if self.confirms is None else (self.confirms,)
        return calendar.changed((day.special() for day in self.put), without=self.removed, confirmed=confirmed, version=version)

    def as_json(self) -> dict[str, Any]:
        return {
            "put": [
                {
                    "date": day.date.isoformat(),
                    "kind": str(day.kind),
                    "name": day.name,
                    "swapped_with": day.swapped_with.isoformat() if day.swapped_with else None,
                    "until": f"{day.until:%H:%M}" if day.until else None,
                }
                for day in self.put
            ],
            "removed": [day.isoformat() for day in self.removed],
            "confirms": self.confirms,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Content:
        """The content of a stored change; the equal one of what `as_json` gave."""
        return cls(
            put=tuple(
                ChangedDay(
                    date.fromisoformat(row["date"]),
                    row["kind"],
                    row["name"],
                    date.fromisoformat(row["swapped_with"]) if row["swapped_with"] else None,
                    time.fromisoformat(row["until"]) if row["until"] else None,
                )
                for row in data["put"]
            ),
            removed=tuple(date.fromisoformat(day) for day in data["removed"]),
            confirms=data["confirms"],
        )


def say_days(days: Sequence[date]) -> str:
    """ "07/12/2026", "07/12–09/12/2026"; several runs with commas."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(f"{run[0]:%d/%m/%Y}" if len(run) == 1 else f"{run[0]:%d/%m}–{run[-1]:%d/%m/%Y}" for run in runs)
