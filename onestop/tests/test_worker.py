"""Worker and schedule as script/server starts them, in both modes, as processes of their own."""
import importlib.util
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection

from dossiers.models import Dossier, IssuedPaper
from dossiers.statuses import Act
from dossiers.tests.makers import local, make_dossier
from onestop.history.models import Event
from onestop.history.verify import verify
from onestop.jobs import JOBS
from onestop.models import Heartbeat

pytestmark = [pytest.mark.stress, pytest.mark.django_db(transaction=True)]

SECONDS = 45


def script(name, settings):
    """A module of the folder of scripts, which is no package."""
    specification = importlib.util.spec_from_file_location(name, settings.BASE_DIR / "script" / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def environment_of(state, redis_url):
    """What a portal needs to find the test's database, with folders of its own beside it."""
    database = connection.settings_dict
    environment = os.environ | {"STATE_DIR": str(state), "REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "onestop.settings"}
    if connection.vendor == "sqlite":
        (state / "onestop.sqlite3").symlink_to(Path(database["NAME"]).resolve())
        return environment | {"DATABASE_URL": ""}
    address = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}&port={database['PORT']}"
    return environment | {"DATABASE_URL": address}


@contextmanager
def running(commands, environment, folder):
    """The processes run until the end of the block."""
    with ExitStack() as all_of_them:
        for command in commands:
            process = subprocess.Popen(
                [sys.executable, "-m", *("onestop.tests.hurried" if word == "onestop" else word for word in command)],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
            all_of_them.callback(end, process)
        yield


def end(process):
    process.terminate()
    try:
        process.wait(15)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(condition):
    deadline = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


@pytest.mark.parametrize("mode", ["embedded", "redis"])
def test_a_dossier_whose_due_minute_has_passed_is_flagged_by_the_worker(mode, settings, tmp_path, monkeypatch):
    late, in_time = make_dossier(at=local("2026-01-05 09:00")), make_dossier(at=local("2027-12-20 09:00"))
    for name in ("files", "broker", "broker-done", "broker-control"):
        (tmp_path / name).mkdir()
    with ExitStack() as services:
        redis_url = services.enter_context(script("throwaway", settings).redis()) if mode == "redis" else ""
        monkeypatch.setenv("REDIS_URL", redis_url)
        commands = script("run_all", settings).commands(8000, tmp_path)
        jobs = [command for name, command in commands.items() if name != "web"]
        services.enter_context(running(jobs, environment_of(tmp_path, redis_url), settings.BASE_DIR))

        assert wait_for(lambda: Dossier.objects.get(pk=late.pk).overdue_since is not None)
        assert wait_for(lambda: Heartbeat.objects.filter(name=JOBS).exists())
        assert wait_for(lambda: not IssuedPaper.objects.filter(sha256="").exists())

    assert set(commands) == ({"web", "worker", "schedule"} if mode == "redis" else {"web", "worker"})
    assert Dossier.objects.get(pk=in_time.pk).overdue_since is None
    assert Event.objects.filter(act=Act.FLAG_OVERDUE).count() == 1
    assert list(verify()) == []
