"""Who stands at the pages of dossiers, logged in, and the clock that they read."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from dossiers.tests.makers import make_clerk
from dossiers.tests.views.makers import MONDAY
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_user


@pytest.fixture
def clock(client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set what the pages take for now, at first a Monday; whoever is there logs in again, as nobody stays logged in for days."""

    def at(moment: datetime) -> None:
        person = client.session.get("_auth_user_id")
        monkeypatch.setattr(timezone, "now", lambda: moment)
        if person:
            client.force_login(User.objects.get(pk=person))

    at(MONDAY)
    return at


@pytest.fixture
def clerk(client: Client) -> User:
    person = make_clerk()
    client.force_login(person)
    return person


@pytest.fixture
def leader(client: Client) -> User:
    person = make_user(Role.LEADER)
    client.force_login(person)
    return person
