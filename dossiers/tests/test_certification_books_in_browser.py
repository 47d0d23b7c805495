"""The pages of the certification books in a real browser: accessible, and inside a narrow screen, full and empty."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from dossiers import lifecycle
from dossiers.certification.tests.makers import certified, contract, copy, entries_of, make_head, signature, translation
from dossiers.tests.makers import make_clerk
from onestop.staff.roles import Role
from onestop.staff.signing import delegate
from onestop.testing import make_agency, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Nguyễn Trần Hoàng Phương Nguyễn Thị Ngọc Diễm Quỳnh"
PICTURES = os.environ.get("PICTURES", "")
"""A folder for pictures of the pages, to look at them."""


def books_in_use():
    """Lines of every book, one struck out, one long, one unsigned; a decision and a closed month. Returns the head."""
    now = timezone.now()
    lines = (copy(copies=3), copy("Giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở và tài sản khác gắn liền với đất"), signature())
    session = certified(*lines, contract(others="; ".join([LONG] * 3)), translation(), at=now, name=LONG)
    lifecycle.void_entry(entries_of(session)[0], reason="ghi nhầm tên giấy tờ", by=make_clerk(), at=now)
    head, specialist = make_head(), make_user(Role.SPECIALIST, full_name=LONG)
    lifecycle.sign_certifications(session, signer=head, by=head, at=now, no_interest=True)
    certified(at=now)
    today = timezone.localdate()
    given = {"decision_number": "45/QĐ-CT", "decision_date": today, "valid_from": today, "valid_to": today + timedelta(days=30)}
    kinds = ["certification.copy", "certification.signature"]
    delegate(delegator=head, to=specialist, mode="TUQ", kinds=kinds, by=head, at=now, title="CÔNG CHỨC TƯ PHÁP - HỘ TỊCH", **given)
    last_month = today.replace(day=1) - timedelta(days=1)
    lifecycle.close_book(head.agency, "BS", last_month.year, last_month.month, by=head, at=now)
    return head


def addresses() -> list[tuple[str, str]]:
    today = timezone.localdate()
    month = f"{today:%Y-%m}"

    def of(view: str, *args) -> str:
        return reverse(f"dossiers:{view}", args=args)

    return [
        ("books", of("certification_books")),
        *((f"book-{slug}", of("certification_book", slug, month)) for slug in ("ban-sao", "chu-ky", "nguoi-dich", "giao-dich")),
        ("found-nothing", of("certification_book", "ban-sao", month) + "?tu-khoa=zzz"),
        ("year", of("certification_book", "ban-sao", f"{today:%Y}")),
        ("close", of("certification_book_close", "ban-sao", month)),
        ("cash", of("certification_cash")),
        ("cash-mistake", of("certification_cash") + "?ngay=x"),
        ("counting", of("certification_counting")),
        ("clauses", of("certification_clauses")),
        ("clause", of("certification_clause", "01")),
        ("setting", of("certification_setting")),
        ("delegations", of("delegations")),
        ("delegation", of("delegation_new")),
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("width", [320, 1280])
def test_the_books_are_accessible_full_and_empty(new_page, live_server, log_in_browser, axe, width):
    head = books_in_use()
    newcomer = make_head(make_agency("H61.27", "Phú Tân An"))
    revoke = reverse("dossiers:delegation_revoke", args=[head.agency.delegations.get().pk])
    numbers = [reverse("dossiers:certification_number", args=["ban-sao", timezone.localdate().year, number]) for number in (1, 2, 3)]
    full = [*addresses(), ("revoke", revoke), *((f"number-{n}", address) for n, address in enumerate(numbers, 1))]
    page = new_page(width=width)
    for person, pages in ((head, full), (newcomer, [(f"{name}-empty", address) for name, address in addresses()])):
        log_in_browser(page, person)
        for name, address in pages:
            page.goto(address)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
            assert (name, axe(page)) == (name, [])
            assert (name, page.evaluate("document.documentElement.scrollWidth") <= width) == (name, True)


def test_empty_books_are_accessible_on_a_telephone(new_page, log_in_browser, axe):
    page = new_page(width=320)
    log_in_browser(page, make_head())
    for name, address in addresses()[:2]:
        page.goto(address)
        assert (name, axe(page)) == (name, [])
        assert (name, page.evaluate("document.documentElement.scrollWidth") <= 320) == (name, True)


@pytest.mark.parametrize("name", ["certification_setting", "delegation_new", "certification_clause"])
def test_mistakes_are_listed_at_the_top(new_page, log_in_browser, axe, name):
    page = new_page(width=320)
    log_in_browser(page, make_head())
    page.goto(reverse(f"dossiers:{name}", args=["01"] if name == "certification_clause" else []))
    for box in page.get_by_role("main").get_by_role("textbox").all():
        box.fill("")
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
