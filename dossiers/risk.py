"""Will it be in time? The working time that is left against what dossiers of the kind usually take. Pure.

No forecast and no score: half of the closed dossiers of the procedure took longer than the median, so a dossier with
less time left than the median of the work still to do is in danger, and the words say why.
"""

from dataclasses import dataclass

# Below so many closed dossiers a median says nothing.
ENOUGH = 20
TOO_FEW = "chưa đủ dữ liệu"
HOUR = 60


@dataclass(frozen=True)
class Pace:
    """How long the last closed dossiers of one procedure took in one agency: working minutes without pauses."""

    counted: int
    median_minutes: int


@dataclass(frozen=True)
class Risk:
    """Whether a dossier is likely to be late, and the reason in words."""

    likely: bool
    words: str


def risk_of(remaining: int, spent: int, pace: Pace | None) -> Risk:
    """The risk of an open dossier in time. `remaining`: working minutes to its due time; `spent`: since its receipt, without pauses.

    The work still to do is the median less what was spent. Of one that has taken longer than the median already nobody
    knows how much is left, so it is compared with the whole median.
    """
    if pace is None or pace.counted < ENOUGH:
        return Risk(False, TOO_FEW)
    left = f"còn {say_minutes(remaining)} làm việc"
    if spent < pace.median_minutes:
        to_do = pace.median_minutes - spent
        more = "cần thêm hơn" if spent >= HOUR else "cần hơn"
        return Risk(remaining < to_do, f"{left}; một nửa hồ sơ loại này {more} {say_minutes(to_do)}")
    words = f"{left}; đã mất {say_minutes(spent)}, lâu hơn một nửa hồ sơ loại này ({say_minutes(pace.median_minutes)})"
    return Risk(remaining < pace.median_minutes, words)


def say_minutes(minutes: int) -> str:
    """ "45 phút", "1 giờ 30 phút", from ten hours on whole hours: "27 giờ"."""
    hours, rest = divmod(minutes, HOUR)
    if not hours:
        return f"{rest} phút"
    if not rest or hours >= 10:
        return f"{hours} giờ"
    return f"{hours} giờ {rest} phút"
