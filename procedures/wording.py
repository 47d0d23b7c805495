"""Limits, fees and ways of filing in the words of a public page, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, pgettext

from onestop.worktime.limits import TimeLimit, say_limit


def no_data() -> str:
    """Our data lack it."""
    return gettext("Chưa có dữ liệu")


def say_channel(channel: str) -> str:
    return {
        "counter": gettext("Trực tiếp tại quầy"),
        "online": gettext("Trực tuyến"),
        "post": gettext("Qua bưu chính công ích"),
    }.get(channel, channel)


def say_applicant(kind: str) -> str:
    return {"individual": gettext("Cá nhân"), "organisation": gettext("Tổ chức, doanh nghiệp")}.get(kind, kind)


def say_time(value: int | None, unit: str, *, clock_hours: bool = False) -> str:
    """The limit in words, or that there is none in our data."""
    if unit != "immediate" and not (unit and value):
        return no_data()
    return say_limit(TimeLimit(value=value, unit=unit, clock_hours=clock_hours))


def say_money(amount: int) -> str:
    """15.000 đồng; 0 is said as what it means to the citizen."""
    if amount == 0:
        return gettext("Không thu")
    return gettext("%(amount)s đồng") % {"amount": number_format(amount, use_l10n=True, force_grouping=True)}


def say_fee(fee: dict[str, Any]) -> str:
    """One fee line: the amount with its measure and ceiling, or why none can be said."""
    if fee.get("amount") is None:
        return gettext("do HĐND cấp tỉnh quy định") if fee.get("set_by") == "province" else no_data()
    text = say_money(fee["amount"])
    if fee["amount"] and fee.get("per"):
        text = gettext("%(amount)s/%(measure)s") % {"amount": text, "measure": fee["per"]}
    if fee.get("cap"):
        text = gettext("%(amount)s, nhiều nhất %(cap)s") % {"amount": text, "cap": say_money(fee["cap"])}
    return text


def say_fee_span(span: dict[str, Any]) -> str:
    """All fees of a procedure in one line: nothing, one amount, from … to …, or what is open."""
    lowest, highest = span.get("lowest"), span.get("highest")
    if lowest is None:
        return gettext("do HĐND cấp tỉnh quy định") if span.get("by_province") else no_data()
    if lowest == highest:
        text = say_money(lowest)
    elif lowest == 0:
        text = gettext("%(nothing)s hoặc đến %(highest)s, tùy trường hợp") % {"nothing": say_money(0), "highest": say_money(highest)}
    else:
        text = gettext("%(lowest)s đến %(highest)s, tùy trường hợp") % {"lowest": say_money(lowest), "highest": say_money(highest)}
    if span.get("by_province"):
        return gettext("%(known)s; có khoản do HĐND cấp tỉnh quy định") % {"known": text}
    return gettext("%(known)s; có khoản chưa có dữ liệu") % {"known": text} if span.get("open") else text


def say_summary_limit(summary: dict[str, Any]) -> str:
    """The main limit, marked when a case or a way of filing has another."""
    limit = summary.get("limit") or {}
    text = say_time(limit.get("value"), limit.get("unit") or "")
    return gettext("%(limit)s, tùy trường hợp") % {"limit": text} if summary.get("limit_varies") else text


def say_reason(reason: str) -> str:
    """Why a procedure cannot be received here; stored in Vietnamese, the fixed ones translated."""
    return {
        "chưa có thời hạn công bố": gettext("chưa có thời hạn công bố"),
        "chưa có thời hạn công bố đã đối chiếu": gettext("chưa có thời hạn công bố đã đối chiếu"),
        "mã hoặc hiệu lực của thủ tục đang được đối chiếu": gettext("mã hoặc hiệu lực của thủ tục đang được đối chiếu"),
    }.get(reason, reason)


def say_copy_kind(kind: str, *, originals: int) -> str:
    """What kind of copy is taken; nothing for plain originals."""
    if kind == "any" and not originals:
        return gettext("bản sao")
    return {
        "certified_copy": gettext("bản sao chứng thực"),
        "copy_with_original_shown": gettext("bản chụp, mang bản chính để đối chiếu"),
        "any": gettext("bản chính hoặc bản sao"),
    }.get(kind, "")


def say_handling(line: dict[str, Any]) -> str:
    """How a paper is taken: handed in, shown, looked up, or one of several."""
    return {
        "present": pgettext("giấy tờ", "Xuất trình rồi nhận lại"),
        "from_data": pgettext("giấy tờ", "Cán bộ tự tra cứu, không phải nộp"),
        "one_of": pgettext("giấy tờ", "Chọn một trong nhóm"),
    }.get(line.get("kind", ""), pgettext("giấy tờ", "Nộp"))
