"""Files from outside that belong to a dossier: scans of its papers, and what was found out about digital signatures."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier, DossierComponent
from dossiers.models.way import SignOff
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.inspection import Verdict
from onestop.staff.models import Agency

PERSON = settings.AUTH_USER_MODEL


class ScanKind(models.TextChoices):
    PDF = "pdf", "PDF"
    JPEG = "jpeg", "JPEG"
    PNG = "png", "PNG"


@protect(updates=True)
@tracked(personal=("name", "void_reason"))
class ScannedPaper(models.Model):
    """One scanned file of a paper, kept byte for byte under `sha256`; pages show the picture `preview_sha256`.

    `paper` None: a paper that stands in no line of the list. A scan is never removed, only voided (`voided_at`);
    nothing else of the row changes.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="scans")
    paper = models.ForeignKey(DossierComponent, models.PROTECT, null=True, related_name="scans", verbose_name="giấy tờ")
    sha256 = models.CharField(max_length=64)
    preview_sha256 = models.CharField(max_length=64, blank=True)
    kind = models.CharField("loại tệp", max_length=4, choices=ScanKind)
    pages = models.PositiveSmallIntegerField("số trang")
    byte_count = models.PositiveIntegerField("cỡ tệp")
    name = models.CharField("tên tệp", max_length=200)
    scanned_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="người lưu")
    scanned_at = models.DateTimeField("lưu lúc")
    voided_at = models.DateTimeField("bỏ lúc", null=True)
    voided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="người bỏ")
    void_reason = models.CharField("lý do bỏ", max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(sha256=""), name="scan_has_a_file"),
            models.CheckConstraint(condition=Q(kind__in=ScanKind.values), name="scan_kind_known"),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="") | Q(voided_at__isnull=False, voided_by__isnull=False),
                name="scan_voided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.kind}"


@protect
@tracked(personal=("reason",))
class ScanWaiver(models.Model):
    """The leave to issue a result although not every required paper was scanned, with its reason; once for a dossier."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="scan_waiver")
    reason = models.CharField("lý do không quét", max_length=300)
    waived_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="người cho phép")
    waived_at = models.DateTimeField("cho phép lúc")

    def __str__(self) -> str:
        return f"{self.dossier_id}"


@protect(updates=True)
@tracked()
class ScanSetting(models.Model):
    """Whether an agency issues results only when every required paper was scanned; no row: it does not ask for that."""

    agency = models.OneToOneField(Agency, models.PROTECT, related_name="+")
    required = models.BooleanField("bắt buộc quét giấy tờ trước khi phát hành kết quả", default=False)
    changed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField("sửa lúc")

    def __str__(self) -> str:
        return f"{self.agency_id}"


@protect
@tracked(personal=("signatures",))
class SignatureCheck(models.Model):
    """What was found about the signatures of an uploaded result on the day it was taken, beside the sign-off that it stands for.

    `signatures`: a list of {signer, organisation, issuer, signed_at, verdict, words, whole}. `is_draft`: the signed
    file begins with exactly the bytes of the draft that lay before the leader; otherwise it became a version of its own.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="signature_checks")
    sign_off = models.OneToOneField(SignOff, models.PROTECT, related_name="verification")
    file_name = models.CharField("tên tệp", max_length=200)
    verdict = models.CharField("kết luận", max_length=8, choices=list(Verdict.WORDS.items()))
    words = models.CharField("lời giải thích", max_length=500)
    is_draft = models.BooleanField("là dự thảo đã trình", default=False)
    signatures = models.JSONField("chữ ký", default=list)
    checked_at = models.DateTimeField("kiểm tra lúc")

    class Meta:
        constraints = [
            # What is known to be false is not kept as a signature.
            models.CheckConstraint(condition=Q(verdict__in=[Verdict.VALID, Verdict.UNKNOWN]), name="signature_check_not_invalid"),
        ]

    def __str__(self) -> str:
        return f"{self.sign_off_id} {self.verdict}"
