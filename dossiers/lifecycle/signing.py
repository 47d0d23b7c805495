"""Around a signature: who may give it, on which bytes, passing it on to another signer, and which results are signed quickly."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dossiers.lifecycle.act import begin, finish
from dossiers.models import Dossier, QuickSign, ResultDocument, SignaturePass
from dossiers.sign_rights import right_for, why_no_right
from dossiers.statuses import SIGNERS, Act, NotAllowed
from onestop.history.record import record
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.staff.signing import SigningRight
from onestop.vault import files
from procedures.models import Procedure

CHANGED_BYTES = "Tệp dự thảo trên máy chủ không còn nguyên vẹn. Báo quản trị; người soạn trình lại tệp rồi mới ký."
RECEIVER = "Người tiếp nhận hồ sơ này không được ký kết quả."
DRAFTER = "Người soạn kết quả không tự ký."


def check_right(dossier: Dossier, signer: User, signed_at: datetime) -> SigningRight:
    """The right by which he signs this result on the day of signing; raises NotAllowed with the reason why there is none."""
    day = timezone.localdate(signed_at)
    right = right_for(signer, dossier, day)
    if right is None:
        raise NotAllowed(why_no_right(signer, dossier, day))
    return right


def check_bytes(dossier: Dossier, sha256: str) -> None:
    """Raises NotAllowed when the draft that is to be signed is no longer, byte for byte, the file that was handed in."""
    latest = dossier.results.order_by("version").last()
    if latest is None or not sha256 or latest.sha256 != sha256:
        return  # another draft than the latest: the act itself refuses that
    try:
        files.read(sha256)
    except files.FileMissing:
        raise NotAllowed(CHANGED_BYTES) from None


def check_signer_is_apart(dossier: Dossier, result: ResultDocument, signer: User) -> bool:
    """Whether he also received the dossier. Raises NotAllowed where the procedure forbids that, or when he wrote the draft.

    Where the procedure lets the receiver sign, he may have written the draft too: the law knows desks of one person.
    """
    received = signer.pk == dossier.received_by_id
    if received and dossier.version.who_received_may_sign == "forbid":
        raise NotAllowed(RECEIVER)
    alone = received and dossier.version.who_received_may_sign == "allow"
    if result.drafted_by_id == signer.pk and not alone and not signer.has_role(*SIGNERS):
        raise NotAllowed(DRAFTER)
    return received


@transaction.atomic
def pass_for_signature(dossier: Dossier, *, to: User, by: User, at: datetime, note: str = "", revision: int | None = None) -> Dossier:
    """Pass a draft on to somebody who may sign it today. It stays in the queue, where it has been waiting since it was submitted."""
    dossier = begin(dossier, Act.PASS_FOR_SIGNATURE, by=by, revision=revision)
    if not by.has_role(Role.ARCHIVIST):
        check_right(dossier, by, at)
    result = dossier.results.latest("version")
    if to.pk in {by.pk, dossier.holder_id}:
        raise NotAllowed("Hồ sơ đang chờ chính người này ký. Chọn người khác.")
    check_right(dossier, to, at)
    check_signer_is_apart(dossier, result, to)
    passed = SignaturePass.objects.create(
        agency_id=dossier.agency_id, dossier=dossier, result=result, giver=by, receiver=to, passed_at=at, note=note
    )
    dossier.holder = to
    return finish(dossier, Act.PASS_FOR_SIGNATURE, by=by, at=at, rows=[passed], data={"to": to.pk, "result": result.version})


@transaction.atomic
def set_quick_sign(agency: Agency, procedure: Procedure, allowed: bool, *, by: User, at: datetime) -> QuickSign:
    """Let the results of a procedure be signed together without opening each draft, or no longer."""
    if by.agency_id != agency.pk or not by.has_role(*SIGNERS, Role.MANAGER):
        raise NotAllowed("Chỉ lãnh đạo hoặc giám đốc Trung tâm của đơn vị đặt lệ này.")
    row, _ = QuickSign.objects.update_or_create(
        agency=agency, procedure=procedure, defaults={"allowed": allowed, "changed_by": by, "changed_at": at}
    )
    data = {"procedure": procedure.code, "allowed": allowed}
    record(agency_id=agency.pk, act=Act.SET_QUICK_SIGN, subject=f"agency:{agency.pk}", at=at, by=by, data=data, rows=[row])
    return row
