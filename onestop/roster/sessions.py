"""On which half days the desk of an agency is open. No query beyond what the calendar itself asks now and then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

from onestop.staff.duty import NOON, Half
from onestop.worktime import store
from onestop.worktime.calendar import SATURDAY, CannotPromise

Span = tuple[time, time]
HALF_SLUGS = {Half.MORNING: "sang", Half.AFTERNOON: "chieu"}


def open_halves(agency_id: int, day: date) -> dict[Half, Span]:
    """The halves of the day on which people are received, with their first and last minute; none outside the calendar.

    A session over noon belongs to both halves.
    """
    calendar = store.calendar_in_force(agency_id)
    if not calendar.covers(day):
        return {}
    try:
        sessions = store.opening_hours(agency_id).desk_sessions(day, calendar)
    except CannotPromise:
        return {}
    found: dict[Half, Span] = {}
    for opens, closes in sessions:
        if opens < NOON:
            found[Half.MORNING] = (found[Half.MORNING][0] if Half.MORNING in found else opens, min(closes, NOON))
        if closes > NOON:
            found[Half.AFTERNOON] = (found[Half.AFTERNOON][0] if Half.AFTERNOON in found else max(opens, NOON), closes)
    return found


def open_sessions(agency_id: int, monday: date) -> set[tuple[date, str]]:
    """The open half days of a week."""
    return {(day, half) for day in days_of(monday) for half in open_halves(agency_id, day)}


def days_of(monday: date) -> Iterator[date]:
    return (monday + timedelta(days=number) for number in range(7))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def why_closed(agency_id: int, day: date) -> str:
    """Why the desk is closed on a day: "Nghỉ lễ: Quốc khánh", "Thứ Bảy"; "" when it is open or nobody knows."""
    calendar = store.calendar_in_force(agency_id)
    if open_halves(agency_id, day) or not calendar.covers(day):
        return ""
    return calendar.reason(day) or "Không có giờ làm việc"


def is_usually_open(day: date) -> bool:
    """Monday to Friday: a roster shows these days even when they are off, so that nobody looks for them."""
    return day.weekday() < SATURDAY
