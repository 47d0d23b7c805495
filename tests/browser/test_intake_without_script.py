"""The intake with JavaScript off: nothing typed is lost, nothing is saved twice, nothing is saved by accident."""
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from playwright.sync_api import Error, Page, expect

from dossiers.models import Dossier
from dossiers.tests.makers import make_clerk, make_version
from onestop.history.verify import first_problem
from tests.browser.hands import FATHER_CARD, MOTHER_CARD, Hands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
INTAKE = "/quay/tiep-nhan/"


@pytest.fixture
def version():
    """A birth registration by a parent: child and mother, two papers, three working days."""
    version = make_version()
    version.procedure.short_code = "ks"
    version.procedure.save()
    case = version.cases.get()
    case.subjects = [{"role": "child", "required": True}, {"role": "mother", "required": True}, {"role": "father", "required": False}]
    case.basis_allowed = ["parent_guardian"]
    case.save()
    return version


@pytest.fixture
def page(new_page, version, log_in_browser) -> Page:
    """A clerk's browser without JavaScript."""
    page = new_page(javascript=False)
    log_in_browser(page, make_clerk())
    return page


def fill_in(page: Page, *, child: str = "Sơn Minh Khang") -> None:
    """From the scan to the ticks, by the mouse; the page is then ready to be saved."""
    page.goto(INTAKE)
    page.locator("#id_scan").fill(MOTHER_CARD)
    page.get_by_role("button", name="Đọc thẻ").click()
    page.get_by_label("Điện thoại", exact=True).fill("0900 000 123")
    page.locator("#id_procedure").fill("ks")
    page.get_by_role("button", name="Đọc thẻ").click()
    page.get_by_label("Họ và tên trẻ").fill(child)
    page.get_by_label("Đủ các giấy tờ bắt buộc").check()


def save(page: Page) -> None:
    page.get_by_role("button", name="Lưu và in").click()


def test_a_dossier_is_received_by_the_mouse(page):
    fill_in(page)
    page.locator("#id_scan").fill(FATHER_CARD)
    page.get_by_role("button", name="Đọc thẻ").click()
    expect(page.get_by_label("Họ và tên cha")).to_have_value("Sơn Văn Phước")
    expect(page.get_by_label("Họ và tên trẻ")).to_have_value("Sơn Minh Khang")

    save(page)

    dossier = Dossier.objects.get()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã tiếp nhận")
    expect(page.get_by_role("main")).to_contain_text(dossier.code)
    expect(page.get_by_role("link", name="Mở phiếu để in")).to_have_attribute("href", f"/ho-so/{dossier.code}/in/giay-hen/")
    assert {party.role for party in dossier.parties.all()} == {"filer", "mother", "father", "child"}


def test_a_dossier_is_received_by_keys_alone(page):
    hands = Hands(page)
    page.goto("/quay/")
    hands.scan(MOTHER_CARD)
    expect(page.get_by_label("Điện thoại", exact=True)).to_be_focused()
    hands.copy("0900000123")
    hands.go("Enter")
    expect(page.locator("#id_procedure")).to_be_focused()
    hands.type("ks")
    hands.go("Enter")
    expect(page.get_by_label("Họ và tên trẻ")).to_be_focused()
    hands.copy("Sơn Minh Khang")
    hands.go("Enter")
    expect(page.get_by_label("Đủ các giấy tờ bắt buộc")).to_be_focused()
    hands.press("Space")
    hands.go("Enter")
    expect(page.get_by_role("button", name="Lưu và in")).to_be_focused()
    hands.go("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Đã tiếp nhận")
    assert Dossier.objects.count() == 1


def test_mistakes_are_listed_at_the_top_and_at_their_boxes_and_nothing_typed_is_lost(page):
    fill_in(page, child="Khang 2")
    page.get_by_label("Điện thoại", exact=True).fill("12345")
    page.get_by_label("Ngày sinh", exact=True).first.fill("31/02/1985")

    save(page)

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.title().startswith("Lỗi: ")
    expect(summary.get_by_role("heading")).to_have_text("Có 3 chỗ cần sửa")
    for box, value in (("phone", "12345"), ("birth", "31/02/1985"), ("child-name", "Khang 2"), ("mother-name", "Thạch Thị Sóc Kha")):
        expect(page.locator(f"#id_{box}")).to_have_value(value)
    wrong = page.locator("[aria-invalid=true]")
    assert wrong.evaluate_all("boxes => boxes.map(box => box.id).sort()") == ["id_birth", "id_child-name", "id_phone"]
    expect(page.get_by_label("Điện thoại", exact=True)).to_have_accessible_description(re.compile("Lỗi: Số điện thoại di động có 10 số"))
    expect(page.get_by_label("Đủ các giấy tờ bắt buộc")).to_be_checked()
    summary.get_by_role("link").first.click()
    expect(page.locator(":focus")).to_have_attribute("aria-invalid", "true")
    assert Dossier.objects.count() == 0

    page.get_by_label("Ngày sinh", exact=True).first.fill("5/3/1985")
    page.get_by_label("Điện thoại", exact=True).fill("0900000123")
    page.get_by_label("Họ và tên trẻ").fill("Sơn Minh Khang")
    save(page)
    assert Dossier.objects.count() == 1


def test_on_an_empty_page_only_what_it_shows_is_asked_for(page):
    page.goto(INTAKE)

    save(page)

    links = page.get_by_role("alert").get_by_role("link")
    targets = links.evaluate_all("links => links.map(link => link.getAttribute('href').slice(1))")
    assert targets == ["id_procedure", "id_name", "id_personal_id", "id_phone"]
    assert page.evaluate("names => names.every(name => document.getElementById(name))", targets)


def test_a_double_click_makes_one_dossier(page):
    fill_in(page)

    page.get_by_role("button", name="Lưu và in").dblclick()

    expect(page.get_by_role("heading", level=1)).to_have_text("Đã tiếp nhận")
    assert Dossier.objects.count() == 1


class NoRedirect(HTTPRedirectHandler):
    def http_error_303(self, req, fp, code, msg, headers):
        return fp


def test_the_same_form_sent_four_times_at_once_makes_one_dossier_and_every_answer_names_it(page, live_server):
    fill_in(page)
    fields = page.evaluate("Object.fromEntries(new FormData(document.querySelector('#intake')))")
    body = urlencode({**fields, "act": "save_print"}).encode()
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
    request = Request(live_server.url + INTAKE, body, {"Cookie": cookies, "Origin": live_server.url})

    def send(_: int) -> tuple[int, str]:
        answer = build_opener(NoRedirect).open(request, timeout=30)
        return answer.status, answer.headers["Location"]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))

    code = Dossier.objects.get().code
    assert answers == [(303, f"/quay/da-tiep-nhan/{code}/?in=1")] * 4
    assert first_problem() is None


def test_going_back_after_saving_and_saving_again_leads_to_the_same_dossier(page):
    fill_in(page)
    save(page)
    code = Dossier.objects.get().code

    try:
        page.go_back()
    except Error as refused:
        # The browser asks whether to send the form again; the clerk says yes.
        assert "ERR_CACHE_MISS" in str(refused)
        page.reload()
    expect(page.get_by_label("Họ và tên trẻ")).to_have_value("")
    page.get_by_label("Họ và tên trẻ").fill("Sơn Minh Khang")
    page.get_by_label("Đủ các giấy tờ bắt buộc").check()
    save(page)

    expect(page.get_by_role("main")).to_contain_text(code)
    assert Dossier.objects.count() == 1


def test_enter_in_any_box_reads_and_never_saves(page, full_size):
    fill_in(page)
    visible = page.locator("#intake input:visible")
    assert visible.evaluate_all("boxes => boxes.every(box => box.form.id === 'intake')")
    names = visible.evaluate_all("boxes => boxes.map(box => box.id)")
    assert len(names) > 15

    # A browser sends a form in the same way from all of its boxes: without --stress, from one of each kind.
    kinds = visible.evaluate_all("boxes => Object.values(Object.fromEntries(boxes.map(box => [box.type, box.id])))")
    for name in names if full_size else sorted({names[0], names[-1], *kinds}):
        page.locator(f'[id="{name}"]').focus()
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Tiếp nhận hồ sơ")
        expect(page.get_by_label("Họ và tên trẻ")).to_have_value("Sơn Minh Khang")

    assert Dossier.objects.count() == 0
