"""Issued papers, the register, and the counters behind every number."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from dossiers.models.matter import Refusal, SupplementRequest
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency


@protect(updates=True)
class NumberCounter(models.Model):
    """The last number given in one book of one agency; bumped in the transaction that uses it."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    book = models.CharField(max_length=40)
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("agency", "book", name="counter_once")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.book}: {self.last}"


@protect
@tracked()
class RegisterEntry(models.Model):
    """A line of the register (Mẫu 07): book and running number, both quoted on the receipt slip."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="register_entry")
    book_no = models.CharField("quyển số", max_length=10)
    entry_no = models.PositiveIntegerField("số thứ tự")
    entered_at = models.DateTimeField("vào sổ lúc")

    class Meta:
        constraints = [models.UniqueConstraint("agency", "book_no", "entry_no", name="register_number_once")]

    def __str__(self) -> str:
        return f"{self.book_no}/{self.entry_no}"


class PaperKind(models.TextChoices):
    RECEIPT = "receipt", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    SUPPLEMENT = "supplement", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"
    REFUSAL = "refusal", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"
    APOLOGY = "apology", "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"
    STOP = "stop", "Thông báo dừng giải quyết hồ sơ"
    RESULT = "result", "Văn bản kết quả"


@protect(updates=True)
@tracked(personal=("snapshot",))
class IssuedPaper(models.Model):
    """A paper with the figures of its day. The row is written by the act; the file is made right
    after and set once; a reprint is that file byte for byte. The snapshot never holds the lookup
    secret: that is derived again when the file is made."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, related_name="issued_papers")
    supplement = models.ForeignKey(SupplementRequest, models.PROTECT, null=True, related_name="issued_papers")
    refusal = models.ForeignKey(Refusal, models.PROTECT, null=True, related_name="issued_papers")
    kind = models.CharField("loại", max_length=12, choices=PaperKind)
    edition = models.CharField("mẫu", max_length=10)
    number = models.CharField("số", max_length=50)
    version = models.PositiveSmallIntegerField("lần lập", default=1)
    secret_version = models.PositiveSmallIntegerField(default=1)
    snapshot = models.JSONField("số liệu in")
    issued_at = models.DateTimeField("lập lúc")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField("lập tệp lúc", null=True)
    voided_at = models.DateTimeField("hủy lúc", null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("dossier", "kind", "version", name="dossier_paper_version_once"),
            models.UniqueConstraint("supplement", "version", condition=Q(supplement__isnull=False), name="supplement_paper_once"),
            models.UniqueConstraint("refusal", "version", condition=Q(refusal__isnull=False), name="refusal_paper_once"),
            models.CheckConstraint(
                condition=Q(sha256="", made_at__isnull=True) | (~Q(sha256="") & Q(made_at__isnull=False)), name="file_has_time"
            ),
        ]
        indexes = [models.Index("issued_at", condition=Q(sha256=""), name="paper_to_be_made")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
