from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from onestop.history.rows import SITE
from onestop.history.verify import Problem, verify

_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Checks that no event, row or access entry was changed, removed, inserted or reordered outside the portal. "
        "Ends with 0 when all is well, with 1 when not, naming the first bad entry first. May run while people work."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--agency", metavar="CODE", help="only the chain and the rows of this agency, without the access entries")

    def handle(self, *args: Any, **options: Any) -> None:
        # Looked up by name: the history stands below the staff and knows only plain ids.
        agencies = apps.get_model("staff", "Agency")._base_manager
        wanted = None
        if options["agency"]:
            wanted = list(agencies.filter(code=options["agency"]).values_list("pk", flat=True))
            if not wanted:
                raise CommandError(f"no agency has the code {options['agency']}", returncode=2)
        problems = list(islice(verify(wanted), _SHOWN + 1))
        if not problems:
            self.stdout.write("The history is whole and agrees with the tables.")
            return
        codes = dict(agencies.values_list("pk", "code"))

        def line(problem: Problem) -> str:
            where = "site" if problem.agency_id == SITE else f"agency {codes.get(problem.agency_id, problem.agency_id)}"
            return f"{where}, {problem}"

        lines = [line(problem) for problem in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            lines.append("There are more.")
        raise CommandError("\n".join(lines))
