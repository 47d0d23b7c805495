"""What a citizen is shown of his dossier, as plain words and values; nothing that a stranger may not read.

`facts_of` fetches everything in one query of plain values (a page of model objects costs three times as much);
`page_of` turns them into the sentences of the page, in the reader's language. Names are masked; no number, address
or telephone of a person is fetched at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from dossiers import secrets
from dossiers.models import Appointment, Correction, HandOver, Outcome, ResultDocument, SupplementRequest
from dossiers.statuses import OPEN, READY, Status
from onestop.display import usual_hours
from onestop.reading.names import mask_name
from onestop.worktime.explain import WEEKDAY_NAMES, explain
from onestop.worktime.store import working_days_left

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
    Status.WITH_OTHER_AGENCY: Words(_("Đang ở cơ quan khác"), "teal", _("Hồ sơ đang ở cơ quan khác: %(competent)s")),
    Status.AWAITING_SUPPLEMENT: Words(
        _("Chờ bổ sung"),
        "amber",
        _("Hồ sơ cần bổ sung, hoàn thiện"),
        _("Xin mang các giấy tờ sau đến quầy:"),
        _("Thời hạn giải quyết tạm dừng cho đến khi ông/bà nộp đủ."),
    ),
    Status.AWAITING_PAYMENT: Words(
        _("Chờ nộp tiền"),
        "amber",
        _("Hồ sơ cần nộp phí, lệ phí"),
        _("Nộp tại quầy hoặc quét mã QR"),
        _("Sau khi xác nhận đã nộp phí, hồ sơ được giải quyết tiếp."),
    ),
    Status.WITHDRAWAL_REQUESTED: Words(_("Xin rút"), "grey", _("Cơ quan đã nhận đơn xin rút hồ sơ"), NOTHING_TO_DO, ""),
    Status.STOPPED: Words(_("Dừng giải quyết"), "grey", _("Hồ sơ đã dừng giải quyết"), SEE_REASON, COMPLAIN),
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
NOT_GRANTED = _("Đã có văn bản trả lời. Mời ông/bà đến nhận.")
ENDED = frozenset({Status.DECLINED, Status.STOPPED, Status.WITHDRAWAL_REQUESTED})


@dataclass(frozen=True)
class Office:
    """The agency that speaks on the page; has what the frame of a page asks an agency for."""

    pk: int
    name: str
    desk_name: str
    address: str
    hotline: str
    feedback_address: str
    feedback_phone: str
    feedback_email: str
    show_officer_names: bool

    @property
    def authority(self) -> str:
        """UBND xã Nghĩa Giang."""
        return f"UBND {self.name[:1].lower()}{self.name[1:]}"

    @property
    def feedback(self) -> str:
        """Where to complain, in one line; the office itself when nothing is set."""
        lines = [line for line in (self.feedback_address, self.feedback_phone, self.feedback_email) if line]
        return ", ".join(lines) or self.desk_name


_OFFICE = tuple(Office.__dataclass_fields__)
_OF_DOSSIER = (
    "pk",
    "code",
    "secret_version",
    "status",
    "outcome",
    "applicant_name",
    "received_at",
    "due_at",
    "signed_at",
    "finished_at",
    "returned_at",
    "overdue_since",
    "procedure__name",
    "procedure__label",
    "procedure__name_en",
    "competent_agency__name",
    "holder__full_name",
)
_NAMES = (
    *(name.replace("__", "_") for name in _OF_DOSSIER),
    "promised_at",
    "trace",
    "handed_over_at",
    "drafted_at",
    "corrected_at",
)


def _last(model: type, column: str, order: str) -> Subquery:
    return Subquery(model.objects.filter(dossier_id=OuterRef("dossier_id")).order_by(order).values(column)[:1])


def _facts_query(pk: int, version: int) -> QuerySet:
    # From the latest promise, so that one ordered index read finds both it and the dossier.
    return (
        Appointment.objects.filter(dossier_id=pk, dossier__secret_version=version, dossier__voided_at__isnull=True)
        .annotate(
            handed_over_at=_last(HandOver, "given_at", "seq"),
            drafted_at=_last(ResultDocument, "drafted_at", "-version"),
            corrected_at=_last(Correction, "found_at", "-id"),
        )
        .order_by("-seq")
        .values_list(
            *(f"dossier__agency__{name}" for name in _OFFICE),
            *(f"dossier__{name}" for name in _OF_DOSSIER),
            "due_at",
            "trace",
            "handed_over_at",
            "drafted_at",
            "corrected_at",
        )[:1]
    )


@cache
def _compiled(vendor: str) -> tuple[str, list[int], dict]:
    """The statement, which of (pk, version) it takes in which order, and the converters of its columns.

    It never changes but for its two values, and building it anew took half of the page's time: so once in a process.
    """
    compiler = _facts_query(1, 2).query.get_compiler(connection=connection)
    statement, values = compiler.as_sql()
    return statement, [value - 1 for value in values], compiler.get_converters([column for column, *rest in compiler.select])


def facts_of(pk: int, version: int) -> SimpleNamespace | None:
    """Everything the page needs, in one query; None when the dossier is voided or has a newer secret."""
    statement, order, converters = _compiled(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement, [(pk, version)[place] for place in order])
        found = cursor.fetchone()
    if found is None:
        return None
    row = list(found)
    for place, (steps, column) in converters.items():
        for convert in steps:
            row[place] = convert(row[place], column, connection)
    facts = SimpleNamespace(**dict(zip(_NAMES, row[len(_OFFICE) :], strict=True)))
    facts.office = Office(*row[: len(_OFFICE)])
    return facts


@dataclass(frozen=True)
class Step:
    """A line of the timeline: `state` is done, current, or empty for what is still to come."""

    label: str
    state: str = ""
    at: str = ""
    note: str = ""


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
    steps: list[Step]
    reasons: list[str]
    ballot_token: str
    feedback: str
    phone: str


def page_of(facts: Any, now: datetime) -> Page:
    """The page's sentences in the active language."""
    office, words = facts.office, WORDS.get(facts.status) or WORDS[Status.PROCESSING]
    promised = say_moment(facts.promised_at)
    is_late = facts.status in OPEN and facts.due_at is not None and now > facts.due_at
    # With the result in hand, or with nothing more to come, nobody waits for a date.
    has_date = facts.due_at is not None and facts.status not in ENDED and facts.status != Status.RETURNED
    phone = office.hotline or gettext("quầy tiếp nhận")
    values = {
        "due": promised,
        "phone": phone,
        "place": _place(office, now),
        "feedback": office.feedback,
        "authority": office.authority,
        "competent": facts.competent_agency_name,
    }
    sentence = NOT_GRANTED if facts.status == Status.RESULT_READY and facts.outcome == Outcome.NOT_GRANTED else words.sentence
    next_step = words.next_step
    if next_step == WE_TELL and is_late:
        next_step = _("Chúng tôi sẽ báo khi có kết quả.")
    elif next_step == WE_TELL and facts.due_at is None:
        next_step = _("Thời hạn giải quyết đang tạm dừng.")
    name, language = _procedure(facts)
    return Page(
        procedure=name,
        procedure_language=language,
        code=facts.code,
        name=mask_name(facts.applicant_name),
        late=_late(facts, values) if is_late or (facts.status in READY and facts.overdue_since is not None) else "",
        tag=gettext(words.tag),
        colour=words.colour,
        sentence=gettext(sentence) % values,
        to_do=gettext(words.to_do) % values,
        papers=papers_to_bring(facts.pk) if facts.status == Status.AWAITING_SUPPLEMENT else [],
        next_step=gettext(next_step) % values if next_step else "",
        promised=promised if has_date else "",
        left=_left(now, facts.promised_at) if has_date and facts.status in OPEN and not is_late else "",
        steps=list(_steps(facts)),
        reasons=explain(facts.trace) if has_date else [],
        ballot_token=secrets.token(facts.code, facts.secret_version) if facts.status == Status.RETURNED else "",
        feedback=office.feedback,
        phone=office.hotline,
    )


def papers_to_bring(pk: int) -> list[str]:
    """The papers that the open supplement request names."""
    return SupplementRequest.objects.filter(dossier_id=pk, answered_at__isnull=True).values_list("items", flat=True).first() or []


def say_moment(moment: datetime) -> str:
    """17:00 thứ Hai, 23/11/2026; the weekday in the reader's language."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M} {gettext(WEEKDAY_NAMES[local.weekday()])}, {local:%d/%m/%Y}"


def _procedure(facts: Any) -> tuple[str, str]:
    """What the matter is called, and the language of that name where it is not the page's."""
    if translation.get_language() == "en" and facts.procedure_name_en:
        return facts.procedure_name_en, ""
    return facts.procedure_label or facts.procedure_name, "" if translation.get_language() == "vi" else "vi"


def _place(office: Office, now: datetime) -> str:
    """Where and when to come: the address and the hours of a usual week."""
    return ", ".join(filter(None, [office.address or office.desk_name, usual_hours(office.pk, timezone.localdate(now))]))


def _late(facts: Any, values: dict[str, str]) -> str:
    """The apology on the screen. It says what is so and promises nothing that nobody has promised."""
    if facts.status in READY:
        return gettext("Kết quả có muộn hơn giờ hẹn trên giấy. Chúng tôi xin lỗi ông/bà.")
    return (
        gettext(
            "Hồ sơ đã quá hẹn. Chúng tôi xin lỗi ông/bà. Giờ hẹn là %(due)s mà chưa có kết quả, và chưa có ngày hẹn mới. "
            "Hồ sơ vẫn đang được giải quyết. Muốn hỏi thêm, xin gọi %(phone)s."
        )
        % values
    )


def _left(now: datetime, due_at: datetime) -> str:
    if timezone.localdate(now) == timezone.localdate(due_at):
        return gettext("trong hôm nay")
    days = working_days_left(now, due_at)
    if days is None or days < 1:
        return ""
    return ngettext("còn %(days)d ngày làm việc", "còn %(days)d ngày làm việc", days) % {"days": days}


# -- the timeline ---------------------------------------------------------------------------
RECEIVE = _("Tiếp nhận hồ sơ")
PASS_ON = _("Chuyển đến bộ phận chuyên môn")
CORRECT = _("Nhận lại kết quả để sửa sai sót")
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


def _steps(facts: Any) -> Iterator[Step]:
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
    if facts.status in HALTS:
        yield Step(gettext(HALTS[facts.status]), "current")
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
        yield PASS_ON, facts.handed_over_at, "" if facts.handed_over_at else officer
    if facts.corrected_at is not None:
        yield CORRECT, facts.corrected_at, ""
    if facts.status in ENDED:
        return
    yield SETTLE, facts.drafted_at if is_submitted else None, "" if is_submitted else officer or facts.competent_agency_name
    yield SIGN, facts.signed_at or facts.finished_at, "" if facts.signed_at else office.authority
    yield ISSUE, facts.finished_at, ""
    yield RETURN, facts.returned_at if facts.status == Status.RETURNED else None, ""


# -- a supplement slip ------------------------------------------------------------------------
BEFORE_ACCEPTANCE = _(
    "Hồ sơ chưa được tiếp nhận. Thời hạn giải quyết tính từ khi nhận đủ giấy tờ; xin mang theo phiếu này để không phải khai lại."
)


@dataclass(frozen=True)
class SlipPage:
    """What a supplement slip says: what to bring, where to, what comes then; `answered` when that was done already."""

    procedure: str
    procedure_language: str
    number: str
    name: str
    papers: list[str]
    place: str
    next_step: str
    answered: str


def slip_of(pk: int, now: datetime) -> tuple[SlipPage, Office] | None:
    """The page of a supplement slip and the office that made it, in one query."""
    columns = ("number", "applicant_name", "items", "answered_at", "dossier_id")
    procedure = ("version__procedure__name", "version__procedure__label", "version__procedure__name_en")
    row = SupplementRequest.objects.filter(pk=pk).values_list(*(f"agency__{name}" for name in _OFFICE), *columns, *procedure).first()
    if row is None:
        return None
    office = Office(*row[: len(_OFFICE)])
    number, applicant, items, answered_at, dossier_id, name, label, name_en = row[len(_OFFICE) :]
    shown, language = _procedure(SimpleNamespace(procedure_name=name, procedure_label=label, procedure_name_en=name_en))
    answered = ""
    if answered_at is not None and dossier_id is not None:
        answered = gettext("Giấy tờ đã đủ và hồ sơ đã được tiếp nhận. Xin tra cứu bằng mã trên giấy hẹn.")
    elif answered_at is not None:
        answered = gettext("Phiếu này đã được thay bằng phiếu mới. Xin dùng phiếu mới nhất.")
    next_step = BEFORE_ACCEPTANCE if dossier_id is None else WORDS[Status.AWAITING_SUPPLEMENT].next_step
    page = SlipPage(
        procedure=shown,
        procedure_language=language,
        number=f"{number:02d}/HDHS",
        name=mask_name(applicant),
        papers=[] if answered else list(items),
        place=_place(office, now),
        next_step=gettext(next_step),
        answered=answered,
    )
    return page, office
