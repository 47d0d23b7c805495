"""The only door through which a dossier changes: one function per office act.

Each act checks the move against the table in statuses.py, changes the rows, writes the event,
all in one transaction, and locks in the order: dossiers by id, number counters, history heads.
`by` is the person who acts, `at` the moment (read from the clock once, at the edge). Refusals
are NotAllowed with the sentence to show; `revision` is the state that the person had on his
screen, and an older one is refused with Changed, so nobody overwrites what he has not seen.
"""
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from dossiers import issuing, numbering, secrets
from dossiers.checklist import components_of, missing
from dossiers.intake import Declined, Guidance, Intake, PartyLine
from dossiers.models import (
    Appointment,
    AppointmentKind,
    CollectedBy,
    Correction,
    Delivery,
    Dossier,
    DossierComponent,
    DossierFee,
    ExternalCode,
    HandOver,
    IntakeDraft,
    IssuedPaper,
    Outcome,
    Party,
    Refusal,
    RegisterEntry,
    ResultDocument,
    ReturnOfResult,
    SendBack,
    SignOff,
    SignOffKind,
    Stage,
    SupplementRequest,
)
from dossiers.promises import RULE_VERSION, Appointed, promise_for
from dossiers.rules import check_may_act, is_signer
from dossiers.statuses import SIGNERS, Act, NotAllowed, Status, check_move
from onestop.history.record import record
from onestop.reading.names import fold, sort_key
from onestop.staff.models import User
from onestop.staff.roles import Role
from procedures.limits import slip_needed


class Changed(NotAllowed):
    """Somebody else changed the dossier after this person had opened it."""


class AlreadyDone(NotAllowed):
    """The act was done before; repeating it would do it twice."""


def receive(intake: Intake, *, by: User, at: datetime) -> Dossier:
    """Accept a complete dossier: number, register line, first promise, slip and event at once.

    The same submission key always answers with the dossier that it made first. Raises NotAllowed
    for an incomplete or unreceivable matter, CannotPromise when no date can be computed.
    """
    done = Dossier.objects.filter(agency_id=by.agency_id, submission_key=intake.submission_key).first()
    if done is not None:
        return done
    _check_intake(intake, by=by, at=at)
    appointed = promise_for(intake.version, intake.case, intake.channel, by.agency_id, at)
    try:
        with transaction.atomic():
            return _write_intake(intake, appointed, by=by, at=at)
    except IntegrityError:
        # A parallel send of the same form was first; anything else is a real fault.
        done = Dossier.objects.filter(agency_id=by.agency_id, submission_key=intake.submission_key).first()
        if done is None:
            raise
        return done


def _check_intake(intake: Intake, *, by: User, at: datetime) -> None:
    if not by.has_role(Role.CLERK, Role.MANAGER):
        raise NotAllowed("Chỉ công chức tiếp nhận được nhận hồ sơ.")
    version, case = intake.version, intake.case
    if case.version_id != version.pk or not version.in_force(timezone.localdate(at)):
        raise NotAllowed("Thủ tục này đã hết hiệu lực hoặc vừa được sửa đổi. Chọn lại thủ tục.")
    if not version.receivable:
        raise NotAllowed(f"Chưa tiếp nhận được thủ tục này: {version.not_receivable_reason or 'chưa có thời hạn công bố'}.")
    filers = [party for party in intake.parties if party.role == "filer"]
    if len(filers) != 1:
        raise NotAllowed("Hồ sơ phải có một người nộp.")
    if case.basis_allowed and filers[0].basis not in case.basis_allowed:
        raise NotAllowed("Thủ tục này không nhận hồ sơ theo tư cách nộp đã chọn.")
    states = {line.component.pk: line.state for line in intake.papers if line.component}
    absent = missing(components_of(case), states) + [line.name for line in intake.papers if line.component is None and line.state == "missing"]
    if absent:
        raise NotAllowed(f"Còn thiếu {len(absent)} giấy tờ. Nhận đủ rồi mới lập giấy hẹn, hoặc in phiếu bổ sung")
    if intake.delivery == Delivery.POST and not intake.delivery_address:
        raise NotAllowed("Nhập nơi gửi kết quả qua bưu điện.")


def _write_intake(intake: Intake, appointed: Appointed, *, by: User, at: datetime) -> Dossier:
    agency, filer = by.agency, intake.filer
    received_at = appointed.promise.received_at
    day = timezone.localdate(received_at)
    # Earlier slips are locked before any number is drawn.
    supplements = _lock_supplements(intake.supplement)
    code = numbering.next_dossier_code(agency, day)
    book_no, entry_no = numbering.next_register_line(agency.pk, day)
    dossier = Dossier.objects.create(
        agency=agency,
        filed_at_agency=agency,
        competent_agency=agency,
        code=code,
        submission_key=intake.submission_key,
        token_digest=secrets.token_digest(secrets.token(code, 1)),
        procedure=intake.version.procedure,
        version=intake.version,
        case=intake.case,
        lane=intake.version.procedure.lane,
        request_text=intake.request_text or intake.version.procedure.short_name[:300],
        set_count=intake.set_count,
        status=Status.RECEIVED,
        channel=intake.channel,
        submitted_at=at,
        received_at=received_at,
        received_by=by,
        due_at=appointed.due_at,
        holder=by,
        held_since=at,
        applicant_name=filer.name,
        applicant_key=fold(filer.name),
        applicant_sort=sort_key(filer.name),
        delivery=intake.delivery,
        delivery_address=intake.delivery_address,
        slip_language=intake.slip_language,
        staff_note=intake.staff_note,
        changed_at=at,
        changed_by=by,
    )
    parties = Party.objects.bulk_create(_party(dossier, position, line) for position, line in enumerate(intake.parties))
    papers = DossierComponent.objects.bulk_create(
        DossierComponent(
            agency=agency,
            dossier=dossier,
            component=line.component,
            position=position,
            name=line.name,
            state=line.state,
            copy_kind=line.copy_kind,
            originals=line.originals,
            copies=line.copies,
        )
        for position, line in enumerate(intake.papers)
    )
    fees = DossierFee.objects.bulk_create(
        DossierFee(
            agency=agency,
            dossier=dossier,
            fee=line.fee,
            name=line.name,
            amount=line.amount,
            exempt_ground=line.exempt_ground,
            paid_by=line.paid_by,
            receipt_no=line.receipt_no,
        )
        for line in intake.fees
    )
    codes = ExternalCode.objects.bulk_create(
        ExternalCode(agency=agency, dossier=dossier, system=system, code=external) for system, external in intake.external_codes
    )
    appointment = _promise(dossier, 1, AppointmentKind.FIRST, appointed, by=by, at=at)
    entry = RegisterEntry.objects.create(agency=agency, dossier=dossier, book_no=book_no, entry_no=entry_no, entered_at=at)
    same_day = timezone.localdate(appointed.due_at) == day
    issued = []
    if intake.slip_wanted or slip_needed(intake.version, intake.case, due_on_same_day=same_day):
        issued.append(issuing.issue_receipt(dossier, parties, papers, fees, appointment, entry, by=by, at=at))
    for supplement in supplements:
        supplement.dossier, supplement.answered_at = dossier, supplement.answered_at or at
        supplement.save(update_fields=["dossier", "answered_at"])
    IntakeDraft.objects.filter(agency=agency, key=intake.submission_key).delete()
    record(
        agency_id=agency.pk,
        act=Act.RECEIVE,
        subject=f"dossier:{dossier.pk}",
        at=at,
        by=by,
        data={
            "code": code,
            "version": intake.version.pk,
            "case": intake.case.key,
            "channel": intake.channel,
            "due_at": appointed.due_at,
            "register": f"{book_no}/{entry_no}",
            "slip": bool(issued),
        },
        rows=[dossier, *parties, *papers, *fees, *codes, appointment, entry, *issued, *supplements],
    )
    return dossier


def _party(dossier: Dossier, position: int, line: PartyLine) -> Party:
    return Party(
        agency_id=dossier.agency_id,
        dossier=dossier,
        position=position,
        role=line.role,
        basis=line.basis,
        name=line.name,
        name_key=fold(line.name),
        birth=line.birth,
        sex=line.sex,
        personal_id=line.personal_id,
        old_id=line.old_id,
        no_id_reason=line.no_id_reason,
        tax_code=line.tax_code,
        address=line.address,
        phone=line.phone,
        phone_owner=line.phone_owner,
        email=line.email,
        relation=line.relation,
        authorisation=line.authorisation,
    )


def _promise(
    dossier: Dossier, seq: int, kind: AppointmentKind, appointed: Appointed, *, by: User, at: datetime, reason: str = ""
) -> Appointment:
    return Appointment.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        seq=seq,
        kind=kind,
        due_at=appointed.due_at,
        reason=reason,
        limit_words=appointed.limit_words,
        rule_version=RULE_VERSION,
        calendar_version=appointed.calendar_version,
        unconfirmed_year=appointed.promise.unconfirmed,
        trace=[row.as_json() for row in appointed.promise.trace],
        made_at=at,
        made_by=by,
    )


def _lock_supplements(last: SupplementRequest | None) -> list[SupplementRequest]:
    """The slip that the applicant answers and those before it; refuses one that was answered already."""
    if last is None:
        return []
    chain = [SupplementRequest.objects.select_for_update().get(pk=last.pk)]
    if chain[0].dossier_id is not None:
        raise AlreadyDone("Phiếu bổ sung này đã được nhận đủ và đã lập hồ sơ.")
    while chain[-1].follows_id is not None:
        chain.append(SupplementRequest.objects.select_for_update().get(pk=chain[-1].follows_id))
    return chain


def request_supplement(guidance: Guidance, *, by: User, at: datetime) -> SupplementRequest:
    """A supplement slip before acceptance: no dossier, no clock, everything missing named once."""
    done = SupplementRequest.objects.filter(agency_id=by.agency_id, submission_key=guidance.submission_key).first()
    if done is not None:
        return done
    if not by.has_role(Role.CLERK, Role.MANAGER):
        raise NotAllowed("Chỉ công chức tiếp nhận được lập phiếu bổ sung.")
    if not guidance.items:
        raise NotAllowed("Ghi đủ các giấy tờ còn thiếu trước khi lập phiếu bổ sung.")
    ordinal = guidance.follows.ordinal + 1 if guidance.follows else 1
    if ordinal > 2:
        # NĐ 63/2010 Điều 20.4: a person comes back to supplement at most twice in one matter.
        raise NotAllowed("Đã yêu cầu bổ sung hai lần. Không được yêu cầu lần thứ ba (Nghị định 63/2010, Điều 20).")
    try:
        with transaction.atomic():
            return _write_supplement(guidance, ordinal, by=by, at=at)
    except IntegrityError:
        done = SupplementRequest.objects.filter(agency_id=by.agency_id, submission_key=guidance.submission_key).first()
        if done is None:
            raise
        return done


def _write_supplement(guidance: Guidance, ordinal: int, *, by: User, at: datetime) -> SupplementRequest:
    earlier = _lock_supplements(guidance.follows)
    if guidance.follows and SupplementRequest.objects.filter(follows=guidance.follows).exists():
        raise AlreadyDone("Phiếu bổ sung này đã được thay bằng một phiếu sau.")
    day = timezone.localdate(at)
    number = numbering.next_slip_number(by.agency_id, "HDHS", day)
    token = secrets.token(issuing.supplement_subject(by.agency_id, day.year, number), 1)
    supplement = SupplementRequest.objects.create(
        agency_id=by.agency_id,
        version=guidance.version,
        stage=Stage.BEFORE,
        ordinal=ordinal,
        number=number,
        year=day.year,
        follows=guidance.follows,
        submission_key=guidance.submission_key,
        token_digest=secrets.token_digest(token),
        applicant_name=guidance.applicant.name,
        items=list(guidance.items),
        reason=guidance.reason,
        fields=guidance.fields,
        requested_at=at,
        requested_by=by,
    )
    for slip in earlier:
        if slip.answered_at is None:
            slip.answered_at = at
            slip.save(update_fields=["answered_at"])
    paper = issuing.issue_supplement(supplement, guidance, by=by, at=at)
    IntakeDraft.objects.filter(agency_id=by.agency_id, key=guidance.submission_key).delete()
    record(
        agency_id=by.agency_id,
        act=Act.REQUEST_SUPPLEMENT,
        subject=f"supplement:{supplement.pk}",
        at=at,
        by=by,
        data={"number": number, "ordinal": ordinal, "stage": Stage.BEFORE, "version": guidance.version.pk, "items": len(guidance.items)},
        rows=[supplement, paper, *earlier],
    )
    return supplement


def decline(declined: Declined, *, by: User, at: datetime) -> Refusal:
    """A refusal slip at the counter: its own number, no dossier code (NĐ 63/2010 Điều 18)."""
    done = Refusal.objects.filter(agency_id=by.agency_id, submission_key=declined.submission_key).first()
    if done is not None:
        return done
    if not by.has_role(Role.CLERK, Role.MANAGER):
        raise NotAllowed("Chỉ công chức tiếp nhận được lập phiếu từ chối.")
    if not (declined.ground and declined.reason and declined.guidance):
        raise NotAllowed("Ghi đủ căn cứ, lý do và nơi nộp đúng.")
    try:
        with transaction.atomic():
            day = timezone.localdate(at)
            number = numbering.next_slip_number(by.agency_id, "TCTN", day)
            refusal = Refusal.objects.create(
                agency_id=by.agency_id,
                version=declined.version,
                number=number,
                year=day.year,
                submission_key=declined.submission_key,
                applicant_name=declined.applicant.name,
                ground=declined.ground,
                reason=declined.reason,
                guidance=declined.guidance,
                refused_at=at,
                refused_by=by,
            )
            paper = issuing.issue_refusal(refusal, declined, by=by, at=at)
            IntakeDraft.objects.filter(agency_id=by.agency_id, key=declined.submission_key).delete()
            record(
                agency_id=by.agency_id,
                act=Act.DECLINE,
                subject=f"refusal:{refusal.pk}",
                at=at,
                by=by,
                data={"number": number, "version": declined.version.pk if declined.version else None},
                rows=[refusal, paper],
            )
            return refusal
    except IntegrityError:
        done = Refusal.objects.filter(agency_id=by.agency_id, submission_key=declined.submission_key).first()
        if done is None:
            raise
        return done


def _begin(dossier: Dossier, act: Act, *, by: User, revision: int | None) -> Dossier:
    """The dossier locked and moved to the act's status in memory; raises before anything is written."""
    locked = Dossier.objects.select_for_update(of=("self",)).select_related("agency", "version", "procedure").get(pk=dossier.pk)
    check_may_act(by, locked)
    if locked.voided_at is not None:
        raise NotAllowed("Hồ sơ này đã hủy.")
    if revision is not None and revision != locked.revision:
        when = timezone.localtime(locked.changed_at)
        raise Changed(f"Hồ sơ vừa được {locked.changed_by.full_name} cập nhật lúc {when:%H:%M, %d/%m/%Y}. Xem lại rồi thao tác tiếp")
    locked.status = check_move(act, locked.status, by=by, holder_id=locked.holder_id)
    return locked


def _finish(dossier: Dossier, act: Act, *, by: User, at: datetime, rows: Sequence = (), data: dict | None = None) -> Dossier:
    """Save the moved dossier and write the event; the last step of every act."""
    dossier.revision += 1
    dossier.changed_at, dossier.changed_by = at, by
    dossier.save()
    record(
        agency_id=dossier.agency_id,
        act=act,
        subject=f"dossier:{dossier.pk}",
        at=at,
        by=by,
        data={"code": dossier.code, "status": dossier.status, **(data or {})},
        rows=[dossier, *rows],
    )
    return dossier


def _hold(dossier: Dossier, holder: User | None, at: datetime) -> None:
    dossier.holder, dossier.held_since = holder, at


def _take_open_hand_over(dossier: Dossier, *, by: User, at: datetime) -> list[HandOver]:
    """Confirm the last hand-over if its receiver has not done so; working on it says the same."""
    last = dossier.hand_overs.order_by("-seq").first()
    if last is None or last.taken_at is not None or last.receiver_id != by.pk:
        return []
    last.taken_at = max(at, last.given_at)
    last.save(update_fields=["taken_at"])
    return [last]


@transaction.atomic
def hand_over(dossier: Dossier, *, to: User, by: User, at: datetime, note: str = "", revision: int | None = None) -> Dossier:
    """Pass the dossier to a colleague; it is his from now on, confirmed by `take_over`."""
    dossier = _begin(dossier, Act.HAND_OVER, by=by, revision=revision)
    if to.agency_id != dossier.competent_agency_id or not to.has_role(Role.SPECIALIST, Role.CLERK, Role.MANAGER):
        raise NotAllowed("Chọn người nhận đang làm việc ở đơn vị này.")
    if to.pk == dossier.holder_id:
        raise NotAllowed("Người này đang giữ hồ sơ rồi.")
    if dossier.signed_at is not None:
        raise NotAllowed("Kết quả đã ký, chờ phát hành; không bàn giao nữa.")
    taken = _take_open_hand_over(dossier, by=by, at=at)
    step = HandOver.objects.create(
        agency_id=dossier.agency_id, dossier=dossier, seq=dossier.hand_overs.count() + 1, giver=by, receiver=to, given_at=at, note=note
    )
    _hold(dossier, to, at)
    return _finish(dossier, Act.HAND_OVER, by=by, at=at, rows=[step, *taken], data={"to": to.pk})


@transaction.atomic
def take_over(dossier: Dossier, *, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """The receiver confirms that he has the papers."""
    dossier = _begin(dossier, Act.TAKE_OVER, by=by, revision=revision)
    taken = _take_open_hand_over(dossier, by=by, at=at)
    if not taken:
        raise AlreadyDone("Việc này đã xong. Không làm lại lần nữa")
    return _finish(dossier, Act.TAKE_OVER, by=by, at=at, rows=taken)


@transaction.atomic
def submit_for_sign_off(
    dossier: Dossier,
    *,
    by: User,
    at: datetime,
    granted: bool = True,
    summary: str = "",
    sha256: str = "",
    file_name: str = "",
    revision: int | None = None,
) -> Dossier:
    """Put a drafted result before the leader. A new version replaces one that was sent back."""
    dossier = _begin(dossier, Act.SUBMIT, by=by, revision=revision)
    if dossier.signed_at is not None:
        raise AlreadyDone("Kết quả đã ký, chờ phát hành.")
    taken = _take_open_hand_over(dossier, by=by, at=at)
    result = ResultDocument.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        version=dossier.results.count() + 1,
        sha256=sha256,
        file_name=file_name,
        summary=summary,
        granted=granted,
        drafted_by=by,
        drafted_at=at,
    )
    _hold(dossier, None, at)
    return _finish(dossier, Act.SUBMIT, by=by, at=at, rows=[result, *taken], data={"result": result.version})


@transaction.atomic
def send_back(dossier: Dossier, *, reason: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """The leader does not sign this version; it returns to whoever drafted it, with the reason."""
    dossier = _begin(dossier, Act.SEND_BACK, by=by, revision=revision)
    if not reason:
        raise NotAllowed("Ghi lý do trả lại.")
    result = dossier.results.latest("version")
    refused = SendBack.objects.create(
        agency_id=dossier.agency_id, dossier=dossier, result=result, reason=reason, sent_back_at=at, sent_back_by=by
    )
    _hold(dossier, result.drafted_by, at)
    return _finish(dossier, Act.SEND_BACK, by=by, at=at, rows=[refused], data={"result": result.version})


@transaction.atomic
def sign_off(
    dossier: Dossier,
    *,
    kind: str,
    signer: User,
    by: User,
    at: datetime,
    signed_at: datetime | None = None,
    sha256: str = "",
    doc_number: str = "",
    doc_symbol: str = "",
    revision: int | None = None,
) -> Dossier:
    """Record the leader's signature on the latest version of the result.

    Wet ink: number, time and signer as they stand on the paper, keyed by the signer or the
    archivist. In the system: only by the signer himself and on exactly the bytes `sha256`.
    """
    dossier = _begin(dossier, Act.SIGN_OFF, by=by, revision=revision)
    result = dossier.results.latest("version")
    if signer.agency_id != dossier.competent_agency_id or not is_signer(signer):
        raise NotAllowed("Người ký không có thẩm quyền ký hồ sơ của đơn vị này.")
    received_by_signer = signer.pk == dossier.received_by_id
    if received_by_signer and dossier.version.who_received_may_sign == "forbid":
        raise NotAllowed("Người tiếp nhận hồ sơ này không được ký kết quả.")
    if result.drafted_by_id == signer.pk and not received_by_signer and not by.has_role(*SIGNERS):
        raise NotAllowed("Người soạn kết quả không tự ký.")
    if kind == SignOffKind.IN_SYSTEM:
        if by.pk != signer.pk:
            raise NotAllowed("Không ai ký thay người khác trên hệ thống.")
        if not result.sha256 or sha256 != result.sha256:
            raise NotAllowed("Dự thảo đã thay đổi sau khi mở. Mở lại bản mới rồi ký.")
        signed_at = at
    elif kind == SignOffKind.WET_INK:
        signed_at = signed_at or at
        if not dossier.received_at <= signed_at <= at:
            raise NotAllowed("Giờ ký phải sau lúc tiếp nhận và không ở tương lai.")
        result.doc_number, result.doc_symbol = doc_number, doc_symbol
        result.save(update_fields=["doc_number", "doc_symbol"])
    else:
        raise NotAllowed("Cách ký này chưa dùng được.")
    signature = SignOff.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        result=result,
        kind=kind,
        signer=signer,
        signed_at=signed_at,
        recorded_by=by,
        recorded_at=at,
        sha256=sha256 if kind == SignOffKind.IN_SYSTEM else "",
        received_by_signer=received_by_signer,
    )
    dossier.signed_at = signed_at
    _hold(dossier, result.drafted_by, at)
    return _finish(dossier, Act.SIGN_OFF, by=by, at=at, rows=[signature, result], data={"kind": kind, "signer": signer.pk, "sha256": signature.sha256})


@transaction.atomic
def issue_result(
    dossier: Dossier, *, by: User, at: datetime, doc_number: str = "", doc_symbol: str = "", revision: int | None = None
) -> Dossier:
    """Number, seal and hand the signed result to the desk: the moment that lateness is measured by."""
    dossier = _begin(dossier, Act.ISSUE_RESULT, by=by, revision=revision)
    if dossier.signed_at is None:
        raise NotAllowed("Chưa ký thì chưa phát hành được.")
    result = dossier.results.latest("version")
    if doc_number or doc_symbol:
        result.doc_number, result.doc_symbol = doc_number or result.doc_number, doc_symbol or result.doc_symbol
        result.save(update_fields=["doc_number", "doc_symbol"])
    if result.sign_offs.filter(kind=SignOffKind.IN_SYSTEM).exists() and not result.doc_number:
        raise NotAllowed("Nhập số văn bản trước khi phát hành.")
    dossier.finished_at = at
    dossier.outcome = Outcome.GRANTED if result.granted else Outcome.NOT_GRANTED
    if dossier.due_at is not None and at > dossier.due_at and dossier.overdue_since is None:
        dossier.overdue_since = dossier.due_at  # late, and no sweep has passed since
    _hold(dossier, dossier.received_by, at)
    return _finish(dossier, Act.ISSUE_RESULT, by=by, at=at, rows=[result], data={"outcome": dossier.outcome, "result": result.version})


@transaction.atomic
def return_result(
    dossier: Dossier,
    *,
    collected_by: str,
    name: str,
    by: User,
    at: datetime,
    personal_id: str = "",
    authorisation: str = "",
    slip_lost: bool = False,
    originals_given_back: bool = False,
    note: str = "",
    revision: int | None = None,
) -> Dossier:
    """Give the result into the owner's hands, or into those of somebody with a paper of authority."""
    dossier = _begin(dossier, Act.RETURN_RESULT, by=by, revision=revision)
    if collected_by == CollectedBy.AUTHORISED and not authorisation:
        raise NotAllowed("Người nhận thay cần giấy ủy quyền. Ghi số, ngày của giấy.")
    if slip_lost and not note:
        raise NotAllowed("Mất giấy hẹn: kiểm tra căn cước và ghi chú đã đối chiếu giấy tờ nào.")
    handed = ReturnOfResult.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        collected_by=collected_by,
        name=name,
        personal_id=personal_id,
        authorisation=authorisation,
        slip_lost=slip_lost,
        originals_given_back=originals_given_back,
        note=note,
        returned_at=at,
        returned_by=by,
    )
    dossier.returned_at = at
    _hold(dossier, None, at)
    return _finish(dossier, Act.RETURN_RESULT, by=by, at=at, rows=[handed], data={"collected_by": collected_by, "slip_lost": slip_lost})


@transaction.atomic
def return_for_correction(dossier: Dossier, *, words: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """Take a wrong result back: our fault, free of charge, and the time runs as it always did."""
    dossier = _begin(dossier, Act.RETURN_FOR_CORRECTION, by=by, revision=revision)
    if not words:
        raise NotAllowed("Ghi sai sót ở chỗ nào.")
    fault = Correction.objects.create(agency_id=dossier.agency_id, dossier=dossier, words=words, found_at=at, found_by=by)
    drafted_by = dossier.results.latest("version").drafted_by
    dossier.finished_at = dossier.signed_at = None
    dossier.outcome = ""
    _hold(dossier, drafted_by, at)
    return _finish(dossier, Act.RETURN_FOR_CORRECTION, by=by, at=at, rows=[fault])


@transaction.atomic
def amend(dossier: Dossier, *, changes: dict[str, str], by: User, at: datetime, reason: str = "", revision: int | None = None) -> Dossier:
    """Correct contact data, delivery or the note; after the hand-over only with a reason.

    `changes` holds new values by field: phone, phone_owner, email, address (of the filer),
    delivery, delivery_address, staff_note (of the dossier). The event names the fields only.
    """
    dossier = _begin(dossier, Act.AMEND, by=by, revision=revision)
    if dossier.status != Status.RECEIVED and not reason:
        raise NotAllowed("Hồ sơ đã bàn giao: ghi lý do sửa.")
    of_filer = {"phone", "phone_owner", "email", "address"}
    of_dossier = {"delivery", "delivery_address", "staff_note"}
    if not changes or not changes.keys() <= of_filer | of_dossier:
        raise NotAllowed("Không có gì để sửa.")
    filer = dossier.parties.get(role="filer")
    for name, value in changes.items():
        setattr(filer if name in of_filer else dossier, name, value)
    if dossier.delivery == Delivery.POST and not dossier.delivery_address:
        raise NotAllowed("Nhập nơi gửi kết quả qua bưu điện.")
    filer.save()
    return _finish(dossier, Act.AMEND, by=by, at=at, rows=[filer], data={"fields": sorted(changes), "with_reason": bool(reason)})


@transaction.atomic
def void(dossier: Dossier, *, reason: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """Strike out a dossier entered by mistake; its numbers stay used and visible."""
    dossier = _begin(dossier, Act.VOID, by=by, revision=revision)
    if not reason:
        raise NotAllowed("Ghi lý do hủy.")
    dossier.voided_at, dossier.void_reason = at, reason
    return _finish(dossier, Act.VOID, by=by, at=at)


@transaction.atomic
def new_secret(dossier: Dossier, *, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """A lost slip: the old lookup code and QR open nothing any more, and a new slip is made."""
    dossier = _begin(dossier, Act.NEW_SECRET, by=by, revision=revision)
    dossier.secret_version += 1
    dossier.token_digest = secrets.token_digest(secrets.token(dossier.code, dossier.secret_version))
    old = list(dossier.issued_papers.select_for_update().filter(kind="receipt", voided_at__isnull=True))
    for paper in old:
        paper.voided_at = at
        paper.save(update_fields=["voided_at"])
    paper = issuing.reissue_receipt(dossier, by=by, at=at)
    return _finish(dossier, Act.NEW_SECRET, by=by, at=at, rows=[paper, *old], data={"secret_version": dossier.secret_version})


def paper_made(paper: IssuedPaper, *, sha256: str, at: datetime) -> IssuedPaper:
    """Bind the file that was made for a paper, once; a second maker keeps what the first one made."""
    with transaction.atomic():
        locked = IssuedPaper.objects.select_for_update().get(pk=paper.pk)
        if not locked.sha256:
            locked.sha256, locked.made_at = sha256, at
            locked.save(update_fields=["sha256", "made_at"])
            record(
                agency_id=locked.agency_id,
                act=Act.MAKE_PAPER,
                subject=f"paper:{locked.pk}",
                at=at,
                data={"kind": locked.kind, "number": locked.number, "version": locked.version, "sha256": sha256},
                rows=[locked],
            )
        return locked
