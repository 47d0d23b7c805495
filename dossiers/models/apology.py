"""Apologies in writing (Mẫu 04): one for each promise that is not kept, and for other faults of ours."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from dossiers.models.paper import IssuedPaper
from dossiers.models.promise import Appointment
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency, Delegation


class LetterKind(models.TextChoices):
    LATE = "late", "Trễ hẹn"
    ERROR = "error", "Kết quả có sai sót"
    LOST_PAPER = "lost_paper", "Thất lạc giấy tờ"
    ASKED_TWICE = "asked_twice", "Yêu cầu giấy tờ lần nữa"


class LetterState(models.TextChoices):
    """Drafted by the job or a person; signed (number and date); issued (file made, shown, message queued);
    sent (it has left us). Retracted: finished in time. Waived: a person decided, with a reason."""

    DRAFTED = "drafted", "Dự thảo"
    SIGNED = "signed", "Đã ký"
    ISSUED = "issued", "Đã phát hành"
    SENT = "sent", "Đã gửi"
    RETRACTED = "retracted", "Tự rút"
    WAIVED = "waived", "Không gửi"


class WhoseClock(models.TextChoices):
    """Where the time went."""

    OURS = "ours", "Đơn vị mình"
    OTHER_AGENCY = "other_agency", "Cơ quan khác"
    APPLICANT = "applicant", "Người nộp"
    SYSTEM = "system", "Hệ thống, đường truyền"
    DATA = "data", "Dữ liệu"


SIGNED_STATES = (LetterState.SIGNED, LetterState.ISSUED, LetterState.SENT)


@protect(updates=True)
@tracked(personal=("cause_words", "stands_words", "repeat_reason", "closed_reason"))
class ApologyLetter(models.Model):
    """A letter of apology. `missed` is the promise that was not kept: exactly one letter each.

    The signature binds the SHA-256 of the printed figures (`signed_digest`, of the paper's snapshot);
    `block` is the lines above the signer's name by his right on that day. The new date is a promise
    (`appointment`, kind apology) and never moves `Dossier.due_at`.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="letters")
    kind = models.CharField("loại", max_length=12, choices=LetterKind, default=LetterKind.LATE)
    missed = models.OneToOneField(Appointment, models.PROTECT, null=True, related_name="letter", verbose_name="hẹn không giữ được")
    state = models.CharField("trạng thái", max_length=10, choices=LetterState, default=LetterState.DRAFTED)
    drafted_at = models.DateTimeField("dự thảo lúc")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cause = models.CharField("nguyên nhân", max_length=30, blank=True)
    cause_words = models.CharField("lý do ghi trong văn bản", max_length=500, blank=True)
    whose_clock = models.CharField("thời gian mất ở đâu", max_length=12, choices=WhoseClock, blank=True)
    stands_words = models.CharField("hồ sơ đang ở đâu", max_length=300, blank=True)
    nothing_more = models.BooleanField("không phải nộp thêm gì", default=False)
    repeat_reason = models.CharField("lý do hẹn lại lần nữa", max_length=500, blank=True)
    new_due_at = models.DateTimeField("hẹn lại", null=True)
    prepared_at = models.DateTimeField("soạn lúc", null=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người ký")
    signed_at = models.DateTimeField("ký lúc", null=True)
    block = models.CharField("chức vụ người ký", max_length=300, blank=True)
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")
    number = models.PositiveIntegerField("số", null=True)
    year = models.PositiveSmallIntegerField("năm", null=True)
    symbol = models.CharField("ký hiệu", max_length=30, blank=True)
    signed_digest = models.CharField(max_length=64, blank=True)
    appointment = models.OneToOneField(Appointment, models.PROTECT, null=True, related_name="apology")
    paper = models.OneToOneField(IssuedPaper, models.PROTECT, null=True, related_name="letter")

    issued_at = models.DateTimeField("phát hành lúc", null=True)
    sent_at = models.DateTimeField("gửi lúc", null=True)
    sent_how = models.CharField("gửi bằng", max_length=100, blank=True)
    closed_at = models.DateTimeField("rút, bỏ lúc", null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_reason = models.CharField("lý do không gửi", max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("agency", "year", "symbol", "number", name="letter_number_once"),
            models.CheckConstraint(
                condition=Q(kind="late", missed__isnull=False) | (~Q(kind="late") & Q(missed__isnull=True)),
                name="late_letter_names_promise",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SIGNED_STATES)
                | (
                    Q(signer__isnull=False, signed_at__isnull=False, number__isnull=False, year__isnull=False, paper__isnull=False)
                    & ~Q(signed_digest="")
                ),
                name="signed_letter_is_complete",
            ),
            models.CheckConstraint(condition=~Q(state__in=["issued", "sent"]) | Q(issued_at__isnull=False), name="issued_letter_has_time"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_letter_has_time"),
            models.CheckConstraint(condition=~Q(state="waived") | ~Q(closed_reason=""), name="waived_letter_has_reason"),
        ]
        indexes = [
            models.Index("agency", "state", "id", name="letter_by_state"),
            models.Index("id", condition=Q(state="signed"), name="letter_to_issue"),
            models.Index("id", condition=Q(state="issued"), name="letter_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.kind} {self.state}"

    @property
    def edition(self) -> str:
        """Which text of the draft this is: "" until somebody prepared it, another one each time."""
        return f"{self.prepared_at.timestamp():.6f}" if self.prepared_at else ""

    @property
    def message_key(self) -> str:
        """Under which the citizen is told of the letter, once."""
        return f"apology:{self.pk}"

    @property
    def number_words(self) -> str:
        """"05/UBND-TTPVHCC"; empty before the signature."""
        return f"{self.number:02d}/{self.symbol}" if self.number else ""
