"""The part of a sign-off that is particular to digital signatures. Called inside `sign_off`'s transaction; opens no file."""

from datetime import datetime

from dossiers.models import ResultDocument, SignatureCheck, SignOff
from dossiers.signed_files import SignedFile, why_not_signed_by
from dossiers.statuses import NotAllowed
from onestop.staff.models import User


def check_signed_file(signed: SignedFile, *, signer: User, by: User) -> None:
    """Raises NotAllowed unless this person brings a file that he signed himself, and brings it for the first time."""
    if by.pk != signer.pk:
        raise NotAllowed("Không ai ký thay người khác trên hệ thống.")
    if why := why_not_signed_by(signed, signer.full_name):
        raise NotAllowed(why)
    if SignOff.objects.filter(sha256=signed.sha256).exists():
        raise NotAllowed("Tệp này đã được ghi nhận là chữ ký của một kết quả khác. Chọn đúng tệp của hồ sơ này.")


def version_of(signed: SignedFile, latest: ResultDocument, *, by: User, at: datetime) -> ResultDocument:
    """The version that was signed: the draft itself, or a new one when the leader signed something else."""
    if signed.draft_sha256 and signed.draft_sha256 == latest.sha256:
        return latest
    return ResultDocument.objects.create(
        agency_id=latest.agency_id,
        dossier_id=latest.dossier_id,
        version=latest.version + 1,
        sha256=signed.sha256,
        file_name=signed.name,
        summary=latest.summary,
        granted=latest.granted,
        doc_number=latest.doc_number,
        doc_symbol=latest.doc_symbol,
        drafted_by=by,
        drafted_at=at,
    )


def keep_check(signed: SignedFile, signature: SignOff) -> SignatureCheck:
    """What was found about the file, beside the sign-off."""
    return SignatureCheck.objects.create(
        agency_id=signature.agency_id,
        dossier_id=signature.dossier_id,
        sign_off=signature,
        file_name=signed.name,
        verdict=signed.report.verdict,
        words=signed.words,
        is_draft=bool(signed.draft_sha256) and signed.draft_sha256 != signed.sha256,
        signatures=signed.rows(),
        checked_at=signature.recorded_at,
    )
