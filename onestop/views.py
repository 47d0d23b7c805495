"""Pages of the frame: home, help, statements, display choices, and the pages that say what went wrong."""
import sys
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onestop.display import BareFrame, Frame, choice_of, own_path, say_sessions
from onestop.logs import error_id
from onestop.roster.today import duty_today
from onestop.worktime import store
from onestop.worktime.calendar import CannotPromise

# A browser is told to come back after so many seconds when the database is away.
RETRY_AFTER = 10
# A form with one of these in a field's name is never written back into a page.
SECRET_WORDS = ("password", "mat_khau", "mat-khau")


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the visitor came for: his dossier, a procedure, whether the desk is open today."""
    agency, now = Frame(request).agency, timezone.localtime()
    context = {
        "today": today_at_the_desk(agency.pk, now) if agency else None,
        # A province receives in its own centre, whose roster is not kept here.
        "duty": duty_today(agency.pk, now) if agency and not agency.is_province else None,
    }
    return render(request, "frame/home.html", context)


@dataclass(frozen=True)
class Today:
    """Whether the desk receives people today: its hours, or the next day it does."""

    day: date
    hours: str
    is_open: bool
    next_day: date | None


def today_at_the_desk(agency_id: int, now: datetime) -> Today | None:
    """What the home page says of today; nothing when the calendar does not reach so far."""
    try:
        calendar = store.calendar_in_force(agency_id)
        sessions = store.opening_hours(agency_id).desk_sessions(now.date(), calendar)
        clock = now.time()
        return Today(
            day=now.date(),
            hours=say_sessions(sessions),
            is_open=any(opens <= clock <= closes for opens, closes in sessions),
            next_day=None if sessions else calendar.working_day_from(now.date()),
        )
    except CannotPromise:
        return None


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to use the portal, and whom to call."""
    return render(request, "frame/help.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement (Thông tư 26/2020/TT-BTTTT)."""
    return render(request, "frame/accessibility.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a citizen, who sees it, and what he may ask."""
    return render(request, "frame/privacy.html")


@require_http_methods(["GET", "HEAD", "POST"])
def shortcuts(request: HttpRequest) -> HttpResponse:
    """The keys of the staff pages, and the switch that turns them off for one's own account."""
    if request.method == "POST":
        request.user.shortcuts_on = request.POST.get("bat") == "1"
        request.user.save(update_fields=["shortcuts_on"])
        messages.success(request, "Đã bật phím tắt." if request.user.shortcuts_on else "Đã tắt phím tắt.")
        return see_other("shortcuts")
    return render(request, "frame/shortcuts.html")


def see_other(address: str) -> HttpResponse:
    """303: go on with GET, so that a reload never sends a form again."""
    response = redirect(address)
    response.status_code = 303
    return response


@csrf_exempt
@login_not_required
@require_POST
def choose_display(request: HttpRequest) -> HttpResponse:
    """Keep a display choice and return to the page it was made on.

    Without a CSRF token on purpose: a token in the header of every page would set a cookie on each of
    them and make none cacheable. Nothing is stored but the visitor's own preference, and a form sent
    from another site is refused by its origin.
    """
    if not _sent_from_here(request):
        return csrf_failure(request)
    chosen = choice_of(request).changed(
        language=request.POST.get("ngon-ngu", ""), size=request.POST.get("co-chu", ""), contrast=request.POST.get("tuong-phan", "")
    )
    response = see_other(own_path(request, request.POST.get("tiep", "")))
    chosen.keep(response)
    return response


def _sent_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that one of our own pages sent this form (old browsers say nothing)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


# -- what went wrong ----------------------------------------------------------------------
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """One answer for what does not exist and for what the visitor may not know of."""
    request.found_nothing = True
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was opened too long ago, or the browser keeps no cookies."""
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, with the number under which the log tells more; asks the database for nothing."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    context = {"frame": BareFrame(request), "error_id": error_id(request)}
    return HttpResponse(render_to_string("500.html", context), status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is away for a moment: what was typed stands in the page, ready to be sent again."""
    context = {"frame": BareFrame(request), "path": request.get_full_path(), "typed": _typed(request), "is_post": request.method == "POST"}
    response = HttpResponse(render_to_string("503.html", context), status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    add_never_cache_headers(response)
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the form that could not be saved; none of a form that holds a password or files."""
    if request.method != "POST":
        return []
    try:
        if request.FILES or any(word in name.lower() for name in request.POST for word in SECRET_WORDS):
            return []
        return [(name, value) for name, values in request.POST.lists() for value in values]
    except (UnreadablePostError, SuspiciousOperation):
        return []
