"""What the system looks at before a leader signs: eight checks, each a sentence with its colour. Pure: facts in, checks out.

Red stands for what the act itself would refuse, or what no careful person signs; amber for what the signer ought to know.
The act asks again under its lock (lifecycle/way.py): these only tell beforehand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from onestop.reading.money import show_money

GREEN, AMBER, RED = "green", "amber", "red"
_NAMED = 3


class Draft(Enum):
    """What is known about the file of the draft. THERE: on the disk, its bytes not read for this page."""

    NONE = "none"
    THERE = "there"
    INTACT = "intact"
    BROKEN = "broken"


@dataclass(frozen=True)
class SignFacts:
    """What is known of one dossier that waits, and of the person who would sign it. Money in đồng; ids of people.

    `lateness`: words of the timeliness tag ("Quá hạn 2 ngày"), `is_late` whether the due minute has passed.
    """

    missing: Sequence[str] = ()
    scans_asked: bool = False
    unscanned: Sequence[str] = ()
    waived: bool = False
    owed: int = 0
    is_late: bool = False
    lateness: str = ""
    pause: str = ""
    draft: Draft = Draft.INTACT
    drafter: int = 0
    receiver: int = 0
    signer: int = 0
    signer_is_leader: bool = True
    receiver_may_sign: str = "warn"


@dataclass(frozen=True)
class Check:
    """One finding: what was looked at (a stable key), the sentence, the colour of its tag."""

    key: str
    words: str
    colour: str

    @property
    def forbids(self) -> bool:
        return self.colour == RED


def checks_of(facts: SignFacts) -> list[Check]:
    """All eight, in the order in which they are read."""
    return [_papers(facts), _scans(facts), _fee(facts), _time(facts), _drafter(facts), _receiver(facts), _pause(facts), _draft(facts)]


def worst(checks: Sequence[Check]) -> str:
    """The colour that sums them up."""
    return max((check.colour for check in checks), key=(GREEN, AMBER, RED).index, default=GREEN)


def _papers(facts: SignFacts) -> Check:
    if facts.missing:
        return Check("papers", f"Thiếu giấy tờ: {_listed(facts.missing)}", RED)
    return Check("papers", "Giấy tờ đủ", GREEN)


def _scans(facts: SignFacts) -> Check:
    if facts.waived:
        return Check("scans", "Được phép không quét", GREEN)
    if facts.unscanned:
        listed = _listed(facts.unscanned)
        if facts.scans_asked:
            return Check("scans", f"Chưa quét: {listed}", AMBER)
        return Check("scans", f"Không bắt buộc quét; chưa quét: {listed}", GREEN)
    return Check("scans", "Giấy tờ đã quét", GREEN)


def _fee(facts: SignFacts) -> Check:
    if facts.owed:
        return Check("fee", f"Phí, lệ phí thu khi trả: {show_money(facts.owed)}", AMBER)
    return Check("fee", "Phí, lệ phí đã thu hoặc không thu", GREEN)


def _time(facts: SignFacts) -> Check:
    if facts.is_late:
        return Check("time", facts.lateness or "Quá hạn", AMBER)
    return Check("time", "Trong hạn", GREEN)


def _drafter(facts: SignFacts) -> Check:
    if facts.drafter != facts.signer:
        return Check("drafter", "Người soạn khác người ký", GREEN)
    alone = facts.receiver == facts.signer and facts.receiver_may_sign == "allow"
    if facts.signer_is_leader or alone:
        return Check("drafter", "Ông/bà cũng là người soạn", AMBER)
    return Check("drafter", "Người soạn không tự ký", RED)


def _receiver(facts: SignFacts) -> Check:
    if facts.receiver != facts.signer or facts.receiver_may_sign == "allow":
        words = "Người ký không là người tiếp nhận" if facts.receiver != facts.signer else "Người tiếp nhận được ký thủ tục này"
        return Check("receiver", words, GREEN)
    if facts.receiver_may_sign == "forbid":
        return Check("receiver", "Người tiếp nhận không được ký kết quả", RED)
    return Check("receiver", "Ông/bà cũng là người tiếp nhận, báo cáo sẽ ghi", AMBER)


def _pause(facts: SignFacts) -> Check:
    if facts.pause:
        return Check("pause", f"Hồ sơ đang tạm dừng: {facts.pause}", RED)
    return Check("pause", "Hồ sơ không tạm dừng", GREEN)


def _draft(facts: SignFacts) -> Check:
    words, colour = {
        Draft.NONE: ("Không có tệp dự thảo: ký tay trên bản giấy", AMBER),
        Draft.THERE: ("Tệp dự thảo có trên máy chủ, mã SHA-256 đối chiếu khi mở và khi ký", GREEN),
        Draft.INTACT: ("Tệp dự thảo còn nguyên, đúng mã SHA-256 lúc trình", GREEN),
        Draft.BROKEN: ("Tệp dự thảo đã mất hoặc bị thay đổi trên máy chủ, không ký được", RED),
    }[facts.draft]
    return Check("draft", words, colour)


def _listed(names: Sequence[str]) -> str:
    more = f" và {len(names) - _NAMED} giấy tờ khác" if len(names) > _NAMED else ""
    return "; ".join(names[:_NAMED]) + more
