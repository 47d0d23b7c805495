"""Counting statements and judging plans."""
import pytest
from django.db import connection, transaction

from bench.queries import Statement, _scanned, recorded
from bench.run import SUBJECTS, read_options
from onestop.staff.models import Agency


@pytest.mark.django_db
def test_transaction_control_is_not_counted():
    with recorded() as statements, transaction.atomic(), transaction.atomic():
        Agency.objects.count()
    assert len(statements) == 1


@pytest.mark.django_db
def test_every_other_statement_is_counted():
    with recorded() as statements, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        Agency.objects.filter(pk=1).update(name="x")
    assert [statement.is_question for statement in statements] == [True, False]


def test_a_sequential_scan_is_found_however_deep_it_stands():
    plan = {
        "Node Type": "Limit",
        "Plans": [
            {"Node Type": "Index Scan", "Relation Name": "dossiers_dossier"},
            {"Node Type": "Sort", "Plans": [{"Node Type": "Seq Scan", "Relation Name": "history_event"}]},
        ],
    }
    assert list(_scanned(plan)) == ["history_event"]


@pytest.mark.parametrize(
    ("sql", "is_question"),
    [
        ("SELECT 1", True),
        ("(SELECT 1)", True),
        ("WITH x AS (SELECT 1) SELECT * FROM x", True),
        ("INSERT INTO x SELECT 1", False),
    ],
)
def test_only_questions_are_explained(sql, is_question):
    assert Statement(sql, None).is_question is is_question


def test_the_quick_run_measures_everything():
    options = read_options([])
    assert (options.full, options.only, options.json) == (False, None, None)


def test_only_takes_known_keys_more_than_once():
    assert read_options(["--only", "due", "--only", "pdf"]).only == ["due", "pdf"]
    with pytest.raises(SystemExit):
        read_options(["--only", "speed"])


def test_quick_and_full_exclude_each_other():
    with pytest.raises(SystemExit):
        read_options(["--quick", "--full"])


def test_every_key_has_its_module():
    assert all(module == f"bench.subjects.{key}" for key, module in SUBJECTS.items())
