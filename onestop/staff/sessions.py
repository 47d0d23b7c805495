"""The session store: Django's table, and when the session was last saved.

The row's expiry says when it was saved, so idleness is measured without a second field
that every request would have to write.
"""
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils import timezone


class SessionStore(db.SessionStore):
    """`saved_at`: when the stored session was last written; None for one that is new in this request."""

    saved_at: datetime | None = None

    def _get_session_from_db(self) -> Any:
        """The two columns that a request needs, without building a row object: this runs on every staff page."""
        found = self.model.objects.filter(session_key=self.session_key, expire_date__gt=timezone.now())
        for data, expires in found.values_list("session_data", "expire_date")[:1]:
            self.saved_at = expires - timedelta(seconds=settings.SESSION_COOKIE_AGE)
            return SimpleNamespace(session_data=data)
        self._session_key = None
        return None
