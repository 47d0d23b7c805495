"""A commune moves: from the database of this run into a new one of either kind, by the commands alone."""
import importlib.util
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime

import pytest
from django.db import connection

from onestop.vault.archive import lines_of, open_archive
from onestop.vault.backup import make_backup
from onestop.vault.tests.makers import make_office

pytestmark = [pytest.mark.stress, pytest.mark.django_db(transaction=True)]

NOW = datetime.fromisoformat("2026-11-21T10:00:00+07:00")
NEXT = """
import django
django.setup()
from dossiers.tests.makers import make_dossier
print(make_dossier().code)
"""


def throwaway(settings):
    specification = importlib.util.spec_from_file_location("throwaway", settings.BASE_DIR / "script" / "throwaway.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def rows_of(folder):
    manifest = open_archive(folder)
    return {part.model: [json.loads(line) for line in lines_of(folder, part)] for part in manifest.tables}


def pytest_generate_tests(metafunc):
    """Into the other kind of database; with --stress also into a new one of its own kind."""
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    metafunc.parametrize("kind", ["sqlite", "postgresql"] if metafunc.config.getoption("--stress") else [other])


def test_a_commune_moves_into_a_new_database_of_either_kind(kind, settings, tmp_path):
    make_office()
    make_backup(tmp_path / "first", at=NOW)
    with ExitStack() as services:
        address = services.enter_context(throwaway(settings).postgres()) if kind == "postgresql" else ""
        environment = os.environ | {"STATE_DIR": str(tmp_path / "new"), "DATABASE_URL": address, "REDIS_URL": ""}
        environment |= {"DJANGO_SETTINGS_MODULE": "onestop.settings"}

        def run(*words):
            command = [sys.executable, *words]
            done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
            assert done.returncode == 0, done.stderr
            return done.stdout

        assert "The history is whole" in run("manage.py", "restore", str(tmp_path / "first"))
        run("manage.py", "backup", str(tmp_path / "second"))
        assert rows_of(tmp_path / "second") == rows_of(tmp_path / "first")
        assert open_archive(tmp_path / "second").database == kind
        assert open_archive(tmp_path / "second").files == open_archive(tmp_path / "first").files
        assert run("-c", NEXT).strip() == "H61.26-261120-0004"
        assert "The history is whole" in run("manage.py", "verify_history")
