"""Official days into the tables: all of a file or nothing of it, with the difference told."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from onestop.worktime import store
from onestop.worktime.calendar_file import SHIPPED, BadCalendar, OfficialDay, OfficialYear, read_file
from onestop.worktime.models import CalendarChange, CalendarDay, CalendarVersion, CalendarYear


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: the difference, line by line, and the new version (None: the counting did not change)."""

    changes: tuple[str, ...]
    version: int | None


def load(years: Sequence[OfficialYear], *, now: datetime) -> Loaded:
    """Make the tables say what the file says about its years; other years, and what was approved, stay as they are.

    A new version is written only when something that counting or its explanation uses has changed; a better
    source alone makes none. BadCalendar when the years would no longer follow each other.
    """
    with transaction.atomic():
        changes = _write(years, _approved())
        before = CalendarVersion.objects.order_by("-number").values_list("number", flat=True).first()
        number = next_version(now)
    store.forget()
    return Loaded(tuple(changes), number if number != before else None)


def load_shipped(*, now: datetime) -> Loaded:
    """Load the calendar that comes with the product."""
    return load(read_file(SHIPPED), now=now)


def next_version(now: datetime) -> int:
    """The number of the version that the tables hold: a new one when counting has changed, else the newest."""
    digest = _digest()
    newest = CalendarVersion.objects.order_by("-number").first()
    if newest is not None and newest.digest == digest:
        return newest.number
    return CalendarVersion.objects.create(number=newest.number + 1 if newest else 1, at=now, digest=digest).number


@dataclass(frozen=True, slots=True)
class _Approved:
    """What leaders of the office approved by a decision; a file never undoes it."""

    days: frozenset[date]
    years: frozenset[int]


def _approved() -> _Approved:
    made = CalendarChange.objects.filter(scope=CalendarChange.Scope.COMMON, state=CalendarChange.State.APPROVED)
    contents = [change.holds for change in made]
    years = frozenset(content.confirms for content in contents if content.confirms is not None)
    return _Approved(frozenset(day for content in contents for day in content.dates), years)


def _write(years: Sequence[OfficialYear], approved: _Approved) -> list[str]:
    kept = {row.year: row for row in CalendarYear.objects.all()}
    all_years = sorted(set(kept) | {year.year for year in years})
    if all_years != list(range(all_years[0], all_years[-1] + 1)):
        raise BadCalendar([f"các năm phải liền nhau, sau khi nạp sẽ có: {', '.join(map(str, all_years))}"])
    changes: list[str] = []
    for year in years:
        if year.year in approved.years:
            changes.append(f"= năm {year.year}: giữ lịch đã duyệt")
            continue
        row = kept.get(year.year)
        if row is None:
            changes.append(f"+ năm {year.year} ({_status(year.confirmed)})")
        elif row.confirmed != year.confirmed:
            changes.append(f"~ năm {year.year}: {_status(row.confirmed)} → {_status(year.confirmed)}")
        elif row.source != year.source:
            changes.append(f"~ năm {year.year}: ghi chú")
        CalendarYear.objects.update_or_create(year=year.year, defaults={"confirmed": year.confirmed, "source": year.source})
        changes += _write_days(year, approved)
    return changes


def _write_days(year: OfficialYear, approved: _Approved) -> list[str]:
    before = {row.date: row for row in CalendarDay.objects.filter(date__year=year.year).exclude(date__in=approved.days)}
    after = {day.date: day for day in year.days if day.date not in approved.days}
    changes = [f"- {_say(before[gone])}" for gone in sorted(before.keys() - after.keys())]
    CalendarDay.objects.filter(date__in=before.keys() - after.keys()).delete()
    for day in after.values():
        row = before.get(day.date)
        values = _values(day)
        if row is None:
            changes.append(f"+ {_say(day)}")
            CalendarDay.objects.create(date=day.date, **values)
        elif differing := [name for name, value in values.items() if getattr(row, name) != value]:
            changes.append(f"~ {_say(day)}: {', '.join(differing)}")
            CalendarDay.objects.filter(pk=row.pk).update(**values)
    return changes


def _values(day: OfficialDay) -> dict:
    return {
        "kind": day.kind,
        "name": day.name,
        "swapped_with": day.swapped_with,
        "decision": day.decision,
        "confidence": day.confidence,
        "provisional": day.provisional,
        "half_day_until": day.ends_at,
    }


def _say(day: OfficialDay | CalendarDay) -> str:
    return f"{_say_date(day.date)} {day.name} [{day.kind}]"


def _say_date(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _status(confirmed: bool) -> str:
    return "đã công bố" if confirmed else "chưa công bố"


def _digest() -> str:
    """Of all that the calculator and its trace read from the tables."""
    days = CalendarDay.objects.order_by("date").values_list("date", "kind", "name", "half_day_until", "provisional")
    years = CalendarYear.objects.order_by("year").values_list("year", "confirmed")
    text = json.dumps([list(map(list, years)), [[str(value) for value in day] for day in days]], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
