"""Why the date is what it is: a trace told in a few plain sentences for the citizen.

Reads the stored JSON of a trace as well as a fresh promise, so that an old appointment explains itself in
the language of today's reader. The sentences are marked for translation; the words of the rows are
translated one by one (`reasons.py` lists them).
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext, gettext_noop, ngettext

from onestop.worktime import reasons
from onestop.worktime.limits import Promise

WEEKDAY_NAMES = (
    gettext_noop("thứ Hai"), gettext_noop("thứ Ba"), gettext_noop("thứ Tư"), gettext_noop("thứ Năm"),
    gettext_noop("thứ Sáu"), gettext_noop("thứ Bảy"), gettext_noop("Chủ nhật"),
)
WEEKEND = ("Thứ Bảy", "Chủ nhật")
FEW_DAYS = 4  # up to here weekends are listed by date, beyond they are counted
PROVISIONAL = " (dự kiến)"
_WAITING = {words[0] for words in reasons.PAUSES.values()}
_RESUMED = {words[1] for words in reasons.PAUSES.values()}
_OWN_SENTENCE = _WAITING | _RESUMED | set(WEEKEND) | {
    reasons.RECEIPT, reasons.FILED_ONLINE_CLOSED, reasons.RECEIPT_MOVED, reasons.AFTER_CLOSING, reasons.OUTSIDE_HOURS,
    reasons.LAST_DAY_MOVED, reasons.NOTHING_LEFT, reasons.USED_UP, reasons.CLOCK_HOURS,
}
_CUTOFF = re.compile(r"^(Tiếp nhận|Hết tạm dừng) sau (\d\d:\d\d(?::\d\d)?)$")


@dataclass(frozen=True, slots=True)
class _Row:
    day: date
    start: str
    end: str
    counted: bool
    why: str
    total: float


def explain(source: Promise | Sequence[dict], *, announced: Callable[[int], bool] | None = None) -> list[str]:
    """The sentences: the receipt, what was left out and why, the end. [] when no limit is published.

    `announced`: whether the days off of a year are official by now; a doubt of then is not repeated after that.
    """
    stored = source.trace_json() if isinstance(source, Promise) else source
    rows, unconfirmed = _read(stored)
    if not rows:
        return []
    sentences = [*_receipt(rows), *_weekends(rows), *_days_off(rows), *_swapped(rows), *_pauses(rows), *_end(rows)]
    year = rows[-1].day.year
    if unconfirmed and not (announced is not None and announced(year)):
        sentences.append(gettext("Lịch nghỉ năm %(year)s chưa được công bố chính thức.") % {"year": year})
    return sentences


def _read(stored: Sequence[dict]) -> tuple[list[_Row], bool]:
    rows, unconfirmed = [], False
    for item in stored:
        why, _, remark = item["why"].partition("; ")
        unconfirmed = unconfirmed or remark == reasons.UNCONFIRMED
        rows.append(_Row(date.fromisoformat(item["date"]), item["from"] or "", item["to"] or "", item["counted"], why, item["total"]))
    return rows, unconfirmed


def _say(day: date) -> str:
    return f"{gettext(WEEKDAY_NAMES[day.weekday()])}, {day:%d/%m/%Y}"


def _word(why: str) -> str:
    """The reason of a row in the reader's language, as it stands inside a sentence."""
    name = why.removesuffix(PROVISIONAL)
    head, colon, tail = name.partition(": ")
    # "nghỉ lễ Quốc khánh" is one name; why an office is closed stands beside it.
    tail = f"({gettext(tail)})" if head == reasons.CLOSED else gettext(tail)
    words = f"{gettext(head)} {tail}" if colon else gettext(name)
    words = words[:1].lower() + words[1:]
    return words + (gettext(" (dự kiến)") if name != why else "")


def _receipt(rows: Sequence[_Row]) -> list[str]:
    sentences = []
    for number, row in enumerate(rows):
        late = _CUTOFF.match(row.why)
        if row.why == reasons.FILED_ONLINE_CLOSED:
            received = next(r for r in rows[number + 1 :] if r.start)
            sentences.append(
                gettext("Nộp trực tuyến lúc %(time)s %(day)s, ngoài giờ làm việc, nên tính là tiếp nhận lúc %(received)s %(received_day)s.")
                % {"time": row.start, "day": _say(row.day), "received": received.start, "received_day": _say(received.day)}
            )
        elif row.why == reasons.RECEIPT:
            sentences.append(gettext("Ngày tiếp nhận %(day)s không tính.") % {"day": _say(row.day)})
        elif late:
            text = (
                gettext("Tiếp nhận sau %(cutoff)s %(day)s nên tính sang ngày làm việc tiếp theo.")
                if late[1] == "Tiếp nhận"
                else gettext("Hết tạm dừng sau %(cutoff)s %(day)s nên tính sang ngày làm việc tiếp theo.")
            )
            sentences.append(text % {"cutoff": late[2], "day": _say(row.day)})
        elif row.why == reasons.RECEIPT_MOVED:
            sentences.append(gettext("Ngày %(day)s được tính là ngày tiếp nhận.") % {"day": _say(row.day)})
        elif row.why in {reasons.AFTER_CLOSING, reasons.OUTSIDE_HOURS} and row.start:
            sentences.append(gettext("Lúc %(time)s %(day)s là ngoài giờ làm việc.") % {"time": row.start, "day": _say(row.day)})
    return sentences


def _weekends(rows: Sequence[_Row]) -> list[str]:
    days = [row.day for row in rows if not row.counted and row.why in WEEKEND]
    if not days:
        return []
    if len(days) == 1:
        return [gettext("Ngày %(day)s không tính.") % {"day": _say(days[0])}]
    if len(days) > FEW_DAYS:
        text = ngettext("%(count)d ngày thứ Bảy, Chủ nhật không tính.", "%(count)d ngày thứ Bảy, Chủ nhật không tính.", len(days))
        return [text % {"count": len(days)}]
    return [gettext("Thứ Bảy, Chủ nhật không tính: %(days)s.") % {"days": _ranges(days)}]


def _ranges(days: Iterable[date]) -> str:
    """'21/11–22/11/2026, 28/11/2026': runs of days, each year named."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] <= timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run(run[0], run[-1]) for run in runs)


def _run(first: date, last: date) -> str:
    if first == last:
        return f"{first:%d/%m/%Y}"
    return f"{first:%d/%m}–{last:%d/%m/%Y}" if first.year == last.year else f"{first:%d/%m/%Y}–{last:%d/%m/%Y}"


def _days_off(rows: Sequence[_Row]) -> list[str]:
    """Holidays and exchanged days, one sentence for each name."""
    by_name: dict[str, list[date]] = {}
    for row in rows:
        if not row.counted and row.why not in _OWN_SENTENCE and not _CUTOFF.match(row.why):
            by_name.setdefault(row.why, []).append(row.day)
    return [
        gettext("%(days)s: %(reason)s, không tính.") % {"days": _ranges(days), "reason": _word(why)} for why, days in by_name.items()
    ]


def _swapped(rows: Sequence[_Row]) -> list[str]:
    days = [row.day for row in rows if row.counted and row.why == reasons.SWAPPED_SATURDAY]
    return [gettext("Ngày %(day)s là ngày làm việc bù nên được tính.") % {"day": _say(day)} for day in days]


def _pauses(rows: Sequence[_Row]) -> list[str]:
    """Each run of waiting rows once; the row of a pause that is still open ends the story in `_end`."""
    sentences, run = [], []
    for row in [*rows, None]:
        if row is not None and row.why in _WAITING and not _is_open(row):
            run.append(row)
            continue
        if run:
            sentences.append(_waited(run))
            run = []
        if row is not None and row.why in _RESUMED:
            sentences.append(gettext("%(reason)s %(day)s không tính.") % {"reason": gettext(row.why), "day": _say(row.day)})
    return sentences


def _is_open(row: _Row) -> bool:
    return row.why in _WAITING and bool(row.start) and not row.end


def _waited(run: Sequence[_Row]) -> str:
    first, last = run[0], run[-1]
    if first.day == last.day and first.start and last.end:
        return gettext("Từ %(start)s đến %(end)s ngày %(day)s: %(reason)s, không tính.") % {
            "start": first.start, "end": last.end, "day": f"{first.day:%d/%m/%Y}", "reason": _word(first.why),
        }
    if first.start and last.end:
        return gettext("Từ %(start)s %(day)s đến %(end)s %(last_day)s: %(reason)s, không tính.") % {
            "start": first.start, "day": _say(first.day), "end": last.end, "last_day": _say(last.day), "reason": _word(first.why),
        }
    return gettext("%(days)s: %(reason)s, không tính.") % {"days": _ranges(row.day for row in run), "reason": _word(first.why)}


def _end(rows: Sequence[_Row]) -> list[str]:
    last = rows[-1]
    if _is_open(last):
        return [
            gettext("Đang tạm dừng từ %(time)s %(day)s (%(reason)s); khi hết tạm dừng sẽ có ngày hẹn.")
            % {"time": last.start, "day": _say(last.day), "reason": _word(last.why)}
        ]
    where = {"time": last.end, "day": _say(last.day)}
    if last.why == reasons.LAST_DAY_MOVED:
        full = next(row.day for row in rows if row.counted and row.total == last.total)
        return [
            gettext("Ngày cuối %(last)s là ngày nghỉ nên chuyển sang ngày làm việc tiếp theo.") % {"last": _say(full)},
            gettext("Hẹn trả lúc %(time)s %(day)s.") % where,
        ]
    if last.why in {reasons.NOTHING_LEFT, reasons.USED_UP}:
        return [gettext("Khi hết tạm dừng, thời hạn đã dùng hết nên hẹn trả lúc %(time)s %(day)s.") % where]
    if last.why == reasons.SAME_DAY:
        return [gettext("Trả trong ngày: lúc %(time)s %(day)s.") % where]
    if last.why == reasons.NEXT_DAY:
        return [gettext("Hẹn trả trong ngày làm việc tiếp theo: lúc %(time)s %(day)s.") % where]
    return [gettext("Đủ %(limit)s: hẹn trả lúc %(time)s %(day)s.") % {"limit": _amount(rows), **where}]


def _amount(rows: Sequence[_Row]) -> str:
    """What was counted, in the unit of the rows: '3 ngày làm việc'."""
    last = rows[-1]
    count = int(last.total) if last.total == int(last.total) else last.total
    if last.why == reasons.CALENDAR_DAY:
        return ngettext("%(count)s ngày", "%(count)s ngày", int(count)) % {"count": count}
    if last.why == reasons.WORKING_HOURS:
        return ngettext("%(count)s giờ làm việc", "%(count)s giờ làm việc", int(count)) % {"count": count}
    if last.why == reasons.CLOCK_HOURS:
        return ngettext("%(count)s giờ", "%(count)s giờ", int(count)) % {"count": count}
    return ngettext("%(count)s ngày làm việc", "%(count)s ngày làm việc", int(count)) % {"count": count}
