"""Pages closed by default, and when a session at a counter PC ends."""
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.urls import get_resolver, reverse
from django.utils import timezone

from onestop.history.models import AccessEntry
from onestop.staff import accounts
from onestop.staff.middleware import STARTED, why_ended
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_user

VN = ZoneInfo("Asia/Ho_Chi_Minh")


def at(hour, minute=0, second=0, day=23):
    return datetime(2026, 11, day, hour, minute, second, tzinfo=VN)


@pytest.mark.parametrize(
    ("started", "seen", "now", "reason"),
    [
        (at(7, 30), at(9, 0), at(9, 14, 59), ""),
        (at(7, 30), at(9, 0), at(9, 15), "idle"),
        (at(7, 30), at(19, 29), at(19, 29, 59), ""),
        (at(7, 30), at(19, 29), at(19, 30), "day"),
        (at(20, 0), at(23, 59), at(23, 59, 59), ""),
        (at(20, 0), at(23, 59), at(0, 0, day=24), "day"),
        (at(9, 0), at(9, 0), at(8, 0), ""),  # the clock jumped back
    ],
)
def test_session_ends_when_idle_after_twelve_hours_and_at_midnight(started, seen, now, reason):
    assert why_ended(started=started, seen=seen, now=now) == reason


# -- the pages ----------------------------------------------------------------------------

@pytest.fixture
def admin(db):
    return make_user(Role.ADMIN)


@pytest.fixture
def inside(client, admin):
    """A client of the administrator whose session is under way."""
    client.force_login(admin)
    return client


def page(client):
    return client.get(reverse("staff:people"))


def last_saved(client, ago):
    """As if the session had last been written so long ago."""
    age = timedelta(hours=12)
    Session.objects.filter(pk=client.session.session_key).update(expire_date=timezone.now() - ago + age)


def sent_to_log_in(response):
    return response.status_code == 302 and response["Location"].startswith("/dang-nhap/?tiep=")


@pytest.mark.django_db
def test_every_staff_address_is_closed_to_strangers(client):
    open_ones = {"log_in", "log_out", "switch_person"}
    namespace = get_resolver().namespace_dict["staff"][1]
    names = {key for key in namespace.reverse_dict if isinstance(key, str)} - open_ones
    assert "people" in names
    for name in names:
        pattern = namespace.reverse_dict.getlist(name)[0][0][0]
        address = "/" + pattern[0] % dict.fromkeys(pattern[1], 1)
        for response in (client.get(address), client.post(address)):
            assert sent_to_log_in(response), name
            assert response["Cache-Control"] == "private, no-store"


def test_page_costs_the_session_and_the_person_only(inside, django_assert_num_queries):
    with django_assert_num_queries(2):
        inside.get(reverse("staff:change_password"))


def test_session_is_not_written_by_every_page(inside):
    before = Session.objects.get().expire_date
    page(inside)
    assert Session.objects.get().expire_date == before


def test_session_is_written_once_a_minute_and_remembers_its_beginning(inside):
    began = timezone.now() - timedelta(minutes=2)
    last_saved(inside, timedelta(minutes=2))
    page(inside)
    assert Session.objects.get().expire_date > timezone.now() + timedelta(hours=12) - timedelta(seconds=30)
    assert abs(inside.session[STARTED] - began.timestamp()) < 5


def test_session_idle_for_fifteen_minutes_is_over(inside, admin):
    last_saved(inside, timedelta(minutes=15))
    response = page(inside)
    assert sent_to_log_in(response) and response["Location"].endswith("&het-phien=1")
    assert not Session.objects.exists()
    assert list(AccessEntry.objects.values_list("kind", "subject", "detail")) == [("log_out", f"user:{admin.pk}", "idle")]
    assert "Phiên làm việc đã hết. Đăng nhập lại." in inside.get(response["Location"]).content.decode()


def test_session_idle_for_less_goes_on(inside):
    last_saved(inside, timedelta(minutes=14))
    assert page(inside).status_code == 200


def test_idle_limit_is_a_setting(inside, settings):
    settings.IDLE_LIMIT = timedelta(minutes=30)
    last_saved(inside, timedelta(minutes=20))
    assert page(inside).status_code == 200


def test_session_of_yesterday_is_over_however_busy(inside):
    session = inside.session
    session[STARTED] = int((timezone.now() - timedelta(days=1)).timestamp())
    session.save()
    assert sent_to_log_in(page(inside))


def test_idle_session_is_over_on_public_pages_too(inside):
    last_saved(inside, timedelta(minutes=16))
    inside.get("/")
    assert sent_to_log_in(page(inside))


def test_disabled_account_is_out_at_its_next_request(inside, admin):
    assert page(inside).status_code == 200
    accounts.disable_account(admin, at=timezone.now())
    assert sent_to_log_in(page(inside))
    assert not Session.objects.exists()
    accounts.enable_account(admin, by=make_user(Role.ADMIN), at=timezone.now())
    assert sent_to_log_in(page(inside))


def test_password_changed_elsewhere_ends_the_session(inside, admin):
    accounts.change_password(User.objects.get(pk=admin.pk), "mèo tam thể ngủ trưa", at=timezone.now())
    assert sent_to_log_in(page(inside))


def test_role_taken_away_is_gone_at_the_next_request(inside, admin):
    accounts.change_account(admin, by=make_user(Role.ADMIN), at=timezone.now(), roles=[Role.CLERK])
    assert page(inside).status_code == 403


def test_staff_pages_stay_out_of_every_cache(inside):
    responses = [page(inside), inside.get("/"), inside.get("/khong-co/"), inside.get(reverse("staff:person_edit", args=[999]))]
    assert [response["Cache-Control"] for response in responses] == ["private, no-store"] * 4


def test_visitor_without_a_session_costs_no_session_query(client, db, django_assert_max_num_queries):
    client.cookies["sessionid"] = "x" * 32
    assert sent_to_log_in(page(client))
    assert client.cookies["sessionid"].value == ""


# -- first passwords ----------------------------------------------------------------------
@pytest.mark.parametrize("method", ["get", "post"])
def test_first_password_opens_no_page_but_the_one_that_replaces_it(inside, admin, method):
    User.objects.filter(pk=admin.pk).update(must_change_password=True)
    response = getattr(inside, method)(reverse("staff:person_create"))
    assert response.status_code == 302
    assert response["Location"] == "/doi-mat-khau/?tiep=" + {"get": "/quan-tri/nguoi-dung/them/", "post": "/bat-dau/"}[method]
    assert inside.get(reverse("staff:change_password")).status_code == 200


@pytest.mark.parametrize("name", ["staff:log_out", "staff:switch_person"])
def test_person_with_a_first_password_may_leave(inside, admin, name):
    User.objects.filter(pk=admin.pk).update(must_change_password=True)
    assert inside.post(reverse(name))["Location"] == "/dang-nhap/"
