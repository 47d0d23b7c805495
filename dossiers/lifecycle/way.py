"""Acts on a received dossier, from the drafted result to its return; how it passes from hand to hand is passing.py."""

from datetime import datetime
from typing import Any

from django.db import transaction

from dossiers import issuing, messages, secrets
from dossiers.lifecycle.act import AlreadyDone, begin, finish, hold, take_open_hand_over
from dossiers.lifecycle.digital import check_signed_file, keep_check, version_of
from dossiers.lifecycle.own_results import is_drawn_here, issue_paper_of, number_result, take_papers_back
from dossiers.lifecycle.promising import retract_drafts
from dossiers.lifecycle.scanning import check_scanned
from dossiers.lifecycle.signing import check_bytes, check_right, check_signer_is_apart
from dossiers.models import (
    PAID,
    CollectedBy,
    Correction,
    Delivery,
    Dossier,
    DossierFee,
    IssuedPaper,
    Outcome,
    PaidBy,
    ResultDocument,
    ReturnOfResult,
    SendBack,
    SignOff,
    SignOffKind,
)
from dossiers.places import is_for_another
from dossiers.signed_files import SignedFile
from dossiers.statuses import Act, NotAllowed, Status
from onestop.history.record import record
from onestop.staff.models import User
from onestop.staff.roles import Role
from procedures.models import ResultTemplate


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
    doc_symbol: str = "",
    snapshot: dict[str, Any] | None = None,
    template: ResultTemplate | None = None,
    revision: int | None = None,
) -> Dossier:
    """Put a drafted result before the leader. A new version replaces one that was sent back.

    Of a letter drafted here, `snapshot` holds the figures of the draft whose file `sha256` names.
    """
    dossier = begin(dossier, Act.SUBMIT, by=by, revision=revision)
    if dossier.signed_at is not None:
        raise AlreadyDone("Kết quả đã ký, chờ phát hành.")
    taken = take_open_hand_over(dossier, by=by, at=at)
    result = ResultDocument.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        version=dossier.results.count() + 1,
        sha256=sha256,
        file_name=file_name,
        summary=summary,
        granted=granted,
        doc_symbol=doc_symbol,
        snapshot=snapshot,
        template=template,
        drafted_by=by,
        drafted_at=at,
    )
    hold(dossier, None, at)
    return finish(dossier, Act.SUBMIT, by=by, at=at, rows=[result, *taken], data={"result": result.version})


@transaction.atomic
def send_back(dossier: Dossier, *, reason: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """The leader does not sign this version; it returns to whoever drafted it, with the reason."""
    dossier = begin(dossier, Act.SEND_BACK, by=by, revision=revision)
    check_right(dossier, by, at)
    if not reason:
        raise NotAllowed("Ghi lý do trả lại.")
    result = dossier.results.latest("version")
    refused = SendBack.objects.create(
        agency_id=dossier.agency_id, dossier=dossier, result=result, reason=reason, sent_back_at=at, sent_back_by=by
    )
    hold(dossier, result.drafted_by, at)
    return finish(dossier, Act.SEND_BACK, by=by, at=at, rows=[refused], data={"result": result.version})


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
    signed_file: SignedFile | None = None,
    doc_number: str = "",
    doc_symbol: str = "",
    revision: int | None = None,
) -> Dossier:
    """Record the signature of somebody who had the right on the day of signing, on the latest version of the result.

    Wet ink: number, time and signer as they stand on the paper, keyed by the signer or the
    archivist. In the system: only by the signer himself and on exactly the bytes `sha256`.
    Digital: a file that he signed with his own certificate; unless it begins with the draft,
    it becomes a new version of the result.
    """
    if kind == SignOffKind.IN_SYSTEM:
        check_bytes(dossier, sha256)  # before the lock: a file may be large
    dossier = begin(dossier, Act.SIGN_OFF, by=by, revision=revision)
    result = dossier.results.latest("version")
    if by.pk != signer.pk and kind != SignOffKind.WET_INK:
        raise NotAllowed("Không ai ký thay người khác trên hệ thống.")
    if by.pk != signer.pk and not by.has_role(Role.ARCHIVIST):
        raise NotAllowed("Chữ ký tay do chính người ký hoặc văn thư ghi nhận.")
    signed_at = (signed_at or at) if kind == SignOffKind.WET_INK else at
    right = check_right(dossier, signer, signed_at)
    drafter = result.drafted_by
    received_by_signer = check_signer_is_apart(dossier, result, signer)
    if kind == SignOffKind.IN_SYSTEM:
        if not result.sha256 or sha256 != result.sha256:
            raise NotAllowed("Dự thảo đã thay đổi sau khi mở. Mở lại bản mới rồi ký.")
    elif kind == SignOffKind.WET_INK:
        if not dossier.received_at <= signed_at <= at:
            raise NotAllowed("Giờ ký phải sau lúc tiếp nhận và không ở tương lai.")
        result.doc_number, result.doc_symbol = doc_number, doc_symbol
        result.save(update_fields=["doc_number", "doc_symbol"])
    elif kind == SignOffKind.DIGITAL and signed_file is not None:
        check_signed_file(signed_file, signer=signer, by=by)
        result = version_of(signed_file, result, by=by, at=at)
        sha256 = signed_file.sha256
    else:
        raise NotAllowed("Chọn một cách ký.")
    signature = SignOff.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        result=result,
        kind=kind,
        signer=signer,
        signed_at=signed_at,
        recorded_by=by,
        recorded_at=at,
        sha256="" if kind == SignOffKind.WET_INK else sha256,
        received_by_signer=received_by_signer,
        mode=right.mode,
        block=right.block,
        delegation=right.delegation,
    )
    found = [keep_check(signed_file, signature)] if kind == SignOffKind.DIGITAL and signed_file is not None else []
    dossier.signed_at = signed_at
    hold(dossier, drafter, at)
    data = {"kind": kind, "signer": signer.pk, "sha256": signature.sha256, "mode": right.mode, "delegation": signature.delegation_id}
    return finish(dossier, Act.SIGN_OFF, by=by, at=at, rows=[signature, result, *found], data=data)


@transaction.atomic
def issue_result(
    dossier: Dossier, *, by: User, at: datetime, doc_number: str = "", doc_symbol: str = "", revision: int | None = None
) -> Dossier:
    """Number, seal and hand the signed result to the desk: the moment that lateness is measured by."""
    dossier = begin(dossier, Act.ISSUE_RESULT, by=by, revision=revision)
    if dossier.signed_at is None:
        raise NotAllowed("Chưa ký thì chưa phát hành được.")
    check_scanned(dossier)
    result = dossier.results.latest("version")
    if doc_number or doc_symbol:
        result.doc_number, result.doc_symbol = doc_number or result.doc_number, doc_symbol or result.doc_symbol
        result.save(update_fields=["doc_number", "doc_symbol"])
    if is_drawn_here(result):
        number_result(dossier, result, doc_number or result.doc_number, at=at)
        result.save(update_fields=["doc_number"])
    if result.sign_offs.exclude(kind=SignOffKind.WET_INK).exists() and not result.doc_number:
        raise NotAllowed("Nhập số văn bản trước khi phát hành.")
    dossier.finished_at = at
    dossier.outcome = Outcome.GRANTED if result.granted else Outcome.NOT_GRANTED
    if dossier.due_at is not None and at > dossier.due_at and dossier.overdue_since is None:
        dossier.overdue_since = dossier.due_at  # late, and no sweep has passed since
    away = is_for_another(dossier)
    hold(dossier, by if away else dossier.received_by, at)
    rows = [result, *issue_paper_of(result, by=by, at=at), *retract_drafts(dossier, at=at)]
    if not away:  # else he is told once it lies at the desk where he filed (transferring.py)
        messages.tell(dossier, "result_ready", at=at, key=ready_key(dossier, result))
    return finish(dossier, Act.ISSUE_RESULT, by=by, at=at, rows=rows, data={"outcome": dossier.outcome, "result": result.version})


def ready_key(dossier: Dossier, result: ResultDocument) -> str:
    """Under which the citizen is told of this version of his result, once."""
    return f"result_ready:{dossier.pk}:{result.version}"


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
    paid_by: str = "",
    receipt_no: str = "",
    revision: int | None = None,
) -> Dossier:
    """Give the result into the owner's hands, or into those of somebody with a paper of authority.

    Fees put off until now are collected with it: `paid_by` and the receipt's number.
    """
    dossier = begin(dossier, Act.RETURN_RESULT, by=by, revision=revision)
    handed = hand_out(
        dossier,
        collected_by=collected_by,
        name=name,
        by=by,
        at=at,
        personal_id=personal_id,
        authorisation=authorisation,
        slip_lost=slip_lost,
        originals_given_back=originals_given_back,
        note=note,
    )
    owed = collect_owed(dossier, paid_by=paid_by, receipt_no=receipt_no, at=at)
    data = {"collected_by": collected_by, "slip_lost": slip_lost}
    messages.tell(dossier, "returned", at=at, key=f"returned:{dossier.pk}:{handed.pk}")
    return finish(dossier, Act.RETURN_RESULT, by=by, at=at, rows=[handed, *owed], data=data)


def collect_owed(dossier: Dossier, *, paid_by: str, receipt_no: str, at: datetime) -> list[DossierFee]:
    """Fees put off until the result leaves the desk, paid now; part of an act that has begun and will finish."""
    owed = list(dossier.fees.select_for_update().filter(paid_by=PaidBy.LATER))
    if owed and paid_by not in PAID:
        raise NotAllowed("Còn phí, lệ phí chưa nộp. Ghi đã nộp bằng gì rồi trả kết quả.")
    for fee in owed:
        fee.paid_by, fee.receipt_no, fee.paid_at = paid_by, receipt_no, at
        fee.save(update_fields=["paid_by", "receipt_no", "paid_at"])
    return owed


def hand_out(
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
) -> ReturnOfResult:
    """The row of a return, once checked; part of an act that has begun and will finish."""
    if collected_by == CollectedBy.AUTHORISED and not authorisation:
        raise NotAllowed("Người nhận thay cần giấy ủy quyền. Ghi số, ngày của giấy.")
    if slip_lost and not note:
        raise NotAllowed("Mất giấy hẹn: kiểm tra căn cước và ghi chú đã đối chiếu giấy tờ nào.")
    dossier.returned_at = at
    hold(dossier, None, at)
    return ReturnOfResult.objects.create(
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


@transaction.atomic
def return_for_correction(dossier: Dossier, *, words: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """Take a wrong result back: our fault, free of charge, and the time runs as it always did."""
    dossier = begin(dossier, Act.RETURN_FOR_CORRECTION, by=by, revision=revision)
    if not words:
        raise NotAllowed("Ghi sai sót ở chỗ nào.")
    fault = Correction.objects.create(agency_id=dossier.agency_id, dossier=dossier, words=words, found_at=at, found_by=by)
    drafted_by = dossier.results.latest("version").drafted_by
    dossier.finished_at = dossier.signed_at = None
    dossier.outcome = ""
    # Brought back to the desk of another commune, the paper has to travel to whoever drafted it.
    hold(dossier, drafted_by if by.agency_id == dossier.competent_agency_id else by, at)
    return finish(dossier, Act.RETURN_FOR_CORRECTION, by=by, at=at, rows=[fault, *take_papers_back(dossier, at=at)])


@transaction.atomic
def amend(dossier: Dossier, *, changes: dict[str, str], by: User, at: datetime, reason: str = "", revision: int | None = None) -> Dossier:
    """Correct contact data, delivery or the note; after the hand-over only with a reason.

    `changes` holds new values by field: phone, phone_owner, email, address (of the filer),
    delivery, delivery_address, staff_note (of the dossier). The event names the fields only.
    """
    dossier = begin(dossier, Act.AMEND, by=by, revision=revision)
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
    return finish(dossier, Act.AMEND, by=by, at=at, rows=[filer], data={"fields": sorted(changes), "with_reason": bool(reason)})


@transaction.atomic
def void(dossier: Dossier, *, reason: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """Strike out a dossier entered by mistake; its numbers stay used and visible."""
    dossier = begin(dossier, Act.VOID, by=by, revision=revision)
    if not reason:
        raise NotAllowed("Ghi lý do hủy.")
    dossier.voided_at, dossier.void_reason = at, reason
    messages.take_back(dossier)
    return finish(dossier, Act.VOID, by=by, at=at, rows=retract_drafts(dossier, at=at))


@transaction.atomic
def new_secret(dossier: Dossier, *, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """A lost slip: the old lookup code and QR open nothing any more, and a new slip is made."""
    dossier = begin(dossier, Act.NEW_SECRET, by=by, revision=revision)
    dossier.secret_version += 1
    dossier.token_digest = secrets.token_digest(secrets.token(dossier.code, dossier.secret_version))
    old = list(dossier.issued_papers.select_for_update().filter(kind="receipt", voided_at__isnull=True))
    for paper in old:
        paper.voided_at = at
        paper.save(update_fields=["voided_at"])
    paper = issuing.reissue_receipt(dossier, by=by, at=at)
    return finish(dossier, Act.NEW_SECRET, by=by, at=at, rows=[paper, *old], data={"secret_version": dossier.secret_version})


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
