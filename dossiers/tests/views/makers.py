"""What the tests of the pages of dossiers share: a moment, an address, and the dossier as it stands now."""

from django.urls import reverse

from dossiers.models import Dossier
from dossiers.tests.makers import local

# The working day after the Friday on which `make_dossier` receives; Tuesday 24/11 is a public holiday.
MONDAY = local("2026-11-23 10:00")


def address(name: str, dossier: Dossier, *parts: object) -> str:
    """The page of this url name about the dossier."""
    return reverse(f"dossiers:{name}", args=[dossier.code, *parts])


def again(dossier: Dossier) -> Dossier:
    """The dossier as the database has it now."""
    return Dossier.objects.get(pk=dossier.pk)
