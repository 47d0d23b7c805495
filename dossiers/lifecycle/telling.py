"""What the filer wants to be told by messages."""

from datetime import datetime

from django.db import transaction

from dossiers.lifecycle.act import AlreadyDone, begin, finish
from dossiers.models import Dossier, MessageChoice
from dossiers.statuses import Act
from onestop.outbox.models import Why
from onestop.outbox.queue import withhold
from onestop.staff.models import User


@transaction.atomic
def choose_messages(dossier: Dossier, *, wanted: bool, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """Keep the filer's word that he wants messages, or none; none takes back what has not been sent yet."""
    dossier = begin(dossier, Act.CHOOSE_MESSAGES, by=by, revision=revision)
    last = dossier.message_choices.last()
    if (last is None or last.wanted) == wanted:
        raise AlreadyDone("Đã ghi như vậy rồi.")
    choice = MessageChoice.objects.create(agency_id=dossier.agency_id, dossier=dossier, wanted=wanted, said_by=by, said_at=at)
    if not wanted:
        withhold(f"dossier:{dossier.pk}", why=Why.OPT_OUT)
    return finish(dossier, Act.CHOOSE_MESSAGES, by=by, at=at, rows=[choice], data={"wanted": wanted})
