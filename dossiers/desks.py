"""The working time of every agency, for jobs that look at all of them: two queries however many there are.

An agency with closures of its own costs one more while the process has not read them yet.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from onestop.staff.models import Agency
from onestop.worktime.calendar import CannotPromise, WorkingCalendar
from onestop.worktime.hours import DEFAULT_HOURS, OpeningHours, OpeningSession, local
from onestop.worktime.models import OpeningPeriod
from onestop.worktime.store import calendar_in_force, opening_hours


@dataclass(frozen=True)
class Desk:
    """When one agency works."""

    calendar: WorkingCalendar
    hours: OpeningHours

    def works_at(self, now: datetime) -> bool:
        """Whether the moment lies in the office hours of a working day."""
        moment = local(now)
        return self.calendar.covers(moment.date()) and self.hours.is_inside(moment, self.calendar)

    def hours_ago(self, now: datetime, hours: int) -> datetime:
        """The moment since which so many working hours have run."""
        return self.hours.back(local(now), hours * 3600, self.calendar)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes; 0 where the calendar does not reach."""
        try:
            return self.hours.seconds_between(local(start), local(end), self.calendar) // 60
        except CannotPromise:
            return 0

    def next_working_day(self, now: datetime) -> date | None:
        try:
            return self.calendar.next_working_day(local(now).date())
        except CannotPromise:
            return None


def desk_of(agency_id: int) -> Desk:
    """The working time of one agency."""
    return Desk(calendar_in_force(agency_id), opening_hours(agency_id))


class Desks:
    """The desks of all active agencies."""

    def __init__(self) -> None:
        sessions: dict[int, list[OpeningSession]] = defaultdict(list)
        for agency_id, *row in OpeningPeriod.objects.values_list("agency_id", "weekday", "opens", "closes", "valid_from", "valid_to"):
            sessions[agency_id].append(OpeningSession(*row))
        self._desks = {
            agency_id: Desk(calendar_in_force(agency_id), OpeningHours(sessions[agency_id]) if agency_id in sessions else DEFAULT_HOURS)
            for agency_id in Agency.objects.active().order_by("pk").values_list("pk", flat=True)
        }

    def at_work(self, now: datetime) -> dict[int, Desk]:
        """The desks that are in office hours now, by agency."""
        return {agency_id: desk for agency_id, desk in self._desks.items() if desk.works_at(now)}

    def __iter__(self) -> Iterable[tuple[int, Desk]]:
        return iter(self._desks.items())
