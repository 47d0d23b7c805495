"""The words in which citizens are told of their dossiers: statuses, moments, places, names of matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from dossiers.public_facts import Office
from dossiers.statuses import Status
from onestop.display import usual_hours
from onestop.reading.money import group_thousands
from onestop.worktime.explain import WEEKDAY_NAMES

NOTHING_TO_DO = _("Hiện ông/bà chưa phải làm gì thêm.")
WE_TELL = _("Chúng tôi sẽ báo khi có kết quả, chậm nhất %(due)s.")
SEE_REASON = _("Xem lý do và nơi nộp đúng bên dưới.")
COMPLAIN = _("Phản ánh, kiến nghị: %(feedback)s. Khiếu nại: gửi Chủ tịch %(authority)s.")


@dataclass(frozen=True)
class Words:
    """A status for citizens: tag and its colour, the sentence, what they must do, what comes next."""

    tag: str
    colour: str
    sentence: str
    to_do: str = NOTHING_TO_DO
    next_step: str = WE_TELL


WORDS: dict[str, Words] = {
    Status.PRE_FILED: Words(
        _("Khai trước"), "grey", _("Đã khai trước, chưa được tiếp nhận"), _("Xin mang mã này và bản chính giấy tờ đến quầy."), ""
    ),
    Status.RECEIVED: Words(_("Đã tiếp nhận"), "blue", _("Hồ sơ đã được tiếp nhận")),
    Status.DECLINED: Words(_("Từ chối tiếp nhận"), "grey", _("Hồ sơ không đủ điều kiện tiếp nhận"), SEE_REASON, COMPLAIN),
    Status.PROCESSING: Words(_("Đang xử lý"), "blue", _("Hồ sơ đang được giải quyết")),
    Status.WITH_OTHER_AGENCY: Words(_("Đang ở cơ quan khác"), "teal", _("Hồ sơ đang ở cơ quan khác: %(others)s")),
    Status.AWAITING_SUPPLEMENT: Words(
        _("Chờ bổ sung"),
        "amber",
        _("Hồ sơ cần bổ sung, hoàn thiện"),
        _("Xin mang các giấy tờ sau đến quầy%(by)s:"),
        _("Thời hạn giải quyết tạm dừng cho đến khi ông/bà nộp đủ."),
    ),
    Status.AWAITING_PAYMENT: Words(
        _("Chờ nộp tiền"),
        "amber",
        _("Hồ sơ cần nộp phí, lệ phí%(amount)s"),
        _("Xin nộp tại quầy%(by)s: %(place)s."),
        _("Sau khi xác nhận đã nộp phí, hồ sơ được giải quyết tiếp."),
    ),
    Status.WITHDRAWAL_REQUESTED: Words(
        _("Xin rút"),
        "grey",
        _("Cơ quan đã nhận đơn xin rút hồ sơ%(on)s"),
        NOTHING_TO_DO,
        _("Khi đến nhận lại giấy tờ, xin mang giấy hẹn và thẻ căn cước: %(place)s."),
    ),
    Status.STOPPED: Words(_("Dừng giải quyết"), "grey", _("Hồ sơ đã dừng giải quyết"), _("Xem lý do bên dưới."), COMPLAIN),
    Status.AWAITING_SIGNATURE: Words(_("Chờ ký"), "purple", _("Hồ sơ đang chờ lãnh đạo ký")),
    Status.RESULT_READY: Words(
        _("Chờ trả kết quả"),
        "green",
        _("Đã có kết quả, mời ông/bà đến nhận"),
        _("Xin mang giấy hẹn và thẻ căn cước đến %(place)s."),
        _("Không đến được? Người khác nhận thay cần giấy uỷ quyền, hoặc đăng ký gửi bưu điện."),
    ),
    Status.IN_POST: Words(
        _("Đang gửi bưu điện"),
        "green",
        _("Kết quả đang được gửi qua bưu điện đến địa chỉ đã đăng ký"),
        _("Xin để ý điện thoại, nhân viên bưu điện sẽ gọi trước."),
        "",
    ),
    Status.RETURNED: Words(
        _("Đã trả kết quả"),
        "plain",
        _("Kết quả đã được trả cho người nhận"),
        _("Xem lại giấy tờ nhận được; có sai sót báo ngay %(phone)s."),
        "",
    ),
}
SUSPENDED = Words(
    _("Tạm đình chỉ"),
    "grey",
    _("Việc giải quyết hồ sơ đang tạm đình chỉ"),
    NOTHING_TO_DO,
    _("Thời hạn giải quyết tạm dừng cho đến khi hồ sơ được giải quyết tiếp."),
)
# Issued in another commune: nobody is told to come before it lies where he filed.
COMING_HOME = Words(
    _("Kết quả đang chuyển về"),
    "green",
    _("Đã có kết quả tại %(settler)s, đang được chuyển về %(desk)s"),
    _("Ông/bà chưa cần đến nhận. Chúng tôi báo khi kết quả về đến nơi."),
    _("Muốn nhận sớm tại %(settler)s, xin gọi %(phone)s để hỏi trước."),
)
# The last day to answer has gone by and nobody has stopped the dossier yet: who comes now still comes in time.
PAST_THE_DAY: dict[str, str] = {
    Status.AWAITING_SUPPLEMENT: _(
        "Đã quá hạn nộp giấy tờ (%(day)s), cơ quan có thể dừng giải quyết hồ sơ. Xin mang ngay các giấy tờ sau đến quầy:"
    ),
    Status.AWAITING_PAYMENT: _(
        "Đã quá hạn nộp tiền (%(day)s), cơ quan có thể dừng giải quyết hồ sơ. Xin nộp ngay tại quầy: %(place)s."
    ),
}
NOT_GRANTED = _("Đã có văn bản trả lời. Mời ông/bà đến nhận.")
ENDED = frozenset({Status.DECLINED, Status.STOPPED, Status.WITHDRAWAL_REQUESTED})


def say_moment(moment: datetime) -> str:
    """17:00 thứ Hai, 23/11/2026; the weekday in the reader's language."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M} {gettext(WEEKDAY_NAMES[local.weekday()])}, {local:%d/%m/%Y}"


def say_day(day: date) -> str:
    """thứ Sáu, 04/12/2026; the weekday in the reader's language."""
    return f"{gettext(WEEKDAY_NAMES[day.weekday()])}, {day:%d/%m/%Y}"


def say_money(amount: int) -> str:
    """15.000 đồng."""
    return gettext("%(amount)s đồng") % {"amount": group_thousands(amount)}


def say_until(day: date | None) -> str:
    """The end of a sentence that asks for something: ", chậm nhất thứ Sáu, 04/12/2026"; "" without a day."""
    return gettext(", chậm nhất %(day)s") % {"day": say_day(day)} if day else ""


def say_to_do(words: Words, status: str, values: dict[str, str], answer_by: date | None, now: datetime) -> str:
    """What the citizen must do, by `answer_by` where he is asked for something; after that day, at once."""
    if answer_by is not None and answer_by < timezone.localdate(now) and status in PAST_THE_DAY:
        return gettext(PAST_THE_DAY[status]) % {**values, "day": say_day(answer_by)}
    return gettext(words.to_do) % {**values, "by": say_until(answer_by)}


def say_procedure(facts: Any) -> tuple[str, str]:
    """What the matter is called, and the language of that name where it is not the page's."""
    if translation.get_language() == "en" and facts.procedure_name_en:
        return facts.procedure_name_en, ""
    return facts.procedure_label or facts.procedure_name, "" if translation.get_language() == "vi" else "vi"


def say_place(office: Office, now: datetime) -> str:
    """Where and when to come: the address and the hours of a usual week."""
    return ", ".join(filter(None, [office.address or office.desk_name, usual_hours(office.pk, timezone.localdate(now))]))
