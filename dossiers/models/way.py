"""The way of a dossier through the office: hand-overs, result, signature, return."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from dossiers.models.dossier import Dossier
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency, Delegation
from procedures.models import ResultTemplate


class PassedOn(models.TextChoices):
    """Why a dossier went into another person's hands."""

    HAND_OVER = "hand_over", "Bàn giao"
    REASSIGN = "reassign", "Phân công lại"


@protect(updates=True)
@tracked()
class HandOverList(models.Model):
    """Dossiers that went from one giver to one receiver in one go, printed in two copies (liên).

    Its lines are hand-overs; each is confirmed, or missed, by itself. `closed_at`: when the last of them was settled.
    `ordered_by` is who reassigned them in the giver's absence, None when the giver handed them over himself.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("năm")
    number = models.PositiveIntegerField("số")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người giao")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người nhận")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField("giao lúc")
    closed_at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.UniqueConstraint("agency", "year", "number", name="hand_over_list_number_once"),
            models.CheckConstraint(condition=~Q(giver=models.F("receiver")), name="hand_over_list_between_two"),
        ]

    def __str__(self) -> str:
        return self.say_number()

    def get_absolute_url(self) -> str:
        return reverse("dossiers:hand_over_list", args=[self.pk])

    def say_number(self) -> str:
        """ "12/2026"."""
        return f"{self.number}/{self.year}"


@protect(updates=True)
@tracked(
    personal=("note", "missing_note"),
    version=2,
    added={2: ("list", "kind", "ordered_by", "taken_by", "recorded_at", "missing_at", "missing_note")},
)
class HandOver(models.Model):
    """A dossier passing from giver to receiver; `taken_at` is the receiver's own confirmation.

    `missing_at`: the papers were not in the pile, and the dossier went back to the giver. A passing is settled by one of
    the two. `taken_by` is who confirmed when it was not the receiver, `recorded_at` when it was keyed (None: at
    `taken_at`), `ordered_by` who passed it on in the giver's place.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="hand_overs")
    list = models.ForeignKey(HandOverList, models.PROTECT, null=True, related_name="lines")
    seq = models.PositiveSmallIntegerField("lần")
    kind = models.CharField("lý do chuyển", max_length=12, choices=PassedOn, default=PassedOn.HAND_OVER, db_default=PassedOn.HAND_OVER)
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người giao")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người nhận")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    given_at = models.DateTimeField("giao lúc")
    taken_at = models.DateTimeField("nhận lúc", null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField("ghi nhận lúc", null=True)
    missing_at = models.DateTimeField("báo thiếu lúc", null=True)
    missing_note = models.CharField("thiếu vì", max_length=300, blank=True, db_default="")
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint("dossier", "seq", name="hand_over_seq_once"),
            models.CheckConstraint(condition=Q(taken_at__isnull=True) | Q(taken_at__gte=models.F("given_at")), name="taken_after_given"),
            models.CheckConstraint(condition=Q(taken_at__isnull=True) | Q(missing_at__isnull=True), name="taken_or_missing"),
            models.CheckConstraint(condition=Q(kind__in=PassedOn.values), name="hand_over_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.seq}"

    @property
    def is_open(self) -> bool:
        """Nobody has said yet whether the papers arrived."""
        return self.taken_at is None and self.missing_at is None


@protect(updates=True)
@tracked(personal=("summary", "snapshot"), version=2, added={2: ("snapshot", "template")})
class ResultDocument(models.Model):
    """A draft or final result. `sha256` names the file when there is one; a wet-ink paper or a
    print of a ministry's system has only its number, date and signer. A new version replaces an
    old one and voids its signature. A result drafted here from a template keeps the figures of its
    draft (`slips.ResultSlip`) in `snapshot`, and its final paper is an IssuedPaper."""

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
    snapshot = models.JSONField("số liệu của dự thảo", null=True)
    template = models.ForeignKey(ResultTemplate, models.PROTECT, null=True, related_name="+", verbose_name="soạn từ mẫu")

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint("dossier", "version", name="result_version_once")]
        indexes = [models.Index("doc_symbol", "doc_number", condition=~Q(doc_number=""), name="result_by_number")]

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
@tracked(version=2, added={2: ("mode", "block", "delegation")})
class SignOff(models.Model):
    """One signature on one version of the result. In-system and digital signatures are bound to
    the SHA-256 of the signed bytes; wet ink to number, time and signer keyed from the paper.

    `mode` and `block` say in whose name, as it stands above the name on the paper: "" is the head himself, or a
    signature from before this was kept (then `block` is empty too)."""

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
    mode = models.CharField("cách ký", max_length=3, blank=True, default="")
    block = models.TextField("quyền hạn, chức vụ, họ tên khi ký", blank=True, default="")
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("result", name="result_signed_once"),
            models.CheckConstraint(condition=Q(kind="wet_ink") | ~Q(sha256=""), name="in_system_signature_binds_bytes"),
            models.CheckConstraint(condition=Q(kind="wet_ink") | Q(signer=models.F("recorded_by")), name="nobody_signs_for_another"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.kind}"

    @property
    def in_name_of(self) -> str:
        """What stands above the name, in one line: "KT. CHỦ TỊCH – PHÓ CHỦ TỊCH"; "" for a signature from before it was kept."""
        return " – ".join(self.block.split("\n")[:-1])


class CollectedBy(models.TextChoices):
    OWNER = "owner", "Chính chủ"
    AUTHORISED = "authorised", "Người được ủy quyền"
    POST = "post", "Bưu điện phát"


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
            models.CheckConstraint(condition=~Q(collected_by="authorised") | ~Q(authorisation=""), name="stranger_needs_authorisation"),
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
