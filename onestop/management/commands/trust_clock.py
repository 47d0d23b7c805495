"""`manage.py trust_clock`: the server's clock had been ahead by mistake and is right now."""
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from onestop.jobs import trust_clock


class Command(BaseCommand):
    help = (
        "Say that the server's clock is right although it was ahead before, so that the health page stops naming it. "
        "Nothing else is changed: what was marked late while it was ahead stays marked and visible."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        trust_clock(now)
        self.stdout.write(f"The time from now on: {timezone.localtime(now):%H:%M:%S, %d/%m/%Y}.")
