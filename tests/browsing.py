"""A real browser in tests: Debian's Chromium, driven against the live server.

Loaded as a pytest plugin by the top-level conftest, so that any test may ask for `page`, `axe`
or `log_in_browser`. Mark such tests `browser`.
"""
import os
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# What never leaves the machine; the viewer of papers is a part of the browser.
OF_THE_BROWSER = ("data:", "blob:", "about:", "chrome:", "chrome-extension:")
# WCAG 2.2 AA and what it builds on.
AXE_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
            yield chromium
            chromium.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def new_page(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """Open a page in a fresh browser profile: `new_page(width=320, javascript=False, …)`.

    Addresses are relative to the live server. At the end of the test it is an error when a page
    asked another host for anything, or when a script failed.
    """
    contexts: list[BrowserContext] = []
    under_way: set[Request] = set()
    strangers: list[str] = []
    faults: list[str] = []

    def keep_at_home(route: Route, request: Request) -> None:
        if request.url.startswith((live_server.url + "/", *OF_THE_BROWSER)):
            route.continue_()
        else:
            strangers.append(request.url)
            route.abort()

    def open_page(*, width: int = 1280, height: int = 900, javascript: bool = True, **options) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="vi-VN",
            timezone_id=settings.TIME_ZONE,
            **options,
        )
        contexts.append(context)
        context.route("**/*", keep_at_home)
        context.on("request", lambda request: under_way.add(request))
        context.on("requestfinished", lambda request: under_way.discard(request))
        context.on("requestfailed", lambda request: under_way.discard(request))
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_page
    # A request still being answered would meet the next test's database.
    for context in contexts:
        for _ in range(100):
            if not under_way or not context.pages:
                break
            context.pages[0].wait_for_timeout(20)
        context.close()
    assert strangers == [], "a page asked another host"
    assert faults == [], "a script failed"


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of 1280 × 900 points with JavaScript."""
    return new_page()


@pytest.fixture
def log_in_browser(live_server) -> Callable[[Page, object], None]:
    """`log_in_browser(page, user)`: that page's profile is logged in as the user, without a password."""

    def log_in(page: Page, user: object) -> None:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return log_in


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)`: what the accessibility checker holds against the page, one line each; [] is good."""
    checker = Axe()

    def check(page: Page) -> list[str]:
        # After a click the page is there before its styles are.
        page.wait_for_load_state()
        found = checker.run(page, options=AXE_RULES).response["violations"]
        return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]

    return check
