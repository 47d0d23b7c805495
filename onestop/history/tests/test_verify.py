"""Whatever someone with the database password (but not the key) does is found and named."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from onestop.history import triggers
from onestop.history import verify as verify_module
from onestop.history.access import join_to_chain, note_access
from onestop.history.models import AccessCursor, AccessEntry, ChainHead, Event, Salt, Seal
from onestop.history.rows import SITE
from onestop.history.seals import seal_all
from onestop.history.tests.makers import HERE, NOW, THERE, Case, act, sql, vouched_for
from onestop.history.verify import first_problem, verify
from onestop.testing import make_agency

pytestmark = pytest.mark.django_db
EVENT_COLUMNS = ["at", "actor_id", "role", "act", "subject", "data", "prev_hash", "hash"]


def found(agency_ids=None):
    return [(problem.agency_id, problem.kind, problem.place) for problem in verify(agency_ids)]


@pytest.fixture
def cases():
    """Three cases here and one there, each received, then changed: events 1–6 and 1–2."""
    with vouched_for(Case, personal=("name",), ignored=("search_key",)):
        made = [Case.objects.create(agency_id=HERE, code=f"H-{number}", name=f"Tên {number}") for number in range(3)]
        made.append(Case.objects.create(agency_id=THERE, code="T-0", name="Tên khác"))
        for name in ("case.received", "case.changed"):
            for case in made:
                case.code += "'"
                case.save()
                act(f"case:{case.pk}", agency_id=case.agency_id, name=name, rows=[case])
        yield made


def swap(table, columns, where_one, where_other):
    """Exchange everything but the keys of two rows."""
    with connection.cursor() as cursor:
        picked = f"SELECT {', '.join(columns)} FROM {table} WHERE "
        cursor.execute(picked + where_one)
        one = cursor.fetchone()
        cursor.execute(picked + where_other)
        other = cursor.fetchone()
    assignment = f"UPDATE {table} SET {', '.join(f'{column} = %s' for column in columns)} WHERE "
    sql(assignment + where_one, *other)
    sql(assignment + where_other, *one)


def write_nonsense(statement):
    """Whether it could be written: SQLite keeps anything in any column, PostgreSQL refuses."""
    if connection.vendor == "sqlite":
        sql(statement)
        return True
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)
    return False


def test_an_untouched_history_is_whole(cases):
    assert found() == []
    assert first_problem() is None


def test_an_empty_history_is_whole():
    assert found() == []


# -- events -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-11-23 02:30:01+00:00'",
        "actor_id = 9",
        "role = 'head'",
        "act = 'x'",
        "subject = 'case:9'",
        "data = '{\"a\":1}'",
        "prev_hash = 'x'",
        "hash = 'x'",
    ],
)
def test_a_changed_event(cases, change):
    sql(f"UPDATE history_event SET {change} WHERE agency_id = {HERE} AND seq = 3")
    assert found() == [(HERE, "changed", "event 3")]


def test_a_removed_event(cases):
    sql(f"DELETE FROM history_event WHERE agency_id = {HERE} AND seq = 3")
    assert found() == [(HERE, "missing", "event 3")]


def test_a_removed_first_event(cases):
    sql(f"DELETE FROM history_event WHERE agency_id = {HERE} AND seq = 1")
    assert found() == [(HERE, "missing", "event 1")]


def test_a_cut_tail(cases):
    sql(f"DELETE FROM history_event WHERE agency_id = {HERE} AND seq > 4")
    assert found() == [(HERE, "cut", "event 5")]


def test_swapped_events(cases):
    swap("history_event", EVENT_COLUMNS, f"agency_id = {HERE} AND seq = 2", f"agency_id = {HERE} AND seq = 5")
    assert found() == [(HERE, "reordered", "event 2")]
    assert "its place is 5" in first_problem().why


def test_swapped_neighbours(cases):
    swap("history_event", EVENT_COLUMNS, f"agency_id = {HERE} AND seq = 2", f"agency_id = {HERE} AND seq = 3")
    assert [(problem.kind, problem.place) for problem in verify()] in ([("reordered", "event 2")], [("inserted", "event 2")])


def test_an_event_moved_to_another_agency(cases):
    sql(f"UPDATE history_event SET agency_id = {THERE}, seq = 3 WHERE agency_id = {HERE} AND seq = 6")
    assert found() == [(HERE, "cut", "event 6"), (THERE, "inserted", "event 3")]


def copy_event(seq, to_seq, *, agency_id=HERE, act="act", prev_hash="hash"):
    sql(
        "INSERT INTO history_event (agency_id, seq, at, actor_id, role, act, subject, data, prev_hash, hash)"
        f" SELECT {agency_id}, {to_seq}, at, actor_id, role, {act}, subject, data, {prev_hash}, hash"
        f" FROM history_event WHERE agency_id = {HERE} AND seq = {seq}"
    )


def test_an_event_added_at_the_end(cases):
    copy_event(6, 7, act="'x'")
    assert found() == [(HERE, "inserted", "event 7")]


def test_an_event_added_before_the_first(cases):
    copy_event(1, 0, prev_hash="''")
    assert found() == [(HERE, "inserted", "event 0")]


def test_an_event_put_in_the_middle(cases):
    for seq in (6, 5, 4):
        sql(f"UPDATE history_event SET seq = {seq + 1} WHERE agency_id = {HERE} AND seq = {seq}")
    copy_event(3, 4, act="'x'")
    assert found() == [(HERE, "inserted", "event 4")]


def test_a_chain_under_an_agency_that_never_was(cases):
    copy_event(1, 1, agency_id=99, prev_hash="''")
    assert found() == [(99, "inserted", "event 1")]


def test_an_event_that_cannot_even_be_read(cases):
    if write_nonsense(f"UPDATE history_event SET at = 'yesterday or so' WHERE agency_id = {HERE} AND seq = 3"):
        assert found() == [(HERE, "changed", "event 3")]


# -- the head -----------------------------------------------------------------------------
@pytest.mark.parametrize("change", ["seq = 4", "hash = 'x'", "mac = 'x'"])
def test_a_changed_head(cases, change):
    sql(f"UPDATE history_chainhead SET {change} WHERE agency_id = {HERE}")
    assert found() == [(HERE, "changed", "head of the chain")]


def test_an_older_copy_of_the_head(cases):
    head = ChainHead.objects.get(agency_id=HERE)
    act("case:1")
    head.save()
    assert found() == [(HERE, "changed", "head of the chain")]
    assert "set back" in first_problem().why


def test_a_removed_head(cases):
    sql(f"DELETE FROM history_chainhead WHERE agency_id = {HERE}")
    assert found() == [(HERE, "inserted", "event 1")]


def test_a_removed_chain_leaves_rows_that_nobody_recorded(cases):
    sql(f"DELETE FROM history_event WHERE agency_id = {THERE}")
    sql(f"DELETE FROM history_chainhead WHERE agency_id = {THERE}")
    assert found() == [(THERE, "inserted", f"history.case {cases[3].pk}")]


def test_tail_and_head_cut_back_together_are_betrayed_by_the_rows(cases):
    head = ChainHead.objects.get(agency_id=HERE)
    cases[0].code = "late"
    cases[0].save()
    act(f"case:{cases[0].pk}", rows=[cases[0]])
    sql(f"DELETE FROM history_event WHERE agency_id = {HERE} AND seq = 7")
    head.save()
    assert found() == [(HERE, "changed", f"history.case {cases[0].pk}")]


def test_tail_and_head_cut_back_together_are_betrayed_by_the_seal(cases):
    head = ChainHead.objects.get(agency_id=HERE)
    act("case:1")
    seal_all(NOW + timedelta(hours=15))
    sql(f"DELETE FROM history_event WHERE agency_id = {HERE} AND seq > 6")
    head.save()
    assert found() == [(HERE, "cut", "event 7")]
    assert "the seal of" in first_problem().why


def test_a_chain_that_was_cut_and_went_on_is_betrayed_by_the_seal(cases):
    head = ChainHead.objects.get(agency_id=HERE)
    act("case:1")
    seal_all(NOW + timedelta(hours=15))
    sql(f"DELETE FROM history_event WHERE agency_id = {HERE} AND seq > 6")
    head.save()
    for _ in range(5):
        act("case:2")
    assert found() == [(HERE, "changed", "event 7")]


def test_an_edited_or_removed_seal(cases):
    seal_all(NOW + timedelta(hours=15))
    seal = Seal.objects.get(agency_id=HERE)
    sql("UPDATE history_seal SET day = '2026-01-01' WHERE id = %s", seal.pk)
    assert found() == [(HERE, "changed", f"history.seal {seal.pk}")]
    sql("DELETE FROM history_seal WHERE id = %s", seal.pk)
    assert found() == [(HERE, "missing", f"history.seal {seal.pk}")]


# -- rows ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("change", "why"), [("code = 'x'", "plain"), ("name = 'x'", "personal")])
def test_a_changed_row(cases, change, why):
    sql(f"UPDATE history_case SET {change} WHERE id = {cases[1].pk}")
    assert found() == [(HERE, "changed", f"history.case {cases[1].pk}")]
    assert why in first_problem().why


def test_a_column_that_may_change_freely(cases):
    sql("UPDATE history_case SET search_key = 'x'")
    assert found() == []


def test_an_older_state_of_a_row(cases):
    sql(f"UPDATE history_case SET code = 'H-1''' WHERE id = {cases[1].pk}")
    assert found() == [(HERE, "changed", f"history.case {cases[1].pk}")]


def test_a_removed_row(cases):
    sql(f"DELETE FROM history_case WHERE id = {cases[1].pk}")
    assert found() == [(HERE, "missing", f"history.case {cases[1].pk}")]


def test_an_inserted_row(cases):
    added = Case.objects.create(agency_id=HERE, code="x")
    assert found() == [(HERE, "inserted", f"history.case {added.pk}")]


def test_an_inserted_row_of_an_agency_without_chain(cases):
    added = Case.objects.create(agency_id=99, code="x")
    assert found() == [(99, "inserted", f"history.case {added.pk}")]


def test_swapped_rows(cases):
    swap("history_case", ["code", "name"], f"id = {cases[0].pk}", f"id = {cases[1].pk}")
    assert found() == [(HERE, "changed", f"history.case {case.pk}") for case in cases[:2]]


def test_a_row_moved_to_another_agency(cases):
    sql(f"UPDATE history_case SET agency_id = {THERE} WHERE id = {cases[1].pk}")
    assert found() == [(HERE, "missing", f"history.case {cases[1].pk}"), (THERE, "inserted", f"history.case {cases[1].pk}")]


def test_a_changed_or_removed_salt(cases):
    subject = f"case:{cases[1].pk}"
    sql("UPDATE history_salt SET value = 'x' WHERE subject = %s", subject)
    assert found() == [(HERE, "changed", f"history.case {cases[1].pk}")]
    Salt.objects.filter(subject=subject).delete()
    assert "salt is missing" in first_problem().why


def test_a_row_that_cannot_even_be_read(cases):
    # On SQLite these are bytes that are no text; PostgreSQL writes them out as ones.
    sql(f"UPDATE history_case SET name = CAST(x'ff' AS TEXT) WHERE id = {cases[1].pk}")
    assert found() == [(HERE, "changed", f"history.case {cases[1].pk}")]


def test_an_access_entry_that_cannot_even_be_read(views):
    if write_nonsense(f"UPDATE history_accessentry SET at = 'yesterday or so' WHERE id = {views[1].pk}"):
        assert found() == [(SITE, "changed", f"access entry {views[1].pk}")]


def test_a_row_that_lawfully_moves_to_another_agency(cases):
    cases[0].agency_id = THERE
    cases[0].save()
    act(agency_id=HERE, gone=[cases[0]])
    act(agency_id=THERE, rows=[cases[0]])
    assert found() == []


def test_a_row_that_was_lawfully_deleted_and_comes_back(cases):
    gone = cases[0].pk
    act(gone=[cases[0]])
    cases[0].delete()
    assert found() == []
    Case.objects.create(pk=gone, agency_id=HERE)
    assert found() == [(HERE, "inserted", f"history.case {gone}")]


def test_an_erased_person_leaves_the_history_whole(cases):
    subject = f"case:{cases[0].pk}"
    Salt.objects.filter(subject=subject).delete()
    Case.objects.filter(pk=cases[0].pk).update(name="")
    act(subject, name="case.erased", rows=[cases[0]])
    assert found() == []


def test_an_edited_log_is_told_apart_from_edited_rows(cases):
    sql(f"UPDATE history_event SET data = '{{}}' WHERE agency_id = {HERE} AND seq = 2")
    sql(f"UPDATE history_case SET code = 'x' WHERE id = {cases[0].pk}")
    sql(f"UPDATE history_case SET code = 'x' WHERE id = {cases[3].pk}")
    assert found() == [(HERE, "changed", "event 2"), (THERE, "changed", f"history.case {cases[3].pk}")]
    problems = list(verify())
    assert ["log was edited" in problems[0].why, "row was edited" in problems[1].why] == [True, True]


def test_one_agency_can_be_checked_alone(cases):
    sql(f"UPDATE history_case SET code = 'x' WHERE id = {cases[3].pk}")
    assert found([HERE]) == []
    assert found([THERE]) == [(THERE, "changed", f"history.case {cases[3].pk}")]


def test_missing_triggers_are_named_last(cases):
    sql(f"UPDATE history_case SET code = 'x' WHERE id = {cases[0].pk}")
    triggers.remove()
    places = [problem.place for problem in verify()]
    assert places[0] == f"history.case {cases[0].pk}"
    assert "table history_event" in places[1:]


# -- access entries -----------------------------------------------------------------------
@pytest.fixture
def views():
    """Four joined entries, in two batches."""
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(pk=7, agency_id=HERE, roles=["clerk"])
    made = []
    for _ in range(2):
        made += [note_access(request, "view", f"case:{number}") for number in range(2)]
        join_to_chain(NOW)
    return made


def test_untouched_access_entries(views):
    assert found() == []


@pytest.mark.parametrize(
    "change", ["at = '2020-01-01 00:00:00+00:00'", "actor_id = 9", "subject = 'case:9'", "address = '192.0.2.1'", "mac = 'x'"]
)
def test_a_changed_access_entry(views, change):
    sql(f"UPDATE history_accessentry SET {change} WHERE id = {views[2].pk}")
    assert found() == [(SITE, "changed", f"access entry {views[2].pk}")]


def test_a_removed_access_entry(views):
    sql(f"DELETE FROM history_accessentry WHERE id = {views[2].pk}")
    assert found() == [(SITE, "missing", f"access entry {views[2].pk}")]


def test_all_access_entries_removed(views):
    sql("DELETE FROM history_accessentry")
    assert found() == [
        (SITE, "missing", f"access entries {views[0].pk}–{views[1].pk}"),
        (SITE, "missing", f"access entries {views[2].pk}–{views[3].pk}"),
    ]


def test_swapped_access_entries(views):
    columns = ["agency_id", "at", "actor_id", "role", "kind", "subject", "detail", "address", "mac"]
    swap("history_accessentry", columns, f"id = {views[0].pk}", f"id = {views[1].pk}")
    assert found() == [(SITE, "reordered", f"access entries {views[0].pk}–{views[1].pk}")]


@pytest.mark.parametrize("pk", [10**6, 0])
def test_an_inserted_access_entry(views, pk):
    AccessEntry.objects.create(pk=pk, agency_id=HERE, at=NOW, kind="view", mac="x")
    assert found() == [(SITE, "inserted", f"access entry {pk}")]


def test_an_access_entry_that_waits_for_its_batch(views):
    request = RequestFactory().get("/")
    note_access(request, "log_in_failed")
    assert found() == []


def test_an_access_entry_kept_out_of_the_batches(views):
    """As when the job's notebook is set forward: the entry could be removed later unseen."""
    request = RequestFactory().get("/")
    kept_out = note_access(request, "log_in_failed")
    AccessCursor.objects.update(upto=kept_out.pk)
    assert found() == [(SITE, "inserted", f"access entry {kept_out.pk}")]


def test_a_notebook_set_back_makes_no_false_alarm(views):
    AccessCursor.objects.update(upto=0)
    assert join_to_chain(NOW) == 4
    assert found() == []


def test_a_batch_event_that_was_removed(views):
    sql(f"DELETE FROM history_event WHERE agency_id = {SITE} AND seq = 1")
    assert found()[0] == (SITE, "missing", "event 1")


# -- the command --------------------------------------------------------------------------
def test_the_command_is_content_with_a_whole_history(capsys):
    call_command("verify_history")
    assert capsys.readouterr().out == "The history is whole and agrees with the tables.\n"


def test_the_command_names_the_agency_by_its_code_and_fails():
    agency, other = make_agency(), make_agency("H61.27", "Phú Tân An")
    act(agency_id=agency.pk)
    sql("UPDATE history_event SET act = 'x'")
    with pytest.raises(CommandError) as failure:
        call_command("verify_history")
    assert str(failure.value).startswith("agency H61.26, event 1: changed – ")
    assert failure.value.returncode == 1
    call_command("verify_history", agency=other.code)
    with pytest.raises(CommandError):
        call_command("verify_history", agency=agency.code)


def test_the_command_does_not_pass_over_an_unknown_agency():
    with pytest.raises(CommandError, match="no agency has the code X"):
        call_command("verify_history", agency="X")


@pytest.mark.django_db(transaction=True)
def test_a_check_neither_holds_up_nor_half_sees_an_act_that_ends_meanwhile(monkeypatch):
    def change_case():
        with transaction.atomic():
            Case.objects.update(code="2")
            act(rows=[case])
        connection.close()

    def while_people_work():
        """Between the log and the tables somebody else finishes an act."""
        with ThreadPoolExecutor() as somebody:
            somebody.submit(change_case).result()
        return tracked_here()

    tracked_here = verify_module._tracked_here
    with vouched_for(Case):
        with transaction.atomic():
            case = Case.objects.create(agency_id=HERE, code="1")
            act(rows=[case])
        monkeypatch.setattr(verify_module, "_tracked_here", while_people_work)
        assert found([HERE]) == []
        monkeypatch.undo()
        assert Event.objects.filter(agency_id=HERE).count() == 2
        assert found() == []
