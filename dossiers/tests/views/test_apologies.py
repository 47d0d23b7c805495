"""The pages of letters: the list, the page from draft to citizen, the joint sign page, the signing session."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.causes import CAUSES
from dossiers.desks import desk_of
from dossiers.dispatch import issue_signed
from dossiers.drafting import proposed_date
from dossiers.models import ApologyLetter, LetterState, SignOff
from dossiers.statuses import Status
from dossiers.tests.letters import delegated, head, one_of, prepared
from dossiers.tests.makers import bring_to, make_clerk, make_dossier
from onestop.history.models import AccessEntry
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.vault import files

pytestmark = pytest.mark.django_db
PASSWORD = "mật khẩu của lãnh đạo 26"
PDF = b"%PDF-1.7\n%%EOF\n"
LIST = reverse("dossiers:apologies")
SESSION = reverse("dossiers:signing_session")


@pytest.fixture
def boss(client):
    boss = make_user(Role.HEAD, password=PASSWORD)
    client.force_login(boss)
    return boss


def late_dossier(**fields):
    return make_dossier(at=timezone.now() - timedelta(days=30), **fields)


def submitted(*, content=b""):
    clerk, at = make_clerk(), timezone.now() - timedelta(days=30)
    dossier = make_dossier(by=clerk, at=at)
    return lifecycle.submit_for_sign_off(
        dossier, by=clerk, at=at, summary="Trích lục", sha256=files.store(content) if content else "", file_name="du-thao.pdf"
    )


def draft(dossier=None):
    return lifecycle.draft_letter(dossier or late_dossier(), at=timezone.now())


def page_of(letter):
    return f"{reverse('dossiers:apology', args=[letter.dossier.code])}?van-ban={letter.pk}"


def sent_with(client, letter, act, **fields):
    """The form of this act as the page shows it, with what a person changes in it."""
    shown = client.get(page_of(letter)).context["forms"].get(act)
    values = {name: shown[name].value() for name in shown.fields} if shown else {}
    values = {name: shown.fields[name].prepare_value(value) for name, value in values.items() if value not in (None, False)}
    return {"act": act, "van-ban": letter.pk, "seen": again(letter).edition} | values | fields


def again(letter):
    return ApologyLetter.objects.select_related("dossier", "paper").get(pk=letter.pk)


def prepare(client, letter, **fields):
    return client.post(page_of(letter), sent_with(client, letter, "prepare", **({"cause": "many"} | fields)))


# -- the list ---------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_pages_are_for_those_who_write_and_sign_letters(client, role):
    letter = draft()
    client.force_login(make_user(role))
    expected = 200 if role in {Role.CLERK, Role.SPECIALIST, Role.MANAGER, Role.LEADER, Role.HEAD} else 403
    assert [client.get(address).status_code for address in (LIST, page_of(letter))] == [expected, expected]


def test_each_letter_stands_under_what_is_to_be_done_with_it(client, boss):
    letters = [draft() for _ in range(5)]
    for letter in letters[1:4]:
        prepare(client, letter)
    lifecycle.sign_letter(again(letters[2]), by=boss, at=timezone.now())
    lifecycle.waive_letter(again(letters[3]), reason="Đã xin lỗi trực tiếp", by=boss, at=timezone.now())
    lifecycle.waive_letter(again(letters[4]), reason="Nhập nhầm", by=boss, at=timezone.now())

    def listed(tab):
        return {row.letter.pk for row in client.get(LIST, {"muc": tab}).context["rows"]}

    assert [listed(tab) for tab in ("can-soan", "cho-ky", "da-gui", "rut-bo")] == [
        {letters[0].pk},
        {letters[1].pk},
        {letters[2].pk},
        {letters[3].pk, letters[4].pk},
    ]
    assert "Đã xin lỗi trực tiếp" in client.get(LIST, {"muc": "rut-bo"}).content.decode()


def test_a_specialist_sees_the_letters_of_what_he_holds_and_a_clerk_of_what_he_received(client):
    clerk, other = make_clerk(), make_user(Role.CLERK)
    mine = draft(late_dossier())
    held = bring_to(late_dossier(), Status.PROCESSING, by=clerk, at=timezone.now() - timedelta(days=29))
    draft(held)

    def listed(person):
        client.force_login(person)
        return {row.letter.dossier_id for row in client.get(LIST).context["rows"]}

    everything = {mine.dossier_id, held.pk}
    assert (listed(held.holder), listed(clerk), listed(other)) == ({held.pk}, everything, set())
    assert listed(make_user(Role.MANAGER)) == everything


def test_the_cost_of_the_list_does_not_depend_on_its_rows(client, boss, django_assert_max_num_queries):
    draft()
    client.get(LIST)
    with django_assert_max_num_queries(6) as one:
        client.get(LIST)
    draft(), draft()
    with django_assert_max_num_queries(6) as three:
        client.get(LIST)
    assert len(three) == len(one)


def test_letters_of_another_commune_are_not_there(client):
    letter = draft()
    client.force_login(make_user(Role.HEAD, agency=make_agency("H61.27", "Phú Tân An")))
    assert (client.get(page_of(letter)).status_code, client.get(LIST).context["rows"]) == (404, [])


# -- preparing ---------------------------------------------------------------------------------
def test_a_draft_is_begun_by_hand_and_the_page_goes_on_with_it(client, boss):
    dossier = late_dossier()
    address = reverse("dossiers:apology", args=[dossier.code])
    assert client.get(address).context["forms"]["start"].initial["kind"] == "late"

    answers = [client.post(address, {"act": "start", "kind": "late"}) for _ in range(2)]

    letter = ApologyLetter.objects.get()
    assert [(answer.status_code, answer.url) for answer in answers] == [(303, page_of(letter))] * 2
    assert letter.drafted_by == boss


@pytest.mark.parametrize("kind", ["error", "lost_paper", "asked_twice"])
def test_other_faults_need_no_new_date(client, boss, kind):
    dossier = make_dossier(status=Status.RETURNED, at=timezone.now() - timedelta(days=3))
    client.post(reverse("dossiers:apology", args=[dossier.code]), {"act": "start", "kind": kind})
    letter = ApologyLetter.objects.get()

    assert prepare(client, letter, cause="mistake").status_code == 303
    assert (again(letter).kind, again(letter).new_due_at) == (kind, None)


def test_what_came_in_time_has_no_late_letter(client, boss):
    dossier = make_dossier(status=Status.RETURNED, at=timezone.now() - timedelta(days=3))
    address = reverse("dossiers:apology", args=[dossier.code])
    assert "late" not in dict(client.get(address).context["forms"]["start"].fields["kind"].choices)
    assert client.post(address, {"act": "start", "kind": "late"}).status_code == 422


def test_the_words_of_the_cause_are_put_in_where_nothing_was_written(client, boss):
    letter = draft()
    assert prepare(client, letter, cause="storm", cause_words="").status_code == 303
    assert again(letter).cause_words == CAUSES["storm"].words


def test_the_words_of_a_cause_can_be_asked_for_and_nothing_is_saved_by_that(client, boss):
    letter = draft()
    answer = client.post(page_of(letter), sent_with(client, letter, "prepare", cause="data", cause_words="cũ") | {"act": "words"})
    assert (answer.status_code, answer.context["forms"]["prepare"]["cause_words"].value()) == (200, CAUSES["data"].words)
    assert again(letter).prepared_at is None


def test_the_page_begins_with_a_date_that_can_be_promised(client, boss):
    letter = draft()
    assert prepare(client, letter).status_code == 303
    assert again(letter).new_due_at > timezone.now()


@pytest.mark.parametrize(
    ("fields", "box", "sentence"),
    [
        ({"cause": ""}, "cause", "Chọn nguyên nhân"),
        ({"cause": "other", "cause_words": ""}, "cause_words", "Ghi lý do để người dân đọc hiểu"),
        ({"new_date": ""}, "new_date", "Nhập ngày hẹn mới, ví dụ 27/11/2026"),
        ({"new_time": ""}, "new_time", "Nhập giờ hẹn mới, ví dụ 16:30"),
        ({"new_time": "25:00"}, "new_time", "Nhập giờ dạng giờ:phút, ví dụ 08:30"),
        ({"new_date": "01/01/2020"}, "new_date", "Ngày hẹn mới phải sau lúc này và sau ngày hẹn cũ"),
        ({"new_date": "05/12/2027"}, "new_date", "Ngày 05/12/2027 không làm việc: Chủ nhật. Chọn ngày khác"),
        ({"new_date": "06/12/2027", "new_time": "12g15"}, "new_time", "Giờ hẹn mới phải trong giờ làm việc"),
    ],
)
def test_a_mistake_is_said_at_its_box_and_nothing_typed_is_lost(client, boss, fields, box, sentence):
    letter = draft()
    answer = prepare(client, letter, stands_words="đang chờ đo đạc", **fields)
    form = answer.context["forms"]["prepare"]
    assert (answer.status_code, form.errors[box], form["stands_words"].value()) == (422, [sentence], "đang chờ đo đạc")


def test_the_draft_is_seen_as_it_would_be_printed(client, boss):
    letter = draft()
    address = reverse("dossiers:apology_preview", args=[letter.dossier.code])
    assert client.get(address).status_code == 404
    prepare(client, letter)
    answer = client.get(address)
    assert (answer["Content-Type"], answer.content[:5], answer["X-Frame-Options"]) == ("application/pdf", b"%PDF-", "SAMEORIGIN")


def test_nothing_more_to_bring_cannot_be_ticked_when_it_is_not_so(client, boss):
    dossier = late_dossier()
    dossier.fees.create(agency=dossier.agency, name="Lệ phí", amount=8000, paid_by="later")
    page = client.get(page_of(draft(dossier)))
    assert "nothing_more" not in page.context["forms"]["prepare"].fields
    assert "Người dân còn phải nộp tiền hoặc giấy tờ" in page.content.decode()


# -- signing -----------------------------------------------------------------------------------
def test_who_signs_sees_as_what_he_signs(client, boss):
    letter = draft()
    prepare(client, letter)
    page = client.get(page_of(letter))
    assert page.context["right"].lines == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    client.force_login(make_user(Role.LEADER))
    assert client.get(page_of(letter)).context["right"].lines == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")


def test_who_may_not_sign_is_told_whom_to_ask(client, boss):
    letter = draft()
    prepare(client, letter)
    client.force_login(make_clerk())
    page = client.get(page_of(letter))
    assert (page.context["right"], page.context["signers"]) == (None, ["Nguyễn Văn Đặng – Thủ trưởng"])
    answer = client.post(page_of(letter), {"act": "sign", "van-ban": letter.pk, "seen": again(letter).edition, "password": "x"})
    assert (answer.status_code, again(letter).state) == (422, LetterState.DRAFTED)


def test_the_password_is_asked_again_and_guessing_is_on_record(client, boss):
    letter = draft()
    prepare(client, letter)
    client.post(SESSION, {"act": "open", "password": PASSWORD})

    refused = [client.post(page_of(letter), sent_with(client, letter, "sign", password=typed)) for typed in ("", "sai")]
    assert [answer.status_code for answer in refused] == [422, 422]
    assert AccessEntry.objects.filter(kind="log_in_failed", subject=f"user:{boss.pk}").count() == 1

    assert client.post(page_of(letter), sent_with(client, letter, "sign", password=PASSWORD)).status_code == 303
    assert (again(letter).state, again(letter).signer) == (LetterState.SIGNED, boss)


def test_too_many_wrong_passwords_shut_the_right_one_out(client, boss, settings):
    settings.AXES_FAILURE_LIMIT = 2
    letter = draft()
    prepare(client, letter)
    for typed in ("sai một", "sai hai", PASSWORD):
        client.post(page_of(letter), sent_with(client, letter, "sign", password=typed))
    assert again(letter).state == LetterState.DRAFTED


def test_sent_twice_it_is_signed_once_and_says_so(client, boss):
    letter = draft()
    prepare(client, letter)
    form = sent_with(client, letter, "sign", password=PASSWORD)
    client.post(page_of(letter), form)

    answer = client.post(page_of(letter), form)

    assert (answer.status_code, again(letter).number) == (409, 1)
    assert answer.context["problem"].startswith("Việc này đã xong lúc")


def test_a_text_that_changed_after_it_was_opened_is_not_signed(client, boss):
    letter = draft()
    prepare(client, letter)
    opened = sent_with(client, letter, "sign", password=PASSWORD)
    prepare(client, letter, cause="storm", cause_words="Bão số 12.")

    answer = client.post(page_of(letter), opened)

    assert (answer.status_code, again(letter).state) == (409, LetterState.DRAFTED)
    assert "soạn lại lúc" in answer.context["problem"]


@pytest.mark.parametrize(("act", "wrong"), [("sign", {"password": "sai"}), ("prepare", {"cause": ""})])
def test_a_slip_of_the_pen_does_not_hide_that_the_text_has_changed(client, boss, act, wrong):
    letter = draft()
    prepare(client, letter)
    opened = sent_with(client, letter, act, password=PASSWORD)
    prepare(client, letter, cause="storm", cause_words="Bão số 12.")

    again_shown = client.post(page_of(letter), opened | wrong).context["seen"]
    answer = client.post(page_of(letter), opened | {"seen": again_shown})

    assert (answer.status_code, again(letter).state, again(letter).cause) == (409, LetterState.DRAFTED, "storm")
    assert answer.context["seen"] == again(letter).edition


def test_the_signed_letter_is_given_out_when_it_is_issued(client, boss):
    letter = draft()
    prepare(client, letter)
    client.post(page_of(letter), sent_with(client, letter, "sign", password=PASSWORD))
    paper = reverse("dossiers:paper", args=[letter.dossier.code, "xin-loi"])
    assert client.get(paper).status_code == 404

    issue_signed(now=timezone.now())

    assert client.get(paper).content[:5] == b"%PDF-"
    assert client.get(paper, {"van-ban": letter.pk}).content[:5] == b"%PDF-"
    assert [client.get(paper, {"van-ban": wrong}).status_code for wrong in (letter.pk + 1, "x", "9" * 40)] == [404] * 3


def test_a_letter_that_no_message_brings_is_marked_by_hand(client, boss):
    letter = draft()
    prepare(client, letter)
    client.post(page_of(letter), sent_with(client, letter, "sign", password=PASSWORD))
    issue_signed(now=timezone.now())
    client.force_login(make_clerk())

    answers = [client.post(page_of(letter), {"act": "sent", "van-ban": letter.pk, "way": "brought", "note": "anh Khang"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert (again(letter).state, again(letter).sent_how) == (LetterState.SENT, "Đem đến tận nơi: anh Khang")


def test_a_leader_waives_with_a_reason_and_a_clerk_is_not_offered_it(client, boss):
    letter = draft()
    assert client.post(page_of(letter), {"act": "waive", "van-ban": letter.pk, "waive_reason": ""}).status_code == 422
    assert client.post(page_of(letter), {"act": "waive", "van-ban": letter.pk, "waive_reason": "Đã gặp"}).status_code == 303
    assert again(letter).closed_reason == "Đã gặp"
    other = draft()
    client.force_login(make_clerk())
    assert "waive" not in client.get(page_of(other)).context["forms"]
    client.post(page_of(other), {"act": "waive", "van-ban": other.pk, "waive_reason": "x"})
    assert again(other).state == LetterState.DRAFTED


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 40, "1 OR 1"])
def test_a_letter_that_is_not_there_is_not_found(client, boss, number):
    address = reverse("dossiers:apology", args=[late_dossier().code])
    assert client.get(address, {"van-ban": number}).status_code == 404


def test_a_re_appointment_that_was_missed_too_asks_for_another_letter(client, boss):
    dossier, then = late_dossier(), timezone.now() - timedelta(days=15)
    first = prepared(dossier, at=then, new_due_at=proposed_date(None, desk_of(dossier.agency_id), now=then))
    address = page_of(lifecycle.sign_letter(first, by=boss, at=then))
    assert "cũng đã lỡ, chưa có văn bản xin lỗi" in client.get(address).text

    client.post(address, {"act": "start", "van-ban": first.pk, "kind": "late"})

    assert ApologyLetter.objects.count() == 2
    assert "cũng đã lỡ" not in client.get(address).text


# -- the joint page -----------------------------------------------------------------------------
def sign_page(dossier):
    return reverse("dossiers:sign", args=[dossier.code])


def both(dossier, **fields):
    now = timezone.localtime()
    shown = {"signed_on": f"{now:%d/%m/%Y}", "signed_time": f"{now:%H:%M}", "doc_number": "12", "doc_symbol": "TLKS"}
    chosen = {"how": "wet_ink", "letter": "sign", "cause": "signature", "password": PASSWORD}
    return {"act": "both", "revision": dossier.revision} | shown | chosen | fields


def test_a_late_result_and_its_letter_are_signed_with_one_confirmation(client, boss):
    dossier = submitted()
    page = client.get(sign_page(dossier))
    assert ("both" in page.context["forms"], page.context["beside"]["is_broken"]) == (True, True)

    answer = client.post(sign_page(dossier), both(dossier, issue_now="on"))

    letter = ApologyLetter.objects.get()
    assert (answer.status_code, SignOff.objects.count(), letter.state) == (303, 1, LetterState.SIGNED)
    assert letter.cause_words == CAUSES["signature"].words


def test_signed_in_the_system_both_want_the_password(client, boss):
    dossier = submitted(content=PDF)
    sha256 = dossier.results.get().sha256
    client.post(SESSION, {"act": "open", "password": PASSWORD})
    wrong = client.post(sign_page(dossier), both(dossier, how="in_system", sha256=sha256, password=""))
    assert (wrong.status_code, wrong.context["forms"]["both"].errors) == (422, {"password": ["Nhập mật khẩu để ký"]})

    assert client.post(sign_page(dossier), both(dossier, how="in_system", sha256=sha256)).status_code == 303
    assert SignOff.objects.get().sha256 == sha256


def test_in_an_open_session_a_waived_letter_wants_no_password(client, boss):
    dossier = submitted(content=PDF)
    fields = {"how": "in_system", "sha256": dossier.results.get().sha256, "letter": "waive", "waive_reason": "Đã gặp", "password": ""}
    assert client.post(sign_page(dossier), both(dossier, **fields)).status_code == 422
    client.post(SESSION, {"act": "open", "password": PASSWORD})
    assert client.post(sign_page(dossier), both(dossier, **fields)).status_code == 303
    assert ApologyLetter.objects.get().closed_reason == "Đã gặp"


@pytest.mark.parametrize(
    ("fields", "box", "sentence"),
    [
        ({"cause": ""}, "cause", "Chọn nguyên nhân"),
        ({"cause": "other"}, "cause_words", "Ghi lý do để người dân đọc hiểu"),
        ({"letter": "waive"}, "waive_reason", "Ghi lý do không gửi văn bản xin lỗi; thủ trưởng thấy lý do này trong báo cáo"),
        ({"letter": ""}, "letter", "Chọn ký hay không gửi văn bản xin lỗi"),
        ({"password": "sai"}, "password", "Mật khẩu không đúng. Kiểm tra phím Caps Lock và bộ gõ tiếng Việt rồi nhập lại"),
        ({"signed_on": "31/02"}, "signed_on", None),
    ],
)
def test_a_mistake_about_either_signs_neither(client, boss, fields, box, sentence):
    dossier = submitted()
    answer = client.post(sign_page(dossier), both(dossier, **fields))
    errors = answer.context["forms"]["both"].errors
    assert (answer.status_code, list(errors), SignOff.objects.count(), ApologyLetter.objects.count()) == (422, [box], 0, 0)
    assert sentence is None or errors[box] == [sentence]


def test_sent_twice_both_are_signed_once(client, boss):
    dossier = submitted()
    form = both(dossier)
    client.post(sign_page(dossier), form)
    answer = client.post(sign_page(dossier), form)
    assert (answer.status_code, SignOff.objects.count(), ApologyLetter.objects.get().number) == (409, 1, 1)


def test_who_may_sign_no_letters_leaves_it_to_who_may(client):
    deputy = make_user(Role.LEADER, password=PASSWORD, job_title="Chánh Văn phòng")
    delegated(deputy, "TUQ", kinds=("result",), until="2099-12-31")
    client.force_login(deputy)
    dossier = submitted()
    choices = dict(client.get(sign_page(dossier)).context["forms"]["both"].fields["letter"].choices)
    assert list(choices) == ["later", "waive"]
    assert client.post(sign_page(dossier), both(dossier, letter="later", password="")).status_code == 303
    assert ApologyLetter.objects.get().state == LetterState.DRAFTED


def test_a_result_in_good_time_has_the_plain_page(client, boss):
    clerk, at = make_clerk(), timezone.now() - timedelta(hours=1)
    dossier = bring_to(make_dossier(by=clerk, at=at), Status.AWAITING_SIGNATURE, by=clerk, at=at)
    assert "both" not in client.get(sign_page(dossier)).context["forms"]


def test_a_letter_that_is_settled_is_not_asked_for_again(client, boss):
    dossier = submitted()
    lifecycle.waive_letter(draft(dossier), reason="Đã gặp", by=head(), at=timezone.now())
    assert "both" not in client.get(sign_page(dossier)).context["forms"]


def test_the_archivist_records_the_signature_and_the_letter_waits(client):
    client.force_login(make_user(Role.ARCHIVIST))
    assert "both" not in client.get(sign_page(submitted())).context["forms"]


# -- the signing session -------------------------------------------------------------------------
def sign_in_system(client, dossier, **fields):
    return client.post(
        sign_page(dossier), {"act": "system", "revision": dossier.revision, "sha256": dossier.results.get().sha256, **fields}
    )


def in_time():
    clerk, at = make_clerk(), timezone.now() - timedelta(hours=1)
    dossier = make_dossier(by=clerk, at=at)
    return lifecycle.submit_for_sign_off(dossier, by=clerk, at=at, summary="Trích lục", sha256=files.store(PDF), file_name="a.pdf")


def test_in_a_session_results_are_signed_without_the_password(client, boss):
    first, second = in_time(), in_time()
    assert sign_in_system(client, first).status_code == 422

    answer = client.post(SESSION, {"act": "open", "password": PASSWORD, "tiep": sign_page(first)})

    assert (answer.status_code, answer.url) == (303, sign_page(first))
    assert "Phiên ký đang mở đến" in client.get(sign_page(first)).content.decode()
    assert [sign_in_system(client, dossier).status_code for dossier in (first, second)] == [303, 303]


def test_a_wrong_password_opens_no_session_and_is_on_record(client, boss):
    assert client.post(SESSION, {"act": "open", "password": "sai"}).status_code == 422
    assert sign_in_system(client, in_time()).status_code == 422
    assert AccessEntry.objects.filter(kind="log_in_failed").count() == 1


def test_it_ends_after_thirty_minutes(client, boss, monkeypatch):
    client.post(SESSION, {"act": "open", "password": PASSWORD})
    dossier, now = in_time(), timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(minutes=31))
    client.force_login(boss)
    assert sign_in_system(client, dossier).status_code == 422


def test_it_is_closed_by_hand(client, boss):
    client.post(SESSION, {"act": "open", "password": PASSWORD})
    client.post(SESSION, {"act": "close"})
    assert sign_in_system(client, in_time()).status_code == 422


@pytest.mark.parametrize("way", ["staff:log_out", "staff:switch_person"])
def test_it_ends_with_the_log_in(client, boss, way):
    client.post(SESSION, {"act": "open", "password": PASSWORD})
    client.post(reverse(way))
    client.force_login(boss)
    assert sign_in_system(client, in_time()).status_code == 422


def test_it_ends_with_the_password(client, boss):
    client.post(SESSION, {"act": "open", "password": PASSWORD})
    new = "một mật khẩu khác hẳn 27"
    changed = client.post(
        reverse("staff:change_password"), {"current_password": PASSWORD, "new_password": new, "new_password_again": new}
    )
    assert (changed.status_code, sign_in_system(client, in_time()).status_code) == (303, 422)


def test_it_is_this_devices_only(client, boss, django_user_model):
    client.post(SESSION, {"act": "open", "password": PASSWORD})
    other_device = type(client)()
    other_device.force_login(boss)
    assert sign_in_system(other_device, in_time()).status_code == 422


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.MANAGER, Role.ARCHIVIST, Role.AUDITOR])
def test_sessions_are_for_signers(client, role):
    client.force_login(one_of(role))
    assert client.get(SESSION).status_code == 403


@pytest.mark.parametrize("address", ["https://vi.du/", "//vi.du", "javascript:alert(1)"])
def test_it_leads_back_to_no_other_site(client, boss, address):
    assert client.post(SESSION, {"act": "open", "password": PASSWORD, "tiep": address}).url == reverse("dossiers:sign_queue")
