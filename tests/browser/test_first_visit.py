"""What a first visit costs over the wire, whom it tells, and what it leaves in the browser and in the page's text.

Asked of a server that compresses and hashes static files as in production (the live server of the tests does not).
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client
from playwright.sync_api import Browser, Page

from dossiers.views.public import GRANT
from onestop.staff.models import User
from surveys.views import ANSWER
from surveys.views import GRANT as BALLOT_GRANT
from tests.browser.pages import Visit
from tests.browser.scene import ADDRESS, NAMES, PERSONAL_ID, PHONE, Scene, make_scene
from tests.browser.visits import VISITS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KILOBYTE = 1000
STATUS_PAGE, PUBLIC_PAGE, STAFF_PAGE = 8 * KILOBYTE, 30 * KILOBYTE, 80 * KILOBYTE
ALLOWED_COOKIES = {GRANT.full_name, BALLOT_GRANT.full_name, ANSWER}
SECRETS = (*(name for name in NAMES), "Sơn Thị Hồng Nhung", PERSONAL_ID, PHONE, "0900 000 123", ADDRESS)


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """The portal writes its own log."""


@pytest.fixture
def server(live_server, settings, tmp_path) -> Iterator[str]:
    """The address of the portal with its static files compressed and named by their content."""
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}
    call_command("collectstatic", "--noinput", verbosity=0)
    httpd = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    httpd.set_app(get_wsgi_application())
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@dataclass
class Wire:
    """What one browser received since it was emptied: bytes of headers and bodies as sent, by address."""

    sizes: dict[str, float] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)

    def listen(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        # As a browser that has never been here: nothing comes from what it has seen.
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.requestWillBeSent", lambda event: self.asked.update({event["requestId"]: event["request"]["url"]}))
        session.on("Network.loadingFinished", lambda event: self.sizes.update({event["requestId"]: event["encodedDataLength"]}))

    @property
    def total(self) -> int:
        return round(sum(self.sizes.values()))

    @property
    def hosts(self) -> set[str]:
        return {url.split("/")[2] for url in self.asked.values() if url.startswith("http")}


@dataclass
class FirstVisit:
    page: Page
    wire: Wire


@pytest.fixture
def first_visit(browser: Browser, server):
    """Open a page as in a browser that has never been here: nothing kept, no cookie but those given."""
    context = browser.new_context(base_url=server, locale="vi-VN")
    page = context.new_page()
    wire = Wire()
    wire.listen(page)

    def visit(address: str, **cookies: str) -> FirstVisit:
        context.clear_cookies()
        context.add_cookies([{"name": name, "value": value, "url": server} for name, value in cookies.items()])
        page.goto("about:blank")
        wire.sizes.clear()
        wire.asked.clear()
        page.goto(address)
        page.wait_for_timeout(100)  # the last size is told a moment after the page is there
        return FirstVisit(page, wire)

    yield visit
    context.close()


def limit_of(visit: Visit) -> int:
    return STATUS_PAGE if visit.name.startswith("status-") else PUBLIC_PAGE


def test_public_pages_are_light_tell_nobody_and_name_nobody(first_visit, catalogue, server):
    scene = make_scene()
    heavy, strangers, cookies, named, sizes = {}, {}, {}, {}, {}

    for visit in (visit for visit in VISITS if visit.who == "visitor"):
        seen = first_visit(visit.address(scene))
        sizes[visit.name] = seen.wire.total
        if seen.wire.total > limit_of(visit):
            heavy[visit.name] = seen.wire.total, sorted(seen.wire.sizes.values())
        if others := seen.wire.hosts - {server.split("/")[2]}:
            strangers[visit.name] = others
        allowed = ALLOWED_COOKIES | ({"csrftoken"} if seen.page.locator("input[name=csrfmiddlewaretoken]").count() else set())
        if left := {cookie["name"] for cookie in seen.page.context.cookies()} - allowed:
            cookies[visit.name] = left
        for step in visit.then:
            step(seen.page, scene)
        if found := [secret for secret in SECRETS if secret.casefold() in unescape(seen.page.content()).casefold()]:
            named[visit.name] = found

    print(dict(sorted(sizes.items(), key=lambda item: -item[1])))
    assert (heavy, strangers, cookies, named) == ({}, {}, {}, {})


def test_a_citizen_who_looks_up_sees_his_name_shortened(first_visit):
    scene: Scene = make_scene()
    page = first_visit(f"/tc/{scene.token('ready')}/").page

    assert "Sơn M. K." in page.content()
    assert not [secret for secret in SECRETS if secret in page.content()]


def weight_of(seen: FirstVisit) -> int:
    """Bytes of a page of the staff, without the papers that it shows."""
    asked = seen.wire.asked
    assert [url for url in asked.values() if url.endswith(".css")], "nothing may come from what an earlier visit left"
    return sum(size for request, size in seen.wire.sizes.items() if not is_paper(asked.get(request, "")))


def test_the_first_pages_of_the_day_are_light_for_staff_too(first_visit, catalogue):
    """Where each begins, and wherever its navigation leads."""
    scene = make_scene()
    weights = {}

    for who, home in (("clerk", "/quay/"), ("specialist", "/xu-ly/"), ("leader", "/ky-duyet/")):
        session = session_of(scene.person(who))
        ways = first_visit(home, **session).page.locator("nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert home in ways
        weights |= {(who, address): weight_of(first_visit(address, **session)) for address in ways}

    assert {page: weight for page, weight in weights.items() if weight > STAFF_PAGE} == {}


@pytest.mark.thorough
def test_every_page_is_light_for_staff_in_each_of_its_states(first_visit, catalogue):
    scene = make_scene()
    sessions = {who: session_of(scene.person(who)) for who in ("clerk", "leader")}
    listed = [visit for visit in VISITS if visit.who in sessions and not visit.then]

    weights = {visit.name: weight_of(first_visit(visit.address(scene), **sessions[visit.who])) for visit in listed}

    assert {name: weight for name, weight in weights.items() if weight > STAFF_PAGE} == {}


def session_of(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def is_paper(address: str) -> bool:
    """A slip or a draft in a frame: a document of its own, with a limit of its own."""
    return "/in/" in address or "/tep/" in address or "/du-thao/" in address
