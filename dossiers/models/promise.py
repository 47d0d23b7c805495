"""Promised dates: the ledger that is never rewritten."""

from django.conf import settings
from django.db import models

from dossiers.models.dossier import Dossier
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency


class AppointmentKind(models.TextChoices):
    FIRST = "first", "Hẹn lần đầu"
    PAUSE = "pause", "Tính lại sau khi tạm dừng"
    EXTENSION = "extension", "Gia hạn"
    CALENDAR_CHANGE = "calendar_change", "Lịch nghỉ thay đổi"
    APOLOGY = "apology", "Hẹn lại kèm xin lỗi"
    RECLASSIFIED = "reclassified", "Chuyển sang thủ tục khác"


@protect
@tracked()
class Appointment(models.Model):
    """One promised date with its reason and its working, insert-only; number 1 is the slip's date."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="appointments")
    seq = models.PositiveSmallIntegerField("lần")
    kind = models.CharField("loại", max_length=16, choices=AppointmentKind)
    due_at = models.DateTimeField("hẹn trả")
    reason = models.CharField("lý do", max_length=500, blank=True)
    limit_words = models.CharField("thời hạn", max_length=100)
    rule_version = models.CharField(max_length=20)
    calendar_version = models.CharField(max_length=40)
    unconfirmed_year = models.BooleanField("năm chưa có lịch nghỉ chính thức", default=False)
    trace = models.JSONField("cách tính")
    made_at = models.DateTimeField("lập lúc")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint("dossier", "seq", name="appointment_seq_once")]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.seq}"
