"""`manage.py seed_demo`: fill an empty database with the demonstration."""
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dossiers.models import Dossier
from onestop.demo.offices import PASSWORD, demo_logins
from onestop.demo.seeding import nothing_to_receive, seed
from onestop.demo.showing import examples, sample_cards
from onestop.staff.models import Agency, User

MOST_COMMUNES, MOST_DOSSIERS = 300, 200_000


class Command(BaseCommand):
    help = (
        "Fill an empty database with one province, its communes, people of every role with printed passwords, and dossiers "
        "in every state spread over the last 45 days. Refused in production and where anything is there already. "
        "Catalogue and calendar must be loaded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--communes", type=int, default=2, metavar="N", help="how many communes (2)")
        parser.add_argument("--dossiers", type=int, default=300, metavar="N", help="how many dossiers, over all communes (300)")

    def handle(self, *args: Any, **options: Any) -> None:
        communes, dossiers = options["communes"], options["dossiers"]
        if settings.PRODUCTION:
            raise CommandError("ONESTOP_MODE is production: demo accounts with public passwords are refused")
        if not 1 <= communes <= MOST_COMMUNES or not 0 <= dossiers <= MOST_DOSSIERS:
            raise CommandError(f"expected 1 to {MOST_COMMUNES} communes and 0 to {MOST_DOSSIERS} dossiers")
        if Agency.objects.exists() or User.objects.exists() or Dossier.objects.exists():
            raise CommandError("the database is not empty: the demonstration is only ever put into a new one")
        if problem := nothing_to_receive():
            raise CommandError(problem)
        began = time.monotonic()
        made = seed(communes=communes, dossiers=dossiers, now=timezone.now())
        seconds = time.monotonic() - began
        self.stdout.write(f"{made.communes} communes, {made.dossiers} dossiers, {made.acts} acts in {seconds:.0f} s\n\n")
        self.show()

    def show(self) -> None:
        """The log-ins, and where to look first."""
        log_ins = demo_logins()
        width = max(len(log_in.username) for log_in in log_ins)
        self.stdout.write(f"Log-ins at {settings.SITE_URL}/dang-nhap/ (password of all: {PASSWORD})")
        office = ""
        for log_in in log_ins:
            if log_in.office != office:
                office = log_in.office
                self.stdout.write(f"  {office}")
            self.stdout.write(f"    {log_in.username:<{width}}  {log_in.roles} – {log_in.name}")
        self.stdout.write("\nDossiers: code, lookup code, status page")
        for example in examples(timezone.now()):
            opens = f"{example.lookup_code}  {example.address}" if example.address else "opens to its office only"
            self.stdout.write(f"  {example.code}  {opens}  {example.what}")
        self.stdout.write("\nCards for the scan box (the text of the QR)")
        for card in sample_cards(timezone.localdate()):
            self.stdout.write(f"  {card.what:<10}{card.text}")
