from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from onestop.history.canonical import canonical, digest, signature


class Colour(TextChoices):
    RED = "red", "Đỏ"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (7, "7"),
        ("Đặng", '"Đặng"'),
        (Colour.RED, '"red"'),
        (gettext_lazy("Đỏ"), '"Đỏ"'),
        (datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=7))), '"2026-11-23T02:30:00.000000+00:00"'),
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), '"2026-11-23T02:30:00.000000+00:00"'),
        (date(2026, 11, 23), '"2026-11-23"'),
        (time(9, 30), '"09:30:00.000000"'),
        (timedelta(hours=1), "3600000000"),
        (Decimal("15000.00"), '"15000.00"'),
        (Decimal("1E+3"), '"1000"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (b"\x00\xff", '"00ff"'),
        (memoryview(b"\x00\xff"), '"00ff"'),
        ({"b": [1, 2], "a": (3,)}, '{"a":[3],"b":[1,2]}'),
    ],
)
def test_every_kind_of_value_has_one_spelling(value, text):
    assert canonical(value) == text


@pytest.mark.parametrize("value", [datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None), object(), {1, 2}])
def test_a_value_without_one_spelling_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


def test_a_signature_depends_on_key_kind_and_parts(settings):
    signed = signature("event", 1, "a")
    assert signed == signature("event", 1, "a")
    assert len({signed, signature("head", 1, "a"), signature("event", 1, "b"), signature("event", "1", "a")}) == 4
    settings.HISTORY_KEY = "another key"
    assert signature("event", 1, "a") != signed


def test_a_salted_digest_differs_from_the_plain_one():
    assert len({digest("x"), digest("x", "salt"), digest("x", "other salt")}) == 3
    assert [len(digest("x")), len(digest("x", "salt"))] == [43, 43]
