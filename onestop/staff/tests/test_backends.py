"""Guessing is bounded by account and by address, and never locks a person out of his usual PC."""
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.urls import reverse
from django.utils import timezone

from onestop.staff import backends
from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "mèo tam thể ngủ trưa"


@pytest.fixture
def clerk():
    return make_user(Role.CLERK, username="duyen", password=PASSWORD)


def log_in(client, username="duyen", password="sai mật khẩu rồi", address="203.0.113.9", **headers):
    return client.post(reverse("staff:log_in"), {"username": username, "password": password}, REMOTE_ADDR=address, **headers)


def fail(client, times, **where):
    return [log_in(client, **where).status_code for _ in range(times)]


def test_fifth_failure_locks_the_account_at_this_address(client, clerk):
    assert fail(client, 6) == [422, 422, 422, 422, 429, 429]
    response = log_in(client, password=PASSWORD)
    assert response.status_code == 429
    assert "tạm khóa trong 15 phút" in response.content.decode()


def test_unknown_account_locks_like_a_known_one(client, clerk):
    assert fail(client, 6, username="khong-co") == [422, 422, 422, 422, 429, 429]


def test_other_browser_and_forged_headers_do_not_unlock(client, clerk):
    fail(client, 5)
    assert log_in(client, HTTP_USER_AGENT="other", HTTP_X_FORWARDED_FOR="198.51.100.1").status_code == 429


def test_locked_out_guesser_does_not_lock_the_person_elsewhere(client, clerk):
    fail(client, 6)
    assert log_in(client, password=PASSWORD, address="198.51.100.1").status_code == 303


def test_trying_while_locked_does_not_prolong_the_lock(client, clerk):
    fail(client, 8)
    assert AccessAttempt.objects.get().failures_since_start == 5
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert log_in(client, password=PASSWORD).status_code == 303


def test_log_in_clears_the_failures(client, clerk):
    fail(client, 4)
    log_in(client, password=PASSWORD)
    client.logout()
    assert fail(client, 4) == [422] * 4


def test_many_addresses_do_not_help_to_guess_one_account(client, clerk, settings):
    settings.LOGIN_FAILURES_PER_ACCOUNT = 6
    for number in range(6):
        fail(client, 1, address=f"198.51.100.{number}")
    assert log_in(client, password=PASSWORD, address="198.51.100.77").status_code == 429


def test_person_at_his_usual_pc_is_spared_from_guesses_elsewhere(client, clerk, settings):
    settings.LOGIN_FAILURES_PER_ACCOUNT = settings.LOGIN_FAILURES_PER_ADDRESS = 6
    log_in(client, password=PASSWORD)
    client.post(reverse("staff:log_out"))
    stranger = type(client)()
    for number in range(6):
        fail(stranger, 1, address=f"198.51.100.{number}")
        fail(stranger, 1, username=f"ai-do-{number}")
    assert log_in(stranger, password=PASSWORD).status_code == 429
    assert log_in(client, password=PASSWORD).status_code == 303


def test_many_names_do_not_help_to_guess_from_one_address(client, clerk, settings):
    settings.LOGIN_FAILURES_PER_ADDRESS = 6
    for number in range(6):
        fail(client, 1, username=f"ai-do-{number}")
    assert log_in(client, password=PASSWORD).status_code == 429
    assert log_in(client, password=PASSWORD, address="198.51.100.1").status_code == 303


def test_addresses_of_one_ipv6_network_count_as_one(client, clerk):
    for number in range(5):
        fail(client, 1, address=f"2001:db8:1:2::{number + 1}")
    assert log_in(client, address="2001:db8:1:2::99").status_code == 429


def test_stored_failures_hold_no_password(client, clerk):
    log_in(client, password="gần đúng rồi nhé")
    stored = AccessAttempt.objects.get()
    assert "gần đúng" not in stored.post_data + stored.get_data + stored.path_info


def test_demo_account_opens_nothing_in_production(client, settings):
    person = make_user(Role.CLERK, username="mau", password=PASSWORD, is_demo=True)
    settings.PRODUCTION = True
    assert log_in(client, username="mau", password=PASSWORD).status_code == 422
    client.force_login(person)
    assert client.get(reverse("staff:change_password")).status_code == 302


def test_person_comes_with_his_agency_in_one_query(clerk, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert backends.StaffBackend().get_user(clerk.pk).agency == clerk.agency
