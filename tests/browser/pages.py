"""How a page of the portal is reached: where it is, and what is done there before it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from playwright.sync_api import Page

from tests.browser.hands import MOTHER_CARD
from tests.browser.scene import Scene

# Styles and script are there then; whatever a frame still loads (a paper in the browser's viewer) is not waited for.
READY = "domcontentloaded"
Step = Callable[[Page, Scene], None]


@dataclass(frozen=True)
class Visit:
    """One page in one state. `where` is an address, or makes one from the scene; `then` is done there before looking."""

    name: str
    who: str
    where: str | Callable[[Scene], str]
    then: tuple[Step, ...] = ()

    def address(self, scene: Scene) -> str:
        return self.where if isinstance(self.where, str) else self.where(scene)

    def open(self, page: Page, scene: Scene) -> None:
        page.goto(self.address(scene), wait_until=READY)
        for step in self.then:
            step(page, scene)


def to(name: str, *args: object, query: str = "") -> Callable[[Scene], str]:
    """The page of this url name."""
    return lambda scene: reverse(name, args=args) + query


def dossier(name: str, what: str, *args: object, query: str = "") -> Callable[[Scene], str]:
    """A page of the scene's dossier."""
    return lambda scene: reverse(f"dossiers:{name}", args=[scene.code(what), *args]) + query


def process(name: str) -> Callable[[Scene], str]:
    """A page of the draft of an internal process."""
    return lambda scene: reverse(f"workflows:{name}", args=[scene.process.pk])


def text_of_office(name: str, what: str) -> Callable[[Scene], str]:
    """A page of the office's text (`text`) or of the draft of one (`text_draft`)."""
    return lambda scene: reverse(f"dossiers:{name}", args=[getattr(scene, what).pk])


def row_of(name: str, what: str, rows: str) -> Callable[[Scene], str]:
    """A page about the last row of these that the scene's dossier has."""
    return lambda scene: dossier(name, what, getattr(scene.dossiers[what], rows).last().pk)(scene)


def book(name: str, query: str = "") -> Callable[[Scene], str]:
    """A page of this month's book of copies."""
    return lambda scene: reverse(f"dossiers:{name}", args=["ban-sao", f"{timezone.localdate(scene.now):%Y-%m}"]) + query


def book_number(number: int) -> Callable[[Scene], str]:
    """One number of this year's book of copies."""
    return lambda scene: reverse("dossiers:certification_number", args=["ban-sao", timezone.localdate(scene.now).year, number])


def duty_day(name: str, *args: object, days: int = 0) -> Callable[[Scene], str]:
    """A page of the roster about the day so many days after the scene's."""
    return lambda scene: reverse(f"roster:{name}", args=[timezone.localdate(scene.now) + timedelta(days=days), *args])


def duty_month(name: str) -> Callable[[Scene], str]:
    """This month's duty sheet."""
    return lambda scene: reverse(f"roster:{name}", args=[f"{timezone.localdate(scene.now):%Y-%m}"])


def hand_over_list(scene: Scene) -> str:
    """The scene's list of hand-overs."""
    return scene.hand_overs.get_absolute_url()


def many(*what: str) -> Callable[[Scene], str]:
    """The page that signs these dossiers of the scene together."""
    return lambda scene: f"{reverse('dossiers:sign_many')}?{'&'.join(f'chon={scene.code(one)}' for one in what)}"


def press(button: str) -> Step:
    """Press the button of the main part and wait for what it leads to."""

    def step(page: Page, scene: Scene) -> None:
        with page.expect_navigation(wait_until=READY):
            page.get_by_role("main").get_by_role("button", name=button, exact=True).first.click()

    return step


def fill(box: str, text: str | Callable[[Scene], str]) -> Step:
    return lambda page, scene: page.locator(box).fill(text if isinstance(text, str) else text(scene))


def upload(content: bytes) -> Step:
    """Choose a file of this content that calls itself a PDF."""
    chosen = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": content}
    return lambda page, scene: page.locator("#id_file").set_input_files(chosen)


def follow(address: str) -> Step:
    """Go on to another page of ours, with what the first one has granted."""

    def step(page: Page, scene: Scene) -> None:
        page.goto(page.url.split("/tra-cuu/")[0] + address, wait_until=READY)

    return step


def without_token(page: Page, scene: Scene) -> None:
    """As a form left open for days: its token is not ours any more."""
    page.locator("main input[name=csrfmiddlewaretoken]").evaluate_all("boxes => boxes.forEach(box => box.value = 'x'.repeat(64))")


def without_choice(page: Page, scene: Scene) -> None:
    page.locator("main input[type=radio]").evaluate_all("boxes => boxes.forEach(box => box.checked = false)")


def tick(name: str) -> Step:
    """Tick the first box of this name."""
    return lambda page, scene: page.locator(f"main input[name$='{name}']").first.check()


def open_details(page: Page, scene: Scene) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def six_wrong_codes(page: Page, scene: Scene) -> None:
    for number in range(6):
        fill("#id_ma", scene.code("processing"))(page, scene)
        fill("#id_ma_tra_cuu", f"0000000{number}")(page, scene)
        press("Tra cứu")(page, scene)


SCANNED = (fill("#id_scan", MOTHER_CARD), press("Đọc thẻ"))
CHOSEN = (*SCANNED, fill("#id_procedure", "ks"), press("Đọc thẻ"))
TOKEN, BALLOT = "dossiers:token", "surveys:ballot"


def by_token(name: str, what: str) -> Callable[[Scene], str]:
    return lambda scene: reverse(name, args=[scene.token(what)])


def url_name(address: str) -> str:
    """The url name behind an address, "" for none."""
    try:
        return resolve(address.split("?")[0]).view_name
    except Resolver404:
        return ""
