"""Giving an answer: once for each dossier, after its return, tied to nothing.

The mark is derived from the dossier's first token, so a slip that was lost and replaced does not buy a second answer.
"""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dossiers import secrets
from dossiers.lookup import DOSSIER, Opened
from dossiers.models import Dossier
from onestop.staff.models import Agency
from surveys.models import ASKED_WHY, Ballot, Reason, Score, SpentMark


class AlreadyGiven(Exception):
    """This dossier has had its say."""


def returned_dossier(opened: Opened) -> Dossier | None:
    """The dossier that may be spoken of: opened by its present secret, not voided, its result in the citizen's hands."""
    if opened.kind != DOSSIER:
        return None
    found = Dossier.objects.returned().filter(pk=opened.pk, secret_version=opened.version)
    return found.select_related("agency", "procedure").first()


def is_given(dossier: Dossier) -> bool:
    return SpentMark.objects.filter(pk=mark_of(dossier.code)).exists()


def mark_of(code: str) -> uuid.UUID:
    """The mark of the dossier with this code."""
    digest = salted_hmac("surveys.spent", secrets.token(code, 1), secret=settings.LOOKUP_KEY, algorithm="sha256").digest()
    return uuid.UUID(bytes=digest[:16])


def give(dossier: Dossier, score: Score, *, at: datetime) -> Ballot:
    """Count the answer and mark the dossier, both or neither; raises AlreadyGiven for a second one, also in parallel."""
    mark = mark_of(dossier.code)
    try:
        with transaction.atomic():
            SpentMark.objects.create(pk=mark)
            return Ballot.objects.create(
                agency_id=dossier.agency_id, sector_id=dossier.procedure.sector_id, day=timezone.localdate(at), score=score
            )
    except IntegrityError:
        if SpentMark.objects.filter(pk=mark).exists():
            raise AlreadyGiven from None
        raise


def agency_of(pk: uuid.UUID) -> Agency | None:
    """The commune that the answer is about, for the frame of the page that thanks for it."""
    return Agency.objects.filter(pk__in=Ballot.objects.filter(pk=pk).values("agency_id")).first()


def waits_for_reasons(pk: uuid.UUID) -> bool:
    """Whether this answer may still be explained."""
    return Ballot.objects.filter(pk=pk, score__in=ASKED_WHY, reasons__isnull=True).exists()


def explain(pk: uuid.UUID, reasons: list[Reason]) -> bool:
    """Add the reasons to an answer, once; False when that was done before."""
    open_ones = Ballot.objects.filter(pk=pk, score__in=ASKED_WHY, reasons__isnull=True)
    return open_ones.update(reasons=sorted(reasons)) == 1
