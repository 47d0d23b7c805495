"""Jobs of the dossiers: each selects its work by state and may run twice, late or in parallel."""
from datetime import datetime, timedelta
from importlib import import_module

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

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


@shared_task(name="dossiers.make_missing_papers")
def make_missing_papers(now: str | None = None) -> str:
    """Make the files of papers whose rows were committed but whose files were not made."""
    made, failed = make_missing(now=_moment(now))
    if failed:
        log.error("papers_failed", papers=failed)
    return f"{made} papers made, {len(failed)} failed"


@shared_task(name="dossiers.sweep_leftovers")
def sweep_leftovers(now: str | None = None) -> str:
    """Delete expired drafts and log-in sessions, and files that no row names."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    drafts, _ = IntakeDraft.objects.filter(expires_at__lt=_moment(now)).delete()
    sweep_counters(_moment(now))
    removed = sweep_orphans(named_files(), older_than_seconds=int(timedelta(days=2).total_seconds()))
    return f"{drafts} drafts and {removed} files removed"
