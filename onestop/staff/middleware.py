"""Pages closed by default, and the limits of a session at a shared counter PC."""
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from onestop.staff.access import RETURN_KEY, address_with_return, return_path_of, to_log_in
from onestop.staff.sign_in import note_sign_out

STARTED = "started_at"  # of the session, in whole seconds since 1970
SAVE_EVERY = timedelta(minutes=1)
NO_STORE = "private, no-store"


class ClosedByDefaultMiddleware(LoginRequiredMiddleware):
    """Every page that is not marked `@login_not_required` asks a stranger to log in."""

    redirect_field_name = RETURN_KEY

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponseBase:
        keep = getattr(view_func, "keep_typed", None)
        back = keep(request, getattr(request, "session_ended_of", None)) if keep and request.method == "POST" else ""
        response = to_log_in(request, back)
        response["Cache-Control"] = NO_STORE
        return response


class SessionLimitsMiddleware:
    """End sessions that are idle, a working day old or of a disabled account; keep staff pages out of every cache.

    Costs no query beyond session and user, and writes the session at most once a minute;
    idleness is therefore measured from up to a minute before the last page and never too
    late. A request without a session cookie passes untouched.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        was_someone = SESSION_KEY in request.session
        if was_someone:
            self._enforce(request, timezone.now())
        response = self.get_response(request)
        if was_someone:
            # Nothing is left to show when somebody presses "Back" after the log-out.
            response["Cache-Control"] = NO_STORE
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: Any, kwargs: Any) -> HttpResponse | None:
        """A first password opens no page but the one that replaces it."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not getattr(view, "login_required", True):
            return None
        if request.user.is_authenticated and request.user.must_change_password and not getattr(view, "open_to_first_password", False):
            return redirect(address_with_return(reverse("staff:change_password"), return_path_of(request)))
        return None

    def _enforce(self, request: HttpRequest, now: datetime) -> None:
        if not request.user.is_authenticated:
            # The account was disabled, or its password changed elsewhere.
            logout(request)
            request.session_ended = True
            return
        saved = request.session.saved_at or now
        started = datetime.fromtimestamp(request.session.get(STARTED, saved.timestamp()), UTC)
        reason = why_ended(started=started, seen=saved, now=now)
        if reason:
            note_sign_out(request, reason)
            person = request.user
            logout(request)
            request.session_ended_of = person
            request.session_ended = True
        elif now - saved >= SAVE_EVERY:
            request.session[STARTED] = int(started.timestamp())


def why_ended(*, started: datetime, seen: datetime, now: datetime) -> str:
    """"idle" after IDLE_LIMIT without a page, "day" when the local day or the longest session is over, "" while it lasts.

    A clock that jumped backwards ends nothing.
    """
    if now - seen >= settings.IDLE_LIMIT:
        return "idle"
    longest = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    if now - started >= longest or timezone.localdate(now) > timezone.localdate(started):
        return "day"
    return ""


def open_to_first_password(view: Callable) -> Callable:
    """Mark a page that a person with a first password may still open."""
    view.open_to_first_password = True
    return view
