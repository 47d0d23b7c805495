"""Letters of apology in the demonstration: every way that a letter can go, each act at an hour when the office works."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dossiers import lifecycle
from dossiers.desks import Desk
from dossiers.drafting import draft_from, proposed_date
from dossiers.models import ApologyLetter, LetterState
from dossiers.printing import file_of
from dossiers.statuses import OPEN, NotAllowed
from onestop.demo.tales import Tale
from onestop.staff.models import User
from onestop.staff.roles import Role

# What becomes of one letter after the other, by the kind of story; a small demonstration has the first ones.
FATES = {
    "late_with_specialist": (
        ("draft", "prepare", "sign", "issue"),
        ("draft", "prepare"),
        ("draft",),
        ("draft", "prepare", "sign", "issue", "send"),
    ),
    "late_finished": (("draft", "prepare", "sign", "issue", "send"), ("draft", "waive"), ("draft", "prepare", "sign", "issue")),
}
# Working time between one act and the next.
PAUSES = {"draft": 0, "prepare": 2400, "sign": 5400, "issue": 60, "send": 3600, "waive": 3600}
CAUSES = (
    ("many", "Số hồ sơ phải giải quyết trong tháng tăng gấp đôi, chúng tôi chưa làm kịp."),
    ("other_agency", "Chi nhánh Văn phòng đăng ký đất đai chưa trả lời kết quả kiểm tra."),
    ("absent", "Công chức phụ trách hồ sơ đi tập huấn, việc bàn giao cho người khác bị chậm."),
    ("system", "Hệ thống thông tin bị gián đoạn hai ngày nên chưa lập được kết quả."),
)
WAIVED = "Đã gọi điện xin lỗi và trả kết quả tận nhà trong ngày"
BROUGHT = "Đem đến tận nơi: công chức văn hóa – xã hội"

Event = tuple[datetime, Callable[[datetime], object]]


@dataclass
class Apology:
    """The letter of one dossier that was not ready in time; an act that has become impossible is left out.

    `number` counts the letters of this kind of story, over all communes.
    """

    tale: Tale
    desk: Desk
    number: int

    def events(self, received: datetime, due: datetime, now: datetime) -> Iterator[Event]:
        """What happens to the letter up to `now`."""
        moment = draft_from(received, due, due, self.desk) or due
        moment = max(moment, received + timedelta(minutes=5), due - timedelta(days=3))
        fates = FATES[self.tale.kind.name]
        for act in fates[self.number % len(fates)]:
            moment = self.desk.hours.add(moment, max(1, PAUSES[act]), self.desk.calendar)
            if moment >= now:
                return
            yield moment, getattr(self, act)

    @property
    def letter(self) -> ApologyLetter | None:
        """The letter, once there is one that is neither withdrawn nor waived."""
        gone = (LetterState.RETRACTED, LetterState.WAIVED)
        return self.tale.received.letters.exclude(state__in=gone).select_related("missed", "paper").last()

    def _who(self, *roles: Role) -> User:
        return self.tale.office.with_role(*roles)[0]

    def draft(self, at: datetime) -> None:
        try:
            lifecycle.draft_letter(self.tale.received, at=at)
        except NotAllowed:
            return  # it was finished in time, or its clock stands still

    def prepare(self, at: datetime) -> None:
        letter, dossier = self.letter, self.tale.received
        if letter is None or letter.missed is None:
            return
        dossier.refresh_from_db()
        waits = dossier.status in OPEN and not (dossier.signed_at is not None and letter.missed.due_at < at)
        cause, words = CAUSES[self.number % len(CAUSES)]
        lifecycle.prepare_letter(
            letter,
            cause=cause,
            cause_words=words,
            stands_words="đang được người phụ trách giải quyết" if waits else "",
            nothing_more=lifecycle.owes_nothing(dossier),
            new_due_at=proposed_date(letter.missed.due_at, self.desk, now=at) if waits else None,
            by=self._who(Role.MANAGER),
            at=at,
        )

    def sign(self, at: datetime) -> None:
        if self.letter is None:
            return
        try:
            lifecycle.sign_letter(self.letter, by=self._who(Role.HEAD), at=at)
        except NotAllowed:
            return  # the result came meanwhile, and the letter says something else

    def issue(self, at: datetime) -> None:
        letter = self.letter
        if letter is not None and letter.state == LetterState.SIGNED and letter.paper is not None:
            file_of(letter.paper, at=at)
            lifecycle.issue_letter(letter, at=at)

    def send(self, at: datetime) -> None:
        letter = self.letter
        if letter is not None and letter.state == LetterState.ISSUED:
            lifecycle.letter_sent(letter, how=BROUGHT, at=at, by=self._who(Role.CLERK))

    def waive(self, at: datetime) -> None:
        if self.letter is not None:
            lifecycle.waive_letter(self.letter, reason=WAIVED, by=self._who(Role.HEAD), at=at)
