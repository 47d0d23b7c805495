"""What a citizen sees of his letter: above everything, once it is issued, and nothing of the office's drafts."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.dispatch import issue_signed
from dossiers.models import ApologyLetter
from dossiers.public_apology import apology_of
from dossiers.statuses import Status
from dossiers.tests.letters import DUE, NEW_DATE, WORDS, head, prepare
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier
from dossiers.tests.slips import token_of
from onestop.display import COOKIE_NAME
from onestop.reading.dates import say_moment
from onestop.testing import make_agency
from onestop.vault import files

pytestmark = pytest.mark.django_db
PAGE, LETTER = reverse("dossiers:status"), reverse("dossiers:status_letter")
PERSON = ("Thạch Thị Sóc Kha", "0900000123")


@pytest.fixture
def late():
    """A dossier that missed its promise a while ago, and its letter at each step."""
    dossier = make_dossier(at=timezone.now() - timedelta(days=30))
    return lifecycle.draft_letter(dossier, at=timezone.now())


def prepared(letter, **values):
    return prepare(letter, at=timezone.now(), **({"new_due_at": local("2027-03-02 16:30")} | values))


def issued(letter, **values):
    lifecycle.sign_letter(prepared(letter, **values), by=head(), at=timezone.now())
    issue_signed(now=timezone.now())
    return ApologyLetter.objects.get(pk=letter.pk)


def shown(client, letter) -> str:
    return client.get(f"/tc/{token_of(letter.dossier)}/", follow=True).content.decode()


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_letter_stands_above_everything_with_reason_date_and_file(client, late):
    letter = issued(late, nothing_more=True)
    page = shown(client, letter)

    panel = page.index('class="panel late"')
    assert panel < page.index("<h1")
    said = text(page[panel : page.index("</section>", panel)])
    for words in (
        f"không trả kết quả đúng hẹn lúc {say_moment(letter.missed.due_at)}",
        f"Lý do: {WORDS}",
        "Hẹn trả kết quả lại: 16:30 thứ Ba, 02/03/2027",
        "không phải nộp thêm giấy tờ hay tiền",
        "01/UBND-TTPVHCC",
    ):
        assert words in said.replace(" :", ":")
    assert page.count('class="panel late"') == 1


@pytest.mark.parametrize("step", ["drafted", "prepared", "signed"])
def test_until_it_is_issued_nothing_of_it_is_shown(client, late, step):
    if step != "drafted":
        letter = prepared(late)
        if step == "signed":
            lifecycle.sign_letter(letter, by=head(), at=timezone.now())
    page = shown(client, late)
    above = page.split("Vì sao ngày hẹn thay đổi")[0]
    assert (WORDS in above, "UBND-TTPVHCC" in page, client.get(LETTER).status_code) == (False, False, 302)


def test_the_holder_of_the_code_gets_the_letter_byte_for_byte(client, late):
    letter = issued(late)
    shown(client, letter)

    answer = client.get(LETTER)

    assert (answer.content, answer["Content-Type"]) == (files.read(letter.paper.sha256), "application/pdf")
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")


def test_without_a_grant_there_is_no_letter(client, late):
    issued(late)
    assert client.get(LETTER).url.startswith(reverse("dossiers:lookup"))


def test_a_grant_for_another_dossier_gives_not_this_letter(client, late):
    issued(late)
    other = make_dossier(by=make_clerk(make_agency("H61.27", "Phú Tân An")))
    client.get(f"/tc/{token_of(other)}/")
    assert client.get(LETTER).status_code == 302


def test_a_new_secret_shuts_the_old_grant_out(client, late):
    letter = issued(late)
    shown(client, letter)
    lifecycle.new_secret(letter.dossier, by=make_clerk(), at=timezone.now())
    assert client.get(LETTER).status_code == 302


def test_in_english_the_words_are_english_and_the_offices_reason_is_marked_as_vietnamese(client, late):
    client.cookies[COOKIE_NAME] = "en-100-thuong"
    page = shown(client, issued(late))
    assert ("We are sorry that your result was not ready" in page, f'<span lang="vi">{WORDS}</span>' in page) == (True, True)


def test_with_the_result_there_no_new_date_is_shown(client, late):
    letter = issued(late)
    bring_to(letter.dossier, Status.RESULT_READY, by=make_clerk(), at=timezone.now())
    page = text(shown(client, letter))
    assert ("Hẹn trả kết quả lại" in page, "Chúng tôi xin lỗi ông/bà vì không trả kết quả đúng hẹn" in page) == (False, True)


def test_a_second_broken_promise_is_said_and_not_hidden_behind_the_first_letter(client):
    dossier = make_dossier()
    letter = lifecycle.draft_letter(dossier, at=DUE + timedelta(hours=15))
    prepare(letter)
    lifecycle.sign_letter(ApologyLetter.objects.get(), by=head(), at=local("2026-11-27 08:00"))
    issue_signed(now=local("2026-11-27 08:01"))

    assert [apology_of(letter.pk, now).is_broken_again for now in (NEW_DATE, NEW_DATE + timedelta(minutes=1))] == [False, True]


@pytest.mark.parametrize("kind", ["error", "lost_paper", "asked_twice"])
def test_other_faults_of_ours_are_said_as_plainly(client, kind):
    dossier = make_dossier(status=Status.RETURNED, at=timezone.now() - timedelta(days=3))
    letter = lifecycle.draft_letter(dossier, at=timezone.now(), by=make_clerk(), kind=kind)
    issued(letter, new_due_at=None, cause="mistake")
    page = text(shown(client, letter))
    assert {"error": "Kết quả có sai sót", "lost_paper": "làm thất lạc giấy tờ", "asked_twice": "bổ sung giấy tờ nhiều lần"}[kind] in page


def test_the_panel_costs_one_question_and_none_where_there_is_no_letter(client, late, django_assert_num_queries):
    plain = make_dossier()
    # The third one is for the dates: the letter made a new one.
    for letter_dossier, count in ((plain, 1), (issued(late).dossier, 3)):
        client.get(f"/tc/{token_of(letter_dossier)}/", follow=True)
        with django_assert_num_queries(count):
            client.get(PAGE)


def test_the_page_with_a_letter_still_weighs_little(client, late):
    letter = issued(late, nothing_more=True)
    client.get(f"/tc/{token_of(letter.dossier)}/")
    answer = client.get(PAGE, headers={"accept-encoding": "gzip"})
    assert len(answer.content) <= 8_000
    assert all(person not in shown(client, letter) for person in PERSON)
