"""What the pages of the day say about who is on duty: at the counter, in the queue of signatures, on the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from onestop.roster.sessions import HALF_SLUGS, open_halves
from onestop.staff import duty
from onestop.staff.duty import Half
from onestop.staff.models import DutySession, User

HALF_WORDS = {Half.MORNING: "sáng nay", Half.AFTERNOON: "chiều nay"}


@dataclass(frozen=True)
class DutyToday:
    """The session that runs now, or comes next today."""

    half: Half
    is_running: bool
    leader: User | None
    present_since: datetime | None
    warning: str  # a sentence about every session of today, from this one on, that nobody can sign in
    own: DutySession | None  # where the person himself may say "Tôi có mặt" now

    @property
    def own_address(self) -> str:
        """Where "Tôi có mặt" is sent to."""
        return check_in_address(self.own) if self.own else ""

    @property
    def words(self) -> str:
        """ "Đang trực ký", "Trực ký chiều nay"."""
        return "Đang trực ký" if self.is_running else f"Trực ký {HALF_WORDS[self.half]}"


def duty_today(agency_id: int, now: datetime, *, person: User | None = None) -> DutyToday | None:
    """One query; none, and None, when the desk is closed for the rest of the day."""
    moment = timezone.localtime(now)
    left = {half: span for half, span in open_halves(agency_id, moment.date()).items() if moment.time() <= span[1]}
    if not left:
        return None
    half, (opens, _) = next(iter(left.items()))
    rows = list(duty.sessions_of(agency_id, moment.date(), moment.date()))
    row = duty.leader_among(rows, moment.date(), half)
    return DutyToday(
        half=half,
        is_running=opens <= moment.time(),
        leader=row.person if row else None,
        present_since=row.checked_in_at if row else None,
        warning=say_missing([each for each in left if duty.leader_among(rows, moment.date(), each) is None]),
        own=next((row for row in rows if person is not None and duty.may_check_in(row, person, now)), None),
    )


def check_in_address(row: DutySession) -> str:
    return reverse("roster:check_in", args=[row.day.isoformat(), HALF_SLUGS[Half(row.half)]])


def say_missing(halves: list[Half]) -> str:
    """ "Chiều nay chưa có lãnh đạo trực ký."; "" when nothing is missing."""
    words = " và ".join(HALF_WORDS[half] for half in halves)
    return f"{words[0].upper()}{words[1:]} chưa có lãnh đạo trực ký." if words else ""
