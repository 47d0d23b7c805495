from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.apps import apps

from onestop.history.tests.makers import Sample, vouched_for
from onestop.vault.tables import FILLED_BY_MIGRATE, NOT_KEPT, Table, kept_tables, reader, spell

pytestmark = pytest.mark.django_db

FULL = {
    "id": UUID("12345678-1234-5678-1234-567812345678"),
    "agency_id": 2**62,
    "colour": "blue",
    "text": "Đặng Thị Thạch\u2028 ខ្មែរ 😀 \"\\\n\t",
    "count": -7,
    "amount": Decimal("15000.10"),
    "ratio": 0.1,
    "yes": True,
    "at": datetime(2026, 11, 20, 2, 0, 0, 123456, tzinfo=UTC),
    "day": date(2026, 2, 28),
    "clock": time(15, 0, 0, 5),
    "took": timedelta(days=-1, microseconds=3),
    "facts": {"ngày": [1, 1.5, None, {"b": "á", "a": False}]},
    "raw": b"\x00\xff",
}
EMPTY = {"id": UUID(int=1), "agency_id": 0}


def columns_of(row):
    return [bytes(value) if isinstance(value, memoryview) else value for value in row]


@pytest.mark.parametrize("values", [FULL, EMPTY], ids=["full", "empty"])
def test_a_row_survives_the_way_out_and_in_byte_for_byte(values):
    with vouched_for(Sample):
        table = Table(Sample)
        Sample.objects.create(**values)
        before = list(table.rows())
        lines = [spell(row) for row in before]
        Sample.objects.all().delete()

        assert table.insert(map(reader(table), lines)) == 1

        assert [columns_of(row) for row in table.rows()] == [columns_of(row) for row in before]


def test_a_row_is_one_line_whatever_is_written_in_it():
    assert b"\n" not in spell([FULL["text"], FULL["facts"]])


@pytest.mark.parametrize("line", [b"", b"{}", b"[1]", b"[1, 2", b"\xff"])
def test_a_line_that_is_no_row_is_refused(line):
    with pytest.raises(ValueError):
        reader(Table(Sample))(line)


def test_every_table_is_kept_except_sessions_log_in_counters_and_the_sign_of_life():
    labels = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    left_out = labels - {table.label for table in kept_tables()}

    assert left_out == NOT_KEPT | {label for label in labels if label.startswith("axes.")}


def test_what_is_named_here_exists():
    labels = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}

    assert (set(FILLED_BY_MIGRATE) | NOT_KEPT) - labels == set()


def test_papers_name_their_files_in_the_columns_that_a_backup_follows():
    naming = {table.label: table.file_columns for table in kept_tables() if table.file_columns}

    assert naming == {
        "dossiers.consultation": ["sha256"],
        "dossiers.draftopened": ["sha256"],
        "dossiers.issuedpaper": ["sha256"],
        "dossiers.resultdocument": ["sha256"],
        "dossiers.scannedpaper": ["sha256", "preview_sha256"],
        "dossiers.signoff": ["sha256"],
    }
