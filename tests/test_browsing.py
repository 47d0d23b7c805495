"""The tools of the browser tests themselves: the checker finds what is wrong, and only that."""
import pytest

from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = pytest.mark.browser


def test_axe_names_a_picture_without_words(page, axe):
    page.set_content("<html lang=vi><title>Một cửa</title><main><h1>Ảnh</h1><img src='data:,'></main>")
    assert [line.split(":")[0] for line in axe(page)] == ["image-alt"]


def test_axe_has_nothing_against_a_plain_page(page, axe):
    page.set_content("<html lang=vi><title>Một cửa</title><main><h1>Bộ phận Một cửa</h1><p>Xin chào</p></main>")
    assert axe(page) == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("javascript", [True, False])
def test_the_home_page_needs_no_sideways_scrolling(new_page, width, javascript):
    page = new_page(width=width, javascript=javascript)
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_person_is_logged_in_without_a_password(page, log_in_browser):
    log_in_browser(page, make_user(Role.ADMIN))
    page.goto("/quan-tri/nguoi-dung/")
    assert page.title().startswith("Người dùng")
