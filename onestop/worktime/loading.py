"""Official days into the tables: all of a file or nothing of it, with the difference told."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from onestop.worktime import store
from onestop.worktime.calendar_file import BadCalendar, OfficialDay, OfficialYear
from onestop.worktime.models import CalendarDay, CalendarVersion, CalendarYear


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: the difference, line by line, and the new version (None: the counting did not change)."""

    changes: tuple[str, ...]
    version: int | None


def load(years: Sequence[OfficialYear], *, now: datetime) -> Loaded:
    """Make the tables say what the file says about its years; other years stay as they are.

    A new version is written only when something that counting or its explanation uses has changed; a better
    source alone makes none. BadCalendar when the years would no longer follow each other.
    """
    with transaction.atomic():
        changes = _write(years)
        digest = _digest()
        newest = CalendarVersion.objects.order_by("-number").first()
        version = None
        if newest is None or newest.digest != digest:
            version = newest.number + 1 if newest else 1
            CalendarVersion.objects.create(number=version, at=now, digest=digest)
    store.forget()
    return Loaded(tuple(changes), version)


def _write(years: Sequence[OfficialYear]) -> list[str]:
    kept = {row.year: row for row in CalendarYear.objects.all()}
    all_years = sorted(set(kept) | {year.year for year in years})
    if all_years != list(range(all_years[0], all_years[-1] + 1)):
        raise BadCalendar([f"các năm phải liền nhau, sau khi nạp sẽ có: {', '.join(map(str, all_years))}"])
    changes: list[str] = []
    for year in years:
        row = kept.get(year.year)
        if row is None:
            changes.append(f"+ năm {year.year} ({_status(year.confirmed)})")
        elif row.confirmed != year.confirmed:
            changes.append(f"~ năm {year.year}: {_status(row.confirmed)} → {_status(year.confirmed)}")
        elif row.source != year.source:
            changes.append(f"~ năm {year.year}: ghi chú")
        CalendarYear.objects.update_or_create(year=year.year, defaults={"confirmed": year.confirmed, "source": year.source})
        changes += _write_days(year)
    return changes


def _write_days(year: OfficialYear) -> list[str]:
    before = {row.date: row for row in CalendarDay.objects.filter(date__year=year.year)}
    after = {day.date: day for day in year.days}
    changes = [f"- {_say(before[gone])}" for gone in sorted(before.keys() - after.keys())]
    CalendarDay.objects.filter(date__in=before.keys() - after.keys()).delete()
    for day in year.days:
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
