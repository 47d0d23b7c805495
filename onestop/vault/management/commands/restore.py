"""`manage.py restore DIR`."""
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone

from onestop.vault.archive import Unusable
from onestop.vault.restore import restore


class Command(BaseCommand):
    help = (
        "Fill an empty database and file store from a backup, all of it or nothing, then verify the history. "
        "Refuses a database with rows, a damaged backup, and other keys. Stop the portal first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="the folder that `backup` made")
        parser.add_argument("--other-keys", action="store_true", help="restore although HISTORY_KEY or LOOKUP_KEY is another one")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"].absolute()
        try:
            restored = restore(folder, other_keys=options["other_keys"])
        except Unusable as problem:
            raise CommandError(str(problem)) from None
        except OperationalError as problem:
            raise CommandError(f"Nothing was restored: the database does not answer ({problem}).") from problem
        except OSError as problem:
            raise CommandError(f"Nothing was restored: {problem.strerror} ({problem.filename}).") from problem
        manifest = restored.manifest
        moment = f"{timezone.localtime(manifest.moment):%Y-%m-%d %H:%M:%S}"
        self.stdout.write(f"{manifest.rows} rows of {len(manifest.tables)} tables and {manifest.files.rows} files, as of {moment}.")
        if manifest.missing_files:
            self.stdout.write("Already lost when the backup was made: " + ", ".join(manifest.missing_files))
        if restored.problems:
            lines = "\n".join(f"agency {problem.agency_id}, {problem}" for problem in restored.problems)
            raise CommandError(f"The data are restored, but the history does not verify:\n{lines}")
        self.stdout.write("The history is whole and agrees with the tables.")
