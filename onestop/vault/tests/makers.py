"""An office with dossiers in several states, and its empty twin."""
from typing import Any

from django.core.management import call_command

from dossiers.issuing import store_file
from dossiers.lifecycle import paper_made
from dossiers.models import Dossier, IssuedPaper
from dossiers.statuses import Status
from dossiers.tests.makers import RECEIVED, make_dossier
from onestop.history import triggers
from onestop.outbox.sending import send_due
from onestop.vault.tables import kept_tables


def make_office() -> list[Dossier]:
    """A received, a processed and a returned dossier; the first one's papers have their files, all messages have left."""
    dossiers = [make_dossier(status=status) for status in (Status.RECEIVED, Status.PROCESSING, Status.RETURNED)]
    for paper in IssuedPaper.objects.filter(dossier=dossiers[0]):
        paper_made(paper, sha256=store_file(paper), at=RECEIVED)
    send_due(RECEIVED)
    return dossiers


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables that a backup keeps."""
    return {table.label: list(table.rows()) for table in kept_tables()}


def empty_the_database() -> None:
    """What a fresh `migrate` leaves: no rows, the triggers in place."""
    triggers.remove()
    call_command("flush", interactive=False, verbosity=0)
