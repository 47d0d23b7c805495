"""When the clock stands still, and when it lawfully gets more time."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dossiers.models.dossier import Dossier
from dossiers.models.matter import SupplementRequest
from dossiers.models.promise import Appointment
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency


class ConsentKind(models.TextChoices):
    """What a person may do only with a leader's written cause."""

    SECOND_SUPPLEMENT = "second_supplement", "Yêu cầu bổ sung lần thứ hai"
    LATE_PAUSE = "late_pause", "Tạm dừng khi đã quá hạn"


@protect
@tracked(personal=("cause",))
class Consent(models.Model):
    """A leader's consent to one act on one dossier, with his cause in writing; used once."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="consents")
    kind = models.CharField("đồng ý việc", max_length=20, choices=ConsentKind)
    cause = models.CharField("lý do", max_length=500)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="lãnh đạo")
    given_at = models.DateTimeField("đồng ý lúc")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(cause=""), name="consent_has_a_cause")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.kind}"


class PauseKind(models.TextChoices):
    SUPPLEMENT = "supplement", "Chờ bổ sung giấy tờ"
    PAYMENT = "payment", "Chờ nộp tiền"
    SUSPENSION = "suspension", "Tạm đình chỉ giải quyết"
    OTHER_AGENCY = "other_agency", "Chờ cơ quan khác trả lời"


@protect(updates=True)
@tracked(personal=("reason",))
class Pause(models.Model):
    """One waiting time, from the request to the answer; open as long as `ended_at` is empty.

    While a pause that began in time is open the dossier has no due time. One that began after
    the due time (`late`) changes no date and heals no lateness; a leader must consent to it.
    `restarts`: the limit runs anew from the answer, as the procedure version says.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="pauses")
    seq = models.PositiveSmallIntegerField("lần")
    kind = models.CharField("loại", max_length=12, choices=PauseKind)
    reason = models.CharField("lý do", max_length=500)
    ground = models.CharField("căn cứ", max_length=300, blank=True)
    started_at = models.DateTimeField("từ lúc")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer_by = models.DateField("hạn trả lời", null=True)
    late = models.BooleanField("bắt đầu khi đã quá hạn", default=False)
    restarts = models.BooleanField("tính lại từ đầu", default=False)
    consent = models.OneToOneField(Consent, models.PROTECT, null=True, related_name="pause")
    supplement = models.OneToOneField(SupplementRequest, models.PROTECT, null=True, related_name="pause")
    amount = models.PositiveIntegerField("số tiền (đồng)", null=True)
    back_to = models.CharField("bước trước khi dừng", max_length=24)
    back_holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("đến lúc", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint("dossier", "seq", name="pause_seq_once"),
            models.UniqueConstraint("dossier", condition=Q(ended_at__isnull=True), name="one_open_pause"),
            models.CheckConstraint(condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="pause_ends_after_start"),
            models.CheckConstraint(condition=Q(late=False) | Q(consent__isnull=False), name="late_pause_needs_consent"),
            models.CheckConstraint(condition=Q(kind="payment") | Q(amount__isnull=True), name="only_payment_has_amount"),
            models.CheckConstraint(condition=~Q(kind="supplement") | Q(supplement__isnull=False), name="supplement_pause_has_slip"),
        ]
        indexes = [models.Index("agency", "answer_by", condition=Q(ended_at__isnull=True), name="pause_open")]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.seq}"


class ExtensionKind(models.TextChoices):
    VERIFICATION = "verification", "Phải xác minh"
    DECISION = "decision", "Lãnh đạo quyết định"


@protect
@tracked(personal=("ground",))
class Extension(models.Model):
    """More time that the law allows, granted before the due time; its date is an Appointment row.

    `verification`: the time that the procedure itself adds when facts must be verified.
    `decision`: a leader's decision with the legal ground. Each at most once a dossier.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="extensions")
    kind = models.CharField("loại", max_length=12, choices=ExtensionKind)
    extra_value = models.PositiveSmallIntegerField("thêm")
    ground = models.CharField("căn cứ", max_length=300)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("quyết định lúc")
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="extension")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("dossier", "kind", name="extended_once_a_kind"),
            models.CheckConstraint(condition=Q(extra_value__gte=1), name="extension_adds_time"),
            models.CheckConstraint(condition=~Q(ground=""), name="extension_has_a_ground"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} +{self.extra_value}"
