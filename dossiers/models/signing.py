"""Around a signature: who passed a draft on to another signer, who opened which draft, which results are signed quickly."""

from django.conf import settings
from django.db import models

from dossiers.models.dossier import Dossier
from dossiers.models.way import ResultDocument
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency
from procedures.models import Procedure

PERSON = settings.AUTH_USER_MODEL


@protect
@tracked(personal=("note",))
class SignaturePass(models.Model):
    """A draft that waits for a signature, passed on to somebody who may sign it that day. How long it waits goes on counting."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="signature_passes")
    result = models.ForeignKey(ResultDocument, models.PROTECT, related_name="passes")
    giver = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="người chuyển")
    receiver = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="chuyển đến")
    passed_at = models.DateTimeField("chuyển lúc")
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~models.Q(giver=models.F("receiver")), name="nobody_passes_to_himself")]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.giver_id} → {self.receiver_id}"


@protect
class DraftOpened(models.Model):
    """Somebody opened the file of a draft, exactly these bytes; written by looking at it, so no act and no event.

    It only decides whether he may sign it together with others; the reading itself is an access entry.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    result = models.ForeignKey(ResultDocument, models.PROTECT, related_name="opened", db_index=False)
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    opened_at = models.DateTimeField("mở lúc")

    class Meta:
        constraints = [models.UniqueConstraint("result", "person", "sha256", name="draft_opened_once")]

    def __str__(self) -> str:
        return f"{self.result_id}: {self.person_id}"


@protect(updates=True)
@tracked()
class QuickSign(models.Model):
    """Whether an agency signs the results of a procedure quickly ("ký nhanh"): together, without opening each draft."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+")
    allowed = models.BooleanField("ký nhanh", default=True)
    changed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField("sửa lúc")

    class Meta:
        constraints = [models.UniqueConstraint("agency", "procedure", name="quick_sign_once")]

    def __str__(self) -> str:
        return f"{self.agency_id}/{self.procedure_id}"
