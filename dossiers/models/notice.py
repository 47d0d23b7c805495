"""Warnings to the office, and what they are measured by."""

from django.conf import settings
from django.db import models

from dossiers.models.dossier import Dossier
from onestop.staff.models import Agency
from procedures.models import Procedure


class NoticeStage(models.TextChoices):
    DUE_SOON = "due_soon", "Sắp đến hạn"
    DUE_TODAY = "due_today", "Đến hạn hôm nay"
    OVERDUE = "overdue", "Quá hạn"
    FORGOTTEN = "forgotten", "Có thể quên bấm"
    REPLY_DUE = "reply_due", "Cơ quan khác sắp đến hạn trả lời"
    REPLY_LATE = "reply_late", "Cơ quan khác chưa trả lời"


class NoticeStep(models.TextChoices):
    """The rungs of the ladder, lowest first."""

    HOLDER = "holder", "Người đang giữ"
    MANAGER = "manager", "Trưởng bộ phận"
    LEADER = "leader", "Lãnh đạo"


class Notice(models.Model):
    """One warning to one person about one due time: once each stage and rung, read or not.

    `episode` is the due time (or, of a forgotten click, the moment since when); a new one warns anew.
    Nothing lawful hangs on a notice, so it is not part of the history.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="notices")
    episode = models.DateTimeField("mốc")
    stage = models.CharField("mức", max_length=10, choices=NoticeStage)
    step = models.CharField("báo cho", max_length=8, choices=NoticeStep)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    words = models.CharField("nội dung", max_length=300)
    made_at = models.DateTimeField("báo lúc")
    read_at = models.DateTimeField("xem lúc", null=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint("dossier", "episode", "stage", "step", "recipient", name="notice_once"),
        ]
        indexes = [models.Index("recipient", condition=models.Q(read_at__isnull=True), name="notice_unread")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.stage}"


class ProcedurePace(models.Model):
    """How long one agency took for its last dossiers of one procedure: the median in working minutes, without pauses."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+")
    counted = models.PositiveIntegerField("số hồ sơ")
    median_minutes = models.PositiveIntegerField("trung vị (phút làm việc)")
    reckoned_at = models.DateTimeField("tính lúc")

    class Meta:
        constraints = [models.UniqueConstraint("agency", "procedure", name="pace_once")]

    def __str__(self) -> str:
        return f"{self.procedure_id}: {self.median_minutes}"
