"""A production system does not start with accounts whose passwords everybody knows."""
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from onestop.staff.checks import no_demo_accounts, refuse_demo_accounts
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_user


@pytest.mark.django_db
@pytest.mark.parametrize(("production", "is_demo", "errors"), [(True, True, ["staff.E001"]), (True, False, []), (False, True, [])])
def test_check_finds_demo_accounts_in_production(settings, production, is_demo, errors):
    make_user(Role.CLERK, is_demo=is_demo)
    settings.PRODUCTION = production
    assert [error.id for error in no_demo_accounts(None)] == errors


@pytest.mark.django_db
def test_web_server_does_not_start_with_demo_accounts(settings):
    settings.PRODUCTION = True
    refuse_demo_accounts()
    make_user(Role.CLERK, is_demo=True, is_active=False)
    with pytest.raises(ImproperlyConfigured, match="demo accounts"):
        refuse_demo_accounts()


def test_missing_table_is_no_reason_to_fail(settings, monkeypatch):
    def no_table(**conditions):
        raise OperationalError("no such table")

    settings.PRODUCTION = True
    monkeypatch.setattr(User.objects, "filter", no_table)
    assert no_demo_accounts(None) == []
