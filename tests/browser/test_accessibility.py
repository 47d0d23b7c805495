"""Every page, as everybody who may open it sees it: accessible, and no wider than the screen.

With SCREENSHOTS_DIR=folder the run also leaves a picture of each page at 320 and 1280 points there.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import OperationalError
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page, expect

from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from tests.browser.checker import EVERYTHING, LOOKS_ONLY, faults_found
from tests.browser.pages import READY, Visit, url_name
from tests.browser.scene import Scene, make_scene
from tests.browser.visits import NO_PAGES, VISITS, WHO

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Look:
    """How somebody sees a page: width of the screen in points, contrast, size of letters in percent."""

    width: int
    contrast: bool = False
    letters: int = 100
    rules: dict = field(default_factory=lambda: LOOKS_ONLY, repr=False)

    def __str__(self) -> str:
        return f"{self.width} points, {'high' if self.contrast else 'normal'} contrast, letters of {self.letters} %"

    def put_on(self, page: Page) -> None:
        """As the display choices do it, without asking for the page again.

        The window is made as tall as the page: a bar that sticks to its edge then covers nothing that scrolling would uncover.
        """
        page.set_viewport_size({"width": self.width, "height": 900})
        page.evaluate(
            """([contrast, letters]) => {
                const root = document.documentElement;
                root.classList.toggle('contrast', contrast);
                root.style.fontSize = letters === 100 ? '' : letters + '%';
            }""",
            [self.contrast, self.letters],
        )
        tall = page.evaluate("document.scrollingElement.scrollHeight")
        page.set_viewport_size({"width": self.width, "height": max(tall, 900)})


# The usual look, and all the hard things at once; what a page is made of does not change with its size.
LOOKS = [Look(1280, rules=EVERYTHING), Look(320, contrast=True, letters=200)]
PICTURES = [Look(1280), Look(320)]
# With --stress each hard thing by itself too.
MORE_LOOKS = [
    Look(320, rules=EVERYTHING),
    Look(320, contrast=True),
    Look(1280, contrast=True, letters=200),
    Look(320, letters=200),
]


def faults_of(page: Page, looks: Sequence[Look] = LOOKS) -> Iterator[tuple[str, str]]:
    # After a click the page is there before its styles are.
    page.wait_for_load_state(READY)
    for look in looks:
        look.put_on(page)
        for fault in faults_found(page, look.rules):
            yield str(look), fault
        sideways = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
        if sideways > 0:
            yield str(look), f"{sideways} points wider than the screen"


def take_pictures(page: Page, name: str) -> None:
    if not (folder := os.environ.get("SCREENSHOTS_DIR")):
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for look in PICTURES:
        look.put_on(page)
        page.screenshot(path=f"{folder}/{name}-{look.width}.png", full_page=True)


def first_states(scene: Scene) -> list[Visit]:
    """Each page once, as whoever comes first in the list sees it."""
    first: dict[str, Visit] = {}
    for visit in VISITS:
        name = url_name(visit.address(scene))
        first.setdefault(name or visit.name, visit)
    return list(first.values())


# One scene serves several people: it takes longer to set up than many pages to judge.
SIGN = ("leader", "head", "specialist", "archivist")
PEOPLE = [("clerk",), ("visitor", "newcomer"), SIGN, tuple(who for who in WHO if who not in {"clerk", "visitor", "newcomer", *SIGN})]


@pytest.mark.parametrize("people", PEOPLE, ids=lambda people: people[0])
def test_every_page_is_accessible_in_every_look(new_page, log_in_browser, request, full_size, people):
    # The others' pages are about the scene's own dossiers, whose dates the real calendar would move.
    if {"visitor", "clerk"} & set(people):
        request.getfixturevalue("catalogue")
    scene = make_scene()
    faults = []
    looks = LOOKS + MORE_LOOKS if full_size else LOOKS
    # The quick run judges each page once, in the first of its states; --stress in all of them.
    visits = VISITS if full_size else first_states(scene)

    for who in people:
        page = new_page()
        if person := scene.person(who):
            log_in_browser(page, person)
        for visit in (visit for visit in visits if visit.who == who):
            visit.open(page, scene)
            faults += [(visit.name, *fault) for fault in faults_of(page, looks)]
            take_pictures(page, visit.name)

    assert not faults, "\n".join(" | ".join(fault) for fault in faults)


@pytest.mark.parametrize(("error", "sentence"), [(RuntimeError, "Hệ thống gặp lỗi"), (OperationalError, "quầy vẫn tiếp dân")])
def test_the_pages_of_a_breakdown_are_accessible_too(new_page, monkeypatch, error, sentence):
    def broken(*args: object) -> None:
        raise error

    make_agency()
    monkeypatch.setattr("onestop.views.today_at_the_desk", broken)
    page = new_page()

    page.goto("/")

    expect(page.locator("body")).to_contain_text(sentence)
    assert list(faults_of(page)) == []
    take_pictures(page, f"breakdown-{error.__name__}")


def test_the_pages_around_the_first_password_and_the_locked_log_in_are_accessible(new_page, log_in_browser, settings):
    settings.AXES_FAILURE_LIMIT = 1
    page = new_page()
    log_in_browser(page, make_user(Role.ADMIN))
    page.goto("/quan-tri/nguoi-dung/them/")
    page.get_by_label("Tên đăng nhập").fill("moi.den")
    page.get_by_label("Họ và tên", exact=True).fill("Thạch Sà Phi")
    page.get_by_label("Công chức tiếp nhận").check()
    page.get_by_role("button", name="Lập tài khoản").click()
    password = page.locator("main dd.code").last.inner_text()
    faults = [("first-password", *fault) for fault in faults_of(page)]
    take_pictures(page, "first-password")

    newcomer = new_page()
    for name, typed, heading in (("sai.ten", "sai", "Đã thử quá nhiều lần"), ("moi.den", password, "Đổi mật khẩu")):
        newcomer.goto("/dang-nhap/")
        newcomer.get_by_label("Tên đăng nhập").fill(name)
        newcomer.get_by_label("Mật khẩu", exact=True).fill(typed)
        newcomer.get_by_role("button", name="Đăng nhập", exact=True).click()
        expect(newcomer.get_by_role("heading", level=1)).to_have_text(heading)
        faults += [(heading, *fault) for fault in faults_of(newcomer)]
        take_pictures(newcomer, f"log-in-{name}")

    assert not faults, "\n".join(" | ".join(fault) for fault in faults)


def names_of(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for item in resolver.url_patterns:
        if isinstance(item, URLPattern):
            yield f"{namespace}{item.name}"
        else:
            yield from names_of(item, f"{namespace}{item.namespace}:" if item.namespace else namespace)


def test_the_list_of_pages_is_complete():
    scene = make_scene()

    listed = {url_name(visit.address(scene)) for visit in VISITS} - {""}

    assert set(names_of(get_resolver())) - listed - NO_PAGES == set()


def test_no_two_visits_have_one_name():
    """A picture is kept under the name of its visit."""
    assert [name for name, times in Counter(visit.name for visit in VISITS).items() if times > 1] == []
