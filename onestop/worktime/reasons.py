"""The closed vocabulary of a trace: why a day or an interval counts, or does not.

The words are stored with the appointment in Vietnamese and translated when they are shown, so every word a
trace may hold is marked here for the catalogues.
"""
from __future__ import annotations

from datetime import time

from django.utils.translation import gettext_noop

# The day of receipt.
RECEIPT = gettext_noop("Ngày tiếp nhận")
FILED_ONLINE_CLOSED = gettext_noop("Nộp trực tuyến ngoài giờ làm việc")
RECEIPT_MOVED = gettext_noop("Được tính là ngày tiếp nhận")
AFTER_CLOSING = gettext_noop("Tiếp nhận khi đã hết giờ làm việc")
OUTSIDE_HOURS = gettext_noop("Ngoài giờ làm việc")
# Days and hours that count.
WORKING_DAY = gettext_noop("Ngày làm việc")
HALF_DAY = gettext_noop("Ngày làm việc (nửa ngày)")
SWAPPED_SATURDAY = gettext_noop("Ngày làm việc bù")
CALENDAR_DAY = gettext_noop("Ngày liên tục, kể cả ngày nghỉ")
WORKING_HOURS = gettext_noop("Giờ làm việc")
CLOCK_HOURS = gettext_noop("Giờ liên tục, kể cả đêm và ngày nghỉ")
SAME_DAY = gettext_noop("Trả trong ngày")
NEXT_DAY = gettext_noop("Trả trong ngày làm việc tiếp theo")
# The end.
LAST_DAY_MOVED = gettext_noop("Ngày cuối rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo")
NOTHING_LEFT = gettext_noop("Khi hết tạm dừng không còn ngày nào nên hẹn ngày làm việc tiếp theo")
USED_UP = gettext_noop("Khi hết tạm dừng thời hạn đã dùng hết")
UNCONFIRMED = gettext_noop("lịch nghỉ của năm này chưa được công bố chính thức")
# Pauses: (while it lasts, on the day it ends) by kind.
PAUSES = {
    "": (gettext_noop("Tạm dừng tính thời hạn"), gettext_noop("Ngày hết tạm dừng")),
    "supplement": (gettext_noop("Chờ bổ sung giấy tờ"), gettext_noop("Ngày nhận giấy tờ bổ sung")),
    "payment": (gettext_noop("Chờ nộp phí, lệ phí"), gettext_noop("Ngày nhận phí, lệ phí")),
    "suspension": (gettext_noop("Tạm dừng giải quyết"), gettext_noop("Ngày giải quyết trở lại")),
    "other_agency": (gettext_noop("Chờ cơ quan khác trả lời"), gettext_noop("Ngày nhận trả lời của cơ quan khác")),
}
CLOSED = gettext_noop("Cơ quan tạm nghỉ")
# The names of the calendar, so that the catalogues know them.
CALENDAR_NAMES = (
    gettext_noop("Thứ Bảy"),
    gettext_noop("Chủ nhật"),
    gettext_noop("Nghỉ lễ"),
    CLOSED,
    gettext_noop("Tết Dương lịch"),
    gettext_noop("Tết Nguyên đán"),
    gettext_noop("Giỗ Tổ Hùng Vương"),
    gettext_noop("Ngày Chiến thắng"),
    gettext_noop("Ngày Quốc tế lao động"),
    gettext_noop("Quốc khánh"),
    gettext_noop("Quốc khánh (ngày liền kề)"),
    gettext_noop("Ngày Văn hóa Việt Nam"),
    gettext_noop("Nghỉ bù Tết Dương lịch"),
    gettext_noop("Nghỉ bù Tết Nguyên đán"),
    gettext_noop("Nghỉ bù Giỗ Tổ"),
    gettext_noop("Nghỉ bù 30/4"),
    gettext_noop("Nghỉ bù 1/5"),
    gettext_noop("Nghỉ bù Quốc khánh"),
    gettext_noop("Nghỉ hoán đổi dịp Tết Dương lịch"),
    gettext_noop("Nghỉ hoán đổi dịp 30/4–1/5"),
    gettext_noop("Nghỉ hoán đổi dịp Quốc khánh"),
)

AFTER_CUTOFF = gettext_noop("Tiếp nhận sau {time}")
RESUMED_AFTER_CUTOFF = gettext_noop("Hết tạm dừng sau {time}")


def say_time(clock: time) -> str:
    """'15:00', with seconds only when there are any."""
    return clock.strftime("%H:%M:%S" if clock.second else "%H:%M")


def after_cutoff(cutoff: time) -> str:
    return AFTER_CUTOFF.format(time=say_time(cutoff))


def resumed_after_cutoff(cutoff: time) -> str:
    return RESUMED_AFTER_CUTOFF.format(time=say_time(cutoff))


def waiting(kind: str) -> str:
    """Why the days of a pause do not count."""
    return PAUSES.get(kind, PAUSES[""])[0]


def resumed(kind: str) -> str:
    """Why the day that ends a pause does not count."""
    return PAUSES.get(kind, PAUSES[""])[1]
