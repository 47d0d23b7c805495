"""A dossier received under the wrong procedure goes on under the right one."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dossiers.models.dossier import Dossier
from dossiers.models.promise import Appointment
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency
from procedures.models import ProcedureCase, ProcedureVersion


@protect
@tracked(personal=("reason",))
class Reclassification(models.Model):
    """From which version and case to which, and what became of the date; number, receipt and slip chain stay.

    `due_before`, `due_after`: the lawful date. `appointment` is the promise that was made anew, only when it is a later one.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="reclassifications")
    seq = models.PositiveSmallIntegerField("lần")
    from_version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+")
    from_case = models.ForeignKey(ProcedureCase, models.PROTECT, related_name="+")
    to_version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+")
    to_case = models.ForeignKey(ProcedureCase, models.PROTECT, related_name="+")
    reason = models.CharField("lý do", max_length=500)
    due_before = models.DateTimeField("hạn trước")
    due_after = models.DateTimeField("hạn sau")
    appointment = models.OneToOneField(Appointment, models.PROTECT, null=True, related_name="reclassification")
    reclassified_at = models.DateTimeField("chuyển lúc")
    reclassified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người quyết định")

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint("dossier", "seq", name="reclassification_seq_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="reclassification_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.seq}"
