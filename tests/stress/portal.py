"""A whole portal for the stress tests: its own database, state folder and web server, from outside.

Nothing here touches Django in the process of the tests: a portal is started as script/run_all.py starts
it, driven by HTTP, killed with -9, and looked into by plain SQL and by its own commands. On SQLite the
database is a file in the state folder; with DATABASE_URL it is a database of its own on that server.
"""
import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests.stress.clients import Desk

BASE_DIR = Path(__file__).resolve().parent.parent.parent
SECONDS_FOR_A_COMMAND = 180
SECONDS_TO_START = 60
SERVER = os.environ.get("DATABASE_URL", "").strip()
ON_POSTGRESQL = bool(SERVER)


def on_postgresql_at_least(test: Callable[..., None]) -> Callable[..., None]:
    """A long test that the quick run does beside PostgreSQL only; on SQLite the power is cut in the middle of intakes (test_kill)."""
    return test if ON_POSTGRESQL else pytest.mark.thorough(test)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


class Place:
    """Where a portal keeps everything: state folder and database. Made empty, or as a copy of another."""

    def __init__(self, folder: Path, name: str) -> None:
        self.state, self.name, self.port = folder / name, f"stress_{os.getpid()}_{name}", free_port()
        self.state.mkdir(mode=0o700)
        self.file = self.state / "onestop.sqlite3"
        # Settings that one test wants otherwise.
        self.extra: dict[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "SITE_URL"}}
        address = {"DATABASE_URL": urlsplit(SERVER)._replace(path=f"/{self.name}").geturl()} if ON_POSTGRESQL else {}
        settings = {"STATE_DIR": str(self.state), "PORT": str(self.port), "DJANGO_SETTINGS_MODULE": "onestop.settings"}
        # Sixteen clerks share one address here; the portal's own log would only hide the test's.
        return kept | address | settings | {"LOG_LEVEL": "ERROR", "IDLE_MINUTES": "60"} | self.extra

    # -- the database as a whole --------------------------------------------------------
    def create(self, like: "Place | None" = None) -> None:
        if ON_POSTGRESQL:
            template = f' TEMPLATE "{like.name}"' if like else ""
            on_server(f'CREATE DATABASE "{self.name}"{template}')
        elif like:
            shutil.copy(like.file, self.file)
        if like:
            shutil.copytree(like.state / "static", self.state / "static")
            for name in ("files", "broker", "broker-done", "broker-control", "prepared"):
                (self.state / name).mkdir(exist_ok=True)

    def drop(self) -> None:
        if ON_POSTGRESQL:
            on_server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        shutil.rmtree(self.state, ignore_errors=True)

    # -- looking in -----------------------------------------------------------------------
    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The answer to a query, read past the portal."""
        if ON_POSTGRESQL:
            address = self.environment["DATABASE_URL"]
            with contextlib.closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall()
        with contextlib.closing(sqlite3.connect(self.file, timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def wait_until_quiet(self) -> None:
        """After a kill: PostgreSQL may still be finishing what it was asked by processes that are gone."""
        if ON_POSTGRESQL:
            others = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{self.name}'"
            wait_for(lambda: on_server(others)[0][0] == 0, 20, "sessions of killed processes ending")

    def prepare(self) -> None:
        """What script/setup does here: folders, tables, static files."""
        self.run(sys.executable, "script/prepare.py")

    def manage(self, *words: str) -> str:
        return self.run(sys.executable, "manage.py", *words)

    def run(self, *command: str) -> str:
        quietly: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
        done = subprocess.run(command, cwd=BASE_DIR, env=self.environment, timeout=SECONDS_FOR_A_COMMAND, **quietly)
        if done.returncode:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done.stdout


def on_server(statement: str) -> list[tuple[Any, ...]]:
    """One statement outside any transaction, on the server's own database."""
    with contextlib.closing(psycopg2.connect(SERVER)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


class WebServer:
    """The web server of one place, in a process group of its own."""

    def __init__(self, place: Place, *, threads: int) -> None:
        self.place, self.threads = place, threads
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = self.place.environment | {"WEB_WORKERS": "2", "WEB_THREADS": str(self.threads)}
        web = [sys.executable, "-c", _START, str(self.place.port), str(self.place.state)]
        with (self.place.state / "web-output").open("ab") as output:
            self.process = subprocess.Popen(
                web, cwd=BASE_DIR, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        wait_for(self._answers, SECONDS_TO_START, "the web server answering")

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise AssertionError("the web server ended: " + (self.place.state / "web-output").read_text(errors="replace")[-3000:])
        try:
            return Desk(self.place.port).get("/tro-giup/phim-tat/").status in {200, 302}
        except OSError:
            return False

    def kill(self) -> None:
        """End every process of the server at once, as a power cut does."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
            self.place.wait_until_quiet()


# The very command of script/run_all.py; it takes the place of this small program, in the same process group.
_START = """
import os, sys
sys.path.insert(0, "script")
import run_all
from pathlib import Path
run_all.stop_with_parent()
web = run_all.commands(int(sys.argv[1]), Path(sys.argv[2]))["web"]
os.execv(sys.executable, [sys.executable, "-m", *web])
"""


@contextlib.contextmanager
def serving(place: Place, *, threads: int = 4) -> Iterator[WebServer]:
    server = WebServer(place, threads=threads)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def log_in(place: Place, usernames: Sequence[str], password: str) -> list[Desk]:
    """A counter PC for each user name, logged in."""
    desks = [Desk(place.port) for _ in usernames]
    for desk, username in zip(desks, usernames, strict=True):
        desk.log_in(username, password)
    return desks
