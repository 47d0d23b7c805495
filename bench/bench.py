"""One run: the database that it fills, the clock that it reads, and the visitors that it sends."""
import time
from collections.abc import Callable
from functools import cached_property
from io import StringIO

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from bench import data
from bench.measure import Clock
from bench.visitor import Visitor
from onestop.staff.models import User


class Bench:
    def __init__(self, *, full: bool, say: Callable[[str], None]) -> None:
        self.full, self._say = full, say
        self._has_tables = False

    def tables(self) -> None:
        """Empty tables with the shipped calendar and catalogue, made when first asked for."""
        if not self._has_tables:
            began = time.monotonic()
            call_command("migrate", verbosity=0)
            for load in ("load_calendar", "load_catalogue"):
                call_command(load, verbosity=0, stdout=StringIO())
            self._has_tables = True
            self._say(f"tables, calendar and catalogue made in {time.monotonic() - began:.0f} s")

    def fill(self) -> None:
        """Make the province, for a measurement that needs nobody in particular."""
        _ = self.world

    @cached_property
    def world(self) -> data.World:
        """The province to measure in, made when first asked for."""
        self.tables()
        began = time.monotonic()
        call_command("collectstatic", interactive=False, verbosity=0)
        world = data.build(data.FULL if self.full else data.QUICK, timezone.now())
        counts = ", ".join(f"{table} {rows:,}" for table, rows in world.seeded.items())
        self._say(f"loaded in {time.monotonic() - began:.0f} s: {counts}")
        return world

    @cached_property
    def clock(self) -> Clock:
        """Counts this process and the back end of its only connection, which requests keep open."""
        return Clock(_backend_pid())

    def check_connection(self) -> None:
        """Raises when the connection was replaced: its time would have been counted nowhere."""
        if _backend_pid() != self.clock.backend_pid:
            raise RuntimeError("the database connection was replaced while measuring")

    def visitor(self) -> Visitor:
        """Somebody without a session."""
        return Visitor()

    def logged_in(self, user: User) -> Visitor:
        """A browser in which this person has logged in."""
        session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        return Visitor({settings.SESSION_COOKIE_NAME: session.session_key})

    def close(self) -> None:
        connections.close_all()


def _backend_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
