"""The one spelling of a value, and the signature over it.

Whatever is hashed is first written as canonical text: JSON with sorted keys, no spaces,
moments in UTC with microseconds. The same row gives the same text on SQLite and PostgreSQL,
today and in ten years; changing a rule here breaks every chain that was ever written.
"""
import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise


def canonical(value: Any) -> str:
    """The value as canonical text. Raises TypeError for a kind of value that has no spelling yet."""
    return _writer.encode(value)


def _spell(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a moment without time zone has no canonical text")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, time):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, UUID | Promise):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"{type(value).__name__} has no canonical text")


_writer = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_spell)


def signature(kind: str, *parts: Any) -> str:
    """HMAC-SHA256 (64 hex digits) with the history key, which never stands in the database.

    `kind` keeps the signature of one sort of row from serving as that of another.
    """
    return hmac.digest(settings.HISTORY_KEY.encode(), canonical([kind, *parts]).encode(), "sha256").hex()


def digest(text: str, salt: str = "") -> str:
    """SHA-256 of the text in 43 characters; with a salt, worthless to whoever does not have it."""
    raw = hmac.digest(salt.encode(), text.encode(), "sha256") if salt else hashlib.sha256(text.encode()).digest()
    return urlsafe_b64encode(raw).decode().rstrip("=")
