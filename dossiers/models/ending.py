"""How a dossier ends without a result: the applicant's request to withdraw, and the notice that work on it has stopped (Mẫu 05)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from dossiers.statuses import Status
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency

PERSON = settings.AUTH_USER_MODEL


class AskedHow(models.TextChoices):
    """How the applicant spoke: a signed paper at the counter, or the secret of his slip."""

    PAPER = "paper", "Đơn có chữ ký tại quầy"
    ONLINE = "online", "Trang tra cứu, bằng mã trên giấy hẹn"


@protect(updates=True)
@tracked(personal=("reason",))
class WithdrawalRequest(models.Model):
    """The applicant wants his dossier back. Open until he takes it back or the dossier is stopped; the time runs on.

    On paper: the day it was signed, and a clerk who checked who he is. Online: nobody recorded it, the secret of
    the slip (`secret_version`) spoke for him. `back_to` is the status before.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="withdrawals")
    seq = models.PositiveSmallIntegerField("lần")
    how = models.CharField("cách xin rút", max_length=6, choices=AskedHow)
    reason = models.CharField("lý do", max_length=300, blank=True)
    signed_on = models.DateField("ngày ký đơn", null=True)
    secret_version = models.PositiveSmallIntegerField(null=True)
    back_to = models.CharField("bước trước khi xin rút", max_length=24)
    requested_at = models.DateTimeField("xin rút lúc")
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="người ghi")
    taken_back_at = models.DateTimeField("thôi rút lúc", null=True)
    taken_back_how = models.CharField("cách thôi rút", max_length=6, choices=AskedHow, blank=True)
    taken_back_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="người ghi thôi rút")

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint("dossier", "seq", name="withdrawal_seq_once"),
            models.UniqueConstraint("dossier", condition=Q(taken_back_at__isnull=True), name="one_open_withdrawal"),
            models.CheckConstraint(
                condition=Q(how="paper", signed_on__isnull=False, recorded_by__isnull=False, secret_version__isnull=True)
                | Q(how="online", signed_on__isnull=True, recorded_by__isnull=True, secret_version__isnull=False),
                name="withdrawal_is_the_applicants",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_how="", taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_how="paper", taken_back_by__isnull=False)
                | Q(taken_back_at__isnull=False, taken_back_how="online", taken_back_by__isnull=True),
                name="withdrawal_taken_back_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.seq}"


class StopKind(models.TextChoices):
    """Why work on a dossier ends without a result."""

    STOPPED = "stopped", "Cơ quan dừng giải quyết"
    WITHDRAWN = "withdrawn", "Người nộp rút hồ sơ"
    UNANSWERED = "unanswered", "Không bổ sung, không nộp tiền trong thời hạn"


class PaidFees(models.TextChoices):
    """What happens to what was paid."""

    NONE = "none", "Không có khoản đã nộp"
    REFUNDED = "refunded", "Hoàn trả"
    KEPT = "kept", "Không hoàn trả"


@protect
@tracked(personal=("reason", "asked_by", "papers_given_back", "fees_note"))
class StopNotice(models.Model):
    """Work on a dossier has stopped (Mẫu 05): who asked, at which step, why, what is given back; once, and for good.

    `stage` is the step before; `paid` is what had been paid by then, in đồng.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="stop_notice")
    kind = models.CharField("trường hợp", max_length=12, choices=StopKind)
    number = models.PositiveIntegerField("số")
    year = models.PositiveSmallIntegerField("năm")
    stage = models.CharField("bước khi dừng", max_length=24, choices=Status)
    reason = models.CharField("lý do", max_length=500)
    ground = models.CharField("căn cứ", max_length=300, blank=True)
    asked_by = models.CharField("người đề nghị", max_length=200)
    papers_given_back = models.CharField("giấy tờ trả lại", max_length=500, blank=True)
    paid = models.PositiveBigIntegerField("đã nộp (đồng)", default=0)
    fees = models.CharField("khoản đã nộp", max_length=10, choices=PaidFees)
    fees_note = models.CharField("ghi chú về khoản đã nộp", max_length=300, blank=True)
    withdrawal = models.OneToOneField(WithdrawalRequest, models.PROTECT, null=True, related_name="notice")
    stopped_at = models.DateTimeField("dừng lúc")
    stopped_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="người quyết định")

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", "year", "number", name="stop_number_once"),
            models.CheckConstraint(condition=Q(kind__in=StopKind.values), name="stop_kind_known"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(asked_by=""), name="stop_has_a_reason"),
            models.CheckConstraint(
                condition=Q(kind="withdrawn", withdrawal__isnull=False)
                | (~Q(kind="withdrawn") & Q(withdrawal__isnull=True) & ~Q(ground="")),
                name="stop_on_request_or_on_a_ground",
            ),
            models.CheckConstraint(
                condition=Q(fees="none", paid=0) | (Q(fees="refunded") & Q(paid__gt=0)) | (Q(fees="kept", paid__gt=0) & ~Q(fees_note="")),
                name="stop_settles_what_was_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number:02d}/TBDG"
