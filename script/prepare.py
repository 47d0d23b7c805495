"""Bring the state folder and the database up to date with this checkout (called by script/setup).

Everything here asks first and acts only when needed, in one process, because starting Django is
most of the time that a second run takes. What was done is remembered in STATE_DIR/prepared, one
folder for each database, so pointing DATABASE_URL elsewhere starts afresh.
"""
import hashlib
import io
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def digest_of(files: Iterable[Path], *, contents: bool) -> str:
    """One hash for many files: of their contents, or (cheaper) of their names, sizes and times."""
    digest = hashlib.sha256()
    for file in sorted(files):
        stat = file.stat()
        digest.update(f"{file}\0{file.read_bytes().hex() if contents else (stat.st_size, stat.st_mtime_ns)}\0".encode())
    return digest.hexdigest()


def when_changed(stamp: Path, value: str, act: Callable[[], None]) -> None:
    """Do `act` unless the stamp says that it was done for this very value; stamp it afterwards."""
    if stamp.exists() and stamp.read_text() == value:
        return
    act()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)


def refuse_bad_settings() -> None:
    """End with the sentence about a variable that cannot be used; an operator has no use for a traceback."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    from onestop.env import BadSetting

    try:
        _ = settings.STATE_DIR
    except (BadSetting, ImproperlyConfigured) as problem:
        sys.exit(str(problem))


def refuse_silent_database() -> None:
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as problem:
        sys.exit(f"The database does not answer ({str(problem).splitlines()[0]}). Is DATABASE_URL right, and is the server running?")


def make_state_folders() -> None:
    from django.conf import settings

    settings.STATE_DIR.mkdir(mode=0o750, parents=True, exist_ok=True)
    for name in ("files", "broker", "broker-done", "broker-control", "prepared"):
        (settings.STATE_DIR / name).mkdir(mode=0o750, exist_ok=True)


def memory_of_this_database() -> Path:
    from django.conf import settings

    database = settings.DATABASES["default"]
    name = "\0".join(str(database.get(part, "")) for part in ("ENGINE", "HOST", "PORT", "NAME"))
    return settings.STATE_DIR / "prepared" / hashlib.sha256(name.encode()).hexdigest()[:16]


def migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Making the database tables")
        call_command("migrate", interactive=False, verbosity=0)


def collect_static() -> None:
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    def collect() -> None:
        say("Collecting static files")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)

    files = (Path(storage.path(path)) for finder in get_finders() for path, storage in finder.list([]))
    stamp = settings.STATE_DIR / "prepared" / "static"
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        stamp.unlink(missing_ok=True)
    when_changed(stamp, digest_of(files, contents=False), collect)


def load_shipped_data(memory: Path) -> None:
    """Load the catalogue (which also ships the internal processes) and the calendar when their files are new or a table is empty."""
    from django.core.management import call_command

    from onestop.worktime.models import CalendarYear
    from procedures.models import Workflow

    for command, (folder, table) in {
        "load_catalogue": (BASE_DIR / "procedures" / "data", Workflow),
        "load_calendar": (BASE_DIR / "onestop" / "worktime" / "data", CalendarYear),
    }.items():
        stamp, is_empty = memory / command, not table.objects.exists()
        if is_empty:
            stamp.unlink(missing_ok=True)

        def load(command: str = command, is_empty: bool = is_empty) -> None:
            said = io.StringIO()
            call_command(command, stdout=said)
            lines = said.getvalue().strip().splitlines()
            # Into an empty table everything is new, and a list of everything helps nobody.
            say(f"{command}: {lines[-1] if is_empty and lines else ''}".rstrip(": "))
            if not is_empty:
                print("\n".join(lines), flush=True)

        when_changed(stamp, digest_of(folder.glob("*.json"), contents=True), load)


class Tee(io.StringIO):
    """Shows what is written and keeps it."""

    def write(self, text: str) -> int:
        sys.stdout.write(text)
        return super().write(text)


def seed_or_repeat_log_ins(memory: Path) -> None:
    """On an empty database fill in the demonstration; always end by telling its log-ins."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    log_ins = memory / "demo-log-ins.txt"
    if not get_user_model().objects.exists():
        say("Seeding the demonstration")
        shown = Tee()
        call_command("seed_demo", stdout=shown)
        log_ins.touch(mode=0o600)
        log_ins.write_text(shown.getvalue())
    elif log_ins.exists():
        print(log_ins.read_text(), flush=True)


def main() -> None:
    sys.path.insert(0, str(BASE_DIR))
    os.chdir(BASE_DIR)
    # The database is about people: nobody else on this machine reads it.
    os.umask(0o027)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    refuse_bad_settings()
    import django
    from django.conf import settings

    django.setup()
    make_state_folders()
    refuse_silent_database()
    migrate()
    collect_static()
    if "--server" not in sys.argv[1:]:
        return
    memory = memory_of_this_database()
    load_shipped_data(memory)
    if not settings.PRODUCTION:
        seed_or_repeat_log_ins(memory)


if __name__ == "__main__":
    main()
