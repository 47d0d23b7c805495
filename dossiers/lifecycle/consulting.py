"""Acts by which another agency is asked about a dossier, reminded, and heard.

The dossier stays with whoever asked; it is with the other agency until the last open question is answered or withdrawn.
The time runs on, unless the procedure's version says that waiting for another agency is not counted: then the waiting is
a pause of its own kind, from the sending to the last answer by the answers' real times. A question sent when the dossier
was late already stops nothing (design §5.14; domain §3.3.3).
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from dossiers import messages
from dossiers.lifecycle.act import AlreadyDone, begin, finish, take_open_hand_over
from dossiers.lifecycle.promising import move_due_time, retract_drafts
from dossiers.models import (
    AnswerUnit,
    AppointmentKind,
    Consultation,
    ConsultationKind,
    ConsultationReminder,
    Dossier,
    Pause,
    PauseKind,
    RemindedHow,
)
from dossiers.promises import open_pause, promise_again
from dossiers.statuses import Act, NotAllowed, Status
from onestop.reading.names import fold
from onestop.staff.models import Agency, User
from onestop.worktime.limits import CannotPromise, TimeLimit, due
from onestop.worktime.store import calendar_in_force, opening_hours
from procedures.models import ConsultationClock

MOST_OPEN = 10
SIGNED = "Kết quả đã ký, chờ phát hành; không lấy ý kiến nữa."
PAUSED = "Hồ sơ đang tạm dừng. Kết thúc lần tạm dừng này trước."
CLOSED = "Yêu cầu này đã có trả lời hoặc đã rút."


@dataclass(frozen=True)
class Sent:
    """What goes out: the question, its document, and the time that the other agency has for the answer."""

    kind: str
    question: str
    limit_value: int
    limit_unit: str
    other_agency: Agency | None = None
    other_name: str = ""
    doc_number: str = ""
    doc_symbol: str = ""
    doc_date: date | None = None

    @property
    def name(self) -> str:
        """Of whom it is asked; a unit of the province by its own name."""
        return self.other_agency.name if self.other_agency is not None else self.other_name


@dataclass(frozen=True)
class Came:
    """What came back. `answered_at`: when it arrived here, not when it is recorded; `agrees` None: neither yes nor no."""

    answered_at: datetime
    summary: str
    agrees: bool | None = None
    document: str = ""
    document_date: date | None = None
    sha256: str = ""
    file_name: str = ""
    file_kind: str = ""


def answer_due_at(agency_id: int, sent_at: datetime, value: int, unit: str) -> datetime:
    """By when the other agency should answer, by our calendar and hours; NotAllowed with the sentence to show."""
    if unit not in AnswerUnit.values:
        raise NotAllowed("Chọn đơn vị của thời hạn trả lời.")
    try:
        promise = due(sent_at, TimeLimit(value, unit), calendar_in_force(agency_id), opening_hours(agency_id))
    except CannotPromise as reason:
        raise NotAllowed(str(reason)) from reason
    if promise.due_at is None:
        raise NotAllowed(promise.reason)
    return promise.due_at


@transaction.atomic
def consult(dossier: Dossier, sent: Sent, *, by: User, at: datetime, revision: int | None = None) -> Consultation:
    """Send a question to another agency; several may be out at once, to each agency one."""
    before = dossier.status
    dossier = begin(dossier, Act.CONSULT, by=by, revision=revision)
    _check_sent(dossier, sent, at=at)
    if dossier.signed_at is not None:
        raise NotAllowed(SIGNED)
    pause = open_pause(dossier)
    if pause is not None and pause.kind != PauseKind.OTHER_AGENCY:
        raise NotAllowed(PAUSED)
    key = fold(sent.name)
    still_open = _open(dossier)
    if still_open.filter(other_key=key).exists():
        raise NotAllowed(f"{sent.name} đang còn một yêu cầu chưa trả lời. Nhắc hoặc rút yêu cầu ấy trước.")
    if still_open.count() >= MOST_OPEN:
        raise NotAllowed(f"Đang chờ {MOST_OPEN} cơ quan trả lời. Rút bớt trước khi gửi thêm.")
    outside = dossier.version.consultation_clock == ConsultationClock.OUTSIDE
    late = dossier.due_at is not None and at > dossier.due_at
    rows: list[Model] = take_open_hand_over(dossier, by=by, at=at)
    if outside and not late and pause is None:
        pause = Pause.objects.create(
            agency_id=dossier.agency_id,
            dossier=dossier,
            seq=dossier.pauses.count() + 1,
            kind=PauseKind.OTHER_AGENCY,
            reason=f"{ConsultationKind(sent.kind).label}: {sent.name}",
            ground=dossier.version.consultation_ground,
            started_at=at,
            started_by=by,
            back_to=before,
            back_holder_id=dossier.holder_id,
        )
        dossier.due_at = None
        messages.tell(dossier, "re_dated", at=at, key=f"re_dated:{dossier.pk}:{pause.seq}:waits")
        rows += [pause, *retract_drafts(dossier, at=at)]
    row = Consultation.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        seq=dossier.consultations.count() + 1,
        kind=sent.kind,
        other_agency=sent.other_agency,
        other_name=sent.name,
        other_key=key,
        question=sent.question,
        doc_number=sent.doc_number,
        doc_symbol=sent.doc_symbol,
        doc_date=sent.doc_date,
        sent_at=at,
        sent_by=by,
        limit_value=sent.limit_value,
        limit_unit=sent.limit_unit,
        answer_due_at=answer_due_at(dossier.competent_agency_id, at, sent.limit_value, sent.limit_unit),
        outside_limit=outside,
        pause=pause if outside and not late else None,
    )
    data = {"consultation": row.seq, "kind": row.kind, "outside": outside, "stops": row.pause_id is not None}
    finish(dossier, Act.CONSULT, by=by, at=at, rows=[row, *rows], data=data)
    return row


def _check_sent(dossier: Dossier, sent: Sent, *, at: datetime) -> None:
    if sent.kind not in ConsultationKind.values:
        raise NotAllowed("Chọn lấy ý kiến hay liên thông.")
    if not sent.name:
        raise NotAllowed("Chọn hoặc ghi tên cơ quan được hỏi.")
    other = sent.other_agency
    own = {dossier.agency_id, dossier.competent_agency_id}
    if other.pk in own if other is not None else fold(sent.name) == fold(dossier.competent_agency.name):
        raise NotAllowed("Chọn cơ quan khác, không phải đơn vị đang giải quyết hồ sơ.")
    asking = dossier.competent_agency
    if other is not None and (other.parent_id or other.pk) != (asking.parent_id or asking.pk):
        raise NotAllowed("Đơn vị này không thuộc tỉnh. Ghi tên cơ quan vào ô bên dưới.")
    if not sent.question:
        raise NotAllowed("Ghi nội dung cần hỏi.")
    if sent.doc_date is not None and sent.doc_date > timezone.localdate(at):
        raise NotAllowed("Ngày văn bản gửi đi không ở tương lai.")


@transaction.atomic
def remind(row: Consultation, *, how: str, by: User, at: datetime, note: str = "", revision: int | None = None) -> Consultation:
    """The other agency was reminded; may be done as often as needed, before and after its time is over."""
    dossier = begin(row.dossier, Act.REMIND, by=by, revision=revision)
    row = _locked(row)
    if how not in RemindedHow.values:
        raise NotAllowed("Chọn đã nhắc bằng cách nào.")
    reminder = ConsultationReminder.objects.create(
        agency_id=row.agency_id, consultation=row, reminded_at=at, reminded_by=by, how=how, note=note
    )
    finish(dossier, Act.REMIND, by=by, at=at, rows=[reminder], data={"consultation": row.seq, "how": how})
    return row


@transaction.atomic
def record_answer(row: Consultation, came: Came, *, by: User, at: datetime, revision: int | None = None) -> Consultation:
    """The answer is there. The clock, where it stood still, goes on from when the answer came, not from when it is typed."""
    dossier = begin(row.dossier, Act.RECORD_ANSWER, by=by, revision=revision)
    row = _locked(row)
    if not came.summary:
        raise NotAllowed("Ghi nội dung trả lời.")
    # Times are typed to the minute.
    if not row.sent_at.replace(second=0, microsecond=0) <= came.answered_at <= at:
        raise NotAllowed("Giờ nhận trả lời phải sau lúc gửi và không ở tương lai.")
    if came.document_date is not None and came.document_date > timezone.localdate(came.answered_at):
        raise NotAllowed("Ngày văn bản trả lời không sau ngày nhận.")
    row.answered_at = max(came.answered_at, row.sent_at)
    row.answer_document, row.answer_date = came.document, came.document_date
    row.summary, row.agrees = came.summary, came.agrees
    row.sha256, row.file_name, row.file_kind = came.sha256, came.file_name, came.file_kind
    row.recorded_by, row.recorded_at = by, max(at, row.answered_at)
    row.save()
    late = row.answered_at > row.answer_due_at
    data = {"consultation": row.seq, "late": late, "sha256": row.sha256}
    finish(dossier, Act.RECORD_ANSWER, by=by, at=at, rows=[row, *_back(dossier, row, by=by, at=at)], data=data)
    return row


@transaction.atomic
def cancel_consultation(row: Consultation, *, reason: str, by: User, at: datetime, revision: int | None = None) -> Consultation:
    """The answer is not waited for any more: asked by mistake, or the matter can be settled without it."""
    dossier = begin(row.dossier, Act.CANCEL_CONSULTATION, by=by, revision=revision)
    row = _locked(row)
    if not reason:
        raise NotAllowed("Ghi lý do rút yêu cầu.")
    _cancel(row, reason=reason, by=by, at=at)
    rows = [row, *_back(dossier, row, by=by, at=at)]
    finish(dossier, Act.CANCEL_CONSULTATION, by=by, at=at, rows=rows, data={"consultation": row.seq})
    return row


def end_consultations(dossier: Dossier, *, reason: str, by: User, at: datetime) -> list[Consultation]:
    """Nothing is asked any more of a dossier that ends; part of the act that ends it."""
    rows = list(_open(dossier).select_for_update(of=("self",)))
    for row in rows:
        _cancel(row, reason=reason, by=by, at=at)
    return rows


def _cancel(row: Consultation, *, reason: str, by: User, at: datetime) -> None:
    row.cancelled_at, row.cancelled_by, row.cancel_reason = max(at, row.sent_at), by, reason
    row.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])


def _open(dossier: Dossier) -> QuerySet[Consultation]:
    return dossier.consultations.filter(answered_at__isnull=True, cancelled_at__isnull=True)


def _locked(row: Consultation) -> Consultation:
    """The question as it stands now, under the dossier's lock."""
    row = Consultation.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=row.pk)
    if not row.is_open:
        raise AlreadyDone(CLOSED)
    return row


def _back(dossier: Dossier, row: Consultation, *, by: User, at: datetime) -> list[Model]:
    """What follows from the end of a question: the clock after the last that stopped it, the status after the last of all."""
    rows: list[Model] = _clock_goes_on(dossier, row.pause, by=by, at=at) if row.pause is not None else []
    if _open(dossier).exists():
        return rows
    if dossier.status == Status.WITH_OTHER_AGENCY:
        dossier.status = Status.PROCESSING
        return rows
    # The dossier waits for its citizen meanwhile: afterwards it is not with the other agency any more.
    for waiting in (
        dossier.pauses.filter(ended_at__isnull=True, back_to=Status.WITH_OTHER_AGENCY).first(),
        dossier.withdrawals.filter(taken_back_at__isnull=True, back_to=Status.WITH_OTHER_AGENCY).first(),
    ):
        if waiting is not None:
            waiting.back_to = Status.PROCESSING
            waiting.save(update_fields=["back_to"])
            rows.append(waiting)
    return rows


def _clock_goes_on(dossier: Dossier, pause: Pause, *, by: User, at: datetime) -> list[Model]:
    """The end of the pause with the last of its questions, and the date that the time left makes; nothing while one is open."""
    asked = list(pause.consultations.all())
    if pause.ended_at is not None or any(one.is_open for one in asked):
        return []
    ends = [end for one in asked if (end := one.answered_at or one.cancelled_at)]
    pause.ended_at, pause.ended_by = max(pause.started_at, *ends), by
    pause.save(update_fields=["ended_at", "ended_by"])
    try:
        appointed = promise_again(dossier)
    except CannotPromise as problem:
        raise NotAllowed(str(problem)) from problem
    if appointed is None:
        return [pause]
    before = dossier.appointments.latest("seq").due_at
    words = f"{pause.get_kind_display()}: thời hạn tính tiếp"
    _, rows = move_due_time(dossier, AppointmentKind.PAUSE, appointed, by=by, at=at, reason=words)
    # Heard before anybody was told that the old date does not stand: it does, and there is nothing to tell.
    unsaid = appointed.due_at == before and messages.forget_change_of_date(dossier)
    # An answer recorded too late may leave a date that is past: an apology follows, not the message of a new date.
    if appointed.due_at > at and not unsaid:
        messages.tell(dossier, "re_dated", at=at, key=f"re_dated:{dossier.pk}:{pause.seq}:pause", due_at=appointed.due_at)
    return [pause, *rows]
