"""The frame in a real browser: accessible in every display choice, and the script does what it says."""
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from onestop.display import COOKIE_NAME
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The list of pages has them in Vietnamese; every display with --stress.
THOROUGHLY = [(1280, "vi-100-thuong"), (320, "vi-100-thuong"), (320, "vi-150-cao")]
DISPLAYS = [(320, "en-150-thuong"), *(pytest.param(*display, marks=pytest.mark.thorough) for display in THOROUGHLY)]


@pytest.fixture
def chosen(new_page, live_server):
    """A page of this width, in the profile of a visitor who made these display choices."""

    def open_page(width, choice, **options):
        page = new_page(width=width, **options)
        page.context.add_cookies([{"name": COOKIE_NAME, "value": choice, "url": live_server.url}])
        return page

    return open_page


@pytest.mark.parametrize(("width", "choice"), DISPLAYS)
def test_the_pages_of_the_frame_are_accessible(chosen, axe, log_in_browser, width, choice):
    make_agency()
    page = chosen(width, choice)

    for address in ("/", reverse("help"), reverse("accessibility"), reverse("privacy"), "/khong-co/"):
        page.goto(address)
        assert (address, axe(page)) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    log_in_browser(page, make_user(Role.CLERK, counter_no="2"))
    page.goto(reverse("shortcuts"))
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_display_choices_work_without_javascript(new_page):
    page = new_page(javascript=False)
    page.goto(reverse("help"))

    page.get_by_role("button", name="A++").click()
    page.get_by_role("button", name="Tương phản cao").click()
    page.get_by_role("button", name="English").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Help")
    expect(page.locator("html")).to_have_attribute("class", "size-150 contrast")
    assert page.url.endswith(reverse("help"))


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(page):
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False])
def test_after_a_mistake_the_summary_has_the_focus(new_page, javascript):
    page = new_page(javascript=javascript)
    page.goto(reverse("staff:log_in"))

    page.get_by_role("button", name="Đăng nhập", exact=True).click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.title().startswith("Lỗi: ")
    summary.get_by_role("link").first.click()
    expect(page.locator("main input:not([type=hidden])").first).to_be_focused()


# -- the script, on forms of its own ------------------------------------------------------
@pytest.fixture
def with_script(new_page):
    """A page of ours whose body is replaced by this HTML, with the script run on it."""

    def show(body, *, attributes="data-shortcuts"):
        page = new_page()
        sent = []
        page.goto(reverse("help"))
        page.set_content(f"<!doctype html><title>x</title><body {attributes}>{body}")
        page.route("**/gui/", lambda route: (sent.append(route.request.post_data), route.fulfill(status=204)))
        page.add_script_tag(url="/static/js/site.js")
        return page, sent

    return show


def test_a_double_click_sends_once(with_script):
    page, sent = with_script('<form method="post" action="/gui/"><button name="luu" value="1">Lưu</button></form>')

    with page.expect_request("**/gui/"):
        page.get_by_role("button").dblclick()
    page.wait_for_timeout(200)

    assert sent == ["luu=1"]


@pytest.mark.parametrize(("key", "pressed"), [("F9", "in"), ("Control+Enter", "in"), ("F2", "moi"), ("F8", ""), ("F5", "")])
def test_a_shortcut_presses_the_control_that_names_it(with_script, key, pressed):
    page, _ = with_script(
        """<main><button id="in" type="button" data-key="F9 Ctrl+Enter">Lưu và in</button>
        <button id="moi" type="button" data-key="F2">Tiếp nhận</button></main>"""
    )
    page.evaluate("document.addEventListener('click', event => document.title = event.target.id)")
    page.evaluate("document.title = ''")
    if key == "F5":
        page.evaluate("document.addEventListener('keydown', event => event.preventDefault())")

    page.keyboard.press(key)

    assert page.title() == pressed


def test_shortcuts_are_silent_when_switched_off(with_script):
    page, _ = with_script('<input data-key="F4">', attributes="")

    page.keyboard.press("F4")

    expect(page.locator("input")).not_to_be_focused()


def test_the_scan_box_is_found_by_f4_before_the_search_in_the_header(with_script):
    page, _ = with_script('<header><input id="tim" data-key="F4"></header><main><input id="quet" data-key="F4"></main>')

    page.keyboard.press("F4")

    expect(page.locator("#quet")).to_be_focused()


def test_a_scan_is_sent_when_the_scanner_ends_with_tab(with_script):
    page, sent = with_script(
        """<form method="post" action="/gui/"><input name="quet" data-scan>
        <button name="viec" value="doc">Đọc thẻ</button><button>Lưu</button></form>"""
    )
    page.locator("input").fill("084185006123|334123456|Ten")

    with page.expect_request("**/gui/"):
        page.locator("input").press("Tab")
    page.wait_for_timeout(200)

    assert sent == ["quet=084185006123%7C334123456%7CTen&viec=doc"]


def test_everything_is_ticked_but_what_is_optional_and_unticked_again(with_script):
    page, _ = with_script(
        """<form><input type="checkbox" name="a-du"><input type="checkbox" name="b-du" checked>
        <input type="checkbox" name="c-du" data-optional><button type="button" data-check-all="-du">Đủ tất cả</button></form>"""
    )
    ticked = "[...document.querySelectorAll('input')].map(box => box.checked)"

    page.get_by_role("button").click()
    assert page.evaluate(ticked) == [True, True, False]
    page.get_by_role("button").click()
    assert page.evaluate(ticked) == [False, False, False]


def test_a_changed_form_is_saved_every_twenty_seconds(new_page):
    page = new_page()
    saved = []
    page.clock.install()
    page.goto(reverse("help"))
    page.set_content('<!doctype html><title>x</title><form data-autosave="/nhap/"><input name="ten"></form>')
    page.route("**/nhap/", lambda route: (saved.append(route.request.post_data), route.fulfill(status=200, body="")))
    page.add_script_tag(url="/static/js/site.js")

    page.clock.run_for(21_000)
    assert saved == []
    page.locator("input").fill("Kha")
    with page.expect_request("**/nhap/"):
        page.clock.run_for(21_000)
    page.wait_for_timeout(100)
    assert len(saved) == 1
    page.clock.run_for(41_000)
    assert len(saved) == 1


def test_a_form_with_a_draft_is_kept_on_the_screen_while_the_line_is_down(with_script):
    page, sent = with_script('<form method="post" action="/gui/" data-autosave="/nhap/"><input name="ten"><button>Lưu</button></form>')
    page.context.set_offline(True)

    page.get_by_role("button").click()

    expect(page.get_by_role("status")).to_have_text("Mất mạng. Dữ liệu vẫn còn trên màn hình. Đừng đóng trang.")
    assert sent == []
    page.context.set_offline(False)
    expect(page.locator(".banner")).to_be_hidden()


def test_the_end_of_the_session_is_told_two_minutes_before(new_page):
    page = new_page()
    page.clock.install()
    page.goto(reverse("help"))
    page.set_content('<!doctype html><title>x</title><body data-idle-seconds="900">')
    page.add_script_tag(url="/static/js/site.js")

    page.clock.run_for(779_000)
    expect(page.locator(".banner")).to_be_hidden()
    page.clock.run_for(2_000)
    expect(page.get_by_role("status")).to_contain_text("Phiên làm việc sẽ hết sau 2 phút nữa")
    page.clock.run_for(120_000)
    expect(page.get_by_role("status")).to_contain_text("Phiên làm việc đã hết")


def test_a_paper_prints_itself_and_opens_in_a_tab_where_that_is_refused(new_page):
    page = new_page()
    page.goto(reverse("help"))
    page.evaluate("window.open = address => { document.title = 'mở ' + address; }")
    paper = "<script>window.print = () => { throw 1 }</script>"
    page.route("**/giay/", lambda route: route.fulfill(status=200, content_type="text/html", body=paper))
    page.evaluate("document.body.innerHTML = '<iframe src=\"/giay/\" data-print title=\"Giấy hẹn\"></iframe>'")
    page.add_script_tag(url="/static/js/site.js")

    page.wait_for_function("document.title.startsWith('mở ')")
