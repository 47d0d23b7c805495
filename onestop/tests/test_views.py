import gzip
import re
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from onestop import display, views
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.views import csrf_failure, not_found, server_error, today_at_the_desk

PUBLIC_PAGES = ("home", "help", "accessibility", "privacy")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def clock(monkeypatch):
    def stop(text):
        monkeypatch.setattr(views, "timezone", SimpleNamespace(localtime=lambda: at(text), now=lambda: at(text)))

    return stop


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_a_public_page_is_open_to_everybody_and_has_one_heading(client, name):
    make_agency()

    response = client.get(reverse(name))

    assert response.status_code == 200
    assert len(re.findall(r"<h1[ >]", response.text)) == 1
    assert re.search(r"<title>[^<]+ – Trung tâm Phục vụ hành chính công xã Nghĩa Giang</title>", response.text)
    assert "0294 000 0000" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_a_public_page_is_light(client, settings, name):
    def packed(content):
        return len(gzip.compress(content, 9))

    make_agency()
    css, js = ((settings.BASE_DIR / "static" / path).read_bytes() for path in ("css/site.css", "js/site.js"))

    assert packed(css) <= 10_000
    assert packed(js) <= 4_000
    assert packed(client.get(reverse(name)).content) <= 12_000


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_a_public_page_asks_nothing_of_other_hosts_and_carries_no_inline_script_or_style(client, name):
    page = client.get(reverse(name)).text

    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*', page) == []
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=\"", page) == []


@pytest.mark.django_db
def test_home_asks_the_database_three_times_at_most(client, django_assert_max_num_queries):
    make_agency()
    client.get(reverse("home"))

    with django_assert_max_num_queries(3):
        client.get(reverse("home"))


@pytest.mark.django_db
def test_home_leads_to_a_dossier_and_to_a_procedure(client):
    page = client.get(reverse("home")).text

    assert re.search(r'<form class="big-search" action="/tra-cuu/">.*?name="ma"', page, re.S)
    assert re.search(r'<form class="big-search" role="search" action="/thu-tuc/">.*?name="tu-khoa"', page, re.S)


@pytest.mark.django_db
def test_home_says_the_hours_of_a_working_day(client, clock):
    make_agency()
    clock("2026-11-20T09:00")

    page = client.get(reverse("home")).text

    assert "Hôm nay, thứ Sáu, 20/11/2026" in page
    assert "07:30–11:30, 13:30–17:00" in page
    assert "Đang mở cửa" in page


@pytest.mark.django_db
def test_home_says_when_the_desk_opens_again(client, clock):
    make_agency()
    clock("2026-11-21T09:00")

    page = " ".join(client.get(reverse("home")).text.split())

    assert "<strong>Hôm nay nghỉ.</strong> Ngày làm việc tiếp theo: thứ Hai, 23/11/2026." in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "is_open"),
    [("07:29", False), ("07:30", True), ("12:00", False), ("17:00", True), ("17:01", False)],
)
def test_the_desk_is_open_inside_its_hours_only(now, is_open):
    assert today_at_the_desk(make_agency().pk, at(f"2026-11-20T{now}")).is_open is is_open


@pytest.mark.django_db
def test_beyond_the_calendar_home_says_nothing_of_today():
    assert today_at_the_desk(make_agency().pk, at("2090-01-02T09:00")) is None


def test_the_shortcuts_are_for_staff(client):
    assert client.get(reverse("shortcuts")).status_code == 302


@pytest.mark.django_db
def test_shortcuts_are_switched_off_for_ones_own_account(client):
    clerk = make_user(Role.CLERK)
    client.force_login(clerk)
    assert " data-shortcuts>" in client.get(reverse("shortcuts")).text

    response = client.post(reverse("shortcuts"), {"bat": "0"})

    assert response.status_code == 303
    clerk.refresh_from_db()
    assert clerk.shortcuts_on is False
    assert " data-shortcuts>" not in client.get(reverse("shortcuts")).text


@pytest.mark.django_db
def test_the_staff_frame_names_unit_counter_and_person(client):
    client.force_login(make_user(Role.CLERK, counter_no="3"))

    page = client.get(reverse("shortcuts")).text

    for words in ("Trung tâm Phục vụ hành chính công xã Nghĩa Giang", "Quầy 3", "Thạch Thị Mỹ Duyên", "Đổi người", "Đăng xuất"):
        assert words in page


# -- what went wrong ----------------------------------------------------------------------
@pytest.mark.django_db
def test_an_unknown_address_is_answered_in_vietnamese(client):
    response = client.get("/khong-co/")

    assert response.status_code == 404
    assert "<h1>Không có trang này</h1>" in response.text


@pytest.mark.django_db
def test_staff_meet_404_on_their_own_frame():
    request = RequestFactory().get("/")
    request.user = make_user(Role.CLERK)
    request.resolver_match = SimpleNamespace(namespace="dossiers", func=not_found)
    request.session = {}

    assert "Đăng xuất" in not_found(request).text


@pytest.mark.django_db
def test_a_form_without_its_token_is_answered_with_what_to_do():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(Role.CLERK))

    response = client.post(reverse("shortcuts"), {"bat": "0"})

    assert response.status_code == 403
    assert "tải lại trang rồi gửi lần nữa" in response.text


def test_csrf_failure_is_no_page_of_django():
    request = RequestFactory().post("/")
    request.resolver_match = None
    request.speaking_agency = SimpleNamespace(pk=0, desk_name="Trung tâm", hotline="", address="")
    display._hours[0, timezone.localdate(), "vi"] = float("inf"), ""

    assert "CSRF" not in csrf_failure(request).text


def fail(request, error):
    try:
        raise error
    except type(error):
        return server_error(request)


def test_a_fault_shows_its_number_and_asks_the_database_for_nothing(rf):
    # Without the django_db mark any query would fail the test.
    request = rf.get("/ho-so/")
    request.request_id = "4F2A11BC"

    response = fail(request, RuntimeError("password=secret"))

    assert response.status_code == 500
    assert "Hệ thống gặp lỗi, đã báo quản trị" in response.text
    assert "4F2A11BC" in response.text
    assert "secret" not in response.text


@pytest.mark.django_db
def test_a_fault_in_a_page_reaches_the_error_page(monkeypatch):
    monkeypatch.setattr(views, "render", lambda *args: 1 / 0)

    response = Client(raise_request_exception=False).get(reverse("help"))

    assert response.status_code == 500
    assert f'<span class="code">{response["X-Request-ID"]}</span>' in response.text


def test_a_database_that_is_away_gives_back_what_was_typed(rf):
    request = rf.post("/quay/tiep-nhan/", {"ten": 'Thạch "Thị" <Kha>', "giay_to": ["1", "2"], "csrfmiddlewaretoken": "abc"})

    response = fail(request, OperationalError("server closed the connection"))

    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "no-store" in response["Cache-Control"]
    assert 'action="/quay/tiep-nhan/"' in response.text
    assert re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', response.text)[-4:] == [
        ("ten", "Thạch &quot;Thị&quot; &lt;Kha&gt;"),
        ("giay_to", "1"),
        ("giay_to", "2"),
        ("csrfmiddlewaretoken", "abc"),
    ]


@pytest.mark.parametrize("secret", ["password", "new_password1", "mat_khau", "mat-khau-moi"])
def test_a_password_is_never_written_back(rf, secret):
    response = fail(rf.post("/dang-nhap/", {"username": "lan", secret: "bí mật lắm"}), OperationalError())

    assert response.status_code == 503
    assert "bí mật lắm" not in response.text
    assert "Bấm nút Quay lại của trình duyệt" in response.text


def test_a_reader_is_told_to_try_again(rf):
    assert '<a class="button" href="/thu-tuc/?trang=2">Thử lại</a>' in fail(rf.get("/thu-tuc/?trang=2"), OperationalError()).text
