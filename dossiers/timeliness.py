"""Timeliness in words: a tag apart from the status, computed from dates, never stored."""
from dataclasses import dataclass
from datetime import datetime

from dossiers.statuses import OPEN, Status
from onestop.reading.dates import LOCAL
from onestop.worktime.calendar import WorkingCalendar

UNCOLLECTED_DAYS = 15


@dataclass(frozen=True)
class Tag:
    """Words and the colour pair of a tag (blue, green, amber, red, purple, teal, grey, plain)."""

    words: str
    colour: str


def timeliness(
    status: str,
    due_at: datetime | None,
    finished_at: datetime | None,
    overdue_since: datetime | None,
    *,
    now: datetime,
    calendar: WorkingCalendar,
) -> Tag | None:
    """The tag beside the status, or None when there is nothing to say.

    Late means after the due minute: at the minute itself a dossier is still in time. A dossier
    finished late says so for ever; one that waits to be collected is never late for that.
    """
    if status in OPEN and finished_at is None:
        return _open(due_at, now=now, calendar=calendar)
    if overdue_since is not None:
        return Tag("Trả quá hạn", "red")
    if status == Status.RESULT_READY and finished_at is not None:
        waiting = (now.astimezone(LOCAL).date() - finished_at.astimezone(LOCAL).date()).days
        if waiting >= UNCOLLECTED_DAYS:
            return Tag(f"Chưa đến nhận {waiting} ngày", "amber")
    return None


def against_first(
    first_due: datetime, due_at: datetime | None, by_which: str, *, finished_at: datetime | None, now: datetime, calendar: WorkingCalendar
) -> str:
    """Lateness against the lawful date and against the first promise, where they differ:
    "đúng hạn theo hạn đã gia hạn; trễ 2 ngày so với hẹn đầu".

    `due_at` None: a pause is open. `by_which` says which lawful date it is. A dossier without a result is measured now.
    """
    moment = finished_at or now
    lawful = "đang tạm dừng, chưa có hạn mới"
    if due_at is not None:
        in_time = "còn trong hạn"
        if finished_at is not None:
            early = finished_at.astimezone(LOCAL).date() < due_at.astimezone(LOCAL).date()
            in_time = "trước hạn" if early else "đúng hạn"
        lawful = f"{_delay(due_at, moment, calendar) or in_time} {by_which}"
    passed = _delay(first_due, moment, calendar)
    if passed:
        return f"{lawful}; {passed} so với hẹn đầu"
    return f"{lawful}; {'kịp cả hẹn đầu' if finished_at else 'chưa đến hẹn đầu'}"


def _delay(due_at: datetime, moment: datetime, calendar: WorkingCalendar) -> str:
    """ "trễ 2 ngày" in working days, "" when in time."""
    if moment <= due_at:
        return ""
    days = calendar.working_days_between(due_at.astimezone(LOCAL).date(), moment.astimezone(LOCAL).date())
    return f"trễ {days} ngày" if days else "trễ trong ngày"


def _open(due_at: datetime | None, *, now: datetime, calendar: WorkingCalendar) -> Tag:
    if due_at is None:
        return Tag("Tạm dừng tính giờ", "grey")
    due, today = due_at.astimezone(LOCAL), now.astimezone(LOCAL).date()
    if now > due_at:
        days = calendar.working_days_between(due.date(), today)
        # After a Friday's closing no working day has passed until Monday, but "từ 17:00" alone would mean today's.
        since = f"{due:%H:%M}" if due.date() == today else f"{due:%H:%M} ngày {due:%d/%m}"
        return Tag(f"Quá hạn {days} ngày" if days else f"Quá hạn từ {since}", "red")
    if due.date() == today:
        return Tag(f"Đến hạn hôm nay {due:%H:%M}", "amber")
    days = calendar.working_days_between(today, due.date())
    return Tag(f"Còn {days} ngày làm việc", "amber" if days <= 1 else "plain")
