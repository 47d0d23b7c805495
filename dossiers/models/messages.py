"""Whether a citizen wants to be told by messages."""

from django.conf import settings
from django.db import models

from dossiers.models.dossier import Dossier
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency


@protect
@tracked()
class MessageChoice(models.Model):
    """What the filer said about messages on one dossier; the latest row counts, and without one he wants them."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="message_choices")
    wanted = models.BooleanField("muốn nhận tin")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người ghi")
    said_at = models.DateTimeField("ghi lúc")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.wanted}"
