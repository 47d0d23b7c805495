import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps

from onestop.history import triggers
from onestop.history.models import AccessEntry, ChainHead, Event, Seal
from onestop.history.tests.makers import HERE, NOW, Case, act, vouched_for

pytestmark = pytest.mark.django_db
TABLES = ["history_accessentry", "history_event", "history_seal"]


def refused(statement):
    with pytest.raises(IntegrityError, match="rows are only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def one_row_each():
    act()
    Seal.objects.create(agency_id=HERE, day=NOW.date(), at=NOW, seq=1, hash="x")
    AccessEntry.objects.create(agency_id=HERE, at=NOW, kind="view", mac="x")


@pytest.mark.parametrize("table", TABLES)
def test_the_log_can_be_added_to_only(one_row_each, table):
    refused(f"UPDATE {table} SET agency_id = 9")
    refused(f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        refused(f"TRUNCATE {table}")


def test_the_orm_is_refused_as_well(one_row_each):
    for change in (lambda: Event.objects.update(act="x"), lambda: Event.objects.all().delete(), lambda: Seal.objects.get().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_head_of_a_chain_may_move(one_row_each):
    assert ChainHead.objects.update(seq=2) == 1


def test_a_migrated_database_is_guarded():
    assert triggers.unguarded_tables() == []
    assert triggers.triggers_present() is True


def test_a_dropped_trigger_is_noticed_and_put_back():
    triggers.remove()
    assert set(TABLES) <= set(triggers.unguarded_tables())
    triggers.install()
    triggers.install()
    assert triggers.unguarded_tables() == []


def test_a_trigger_that_was_made_harmless_is_noticed_and_put_right():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER history_event_no_update")
            cursor.execute("CREATE TRIGGER history_event_no_update BEFORE UPDATE ON history_event WHEN 0 BEGIN SELECT 1; END")
        else:
            cursor.execute("ALTER TABLE history_event DISABLE TRIGGER history_keeps_rows")
    assert triggers.unguarded_tables() == ["history_event"]
    triggers.install()
    assert triggers.unguarded_tables() == []


@pytest.mark.parametrize(
    "sabotage",
    [
        "CREATE OR REPLACE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE OR REPLACE TRIGGER history_keeps_rows BEFORE DELETE ON history_event FOR EACH ROW EXECUTE FUNCTION history_refuse()",
        "CREATE OR REPLACE TRIGGER history_keeps_rows BEFORE UPDATE OR DELETE ON history_event FOR EACH ROW"
        " WHEN (OLD.seq < 0) EXECUTE FUNCTION history_refuse()",
        "CREATE OR REPLACE TRIGGER history_keeps_rows BEFORE DELETE OR UPDATE OF seq ON history_event FOR EACH ROW"
        " EXECUTE FUNCTION history_refuse()",
    ],
)
def test_every_way_to_blunt_a_trigger_is_noticed(sabotage):
    if connection.vendor != "postgresql":
        sabotage = "DROP TRIGGER history_event_no_delete"
    with connection.cursor() as cursor:
        cursor.execute(sabotage)
    assert "history_event" in triggers.unguarded_tables()
    triggers.install()
    assert triggers.unguarded_tables() == []


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(triggers, "_protected", dict(triggers._protected))


def test_other_apps_can_protect_their_tables(registry):
    with vouched_for(Case):
        assert triggers.protect(Case) is Case
        assert triggers.unguarded_tables() == ["history_case"]
        triggers.install()
        Case.objects.create(code="1")
        refused("UPDATE history_case SET code = '2'")
        refused("DELETE FROM history_case")


def test_rows_that_may_change_but_not_disappear(registry):
    with vouched_for(Case):
        triggers.protect(updates=True)(Case)
        triggers.install()
        Case.objects.create(code="1")
        assert Case.objects.update(code="2") == 1
        refused("DELETE FROM history_case")


def test_a_table_that_is_not_there_yet_is_passed_over(registry):
    with isolate_apps("onestop.history"):

        class Later(models.Model):
            class Meta:
                app_label = "history"

            def __str__(self) -> str:
                return "later"

    triggers.protect(Later)
    triggers.install()
    assert triggers.unguarded_tables() == []
