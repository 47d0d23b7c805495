"""Certification by keys alone, without scripts, and as it looks: the bulk of every day at the counter."""

import pytest
from playwright.sync_api import expect

from dossiers.certification.tests.makers import make_catalogue, make_head
from dossiers.models import CertificationEntry, Dossier
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk
from dossiers.tests.views.test_certifying import Clock
from tests.browser.hands import MOTHER_CARD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "/quay/chung-thuc/"


@pytest.fixture(autouse=True)
def _friday_morning(monkeypatch):
    clock = Clock()
    clock.moment = local("2026-11-20 09:30")
    for module in ("certifying", "certified", "acting"):
        monkeypatch.setattr(f"dossiers.views.{module}.timezone", clock)


def test_two_papers_and_five_copies_within_twenty_keys(page, live_server, log_in_browser, hands):
    """Issue: two kinds of paper, five copies, two of several pages; then signed and given back in two more acts."""
    make_catalogue()
    make_head()
    log_in_browser(page, make_clerk())
    page.goto(PAGE)
    loads = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    hands.scan(MOTHER_CARD)
    hands.type("cc 2 2")
    hands.go("Enter")
    hands.type("bt 3 3")
    hands.go("Enter")
    expect(page.get_by_text("Thu: 23.000 đồng")).to_be_visible()
    hands.go("F9")

    assert hands.keys == 15
    assert [(entry.number, entry.pages, entry.copies, entry.fee) for entry in CertificationEntry.objects.order_by("number")] == [
        (1, 2, 2, 8000),
        (2, 3, 3, 15000),
    ]
    expect(page.get_by_text("01/2026-SCT/BS").first).to_be_visible()

    hands.press("Space")  # what the signer declares
    hands.go("F9")
    hands.go("F9")
    assert Dossier.objects.get().status == Status.RETURNED
    assert (hands.keys, len(loads)) == (18, 6)
    expect(page.locator("#id_scan")).to_be_focused()


def test_the_same_without_a_script(new_page, live_server, log_in_browser):
    make_catalogue()
    head = make_head()
    page = new_page(width=320, javascript=False)
    log_in_browser(page, make_clerk())
    page.goto(PAGE)
    page.locator("#id_scan").fill(MOTHER_CARD)
    page.locator("#id_scan").press("Enter")
    expect(page.locator("#id_line-0-paper")).to_be_focused()
    page.locator("#id_line-0-paper").fill("cc 2 2, bt 3 3")
    page.locator("#id_line-0-paper").press("Enter")
    page.get_by_role("button", name="Lưu (F9)").click()
    page.get_by_label("Người ký xác nhận").check()
    page.get_by_role("button", name="Đã ký, đóng dấu").click()
    expect(page.get_by_text(f"Đã ghi: {head.full_name} ký, đã đóng dấu.")).to_be_visible()
    page.get_by_role("button", name="Đã trả").click()
    assert Dossier.objects.get().status == Status.RETURNED


@pytest.mark.thorough
@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_are_accessible_and_fit(new_page, live_server, log_in_browser, axe, width, tmp_path):
    make_catalogue()
    make_head()
    page = new_page(width=width)
    log_in_browser(page, make_clerk())

    def look(name: str) -> None:
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true; })")
        page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
        assert (name, axe(page)) == (name, [])
        assert (name, page.evaluate("document.documentElement.scrollWidth") <= width) == (name, True)

    page.goto(PAGE)
    look("empty")
    page.goto(PAGE)
    page.locator("#id_scan").fill(MOTHER_CARD)
    page.locator("#id_scan").press("Enter")
    page.locator("#id_line-0-paper").fill("cc 2 2, ll, uq, cd")
    page.get_by_role("button", name="Đọc").click()
    look("lines")
    page.get_by_role("button", name="Lưu (F9)").click()
    look("mistakes")
    page.goto(PAGE)
    page.locator("#id_name").fill("Thạch Sa")
    page.locator("#id_line-0-paper").fill("cc 2 2, bt 3 3")
    page.get_by_role("button", name="Đọc").click()
    page.get_by_role("button", name="Lưu (F9)").click()
    look("session")
    page.get_by_role("link", name="Hủy số 01").click()
    look("strike")
    page.goto("/quay/chung-thuc/hom-nay/")
    look("today")
    page.goto(f"{PAGE}luot/{Dossier.objects.get().code}/loi-chung/")
    look("clauses")
    page.goto("/quay/")
    look("desk")
