from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from dossiers.models import Dossier, IssuedPaper
from dossiers.tests.makers import RECEIVED, make_dossier
from onestop.history.models import Event
from onestop.history.triggers import triggers_present
from onestop.history.verify import verify
from onestop.outbox.models import Message
from onestop.outbox.sending import send_due
from onestop.staff.models import User
from onestop.vault import archive, files
from onestop.vault.archive import Unusable
from onestop.vault.backup import make_backup
from onestop.vault.restore import restore
from onestop.vault.tables import kept_tables
from onestop.vault.tests.makers import empty_the_database, everything, make_office

NOW = datetime.fromisoformat("2026-11-21T10:00:00+07:00")

committing = pytest.mark.django_db(transaction=True)


def rows_here():
    return sum(table.count() for table in kept_tables() if table.model._meta.app_label not in {"auth", "contenttypes"})


@committing
def test_restored_into_an_empty_place_everything_is_the_same_and_the_next_number_continues(tmp_path):
    make_office()
    before = everything()
    stored = {path.name: path.read_bytes() for path in files.stored_files()}
    make_backup(tmp_path / "b", at=NOW)
    empty_the_database()
    for path in list(files.stored_files()):
        path.unlink()
    out = StringIO()

    call_command("restore", str(tmp_path / "b"), stdout=out)

    assert everything() == before
    named = IssuedPaper.objects.exclude(sha256="").values_list("sha256", flat=True)
    assert {digest: files.read(digest) for digest in named} == {digest: stored[digest] for digest in named}
    assert "The history is whole and agrees with the tables." in out.getvalue()
    assert triggers_present()
    assert make_dossier().code == "H61.26-261120-0004"
    assert list(verify()) == []


@committing
def test_new_rows_get_new_keys_after_a_restore(tmp_path):
    make_office()
    last = {model: max(model.objects.values_list("pk", flat=True)) for model in (Dossier, User, IssuedPaper)}
    make_backup(tmp_path / "b", at=NOW)
    empty_the_database()
    restore(tmp_path / "b")

    make_office()

    assert {model: model.objects.filter(pk__gt=key).count() > 0 for model, key in last.items()} == dict.fromkeys(last, True)


@committing
def test_no_paper_is_made_and_no_event_written_by_a_restore(tmp_path, monkeypatch):
    make_office()
    events, waiting = Event.objects.count(), IssuedPaper.objects.filter(sha256="").count()
    make_backup(tmp_path / "b", at=NOW)
    empty_the_database()
    asked = []
    monkeypatch.setattr("kombu.Connection.__init__", lambda *args, **kwargs: asked.append(args))

    restore(tmp_path / "b")

    assert (Event.objects.count(), IssuedPaper.objects.filter(sha256="").count(), asked) == (events, waiting, [])


@committing
def test_no_message_is_sent_again_by_a_restore(tmp_path):
    make_office()
    waiting = Message.objects.about(f"dossier:{make_dossier().pk}")
    make_backup(tmp_path / "b", at=NOW)
    empty_the_database()

    restore(tmp_path / "b")

    # It may have left after the backup was made: a person asks, then sends it again.
    assert list(waiting.values_list("state", "last_error")) == [("failed", "restored")]
    assert send_due(NOW).sent == 0


@committing
def test_the_restored_history_cannot_be_edited(tmp_path):
    make_office()
    make_backup(tmp_path / "b", at=NOW)
    empty_the_database()
    restore(tmp_path / "b")

    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(role="")


@committing
def test_an_edit_made_before_the_backup_is_still_found_after_the_restore(tmp_path):
    dossier, *_ = make_office()
    Dossier.objects.filter(pk=dossier.pk).update(due_at=RECEIVED)
    make_backup(tmp_path / "b", at=NOW)
    empty_the_database()

    with pytest.raises(CommandError) as report:
        call_command("restore", str(tmp_path / "b"), stdout=StringIO())

    assert "The data are restored, but the history does not verify" in str(report.value)
    assert f"dossiers.dossier {dossier.pk}: changed" in str(report.value)
    assert Dossier.objects.count() == 3


@committing
def test_a_restore_that_fails_half_way_leaves_the_place_empty_and_may_be_repeated(tmp_path, monkeypatch):
    make_office()
    before = everything()
    make_backup(tmp_path / "b", at=NOW)
    empty_the_database()
    with monkeypatch.context() as patched:
        patched.setattr(files, "copy", lambda *args: (_ for _ in ()).throw(files.FileMissing("x")))
        with pytest.raises(Unusable, match="Nothing was restored"):
            restore(tmp_path / "b")
        assert rows_here() == 0

    restore(tmp_path / "b")

    assert everything() == before


# -- refusals -----------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_database_with_rows_is_refused_and_left_as_it_is(tmp_path):
    make_office()
    make_backup(tmp_path / "b", at=NOW)
    before = everything()

    with pytest.raises(CommandError, match="The database is not empty"):
        call_command("restore", str(tmp_path / "b"))

    assert everything() == before


@pytest.mark.django_db
def test_another_key_is_refused_unless_one_insists(tmp_path, settings):
    make_backup(tmp_path / "b", at=NOW)
    settings.HISTORY_KEY = "another"

    with pytest.raises(CommandError, match="HISTORY_KEY: not the value under which this backup was made"):
        call_command("restore", str(tmp_path / "b"))
    call_command("restore", str(tmp_path / "b"), "--other-keys", stdout=StringIO())


@pytest.mark.django_db
def test_a_backup_of_a_newer_version_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("onestop.vault.backup.migrations_here", lambda: [*archive.migrations_here(), ["dossiers", "0099_later"]])
    make_backup(tmp_path / "b", at=NOW)

    with pytest.raises(Unusable, match=r"made by a newer version of the portal \(it knows dossiers.0099_later\)"):
        restore(tmp_path / "b")


@pytest.mark.django_db
def test_a_backup_of_an_older_version_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("onestop.vault.backup.migrations_here", lambda: [])
    make_backup(tmp_path / "b", at=NOW)

    with pytest.raises(Unusable, match=r"made by an older version of the portal \(it lacks (\S+, ){2}\S+ and \d+ more\)"):
        restore(tmp_path / "b")


@pytest.mark.django_db
def test_the_database_of_another_program_is_refused(tmp_path, monkeypatch):
    make_backup(tmp_path / "b", at=NOW)
    monkeypatch.setattr("onestop.vault.restore.migrations_here", lambda: [])

    with pytest.raises(Unusable, match="The database has tables, but not those of the portal"):
        restore(tmp_path / "b")


@pytest.mark.django_db
def test_a_place_without_the_protecting_triggers_is_refused(tmp_path, monkeypatch):
    make_backup(tmp_path / "b", at=NOW)
    monkeypatch.setattr("onestop.vault.restore.triggers_present", lambda: False)

    with pytest.raises(Unusable, match="run manage.py migrate first"):
        restore(tmp_path / "b")


@pytest.mark.django_db
def test_a_text_that_the_database_cannot_hold_is_refused_with_a_sentence(tmp_path, monkeypatch):
    make_backup(tmp_path / "b", at=NOW)

    def refuse(*args):
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")

    monkeypatch.setattr(type(connection.ops), "bulk_batch_size", refuse)
    monkeypatch.setattr(type(connection.ops), "sequence_reset_sql", refuse)
    with pytest.raises(Unusable, match="the database refused a row"):
        restore(tmp_path / "b")
