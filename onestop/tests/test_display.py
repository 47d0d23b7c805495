import base64
import hashlib
from datetime import date

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from onestop import display
from onestop.display import COOKIE_NAME, Choice, allow_inline_style, own_path, usual_hours
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user


@pytest.fixture(autouse=True)
def _nothing_remembered():
    display._hours.clear()


@pytest.mark.parametrize(
    ("cookie", "choice"),
    [
        ("", Choice()),
        ("en-125-cao", Choice("en", "125", "cao")),
        ("km-150-thuong", Choice("km", "150", "thuong")),
        ("fr-125-cao", Choice("vi", "125", "cao")),
        ("en-400-cao", Choice("en", "100", "cao")),
        ("en", Choice("en")),
        ('"><script>-1-2-3', Choice()),
    ],
)
def test_a_cookie_is_read_against_the_lists(cookie, choice):
    assert Choice.from_cookie(cookie) == choice


def test_a_choice_survives_its_cookie():
    assert Choice.from_cookie(Choice("en", "150", "cao").as_cookie()) == Choice("en", "150", "cao")


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/thu-tuc/?tu-khoa=khai+sinh", "/thu-tuc/?tu-khoa=khai+sinh"),
        ("", "/"),
        ("https://example.org/", "/"),
        ("//example.org/", "/"),
        ("/\\example.org/", "/"),
        ("javascript:alert(1)", "/"),
        ("thu-tuc/", "/"),
    ],
)
def test_the_way_back_stays_on_this_host(wanted, path):
    assert own_path(RequestFactory().get("/"), wanted) == path


@pytest.mark.django_db
def test_a_choice_is_kept_for_a_year_and_leads_back(client):
    response = client.post(reverse("display"), {"co-chu": "125", "tiep": "/tro-giup/"})

    assert (response.status_code, response["Location"]) == (303, "/tro-giup/")
    cookie = response.cookies[COOKIE_NAME]
    assert (cookie.value, cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("vi-125-thuong", 365 * 24 * 3600, True, "Lax")


@pytest.mark.django_db
def test_one_choice_leaves_the_others_as_they_were(client):
    client.cookies[COOKIE_NAME] = "en-125-thuong"

    response = client.post(reverse("display"), {"tuong-phan": "cao"})

    assert response.cookies[COOKIE_NAME].value == "en-125-cao"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://example.org"}, {"origin": "null"}]
)
def test_a_choice_sent_from_another_site_is_refused(client, headers):
    response = client.post(reverse("display"), {"co-chu": "150"}, headers=headers)

    assert response.status_code == 403
    assert COOKIE_NAME not in response.cookies


def test_choices_are_not_changed_by_get(client):
    assert client.get(reverse("display"), {"co-chu": "150"}).status_code == 405


@pytest.mark.django_db
def test_the_page_carries_size_and_contrast(client):
    client.cookies[COOKIE_NAME] = "vi-150-cao"

    assert '<html lang="vi" class="size-150 contrast">' in client.get(reverse("help")).text


@pytest.mark.django_db
def test_the_browsers_languages_do_not_choose(client):
    response = client.get(reverse("help"), headers={"accept-language": "en"})

    assert response["Content-Language"] == "vi"
    assert "<h1>Trợ giúp</h1>" in response.text


@pytest.mark.django_db
def test_the_visitor_chooses_english(client):
    client.cookies[COOKIE_NAME] = "en-100-thuong"

    response = client.get(reverse("help"))

    assert '<html lang="en">' in response.text
    assert "<h1>Help</h1>" in response.text
    assert response["Content-Language"] == "en"
    assert "Cookie" in response["Vary"]


@pytest.mark.django_db
def test_khmer_falls_back_to_vietnamese_and_says_so_until_it_is_approved(client):
    client.cookies[COOKIE_NAME] = "km-100-thuong"

    page = client.get(reverse("help")).text

    assert '<html lang="vi">' in page
    assert "<h1>Trợ giúp</h1>" in page
    assert '<span lang="km">ខ្មែរ</span> — đang hoàn thiện' in page


@pytest.mark.django_db
def test_staff_pages_stay_vietnamese(client):
    client.cookies[COOKIE_NAME] = "en-100-thuong"
    client.force_login(make_user(Role.CLERK))

    response = client.get(reverse("shortcuts"))

    assert '<html lang="vi">' in response.text
    assert 'name="ngon-ngu"' not in response.text


@pytest.mark.django_db
def test_the_language_of_one_visitor_does_not_reach_the_next(client):
    client.cookies[COOKIE_NAME] = "en-100-thuong"
    client.get(reverse("help"))

    assert translation.get_language() == "vi"


@pytest.mark.django_db
def test_a_public_page_sets_no_cookie_and_opens_no_session(client):
    make_agency()

    assert dict(client.get(reverse("home")).cookies) == {}


@pytest.mark.django_db
def test_a_public_page_asks_only_for_its_agency_once_the_hours_are_known(client, django_assert_num_queries):
    make_agency()
    client.get(reverse("help"))

    with django_assert_num_queries(1):
        client.get(reverse("help"))


@pytest.mark.django_db
def test_the_agency_of_a_page_may_be_set_by_its_view(django_assert_num_queries):
    commune = make_agency()
    request = RequestFactory().get("/")
    display.speak_for(request, commune)

    with django_assert_num_queries(0):
        assert display.Frame(request).unit == "Trung tâm Phục vụ hành chính công xã Nghĩa Giang"


@pytest.mark.parametrize("name", [name for name, *_ in (*display.PUBLIC_NAV, *display.STAFF_NAV)])
def test_the_navigation_names_pages_that_exist(name):
    assert reverse(name)


@pytest.mark.django_db
def test_a_clerk_reaches_the_intake_with_f2_from_every_page(client):
    client.force_login(make_user(Role.CLERK))

    assert 'href="/quay/tiep-nhan/" data-key="F2"' in client.get(reverse("shortcuts")).text


@pytest.mark.django_db
def test_the_navigation_shows_what_the_role_needs(client):
    client.force_login(make_user(Role.ADMIN))

    page = client.get(reverse("shortcuts")).text

    assert "Người dùng" in page
    assert "Ký duyệt" not in page


@pytest.mark.django_db
def test_without_any_agency_the_frame_still_stands(client):
    assert "<title>Trợ giúp – Cổng Một cửa</title>" in client.get(reverse("help")).text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "language", "words"),
    [
        (date(2026, 11, 18), "vi", "thứ Hai – thứ Sáu: 07:30–11:30, 13:30–17:00"),
        (date(2026, 2, 16), "vi", "thứ Hai – thứ Sáu: 07:30–11:30, 13:30–17:00"),  # Tết: a whole week without a working day
        (date(2026, 11, 18), "en", "Monday – Friday: 07:30–11:30, 13:30–17:00"),
    ],
)
def test_the_usual_hours_are_said_in_words(today, language, words):
    with translation.override(language):
        assert usual_hours(make_agency().pk, today) == words


@pytest.mark.django_db
def test_beyond_the_calendar_no_hours_are_invented():
    assert usual_hours(make_agency().pk, date(2090, 1, 2)) == ""


def test_the_inline_style_is_allowed_by_the_hash_of_what_the_template_prints():
    response = allow_inline_style(HttpResponse())

    text = (settings.BASE_DIR / "templates" / "_status_style.html").read_bytes()
    expected = base64.b64encode(hashlib.sha256(text).digest()).decode()
    assert response._csp_update == {"style-src": [f"'sha256-{expected}'"]}
