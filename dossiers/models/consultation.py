"""Asking another agency about a dossier (lấy ý kiến, liên thông): what went out, by when an answer is due, what came back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dossiers.models.dossier import Dossier
from dossiers.models.pause import Pause
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency

PERSON = settings.AUTH_USER_MODEL


class ConsultationKind(models.TextChoices):
    CONSULT = "consult", "Lấy ý kiến"
    INTERCONNECT = "interconnect", "Liên thông"


class AnswerUnit(models.TextChoices):
    """The units in which another agency is given its time; those of onestop.worktime."""

    WORKING_DAY = "working_day", "ngày làm việc"
    DAY = "day", "ngày"
    HOUR = "hour", "giờ làm việc"


@protect(updates=True)
@tracked(personal=("question", "summary", "file_name", "cancel_reason"))
class Consultation(models.Model):
    """One question to one agency, with that agency's own time; open until it is answered or withdrawn.

    Several agencies may be asked at once, each once at a time (`other_key`: its name as it is searched).
    `outside_limit`: the rule of the procedure's version on the day of sending, that waiting for the answer is not counted;
    `pause` is the waiting that stops the clock for it, None where the time runs on: by the rule, or because the
    dossier was late already. `answered_at` is when the answer came, `recorded_at` when somebody said so here.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="consultations")
    seq = models.PositiveSmallIntegerField("lần")
    kind = models.CharField("việc", max_length=12, choices=ConsultationKind)
    other_agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", verbose_name="đơn vị trong tỉnh")
    other_name = models.CharField("cơ quan được hỏi", max_length=200)
    other_key = models.CharField(max_length=200)
    question = models.CharField("nội dung hỏi", max_length=1000)
    doc_number = models.CharField("số văn bản", max_length=20, blank=True)
    doc_symbol = models.CharField("ký hiệu", max_length=40, blank=True)
    doc_date = models.DateField("ngày văn bản", null=True)
    sent_at = models.DateTimeField("gửi lúc")
    sent_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="người gửi")
    limit_value = models.PositiveSmallIntegerField("thời hạn trả lời")
    limit_unit = models.CharField("đơn vị", max_length=12, choices=AnswerUnit)
    answer_due_at = models.DateTimeField("hạn trả lời")
    outside_limit = models.BooleanField("không tính vào thời hạn giải quyết", default=False)
    pause = models.ForeignKey(Pause, models.PROTECT, null=True, related_name="consultations")

    answered_at = models.DateTimeField("trả lời lúc", null=True)
    answer_document = models.CharField("số, ký hiệu văn bản trả lời", max_length=60, blank=True)
    answer_date = models.DateField("ngày văn bản trả lời", null=True)
    summary = models.CharField("nội dung trả lời", max_length=1000, blank=True)
    agrees = models.BooleanField("đồng ý", null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField("tên tệp", max_length=200, blank=True)
    file_kind = models.CharField("loại tệp", max_length=4, blank=True)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="người ghi nhận")
    recorded_at = models.DateTimeField("ghi nhận lúc", null=True)
    cancelled_at = models.DateTimeField("rút lúc", null=True)
    cancelled_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="người rút")
    cancel_reason = models.CharField("lý do rút", max_length=300, blank=True)

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint("dossier", "seq", name="consultation_seq_once"),
            models.UniqueConstraint(
                "dossier",
                "other_key",
                condition=Q(answered_at__isnull=True, cancelled_at__isnull=True),
                name="one_open_question_an_agency",
            ),
            models.CheckConstraint(condition=~Q(question="") & ~Q(other_name=""), name="consultation_asks_somebody"),
            models.CheckConstraint(condition=Q(limit_value__gte=1), name="consultation_has_time"),
            models.CheckConstraint(condition=Q(outside_limit=True) | Q(pause__isnull=True), name="inside_limit_stops_no_clock"),
            models.CheckConstraint(condition=Q(answered_at__isnull=True) | Q(cancelled_at__isnull=True), name="answered_or_withdrawn"),
            models.CheckConstraint(
                condition=Q(answered_at=None, recorded_at=None, recorded_by=None)
                | Q(answered_at__gte=F("sent_at"), recorded_at__gte=F("answered_at"), recorded_by__isnull=False),
                name="answer_recorded_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_by=None, cancel_reason="")
                | (Q(cancelled_at__gte=F("sent_at"), cancelled_by__isnull=False) & ~Q(cancel_reason="")),
                name="withdrawn_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                "agency", "answer_due_at", condition=Q(answered_at__isnull=True, cancelled_at__isnull=True), name="consultation_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.seq}"

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.cancelled_at is None

    @property
    def document_words(self) -> str:
        """"15/UBND-VP" of what went out; "" where it has no number yet."""
        return "/".join(filter(None, [self.doc_number, self.doc_symbol]))


class RemindedHow(models.TextChoices):
    DOCUMENT = "document", "Văn bản"
    PHONE = "phone", "Điện thoại"
    EMAIL = "email", "Thư điện tử"
    IN_PERSON = "in_person", "Trực tiếp"


@protect
@tracked(personal=("note",))
class ConsultationReminder(models.Model):
    """The other agency was reminded of its answer, by a person and on one way."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="reminders")
    reminded_at = models.DateTimeField("nhắc lúc")
    reminded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="người nhắc")
    how = models.CharField("nhắc bằng", max_length=10, choices=RemindedHow)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.how}"
