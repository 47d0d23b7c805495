"""`manage.py create_account`: the first administrator, or any account when nobody can log in."""
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from onestop.staff import accounts
from onestop.staff.forms import PersonForm
from onestop.staff.models import Agency
from onestop.staff.roles import Role


class Command(BaseCommand):
    help = "Make an account and print its first password, which works once and must then be replaced."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="lower case without accents, such as duyen.tt")
        parser.add_argument("--name", required=True, help="full name")
        parser.add_argument("--agency", required=True, help="code of the agency, such as H61.26")
        parser.add_argument("--role", required=True, action="append", choices=Role.values, help="may be given several times")
        parser.add_argument("--job-title", default="")
        parser.add_argument("--counter", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        agency = Agency.objects.filter(code=options["agency"]).first()
        if agency is None:
            raise CommandError(f"no agency has the code {options['agency']}; `save_agency` makes one")
        typed = {
            "username": options["username"],
            "full_name": options["name"],
            "job_title": options["job_title"],
            "counter_no": options["counter"],
            "roles": options["role"],
        }
        form = PersonForm(typed, agencies=[agency])
        if not form.is_valid():
            raise CommandError("; ".join(f"{name}: {' '.join(problems)}" for name, problems in form.errors.items()))
        values = {name: value for name, value in form.cleaned_data.items() if name != "submission_key"}
        user = accounts.create_account(agency=agency, key=form.cleaned_data["submission_key"], at=timezone.now(), **values)
        self.stdout.write(f"{user.username}  {accounts.first_password(user)}")
