"""What every test of the house gets: a state folder of its own, cheap passwords, and options of the suite.

There is no settings file for tests. Django is already set up when this file is read
(pytest-django does it first), so the few values that must differ are changed in place, before
the first connection, storage or broker is opened. Tests run on SQLite; with DATABASE_URL and
REDIS_URL set they run on PostgreSQL and Redis instead.
"""
import gc
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import DjangoDbBlocker

from onestop.worktime import store
from procedures import catalogue

pytest_plugins = ["tests.browsing"]

_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server", "admin_user"}
# Words in the folder or the name of a file whose tests look at pages, or fill the whole house with the demonstration.
_PAGES = {"views", "pages", "display", "strangers", "demo", "public"}
# The same of those that test SQL written by hand, which no other database vouches for.
_OWN_SQL = {"history", "vault", "lookup", "numbering", "lateness"}
_COMMITTING_FIXTURES = {"transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("onestop")
    group.addoption("--stress", action="store_true", help="run the stress tests at full size, and the thorough tests too")
    group.addoption("--only-database", action="store_true", help="leave out tests that never touch the database")
    group.addoption("--no-rules", action="store_true", help="leave out what those two run, but for SQL written by hand")
    group.addoption("--no-pages", action="store_true", help="leave out the tests of pages and of the demonstration")


def pytest_configure(config: pytest.Config) -> None:
    state = Path(tempfile.mkdtemp(prefix="onestop-test-"))
    config.add_cleanup(lambda: shutil.rmtree(state, ignore_errors=True))
    for name in ("files", "static", "broker", "broker-done", "broker-control"):
        (state / name).mkdir()
    settings.STATE_DIR = state
    settings.FILES_DIR = state / "files"
    settings.STATIC_ROOT = state / "static"
    settings.STORAGES["default"]["OPTIONS"]["location"] = state / "files"
    # Tests ask for static files by their plain names: no manifest, so no collectstatic before a run.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # Argon2 takes a quarter of a second a hash, on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if not settings.REDIS_URL:
        settings.CELERY_BROKER_TRANSPORT_OPTIONS.update(
            data_folder_in=str(state / "broker"),
            data_folder_out=str(state / "broker"),
            processed_folder=str(state / "broker-done"),
            control_folder=str(state / "broker-control"),
        )
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file, not memory: the live server's threads need connections of their own.
        database["TEST"]["NAME"] = str(state / "test.sqlite3")
        # Nobody pulls the plug on a test database; a real fsync for each commit only costs time.
        database["OPTIONS"]["init_command"] = database["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A run of the browser tests or stress tests alone loads no file that marks none; all of them take seconds to load."""
    alone = config.getoption("markexpr")
    if alone not in {"browser", "stress"} or collection_path.suffix != ".py":
        return None
    return f"mark.{alone}" not in collection_path.read_text() or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept = items
    if config.getoption("--only-database"):
        kept = [item for item in kept if _uses_database(item)]
    if not config.getoption("--stress"):
        kept = [item for item in kept if item.get_closest_marker("thorough") is None]
    if config.getoption("--no-pages"):
        kept = [item for item in kept if not _words_of(item) & _PAGES]
    if config.getoption("--no-rules"):
        kept = [item for item in kept if _words_of(item) & (_PAGES | _OWN_SQL) or not _uses_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_collection_finish() -> None:
    """Modules and thousands of collected tests stay to the end: no use in looking through them for garbage again and again."""
    gc.collect()
    gc.freeze()


def _words_of(item: pytest.Item) -> set[str]:
    return {*item.path.parts, *item.path.stem.split("_")}


def _uses_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or bool(_DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> None:
    """Tables that were made from the models (--no-migrations) know by name the migrations that say the same; backups ask."""
    if not request.config.getoption("nomigrations"):
        return
    with django_db_blocker.unblock():
        recorder = MigrationRecorder(connection)
        for app in apps.get_app_configs():
            for file in sorted(Path(app.path, "migrations").glob("[0-9]*.py")):
                recorder.record_applied(app.label, file.stem)


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(_COMMITTING_FIXTURES & set(request.fixturenames)) or (marker is not None and bool(marker.kwargs.get("transaction")))


@pytest.fixture(autouse=True)
def _rows_may_be_flushed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the clean-up after a committing test empty the insert-only tables.

    Their triggers refuse DELETE and TRUNCATE, which is how Django empties tables between such
    tests. They are dropped at the end of the test; the flush then sends post_migrate, and that
    puts them back before the next test.
    """
    if not _commits(request):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal")
        for trigger, table in cursor.fetchall():
            on_table = "" if connection.vendor == "sqlite" else f" ON {connection.ops.quote_name(table)}"
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(trigger)}{on_table}")


@pytest.fixture(autouse=True)
def _caches_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process asks every few seconds for a new calendar and catalogue; a test that counts queries must not meet that moment."""
    for kept in (store, catalogue):
        kept.forget()
        monkeypatch.setattr(kept, "FRESH_SECONDS", 3600.0)


@pytest.fixture
def full_size(request: pytest.FixtureRequest) -> bool:
    """Whether a stress test should run at the size its issue names (`--stress`) or in small."""
    return bool(request.config.getoption("--stress"))
