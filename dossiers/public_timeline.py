"""The way of a dossier for its citizen: what is done, what is now, what comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from dossiers.models import PauseKind
from dossiers.public_facts import result_is_coming, settled_elsewhere
from dossiers.public_questions import others
from dossiers.public_words import ENDED, SUSPENDED, WORDS, say_moment
from dossiers.statuses import Status

RECEIVE = _("Tiếp nhận hồ sơ")
SEND = _("Chuyển đến cơ quan giải quyết")
BRING_HOME = _("Chuyển kết quả về nơi tiếp nhận")
PASS_ON = _("Chuyển đến bộ phận chuyên môn")
CORRECT = _("Nhận lại kết quả để sửa sai sót")
ASK = _("Hỏi cơ quan khác")
HEAR = _("Cơ quan khác trả lời")
SETTLE = _("Giải quyết hồ sơ")
SIGN = _("Lãnh đạo ký")
ISSUE = _("Có kết quả")
RETURN = _("Trả kết quả")
# A halt stands where the work stood still; what follows it is not promised.
HALTS = {
    Status.AWAITING_SUPPLEMENT: _("Chờ ông/bà bổ sung giấy tờ"),
    Status.AWAITING_PAYMENT: _("Chờ ông/bà nộp phí, lệ phí"),
    Status.WITH_OTHER_AGENCY: _("Đang ở cơ quan khác"),
}


@dataclass(frozen=True)
class Step:
    """A line of the timeline: `state` is done, current, or empty for what is still to come."""

    label: str
    state: str = ""
    at: str = ""
    note: str = ""


def steps_of(facts: Any) -> Iterator[Step]:
    """Done, current and future steps, in the order of the work; the first that is not done is the current one."""
    found = False
    for label, at, note in _work(facts):
        if at is not None:
            yield Step(gettext(label), "done", say_moment(at), note)
        elif found or facts.status in ENDED:
            yield Step(gettext(label))
        else:
            found = True
            yield from _current(facts, label, note)
    if facts.status in ENDED:
        yield Step(gettext(WORDS[facts.status].tag), "current")


def _current(facts: Any, label: str, note: str) -> Iterator[Step]:
    if facts.pause_kind == PauseKind.SUSPENSION:
        yield Step(gettext(SUSPENDED.tag), "current")
        yield Step(gettext(label))
    elif facts.status in HALTS:
        yield Step(gettext(HALTS[facts.status]), "current", note=others(facts.questions))
        yield Step(gettext(label))
    elif facts.status == Status.IN_POST:
        yield Step(gettext(WORDS[Status.IN_POST].tag), "current")
    else:
        yield Step(gettext(label), "current", note=note)


def _work(facts: Any) -> Iterator[tuple[str, datetime | None, str]]:
    """(label, when it was done or None, who has it): what the rows say, trusted only as far as the status goes."""
    office = facts.office
    is_submitted = facts.status == Status.AWAITING_SIGNATURE or facts.signed_at is not None or facts.finished_at is not None
    officer = facts.holder_full_name or "" if office.show_officer_names else ""
    yield RECEIVE, facts.received_at, office.desk_name
    # Who settles a matter at the desk hands it to nobody: then the step was none.
    if facts.handed_over_at is not None or facts.status == Status.RECEIVED:
        if settled_elsewhere(facts):
            yield SEND, facts.handed_over_at, facts.competent_agency_name
        else:
            yield PASS_ON, facts.handed_over_at, "" if facts.handed_over_at else officer
    if facts.corrected_at is not None:
        yield CORRECT, facts.corrected_at, ""
    for question in facts.questions:
        yield ASK, question.sent_at, question.other
        if question.answered_at is not None:
            yield HEAR, question.answered_at, question.other
    if facts.status in ENDED:
        return
    yield SETTLE, facts.drafted_at if is_submitted else None, "" if is_submitted else officer or facts.competent_agency_name
    authority = facts.competent_agency_name if settled_elsewhere(facts) else office.authority
    yield SIGN, facts.signed_at or facts.finished_at, "" if facts.signed_at else authority
    yield ISSUE, facts.finished_at, ""
    if result_is_coming(facts):
        yield BRING_HOME, None, office.desk_name
    yield RETURN, facts.returned_at if facts.status == Status.RETURNED else None, ""
