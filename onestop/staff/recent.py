"""Who logged in at this PC lately: the names that "Đổi người" offers.

A signed cookie with at most six user names and nothing else. It also tells the usual PC of
a person from a stranger's: guesses from elsewhere never lock a person out here.
"""
from __future__ import annotations

import json

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from onestop.staff.models import User

COOKIE_NAME = ("" if settings.ON_LOOPBACK else "__Host-") + "may-nay"
COOKIE_AGE = 60 * 24 * 3600
SALT = "onestop.staff.recent"
MOST = 6


def usernames_here(request: HttpRequest) -> list[str]:
    """The user names that logged in at this PC, the latest first; a forged or worn-out cookie holds none."""
    try:
        names = json.loads(request.get_signed_cookie(COOKIE_NAME, salt=SALT, max_age=COOKIE_AGE))
    except (KeyError, signing.BadSignature, ValueError):
        return []
    return [name for name in names if isinstance(name, str)][:MOST] if isinstance(names, list) else []


def people_here(request: HttpRequest) -> list[User]:
    """The active accounts behind these names, the latest first; one query, none when there are no names."""
    names = usernames_here(request)
    if not names:
        return []
    found = {person.username: person for person in User.objects.active().filter(username__in=names)}
    return [found[name] for name in names if name in found]


def remember(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """Put the name in front of the list; the seventh falls off."""
    names = [username, *(name for name in usernames_here(request) if name != username)][:MOST]
    response.set_signed_cookie(
        COOKIE_NAME,
        json.dumps(names, separators=(",", ":")),
        salt=SALT,
        max_age=COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
