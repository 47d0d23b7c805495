import json
import os
import subprocess
import sys
import threading
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from dossiers.models import Dossier, IssuedPaper
from dossiers.tests.makers import make_clerk, make_dossier, make_version
from onestop.history.verify import verify
from onestop.vault import files
from onestop.vault.archive import Unusable, lines_of, open_archive
from onestop.vault.backup import make_backup
from onestop.vault.restore import restore
from onestop.vault.tests.makers import empty_the_database, make_office

NOW = datetime.fromisoformat("2026-11-21T10:00:00+07:00")


def written(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.django_db
def test_a_backup_holds_every_row_and_every_named_file(tmp_path):
    make_office()
    files.store("không ai gọi tên".encode())

    manifest = make_backup(tmp_path / "b", at=NOW)

    named = IssuedPaper.objects.exclude(sha256="").values_list("sha256", flat=True)
    assert {table.model: table.rows for table in manifest.tables}["dossiers.dossier"] == 3
    assert sorted(path.name for path in (tmp_path / "b" / "files").glob("*/*")) == sorted(named) != []
    assert open_archive(tmp_path / "b") == manifest


@pytest.mark.django_db
def test_the_same_state_gives_the_same_bytes(tmp_path):
    make_office()

    for name in "ab":
        make_backup(tmp_path / name, at=NOW)

    first, second = ([path.read_bytes() for path in written(tmp_path / name)] for name in "ab")
    assert first == second


@pytest.mark.django_db
def test_no_key_is_in_a_backup_and_the_command_says_so(tmp_path, settings):
    make_office()
    out = StringIO()

    call_command("backup", str(tmp_path / "b"), stdout=out)

    manifest = open_archive(tmp_path / "b")
    everything = (tmp_path / "b" / "manifest.json").read_bytes() + b"".join(
        line for part in (*manifest.tables, manifest.files) for line in lines_of(tmp_path / "b", part)
    )
    assert [name for name in ("SECRET_KEY", "HISTORY_KEY", "LOOKUP_KEY") if getattr(settings, name).encode() in everything] == []
    assert "HISTORY_KEY, LOOKUP_KEY and SECRET_KEY are not in it" in out.getvalue()


def test_a_command_without_the_portals_environment_saves_nothing(tmp_path):
    """It finds an empty database of its own; a backup of that would end well every night."""
    elsewhere = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"STATE_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "backup", str(tmp_path / "b")]

    ended = subprocess.run(command, env=elsewhere, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60)

    assert ended.returncode == 1
    assert "There is no portal in the database" in ended.stderr
    assert "STATE_DIR" in ended.stderr
    assert not (tmp_path / "b").exists()


@pytest.mark.django_db
def test_an_empty_folder_is_used_and_a_full_one_left_alone(tmp_path):
    (tmp_path / "empty").mkdir()
    make_backup(tmp_path / "empty", at=NOW)
    before = written(tmp_path)

    with pytest.raises(CommandError, match="is there already and not empty"):
        call_command("backup", str(tmp_path / "empty"))

    assert written(tmp_path) == before


@pytest.mark.django_db
def test_a_backup_that_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    make_office()

    def no_space(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "copy", no_space)
    with pytest.raises(CommandError, match="No backup was made: No space left on device"):
        call_command("backup", str(tmp_path / "b"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"%PDF changed")], ids=["lost", "changed"])
def test_a_file_that_the_portal_lost_is_reported_and_the_rest_is_saved(tmp_path, harm):
    make_office()
    digest, *_ = IssuedPaper.objects.exclude(sha256="").values_list("sha256", flat=True)
    harm(files.path_of(digest))

    with pytest.raises(CommandError, match=f"lost or damaged these files: {digest}"):
        call_command("backup", str(tmp_path / "b"))

    assert open_archive(tmp_path / "b").missing_files == [digest]
    files.path_of(digest).unlink(missing_ok=True)


@pytest.mark.django_db
def test_only_the_owner_may_enter_the_folder(tmp_path):
    make_backup(tmp_path / "b", at=NOW)

    assert (tmp_path / "b").stat().st_mode & 0o077 == 0


# -- a damaged backup ---------------------------------------------------------------------
def cut(path):
    path.write_bytes(path.read_bytes()[:-10])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def change_count(path):
    content = json.loads(path.read_text())
    content["tables"][0]["rows"] += 1
    path.write_text(json.dumps(content))


DAMAGES = [
    ("manifest.json", Path.unlink, "it has no manifest.json"),
    ("manifest.json", cut, "manifest.json cannot be read"),
    ("manifest.json", change_count, "manifest.json is not as it was written"),
    ("tables/dossiers.dossier.jsonl.gz", Path.unlink, "tables/dossiers.dossier.jsonl.gz is missing"),
    ("tables/dossiers.dossier.jsonl.gz", cut, "tables/dossiers.dossier.jsonl.gz is not as it was written"),
    ("tables/dossiers.dossier.jsonl.gz", flip, "tables/dossiers.dossier.jsonl.gz is not as it was written"),
    ("files.jsonl.gz", flip, "files.jsonl.gz is not as it was written"),
    ("files/*/*", Path.unlink, "is missing"),
    ("files/*/*", cut, "bytes instead of"),
    ("files/*/*", flip, "is not as it was written"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("what", "harm", "why"), DAMAGES)
def test_a_damaged_backup_is_refused_with_a_sentence(tmp_path, what, harm, why):
    make_office()
    make_backup(tmp_path / "b", at=NOW)
    harm(next((tmp_path / "b").glob(what)))

    with pytest.raises(CommandError) as refusal:
        call_command("restore", str(tmp_path / "b"))

    assert why in str(refusal.value)


@pytest.mark.django_db
def test_what_is_no_backup_is_refused(tmp_path):
    with pytest.raises(Unusable, match="There is no folder"):
        open_archive(tmp_path / "nowhere")
    with pytest.raises(Unusable, match="is no backup, or an unfinished one"):
        open_archive(tmp_path)


# -- under load ---------------------------------------------------------------------------
@pytest.mark.stress
@pytest.mark.django_db(transaction=True)
def test_a_backup_under_load_holds_only_whole_dossiers_and_all_that_were_acknowledged(tmp_path, full_size):
    hands, backups = (8, 20) if full_size else (3, 4)
    clerk, version = make_clerk(), make_version()
    enough, faults, acknowledged = threading.Event(), [], []

    def receive():
        try:
            while not enough.is_set():
                acknowledged.append(make_dossier(by=clerk, version=version, at=timezone.now()).code)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=receive) for _ in range(hands)]
    for thread in threads:
        thread.start()
    known = []
    for number in range(backups):
        known.append(list(acknowledged))
        make_backup(tmp_path / str(number), at=NOW)
    enough.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(known[-1]) > len(known[0])

    for number in {0, backups - 1}:
        empty_the_database()
        assert restore(tmp_path / str(number)).problems == []
        dossiers = Dossier.objects.all()
        assert set(known[number]) - set(dossiers.values_list("code", flat=True)) == set()
        assert [d.code for d in dossiers if not (d.register_entry and d.parties.count() == d.appointments.count() == 1)] == []
        assert list(verify()) == []
