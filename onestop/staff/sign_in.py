"""Coming and going at a counter PC: the session begins and ends, and the history says so."""
from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest

from onestop.history.access import AccessKind, note_access
from onestop.history.rows import SITE
from onestop.staff import accounts
from onestop.staff.models import User


def sign_in(request: HttpRequest, user: User, *, at: datetime) -> bool:
    """Begin a session under a new id; false when the account's first password is spent."""
    if user.must_change_password and not user.is_demo and not accounts.use_first_password(user, at=at):
        return False
    login(request, user, settings.AUTHENTICATION_BACKENDS[-1])
    note_access(request, AccessKind.LOG_IN, subject=f"user:{user.pk}")
    return True


def sign_out(request: HttpRequest) -> None:
    """End the session: its row is deleted, so the old cookie opens nothing."""
    if request.user.is_authenticated:
        note_sign_out(request, "")
    logout(request)


def note_sign_out(request: HttpRequest, reason: str) -> None:
    """Write down that the person left, or why the session ended ("idle", "day")."""
    note_access(request, AccessKind.LOG_OUT, subject=f"user:{request.user.pk}", detail=reason)


def note_failed_sign_in(request: HttpRequest, username: str) -> None:
    """Write down a refused log-in.

    By the number of the account: what was typed may be a password in the wrong field.
    The account is looked up whether it exists or not, so that both take as long.
    """
    pk, agency_id = User.objects.filter(username=username).values_list("pk", "agency_id").first() or (None, SITE)
    note_access(request, AccessKind.LOG_IN_FAILED, subject=f"user:{pk}" if pk else "", agency_id=agency_id)
