"""Papers on the way between two communes: dossiers and what is brought later to the one that is competent, the results back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dossiers.models.dossier import Dossier
from dossiers.models.matter import SupplementRequest
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency

PERSON = settings.AUTH_USER_MODEL


@protect(updates=True)
@tracked()
class TransferList(models.Model):
    """Dossiers that one commune sent to another in one go, printed in two copies (liên), confirmed by the other.

    `agency` received the dossiers from the citizens: its chain holds all that happens to them. It sends them out to the
    competent commune, and gets the results back; which of the two a list is, its sender says. Numbers run per sender and year.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    sender = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="nơi gửi", db_index=False)
    recipient = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="nơi nhận", db_index=False)
    year = models.PositiveSmallIntegerField("năm")
    number = models.PositiveIntegerField("số")
    submission_key = models.UUIDField("khóa gửi biểu mẫu")
    sent_at = models.DateTimeField("gửi lúc")
    sent_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="người gửi")
    confirmed_at = models.DateTimeField("xác nhận lúc", null=True)
    confirmed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="người xác nhận")

    class Meta:
        ordering = ["-sent_at", "-id"]
        indexes = [
            models.Index("sender", F("sent_at").desc(), name="transfer_sent"),
            models.Index("recipient", F("sent_at").desc(), name="transfer_arrived"),
        ]
        constraints = [
            models.UniqueConstraint("sender", "year", "number", name="transfer_number_once"),
            models.UniqueConstraint("sender", "submission_key", name="transfer_submission_once"),
            models.CheckConstraint(condition=~Q(sender=F("recipient")), name="transfer_between_two"),
            models.CheckConstraint(condition=Q(agency=F("sender")) | Q(agency=F("recipient")), name="transfer_of_receiver"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, confirmed_at__gte=F("sent_at")),
                name="transfer_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.say_number()

    def get_absolute_url(self) -> str:
        return reverse("dossiers:transfer", args=[self.pk])

    def say_number(self) -> str:
        """ "12/2026"."""
        return f"{self.number}/{self.year}"

    @property
    def is_back(self) -> bool:
        """Whether results come home, rather than dossiers going out."""
        return self.recipient_id == self.agency_id


class Arrival(models.TextChoices):
    """What the commune that a list went to says of one line."""

    AWAITED = "awaited", "Chờ xác nhận"
    TAKEN = "taken", "Đã nhận"
    MISSED = "missed", "Chưa nhận, trả lại nơi gửi"


@protect(updates=True)
@tracked(personal=("note",), version=2, added={2: ("supplement",)})
class TransferLine(models.Model):
    """One dossier of a list; it stays with the sender until it is taken, and again when it is missed, which needs a note.

    `supplement`: the dossier lies at the recipient already; only what the citizen brought for it since goes there.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    transfer = models.ForeignKey(TransferList, models.PROTECT, related_name="lines")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="transfer_lines")
    supplement = models.ForeignKey(
        SupplementRequest, models.PROTECT, null=True, related_name="transfer_lines", verbose_name="giấy tờ bổ sung theo phiếu"
    )
    position = models.PositiveSmallIntegerField("thứ tự")
    state = models.CharField("xác nhận", max_length=7, choices=Arrival, default=Arrival.AWAITED)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("transfer", "dossier", name="transfer_line_once"),
            models.UniqueConstraint("dossier", condition=Q(state="awaited", supplement__isnull=True), name="one_open_transfer"),
            models.UniqueConstraint("supplement", condition=Q(state="awaited"), name="supplement_on_one_list"),
            models.CheckConstraint(condition=Q(state__in=Arrival.values), name="transfer_state_known"),
            models.CheckConstraint(condition=~Q(state="missed") | ~Q(note=""), name="missed_line_has_note"),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}/{self.position}"
