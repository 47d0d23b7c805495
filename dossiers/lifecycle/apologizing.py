"""Acts on letters of apology: drafted by the job or a person, prepared, signed, issued by a worker, sent.

There is exactly one letter for a missed promise, whoever drafts it and however often: the database holds
it. The competent agency writes, numbers and signs it, and it stands in that agency's chain. A letter's new date is a
promise in the ledger and never moves the lawful date (domain §3.5). Locks go in the order of every act: the dossier,
its letter, the number, the history.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from dossiers import issuing, messages, numbering
from dossiers.causes import CAUSES
from dossiers.letters import NotTrue
from dossiers.lifecycle.act import Changed, entries_of
from dossiers.lifecycle.promising import replace_slip
from dossiers.models import (
    SIGNED_STATES,
    ApologyLetter,
    Appointment,
    AppointmentKind,
    Dossier,
    LetterKind,
    LetterState,
    PaidBy,
    WhoseClock,
)
from dossiers.promises import RULE_VERSION, open_pause
from dossiers.rules import check_may_act
from dossiers.statuses import OPEN, Act, NotAllowed, check_move
from dossiers.waking import wake
from onestop.history.canonical import canonical
from onestop.history.record import record_many
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.staff.signing import right_to_sign
from onestop.worktime.hours import local
from onestop.worktime.store import calendar_in_force, opening_hours

# The kind of paper that a delegation must name.
SIGNING_KIND = "apology"
BOOK = "XL"
ISSUE_LETTERS = "dossiers.issue_letters"
ALREADY_SIGNED = "Văn bản này đã ký, không sửa được nữa."


def _lock_dossier(dossier_id: int, act: Act, *, by: User | None) -> Dossier:
    """The dossier, locked, once the act is allowed; a job (`by` None) asks nobody."""
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("agency", "version", "procedure").get(pk=dossier_id)
    if dossier.voided_at is not None:
        raise NotAllowed("Hồ sơ này đã hủy.")
    if by is not None:
        check_may_act(by, dossier, act)
        check_move(act, dossier.status, by=by, holder_id=dossier.holder_id)
    return dossier


def _lock(letter: ApologyLetter, act: Act, *, by: User | None) -> ApologyLetter:
    """The letter, locked after its dossier: dossiers come first everywhere."""
    dossier = _lock_dossier(letter.dossier_id, act, by=by)
    locked = ApologyLetter.objects.select_for_update(of=("self",)).select_related("missed").get(pk=letter.pk)
    locked.dossier = dossier
    return locked


def _done(
    letter: ApologyLetter, act: Act, *, by: User | None, at: datetime, rows: Sequence[Model] = (), data: dict | None = None
) -> ApologyLetter:
    letter.save()
    said = {"code": letter.dossier.code, "dossier": letter.dossier_id, "letter": letter.kind, "state": letter.state, **(data or {})}
    record_many(entries_of(letter.agency_id, act, f"letter:{letter.pk}", by=by, at=at, rows=[letter, *rows], data=said))
    return letter


@transaction.atomic
def draft_letter(
    dossier: Dossier, *, at: datetime, by: User | None = None, kind: str = LetterKind.LATE, promise: int | None = None
) -> ApologyLetter:
    """A draft for the present promise (or, of another kind, for a fault of ours); the one that exists already is the answer.

    A retracted draft comes back to life: a result taken back after it was finished in time. `promise` is the
    appointment that the caller looked at; when there is a newer one by now, nothing is drafted.
    """
    dossier = _lock_dossier(dossier.pk, Act.DRAFT_LETTER, by=by)
    if kind not in LetterKind.values:
        raise NotAllowed("Chọn loại văn bản xin lỗi.")
    missed = None
    if kind == LetterKind.LATE:
        missed = dossier.appointments.order_by("seq").last()
        if missed is None or (promise is not None and missed.pk != promise):
            raise NotAllowed("Hồ sơ này không có giấy hẹn." if missed is None else "Hồ sơ vừa được hẹn lại.")
        if not misses(dossier, missed):
            raise NotAllowed("Hồ sơ không còn hẹn nào bị lỡ hay sắp lỡ.")
        pause = open_pause(dossier)
        if pause is not None and not pause.late:
            raise NotAllowed("Hồ sơ đang tạm dừng, chưa có hẹn nào bị lỡ.")
        letter = ApologyLetter.objects.select_for_update().filter(missed=missed).first()
        if letter is not None and letter.state != LetterState.RETRACTED:
            return letter
        if letter is not None:
            letter.dossier, letter.state, letter.closed_at = dossier, LetterState.DRAFTED, None
            return _done(letter, Act.DRAFT_LETTER, by=by, at=at)
    letter = ApologyLetter(agency_id=dossier.competent_agency_id, dossier=dossier, kind=kind, missed=missed, drafted_at=at, drafted_by=by)
    return _done(letter, Act.DRAFT_LETTER, by=by, at=at)


def misses(dossier: Dossier, promise: Appointment) -> bool:
    """Whether the promise is broken or can still be: the work goes on, or its result came too late."""
    return dossier.status in OPEN or (dossier.finished_at is not None and dossier.finished_at > promise.due_at)


def owes_nothing(dossier: Dossier) -> bool:
    """Whether the citizen need not pay or bring anything any more; only then may a letter say so."""
    return open_pause(dossier) is None and not dossier.fees.filter(paid_by=PaidBy.LATER).exists()


def check_new_date(new_due_at: datetime, *, missed: Appointment | None, agency_id: int, at: datetime) -> None:
    """A date that may be promised: ahead, later than the missed one, inside opening hours. Raises NotAllowed."""
    moment, calendar = local(new_due_at), calendar_in_force(agency_id)
    if new_due_at <= at or (missed is not None and new_due_at <= missed.due_at):
        raise NotAllowed("Ngày hẹn mới phải sau lúc này và sau ngày hẹn cũ.")
    if not calendar.covers(moment.date()):
        raise NotAllowed(f"Không hẹn được quá năm {calendar.last.year}, năm cuối của lịch làm việc.")
    if not calendar.is_working(moment.date()):
        raise NotAllowed(f"Ngày {moment:%d/%m/%Y} không làm việc: {calendar.reason(moment.date())}. Chọn ngày khác.")
    sessions = opening_hours(agency_id).desk_sessions(moment.date(), calendar)
    if not any(opens <= moment.time() <= closes for opens, closes in sessions):
        raise NotAllowed("Giờ hẹn mới phải trong giờ làm việc.")


@transaction.atomic
def prepare_letter(
    letter: ApologyLetter,
    *,
    cause: str,
    cause_words: str,
    new_due_at: datetime | None,
    by: User,
    at: datetime,
    whose_clock: str = "",
    stands_words: str = "",
    nothing_more: bool = False,
    repeat_reason: str = "",
    seen: str | None = None,
) -> ApologyLetter:
    """What a person decides: the cause in words a citizen can read, and the new date, which the calendar checks.

    A late letter needs no date once the result is there: it then says that it can be collected. `seen` is
    the `edition` of the letter that the person had on his screen.
    """
    letter = _lock(letter, Act.PREPARE_LETTER, by=by)
    if letter.state != LetterState.DRAFTED:
        raise NotAllowed(ALREADY_SIGNED if letter.state in SIGNED_STATES else "Dự thảo này đã rút hoặc đã bỏ.")
    _check_seen(letter, seen)
    if cause not in CAUSES:
        raise NotAllowed("Chọn nguyên nhân.")
    if not cause_words:
        raise NotAllowed("Ghi lý do để người dân đọc hiểu.")
    if letter.missed is not None and new_due_at is None and not (result_is_there(letter.dossier) and letter.missed.due_at < at):
        raise NotAllowed("Nhập ngày hẹn mới.")
    if new_due_at is not None:
        check_new_date(new_due_at, missed=letter.missed, agency_id=letter.agency_id, at=at)
    if is_repeated(letter) and not repeat_reason:
        raise NotAllowed("Đã hẹn lại một lần. Hẹn lại lần nữa cần thủ trưởng ghi lý do.")
    if nothing_more and not owes_nothing(letter.dossier):
        raise NotAllowed("Người dân còn phải nộp tiền hoặc giấy tờ: không ghi là không phải nộp thêm.")
    letter.cause, letter.cause_words = cause, cause_words
    letter.whose_clock = whose_clock if whose_clock in WhoseClock.values else CAUSES[cause].whose_clock
    letter.stands_words, letter.nothing_more, letter.repeat_reason = stands_words, nothing_more, repeat_reason
    letter.new_due_at, letter.prepared_at, letter.prepared_by = new_due_at, at, by
    return _done(letter, Act.PREPARE_LETTER, by=by, at=at, data={"cause": cause, "new_due_at": new_due_at})


def result_is_there(dossier: Dossier) -> bool:
    """Whether a letter may say that the result can be collected: it is signed, whether numbered and sealed or not."""
    return dossier.status not in OPEN or dossier.signed_at is not None


def _check_seen(letter: ApologyLetter, seen: str | None) -> None:
    """Raises Changed when somebody prepared the letter anew after this person had opened it."""
    if seen is not None and seen != letter.edition and letter.prepared_by is not None and letter.prepared_at is not None:
        when = timezone.localtime(letter.prepared_at)
        raise Changed(f"Văn bản vừa được {letter.prepared_by.full_name} soạn lại lúc {when:%H:%M, %d/%m/%Y}. Xem lại rồi thao tác tiếp")


def is_repeated(letter: ApologyLetter) -> bool:
    """Whether the missed promise was itself a re-appointment with an apology (NĐ 61/2018 Điều 19: at most once)."""
    return letter.missed is not None and letter.missed.kind == AppointmentKind.APOLOGY


@transaction.atomic
def sign_letter(letter: ApologyLetter, *, by: User, at: datetime, seen: str | None = None) -> ApologyLetter:
    """Sign: number and date are drawn, the figures frozen and bound by their digest, the new appointment made.

    The file follows from the frozen figures (a worker makes it). Only who has the right on that day signs;
    a repeated re-appointment only the head himself. `seen` is the `edition` of the letter that he has read.
    """
    letter = _lock(letter, Act.SIGN_LETTER, by=by)
    dossier = letter.dossier
    if letter.state in SIGNED_STATES:
        raise NotAllowed(ALREADY_SIGNED)
    if letter.state != LetterState.DRAFTED or letter.prepared_at is None:
        raise NotAllowed("Văn bản chưa soạn xong: chọn nguyên nhân và ngày hẹn mới trước.")
    _check_seen(letter, seen)
    day = timezone.localdate(at)
    right = right_to_sign(by, SIGNING_KIND, day, collective=True)
    if right is None or by.agency_id != letter.agency_id:
        raise NotAllowed("Ông/bà không có thẩm quyền ký văn bản xin lỗi hôm nay (Nghị định 30/2020, Điều 13).")
    if is_repeated(letter) and not by.has_role(Role.HEAD):
        raise NotAllowed("Hẹn lại lần thứ hai do thủ trưởng ký.")
    if letter.missed is not None and dossier.status not in OPEN:
        letter.new_due_at = None  # the result came while the letter lay here: nobody is given another date
    if letter.new_due_at is not None:
        check_new_date(letter.new_due_at, missed=letter.missed, agency_id=letter.agency_id, at=at)
    letter.signer, letter.signed_at = by, at
    letter.block, letter.delegation = right.block, right.delegation
    letter.number, letter.year = numbering.next_slip_number(letter.agency_id, BOOK, day), day.year
    letter.symbol = issuing.APOLOGY_SYMBOL
    rows: list[Model] = []
    if letter.new_due_at is not None and dossier.status in OPEN:
        letter.appointment = _promise_of(letter, letter.new_due_at, by=by, at=at)
        rows = [letter.appointment, *replace_slip(dossier, by=by, at=at)]
    ready_since = at if letter.missed is not None and letter.new_due_at is None and dossier.status in OPEN else None
    try:
        letter.paper = issuing.issue_apology(letter, right, by=by, at=at, ready_since=ready_since)
    except NotTrue as untrue:
        raise NotAllowed(f"{untrue} Soạn lại văn bản rồi ký.") from untrue
    letter.signed_digest = hashlib.sha256(canonical(letter.paper.snapshot).encode()).hexdigest()
    letter.state = LetterState.SIGNED
    transaction.on_commit(lambda: wake(ISSUE_LETTERS))
    data = {"number": letter.number_words, "signer": by.pk, "mode": right.mode, "sha256": letter.signed_digest}
    return _done(letter, Act.SIGN_LETTER, by=by, at=at, rows=[letter.paper, *rows], data=data)


def _promise_of(letter: ApologyLetter, due_at: datetime, *, by: User, at: datetime) -> Appointment:
    return Appointment.objects.create(
        agency_id=letter.dossier.agency_id,
        dossier=letter.dossier,
        seq=letter.dossier.appointments.count() + 1,
        kind=AppointmentKind.APOLOGY,
        due_at=due_at,
        reason=letter.cause_words,
        limit_words="hẹn lại kèm xin lỗi",
        rule_version=RULE_VERSION,
        calendar_version=calendar_in_force(letter.agency_id).version,
        trace=[],
        made_at=at,
        made_by=by,
    )


@transaction.atomic
def issue_letter(letter: ApologyLetter, *, at: datetime) -> bool:
    """The file is made: from now on the citizen sees the letter, and his message is queued. False: it was done before."""
    letter = _lock(letter, Act.ISSUE_LETTER, by=None)
    if letter.state != LetterState.SIGNED or letter.paper is None or not letter.paper.sha256:
        return False
    letter.state, letter.issued_at = LetterState.ISSUED, at
    messages.tell(letter.dossier, "apology", at=at, key=letter.message_key, due_at=letter.new_due_at)
    _done(letter, Act.ISSUE_LETTER, by=None, at=at, data={"number": letter.number_words, "sha256": letter.paper.sha256})
    return True


@transaction.atomic
def letter_sent(letter: ApologyLetter, *, how: str, at: datetime, by: User | None = None) -> ApologyLetter:
    """It has left us: the message went out, or somebody brought, posted or read it to the citizen."""
    letter = _lock(letter, Act.SEND_LETTER, by=by)
    if letter.state == LetterState.SENT:
        return letter  # its message went out meanwhile, or the form was sent twice
    if letter.state != LetterState.ISSUED:
        raise NotAllowed("Văn bản chưa phát hành.")
    if not how:
        raise NotAllowed("Ghi đã gửi bằng cách nào.")
    letter.state, letter.sent_at, letter.sent_how = LetterState.SENT, at, how
    return _done(letter, Act.SEND_LETTER, by=by, at=at)


@transaction.atomic
def waive_letter(letter: ApologyLetter, *, reason: str, by: User, at: datetime) -> ApologyLetter:
    """A leader decides that this letter is not sent, with a reason that the report of the head shows."""
    letter = _lock(letter, Act.WAIVE_LETTER, by=by)
    if letter.state in SIGNED_STATES:
        raise NotAllowed(ALREADY_SIGNED)
    if letter.state == LetterState.WAIVED:
        return letter
    if not reason:
        raise NotAllowed("Ghi lý do không gửi văn bản xin lỗi.")
    letter.state, letter.closed_at, letter.closed_by, letter.closed_reason = LetterState.WAIVED, at, by, reason
    return _done(letter, Act.WAIVE_LETTER, by=by, at=at)
