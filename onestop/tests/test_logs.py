"""Logs hold no personal data, and a forwarded address is believed only as far as the proxies reach."""
import json
import logging

import pytest
import structlog
from django.http import HttpResponse

from onestop.logs import RequestLogMiddleware, client_address, error_id, limited_address


@pytest.fixture
def lines():
    """Every line that the configured handler would write, read back from JSON."""
    formatters = (handler.formatter for handler in logging.getLogger().handlers)
    formatter = next(formatter for formatter in formatters if isinstance(formatter, structlog.stdlib.ProcessorFormatter))
    kept = []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(json.loads(formatter.format(record)))

    keep = Keep()
    logging.getLogger().addHandler(keep)
    yield kept
    logging.getLogger().removeHandler(keep)


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, "203.0.113.9", None, "203.0.113.9"),
        (0, "203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody vouches for the header
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # the visitor's own entry is never read
        (2, "10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "10.0.0.1", "198.51.100.1", "10.0.0.1"),  # came round the outer proxy: its own address counts
        (1, "10.0.0.1", None, "10.0.0.1"),
        (1, "10.0.0.1", "<script>", "10.0.0.1"),
        (1, "10.0.0.1", "198.51.100.1:51234", "198.51.100.1"),
        (1, "10.0.0.1", "[2001:db8::7]:51234", "2001:db8::7"),
        (1, "10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        (0, "", None, ""),
    ],
)
def test_client_address_trusts_only_the_configured_proxies(rf, settings, proxies, remote, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR=remote, **headers)) == address


@pytest.mark.parametrize(
    ("remote", "address"),
    [("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"), ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"), ("", "")],
)
def test_limits_count_an_ipv6_network_as_one_visitor(rf, remote, address):
    assert limited_address(rf.get("/", REMOTE_ADDR=remote)) == address


def test_request_line_names_the_route_and_never_the_address_bar(rf, lines):
    request = rf.get("/tc/SECRET/", {"ten": "Thạch Thị Sóc Kha"}, REMOTE_ADDR="203.0.113.9")
    response = RequestLogMiddleware(lambda request: HttpResponse("ok"))(request)
    (line,) = lines
    assert {key: line[key] for key in ("event", "method", "page", "status", "user", "request")} == {
        "event": "request",
        "method": "GET",
        "page": "",
        "status": 200,
        "user": None,
        "request": error_id(request),
    }
    assert response["X-Request-ID"] == error_id(request)
    text = json.dumps(line, ensure_ascii=False)
    assert not any(part in text for part in ("SECRET", "Thạch", "203.0.113.9"))


def test_request_number_is_our_own_whatever_the_visitor_sends(rf):
    request = rf.get("/", HTTP_X_REQUEST_ID="084185006123")
    response = RequestLogMiddleware(lambda request: HttpResponse())(request)
    assert response["X-Request-ID"] != "084185006123"
    assert len(response["X-Request-ID"]) == 8


def test_static_files_are_not_logged(rf, lines):
    RequestLogMiddleware(lambda request: HttpResponse())(rf.get("/static/css/site.css"))
    assert lines == []


def test_unknown_method_is_not_repeated(rf, lines):
    RequestLogMiddleware(lambda request: HttpResponse())(rf.generic("NGUYENVANA", "/"))
    assert [line["method"] for line in lines] == ["other"]


def test_failure_is_logged_by_type_and_place_without_its_text(lines):
    try:
        try:
            raise KeyError("084185006123")
        except KeyError as cause:
            raise ValueError("Thạch Thị Sóc Kha") from cause
    except ValueError:
        logging.getLogger("django.request").error("%s: %s", "Internal Server Error", "/tc/SECRET/", exc_info=True)
    (line,) = lines
    assert (line["event"], line["error"], line["causes"]) == ("request failed", "ValueError", ["KeyError"])
    assert line["places"][0].startswith("onestop/tests/test_logs.py:")
    text = json.dumps(line, ensure_ascii=False)
    assert not any(part in text for part in ("084185006123", "Thạch", "SECRET"))


def test_failure_logged_by_our_own_logger_keeps_its_text_to_itself(lines):
    try:
        raise ValueError("Thạch Thị Sóc Kha")
    except ValueError:
        structlog.get_logger("onestop.test").exception("could not do it")
    assert [(line["event"], line["error"], "Thạch" in str(line)) for line in lines] == [("could not do it", "ValueError", False)]


@pytest.mark.parametrize(
    ("logger", "event"),
    [("django.security.csrf", "Forbidden (%s): %s"), ("dossiers.tasks", "Forbidden (reason): SECRET")],
)
def test_arguments_are_filled_in_for_our_own_messages_only(lines, logger, event):
    logging.getLogger(logger).warning("Forbidden (%s): %s", "reason", "SECRET")
    assert [line["event"] for line in lines] == [event]


@pytest.mark.parametrize("logger", ["django.server", "axes.handlers.database", "django.db.backends"])
def test_talkative_libraries_are_silent(logger):
    assert not logging.getLogger(logger).isEnabledFor(logging.INFO)
