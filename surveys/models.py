"""What citizens think of the service: ballots, and apart from them the marks that a dossier has had its say.

Nothing leads from a ballot to a dossier, a person or a clerk: no foreign key, no time of day, no running number, no
event, no access entry. A mark is a keyed digest: without the key nobody can tell which dossier it stands for, and
with it only that there was an answer, not which. What remains is statistics: with one dossier returned on a day, the
day's ballot is no secret, so figures are shown only for groups that are large enough (querysets.py).
"""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy

from onestop.history.triggers import protect
from onestop.staff.models import Agency
from procedures.models import Sector
from surveys.querysets import BallotQuerySet


class Score(models.IntegerChoices):
    """The four faces, the happiest first on the page (domain: levels of satisfaction)."""

    VERY_SATISFIED = 4, gettext_lazy("Rất hài lòng")
    SATISFIED = 3, gettext_lazy("Hài lòng")
    NEUTRAL = 2, gettext_lazy("Bình thường")
    DISSATISFIED = 1, gettext_lazy("Không hài lòng")


# Whoever chose one of these is asked why, if he likes to say.
ASKED_WHY = frozenset({Score.NEUTRAL, Score.DISSATISFIED})


class Reason(models.TextChoices):
    WAITED = "waited", gettext_lazy("Chờ lâu")
    TRIPS = "trips", gettext_lazy("Đi lại nhiều lần")
    ATTITUDE = "attitude", gettext_lazy("Thái độ")
    GUIDANCE = "guidance", gettext_lazy("Hướng dẫn không rõ")
    EXTRA_CHARGE = "extra_charge", gettext_lazy("Bị yêu cầu nộp khoản ngoài quy định")
    OTHER = "other", gettext_lazy("Khác")


@protect(updates=True)
class Ballot(models.Model):
    """One answer. `reasons` is None until its giver has said or skipped them; nobody deletes a ballot."""

    # Random: a running number would tell in which order the answers came.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="cơ quan")
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+", verbose_name="lĩnh vực")
    day = models.DateField("ngày")
    score = models.PositiveSmallIntegerField("mức", choices=Score)
    reasons = models.JSONField("lý do", null=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(score__in=Score.values), name="ballot_score_known")]
        indexes = [models.Index("agency", "day", name="ballot_by_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.score}"


@protect
class SpentMark(models.Model):
    """A dossier has had its say. The key says which only to whoever holds the look-up key; it has no order and no time."""

    digest = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.digest)
