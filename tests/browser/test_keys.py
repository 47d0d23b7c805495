"""The keys of the counter on the real pages, and log-in and display choices without JavaScript."""
import pytest
from playwright.sync_api import expect

from dossiers.models import Dossier
from dossiers.tests.makers import make_clerk, make_dossier
from onestop.staff.roles import Role
from onestop.testing import make_user
from tests.browser.scene import make_scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("where", ["/quay/", "/ho-so/", "/tro-giup/phim-tat/", "/quay/ban-giao/"])
def test_f2_opens_the_intake_from_anywhere(page, log_in_browser, where):
    log_in_browser(page, make_clerk())
    page.goto(where)

    with page.expect_navigation():
        page.keyboard.press("F2")

    expect(page.get_by_role("heading", level=1)).to_have_text("Tiếp nhận hồ sơ")


@pytest.mark.parametrize(("where", "box"), [("/quay/", "#scan"), ("/quay/tiep-nhan/", "#id_scan"), ("/tro-giup/phim-tat/", "#tim-nhanh")])
def test_f4_leads_to_the_scan_box_or_the_search(page, log_in_browser, where, box):
    log_in_browser(page, make_clerk())
    page.goto(where)
    page.locator("h1").click()

    page.keyboard.press("F4")

    expect(page.locator(box)).to_be_focused()


@pytest.mark.parametrize("where", ["/ho-so/{code}/", "/quay/da-tiep-nhan/{code}/", "/quay/"])
def test_f8_opens_the_slip_again(page, log_in_browser, where):
    dossier = make_dossier(by=make_clerk())
    log_in_browser(page, make_clerk())
    page.goto(where.format(code=dossier.code))

    with page.context.expect_page() as opened:
        page.keyboard.press("F8")

    assert opened.value.url.endswith(f"/ho-so/{dossier.code}/in/giay-hen/")


def test_ctrl_enter_on_the_desk_opens_certification_and_f9_does_nothing(page, log_in_browser):
    log_in_browser(page, make_clerk())
    page.goto("/quay/")
    page.keyboard.press("F9")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bàn làm việc hôm nay")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chứng thực")


@pytest.mark.parametrize("key", ["F9", "Control+Enter"])
def test_saving_keys_save_nothing_incomplete(page, log_in_browser, key):
    log_in_browser(page, make_clerk())
    page.goto("/quay/tiep-nhan/")

    with page.expect_navigation():
        page.keyboard.press(key)

    expect(page.get_by_role("alert")).to_be_focused()
    assert not Dossier.objects.exists()


def test_enter_never_saves_with_the_script_either(page, log_in_browser):
    make_scene()
    log_in_browser(page, make_clerk())
    count = Dossier.objects.count()
    page.goto("/quay/tiep-nhan/")
    page.locator("#id_procedure").fill("ks")
    page.keyboard.press("Enter")
    expect(page.locator("#id_all_there")).to_be_visible()

    for box in ("#id_name", "#id_phone", "#id_procedure", "#id_all_there", "#id_child-name", "#id_delivery_address"):
        page.locator(box).focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Tiếp nhận hồ sơ")

    assert Dossier.objects.count() == count


def test_the_keys_can_be_switched_off(page, log_in_browser):
    log_in_browser(page, make_user(Role.CLERK, shortcuts_on=False))
    page.goto("/quay/")

    page.keyboard.press("F2")
    page.wait_for_timeout(200)

    expect(page.get_by_role("heading", level=1)).to_have_text("Bàn làm việc hôm nay")


def test_log_in_out_and_display_choices_need_no_script(new_page):
    clerk = make_user(Role.CLERK, password="mot-hai-ba-bon-nam")
    page = new_page(javascript=False)
    page.goto("/quay/")
    page.get_by_label("Tên đăng nhập").fill(clerk.username)
    page.get_by_label("Mật khẩu", exact=True).fill("sai")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Tên đăng nhập")).to_have_value(clerk.username)
    page.get_by_label("Mật khẩu", exact=True).fill("mot-hai-ba-bon-nam")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bàn làm việc hôm nay")

    page.get_by_role("button", name="A+ cỡ chữ lớn").click()
    page.get_by_role("button", name="Tương phản cao").click()

    expect(page.locator("html")).to_have_attribute("class", "size-125 contrast")
    expect(page.locator("html")).to_have_css("font-size", "20px")
    expect(page.locator("body")).to_have_css("background-color", "rgb(0, 0, 0)")
    assert page.url.endswith("/quay/")
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")


def test_the_public_side_changes_its_language_and_the_staff_side_does_not(new_page, log_in_browser):
    page = new_page(javascript=False)
    page.goto("/tra-cuu/")
    page.get_by_role("button", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/tra-cuu/")
    log_in_browser(page, make_clerk())
    page.goto("/quay/")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
