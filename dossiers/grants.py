"""A grant: what a secret opened, kept for half an hour in a signed cookie that goes to a few pages only.

The secret itself is thus needed once and stands in no address. A grant names the version of the dossier's secret,
so a new slip shuts it. It is signed, not encrypted: it tells its holder nothing but a row number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from dossiers.lookup import Opened

LIFE = timedelta(minutes=30)


@dataclass(frozen=True)
class GrantCookie:
    """The cookie of one group of pages; grants of one group are worth nothing in another."""

    name: str
    path: str

    @property
    def full_name(self) -> str:
        # `__Host-` would ask for the path "/", and the narrow path is the better protection here.
        return self.name if settings.ON_LOOPBACK else f"__Secure-{self.name}"

    @property
    def _salt(self) -> str:
        return f"dossiers.grants.{self.name}"

    def keep(self, response: HttpResponse, opened: Opened) -> None:
        """Grant this browser what was opened."""
        response.set_cookie(
            self.full_name,
            signing.dumps([opened.kind, opened.pk, opened.version], salt=self._salt),
            max_age=LIFE,
            path=self.path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            # Not Strict: a link in a message or a scanned QR comes from another application.
            samesite="Lax",
        )

    def read(self, request: HttpRequest) -> Opened | None:
        """What was granted, or None when there is no grant, it is too old, or somebody else wrote it."""
        try:
            kind, pk, version = signing.loads(request.COOKIES.get(self.full_name, ""), salt=self._salt, max_age=LIFE)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return Opened(kind, pk, version)

    def drop(self, response: HttpResponse) -> None:
        """Forget the grant."""
        response.delete_cookie(self.full_name, path=self.path, samesite="Lax")
