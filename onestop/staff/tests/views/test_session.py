"""Coming, going, changing places at a counter PC."""
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from onestop.history.models import AccessEntry
from onestop.staff import accounts
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "mèo tam thể ngủ trưa"
NEW = "quạt trần kêu cót két"
LOG_IN = "/dang-nhap/"


@pytest.fixture
def clerk():
    return make_user(Role.CLERK, username="duyen", password=PASSWORD)


def log_in(client, username="duyen", password=PASSWORD, **more):
    return client.post(LOG_IN, {"username": username, "password": password, **more})


def entries():
    return list(AccessEntry.objects.order_by("pk").values_list("kind", "subject", "actor_id", "agency_id"))


def text_of(response):
    return response.content.decode()


# -- log-in -------------------------------------------------------------------------------
def test_log_in_leads_to_the_own_work_and_is_put_on_record(client, clerk):
    response = log_in(client)
    assert (response.status_code, response["Location"]) == (303, "/bat-dau/")
    assert entries() == [("log_in", f"user:{clerk.pk}", clerk.pk, clerk.agency_id)]


@pytest.mark.parametrize("typed", ["DUYEN", " duyen ", "ｄｕｙｅｎ"])
def test_capitals_spaces_and_wide_letters_in_the_user_name_do_not_matter(client, clerk, typed):
    assert log_in(client, username=typed).status_code == 303


def test_password_typed_in_another_normal_form_is_the_same(client, clerk):
    import unicodedata

    assert log_in(client, password=unicodedata.normalize("NFD", PASSWORD)).status_code == 303


def test_session_gets_a_new_id_at_log_in(client, clerk):
    session = client.session
    session["left"] = "by somebody"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    log_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_session_of_another_person_leaves_nothing_behind(client, clerk):
    client.force_login(make_user(Role.LEADER))
    session = client.session
    session["draft"] = "of the leader"
    session.save()
    log_in(client)
    assert "draft" not in client.session


def body_without_token(response):
    return [line for line in text_of(response).splitlines() if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize("kind", ["disabled", "unknown"])
def test_every_refusal_looks_like_a_wrong_password(client, clerk, kind):
    known = log_in(client, password="sai mật khẩu rồi")
    if kind == "disabled":
        User.objects.update(is_active=False)
        other = log_in(client)
    else:
        other = log_in(client, username="duyem")
    assert (known.status_code, other.status_code) == (422, 422)
    assert [line.replace("duyem", "duyen") for line in body_without_token(other)] == body_without_token(known)
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in text_of(known)


def test_refusals_of_known_and_unknown_accounts_cost_the_same(client, clerk, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for name in ("duyen", "khong-co"):
        with CaptureQueriesContext(connection) as queries:
            log_in(client, username=name, password="sai mật khẩu rồi")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_unknown_account_hashes_once_like_a_known_one(client, clerk, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    calls = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: calls.append(1) or real(*args))
    log_in(client, password="sai mật khẩu rồi")
    known = len(calls)
    log_in(client, username="khong-co", password="sai mật khẩu rồi")
    assert (known, len(calls) - known) == (1, 1)


def test_failed_log_in_is_put_on_record_without_what_was_typed(client, clerk):
    log_in(client, password="sai mật khẩu rồi")
    log_in(client, username=PASSWORD, password="nhầm ô")
    assert entries() == [("log_in_failed", f"user:{clerk.pk}", None, clerk.agency_id), ("log_in_failed", "", None, 0)]
    assert not AccessEntry.objects.filter(detail__contains="mèo").exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"username": ""}, "Nhập tên đăng nhập"),
        ({"password": ""}, "Nhập mật khẩu"),
        ({"password": "x" * 257}, "Mật khẩu dài nhất 256 ký tự"),
    ],
)
def test_empty_and_absurd_fields_are_named(client, clerk, typed, sentence):
    response = log_in(client, **typed)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert entries() == []


def test_what_was_typed_stays_except_the_password(client, clerk):
    text = text_of(log_in(client, password="sai mật khẩu rồi", tiep="/quay/"))
    assert 'value="duyen"' in text and 'name="tiep" value="/quay/"' in text and "sai mật khẩu" not in text


def test_nul_in_the_fields_is_no_error_page(client, clerk):
    assert log_in(client, username="duy\0en", password="a\0b").status_code == 422


@pytest.mark.parametrize("name", ["x" * 256, "Ấ" * 6000, "\ufdfa" * 100])
def test_a_name_too_long_for_any_account_is_refused_like_a_wrong_one(client, clerk, name):
    response = log_in(client, username=name)

    assert (response.status_code, "Tên đăng nhập hoặc mật khẩu không đúng" in text_of(response)) == (422, True)
    assert entries() == [("log_in_failed", "", None, 0)]


# -- return addresses ---------------------------------------------------------------------
@pytest.mark.parametrize("address", ["/doi-mat-khau/", "/quan-tri/nguoi-dung/?don-vi=H61.26"])
def test_after_log_in_one_returns_to_the_page_asked_for(client, clerk, address):
    assert log_in(client, tiep=address)["Location"] == address


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example/",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "\n//evil.example",
        "evil",
    ],
)
def test_return_address_stays_on_this_host(client, clerk, address):
    assert log_in(client, tiep=address)["Location"] == "/bat-dau/"
    assert client.get(LOG_IN, {"tiep": address})["Location"] == "/bat-dau/"


def test_log_in_page_of_somebody_logged_in_leads_on(client, clerk):
    client.force_login(clerk)
    assert client.get(LOG_IN)["Location"] == "/bat-dau/"


# -- the form -----------------------------------------------------------------------------
def test_log_in_needs_a_token(clerk):
    assert log_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_log_in_page_is_kept_in_no_cache(client):
    assert "no-store" in client.get(LOG_IN)["Cache-Control"]


# -- log-out and "Đổi người" --------------------------------------------------------------
@pytest.mark.parametrize("name", ["staff:log_out", "staff:switch_person"])
def test_leaving_deletes_the_session_and_is_put_on_record(client, clerk, name):
    log_in(client)
    cookie = client.cookies["sessionid"].value
    response = client.post(reverse(name))
    assert (response.status_code, response["Location"]) == (303, LOG_IN)
    assert not Session.objects.exists()
    assert entries()[-1] == ("log_out", f"user:{clerk.pk}", clerk.pk, clerk.agency_id)
    client.cookies["sessionid"] = cookie
    assert client.get("/doi-mat-khau/").status_code == 302


@pytest.mark.parametrize("name", ["staff:log_out", "staff:switch_person"])
def test_nobody_is_logged_out_by_a_link(client, clerk, name):
    client.force_login(clerk)
    assert client.get(reverse(name)).status_code == 405
    assert client.get("/doi-mat-khau/").status_code == 200


def test_leaving_twice_is_harmless(client, clerk):
    log_in(client)
    assert [client.post(reverse("staff:log_out")).status_code for _ in range(2)] == [303, 303]


def test_changing_places_takes_two_actions(client, clerk):
    other = make_user(Role.SPECIALIST, username="khanh", password=NEW)
    log_in(client, username="khanh", password=NEW)
    client.post(reverse("staff:switch_person"))
    log_in(client)
    response = client.post(reverse("staff:switch_person"), follow=True)  # the first
    text = text_of(response)
    assert [text.count(name) for name in ("Thạch Thị Mỹ Duyên", "Trần Quốc Khánh")] == [1, 1]
    response = client.post(LOG_IN, {"quen": "khanh", "username": "", "password": NEW})  # the second
    assert response.status_code == 303
    assert int(client.session["_auth_user_id"]) == other.pk


def test_latest_person_is_chosen_beforehand_and_a_typed_name_wins(client, clerk):
    make_user(Role.LEADER, username="phuc", password=NEW)
    log_in(client)
    client.post(reverse("staff:switch_person"))
    assert 'value="duyen" id="id_quen_0" checked' in text_of(client.get(LOG_IN))
    assert client.post(LOG_IN, {"quen": "duyen", "username": "phuc", "password": NEW}).status_code == 303


def test_name_that_is_not_on_the_list_is_no_way_in(client, clerk):
    log_in(client)
    client.post(reverse("staff:switch_person"))
    make_user(Role.LEADER, username="phuc", password=NEW)
    assert client.post(LOG_IN, {"quen": "phuc", "password": NEW}).status_code == 422


def test_failed_log_in_is_not_remembered_at_the_pc(client, clerk):
    log_in(client, password="sai mật khẩu rồi")
    assert "Thạch Thị Mỹ Duyên" not in text_of(client.get(LOG_IN))


# -- first password -----------------------------------------------------------------------
@pytest.fixture
def newcomer():
    return accounts.create_account(username="moi", full_name="Kim Văn Mới", agency=make_agency(), roles=[Role.CLERK], at=timezone.now())


def test_first_password_leads_to_the_own_one_and_then_to_the_page_asked_for(client, newcomer):
    response = log_in(client, "moi", accounts.first_password(newcomer), tiep="/quan-tri/nguoi-dung/")
    assert client.get(response["Location"])["Location"] == "/doi-mat-khau/?tiep=/quan-tri/nguoi-dung/"
    response = client.post("/doi-mat-khau/", {"new_password": NEW, "new_password_again": NEW, "tiep": "/quan-tri/nguoi-dung/"})
    assert (response.status_code, response["Location"]) == (303, "/quan-tri/nguoi-dung/")
    client.logout()
    assert log_in(client, "moi", NEW).status_code == 303


def test_first_password_works_once(client, newcomer):
    password = accounts.first_password(newcomer)
    assert log_in(client, "moi", password).status_code == 303
    again = log_in(Client(), "moi", password)
    assert again.status_code == 422
    assert "Mật khẩu lần đầu đã dùng hoặc đã hết hạn" in text_of(again)


def test_first_password_expires(client, newcomer):
    User.objects.update(first_password_expires_at=timezone.now() - timedelta(seconds=1))
    assert log_in(client, "moi", accounts.first_password(newcomer)).status_code == 422


def test_spent_first_password_is_told_only_to_who_knows_it(client, newcomer):
    User.objects.update(first_password_used_at=timezone.now())
    assert "đã dùng" not in text_of(log_in(client, "moi", "sai mật khẩu rồi"))


# -- own password -------------------------------------------------------------------------
def change(client, **typed):
    return client.post("/doi-mat-khau/", {"current_password": PASSWORD, "new_password": NEW, "new_password_again": NEW} | typed)


def test_changed_password_keeps_this_session_and_ends_the_others(client, clerk):
    elsewhere = Client()
    log_in(client)
    log_in(elsewhere)
    before = client.session.session_key
    assert change(client)["Location"] == "/bat-dau/"
    assert client.session.session_key != before
    assert client.get("/doi-mat-khau/").status_code == 200
    assert elsewhere.get("/doi-mat-khau/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"current_password": "sai mật khẩu rồi"}, "Mật khẩu đang dùng không đúng"),
        ({"current_password": ""}, "Nhập mật khẩu đang dùng"),
        ({"new_password": "ngắn quá", "new_password_again": "ngắn quá"}, "Mật khẩu cần ít nhất 12 ký tự (đang có 8 ký tự)"),
        ({"new_password": "motcua123456", "new_password_again": "motcua123456"}, "Mật khẩu này dễ đoán"),
        ({"new_password": PASSWORD, "new_password_again": PASSWORD}, "Mật khẩu mới phải khác mật khẩu đang dùng"),
        ({"new_password_again": "khác với lần đầu"}, "Hai lần nhập mật khẩu mới chưa giống nhau"),
    ],
)
def test_bad_change_is_explained_and_changes_nothing(client, clerk, typed, sentence):
    client.force_login(clerk)
    response = change(client, **typed)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert User.objects.get(pk=clerk.pk).check_password(PASSWORD)


def test_open_session_is_no_place_to_guess_the_password(client, clerk):
    client.force_login(clerk)
    assert [change(client, current_password=f"đoán lần thứ {n}").status_code for n in range(6)] == [422] * 4 + [429] * 2


# -- start --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("roles", "names"),
    [
        ([Role.ADMIN], ["staff:people"]),
        ([Role.CLERK, Role.ADMIN], ["dossiers:desk", "staff:people"]),
        ([Role.MANAGER, Role.LEADER], ["dossiers:desk", "dossiers:sign_queue"]),
        ([Role.SPECIALIST], ["dossiers:work", "dossiers:list"]),
        ([Role.HEAD], ["dossiers:sign_queue", "dossiers:list"]),
        ([Role.AUDITOR], ["dossiers:list"]),
    ],
)
def test_day_begins_at_the_first_page_that_there_is(client, roles, names):
    client.force_login(make_user(*roles))
    assert client.get("/bat-dau/")["Location"] == next(filter(None, map(address_of, names)), "/")


def address_of(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
