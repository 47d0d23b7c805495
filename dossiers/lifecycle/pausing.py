"""Acts that stop the clock and start it again, and those that lawfully give it more time.

A pause has no due date and cannot become late; one that begins after the due time needs a leader's
consent and heals nothing (design §5.7, §5.14). NĐ 63/2010 Điều 20.4: at most two supplements a matter.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import uuid4

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from dossiers import issuing, messages, numbering, secrets
from dossiers.intake import Guidance, PartyLine
from dossiers.lifecycle.act import begin, finish, hold, take_open_hand_over
from dossiers.lifecycle.promising import move_due_time, retract_drafts
from dossiers.models import (
    PAID,
    AppointmentKind,
    Consent,
    ConsentKind,
    Dossier,
    DossierComponent,
    DossierFee,
    Extension,
    ExtensionKind,
    PaperState,
    Pause,
    PauseKind,
    Stage,
    SupplementRequest,
)
from dossiers.promises import Appointed, open_pause, promise_again
from dossiers.rules import is_signer
from dossiers.statuses import Act, NotAllowed
from onestop.staff.models import User
from onestop.worktime.limits import CannotPromise, Unit
from procedures.limits import chosen_limit, limit_for

LATE_NEEDS_LEADER = "Hồ sơ đã quá hạn. Tạm dừng lúc này cần lãnh đạo đồng ý bằng văn bản và không xóa được việc quá hạn."
SECOND_NEEDS_LEADER = "Đã yêu cầu bổ sung 1 lần. Yêu cầu lần thứ hai cần lãnh đạo đồng ý và ghi lý do."
NEVER_A_THIRD = "Đã yêu cầu bổ sung hai lần. Không được yêu cầu lần thứ ba (Nghị định 63/2010, Điều 20)."


@transaction.atomic
def consent(dossier: Dossier, *, kind: str, cause: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """A leader's written cause for what nobody may do without it; it serves one act."""
    dossier = begin(dossier, Act.CONSENT, by=by, revision=revision)
    if kind not in ConsentKind.values:
        raise NotAllowed("Chọn việc cần đồng ý.")
    if not cause:
        raise NotAllowed("Ghi lý do đồng ý.")
    if _consent_for(dossier, kind) is not None:
        raise NotAllowed("Lãnh đạo đã đồng ý việc này rồi, chưa dùng đến.")
    given = Consent.objects.create(agency_id=dossier.agency_id, dossier=dossier, kind=kind, cause=cause, given_by=by, given_at=at)
    return finish(dossier, Act.CONSENT, by=by, at=at, rows=[given], data={"consent": kind})


def _consent_for(dossier: Dossier, kind: str) -> Consent | None:
    """A consent of this kind that no pause has used yet."""
    return dossier.consents.filter(kind=kind, pause__isnull=True).order_by("id").last()


def _may_pause(dossier: Dossier, *, at: datetime) -> tuple[bool, Consent | None]:
    """Whether the pause begins late, and the consent it then needs; raises when it may not begin at all."""
    if dossier.signed_at is not None:
        raise NotAllowed("Kết quả đã ký, chờ phát hành; không tạm dừng nữa.")
    if open_pause(dossier) is not None:
        raise NotAllowed("Hồ sơ đang tạm dừng. Kết thúc lần tạm dừng này trước.")
    if dossier.due_at is None or at <= dossier.due_at:
        return False, None
    agreed = _consent_for(dossier, ConsentKind.LATE_PAUSE)
    if agreed is None:
        raise NotAllowed(LATE_NEEDS_LEADER)
    return True, agreed


def _check_answer_by(answer_by: date | None, at: datetime) -> None:
    if answer_by is not None and answer_by <= timezone.localdate(at):
        raise NotAllowed("Hạn bổ sung phải sau hôm nay.")


def _begin_pause(dossier: Dossier, kind: PauseKind, *, back_to: str, late: bool, by: User, at: datetime, **fields: Any) -> Pause:
    """The pause's row; a pause in time takes the due date away until its end."""
    pause = Pause.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        seq=dossier.pauses.count() + 1,
        kind=kind,
        started_at=at,
        started_by=by,
        late=late,
        back_to=back_to,
        back_holder_id=dossier.holder_id,
        **fields,
    )
    if not late:
        dossier.due_at = None
    return pause


@transaction.atomic
def ask_for_supplement(
    dossier: Dossier,
    *,
    items: Sequence[str],
    reason: str,
    answer_by: date,
    by: User,
    at: datetime,
    ground: str = "",
    revision: int | None = None,
) -> Dossier:
    """One slip (Mẫu 02) with everything that is missing; the clock stands still until it is there."""
    before = dossier.status
    dossier = begin(dossier, Act.REQUEST_SUPPLEMENT, by=by, revision=revision)
    if not items:
        raise NotAllowed("Ghi đủ các giấy tờ còn thiếu trước khi lập phiếu bổ sung.")
    if not reason:
        raise NotAllowed("Ghi lý do yêu cầu bổ sung.")
    _check_answer_by(answer_by, at)
    ordinal = dossier.supplement_requests.count() + 1
    if ordinal > 2:
        raise NotAllowed(NEVER_A_THIRD)
    late, agreed = _may_pause(dossier, at=at)
    if ordinal == 2:
        second = _consent_for(dossier, ConsentKind.SECOND_SUPPLEMENT)
        if second is None:
            raise NotAllowed(SECOND_NEEDS_LEADER)
        agreed = agreed or second
    taken = take_open_hand_over(dossier, by=by, at=at)
    day = timezone.localdate(at)
    number = numbering.next_slip_number(dossier.agency_id, issuing.SUPPLEMENT_SERIES, day)
    subject = issuing.supplement_subject(dossier.agency_id, day.year, number)
    request = SupplementRequest.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        version=dossier.version,
        stage=Stage.AFTER,
        ordinal=ordinal,
        number=number,
        year=day.year,
        submission_key=uuid4(),
        token_digest=secrets.token_digest(secrets.token(subject, 1)),
        applicant_name=dossier.applicant_name,
        items=list(items),
        reason=reason,
        requested_at=at,
        requested_by=by,
    )
    filer = dossier.parties.get(role="filer")
    guidance = Guidance(
        submission_key=request.submission_key,
        version=dossier.version,
        applicant=PartyLine(role="filer", name=filer.name, address=filer.address, phone=filer.phone, email=filer.email),
        items=tuple(items),
        reason=reason,
        fields={},
        request_text=dossier.request_text,
    )
    paper = issuing.issue_supplement(request, guidance, by=by, at=at, ground=ground, answer_by=answer_by)
    pause = _begin_pause(
        dossier,
        PauseKind.SUPPLEMENT,
        back_to=before,
        late=late,
        by=by,
        at=at,
        reason=reason,
        ground=ground,
        answer_by=answer_by,
        consent=agreed,
        supplement=request,
        restarts=not late and dossier.version.on_supplement == "restart",
    )
    messages.tell(dossier, "supplement", at=at, key=f"supplement:{request.pk}", by_day=answer_by)
    rows = [pause, request, paper, *taken, *retract_drafts(dossier, at=at)]
    data = {"pause": pause.kind, "ordinal": ordinal, "items": len(items), "late": late, "number": number}
    return finish(dossier, Act.REQUEST_SUPPLEMENT, by=by, at=at, rows=rows, data=data)


@transaction.atomic
def accept_supplement(dossier: Dossier, *, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """The missing papers are there: the clock goes on and the citizen has a new appointment."""
    dossier = begin(dossier, Act.ACCEPT_SUPPLEMENT, by=by, revision=revision)
    pause = _open(dossier, PauseKind.SUPPLEMENT)
    request = cast(SupplementRequest, pause.supplement)  # the database holds it for every pause of this kind
    request.answered_at = at
    request.save(update_fields=["answered_at"])
    first = dossier.papers.count()
    papers = DossierComponent.objects.bulk_create(
        DossierComponent(
            agency_id=dossier.agency_id,
            dossier=dossier,
            position=first + number,
            name=item[:200],
            state=PaperState.SUBMITTED,
            originals=1,
        )
        for number, item in enumerate(request.items)
    )
    rows = _end_pause(dossier, pause, by=by, at=at)
    return finish(dossier, Act.ACCEPT_SUPPLEMENT, by=by, at=at, rows=[*rows, request, *papers], data={"pause": pause.kind})


@transaction.atomic
def request_payment(
    dossier: Dossier, *, amount: int, reason: str, by: User, at: datetime, answer_by: date | None = None, revision: int | None = None
) -> Dossier:
    """Ask for a fee that could not be known at the counter; the clock stands still until it is paid."""
    before = dossier.status
    dossier = begin(dossier, Act.REQUEST_PAYMENT, by=by, revision=revision)
    if amount < 1:
        raise NotAllowed("Nhập số tiền phải nộp.")
    if not reason:
        raise NotAllowed("Ghi khoản phải nộp.")
    _check_answer_by(answer_by, at)
    late, agreed = _may_pause(dossier, at=at)
    taken = take_open_hand_over(dossier, by=by, at=at)
    pause = _begin_pause(
        dossier,
        PauseKind.PAYMENT,
        back_to=before,
        late=late,
        by=by,
        at=at,
        reason=reason,
        amount=amount,
        answer_by=answer_by,
        consent=agreed,
    )
    messages.tell(dossier, "payment", at=at, key=f"payment:{dossier.pk}:{pause.seq}", by_day=answer_by, amount=amount)
    rows = [pause, *taken, *retract_drafts(dossier, at=at)]
    return finish(dossier, Act.REQUEST_PAYMENT, by=by, at=at, rows=rows, data={"pause": pause.kind, "amount": amount, "late": late})


@transaction.atomic
def confirm_payment(dossier: Dossier, *, paid_by: str, receipt_no: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """The money is there, by an officer's own confirmation; the clock goes on."""
    dossier = begin(dossier, Act.CONFIRM_PAYMENT, by=by, revision=revision)
    if paid_by not in PAID:
        raise NotAllowed("Chọn cách nộp tiền.")
    pause = _open(dossier, PauseKind.PAYMENT)
    fee = DossierFee.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        name=pause.reason[:300],
        amount=pause.amount,
        paid_by=paid_by,
        receipt_no=receipt_no,
        paid_at=at,
    )
    rows = _end_pause(dossier, pause, by=by, at=at)
    return finish(dossier, Act.CONFIRM_PAYMENT, by=by, at=at, rows=[*rows, fee], data={"pause": pause.kind, "amount": pause.amount})


@transaction.atomic
def suspend(dossier: Dossier, *, reason: str, ground: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """A leader suspends the matter on a legal ground (a court, a pending decision); the work lies where it is."""
    before = dossier.status
    dossier = begin(dossier, Act.SUSPEND, by=by, revision=revision)
    if not (reason and ground):
        raise NotAllowed("Ghi đủ lý do và căn cứ tạm đình chỉ.")
    late, agreed = _may_pause(dossier, at=at)
    pause = _begin_pause(
        dossier, PauseKind.SUSPENSION, back_to=before, late=late, by=by, at=at, reason=reason, ground=ground, consent=agreed
    )
    rows = [pause, *retract_drafts(dossier, at=at)]
    return finish(dossier, Act.SUSPEND, by=by, at=at, rows=rows, data={"pause": pause.kind, "late": late})


@transaction.atomic
def resume(dossier: Dossier, *, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """The ground of the suspension is gone; the clock goes on."""
    dossier = begin(dossier, Act.RESUME, by=by, revision=revision)
    pause = _open(dossier, PauseKind.SUSPENSION)
    rows = _end_pause(dossier, pause, by=by, at=at)
    return finish(dossier, Act.RESUME, by=by, at=at, rows=rows, data={"pause": pause.kind})


def _open(dossier: Dossier, kind: PauseKind) -> Pause:
    pause = dossier.pauses.select_for_update(of=("self",)).filter(ended_at__isnull=True, kind=kind).first()
    if pause is None:
        raise NotAllowed("Hồ sơ không đang tạm dừng vì việc này.")
    return pause


def _end_pause(dossier: Dossier, pause: Pause, *, by: User, at: datetime) -> list[Model]:
    """Back to the step and the person before the pause, with the date that the time left makes."""
    pause.ended_at, pause.ended_by = max(at, pause.started_at), by
    pause.save(update_fields=["ended_at", "ended_by"])
    if pause.kind != PauseKind.SUSPENSION:
        dossier.status = pause.back_to
        # Unless it was reassigned meanwhile.
        hold(dossier, dossier.holder or pause.back_holder, at)
    if pause.late:
        return [pause]
    appointed = cast(Appointed, _promised(dossier))  # no pause is open any more
    words = f"{pause.get_kind_display()}: thời hạn tính tiếp"
    if pause.restarts:
        words = f"{pause.get_kind_display()}: thời hạn tính lại từ đầu"
    _, rows = move_due_time(dossier, AppointmentKind.PAUSE, appointed, by=by, at=at, reason=words)
    messages.tell(dossier, "re_dated", at=at, key=f"re_dated:{dossier.pk}:{pause.seq}:pause", due_at=appointed.due_at)
    return [pause, *rows]


def _promised(dossier: Dossier, *, more: Extension | None = None) -> Appointed | None:
    try:
        return promise_again(dossier, more=more)
    except CannotPromise as reason:
        raise NotAllowed(str(reason)) from reason


@transaction.atomic
def extend(
    dossier: Dossier, *, kind: str, ground: str, by: User, at: datetime, extra_value: int = 0, revision: int | None = None
) -> Dossier:
    """More time by law, only before the due time: verification as the procedure provides, or a leader's decision.

    `extra_value` counts in the unit of the limit; verification takes what the procedure publishes.
    """
    dossier = begin(dossier, Act.EXTEND, by=by, revision=revision)
    if not ground:
        raise NotAllowed("Ghi căn cứ gia hạn.")
    if dossier.signed_at is not None:
        raise NotAllowed("Kết quả đã ký, chờ phát hành; không gia hạn nữa.")
    if dossier.due_at is None:
        raise NotAllowed("Hồ sơ đang tạm dừng, chưa có hạn để gia hạn.")
    if at > dossier.due_at:
        raise NotAllowed("Hồ sơ đã quá hạn, không gia hạn được nữa. Lập văn bản xin lỗi và hẹn lại.")
    if dossier.extensions.filter(kind=kind).exists():
        raise NotAllowed("Hồ sơ đã gia hạn theo cách này một lần. Không gia hạn lần nữa.")
    limit = limit_for(dossier.version, dossier.case, dossier.channel)
    if limit is None or limit.unit == Unit.IMMEDIATE:
        raise NotAllowed("Việc trả trong ngày không gia hạn. Không kịp thì lập văn bản xin lỗi và hẹn lại.")
    if kind == ExtensionKind.VERIFICATION:
        published = chosen_limit(dossier.version.limits.all(), dossier.case_id, dossier.channel)
        extra_value = (published.extra_value if published else 0) or 0
        if not extra_value:
            raise NotAllowed("Thủ tục này không có thời gian xác minh thêm.")
    elif kind == ExtensionKind.DECISION:
        if not is_signer(by):
            raise NotAllowed("Chỉ lãnh đạo quyết định gia hạn.")
        if not 1 <= extra_value <= (limit.value or 0):
            raise NotAllowed(f"Gia hạn từ 1 đến {limit.value}, không quá thời hạn của thủ tục.")
    else:
        raise NotAllowed("Chọn cách gia hạn.")
    row = Extension(
        agency_id=dossier.agency_id, dossier=dossier, kind=kind, extra_value=extra_value, ground=ground, decided_by=by, decided_at=at
    )
    appointed = _promised(dossier, more=row)
    if appointed is None or appointed.due_at <= dossier.due_at:
        raise NotAllowed("Gia hạn này không làm ngày hẹn lùi lại.")
    row.appointment, rows = move_due_time(dossier, AppointmentKind.EXTENSION, appointed, by=by, at=at, reason=f"Gia hạn: {ground}")
    row.save()
    messages.tell(dossier, "re_dated", at=at, key=f"re_dated:{dossier.pk}:{kind}", due_at=appointed.due_at)
    return finish(dossier, Act.EXTEND, by=by, at=at, rows=[row, *rows], data={"extension": kind, "extra": extra_value})
