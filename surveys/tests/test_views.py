"""The ballot as a citizen meets it: a link, one tap, thanks."""

import re
from types import SimpleNamespace

import pytest
from django.test import Client

from dossiers import lifecycle
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk, make_dossier
from dossiers.tests.slips import make_supplement, token_of, token_of_slip
from dossiers.views import public
from onestop.display import COOKIE_NAME
from onestop.testing import make_agency
from procedures.models import Procedure
from surveys import views
from surveys.models import Ballot
from surveys.views import ANSWER, GRANT

NOW = local("2026-11-20 16:45")
VOTE, THANKS = "/danh-gia/phieu/", "/danh-gia/cam-on/"
THANK_YOU = "Cảm ơn ông/bà"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The pages' clock stands still at NOW."""
    for module in (public, views):
        monkeypatch.setattr(module, "timezone", SimpleNamespace(now=lambda: NOW))


@pytest.fixture
def returned():
    return make_dossier(status=Status.RETURNED)


def scan(client, dossier):
    return client.get(f"/danh-gia/{token_of(dossier)}/", follow=True)


def scores():
    return list(Ballot.objects.values_list("score", flat=True))


@pytest.mark.django_db
def test_the_link_becomes_a_clean_address_with_four_faces(client, returned):
    answer = client.get(f"/danh-gia/{token_of(returned)}/")
    assert (answer.status_code, answer["Location"], answer["Referrer-Policy"]) == (302, VOTE, "no-referrer")
    assert answer.cookies[GRANT.full_name]["path"] == "/danh-gia/"

    page = client.get(VOTE).text

    assert re.findall(r'<button name="muc" value="(\d)">.*?</svg>(.*?)</button>', page, re.S) == [
        ("4", "Rất hài lòng"),
        ("3", "Hài lòng"),
        ("2", "Bình thường"),
        ("1", "Không hài lòng"),
    ]
    assert "Đăng ký khai sinh" in page and "Sóc" not in page


@pytest.mark.django_db
def test_in_english_the_matter_has_its_english_name_where_there_is_one(client, returned):
    client.cookies[COOKIE_NAME] = "en-100-thuong"
    assert '<span lang="vi">Đăng ký khai sinh</span>' in scan(client, returned).text

    Procedure.objects.update(name_en="Birth registration")

    assert "<span>Birth registration</span>" in client.get(VOTE).text


@pytest.mark.django_db
@pytest.mark.parametrize("score", [4, 3])
def test_one_tap_is_the_whole_answer(client, returned, score):
    scan(client, returned)

    answer = client.post(VOTE, {"muc": score})

    assert (answer.status_code, answer["Location"]) == (303, THANKS)
    assert scores() == [score]
    page = client.get(THANKS).text
    assert THANK_YOU in page and "ly_do" not in page


@pytest.mark.django_db
def test_who_was_not_satisfied_may_say_why_afterwards(client, returned):
    scan(client, returned)
    page = client.post(VOTE, {"muc": 1}, follow=True).text
    assert THANK_YOU in page and len(re.findall('name="ly_do"', page)) == 6

    answer = client.post(THANKS, {"ly_do": ["waited", "extra_charge"]}, follow=True)

    assert Ballot.objects.get().reasons == ["extra_charge", "waited"]
    assert THANK_YOU in answer.text and "ly_do" not in answer.text
    client.post(THANKS, {"ly_do": ["other"]})
    assert Ballot.objects.get().reasons == ["extra_charge", "waited"]


@pytest.mark.django_db
def test_reasons_that_are_none_of_ours_are_not_kept(client, returned):
    scan(client, returned)
    client.post(VOTE, {"muc": 2})

    assert client.post(THANKS, {"ly_do": ["<script>"]}).status_code == 303
    assert Ballot.objects.get().reasons is None


@pytest.mark.django_db
def test_a_second_answer_is_not_counted(client, returned):
    scan(client, returned)
    client.post(VOTE, {"muc": 4})

    other = Client()
    page = scan(other, returned).text
    answer = other.post(VOTE, {"muc": 1})

    assert "Mỗi hồ sơ được đánh giá một lần." in page and 'name="muc"' not in page
    assert answer.status_code == 409
    assert scores() == [4]


@pytest.mark.django_db
def test_after_the_answer_the_browser_holds_nothing_that_names_the_dossier(client, returned):
    scan(client, returned)
    answer = client.post(VOTE, {"muc": 1})

    assert answer.cookies[GRANT.full_name].value == ""
    kept = answer.cookies[ANSWER]
    assert (kept["path"], kept["max-age"], kept["httponly"]) == ("/danh-gia/", 600, True)
    assert kept.value.startswith(str(Ballot.objects.get().pk))
    assert client.get(VOTE)["Location"] == THANKS


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [{}, {"muc": ""}, {"muc": "5"}, {"muc": "0"}, {"muc": "x"}])
def test_no_face_is_no_answer(client, returned, sent):
    scan(client, returned)

    answer = client.post(VOTE, sent)

    assert answer.status_code == 422
    assert "Xin chạm vào một khuôn mặt" in answer.text
    assert scores() == []


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.RECEIVED, Status.RESULT_READY])
def test_before_the_return_the_page_asks_to_come_back(client, status):
    page = scan(client, make_dossier(status=status)).text

    assert "Mời ông/bà đánh giá sau khi nhận kết quả." in page and 'name="muc"' not in page
    assert client.post(VOTE, {"muc": 4}).status_code == 200
    assert scores() == []


@pytest.mark.django_db
def test_a_supplement_slip_is_not_asked(client):
    page = client.get(f"/danh-gia/{token_of_slip(make_supplement())}/", follow=True).text

    assert "Mời ông/bà đánh giá sau khi nhận kết quả." in page


@pytest.mark.django_db
def test_a_token_that_opens_nothing_has_the_answer_of_the_look_up(client, returned):
    old = token_of(returned)
    type(returned).objects.filter(pk=returned.pk).update(voided_at=NOW)

    for wrong in (old, "0" * 16, "khong-phai"):
        answer = client.get(f"/danh-gia/{wrong}/")
        there = client.get(f"/tc/{wrong}/")
        assert answer.status_code == there.status_code == 404
        assert "Không tìm thấy hồ sơ với mã hồ sơ và mã tra cứu này." in answer.text
        assert answer["Referrer-Policy"] == "no-referrer"


@pytest.mark.django_db
def test_a_new_slip_shuts_the_old_ballot(client):
    dossier = make_dossier(status=Status.RESULT_READY)
    old = token_of(dossier)
    dossier = lifecycle.new_secret(dossier, by=make_clerk(), at=NOW)
    lifecycle.return_result(dossier, collected_by="owner", name="Kha", by=make_clerk(), at=NOW)

    assert client.get(f"/danh-gia/{old}/").status_code == 404


@pytest.mark.django_db
def test_without_a_grant_there_is_no_ballot(client):
    make_agency()

    assert client.get(VOTE)["Location"] == "/tra-cuu/?vi-sao=het-gio"
    assert client.post(VOTE, {"muc": 4}).status_code == 302
    assert THANK_YOU in client.get(THANKS).text


@pytest.mark.django_db
def test_the_grant_of_the_status_page_is_none_for_the_ballot(client, returned):
    client.get(f"/tc/{token_of(returned)}/")
    client.cookies[GRANT.full_name] = client.cookies[public.GRANT.full_name].value

    assert client.get(VOTE).status_code == 302


@pytest.mark.django_db
def test_a_tap_from_another_site_is_refused(returned):
    client = Client(enforce_csrf_checks=True)
    scan(client, returned)

    assert client.post(VOTE, {"muc": 1}).status_code == 403


@pytest.mark.django_db
def test_the_ballot_asks_the_database_twice_and_is_kept_nowhere(client, returned, django_assert_num_queries):
    scan(client, returned)

    with django_assert_num_queries(2):
        answer = client.get(VOTE)

    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")


@pytest.mark.django_db
def test_the_ballot_speaks_english_to_whoever_chose_it(client, returned):
    client.cookies[COOKIE_NAME] = "en-100-thuong"

    page = scan(client, returned).text

    assert "Were you satisfied with the service?" in page and "Not satisfied" in page
