"""Tags beside the status, as a table over unsaved values."""

import pytest

from dossiers.statuses import Status
from dossiers.tests.makers import local
from dossiers.timeliness import Tag, timeliness
from onestop.worktime.calendar import WorkingCalendar

CALENDAR = WorkingCalendar({2026: True, 2027: False})
DUE = local("2026-11-26 17:00")  # a Thursday


def tag(now, *, status=Status.PROCESSING, due_at=DUE, finished_at=None, overdue_since=None):
    return timeliness(status, due_at, finished_at, overdue_since, now=now, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23 08:00", Tag("Còn 3 ngày làm việc", "plain")),
        ("2026-11-25 08:00", Tag("Còn 1 ngày làm việc", "amber")),
        ("2026-11-26 08:00", Tag("Đến hạn hôm nay 17:00", "amber")),
        ("2026-11-26 17:00", Tag("Đến hạn hôm nay 17:00", "amber")),
        ("2026-11-26 17:00:01", Tag("Quá hạn từ 17:00", "red")),
        ("2026-11-27 08:00", Tag("Quá hạn 1 ngày", "red")),
        ("2026-11-30 08:00", Tag("Quá hạn 2 ngày", "red")),
    ],
)
def test_an_open_dossier_is_late_after_its_minute_and_not_before(now, expected):
    assert tag(local(now)) == expected


def test_on_the_weekend_after_its_last_day_a_late_dossier_says_since_which_day():
    assert tag(local("2026-11-28 09:00"), due_at=local("2026-11-27 17:00")) == Tag("Quá hạn từ 17:00 ngày 27/11", "red")


def test_a_paused_dossier_cannot_be_late():
    assert tag(local("2026-12-30 08:00"), due_at=None) == Tag("Tạm dừng tính giờ", "grey")


@pytest.mark.parametrize("status", [Status.RESULT_READY, Status.RETURNED])
def test_finished_late_stays_late(status):
    assert tag(local("2026-12-30 08:00"), status=status, finished_at=local("2026-11-27 08:00"), overdue_since=DUE) == Tag(
        "Trả quá hạn", "red"
    )


@pytest.mark.parametrize(("days", "expected"), [("2026-12-09", None), ("2026-12-10", Tag("Chưa đến nhận 15 ngày", "amber"))])
def test_a_result_that_waits_is_never_late(days, expected):
    assert tag(local(f"{days} 08:00"), status=Status.RESULT_READY, finished_at=local("2026-11-25 16:00")) == expected


def test_a_returned_dossier_in_time_needs_no_tag():
    assert tag(local("2026-12-30 08:00"), status=Status.RETURNED, finished_at=local("2026-11-25 16:00")) is None
