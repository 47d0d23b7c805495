"""Who may open a page, and whose dossiers a person may see at all.

Every page is closed unless it says otherwise; `role_required` narrows a closed page to
roles. Which dossier a person may see is asked in the dossiers' own querysets, which
build on `agencies_visible_to`.
"""
from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from onestop.history.access import AccessKind, note_access
from onestop.staff.models import Agency, AgencyQuerySet, User
from onestop.staff.roles import ACROSS_COMMUNES, Role

# The query key that carries the page to return to after log-in.
RETURN_KEY = "tiep"


def role_required(*roles: Role) -> Callable:
    """Let only people with one of these roles in: others get the 403 page, strangers the log-in page."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_log_in(request)
            if not request.user.has_role(*roles):
                return refused(request)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def keeps_typed(keep: Callable[[HttpRequest, User | None], str]) -> Callable:
    """Mark a page whose form outlives a session that ended meanwhile.

    `keep` puts by what was sent for the person whose session it was, None when nobody can tell, and answers with the
    address where it is found again, "" for none. It is called before the log-in page is shown.
    """

    def decorate(view: Callable) -> Callable:
        view.keep_typed = keep
        return view

    return decorate


def to_log_in(request: HttpRequest, back: str = "") -> HttpResponse:
    """Send a stranger to the log-in page, from which he returns to `back`, or to the page he asked for."""
    address = address_with_return(reverse("staff:log_in"), back or return_path_of(request))
    if getattr(request, "session_ended", False):
        address += "&het-phien=1"
    return redirect(address)


def address_with_return(address: str, back: str) -> str:
    """The address of a page that leads back to `back` when it is done."""
    return f"{address}?{urlencode({RETURN_KEY: back}, safe='/')}"


def return_path_of(request: HttpRequest) -> str:
    """The page to come back to: this one, or the one whose form was sent (an act cannot be repeated by opening it)."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(came_from)
        return urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return reverse("staff:start")


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The 403 page, naming whom to ask; also Django's handler for PermissionDenied. A refusal to staff is put on record."""
    if request.user.is_authenticated:
        page = request.resolver_match.view_name if request.resolver_match else ""
        note_access(request, AccessKind.REFUSED, detail=page)
    return render(request, "403.html", {"ask": whom_to_ask(request.user)}, status=403)


def whom_to_ask(user: Any) -> User | None:
    """The manager of the person's agency, else its head, else its administrator, if there is one beside himself."""
    if not user.is_authenticated:
        return None
    answering = (Role.MANAGER, Role.HEAD, Role.ADMIN)
    people = list(User.objects.active().filter(agency_id=user.agency_id).holding(*answering).exclude(pk=user.pk).order_by("pk"))
    for role in answering:
        for person in people:
            if person.has_role(role):
                return person
    return None


def agencies_visible_to(user: Any) -> AgencyQuerySet:
    """The agencies whose data the person may ask for: his own, and for some of the province also its communes.

    A queryset meant for `agency__in=…`: it joins the caller's query and costs none of its own.
    """
    if not user.is_authenticated or not user.is_active:
        return Agency.objects.none()
    if user.has_role(*ACROSS_COMMUNES) and user.agency.is_province:
        return Agency.objects.filter(pk=user.agency_id) | Agency.objects.filter(parent_id=user.agency_id)
    return Agency.objects.filter(pk=user.agency_id)


def public_agency(request: HttpRequest) -> Agency | None:
    """The agency whose name and telephone a public page shows: the only active commune, else the province.

    One query a request, remembered on the request; None on an empty database.
    """
    if not hasattr(request, "_public_agency"):
        # "province" sorts after "commune": the province first, then enough communes to tell one from several.
        first = list(Agency.objects.active().order_by("-level", "pk")[:3])
        communes = [agency for agency in first if not agency.is_province]
        request._public_agency = communes[0] if len(communes) == 1 else next(iter(first), None)
    return request._public_agency
