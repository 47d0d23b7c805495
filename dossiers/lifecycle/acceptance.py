"""Acts at the counter: a dossier is received, papers are asked for, or the matter is declined.

Each has a submission key: the same form sent twice, also in parallel, is answered with what the
first one made.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from dossiers import issuing, messages, numbering, secrets
from dossiers.checklist import components_of, missing
from dossiers.intake import Declined, Guidance, Intake, PartyLine
from dossiers.lifecycle.act import AlreadyDone
from dossiers.lifecycle.promising import promise_row
from dossiers.models import (
    PAID,
    AppointmentKind,
    Delivery,
    Dossier,
    DossierComponent,
    DossierFee,
    ExternalCode,
    IntakeDraft,
    Party,
    Refusal,
    RegisterEntry,
    Stage,
    SupplementRequest,
)
from dossiers.places import why_not_for
from dossiers.promises import Appointed, promise_for
from dossiers.statuses import Act, NotAllowed, Status
from onestop.history.record import record
from onestop.reading.names import fold, sort_key
from onestop.staff.models import User
from onestop.staff.roles import Role
from procedures.limits import slip_needed
from procedures.workflows import id_in_force


def receive(intake: Intake, *, by: User, at: datetime) -> Dossier:
    """Accept a complete dossier: number, register line, first promise, slip and event at once.

    The same submission key always answers with the dossier that it made first. Raises NotAllowed
    for an incomplete or unreceivable matter, CannotPromise when no date can be computed.
    """
    done = Dossier.objects.filter(agency_id=by.agency_id, submission_key=intake.submission_key).first()
    if done is not None:
        return done
    _check_intake(intake, by=by, at=at)
    appointed = promise_for(intake.version, intake.case, intake.channel, (intake.competent or by.agency).pk, at)
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
    absent = missing(components_of(case, intake.channel), states) + [
        line.name for line in intake.papers if line.component is None and line.state == "missing"
    ]
    if absent:
        raise NotAllowed(f"Còn thiếu {len(absent)} giấy tờ. Nhận đủ rồi mới lập giấy hẹn, hoặc in phiếu bổ sung")
    if intake.delivery == Delivery.POST and not intake.delivery_address:
        raise NotAllowed("Nhập nơi gửi kết quả qua bưu điện.")
    if intake.competent is not None and (refusal := why_not_for(intake.competent, version.procedure, by.agency)):
        raise NotAllowed(refusal)


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
        competent_agency=intake.competent or agency,
        code=code,
        submission_key=intake.submission_key,
        token_digest=secrets.token_digest(secrets.token(code, 1)),
        procedure=intake.version.procedure,
        version=intake.version,
        case=intake.case,
        workflow_id=id_in_force(intake.version.pk, (intake.competent or agency).pk, day, case_key=intake.case.key),
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
    parties = Party.objects.bulk_create(party_row(dossier, position, line) for position, line in enumerate(intake.parties))
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
            paid_at=at if line.paid_by in PAID else None,
        )
        for line in intake.fees
    )
    codes = ExternalCode.objects.bulk_create(
        ExternalCode(agency=agency, dossier=dossier, system=system, code=external) for system, external in intake.external_codes
    )
    appointment = promise_row(dossier, 1, AppointmentKind.FIRST, appointed, by=by, at=at)
    entry = RegisterEntry.objects.create(agency=agency, dossier=dossier, book_no=book_no, entry_no=entry_no, entered_at=at)
    same_day = timezone.localdate(appointed.due_at) == day
    issued = []
    if intake.slip_wanted or slip_needed(intake.version, intake.case, due_on_same_day=same_day):
        slip = issuing.receipt_slip_of(dossier, parties, papers, fees, appointment, entry, at=at)
        issued.append(issuing.issue_receipt(dossier, slip, by=by, at=at))
    for supplement in supplements:
        supplement.dossier, supplement.answered_at = dossier, supplement.answered_at or at
        supplement.save(update_fields=["dossier", "answered_at"])
    IntakeDraft.objects.filter(agency=agency, key=intake.submission_key).delete()
    if issued or not same_day:  # else he waits at the counter
        filing = next(party for party in parties if party.role == "filer")
        messages.tell(dossier, "received", at=at, key=f"received:{dossier.pk}", filer=filing, due_at=appointed.due_at)
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


def party_row(dossier: Dossier, position: int, line: PartyLine) -> Party:
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
    messages.tell_before_acceptance(supplement, guidance.applicant, at=at)
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
            messages.tell_before_acceptance(refusal, declined.applicant, at=at)
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
