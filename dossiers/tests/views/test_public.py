"""The public pages as a visitor meets them: look-up, token, state of the dossier."""

import gzip
import io
import json
import logging
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from dossiers import lifecycle
from dossiers.grants import LIFE
from dossiers.models import LookupCounter
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk, make_dossier
from dossiers.tests.slips import make_supplement, secret_of, token_of, token_of_slip, wrong_secret_of
from dossiers.views import public
from dossiers.views.public import GRANT
from onestop import display
from onestop.display import COOKIE_NAME
from onestop.history.models import AccessEntry
from onestop.logs import configure
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.worktime import store

LOOKUP, STATUS = "/tra-cuu/", "/tra-cuu/ket-qua/"
NOW = local("2026-11-20 10:00")
NOT_FOUND = "Không tìm thấy hồ sơ với mã hồ sơ và mã tra cứu này. Xin xem lại giấy hẹn hoặc gọi 0294 000 0000"


def look_up(client, code, secret, **extra):
    return client.post(LOOKUP, {"ma": code, "ma_tra_cuu": secret}, **extra)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The pages' clock stands still at NOW."""
    monkeypatch.setattr(public, "timezone", SimpleNamespace(now=lambda: NOW))


def opened(client, dossier):
    """The status page after scanning the slip."""
    return client.get(f"/tc/{token_of(dossier)}/", follow=True)


# -- opening ----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_home_page_hands_the_code_over_and_the_page_asks_for_the_secret(client):
    page = client.get(LOOKUP, {"ma": "h61.26-261120-0001"}).text

    assert 'name="ma" value="h61.26-261120-0001"' in page
    assert 'name="ma_tra_cuu"' in page
    assert re.search(r'<form method="post" action="/tra-cuu/"', page)


@pytest.mark.django_db
def test_code_and_secret_lead_to_a_clean_address_with_a_grant(client):
    dossier = make_dossier()

    answer = look_up(client, dossier.code.lower(), f" {secret_of(dossier)[:4]} {secret_of(dossier)[4:]}")

    assert (answer.status_code, answer["Location"]) == (303, STATUS)
    cookie = answer.cookies[GRANT.full_name]
    assert (cookie["path"], cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("/tra-cuu/", 1800, True, "Lax")
    assert secret_of(dossier) not in cookie.value
    page = client.get(STATUS)
    assert page.status_code == 200
    assert dossier.code in page.text and "Thạch T. S. K." in page.text


@pytest.mark.django_db
def test_a_slips_token_becomes_a_grant_at_once(client):
    dossier = make_dossier()

    answer = client.get(f"/tc/{token_of(dossier)}/")

    assert (answer.status_code, answer["Location"]) == (302, STATUS)
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "private, no-store")
    assert dossier.code in client.get(STATUS).text


@pytest.mark.django_db
def test_the_token_of_a_supplement_slip_shows_what_to_bring(client):
    slip = make_supplement("Giấy chứng sinh")

    page = client.get(f"/tc/{token_of_slip(slip)}/", follow=True).text

    assert "Xin mang các giấy tờ sau đến quầy:" in page
    assert "<li>Giấy chứng sinh</li>" in page
    assert "Thạch T. S. K." in page and "Sóc" not in page


@pytest.mark.django_db
def test_without_a_grant_the_look_up_is_shown(client):
    answer = client.get(STATUS)

    assert (answer.status_code, answer["Location"]) == (302, "/tra-cuu/?vi-sao=het-gio")
    assert "Trang tình trạng hồ sơ mở trong 30 phút sau khi tra cứu." in client.get(answer["Location"]).text


@pytest.mark.django_db
def test_a_grant_ends_after_half_an_hour(client, monkeypatch):
    opened(client, make_dossier())
    later = signing.time.time() + LIFE.total_seconds()

    monkeypatch.setattr(signing.time, "time", lambda: later - 5)
    assert client.get(STATUS).status_code == 200
    monkeypatch.setattr(signing.time, "time", lambda: later + 5)
    assert client.get(STATUS).status_code == 302


@pytest.mark.django_db
def test_a_new_slip_shuts_a_grant_given_before(client):
    dossier = make_dossier()
    opened(client, dossier)
    lifecycle.new_secret(dossier, by=make_clerk(), at=NOW)

    assert client.get(STATUS).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forged",
    ["", "x", '["dossier",1,1]', signing.dumps(["dossier", 1, 1], salt="other"), signing.dumps("a", salt="dossiers.grants.tra-cuu")],
    ids=["empty", "text", "unsigned", "signed for another use", "signed, of another shape"],
)
def test_a_forged_grant_opens_nothing(client, forged):
    make_dossier()
    client.cookies[GRANT.full_name] = forged

    assert client.get(STATUS).status_code == 302


@pytest.mark.django_db
def test_a_token_is_told_to_ask_for_the_code_ninety_days_after_the_return(client):
    dossier = make_dossier(status=Status.RETURNED)
    type(dossier).objects.filter(pk=dossier.pk).update(returned_at=NOW - timedelta(days=91))

    answer = client.get(f"/tc/{token_of(dossier)}/", follow=True)

    assert answer.redirect_chain == [("/tra-cuu/?vi-sao=het-han", 302)]
    assert "90 ngày sau khi trả kết quả" in answer.text and dossier.code not in answer.text


# -- failing ----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_every_wrong_pair_has_one_answer(django_assert_num_queries):
    """Each pair is sent in the same spelling; only what stands behind it in the database differs."""
    make_agency()
    dossier, voided = make_dossier(external_codes=(("dvc", "000.00.01.H61-261120-0001"),)), make_dossier(name="Lý Văn Sơn")
    lifecycle.void(voided, reason="Nhập nhầm", by=make_user(Role.MANAGER), at=NOW)
    Client().get(LOOKUP)
    answers = set()
    for number, (code, secret) in enumerate(
        [
            (dossier.code, wrong_secret_of(dossier)),
            ("H61.26-261120-9999", secret_of(dossier)),
            ("000.00.01.H61-261120-0001", secret_of(dossier)),
            ("không phải mã", secret_of(dossier)),
            (voided.code, secret_of(voided)),
            (dossier.code, "1"),
        ]
    ):
        # Agency, savepoint and its roll-back or release, counters, dossier.
        with django_assert_num_queries(5):
            answer = look_up(Client(), code, secret, REMOTE_ADDR=f"203.0.113.{number}")
        text = answer.text.replace(f'value="{code}"', "").replace(f'value="{secret}"', "")
        text = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", text)
        headers = {name: value for name, value in answer.headers.items() if name not in {"X-Request-ID", "Content-Length"}}
        answers.add((answer.status_code, text, json.dumps(headers), tuple(answer.cookies)))

    assert len(answers) == 1
    status, text, headers, _ = answers.pop()
    assert status == 422
    assert NOT_FOUND in text
    assert json.loads(headers)["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_every_wrong_token_has_one_answer():
    dossier, voided = make_dossier(), make_dossier(name="Lý Văn Sơn")
    old = token_of(dossier)
    lifecycle.new_secret(dossier, by=make_clerk(), at=NOW)
    lifecycle.void(voided, reason="Nhập nhầm", by=make_user(Role.MANAGER), at=NOW)
    answers = set()
    for wrong in (old, token_of(voided), "0" * 16, "khong-phai", "a" * 400):
        answer = Client().get(f"/tc/{wrong}/")
        # The display choices in the header lead back to this address.
        text = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', "", answer.text.replace(wrong, ""))
        answers.add((answer.status_code, text, answer["Referrer-Policy"], answer["Cache-Control"]))

    assert len(answers) == 1
    status, text, referrer, _ = answers.pop()
    assert (status, referrer) == (404, "no-referrer")
    assert NOT_FOUND in text


@pytest.mark.django_db
def test_what_was_typed_is_still_there_after_a_failure(client):
    page = look_up(client, "H61.26-261120-9999", "1234 5678").text

    assert 'value="H61.26-261120-9999"' in page and 'value="1234 5678"' in page
    assert "<title>Lỗi: Tra cứu hồ sơ" in page


@pytest.mark.django_db
def test_an_empty_field_is_asked_for_and_counts_as_no_try(client):
    answer = look_up(client, "", " ")

    assert answer.status_code == 422
    assert "Xin nhập mã hồ sơ in trên giấy hẹn" in answer.text and "Xin nhập mã tra cứu 8 số trên giấy hẹn" in answer.text
    assert not LookupCounter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("absurd", ["\x00", "a" * 100_000, "\u202e12345678", "'; DROP TABLE", "<script>"])
def test_absurd_text_is_a_failure_like_any_other(client, absurd):
    make_agency()

    answer = look_up(client, f"H61{absurd}", absurd + "1")

    assert answer.status_code == 422
    assert NOT_FOUND in answer.text and "<script>" not in answer.text


@pytest.mark.django_db
def test_after_too_many_failures_the_page_says_how_long_and_whom_to_call(client):
    dossier = make_dossier()
    for _ in range(5):
        look_up(client, dossier.code, wrong_secret_of(dossier))

    answer = look_up(client, dossier.code, secret_of(dossier))

    assert answer.status_code == 429
    assert 890 <= int(answer["Retry-After"]) <= 900
    assert "Đã thử quá nhiều lần. Xin thử lại sau 15 phút hoặc gọi 0294 000 0000" in answer.text
    assert dossier.code in opened(client, dossier).text


@pytest.mark.django_db
def test_forged_headers_buy_no_further_tries(client, settings):
    settings.LOOKUP_FAILURES_PER_ADDRESS = 3
    make_agency()
    for number in range(3):
        look_up(client, f"H61.26-261120-{number + 1000}", "00000000", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")

    answer = look_up(client, "H61.26-261120-1009", "00000000", HTTP_X_FORWARDED_FOR="198.51.100.77", HTTP_X_REAL_IP="198.51.100.78")

    assert answer.status_code == 429


# -- what a page may tell ----------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.RECEIVED, Status.RESULT_READY, Status.RETURNED])
def test_a_stranger_with_the_slip_sees_no_name_in_full_no_number_address_or_telephone(client, status):
    page = opened(client, make_dossier(status=status)).text

    assert "Thạch T. S. K." in page
    assert [told for told in ("Sóc Kha", "000185006123", "0900000123", "Ấp Trà Kha") if told in page] == []


@pytest.mark.django_db
def test_a_page_about_a_dossier_is_kept_and_found_nowhere(client):
    answer = opened(client, make_dossier())

    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"
    assert '<meta name="robots" content="noindex,nofollow">' in answer.text
    assert set(client.cookies) == {GRANT.full_name}


@pytest.mark.django_db
def test_no_secret_is_in_an_address_a_title_a_log_or_the_history(client):
    dossier = make_dossier(status=Status.RETURNED)
    secrets = {token_of(dossier), secret_of(dossier), dossier.code}
    lines = io.StringIO()
    configure({"level": "INFO"})
    handler = logging.getLogger().handlers[0]
    handler.setStream(lines)

    look_up(client, dossier.code, wrong_secret_of(dossier))
    answer = look_up(client, dossier.code, secret_of(dossier), follow=True)
    answer = opened(client, dossier)

    title = re.search(r"<title>(.*?)</title>", answer.text)[1]
    addresses = " ".join(address for address, _ in answer.redirect_chain)
    assert "tc/<token>/" in lines.getvalue()
    assert [secret for secret in secrets if secret in f"{title} {addresses} {lines.getvalue()}"] == []
    assert not AccessEntry.objects.filter(detail__regex="[0-9]{8}").exists()


# -- light and quick ---------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("status", [Status.RECEIVED, Status.PROCESSING, Status.RESULT_READY, Status.RETURNED])
def test_the_state_of_a_dossier_weighs_at_most_eight_kilobytes_in_all(status, language):
    client = Client(headers={"accept-encoding": "gzip"})
    client.cookies[COOKIE_NAME] = f"{language}-100-thuong"
    dossier = make_dossier(status=status)

    redirect = client.get(f"/tc/{token_of(dossier)}/")
    answer = client.get(redirect["Location"])

    heads = sum(len(f"{name}: {value}\r\n") for each in (redirect, answer) for name, value in each.headers.items())
    cookies = len(redirect.cookies.output())
    assert len(answer.content) + heads + cookies <= 8_000
    page = gzip.decompress(answer.content).decode()
    # Nothing else is fetched: no script, no sheet, no picture.
    assert re.findall(r"<(?:script|img|iframe|link(?! rel=\"icon\" href=\"data:,\"))", page) == []
    assert len(re.findall("<style>", page)) == 1
    assert "'sha256-" in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_queries_are_few_and_do_not_grow(client, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(store, "FRESH_SECONDS", 3600)
    dossier = make_dossier()
    opened(client, dossier)
    with django_assert_num_queries(1):
        client.get(STATUS)
    with django_assert_num_queries(1):
        client.get(f"/tc/{token_of(dossier)}/")
    with django_assert_num_queries(1):
        client.get(LOOKUP)

    for _ in range(5):
        dossier = lifecycle.hand_over(dossier, to=make_user(Role.SPECIALIST), by=make_user(Role.MANAGER), at=NOW)
        dossier = lifecycle.take_over(dossier, by=dossier.holder, at=NOW)
    with django_assert_num_queries(1):
        client.get(STATUS)


@pytest.mark.django_db
def test_three_queries_at_most_when_calendar_and_hours_are_asked_for_again(client, django_assert_num_queries):
    opened(client, make_dossier())
    store.forget()
    display._hours.clear()

    with django_assert_num_queries(3):
        client.get(STATUS)


@pytest.mark.django_db
@pytest.mark.parametrize("address", [LOOKUP, STATUS])
def test_only_reading_is_answered_and_head_like_get(client, address):
    opened(client, make_dossier())

    assert client.head(address).status_code == 200
    assert client.delete(address).status_code == 405
    assert client.post(STATUS).status_code == 405


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused():
    dossier = make_dossier()
    client = Client(enforce_csrf_checks=True)

    assert look_up(client, dossier.code, secret_of(dossier)).status_code == 403


@pytest.mark.django_db
def test_the_pages_follow_the_language_the_visitor_chose(client):
    client.cookies[COOKIE_NAME] = "en-100-thuong"

    page = opened(client, make_dossier()).text

    assert '<html lang="en">' in page
    assert "What you need to do" in page and "17:00 Thursday, 26/11/2026" in page
    assert '<h1><span lang="vi">Đăng ký khai sinh</span></h1>' in page


@pytest.mark.django_db
def test_khmer_is_shown_in_vietnamese_until_somebody_approved_it(client):
    client.cookies[COOKIE_NAME] = "km-100-thuong"

    page = opened(client, make_dossier()).text

    assert '<html lang="vi">' in page and "Việc cần làm" in page and "đang hoàn thiện" in page


@pytest.mark.django_db
def test_the_returned_dossier_leads_to_the_ballot(client):
    dossier = make_dossier(status=Status.RETURNED)

    assert f'href="{reverse("surveys:ballot", args=[token_of(dossier)])}"' in opened(client, dossier).text


@pytest.mark.django_db
def test_the_apology_stands_above_everything(client):
    dossier = make_dossier(status=Status.PROCESSING, at=NOW - timedelta(days=30))

    page = opened(client, dossier).text

    assert 0 < page.index("Xin lỗi, hồ sơ trễ hẹn") < page.index("<h1>")
