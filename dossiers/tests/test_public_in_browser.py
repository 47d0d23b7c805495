"""Look-up, state of the dossier and ballot in a real browser: accessible in every display choice, on a phone, without JavaScript."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dossiers.models import Dossier
from dossiers.statuses import Status
from dossiers.tests.makers import RECEIVED, make_dossier
from dossiers.tests.slips import make_supplement, secret_of, token_of, token_of_slip, wrong_secret_of
from onestop.display import COOKIE_NAME

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DISPLAYS = [
    (320, "vi-150-cao"),
    pytest.param(320, "en-150-thuong", marks=pytest.mark.thorough),
    pytest.param(1280, "vi-100-cao", marks=pytest.mark.thorough),
    pytest.param(320, "vi-100-thuong", marks=pytest.mark.thorough),
]


def make_returned():
    """Returned just now by the server's clock, so that its token still opens."""
    dossier = make_dossier(status=Status.RETURNED)
    Dossier.objects.filter(pk=dossier.pk).update(returned_at=timezone.now())
    return dossier


@pytest.mark.parametrize(("width", "choice"), DISPLAYS)
def test_the_public_pages_of_a_dossier_are_accessible(new_page, live_server, axe, width, choice):
    received, ready, returned = make_dossier(), make_dossier(status=Status.RESULT_READY), make_returned()
    late = make_dossier(status=Status.PROCESSING, at=RECEIVED - timedelta(days=60))
    tokens = [token_of(each) for each in (received, ready, returned, late)] + [token_of_slip(make_supplement())]
    page = new_page(width=width)
    page.context.add_cookies([{"name": COOKIE_NAME, "value": choice, "url": live_server.url}])

    for address in [
        "/tra-cuu/",
        *(f"/tc/{token}/" for token in tokens),
        "/tc/khong-phai/",
        f"/danh-gia/{tokens[2]}/",
        f"/danh-gia/{tokens[0]}/",
    ]:
        page.goto(address)
        for details in page.locator("details").all():
            details.click()
        assert (address, axe(page)) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_from_the_home_page_to_the_dossier_without_javascript(new_page):
    dossier = make_dossier()
    page = new_page(width=320, javascript=False)
    page.goto("/")

    page.get_by_label("Mã hồ sơ").fill(dossier.code.lower())
    page.get_by_role("button", name="Tra cứu", exact=True).click()
    page.get_by_label("Mã tra cứu 8 số trên giấy hẹn").fill(wrong_secret_of(dossier))
    page.get_by_role("button", name="Tra cứu", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Không tìm thấy hồ sơ")
    page.get_by_label("Mã tra cứu 8 số trên giấy hẹn").fill(secret_of(dossier))
    page.get_by_role("button", name="Tra cứu", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng ký khai sinh")
    assert page.url.endswith("/tra-cuu/ket-qua/")
    expect(page.locator("[aria-current=step]")).to_have_count(1)
    expect(page.locator("header").first).to_have_css("background-color", "rgb(18, 49, 74)")


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_slip_to_the_thanks_in_two_taps(new_page, javascript):
    returned = make_returned()
    page = new_page(width=320, javascript=javascript)
    page.goto(f"/tc/{token_of(returned)}/")

    page.get_by_role("link", name="Đánh giá phục vụ").click()
    # A click waits for the page, not for its styles.
    page.wait_for_load_state()
    for face in page.locator(".faces button").all():
        box = face.bounding_box()
        assert min(box["width"], box["height"]) >= 96
    page.get_by_role("button", name="Không hài lòng").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Cảm ơn ông/bà")
    page.get_by_label("Chờ lâu").check()
    page.get_by_role("button", name="Gửi thêm lý do").click()
    expect(page.get_by_label("Chờ lâu")).to_have_count(0)
