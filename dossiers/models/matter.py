"""What happens before a dossier exists: drafts, supplement slips and refusals at the counter."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency
from procedures.models import ProcedureVersion


class IntakeDraft(models.Model):
    """An intake form that was not finished, with everything typed so far.

    It is nobody's dossier: no number, no clock, deleted when it expires or is received.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    key = models.UUIDField("khóa gửi biểu mẫu")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    fields = models.JSONField("nội dung đã nhập")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("agency", "key", name="draft_key_once")]
        indexes = [models.Index("expires_at", name="draft_expiry")]

    def __str__(self) -> str:
        return str(self.key)


class Stage(models.TextChoices):
    BEFORE = "before_acceptance", "Trước khi tiếp nhận"
    AFTER = "after_acceptance", "Sau khi tiếp nhận"


@protect(updates=True)
@tracked(personal=("fields", "applicant_name", "items", "reason"))
class SupplementRequest(models.Model):
    """A supplement slip (Mẫu 02): everything missing, named once.

    Before acceptance there is no dossier and no clock; `fields` keeps what the clerk found
    good so that the slip's QR reopens the intake. NĐ 63/2010 Điều 20.4: at most twice a matter.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, related_name="supplement_requests")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+")
    stage = models.CharField("giai đoạn", max_length=20, choices=Stage)
    ordinal = models.PositiveSmallIntegerField("lần thứ", default=1)
    number = models.PositiveIntegerField("số")
    year = models.PositiveSmallIntegerField("năm")
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    submission_key = models.UUIDField()
    token_digest = models.CharField(max_length=64)
    applicant_name = models.CharField("người nộp", max_length=200)
    items = models.JSONField("giấy tờ còn thiếu")
    reason = models.CharField("lý do", max_length=500, blank=True)
    fields = models.JSONField("nội dung đã nhập", default=dict)
    requested_at = models.DateTimeField("yêu cầu lúc")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField("bổ sung lúc", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", "year", "number", name="supplement_number_once"),
            models.UniqueConstraint("agency", "submission_key", name="supplement_submission_once"),
            models.UniqueConstraint("token_digest", name="supplement_token_once"),
            models.UniqueConstraint("dossier", condition=Q(answered_at__isnull=True), name="one_open_supplement"),
            models.UniqueConstraint("dossier", "ordinal", name="supplement_ordinal_once"),
            models.CheckConstraint(condition=Q(ordinal__gte=1, ordinal__lte=2), name="never_a_third_supplement"),
            models.CheckConstraint(condition=Q(stage="before_acceptance") | Q(dossier__isnull=False), name="after_acceptance_has_dossier"),
        ]

    def __str__(self) -> str:
        return f"{self.number}/HDHS"


@protect
@tracked(personal=("applicant_name", "reason", "guidance"))
class Refusal(models.Model):
    """A refusal slip (Mẫu 03): not accepted, with the reason in writing (NĐ 63/2010 Điều 18)."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, related_name="+")
    number = models.PositiveIntegerField("số")
    year = models.PositiveSmallIntegerField("năm")
    submission_key = models.UUIDField()
    applicant_name = models.CharField("người nộp", max_length=200)
    ground = models.CharField("căn cứ", max_length=300)
    reason = models.CharField("lý do", max_length=500)
    guidance = models.CharField("nơi nộp đúng", max_length=300)
    refused_at = models.DateTimeField("từ chối lúc")
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", "year", "number", name="refusal_number_once"),
            models.UniqueConstraint("agency", "submission_key", name="refusal_submission_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}/TCTN"
