"""A citizen asks for his dossier back with the secret of his slip, thinks again, and reads why the work has stopped."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier, DossierFee, WithdrawalRequest
from dossiers.public_facts import facts_of
from dossiers.public_status import page_of
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk, make_dossier, make_version
from dossiers.tests.slips import token_of, token_of_slip, wrong_secret_of
from onestop.history.models import Event
from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = pytest.mark.django_db

MONDAY, WEDNESDAY = local("2026-11-23 10:00"), local("2026-11-25 10:00")
ASK, AGAIN, STATUS, LOOKUP = "/tra-cuu/xin-rut/", "/tra-cuu/thoi-rut/", "/tra-cuu/ket-qua/", "/tra-cuu/"
ENDED = f"{LOOKUP}?vi-sao=het-gio"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)


def holding(client, dossier) -> Dossier:
    """The browser has the grant that the slip opens."""
    client.get(f"/tc/{token_of(dossier)}/")
    return dossier


def status_of(dossier) -> str:
    return Dossier.objects.get(pk=dossier.pk).status


def stopped(dossier, **fields) -> Dossier:
    said = {"kind": "stopped", "reason": "Đất đang tranh chấp.", "ground": "Điều 12", "asked_by": "Phòng Kinh tế"}
    return lifecycle.stop(dossier, by=make_user(Role.LEADER), at=MONDAY, **(said | fields))


# -- asking --------------------------------------------------------------------------------------
def test_the_status_page_leads_to_plain_words_a_confirmation_and_the_request(client):
    dossier = holding(client, make_dossier())
    assert f'href="{ASK}"' in client.get(STATUS).text

    explained = client.get(ASK)
    confirm = client.post(ASK, {"ly_do": " Tôi nộp\nở xã khác "})
    assert status_of(dossier) == Status.RECEIVED
    done = client.post(ASK, {"ly_do": "Tôi nộp ở xã khác", "xac_nhan": "1"})

    assert "Cơ quan trả lại giấy tờ và ông/bà không có kết quả." in explained.text
    assert "Ông/bà chắc chắn xin rút hồ sơ này?" in confirm.text and 'name="ly_do" value="Tôi nộp ở xã khác"' in confirm.text
    assert (done.status_code, done["Location"]) == (303, STATUS)
    request = WithdrawalRequest.objects.get()
    assert (status_of(dossier), request.reason, request.how) == (Status.WITHDRAWAL_REQUESTED, "Tôi nộp ở xã khác", "online")
    page = client.get(STATUS).text
    for words in ("Cơ quan đã nhận đơn xin rút hồ sơ ngày 23/11/2026", "Trước lúc ấy ông/bà còn đổi ý được.", f'href="{AGAIN}"'):
        assert words in page
    assert f'href="{ASK}"' not in page


def test_a_double_click_asks_once(client):
    holding(client, make_dossier())
    for _ in range(2):
        assert client.post(ASK, {"xac_nhan": "1"})["Location"] == STATUS
    assert WithdrawalRequest.objects.count() == 1
    assert Event.objects.filter(act="request_withdrawal").count() == 1


def test_he_thinks_again(client):
    dossier = holding(client, make_dossier())
    client.post(ASK, {"xac_nhan": "1"})
    assert "Ngày hẹn không đổi." in client.get(AGAIN).text

    for _ in range(2):
        assert client.post(AGAIN)["Location"] == STATUS

    assert (status_of(dossier), WithdrawalRequest.objects.get().taken_back_how) == (Status.RECEIVED, "online")


# -- who may not ---------------------------------------------------------------------------------
@pytest.mark.parametrize("address", [ASK, AGAIN])
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_grant_nothing_is_shown_and_nothing_done(client, address, method):
    dossier = make_dossier()
    client.post(LOOKUP, {"ma": dossier.code, "ma_tra_cuu": wrong_secret_of(dossier)})

    answer = getattr(client, method)(address, {"xac_nhan": "1"})

    assert (answer.status_code, answer["Location"]) == (302, ENDED)
    assert not WithdrawalRequest.objects.exists()


def test_a_new_slip_shuts_the_old_grant(client):
    dossier = holding(client, make_dossier())
    lifecycle.new_secret(dossier, by=make_clerk(), at=MONDAY)
    assert client.post(ASK, {"xac_nhan": "1"})["Location"] == ENDED
    assert not WithdrawalRequest.objects.exists()


def test_the_token_of_a_supplement_slip_asks_for_nothing(client):
    dossier = lifecycle.ask_for_supplement(
        make_dossier(), items=["Giấy"], reason="Thiếu.", answer_by=date(2026, 12, 4), by=make_clerk(), at=MONDAY
    )
    client.get(f"/tc/{token_of_slip(dossier.supplement_requests.get())}/")
    assert client.post(ASK, {"xac_nhan": "1"})["Location"] == ENDED


def test_without_the_pages_own_token_nothing_is_done():
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    holding(strict, make_dossier())
    assert strict.post(ASK, {"xac_nhan": "1"}).status_code == 403
    assert not WithdrawalRequest.objects.exists()


@pytest.mark.parametrize("status", [Status.RESULT_READY, Status.RETURNED])
def test_what_is_decided_is_told_and_not_offered(client, status):
    holding(client, make_dossier(status=status))
    assert f'href="{ASK}"' not in client.get(STATUS).text
    answer = client.post(ASK, {"xac_nhan": "1"})
    assert (answer.status_code, "không rút được nữa" in answer.text) == (409, True)


@pytest.mark.parametrize("reason", ["x" * 301, "a\u0007b"])
def test_a_reason_that_cannot_be_kept_is_said_at_the_field(client, reason):
    holding(client, make_dossier())
    answer = client.post(ASK, {"ly_do": reason, "xac_nhan": "1"})
    assert (answer.status_code, bool(answer.context["form"].errors["ly_do"])) == (422, True)
    assert not WithdrawalRequest.objects.exists()


def test_markup_in_a_reason_stays_text(client):
    holding(client, make_dossier())
    assert "<script>" not in client.post(ASK, {"ly_do": "<script>alert(1)</script>"}).text.replace("<script src", "")


@pytest.mark.parametrize("address", [ASK, AGAIN])
def test_the_pages_are_kept_by_nobody(client, address):
    holding(client, make_dossier())
    client.post(ASK, {"xac_nhan": "1"}) if address == AGAIN else None
    answer = client.get(address)
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")


# -- what is read afterwards ---------------------------------------------------------------------
def test_a_stopped_dossier_says_why_what_goes_back_and_where_to_complain(client):
    dossier = holding(client, make_dossier())
    DossierFee.objects.create(agency=dossier.agency, dossier=dossier, name="Lệ phí", amount=16_000, paid_by="cash", paid_at=MONDAY)
    stopped(dossier, fees="refunded", papers_given_back="Giấy chứng sinh")

    page = client.get(STATUS).text

    for words in (
        "Hồ sơ đã dừng giải quyết",
        "Cơ quan đã quyết định dừng giải quyết hồ sơ.",
        "01/TBDG",
        "Đất đang tranh chấp.",
        "Giấy chứng sinh",
        "16.000 đồng, được hoàn trả",
        "Khiếu nại: gửi Chủ tịch UBND xã Nghĩa Giang.",
    ):
        assert words in page
    assert "Lê Hoàng Phúc" not in page and "Phòng Kinh tế" not in page


def test_in_english_the_sentences_are_english_and_the_officers_words_stay_vietnamese(client):
    holding(client, make_dossier())
    stopped(Dossier.objects.get())
    client.post(reverse("display"), {"ngon-ngu": "en", "tiep": STATUS})
    page = client.get(STATUS).text
    assert "Work on your dossier has stopped" in page and "The office has decided to stop work on the dossier." in page
    assert '<dd lang="vi">Đất đang tranh chấp.</dd>' in page


def test_while_he_asks_for_it_nothing_is_asked_of_him(client):
    dossier = lifecycle.ask_for_supplement(
        make_dossier(), items=["Giấy chứng sinh"], reason="Thiếu.", answer_by=date(2026, 12, 4), by=make_clerk(), at=MONDAY
    )
    slip = token_of_slip(dossier.supplement_requests.get())
    holding(client, dossier)
    client.post(ASK, {"xac_nhan": "1"})
    assert "Giấy chứng sinh" not in client.get(STATUS).text
    assert "Giấy chứng sinh" not in client.get(f"/tc/{slip}/", follow=True).text


def test_a_lawful_date_that_only_we_know_makes_nobody_read_of_a_broken_promise():
    dossier = lifecycle.reclassify(
        make_dossier(),
        version=(version := make_version("1.000002", value=2)),
        case=version.cases.get(),
        reason="Nhầm",
        by=make_user(Role.LEADER),
        at=MONDAY,
    )
    assert dossier.due_at == local("2026-11-25 17:00")

    page = page_of(facts_of(dossier.pk, 1), local("2026-11-26 08:00"))
    late = page_of(facts_of(dossier.pk, 1), local("2026-11-27 08:00"))

    assert (page.late, page.promised) == ("", "17:00 thứ Năm, 26/11/2026")
    assert late.late.startswith("Hồ sơ đã quá hẹn.")
