"""What the status page tells of a date that moved or a clock that stands still."""

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from dossiers import lifecycle
from dossiers.models import Appointment, ConsentKind, SupplementRequest
from dossiers.public_facts import facts_of
from dossiers.public_slip import slip_of
from dossiers.public_status import page_of
from dossiers.public_story import story_of
from dossiers.statuses import Status
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier, make_version
from dossiers.tests.slips import token_of
from onestop.display import COOKIE_NAME
from onestop.staff.roles import Role
from onestop.testing import make_user
from onestop.worktime import store

pytestmark = pytest.mark.django_db

MONDAY, WEDNESDAY, LATE = (local(text) for text in ("2026-11-23 10:00", "2026-11-25 10:00", "2026-11-27 08:00"))


def page(dossier, now=WEDNESDAY):
    return page_of(facts_of(dossier.pk, dossier.secret_version), now)


def ask(dossier, at=MONDAY):
    return lifecycle.ask_for_supplement(
        dossier, items=["Giấy chứng sinh", "Giấy ủy quyền"], reason="Bản mờ", answer_by=date(2026, 12, 4), by=make_clerk(), at=at
    )


def extended(dossier, at=WEDNESDAY):
    return lifecycle.extend(dossier, kind="decision", ground="Điều 12", extra_value=2, by=make_user(Role.LEADER), at=at)


# -- waiting -------------------------------------------------------------------------------------
def test_awaited_papers_are_listed_with_their_day_and_the_time_stands_still():
    shown = page(ask(make_dossier()))

    assert (shown.to_do, shown.papers) == (
        "Xin mang các giấy tờ sau đến quầy, chậm nhất thứ Sáu, 04/12/2026:", ["Giấy chứng sinh", "Giấy ủy quyền"],
    )
    assert (shown.asked, shown.promised, shown.left, shown.reasons) == ("Bản mờ", "", "", [])
    assert shown.paused == (
        "Tạm dừng từ 10:00 thứ Hai, 23/11/2026. Ngày hẹn 17:00 thứ Năm, 26/11/2026 không còn tính; "
        "hết tạm dừng, ông/bà được báo ngày hẹn mới."
    )


def test_an_awaited_payment_says_how_much_for_what_where_and_until_when():
    dossier = lifecycle.request_payment(
        make_dossier(), amount=150_000, reason="Phí thẩm định", answer_by=date(2026, 12, 4), by=make_clerk(), at=MONDAY
    )

    shown = page(dossier)

    assert (shown.sentence, shown.asked) == ("Hồ sơ cần nộp phí, lệ phí 150.000 đồng", "Phí thẩm định")
    assert shown.to_do.startswith("Xin nộp tại quầy, chậm nhất thứ Sáu, 04/12/2026: Ấp Chợ, xã Nghĩa Giang")


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2026-12-04 16:00", "Xin nộp tại quầy, chậm nhất thứ Sáu, 04/12/2026: Ấp Chợ, xã Nghĩa Giang"),
        (
            "2026-12-05 08:00",
            "Đã quá hạn nộp tiền (thứ Sáu, 04/12/2026), cơ quan có thể dừng giải quyết hồ sơ. Xin nộp ngay tại quầy: Ấp Chợ, xã",
        ),
    ],
)
def test_after_the_last_day_nobody_is_asked_to_pay_by_it(now, starts):
    dossier = lifecycle.request_payment(
        make_dossier(), amount=150_000, reason="Phí", answer_by=date(2026, 12, 4), by=make_clerk(), at=MONDAY
    )

    assert page(dossier, local(now)).to_do.startswith(starts)


def test_after_the_last_day_papers_are_asked_for_at_once_on_the_page_and_on_the_slip():
    dossier, after = ask(make_dossier()), local("2026-12-05 08:00")
    said = "Đã quá hạn nộp giấy tờ (thứ Sáu, 04/12/2026), cơ quan có thể dừng giải quyết hồ sơ. Xin mang ngay các giấy tờ sau đến quầy:"

    assert page(dossier, after).to_do == said
    assert slip_of(SupplementRequest.objects.get().pk, after)[0].to_do == said


def test_a_suspended_dossier_says_so_and_keeps_the_reason_to_itself():
    dossier = lifecycle.suspend(make_dossier(), reason="Tranh chấp với ông Bảy", ground="TB 12", by=make_user(Role.LEADER), at=MONDAY)

    shown = page(dossier)

    assert (shown.tag, shown.colour, shown.sentence) == ("Tạm đình chỉ", "grey", "Việc giải quyết hồ sơ đang tạm đình chỉ")
    assert (shown.asked, shown.paused[:37]) == ("", "Tạm dừng từ 10:00 thứ Hai, 23/11/2026")
    assert [(step.label, step.state) for step in shown.steps][1] == ("Tạm đình chỉ", "current")


def test_a_pause_of_what_is_late_does_not_pretend_to_stop_the_time():
    dossier = lifecycle.consent(make_dossier(), kind=ConsentKind.LATE_PAUSE, cause="Nhầm", by=make_user(Role.LEADER), at=LATE)

    shown = page(ask(dossier, LATE), LATE)

    assert (shown.paused, shown.next_step) == ("", "Nhận đủ thì hồ sơ được giải quyết tiếp ngay.")
    assert shown.late.startswith("Hồ sơ đã quá hẹn. Chúng tôi xin lỗi ông/bà.")


# -- dates that moved ------------------------------------------------------------------------------
def test_every_date_so_far_is_told_with_its_reason():
    dossier = lifecycle.accept_supplement(ask(make_dossier()), by=make_clerk(), at=WEDNESDAY)
    dossier = extended(dossier, local("2026-11-26 08:00"))

    shown = page(dossier)

    assert [(each.moment, each.why, each.own_words) for each in shown.dates] == [
        ("17:00 thứ Năm, 26/11/2026", "Hẹn lần đầu, khi tiếp nhận hồ sơ", ""),
        ("17:00 thứ Sáu, 27/11/2026", "Chờ bổ sung giấy tờ: thời hạn tính tiếp", ""),
        ("17:00 thứ Ba, 01/12/2026", "Gia hạn theo quy định", "Điều 12"),
    ]
    assert (shown.promised, shown.left) == ("17:00 thứ Ba, 01/12/2026", "còn 4 ngày làm việc")
    assert shown.reasons[-1] == "Đủ 5 ngày làm việc: hẹn trả lúc 17:00 thứ Ba, 01/12/2026."


@pytest.mark.parametrize(
    ("reason", "own_words"),
    [("Lịch nghỉ thay đổi: Bão số 9, 07/12/2026", "Bão số 9, 07/12/2026"), ("Lịch nghỉ thay đổi", ""), ("Bão số 9", "Bão số 9")],
)
def test_a_change_of_the_calendar_is_named_once(reason, own_words):
    dossier = make_dossier()
    first = dossier.appointments.get()
    first.pk, first.seq, first.kind, first.reason = None, 2, "calendar_change", reason
    first.save(force_insert=True)

    last = story_of(dossier.pk).dates[-1]

    assert (last.why, last.own_words) == ("Lịch nghỉ thay đổi", own_words)


def test_a_limit_that_started_anew_is_called_so():
    dossier = ask(make_dossier(version=make_version("1.000001", on_supplement="restart")))
    dossier = lifecycle.accept_supplement(dossier, by=make_clerk(), at=WEDNESDAY)

    assert page(dossier).dates[1].why == "Chờ bổ sung giấy tờ: thời hạn tính lại từ đầu"


def test_a_date_that_never_moved_needs_no_story_and_one_in_hand_none_any_more():
    assert page(make_dossier()).dates == []
    done = bring_to(extended(make_dossier()), Status.RETURNED, by=make_clerk(), at=WEDNESDAY)
    assert page(done).dates == []


def test_the_date_of_an_apology_is_the_promise_and_the_lawful_one_is_late():
    dossier = make_dossier()
    first = dossier.appointments.get()
    Appointment.objects.create(
        agency=dossier.agency, dossier=dossier, seq=2, kind="apology", due_at=local("2026-12-01 17:00"), reason="Chờ xác minh",
        limit_words="hẹn lại kèm xin lỗi", rule_version=first.rule_version, calendar_version=first.calendar_version, trace=[], made_at=LATE,
    )

    shown = page(dossier, LATE)

    assert (shown.promised, shown.dates[1].why, shown.dates[1].own_words) == (
        "17:00 thứ Ba, 01/12/2026", "Hẹn lại, kèm lời xin lỗi", "Chờ xác minh",
    )
    assert shown.late == (
        "Hồ sơ đã quá hẹn. Chúng tôi xin lỗi ông/bà. Hẹn lại lúc 17:00 thứ Ba, 01/12/2026. Muốn hỏi thêm, xin gọi 0294 000 0000."
    )
    assert page(dossier, local("2026-12-02 08:00")).late.startswith("Hồ sơ đã quá hẹn. Chúng tôi xin lỗi ông/bà. Giờ hẹn là 17:00 thứ Ba")


# -- cost and languages ------------------------------------------------------------------------------
def test_two_queries_tell_it_all(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(store, "FRESH_SECONDS", 3600)
    dossier = ask(extended(make_dossier(), MONDAY))
    page(dossier)

    with django_assert_num_queries(2):
        shown = page(dossier)
    assert (len(shown.papers), len(shown.dates)) == (2, 2)


def test_english_tells_it_in_english_but_for_what_an_officer_wrote():
    dossier = extended(lifecycle.accept_supplement(ask(make_dossier()), by=make_clerk(), at=WEDNESDAY), local("2026-11-26 08:00"))
    waiting = ask(make_dossier())
    with override("en"):
        shown, asked = page(dossier), page(waiting)

    assert [each.why for each in shown.dates] == [
        "First date, given when the dossier was received",
        "Waiting for more documents: the time limit goes on",
        "Extended as the law allows",
    ]
    assert asked.to_do == "Please bring these documents to the desk, by Friday, 04/12/2026 at the latest:"


# -- the slip's own page -----------------------------------------------------------------------------
def test_the_slip_of_a_received_dossier_asks_until_it_is_answered():
    dossier = ask(make_dossier())
    pk = dossier.supplement_requests.get().pk

    shown, _ = slip_of(pk, WEDNESDAY)
    assert (shown.to_do, shown.papers) == (
        "Xin mang các giấy tờ sau đến quầy, chậm nhất thứ Sáu, 04/12/2026:", ["Giấy chứng sinh", "Giấy ủy quyền"],
    )
    assert shown.next_step == "Thời hạn giải quyết tạm dừng cho đến khi ông/bà nộp đủ."

    lifecycle.accept_supplement(dossier, by=make_clerk(), at=WEDNESDAY)
    shown, _ = slip_of(pk, WEDNESDAY)
    assert (shown.papers, shown.answered) == ([], "Giấy tờ bổ sung đã được nhận đủ. Xin tra cứu hồ sơ bằng mã trên giấy hẹn.")


# -- the place of the apology ------------------------------------------------------------------------
def test_nothing_stands_above_the_page_of_a_dossier_without_a_letter():
    assert render_to_string("dossiers/public/_apology.html", {"apology": None}).strip() == ""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_longest_story_weighs_no_more_than_the_page_may(language):
    clerk, leader, dossier = make_clerk(), make_user(Role.LEADER), make_dossier()
    for ordinal in (1, 2):
        if ordinal == 2:
            dossier = lifecycle.consent(dossier, kind=ConsentKind.SECOND_SUPPLEMENT, cause="Mới", by=leader, at=MONDAY)
        dossier = lifecycle.accept_supplement(ask(dossier), by=clerk, at=MONDAY)
    dossier = lifecycle.suspend(dossier, reason="Tòa", ground="TB 12", by=leader, at=MONDAY)
    dossier = lifecycle.request_payment(
        extended(lifecycle.resume(dossier, by=leader, at=WEDNESDAY)), amount=150_000, reason="Phí thẩm định", by=clerk, at=WEDNESDAY
    )
    client = Client(headers={"accept-encoding": "gzip"})
    client.cookies[COOKIE_NAME] = f"{language}-100-thuong"

    redirect = client.get(f"/tc/{token_of(dossier)}/")
    answer = client.get(redirect["Location"])

    heads = sum(len(f"{name}: {value}\r\n") for each in (redirect, answer) for name, value in each.headers.items())
    assert len(page(dossier).dates) == 5
    assert len(answer.content) + heads + len(redirect.cookies.output()) <= 8_000
