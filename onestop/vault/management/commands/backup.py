"""`manage.py backup DIR`."""
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from onestop.vault.archive import Unusable
from onestop.vault.backup import make_backup


class Command(BaseCommand):
    help = (
        "Write one moment of the database and the files it names into a new folder, while people work. "
        "The folder fits SQLite and PostgreSQL alike. The three keys are not in it: keep them apart."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="a folder that does not exist yet, or an empty one")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"].absolute()
        try:
            manifest = make_backup(folder, at=timezone.localtime())
        except Unusable as problem:
            raise CommandError(str(problem)) from None
        except OSError as problem:
            raise CommandError(f"No backup was made: {problem.strerror} ({folder}).") from problem
        except (DatabaseError, ValueError, TypeError) as problem:
            raise CommandError(f"No backup was made: the database holds or says something unreadable ({problem}).") from problem
        self.stdout.write(f"{manifest.rows} rows of {len(manifest.tables)} tables and {manifest.files.rows} files: {folder}")
        self.stdout.write("HISTORY_KEY, LOOKUP_KEY and SECRET_KEY are not in it: keep them apart. It holds personal data: lock it away.")
        if manifest.missing_files:
            raise CommandError(
                "The backup is complete, but the portal itself has lost or damaged these files: " + ", ".join(manifest.missing_files)
            )
