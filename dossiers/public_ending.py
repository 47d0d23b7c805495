"""What a citizen is told of the end of his dossier: that he asks for it back, that work on it has stopped and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from dossiers.certification.kinds import LANE
from dossiers.issuing import STOP_SERIES
from dossiers.models import PaidFees, StopKind, StopNotice, WithdrawalRequest
from dossiers.public_words import say_moment, say_money
from dossiers.statuses import MOVES, Act, Status

WHY = {
    StopKind.STOPPED: _("Cơ quan đã quyết định dừng giải quyết hồ sơ."),
    StopKind.WITHDRAWN: _("Hồ sơ dừng theo yêu cầu rút của ông/bà."),
    StopKind.UNANSWERED: _("Hồ sơ dừng vì quá hạn mà chưa nhận được giấy tờ bổ sung hoặc tiền phải nộp."),
}


@dataclass(frozen=True)
class Ending:
    """`lines` are (label, words, whether an officer wrote the words, in Vietnamese)."""

    title: str
    why: str
    lines: tuple[tuple[str, str, bool], ...]
    asked_on: str = ""


def ending_of(facts: Any) -> Ending | None:
    """The end of a dossier that has stopped or is asked back; one query, and none for any other."""
    if facts.status == Status.STOPPED:
        notice = StopNotice.objects.filter(dossier_id=facts.pk).first()
        return _stopped(notice) if notice else None
    if facts.status == Status.WITHDRAWAL_REQUESTED:
        request = WithdrawalRequest.objects.filter(dossier_id=facts.pk, taken_back_at__isnull=True).first()
        return _asked_back(request) if request else None
    return None


def may_withdraw(facts: Any) -> bool:
    """Whether the page offers to ask for the dossier back; the act asks again."""
    return facts.status in MOVES[Act.REQUEST_WITHDRAWAL].start and facts.signed_at is None and facts.lane != LANE


def _stopped(notice: StopNotice) -> Ending:
    number = f"{notice.number:02d}/{STOP_SERIES}"
    lines = (
        (gettext("Thông báo số"), f"{number}, {say_moment(notice.stopped_at)}", False),
        (gettext("Lý do"), notice.reason, True),
        (gettext("Căn cứ"), notice.ground, True),
        (gettext("Giấy tờ trả lại"), notice.papers_given_back, True),
        (gettext("Phí, lệ phí đã nộp"), _say_fees(notice), False),
    )
    return Ending(gettext("Vì sao dừng giải quyết"), gettext(WHY[StopKind(notice.kind)]), tuple(line for line in lines if line[1]))


def _say_fees(notice: StopNotice) -> str:
    if notice.fees == PaidFees.NONE:
        return ""
    words = {"amount": say_money(notice.paid)}
    if notice.fees == PaidFees.REFUNDED:
        return gettext("%(amount)s, được hoàn trả") % words
    return gettext("%(amount)s, không hoàn trả") % words


def _asked_back(request: WithdrawalRequest) -> Ending:
    day = f"{timezone.localtime(request.requested_at):%d/%m/%Y}"
    why = gettext("Cơ quan sẽ trả lại giấy tờ. Trước lúc ấy ông/bà còn đổi ý được.")
    return Ending(gettext("Xin rút hồ sơ"), why, (), asked_on=day)
