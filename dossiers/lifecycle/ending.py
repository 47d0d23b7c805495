"""Acts by which a dossier ends without a result: the applicant withdraws it, or the office stops it (Mẫu 05).

Only the applicant asks for his dossier back, on a signed paper or by the secret of his slip; until it is given back
he may think again. While he waits, the time runs as it did. Nothing ends by itself: also a citizen who never answered
is told by a notice that a person has decided on.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from dossiers import issuing, messages, numbering
from dossiers.lifecycle.act import AlreadyDone, begin, finish, hold, take_open_hand_over
from dossiers.lifecycle.consulting import end_consultations
from dossiers.lifecycle.promising import retract_drafts
from dossiers.models import PAID, AskedHow, Dossier, PaidFees, Pause, StopKind, StopNotice, WithdrawalRequest
from dossiers.promises import open_pause
from dossiers.rules import is_session
from dossiers.statuses import MOVES, Act, NotAllowed, Status
from dossiers.unanswered import is_unanswered
from onestop.history.record import record
from onestop.staff.models import User

# Who did it, in the events of what was asked for with the secret of the slip.
APPLICANT = "applicant"
SIGNED = "Kết quả đã ký, chờ phát hành; không rút hồ sơ được nữa."
ALREADY_ASKED = "Hồ sơ đã có đơn xin rút."


@transaction.atomic
def stop(
    dossier: Dossier,
    *,
    kind: str,
    reason: str,
    asked_by: str,
    by: User,
    at: datetime,
    ground: str = "",
    papers_given_back: str = "",
    fees: str = PaidFees.NONE,
    fees_note: str = "",
    revision: int | None = None,
) -> Dossier:
    """End the work on a dossier that has no result yet, and say so on the notice of Mẫu 05.

    `kind` withdrawn: the desk gives back what the applicant has asked for. Otherwise a leader, head or manager
    decides on a ground; unanswered only when the time for the answer is over. `fees`: what happens to what was paid.
    """
    act = Act.GRANT_WITHDRAWAL if kind == StopKind.WITHDRAWN else Act.STOP
    stage = _status_of(dossier)
    dossier = begin(dossier, act, by=by, revision=revision)
    pause = open_pause(dossier)
    if kind not in StopKind.values:
        raise NotAllowed("Chọn trường hợp dừng.")
    if not reason:
        raise NotAllowed("Ghi lý do dừng.")
    if not asked_by:
        raise NotAllowed("Ghi người đề nghị dừng.")
    if kind != StopKind.WITHDRAWN and not ground:
        raise NotAllowed("Ghi căn cứ dừng: điều, khoản, văn bản.")
    if kind == StopKind.UNANSWERED and not is_unanswered(pause, timezone.localdate(at)):
        raise NotAllowed("Chưa hết hạn trả lời của người dân, hoặc không có yêu cầu nào đang chờ. Chọn trường hợp khác.")
    request = dossier.withdrawals.get(taken_back_at__isnull=True) if kind == StopKind.WITHDRAWN else None
    paid = paid_so_far(dossier)
    _check_fees(paid, fees, fees_note)
    rows: list[Model] = [*take_open_hand_over(dossier, by=by, at=at)]
    if pause is not None:
        rows.append(_end(pause, by=by, at=at))
    rows += end_consultations(dossier, reason="Hồ sơ dừng giải quyết", by=by, at=at)
    day = timezone.localdate(at)
    notice = StopNotice(
        agency_id=dossier.agency_id,
        dossier=dossier,
        kind=kind,
        number=numbering.next_slip_number(dossier.agency_id, issuing.STOP_SERIES, day),
        year=day.year,
        stage=request.back_to if request else stage,
        reason=reason,
        ground=ground,
        asked_by=asked_by,
        papers_given_back=papers_given_back,
        paid=paid,
        fees=fees,
        fees_note=fees_note,
        withdrawal=request,
        stopped_at=at,
        stopped_by=by,
    )
    notice.save(force_insert=True)
    late = dossier.due_at is not None and at > dossier.due_at
    if late and dossier.overdue_since is None:
        dossier.overdue_since = dossier.due_at  # late, and no sweep has passed since
    hold(dossier, None, at)
    rows += [notice, issuing.issue_stop(notice, by=by, at=at), *retract_drafts(dossier, at=at, missed=True)]
    messages.tell(dossier, "stopped", at=at, key=f"stopped:{dossier.pk}")
    data = {"stop": kind, "number": notice.number, "stage": notice.stage, "fees": fees, "late": late}
    return finish(dossier, act, by=by, at=at, rows=rows, data=data)


def _status_of(dossier: Dossier) -> str:
    """The status before the act, from under the lock that the act takes anyway."""
    return Dossier.objects.select_for_update().values_list("status", flat=True).get(pk=dossier.pk)


def paid_so_far(dossier: Dossier) -> int:
    """What has been paid for the dossier by now, in đồng."""
    return sum(fee.amount or 0 for fee in dossier.fees.all() if fee.paid_by in PAID)


def _check_fees(paid: int, fees: str, note: str) -> None:
    if fees not in PaidFees.values:
        raise NotAllowed("Chọn cách giải quyết khoản đã nộp.")
    if paid and fees == PaidFees.NONE:
        raise NotAllowed("Người nộp đã nộp phí, lệ phí: chọn hoàn trả hay không hoàn trả.")
    if not paid and fees != PaidFees.NONE:
        raise NotAllowed("Chưa thu khoản nào của hồ sơ này, không có gì để hoàn trả.")
    if fees == PaidFees.KEPT and not note:
        raise NotAllowed("Ghi căn cứ không hoàn trả khoản đã nộp.")


def _end(pause: Pause, *, by: User, at: datetime) -> Pause:
    """Nothing is waited for any more. What was asked for stays unanswered: its slip says so for ever."""
    pause.ended_at, pause.ended_by = max(at, pause.started_at), by
    pause.save(update_fields=["ended_at", "ended_by"])
    return pause


# -- the applicant's own word --------------------------------------------------------------------
@transaction.atomic
def request_withdrawal(
    dossier: Dossier, *, signed_on: date, identity_checked: bool, by: User, at: datetime, reason: str = "", revision: int | None = None
) -> Dossier:
    """The applicant brings a signed paper that asks for his dossier back; the clerk has checked who he is."""
    back_to = _status_of(dossier)
    dossier = begin(dossier, Act.REQUEST_WITHDRAWAL, by=by, revision=revision)
    if not identity_checked:
        raise NotAllowed("Đối chiếu căn cước của người nộp trước khi ghi đơn xin rút.")
    if not timezone.localdate(dossier.received_at) <= signed_on <= timezone.localdate(at):
        raise NotAllowed("Ngày ký đơn phải từ ngày tiếp nhận hồ sơ đến hôm nay.")
    if dossier.signed_at is not None:
        raise NotAllowed(SIGNED)
    request = _ask(dossier, back_to, how=AskedHow.PAPER, reason=reason, at=at, signed_on=signed_on, recorded_by=by)
    data = {"withdrawal": request.seq, "how": request.how}
    return finish(dossier, Act.REQUEST_WITHDRAWAL, by=by, at=at, rows=[request], data=data)


@transaction.atomic
def take_back_withdrawal(
    dossier: Dossier, *, identity_checked: bool, by: User, at: datetime, revision: int | None = None
) -> Dossier:
    """The applicant says at the counter that the work shall go on; the clerk has checked who he is."""
    dossier = begin(dossier, Act.TAKE_BACK_WITHDRAWAL, by=by, revision=revision)
    if not identity_checked:
        raise NotAllowed("Đối chiếu căn cước của người nộp trước khi ghi.")
    request = _take_back(dossier, how=AskedHow.PAPER, by=by, at=at)
    data = {"withdrawal": request.seq, "how": request.taken_back_how}
    return finish(dossier, Act.TAKE_BACK_WITHDRAWAL, by=by, at=at, rows=[request], data=data)


@transaction.atomic
def request_withdrawal_online(pk: int, *, secret_version: int, at: datetime, reason: str = "") -> Dossier:
    """Whoever holds the secret of the slip asks for the dossier back. Raises AlreadyDone, NotAllowed, Dossier.DoesNotExist."""
    dossier = _opened(pk, secret_version)
    if _is_asked(dossier):
        raise AlreadyDone(ALREADY_ASKED)
    check_may_withdraw(dossier)
    back_to, dossier.status = dossier.status, Status.WITHDRAWAL_REQUESTED
    request = _ask(dossier, back_to, how=AskedHow.ONLINE, reason=reason, at=at, secret_version=secret_version)
    return _finish_online(dossier, Act.REQUEST_WITHDRAWAL, request, how=request.how, at=at)


@transaction.atomic
def take_back_withdrawal_online(pk: int, *, secret_version: int, at: datetime) -> Dossier:
    """Whoever holds the secret wants the work to go on. Raises AlreadyDone, Dossier.DoesNotExist."""
    dossier = _opened(pk, secret_version)
    if not _is_asked(dossier):
        raise AlreadyDone("Hồ sơ không có đơn xin rút.")
    request = _take_back(dossier, how=AskedHow.ONLINE, by=None, at=at)
    return _finish_online(dossier, Act.TAKE_BACK_WITHDRAWAL, request, how=request.taken_back_how, at=at)


def check_may_withdraw(dossier: Dossier) -> None:
    """Raises NotAllowed when the dossier cannot be asked back any more: its result is decided, or it has ended."""
    if is_session(dossier):
        raise NotAllowed("Lượt chứng thực không rút được ở đây.")
    if dossier.signed_at is not None:
        raise NotAllowed(SIGNED)
    if dossier.status not in MOVES[Act.REQUEST_WITHDRAWAL].start:
        raise NotAllowed("Hồ sơ không còn ở bước có thể rút.")


def _opened(pk: int, secret_version: int) -> Dossier:
    """The dossier, locked, as long as the secret that opened it is the present one."""
    found = Dossier.objects.select_for_update(of=("self",)).select_related("agency", "version", "procedure")
    return found.get(pk=pk, secret_version=secret_version, voided_at__isnull=True)


def _is_asked(dossier: Dossier) -> bool:
    return dossier.status == Status.WITHDRAWAL_REQUESTED


def _ask(
    dossier: Dossier,
    back_to: str,
    *,
    how: str,
    reason: str,
    at: datetime,
    signed_on: date | None = None,
    recorded_by: User | None = None,
    secret_version: int | None = None,
) -> WithdrawalRequest:
    request = WithdrawalRequest.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        seq=dossier.withdrawals.count() + 1,
        how=how,
        reason=reason,
        signed_on=signed_on,
        secret_version=secret_version,
        back_to=back_to,
        requested_at=at,
        recorded_by=recorded_by,
    )
    messages.tell(dossier, "withdrawal", at=at, key=f"withdrawal:{dossier.pk}:{request.seq}")
    return request


def _take_back(dossier: Dossier, *, how: str, by: User | None, at: datetime) -> WithdrawalRequest:
    """The open request closed, and the dossier back at the step before."""
    request = dossier.withdrawals.select_for_update(of=("self",)).get(taken_back_at__isnull=True)
    request.taken_back_at, request.taken_back_how, request.taken_back_by = max(at, request.requested_at), how, by
    request.save(update_fields=["taken_back_at", "taken_back_how", "taken_back_by"])
    dossier.status = request.back_to
    messages.forget_withdrawal(dossier)
    return request


def _finish_online(dossier: Dossier, act: Act, request: WithdrawalRequest, *, how: str, at: datetime) -> Dossier:
    """Like `finish`, for an act of no officer: `changed_by` stays the last one who acted, the event names the applicant."""
    dossier.revision += 1
    dossier.changed_at = at
    dossier.save()
    record(
        agency_id=dossier.agency_id,
        act=act,
        subject=f"dossier:{dossier.pk}",
        at=at,
        role=APPLICANT,
        data={"code": dossier.code, "status": dossier.status, "withdrawal": request.seq, "how": how},
        rows=[dossier, request],
    )
    return dossier
