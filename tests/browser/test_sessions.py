"""Who is out is out: after a log-out, after an account was disabled; and two people at one dossier."""
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Error, Page, expect

from dossiers.models import Dossier
from dossiers.tests.makers import make_dossier
from onestop.history.verify import first_problem
from onestop.staff import accounts
from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "Thạch Thị Sóc Kha"


@pytest.fixture
def clerk():
    return make_user(Role.CLERK)


def back(page: Page) -> None:
    """The browser's back button; it may have nothing kept to show."""
    try:
        page.go_back()
    except Error as nothing_kept:
        assert "ERR_CACHE_MISS" in str(nothing_kept)


@pytest.mark.parametrize("button", ["Đăng xuất", "Đổi người"])
@pytest.mark.parametrize("javascript", [True, False])
def test_after_the_log_out_the_back_button_shows_nothing(new_page, log_in_browser, clerk, button, javascript):
    dossier = make_dossier(by=clerk)
    page = new_page(javascript=javascript)
    log_in_browser(page, clerk)
    page.goto(dossier.get_absolute_url())
    expect(page.get_by_role("main")).to_contain_text(NAME)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")

    back(page)

    assert NAME not in page.content()
    assert dossier.code not in page.locator("body").inner_text()


def test_a_disabled_account_is_out_at_its_next_request(page, log_in_browser, clerk):
    dossier = make_dossier(by=clerk)
    log_in_browser(page, clerk)
    page.goto(f"/ho-so/{dossier.code}/sua/")
    page.get_by_label("Ghi chú nội bộ").fill("Gọi trước khi đến")

    accounts.disable_account(clerk, by=make_user(Role.ADMIN), at=timezone.now())
    page.get_by_role("main").get_by_role("button", name="Lưu").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")
    assert NAME not in page.content()
    assert Dossier.objects.get().staff_note == ""


def test_the_second_of_two_clerks_is_told_and_sees_both_versions(new_page, log_in_browser, clerk):
    dossier, second = make_dossier(by=clerk), make_user(Role.CLERK, full_name="Kim Thị Sa Quên")
    pages = {}
    for person in (clerk, second):
        pages[person] = new_page()
        log_in_browser(pages[person], person)
        pages[person].goto(f"/ho-so/{dossier.code}/sua/")
    for person, note in ((clerk, "Gọi trước khi đến"), (second, "Đến buổi chiều")):
        pages[person].get_by_label("Ghi chú nội bộ").fill(note)
        pages[person].get_by_role("main").get_by_role("button", name="Lưu").click()

    alert = pages[second].get_by_role("alert")
    expect(alert).to_contain_text(f"Hồ sơ vừa được {clerk.full_name} cập nhật lúc")
    expect(alert).to_be_focused()
    expect(pages[second].get_by_label("Ghi chú nội bộ")).to_have_value("Đến buổi chiều")
    expect(pages[second].get_by_role("main")).to_contain_text("Hiện đang ghi: Gọi trước khi đến")
    assert Dossier.objects.get().staff_note == "Gọi trước khi đến"
    pages[second].get_by_role("main").get_by_role("button", name="Lưu").click()
    expect(pages[second].get_by_role("alert")).to_have_count(0)
    assert Dossier.objects.get().staff_note == "Đến buổi chiều"
    assert first_problem() is None


def test_logged_out_in_the_middle_one_comes_back_to_the_same_page(page, clerk, log_in_browser):
    clerk.set_password("mot-hai-ba-bon-nam")
    clerk.save()
    page.goto("/ho-so/?tu-khoa=kha")
    page.get_by_label("Tên đăng nhập").fill(clerk.username)
    page.get_by_label("Mật khẩu", exact=True).fill("mot-hai-ba-bon-nam")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ")
    assert page.url.endswith(f"{reverse('dossiers:list')}?tu-khoa=kha")
