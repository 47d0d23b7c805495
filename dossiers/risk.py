"""Will it be in time? The working time that is left against what dossiers of the kind usually take. Pure.

No forecast and no score: half of the closed dossiers of the procedure took longer than the median, so a dossier with
less time left than the median of the work still to do is in danger, and the words say why. A question that another
agency still has time to answer may leave nothing of that time, whatever the median says.
"""

from dataclasses import dataclass

# Below so many closed dossiers a median says nothing.
ENOUGH = 20
TOO_FEW = "chưa đủ dữ liệu"
HOUR = 60
# A result is still to be written, signed and sealed after the answer.
AFTER_ANSWER = 4 * HOUR


@dataclass(frozen=True)
class Pace:
    """How long the last closed dossiers of one procedure took in one agency: working minutes without pauses."""

    counted: int
    median_minutes: int


@dataclass(frozen=True)
class Awaited:
    """The last answer that a dossier waits for: of whom, until when in words, in how many working minutes (0: that time is over)."""

    other: str
    until: str
    minutes: int


@dataclass(frozen=True)
class Risk:
    """Whether a dossier is likely to be late, and the reason in words."""

    likely: bool
    words: str


def risk_of(remaining: int, spent: int, pace: Pace | None, awaited: Awaited | None = None) -> Risk:
    """The risk of an open dossier in time. `remaining`: working minutes to its due time; `spent`: since its receipt, without pauses.

    The work still to do is the median less what was spent. Of one that has taken longer than the median already nobody
    knows how much is left, so it is compared with the whole median.
    """
    if pace is None or pace.counted < ENOUGH:
        return _with_answer(Risk(False, TOO_FEW), remaining, AFTER_ANSWER, awaited)
    left = f"còn {say_minutes(remaining)} làm việc"
    if spent < pace.median_minutes:
        to_do = pace.median_minutes - spent
        more = "cần thêm hơn" if spent >= HOUR else "cần hơn"
        words = f"{left}; một nửa hồ sơ loại này {more} {say_minutes(to_do)}"
    else:
        to_do = pace.median_minutes
        words = f"{left}; đã mất {say_minutes(spent)}, lâu hơn một nửa hồ sơ loại này ({say_minutes(to_do)})"
    return _with_answer(Risk(remaining < to_do, words), remaining, min(to_do, AFTER_ANSWER), awaited)


def _with_answer(risk: Risk, remaining: int, after: int, awaited: Awaited | None) -> Risk:
    """The same risk where an answer in time leaves the minutes that are needed `after` it, else one that says what it leaves."""
    if awaited is None:
        return risk
    left = remaining - awaited.minutes
    if left > 0 and left >= after:
        return risk
    if left <= 0:
        words = f"{awaited.other} được trả lời đến {awaited.until}, khi đó hồ sơ đã hết thời hạn"
    elif awaited.minutes:
        words = f"{awaited.other} trả lời đúng hạn {awaited.until} thì chỉ còn {say_minutes(left)} làm việc"
    else:
        words = f"{awaited.other} quá hạn trả lời từ {awaited.until}, chỉ còn {say_minutes(left)} làm việc"
    return Risk(True, words)


def say_minutes(minutes: int) -> str:
    """ "45 phút", "1 giờ 30 phút", from ten hours on whole hours: "27 giờ"."""
    hours, rest = divmod(minutes, HOUR)
    if not hours:
        return f"{rest} phút"
    if not rest or hours >= 10:
        return f"{hours} giờ"
    return f"{hours} giờ {rest} phút"
