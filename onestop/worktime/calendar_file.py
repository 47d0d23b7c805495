"""The file of official days: read whole, checked whole, or refused whole.

Pure. One shape, shipped in data/calendar.json:

    {"years": [{"year": 2026, "status": "official" | "provisional", "notes": [...],
                "non_working_days": [DAY...], "swapped_working_days": [DAY...], "half_days": [DAY...],
                "weekday_days_off": 14}]}
    DAY = {"date", "kind", "name_vi", "source": [...], "confidence": "high" | "medium" | "low",
           "weekday"?, "swapped_with"?, "provisional"?, "ends_at"? (half days, or a swapped day that ends early)}

The keys with a question mark, `notes`, `half_days` and `weekday_days_off` may be absent; unknown keys are left alone.
"""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from onestop.worktime.calendar import DAYS_OFF, SATURDAY, DayKind, SpecialDay, WorkingCalendar

Day = date  # the type, where a field has its name
SHIPPED = Path(__file__).parent / "data" / "calendar.json"
WEEKDAY_CODES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CONFIDENCES = ("high", "medium", "low")
SECTIONS = {
    "non_working_days": DAYS_OFF - {DayKind.LOCAL_CLOSURE},
    "swapped_working_days": frozenset({DayKind.SWAPPED_WORKING_DAY}),
    "half_days": frozenset({DayKind.HALF_DAY}),
}
PARTNERS = {DayKind.SWAPPED_DAY_OFF: DayKind.SWAPPED_WORKING_DAY, DayKind.SWAPPED_WORKING_DAY: DayKind.SWAPPED_DAY_OFF}


class BadCalendar(ValueError):
    """The file cannot be used; `problems` names every fault with its place."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class OfficialDay:
    """A day with the decision that made it what it is."""

    date: date
    kind: str
    name: str
    decision: str
    confidence: str
    swapped_with: Day | None = None
    ends_at: time | None = None
    provisional: bool = False

    def special(self) -> SpecialDay:
        return SpecialDay(self.date, self.kind, self.name, self.ends_at, self.provisional)


@dataclass(frozen=True, slots=True)
class OfficialYear:
    """A year; `confirmed`: its days off are announced, not only expected."""

    year: int
    confirmed: bool
    source: str
    days: tuple[OfficialDay, ...]


def read_file(path: Path) -> tuple[OfficialYear, ...]:
    """The years of a calendar file in order; BadCalendar when anything in it is wrong."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadCalendar([f"không mở được tệp: {error.strerror}"]) from error
    except (ValueError, RecursionError) as error:
        raise BadCalendar([f"không phải JSON đọc được: {error}"]) from error
    return read_years(content)


def read_years(content: Any) -> tuple[OfficialYear, ...]:
    """The years of a parsed calendar file, all faults gathered before any is reported."""
    problems: list[str] = []
    years: dict[int, OfficialYear] = {}
    listed = content.get("years") if isinstance(content, Mapping) else None
    if not isinstance(listed, list) or not listed:
        raise BadCalendar(["phải có danh sách “years” không rỗng"])
    for number, entry in enumerate(listed, start=1):
        year = _read_year(entry, f"years[{number}]", problems)
        if year is None:
            continue
        if year.year in years:
            problems.append(f"năm {year.year} có hai lần")
        years[year.year] = year
    problems += _swap_problems(years)
    if problems:
        raise BadCalendar(problems)
    return tuple(years[year] for year in sorted(years))


def _read_year(entry: Any, where: str, problems: list[str]) -> OfficialYear | None:
    year = entry.get("year") if isinstance(entry, Mapping) else None
    if isinstance(year, bool) or not isinstance(year, int) or not 2000 <= year <= 2100:
        problems.append(f"{where}: “year” phải là số năm từ 2000 đến 2100")
        return None
    if entry.get("status") not in ("official", "provisional"):
        problems.append(f"năm {year}: “status” phải là official hoặc provisional")
    confirmed = entry.get("status") == "official"
    days: dict[date, OfficialDay] = {}
    for section, kinds in SECTIONS.items():
        rows = entry.get(section, [] if section == "half_days" else None)
        if not isinstance(rows, list):
            problems.append(f"năm {year}: thiếu danh sách “{section}”")
            continue
        for row in rows:
            day = _read_day(row, year, section, kinds, problems)
            if day is None:
                continue
            if day.date in days:
                problems.append(f"{day.date}: có hai dòng cho một ngày")
            if day.provisional and confirmed:
                problems.append(f"{day.date}: ngày dự kiến trong năm đã ghi là official")
            days[day.date] = day
    stated = entry.get("weekday_days_off")
    found = sum(day.kind in DAYS_OFF and day.date.weekday() < SATURDAY for day in days.values())
    if stated is not None and stated != found:
        problems.append(f"năm {year}: ghi {stated} ngày nghỉ từ thứ Hai đến thứ Sáu, trong danh sách có {found}")
    notes = entry.get("notes") or []
    if not isinstance(notes, list) or not all(isinstance(note, str) for note in notes):
        problems.append(f"năm {year}: “notes” phải là danh sách câu chữ")
        notes = []
    return OfficialYear(year, confirmed, " ".join(notes), tuple(days[day] for day in sorted(days)))


def _read_day(row: Any, year: int, section: str, kinds: frozenset[DayKind], problems: list[str]) -> OfficialDay | None:
    day = _date(row.get("date")) if isinstance(row, Mapping) else None
    if day is None:
        problems.append(f"năm {year}, {section}: có dòng thiếu “date” hoặc ngày không đúng dạng 2026-11-24")
        return None
    before = len(problems)
    kind, name, source = row.get("kind"), row.get("name_vi"), row.get("source")
    if day.year != year:
        problems.append(f"{day}: nằm trong danh sách của năm {year}")
    if row.get("weekday", WEEKDAY_CODES[day.weekday()]) != WEEKDAY_CODES[day.weekday()]:
        problems.append(f"{day}: là {WEEKDAY_CODES[day.weekday()]}, tệp ghi {row['weekday']}")
    if kind not in list(kinds):
        problems.append(f"{day}: “kind” của {section} phải là một trong {', '.join(sorted(kinds))}")
    if not isinstance(name, str) or not name.strip():
        problems.append(f"{day}: thiếu tên ngày (“name_vi”)")
    if not isinstance(source, list) or not source or not all(isinstance(item, str) and item.strip() for item in source):
        problems.append(f"{day}: thiếu văn bản làm căn cứ (“source”)")
    if row.get("confidence") not in CONFIDENCES:
        problems.append(f"{day}: “confidence” phải là một trong {', '.join(CONFIDENCES)}")
    if not isinstance(row.get("provisional", False), bool):
        problems.append(f"{day}: “provisional” phải là true hoặc false")
    on_weekend = day.weekday() >= SATURDAY
    if kind == DayKind.SWAPPED_WORKING_DAY and not on_weekend:
        problems.append(f"{day}: ngày làm bù phải là thứ Bảy hoặc Chủ nhật")
    if kind in (DayKind.SWAPPED_DAY_OFF, DayKind.COMPENSATORY_DAY_OFF, DayKind.HALF_DAY) and on_weekend:
        problems.append(f"{day}: loại “{kind}” không thể rơi vào cuối tuần")
    swapped_with = _date(row.get("swapped_with"))
    if kind in list(PARTNERS) and swapped_with is None:
        problems.append(f"{day}: thiếu ngày hoán đổi (“swapped_with”)")
    ends_at = _time(row.get("ends_at"))
    if kind == DayKind.HALF_DAY and ends_at is None:
        problems.append(f"{day}: nửa ngày phải ghi giờ kết thúc (“ends_at”)")
    if row.get("ends_at") is not None and (ends_at is None or kind in list(DAYS_OFF)):
        problems.append(f"{day}: “ends_at” phải là giờ như 11:30 của một ngày có làm việc")
    if len(problems) > before:
        return None
    return OfficialDay(
        day, kind, name.strip(), "; ".join(item.strip() for item in source), row["confidence"], swapped_with, ends_at,
        row.get("provisional", False),
    )


def _swap_problems(years: Mapping[int, OfficialYear]) -> list[str]:
    """Both halves of a swap must be there and name each other, when the other half's year is in the file."""
    days = {day.date: day for year in years.values() for day in year.days}
    problems = []
    for day in days.values():
        if day.swapped_with is None or day.swapped_with.year not in years:
            continue
        partner = days.get(day.swapped_with)
        if partner is None or partner.swapped_with != day.date or partner.kind != PARTNERS.get(DayKind(day.kind)):
            problems.append(f"{day.date}: ngày hoán đổi {day.swapped_with} không có dòng tương ứng")
    return problems


def _date(value: Any) -> date | None:
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _time(value: Any) -> time | None:
    if not isinstance(value, str) or len(value) != 5:
        return None
    try:
        return time.fromisoformat(value)
    except ValueError:
        return None


def calendar_of(years: Sequence[OfficialYear], *, version: str) -> WorkingCalendar:
    """The working calendar of the years; they must follow each other."""
    return WorkingCalendar(
        {year.year: year.confirmed for year in years}, (day.special() for year in years for day in year.days), version=version
    )


@cache
def shipped_calendar() -> WorkingCalendar:
    """The calendar that comes with the product, for a database without one. Version '0'."""
    return calendar_of(read_file(SHIPPED), version="0")
