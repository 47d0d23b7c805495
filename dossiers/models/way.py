"""The way of a dossier through the office: hand-overs, result, signature, return."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency


@protect(updates=True)
@tracked(personal=("note",))
class HandOver(models.Model):
    """A dossier passing from giver to receiver; `taken_at` is the receiver's own confirmation."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="hand_overs")
    seq = models.PositiveSmallIntegerField("lần")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người giao")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người nhận")
    given_at = models.DateTimeField("giao lúc")
    taken_at = models.DateTimeField("nhận lúc", null=True)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint("dossier", "seq", name="hand_over_seq_once"),
            models.CheckConstraint(condition=Q(taken_at__isnull=True) | Q(taken_at__gte=models.F("given_at")), name="taken_after_given"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.seq}"


@protect(updates=True)
@tracked(personal=("summary",))
class ResultDocument(models.Model):
    """A draft or final result. `sha256` names the file when there is one; a wet-ink paper or a
    print of a ministry's system has only its number, date and signer. A new version replaces an
    old one and voids its signature."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="results")
    version = models.PositiveSmallIntegerField("bản")
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField("tên tệp", max_length=200, blank=True)
    summary = models.CharField("trích yếu", max_length=300, blank=True)
    granted = models.BooleanField("được giải quyết", default=True)
    doc_number = models.CharField("số", max_length=20, blank=True)
    doc_symbol = models.CharField("ký hiệu", max_length=40, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("trình lúc")

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint("dossier", "version", name="result_version_once")]

    def __str__(self) -> str:
        return f"{self.dossier_id} v{self.version}"


@protect
@tracked(personal=("reason",))
class SendBack(models.Model):
    """A leader's refusal to sign one version of the result, with what to mend."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="send_backs")
    result = models.OneToOneField(ResultDocument, models.PROTECT, related_name="send_back")
    reason = models.CharField("lý do trả lại", max_length=500)
    sent_back_at = models.DateTimeField("trả lại lúc")
    sent_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.dossier_id}"


class SignOffKind(models.TextChoices):
    WET_INK = "wet_ink", "Ký tay trên giấy"
    IN_SYSTEM = "in_system", "Ký duyệt trên hệ thống"
    DIGITAL = "digital", "Chữ ký số"


@protect
@tracked()
class SignOff(models.Model):
    """One signature on one version of the result. In-system and digital signatures are bound to
    the SHA-256 of the signed bytes; wet ink to number, time and signer keyed from the paper."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="sign_offs")
    result = models.ForeignKey(ResultDocument, models.PROTECT, related_name="sign_offs")
    kind = models.CharField("cách ký", max_length=10, choices=SignOffKind)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người ký")
    signed_at = models.DateTimeField("ký lúc")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("ghi nhận lúc")
    sha256 = models.CharField(max_length=64, blank=True)
    received_by_signer = models.BooleanField("người ký cũng là người tiếp nhận", default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("result", name="result_signed_once"),
            models.CheckConstraint(condition=Q(kind="wet_ink") | ~Q(sha256=""), name="in_system_signature_binds_bytes"),
            models.CheckConstraint(condition=Q(kind="wet_ink") | Q(signer=models.F("recorded_by")), name="nobody_signs_for_another"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.kind}"


class CollectedBy(models.TextChoices):
    OWNER = "owner", "Chính chủ"
    AUTHORISED = "authorised", "Người được ủy quyền"


@protect
@tracked(personal=("name", "personal_id", "note"))
class ReturnOfResult(models.Model):
    """The result given into somebody's hands."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="returns")
    collected_by = models.CharField("người nhận", max_length=10, choices=CollectedBy)
    name = models.CharField("họ và tên", max_length=200)
    personal_id = models.CharField("số định danh", max_length=12, blank=True)
    authorisation = models.CharField("giấy ủy quyền", max_length=200, blank=True)
    slip_lost = models.BooleanField("mất giấy hẹn", default=False)
    originals_given_back = models.BooleanField("đã trả lại bản chính", default=False)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    returned_at = models.DateTimeField("trả lúc")
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(collected_by="owner") | ~Q(authorisation=""), name="stranger_needs_authorisation"),
            models.CheckConstraint(condition=Q(slip_lost=False) | ~Q(note=""), name="lost_slip_needs_note"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}"


@protect
@tracked(personal=("words",))
class Correction(models.Model):
    """A result taken back because of a fault of ours; the citizen pays nothing again."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="corrections")
    words = models.CharField("sai sót", max_length=300)
    found_at = models.DateTimeField("nhận lại lúc")
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.dossier_id}"
