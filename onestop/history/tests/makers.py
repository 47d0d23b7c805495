"""Throw-away tables for the history to vouch for, and the hand of someone with the database password."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models
from django.test.utils import isolate_apps

from onestop.history import rows, triggers
from onestop.history.models import Event
from onestop.history.record import record

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
HERE, THERE = 5, 6

with isolate_apps("onestop.history"):

    class Colour(models.TextChoices):
        RED = "red", "Đỏ"
        BLUE = "blue", "Xanh"

    class Case(models.Model):
        """Like a dossier: an agency, plain columns, personal columns, one that may change freely."""

        agency_id = models.BigIntegerField(null=True)
        code = models.CharField(max_length=40)
        name = models.CharField(max_length=100, blank=True)
        search_key = models.CharField(max_length=100, blank=True)

        class Meta:
            app_label = "history"

        def __str__(self) -> str:
            return self.code

    class Sample(models.Model):
        """One column of every kind."""

        id = models.UUIDField(primary_key=True)
        agency_id = models.BigIntegerField()
        colour = models.CharField(max_length=10, choices=Colour, default=Colour.RED)
        text = models.TextField(blank=True)
        count = models.IntegerField(null=True)
        amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
        ratio = models.FloatField(null=True)
        yes = models.BooleanField(default=False)
        at = models.DateTimeField(null=True)
        day = models.DateField(null=True)
        clock = models.TimeField(null=True)
        took = models.DurationField(null=True)
        facts = models.JSONField(default=dict)
        raw = models.BinaryField(default=b"")

        class Meta:
            app_label = "history"

        def __str__(self) -> str:
            return self.text


@contextmanager
def vouched_for(*models_: type[models.Model], **options: Any) -> Iterator[None]:
    """The tables exist and are tracked until the end of the block."""
    editor = connection.schema_editor(collect_sql=True)
    before = dict(rows._tracked)
    with connection.cursor() as cursor:
        for model in models_:
            cursor.execute(*editor.table_sql(model))
            rows.tracked(**options)(model)
        try:
            yield
        finally:
            rows._tracked.clear()
            rows._tracked.update(before)
            for model in models_:
                cursor.execute(f"DROP TABLE {model._meta.db_table}")


def act(subject: str = "case:1", *, agency_id: int = HERE, name: str = "case.changed", at: datetime = NOW, **parts: Any) -> Event:
    return record(agency_id=agency_id, act=name, subject=subject, at=at, **parts)


def sql(statement: str, *values: Any) -> None:
    """A statement of an intruder: straight to the tables, the triggers out of the way and back again."""
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    triggers.install()
