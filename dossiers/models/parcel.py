"""Results sent by the public post (bưu chính công ích): what went out under which number, and how it ended."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dossiers.models.dossier import Dossier
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency


@protect(updates=True)
@tracked(personal=("waybill", "note"))
class Parcel(models.Model):
    """A result on its way to the address of the dossier; whoever sent it watches over it until it is delivered or comes back.

    `came_back` None: on the way. A parcel that came back says why; the result lies at the desk again and may be sent anew.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="parcels")
    seq = models.PositiveSmallIntegerField("lần")
    waybill = models.CharField("số vận đơn", max_length=20)
    posted_at = models.DateTimeField("gửi lúc")
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người gửi")
    came_back = models.BooleanField("chuyển hoàn", null=True)
    ended_at = models.DateTimeField("ghi nhận lúc", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người ghi nhận")
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint("dossier", "seq", name="parcel_seq_once"),
            models.UniqueConstraint("dossier", condition=Q(ended_at__isnull=True), name="one_parcel_on_its_way"),
            models.CheckConstraint(condition=~Q(waybill=""), name="parcel_has_number"),
            models.CheckConstraint(
                condition=Q(came_back=None, ended_at=None, ended_by=None)
                | Q(came_back__isnull=False, ended_at__gte=F("posted_at"), ended_by__isnull=False),
                name="parcel_ended_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(came_back=True) | ~Q(note=""), name="parcel_came_back_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.seq}"
