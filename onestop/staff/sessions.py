"""The session store: Django's table, and when the session was last saved.

The row's expiry says when it was saved, so idleness is measured without a second field
that every request would have to write.
"""
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """`saved_at`: when the stored session was last written; None for one that is new in this request."""

    saved_at: datetime | None = None

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()
        if row is not None:
            self.saved_at = row.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return row
