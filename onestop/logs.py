"""Logs without personal data: which page was asked for, by which account number, how it went.

One JSON line per record on standard error. A line never holds an address bar (it may carry
a look-up token or a name), a form field, a person's name, an internet address or the text
of an exception (databases quote rows in it): the page is named by its route, a person by
the number of his account, a failure by its type and the places in the code. Who saw what
is kept in the history, not here.
"""
from __future__ import annotations

import logging
import logging.config
import secrets
import sys
import time
import traceback
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Loggers that write about our own work, in words of ours: their arguments are safe to show.
_OWN = ("onestop", "procedures", "dossiers", "surveys", "celery", "gunicorn")
_HOUSE = str(Path(__file__).resolve().parent.parent) + "/"

log = structlog.get_logger("onestop.requests")


# -- the visitor's address ----------------------------------------------------------------
def client_address(request: HttpRequest) -> str:
    """The visitor's internet address, "" when there is none (a socket, a test).

    `X-Forwarded-For` is believed only as far as the configured number of proxies in front
    (TRUSTED_PROXIES) vouches for it, counted from the right: what a visitor writes into the
    header himself stands further left and is never read.
    """
    near = _read_address(request.META.get("REMOTE_ADDR", ""))
    trusted = settings.TRUSTED_PROXIES
    if trusted:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= trusted:
            far = _read_address(hops[-trusted])
            if far:
                return str(far)
    return str(near or "")


def limited_address(request: HttpRequest) -> str:
    """The address that limits count by: an IPv6 visitor owns a whole /64, so it counts as one."""
    address = _read_address(client_address(request))
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address or "")


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in one entry of the header: bare, in brackets, or an IPv4 with its port."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address
    return address


# -- one line per request -----------------------------------------------------------------
def error_id(request: HttpRequest) -> str:
    """The number that an error page shows and that the log lines of this request carry."""
    return getattr(request, "request_id", "")


class RequestLogMiddleware:
    """Number the request, and write one line when it was answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Always a number of our own: one that a visitor sends could be forged or hold anything.
        request.request_id = secrets.token_hex(4).upper()
        started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=error_id(request))
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = error_id(request)
            if not request.path_info.startswith(settings.STATIC_URL):
                log.info("request", **describe(request, response), ms=round((time.perf_counter() - started) * 1000))
            return response
        finally:
            structlog.contextvars.clear_contextvars()


def describe(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """What a line may say of a request: the route instead of the address, a number instead of a name."""
    user = getattr(request, "_cached_user", None)  # whoever was looked up already: a log line costs no query
    return {
        "method": request.method if request.method in _METHODS else "other",
        "page": request.resolver_match.route if request.resolver_match else "",
        "status": response.status_code,
        "user": user.pk if user is not None and user.is_authenticated else None,
    }


# -- set-up -------------------------------------------------------------------------------
def configure(options: dict) -> None:
    """LOGGING_CONFIG of the settings: everything goes through one handler to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        fill_in_own_words,
                        name_the_failure,
                        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
                    ],
                    "use_get_message": False,
                    "pass_foreign_args": True,
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": {
                "django": {"handlers": [], "level": "INFO", "propagate": True},
                # The development server and the 4xx notes repeat the address bar; our own line stands for them.
                "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
                "django.request": {"level": "ERROR"},
                # Statements come with their values.
                "django.db.backends": {"level": "WARNING"},
                # Repeats user names and addresses; log-ins stand in the history.
                "axes": {"level": "ERROR"},
                "fontTools": {"level": "ERROR"},
                "weasyprint": {"level": "ERROR"},
            },
        }
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def fill_in_own_words(logger: Any, method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Put the arguments into messages of our own; a library's message stays a template, for its arguments may be anything."""
    arguments = line.pop("positional_args", None)
    if arguments and str(line.get("logger", "")).split(".")[0] in _OWN:
        try:
            line["event"] = str(line["event"]) % arguments
        except (TypeError, ValueError, KeyError):
            line["event"] = str(line["event"])
    elif line.get("logger") == "django.request":
        line["event"] = "request failed"
    return line


def name_the_failure(logger: Any, method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Replace an exception by its type, its causes and its places in the code, without its text."""
    info = line.pop("exc_info", None)
    line.pop("stack_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple):
        info = info[1]
    if not isinstance(info, BaseException):
        return line
    line["error"] = type(info).__name__
    line["causes"] = [type(cause).__name__ for cause in _causes(info)]
    for failure in (info, *_causes(info)):
        code = getattr(failure, "pgcode", None) or getattr(failure, "sqlite_errorname", None)
        if code:
            line["database_error"] = code
    frames = traceback.extract_tb(info.__traceback__)
    line["places"] = [f"{frame.filename.removeprefix(_HOUSE)}:{frame.lineno} {frame.name}" for frame in frames]
    return line


def _causes(failure: BaseException) -> list[BaseException]:
    """The exceptions behind this one, nearest first; a loop among them ends the list."""
    found: list[BaseException] = []
    cause = failure.__cause__ or failure.__context__
    while cause is not None and cause not in found and cause is not failure:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found
