"""What a citizen is shown of his dossier, as plain words and values; nothing that a stranger may not read.

`page_of` turns the facts (public_facts.py) into the sentences of the page, in the reader's language. Names are masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from dossiers import secrets
from dossiers.models import AppointmentKind, Outcome, PauseKind
from dossiers.public_ending import Ending, ending_of, may_withdraw
from dossiers.public_facts import authority_of, result_is_coming
from dossiers.public_questions import awaited as answers_awaited
from dossiers.public_questions import others, questions_of
from dossiers.public_story import Awaited, Promised, Story, story_of
from dossiers.public_timeline import Step, steps_of
from dossiers.public_words import (
    COMING_HOME,
    ENDED,
    NOT_GRANTED,
    SUSPENDED,
    WE_TELL,
    WORDS,
    say_moment,
    say_money,
    say_place,
    say_procedure,
    say_to_do,
)
from dossiers.statuses import OPEN, READY, Status
from onestop.reading.names import mask_name
from onestop.worktime.explain import explain
from onestop.worktime.store import calendar_in_force, working_days_left

ASKS_NOTHING = frozenset({PauseKind.SUSPENSION, PauseKind.OTHER_AGENCY})


@dataclass(frozen=True)
class Page:
    """The page from top to bottom; empty where there is nothing to say."""

    procedure: str
    procedure_language: str
    code: str
    name: str
    late: str
    tag: str
    colour: str
    sentence: str
    to_do: str
    papers: list[str]
    next_step: str
    promised: str
    left: str
    paused: str
    asked: str
    answers: list[str]
    dates: list[Promised]
    steps: list[Step]
    reasons: list[str]
    ballot_token: str
    feedback: str
    phone: str
    ending: Ending | None = None
    may_withdraw: bool = False
    may_think_again: bool = False


def page_of(facts: Any, now: datetime) -> Page:
    """The page's sentences in the active language."""
    office, words = facts.office, WORDS.get(facts.status) or WORDS[Status.PROCESSING]
    if facts.pause_kind == PauseKind.SUSPENSION and facts.status not in ENDED:
        words = SUSPENDED
    if result_is_coming(facts):
        words = COMING_HOME
    story = story_of(facts.pk) if facts.promises > 1 or facts.pause_kind else Story()
    # The timeline tells them too.
    facts.questions = questions_of(facts.pk) if facts.consulted else ()
    # Of somebody who asks for his dossier back nothing is awaited.
    awaited = story.awaited if facts.status not in ENDED else None
    ending = ending_of(facts)
    promised = say_moment(facts.promised_at)
    is_late = facts.status in OPEN and facts.due_at is not None and now > facts.due_at and not _still_promised(facts, now)
    # With the result in hand, or with nothing more to come, nobody waits for a date.
    has_date = facts.due_at is not None and facts.status not in ENDED and facts.status != Status.RETURNED
    phone = office.hotline or gettext("quầy tiếp nhận")
    values = {
        "due": promised,
        "phone": phone,
        "place": say_place(office, now),
        "settler": authority_of(facts.competent_agency_name),
        "desk": office.desk_name,
        "feedback": office.feedback,
        "authority": office.authority,
        "others": others(facts.questions) or facts.competent_agency_name,
        "on": gettext(" ngày %(day)s") % {"day": ending.asked_on} if ending and ending.asked_on else "",
        "amount": f" {say_money(awaited.amount)}" if awaited and awaited.amount else "",
    }
    is_ready = facts.status == Status.RESULT_READY and words is not COMING_HOME
    sentence = NOT_GRANTED if is_ready and facts.outcome == Outcome.NOT_GRANTED else words.sentence
    next_step = words.next_step
    if next_step == WE_TELL and is_late:
        next_step = _("Chúng tôi sẽ báo khi có kết quả.")
    elif next_step == WE_TELL and facts.due_at is None:
        next_step = _("Thời hạn giải quyết đang tạm dừng.")
    elif awaited and facts.due_at is not None:
        # A pause of what is late already stops no clock.
        next_step = _("Nhận đủ thì hồ sơ được giải quyết tiếp ngay.")
    name, language = say_procedure(facts)
    return Page(
        procedure=name,
        procedure_language=language,
        code=facts.code,
        name=mask_name(facts.applicant_name),
        late=_late(facts, values, now) if is_late or (facts.status in READY and facts.overdue_since is not None) else "",
        tag=gettext(words.tag),
        colour=words.colour,
        sentence=gettext(sentence) % values,
        to_do=say_to_do(words, facts.status, values, awaited.answer_by if awaited else None, now),
        papers=list(awaited.papers) if awaited else [],
        next_step=gettext(next_step) % values if next_step else "",
        promised=promised if has_date else "",
        left=_left(now, facts.promised_at, facts.competent_agency_id) if has_date and facts.status in OPEN and not is_late else "",
        paused=_paused(awaited, promised) if awaited and facts.due_at is None else "",
        # Of a suspension the reason may be another person's affair; of another agency nothing is asked of the citizen.
        asked=awaited.reason if awaited and facts.pause_kind not in ASKS_NOTHING else "",
        answers=answers_awaited(facts.questions, now) if facts.status in OPEN - ENDED else [],
        dates=list(story.dates) if len(story.dates) > 1 and facts.status in OPEN | READY else [],
        steps=list(steps_of(facts)),
        reasons=explain(facts.trace, announced=calendar_in_force(facts.competent_agency_id).confirmed) if has_date else [],
        ballot_token=secrets.token(facts.code, facts.secret_version) if facts.status == Status.RETURNED else "",
        feedback=office.feedback,
        phone=office.hotline,
        ending=ending,
        may_withdraw=may_withdraw(facts),
        may_think_again=facts.status == Status.WITHDRAWAL_REQUESTED,
    )


def _still_promised(facts: Any, now: datetime) -> bool:
    """Whether the date that the citizen was given is ahead although the lawful one is not: the right procedure made
    the latter an earlier one, and he was never told so. A date given with an apology is another matter."""
    return facts.promise_kind != AppointmentKind.APOLOGY and now <= facts.promised_at


def _paused(awaited: Awaited, promised: str) -> str:
    """That the time stands still, since when, and what has become of the date."""
    return gettext("Tạm dừng từ %(since)s. Ngày hẹn %(promised)s không còn tính; hết tạm dừng, ông/bà được báo ngày hẹn mới.") % {
        "since": say_moment(awaited.since),
        "promised": promised,
    }


def _late(facts: Any, values: dict[str, str], now: datetime) -> str:
    """The apology on the screen. It says what is so and promises nothing that nobody has promised."""
    if facts.status in READY:
        return gettext("Kết quả có muộn hơn giờ hẹn trên giấy. Chúng tôi xin lỗi ông/bà.")
    if facts.promise_kind == AppointmentKind.APOLOGY and now <= facts.promised_at:
        return gettext("Hồ sơ đã quá hẹn. Chúng tôi xin lỗi ông/bà. Hẹn lại lúc %(due)s. Muốn hỏi thêm, xin gọi %(phone)s.") % values
    return (
        gettext(
            "Hồ sơ đã quá hẹn. Chúng tôi xin lỗi ông/bà. Giờ hẹn là %(due)s mà chưa có kết quả, và chưa có ngày hẹn mới. "
            "Hồ sơ vẫn đang được giải quyết. Muốn hỏi thêm, xin gọi %(phone)s."
        )
        % values
    )


def _left(now: datetime, due_at: datetime, agency_id: int) -> str:
    if timezone.localdate(now) == timezone.localdate(due_at):
        return gettext("trong hôm nay")
    days = working_days_left(now, due_at, agency_id)
    if days is None or days < 1:
        return ""
    return ngettext("còn %(days)d ngày làm việc", "còn %(days)d ngày làm việc", days) % {"days": days}
