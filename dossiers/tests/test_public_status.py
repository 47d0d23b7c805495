"""The words of the status page in every status, in Vietnamese and English."""
import re
from dataclasses import astuple, is_dataclass, replace
from datetime import timedelta

import pytest
from django.utils.translation import override

from dossiers import lifecycle, secrets
from dossiers.models import SignOffKind
from dossiers.public_facts import facts_of
from dossiers.public_slip import slip_of
from dossiers.public_status import page_of
from dossiers.public_words import WORDS
from dossiers.statuses import Status
from dossiers.tests.makers import RECEIVED, bring_to, local, make_clerk, make_dossier
from dossiers.tests.slips import make_supplement
from onestop.staff.models import Agency
from onestop.staff.roles import Role
from onestop.testing import make_user
from onestop.worktime import store

NOW = local("2026-11-20 10:00")
DUE = local("2026-11-26 17:00")


@pytest.fixture(autouse=True)
def calendar_at_hand(monkeypatch):
    """Nobody asks for the calendar again in the middle of a count of queries."""
    monkeypatch.setattr(store, "FRESH_SECONDS", 3600)


def page(dossier, now=NOW):
    return page_of(facts_of(dossier.pk, dossier.secret_version), now)


def page_in(status, now=NOW, **changed):
    """The page of a dossier whose facts are changed to what no act of today can bring about."""
    facts = facts_of(make_dossier().pk, 1)
    facts.status = status
    vars(facts).update(changed)
    return page_of(facts, now)


def timeline(dossier):
    return [(step.label, step.state) for step in page(dossier).steps]


# -- what is fetched --------------------------------------------------------------------------
@pytest.mark.django_db
def test_one_query_fetches_everything(django_assert_num_queries):
    dossier = make_dossier(status=Status.RESULT_READY)
    page(dossier)

    with django_assert_num_queries(1):
        assert page(dossier).code == dossier.code


@pytest.mark.django_db
def test_a_newer_secret_or_a_voided_dossier_shows_nothing():
    dossier = make_dossier()
    assert facts_of(dossier.pk, 2) is None
    assert facts_of(dossier.pk + 1, 1) is None

    lifecycle.void(dossier, reason="Nhập nhầm", by=make_user(Role.MANAGER), at=NOW)
    assert facts_of(dossier.pk, 1) is None


@pytest.mark.django_db
def test_nothing_personal_is_on_the_page_but_a_masked_name():
    shown = page(make_dossier(name="Thạch Thị Sóc Kha"))

    assert shown.name == "Thạch T. S. K."
    text = " ".join(map(str, astuple(shown)))
    assert [word for word in ("Sóc Kha", "000185006123", "0900000123", "Trà Kha") if word in text] == []


# -- the sentences ----------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "tag", "sentence", "to_do", "next_step"),
    [
        (
            Status.RECEIVED,
            "Đã tiếp nhận",
            "Hồ sơ đã được tiếp nhận",
            "Hiện ông/bà chưa phải làm gì thêm.",
            "Chúng tôi sẽ báo khi có kết quả, chậm nhất 17:00 thứ Năm, 26/11/2026.",
        ),
        (
            Status.PROCESSING,
            "Đang xử lý",
            "Hồ sơ đang được giải quyết",
            "Hiện ông/bà chưa phải làm gì thêm.",
            "Chúng tôi sẽ báo khi có kết quả, chậm nhất 17:00 thứ Năm, 26/11/2026.",
        ),
        (
            Status.AWAITING_SIGNATURE,
            "Chờ ký",
            "Hồ sơ đang chờ lãnh đạo ký",
            "Hiện ông/bà chưa phải làm gì thêm.",
            "Chúng tôi sẽ báo khi có kết quả, chậm nhất 17:00 thứ Năm, 26/11/2026.",
        ),
        (
            Status.RESULT_READY,
            "Chờ trả kết quả",
            "Đã có kết quả, mời ông/bà đến nhận",
            "Xin mang giấy hẹn và thẻ căn cước đến Ấp Chợ, xã Nghĩa Giang, thứ Hai – thứ Sáu: 07:30–11:30, 13:30–17:00.",
            "Không đến được? Người khác nhận thay cần giấy uỷ quyền, hoặc đăng ký gửi bưu điện.",
        ),
        (
            Status.RETURNED,
            "Đã trả kết quả",
            "Kết quả đã được trả cho người nhận",
            "Xem lại giấy tờ nhận được; có sai sót báo ngay 0294 000 0000.",
            "",
        ),
    ],
)
def test_each_status_says_what_is_what_to_do_and_what_comes(status, tag, sentence, to_do, next_step):
    shown = page(make_dossier(status=status))

    assert (shown.tag, shown.sentence, shown.to_do, shown.next_step) == (tag, sentence, to_do, next_step)


@pytest.mark.django_db
def test_a_refusal_in_writing_is_not_called_a_result():
    dossier = make_dossier(status=Status.PROCESSING)
    specialist, leader = make_user(Role.SPECIALIST), make_user(Role.LEADER)
    dossier = lifecycle.take_over(dossier, by=dossier.holder, at=NOW)
    lifecycle.hand_over(dossier, to=specialist, by=make_user(Role.MANAGER), at=NOW)
    lifecycle.submit_for_sign_off(dossier, by=specialist, at=NOW, granted=False)
    lifecycle.sign_off(dossier, kind=SignOffKind.WET_INK, signer=leader, by=leader, at=NOW, doc_number="7", doc_symbol="UBND")
    lifecycle.issue_result(dossier, by=make_clerk(), at=NOW)

    assert page(dossier).sentence == "Đã có văn bản trả lời. Mời ông/bà đến nhận."


@pytest.mark.django_db
@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_every_status_has_its_words_and_a_timeline_with_one_present(status):
    shown = page_in(status, returned_at=NOW, due_at=None)

    assert shown.tag and shown.sentence and shown.to_do
    assert "%(" not in " ".join(map(str, astuple(shown)))
    assert [step.state for step in shown.steps].count("current") == 1
    assert status in WORDS


@pytest.mark.django_db
def test_a_paused_dossier_has_no_date():
    shown = page_in(Status.AWAITING_SUPPLEMENT, due_at=None)

    assert (shown.promised, shown.left, shown.reasons, shown.late) == ("", "", [], "")
    assert shown.next_step == "Thời hạn giải quyết tạm dừng cho đến khi ông/bà nộp đủ."
    assert shown.papers == []


# -- the date -----------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-11-20 10:00", "còn 3 ngày làm việc"),
        ("2026-11-21 10:00", "còn 3 ngày làm việc"),
        ("2026-11-25 16:00", "còn 1 ngày làm việc"),
        ("2026-11-26 08:00", "trong hôm nay"),
        ("2026-11-26 17:00", "trong hôm nay"),
        ("2026-11-26 17:01", ""),
    ],
)
def test_the_date_says_how_many_working_days_are_left(now, left):
    shown = page(make_dossier(), local(now))

    assert (shown.promised, shown.left) == ("17:00 thứ Năm, 26/11/2026", left)


@pytest.mark.django_db
def test_the_page_says_why_the_date_is_what_it_is():
    assert page(make_dossier()).reasons == [
        "Ngày tiếp nhận thứ Sáu, 20/11/2026 không tính.",
        "Thứ Bảy, Chủ nhật không tính: 21/11–22/11/2026.",
        "24/11/2026: nghỉ lễ Ngày Văn hóa Việt Nam, không tính.",
        "Đủ 3 ngày làm việc: hẹn trả lúc 17:00 thứ Năm, 26/11/2026.",
    ]


@pytest.mark.django_db
def test_with_the_result_in_hand_nobody_waits_for_a_date():
    shown = page(make_dossier(status=Status.RETURNED))

    assert (shown.promised, shown.left, shown.reasons) == ("", "", [])


# -- late ---------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_late_dossier_apologises_and_promises_nothing_new():
    dossier = make_dossier(status=Status.PROCESSING)
    assert page(dossier, DUE).late == ""

    shown = page(dossier, DUE + timedelta(seconds=1))

    assert shown.late == (
        "Hồ sơ đã quá hẹn. Chúng tôi xin lỗi ông/bà. Giờ hẹn là 17:00 thứ Năm, 26/11/2026 mà chưa có kết quả, và chưa có ngày hẹn mới. "
        "Hồ sơ vẫn đang được giải quyết. Muốn hỏi thêm, xin gọi 0294 000 0000."
    )
    assert (shown.next_step, shown.left) == ("Chúng tôi sẽ báo khi có kết quả.", "")


@pytest.mark.django_db
def test_a_result_that_came_late_is_apologised_for_until_it_is_collected():
    dossier = bring_to(make_dossier(), Status.RESULT_READY, by=make_clerk(), at=DUE + timedelta(hours=1))
    assert page(dossier, DUE + timedelta(days=1)).late == "Kết quả có muộn hơn giờ hẹn trên giấy. Chúng tôi xin lỗi ông/bà."

    dossier = lifecycle.return_result(dossier, collected_by="owner", name="Kha", by=make_clerk(), at=DUE + timedelta(days=1))
    assert page(dossier, DUE + timedelta(days=1)).late == ""


@pytest.mark.django_db
def test_a_result_in_time_is_never_called_late():
    assert page(make_dossier(status=Status.RESULT_READY), DUE + timedelta(days=30)).late == ""


# -- the timeline ---------------------------------------------------------------------------------
LABELS = ["Tiếp nhận hồ sơ", "Chuyển đến bộ phận chuyên môn", "Giải quyết hồ sơ", "Lãnh đạo ký", "Có kết quả", "Trả kết quả"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "done"),
    [
        (Status.RECEIVED, 1),
        (Status.PROCESSING, 2),
        (Status.AWAITING_SIGNATURE, 3),
        (Status.RESULT_READY, 5),
        (Status.RETURNED, 6),
    ],
)
def test_the_timeline_shows_what_is_done_what_is_now_and_what_comes(status, done):
    states = (["done"] * done + ["current"] + [""] * 6)[:6]

    assert timeline(make_dossier(status=status)) == list(zip(LABELS, states, strict=True))


@pytest.mark.django_db
def test_signed_but_not_issued_waits_for_the_result():
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    leader = make_user(Role.LEADER)
    lifecycle.sign_off(dossier, kind=SignOffKind.WET_INK, signer=leader, by=leader, at=NOW, doc_number="7", doc_symbol="UBND")

    assert timeline(dossier)[3:5] == [("Lãnh đạo ký", "done"), ("Có kết quả", "current")]


@pytest.mark.django_db
def test_a_draft_that_was_sent_back_is_being_worked_on_again():
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    lifecycle.send_back(dossier, reason="Sai ngày sinh", by=make_user(Role.LEADER), at=NOW)

    assert timeline(dossier)[1:4] == [("Chuyển đến bộ phận chuyên môn", "done"), ("Giải quyết hồ sơ", "current"), ("Lãnh đạo ký", "")]


@pytest.mark.django_db
def test_a_correction_is_told_and_the_way_begins_again_behind_it():
    dossier = make_dossier(status=Status.RETURNED)
    lifecycle.return_for_correction(dossier, words="Sai tên đệm", by=make_user(Role.MANAGER), at=NOW)

    assert timeline(dossier) == [
        ("Tiếp nhận hồ sơ", "done"),
        ("Chuyển đến bộ phận chuyên môn", "done"),
        ("Nhận lại kết quả để sửa sai sót", "done"),
        ("Giải quyết hồ sơ", "current"),
        ("Lãnh đạo ký", ""),
        ("Có kết quả", ""),
        ("Trả kết quả", ""),
    ]


@pytest.mark.django_db
def test_what_the_desk_settles_itself_was_passed_on_to_nobody():
    dossier = make_dossier()
    lifecycle.submit_for_sign_off(dossier, by=make_clerk(), at=NOW)

    assert [label for label, _ in timeline(dossier)] == [label for label in LABELS if label != "Chuyển đến bộ phận chuyên môn"]


@pytest.mark.django_db
def test_done_steps_say_when_in_local_time_and_which_office():
    step = page(make_dossier()).steps[0]

    assert (step.at, step.note) == ("09:00 thứ Sáu, 20/11/2026", "Trung tâm Phục vụ hành chính công xã Nghĩa Giang")


@pytest.mark.django_db
@pytest.mark.parametrize(("shows", "note"), [(False, "Xã Nghĩa Giang"), (True, "Trần Quốc Khánh")])
def test_an_officer_is_named_only_where_the_agency_wants_it(shows, note):
    dossier = make_dossier(status=Status.PROCESSING)
    Agency.objects.update(show_officer_names=shows)

    assert [step.note for step in page(dossier).steps if step.state == "current"] == [note]


# -- afterwards ------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_ballot_is_offered_after_the_return_only():
    returned = make_dossier(status=Status.RETURNED)

    assert page(returned).ballot_token == secrets.token(returned.code, 1)
    assert page(make_dossier(status=Status.RESULT_READY)).ballot_token == ""


@pytest.mark.django_db
def test_where_to_complain_is_the_agencys_own_line_or_the_desk():
    dossier = make_dossier()
    assert page(dossier).feedback == "Trung tâm Phục vụ hành chính công xã Nghĩa Giang"

    Agency.objects.update(feedback_address="UBND xã", feedback_phone="0294 111 1111", feedback_email="pakn@example.vn")
    assert page(dossier).feedback == "UBND xã, 0294 111 1111, pakn@example.vn"


# -- languages -------------------------------------------------------------------------------------
VIETNAMESE_LETTER = re.compile(r"[ăâđêôơưạ-ỹàáãèéìíòóõùúýĂÂĐÊÔƠƯ]", re.IGNORECASE)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
@pytest.mark.parametrize("now", [NOW, DUE + timedelta(days=1)])
def test_english_leaves_nothing_in_vietnamese_but_names(status, now):
    Agency.objects.update(address="", feedback_phone="1022")
    with override("en"):
        shown = page_in(status, now, office=replace(facts_of(make_dossier().pk, 1).office, **PLAIN), competent_agency_name="Commune")

    texts = [text for text in _texts(shown) if VIETNAMESE_LETTER.search(text)]
    assert texts == [shown.procedure, shown.name]
    assert shown.procedure_language == "vi"


PLAIN = {"name": "Commune", "desk_name": "Desk", "address": "Market Street", "feedback_phone": "1022"}


def _texts(shown):
    """Every text of a page, however deep it lies."""
    if isinstance(shown, str):
        yield shown
    elif isinstance(shown, list | tuple):
        for item in shown:
            yield from _texts(item)
    elif is_dataclass(shown):
        yield from _texts(list(vars(shown).values()))


@pytest.mark.django_db
def test_an_english_name_of_the_procedure_is_used_where_there_is_one():
    dossier = make_dossier()
    dossier.procedure.name_en = "Birth registration"
    dossier.procedure.save()

    with override("en"):
        assert (page(dossier).procedure, page(dossier).procedure_language) == ("Birth registration", "")
    assert page(dossier).procedure == "Đăng ký khai sinh"


@pytest.mark.django_db
def test_english_says_the_day_before_the_month():
    with override("en"):
        shown = page(make_dossier())

    assert (shown.promised, shown.left) == ("17:00 Thursday, 26/11/2026", "3 working days left")


# -- supplement slips --------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_supplement_slip_says_what_to_bring_and_where(django_assert_num_queries):
    slip = make_supplement("Giấy chứng sinh", "Giấy ủy quyền")
    slip_of(slip.pk, NOW)
    with django_assert_num_queries(1):
        shown, office = slip_of(slip.pk, NOW)

    assert (shown.number, shown.name, shown.papers) == ("01/HDHS", "Thạch T. S. K.", ["Giấy chứng sinh", "Giấy ủy quyền"])
    assert shown.place == "Ấp Chợ, xã Nghĩa Giang, thứ Hai – thứ Sáu: 07:30–11:30, 13:30–17:00"
    assert (shown.answered, office.pk) == ("", slip.agency_id)


@pytest.mark.django_db
def test_an_answered_slip_asks_for_nothing_more():
    slip = make_supplement()
    make_dossier(supplement=slip, at=RECEIVED + timedelta(days=1))

    shown, _ = slip_of(slip.pk, NOW)

    assert (shown.papers, shown.answered) == ([], "Giấy tờ đã đủ và hồ sơ đã được tiếp nhận. Xin tra cứu bằng mã trên giấy hẹn.")
