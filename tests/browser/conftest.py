"""What the browser tests share: the real catalogue, a clock that can be set, fast hands, and pages in every look."""
from collections.abc import Callable
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page

from dossiers.tests.makers import local
from onestop.papers import pdf
from tests.browser.hands import Hands


@pytest.fixture
def catalogue(live_server) -> None:
    """The shipped catalogue and calendar, in a process that is ready for its first visitor (onestop.serving)."""
    call_command("load_calendar", stdout=StringIO())
    call_command("load_catalogue", stdout=StringIO())
    pdf.warm_up()


@pytest.fixture
def hands(page: Page) -> Hands:
    """A clerk at the keyboard of `page`."""
    return Hands(page)


@pytest.fixture
def at_the_counter_it_is(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`at_the_counter_it_is("2026-11-20 15:30")`: the local moment that the intake's pages read from the clock."""

    class Clock:
        def __init__(self, moment: datetime) -> None:
            self.moment = moment

        def __getattr__(self, name: str):
            return getattr(timezone, name)

        def now(self) -> datetime:
            return self.moment

    def set_clock(text: str) -> None:
        monkeypatch.setattr("dossiers.views.reception.timezone", Clock(local(text)))

    return set_clock
