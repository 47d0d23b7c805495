"""What a status is called: for the staff, for the public, and the colour of its tag.

The words are the final copy of the status vocabulary; lateness has words of its own (timeliness.py).
Public words are marked for translation, staff words stay Vietnamese.
"""

from datetime import timedelta

from django.utils.translation import gettext, gettext_noop

from dossiers.statuses import Status
from dossiers.timeliness import Tag

COLOURS = {
    Status.DRAFT: "grey",
    Status.PRE_FILED: "grey",
    Status.RECEIVED: "blue",
    Status.DECLINED: "grey",
    Status.PROCESSING: "blue",
    Status.WITH_OTHER_AGENCY: "teal",
    Status.AWAITING_SIGNATURE: "purple",
    Status.AWAITING_SUPPLEMENT: "amber",
    Status.AWAITING_PAYMENT: "amber",
    Status.WITHDRAWAL_REQUESTED: "grey",
    Status.STOPPED: "grey",
    Status.RESULT_READY: "green",
    Status.IN_POST: "green",
    Status.RETURNED: "plain",
}
VOIDED = Tag("Đã hủy", "grey")
SIGNED = Tag("Đã ký, chờ phát hành", "purple")

_STAFF = {status.value: Tag(str(status.label), colour) for status, colour in COLOURS.items()}

_PUBLIC = {
    Status.DRAFT: gettext_noop("Đang soạn"),
    Status.PRE_FILED: gettext_noop("Đã khai trước, chưa được tiếp nhận"),
    Status.RECEIVED: gettext_noop("Hồ sơ đã được tiếp nhận"),
    Status.DECLINED: gettext_noop("Hồ sơ không đủ điều kiện tiếp nhận"),
    Status.PROCESSING: gettext_noop("Hồ sơ đang được giải quyết"),
    Status.WITH_OTHER_AGENCY: gettext_noop("Hồ sơ đang ở cơ quan khác: %(agency)s"),
    Status.AWAITING_SUPPLEMENT: gettext_noop("Hồ sơ cần bổ sung, hoàn thiện"),
    Status.AWAITING_PAYMENT: gettext_noop("Hồ sơ cần nộp phí, lệ phí %(amount)s"),
    Status.WITHDRAWAL_REQUESTED: gettext_noop("Cơ quan đã nhận đơn xin rút hồ sơ ngày %(day)s"),
    Status.STOPPED: gettext_noop("Hồ sơ đã dừng giải quyết"),
    Status.AWAITING_SIGNATURE: gettext_noop("Hồ sơ đang chờ lãnh đạo ký"),
    Status.RESULT_READY: gettext_noop("Đã có kết quả, mời ông/bà đến nhận"),
    Status.IN_POST: gettext_noop("Kết quả đang được gửi qua bưu điện đến địa chỉ đã đăng ký"),
    Status.RETURNED: gettext_noop("Kết quả đã được trả cho người nhận"),
}
_ANSWERED = gettext_noop("Đã có văn bản trả lời. Mời ông/bà đến nhận.")


def staff_status(status: str, *, signed: bool = False, voided: bool = False) -> Tag:
    """The status as the staff reads it; `signed`: a signature stands, number and seal do not yet."""
    if voided:
        return VOIDED
    if signed and status == Status.PROCESSING:
        return SIGNED
    return _STAFF[status]


def public_status(status: str, outcome: str = "", *, agency: str = "", amount: str = "", day: str = "") -> Tag:
    """The status as the citizen reads it, in the language of the page.

    `amount` already names its currency. A request that was not granted ends with an answer, not with a result.
    """
    colour = COLOURS[Status(status)]
    if status == Status.RESULT_READY and outcome == "not_granted":
        return Tag(gettext(_ANSWERED), colour)
    return Tag(gettext(_PUBLIC[Status(status)]) % {"agency": agency, "amount": amount, "day": day}, colour)


def say_span(span: timedelta) -> str:
    """How long something has been lying: "25 phút", "3 giờ 5 phút", "2 ngày"; whole units, rounded down.

    A clock that went backwards counts as no time at all.
    """
    minutes = max(int(span.total_seconds()) // 60, 0)
    hours, rest = divmod(minutes, 60)
    if hours >= 24:
        return f"{hours // 24} ngày"
    if hours:
        return f"{hours} giờ {rest} phút" if rest else f"{hours} giờ"
    return f"{minutes} phút"
