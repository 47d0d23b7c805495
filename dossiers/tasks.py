"""Jobs of the dossiers: each selects its work by state and may run twice, late or in parallel."""
from datetime import datetime, timedelta
from importlib import import_module

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from dossiers import pace, replies, warnings
from dossiers.dispatch import issue_signed, note_sent
from dossiers.drafting import draft_due
from dossiers.lateness import flag_overdue as mark_overdue
from dossiers.lookup import sweep_counters
from dossiers.models import IntakeDraft
from dossiers.printing import make_missing
from onestop.vault.files import sweep_orphans
from onestop.vault.tables import named_files

log = structlog.get_logger(__name__)


def _moment(now: str | None) -> datetime:
    return datetime.fromisoformat(now) if now else timezone.now()


@shared_task(name="dossiers.flag_overdue")
def flag_overdue(now: str | None = None) -> str:
    """Mark what has become late since the last run."""
    return f"{mark_overdue(now=_moment(now))} dossiers became overdue"


@shared_task(name="dossiers.warn")
def warn(now: str | None = None) -> str:
    """Warn whoever holds it, then the manager, then the leaders, of what is due soon, due today or overdue."""
    return f"{warnings.warn(now=_moment(now))} warnings made"


@shared_task(name="dossiers.remind_of_clicks")
def remind_of_clicks(now: str | None = None) -> str:
    """Ask the holders about dossiers that look done and are not said to be."""
    return f"{warnings.remind_of_clicks(now=_moment(now))} reminders made"


@shared_task(name="dossiers.watch_replies")
def watch_replies(now: str | None = None) -> str:
    """Tell the holders of answers of other agencies that are due or late."""
    return f"{replies.watch(now=_moment(now))} reminders of answers made"


@shared_task(name="dossiers.reckon_pace")
def reckon_pace(now: str | None = None) -> str:
    """Reckon how long the last closed dossiers of each procedure took, for the risk marks."""
    return f"{pace.reckon(now=_moment(now))} paces reckoned"


@shared_task(name="dossiers.make_missing_papers")
def make_missing_papers(now: str | None = None) -> str:
    """Make the files of papers whose rows were committed but whose files were not made."""
    made, failed = make_missing(now=_moment(now))
    if failed:
        log.error("papers_failed", papers=failed)
    return f"{made} papers made, {len(failed)} failed"


@shared_task(name="dossiers.draft_apologies")
def draft_apologies(now: str | None = None) -> str:
    """Draft the letters of apology for promises that will be missed, at desks that are open."""
    return f"{draft_due(now=_moment(now))} letters drafted"


@shared_task(name="dossiers.issue_letters")
def issue_letters(now: str | None = None) -> str:
    """Make the files of signed letters, show them, and queue their messages."""
    issued, failed = issue_signed(now=_moment(now))
    if failed:
        log.error("letters_failed", letters=failed)
    return f"{issued} letters issued, {len(failed)} failed"


@shared_task(name="dossiers.note_letters_sent")
def note_letters_sent(now: str | None = None) -> str:
    """Mark the letters whose message has left."""
    return f"{note_sent(now=_moment(now))} letters sent"


@shared_task(name="dossiers.sweep_leftovers")
def sweep_leftovers(now: str | None = None) -> str:
    """Delete expired drafts and log-in sessions, and files that no row names."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    drafts, _ = IntakeDraft.objects.filter(expires_at__lt=_moment(now)).delete()
    sweep_counters(_moment(now))
    removed = sweep_orphans(named_files(), older_than_seconds=int(timedelta(days=2).total_seconds()))
    return f"{drafts} drafts and {removed} files removed"
