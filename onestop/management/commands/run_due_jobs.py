"""`manage.py run_due_jobs [--at ISO-TIME]`: the command twin of the whole schedule."""
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from onestop.jobs import run_scheduled


class Command(BaseCommand):
    help = (
        "Run every job of the schedule once, in this process, and say what each did. "
        "Ends with 1 when one failed; the others have run all the same."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", metavar="ISO-TIME", help="pretend it is this time (local without an offset); refused in production")

    def handle(self, *args: Any, **options: Any) -> None:
        at = None
        if options["at"] is not None:
            if settings.PRODUCTION:
                raise CommandError("--at is refused in production: what becomes late at a pretended time stays late.")
            at = moment(options["at"])
        failed = 0
        for outcome in run_scheduled(at=at):
            failed += outcome.failed
            self.stdout.write(f"{outcome.task}: {'FAILED, ' if outcome.failed else ''}{outcome.words}")
        if failed:
            raise CommandError(f"{failed} of {len(settings.CELERY_BEAT_SCHEDULE)} jobs failed; the log says where.")


def moment(text: str) -> datetime:
    """The typed time; local time when it names no offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--at: expected a time such as 2026-11-20T17:01, not {text!r}") from None
    return at if at.tzinfo else timezone.make_aware(at)
