"""A production system does not start with accounts whose passwords everybody knows."""
from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from onestop.staff.models import User

PROBLEM = "demo accounts exist in production"
HINT = "Their passwords are public: start production on a database of its own"


def no_demo_accounts(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """System check: production has no demo account."""
    return [Error(PROBLEM, hint=HINT, id="staff.E001")] if demo_accounts_in_production() else []


def refuse_demo_accounts() -> None:
    """Stop the start of the web server when there is one. Raises ImproperlyConfigured."""
    if demo_accounts_in_production():
        raise ImproperlyConfigured(f"{PROBLEM}. {HINT}")


def demo_accounts_in_production() -> bool:
    """Whether demo accounts were seeded here; false where the table is not there yet or the database is away.

    Nothing is open in that case: the log-in itself refuses demo accounts in production.
    """
    if not settings.PRODUCTION:
        return False
    try:
        return User.objects.filter(is_demo=True).exists()
    except DatabaseError:
        return False
