"""`manage.py disable_account`: close an account at once, without a browser."""
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from onestop.staff import accounts
from onestop.staff.models import User


class Command(BaseCommand):
    help = "Close an account; the person is out at the next request. Closing it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"].lower()).first()
        if user is None:
            raise CommandError(f"no account is called {options['username']}")
        closed = accounts.disable_account(user, at=timezone.now())
        self.stdout.write(f"{user.username}: {'closed' if closed else 'was closed already'}")
