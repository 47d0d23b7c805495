"""What a status is called on staff pages, and the colour of its tag.

The words are the final copy of the status vocabulary; lateness has words of its own (timeliness.py),
and so has what the citizen reads (public_words.py).
"""

from datetime import timedelta

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


def staff_status(status: str, *, signed: bool = False, voided: bool = False) -> Tag:
    """The status as the staff reads it; `signed`: a signature stands, number and seal do not yet."""
    if voided:
        return VOIDED
    if signed and status == Status.PROCESSING:
        return SIGNED
    return _STAFF[status]


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
