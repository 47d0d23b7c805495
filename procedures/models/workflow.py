"""The internal process of a procedure (quy trình nội bộ): who does what in which part of the limit."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency
from procedures.models.catalogue import ProcedureVersion
from procedures.querysets import WorkflowQuerySet


@protect
@tracked()
class Workflow(models.Model):
    """A published process. It never changes: what changes becomes the next number, and the old one goes out of force by
    the other's first day. A dossier pins the process under which it was received.

    `agency` None: shipped with the catalogue; a commune's own goes before it. `case_key` "": for every case that has no
    process of its own. `steps` is read by `procedures.steps`.
    """

    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="workflows", verbose_name="lần công bố thủ tục")
    case_key = models.CharField("trường hợp", max_length=8, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="workflows", verbose_name="của đơn vị")
    number = models.PositiveSmallIntegerField("lần ban hành")
    label = models.CharField("tên quy trình", max_length=120)
    steps = models.JSONField("các bước", default=list)
    effective_from = models.DateField("áp dụng từ")
    decision_number = models.CharField("quyết định phê duyệt", max_length=60, blank=True)
    decided_on = models.DateField("ngày quyết định", null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người soạn")
    made_at = models.DateTimeField("soạn lúc")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người ban hành")
    published_at = models.DateTimeField("ban hành lúc")

    objects = WorkflowQuerySet.as_manager()

    class Meta:
        ordering = ["version_id", "case_key", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "case_key", "number"], condition=Q(agency__isnull=True), name="shipped_workflow_number_once"
            ),
            models.UniqueConstraint(
                fields=["version", "case_key", "agency", "number"], condition=Q(agency__isnull=False), name="own_workflow_number_once"
            ),
            models.UniqueConstraint(
                fields=["version", "case_key", "agency", "effective_from"], condition=Q(agency__isnull=False), name="one_own_workflow_a_day"
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=True)
                | (Q(decided_on__isnull=False, made_by__isnull=False, published_by__isnull=False) & ~Q(decision_number="")),
                name="own_workflow_is_decided",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="workflow_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, lần {self.number}"

    @property
    def is_own(self) -> bool:
        return self.agency_id is not None

    def say_decision(self) -> str:
        """ "Quyết định số 12/QĐ-UBND ngày 05/01/2026"; of a shipped process where it comes from."""
        if self.decided_on is None:
            return "Mẫu đi kèm danh mục thủ tục"
        return f"Quyết định số {self.decision_number} ngày {self.decided_on:%d/%m/%Y}"


@tracked()
class WorkflowDraft(models.Model):
    """A commune's process while it is being written; publishing makes a Workflow of it, discarding leaves an event only.

    One for each procedure version and case: two people work on the same one, and `revision` tells them of each other.
    """

    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="workflow_drafts", verbose_name="lần công bố thủ tục")
    case_key = models.CharField("trường hợp", max_length=8, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="workflow_drafts", verbose_name="của đơn vị")
    label = models.CharField("tên quy trình", max_length=120)
    steps = models.JSONField("các bước", default=list)
    revision = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người soạn")
    made_at = models.DateTimeField("soạn lúc")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người sửa")
    changed_at = models.DateTimeField("sửa lúc")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "case_key", "agency"], name="one_workflow_draft")]

    def __str__(self) -> str:
        return f"{self.label}, dự thảo"
