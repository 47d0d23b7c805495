"""What the page of a dossier says of its end: that it is asked back, that it has stopped, that nobody answered."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from dossiers.issuing import STOP_SERIES, fees_words
from dossiers.models import Dossier, StopNotice, WithdrawalRequest
from dossiers.promises import open_pause
from dossiers.statuses import Status
from dossiers.unanswered import WAITING, is_unanswered
from onestop.reading.dates import say_date, short_moment


@dataclass(frozen=True)
class Ending:
    """`lines` are (label, words); those in `personal` may name people. `stopped`: there is a notice to print."""

    title: str
    lines: tuple[tuple[str, str], ...]
    personal: tuple[tuple[str, str], ...]
    stopped: bool


def unanswered_pause(dossier: Dossier, now: datetime) -> str:
    """That the citizen's time for an answer is over, or "". Asks the database only while one is awaited."""
    if dossier.status not in WAITING or dossier.voided_at is not None:
        return ""
    pause = open_pause(dossier)
    if pause is None or pause.answer_by is None or not is_unanswered(pause, timezone.localdate(now)):
        return ""
    until = say_date(pause.answer_by)
    return f"Hạn trả lời của người dân là {until}, đã qua. Trả lời muộn vẫn nhận; lãnh đạo, giám đốc Trung tâm có thể dừng giải quyết."


def ending_of(dossier: Dossier) -> Ending | None:
    """The end of the dossier, or its beginning; None for one that goes on. One query, and only where there is one."""
    if dossier.status == Status.STOPPED:
        notice = StopNotice.objects.select_related("stopped_by").filter(dossier=dossier).first()
        return _stopped(notice) if notice else None
    if dossier.status == Status.WITHDRAWAL_REQUESTED:
        open_ones = WithdrawalRequest.objects.select_related("recorded_by").filter(dossier=dossier, taken_back_at__isnull=True)
        request = open_ones.first()
        return _asked_back(request) if request else None
    return None


def _stopped(notice: StopNotice) -> Ending:
    lines = (
        ("Trường hợp", notice.get_kind_display()),
        ("Thông báo", f"số {notice.number:02d}/{STOP_SERIES}"),
        ("Quyết định", f"{notice.stopped_by.full_name}, {short_moment(notice.stopped_at)}"),
        ("Bước khi dừng", notice.get_stage_display()),
        ("Căn cứ", notice.ground),
        ("Phí, lệ phí", fees_words(notice)),
    )
    personal = (("Người đề nghị", notice.asked_by), ("Lý do", notice.reason), ("Giấy tờ trả lại", notice.papers_given_back or "Không có"))
    return Ending("Đã dừng giải quyết", lines, personal, stopped=True)


def _asked_back(request: WithdrawalRequest) -> Ending:
    who = f", {request.recorded_by.full_name} ghi" if request.recorded_by else ""
    signed = (("Ngày ký đơn", f"{request.signed_on:%d/%m/%Y}"),) if request.signed_on else ()
    lines = (("Xin rút bằng", request.get_how_display()), ("Lúc", f"{short_moment(request.requested_at)}{who}"), *signed)
    return Ending("Người nộp xin rút hồ sơ", lines, (("Lý do", request.reason),), stopped=False)
