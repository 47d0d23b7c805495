"""What a letter of apology says, and that it says only what is true."""

import json
from dataclasses import replace

import pytest

from dossiers.letters import NotTrue
from dossiers.models import LetterKind
from dossiers.slips import ApologySlip, BadSnapshot, read_snapshot
from dossiers.tests.letter_samples import BLOCKS, CODE, SIGNED, late, letter, long_letter, matter, office, short_letter, signature
from dossiers.tests.makers import local

MISSED, NEW = local("2026-11-25 17:00"), local("2026-12-01 17:00")
FULL_TITLE = "VĂN BẢN XIN LỖI\nVÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT"


def fault_of(kind: str, **changes):
    """A fault that is no lateness."""
    return late(**({"kind": kind, "missed": None, "first": None, "reason": "Nhập sai năm sinh", "stands": ""} | changes))


def ready(**changes):
    return late(**({"new_due_at": None, "ready_since": local("2026-11-26 14:00")} | changes))


# -- figures -----------------------------------------------------------------------------
def test_the_letter_of_a_first_lateness_word_for_word():
    slip = letter()
    assert (slip.number_line, f"{slip.place}, {slip.issued_words}") == ("Số: 05/UBND-TTPVHCC", "Nghĩa Giang, ngày 24 tháng 11 năm 2026")
    assert (slip.title, slip.abstract) == (FULL_TITLE, f"Về việc hẹn lại thời gian trả kết quả hồ sơ {CODE}")
    assert (slip.addressee, slip.address, slip.phone) == (
        "Ông/Bà THẠCH THỊ SÓC KHA", "Ấp Trà Kha, xã Nghĩa Giang, tỉnh Minh Họa", "0900 000 123",
    )  # fmt: skip
    assert slip.narrative == (
        "Ngày 20 tháng 11 năm 2026, Trung tâm Phục vụ hành chính công xã Nghĩa Giang tiếp nhận hồ sơ mã H61.26-261120-0157 của Ông/Bà, "
        "nội dung: Đăng ký biến động đất đai do đổi tên người sử dụng đất; hẹn trả kết quả lúc 17 giờ 00 phút, ngày 25 tháng 11 năm 2026. "
        "Đến nay, chúng tôi thấy không thể trả kết quả đúng thời gian đã hẹn.",
        "Hồ sơ hiện nay: Đang chờ Chi nhánh Văn phòng đăng ký đất đai trả lời kết quả đo đạc.",
        "Lý do: Số liệu đo đạc của thửa đất chưa khớp với bản đồ địa chính, phải đo lại ngoài thực địa.",
        "Ủy ban nhân dân xã Nghĩa Giang xin lỗi Ông/Bà vì sự chậm trễ này gây phiền hà, tốn kém chi phí, công sức cho Ông/Bà, "
        "và đề nghị gia hạn thời gian giải quyết hồ sơ đến thời gian hẹn lại dưới đây.",
    )
    assert (slip.appointment_label, slip.appointment) == ("Thời gian hẹn trả kết quả lại:", "17 giờ 00 phút, ngày 01 tháng 12 năm 2026")
    assert slip.further == (
        "Ông/Bà không phải nộp thêm giấy tờ hay trả thêm khoản tiền nào.",
        "Ông/Bà nhận kết quả tại Trung tâm Phục vụ hành chính công xã Nghĩa Giang, mang theo giấy hẹn và căn cước.",
        "Nếu cần hỏi thêm, mời Ông/Bà gọi số 0294 000 0000 hoặc đến Trung tâm Phục vụ hành chính công xã Nghĩa Giang.",
    )
    assert slip.copies_to == ("- Như trên;", "- Trung tâm Phục vụ hành chính công xã Nghĩa Giang;", "- Lưu: VT.")
    assert (slip.signature_lines, slip.signer_name) == (("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Lê Hoàng Phúc")
    assert slip.signed_words == "Ký trên hệ thống lúc 2026-11-24T09:12:00+07:00"


@pytest.mark.parametrize("slip", [letter(), letter(draft=True), long_letter(), short_letter(), letter(fault_of("error"))])
def test_a_stored_letter_gives_the_equal_letter_back(slip):
    stored = json.dumps(slip.as_json(), ensure_ascii=False)
    assert read_snapshot(stored) == slip
    assert ApologySlip.from_json(json.loads(stored)) == slip


def test_a_letter_is_not_read_as_another_paper():
    with pytest.raises(BadSnapshot, match="not a apology slip"):
        ApologySlip.from_json(letter().as_json() | {"kind": "receipt"})


def test_a_draft_has_room_for_number_day_and_name():
    slip = letter(draft=True)
    assert slip.number_line == "Số:\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0/UBND-TTPVHCC"
    assert " ".join(slip.issued_words.split()) == "ngày tháng năm 2026"
    assert (slip.number, slip.signature_lines, slip.signer_name, slip.signed_words) == ("", (), "", "")


@pytest.mark.parametrize("block", BLOCKS)
def test_the_lines_of_the_right_to_sign_stand_as_they_are(block):
    assert letter(signed=signature(block)).signature_lines == BLOCKS[block]


# -- what happened -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("signed_at", "sentence"),
    [
        ("2026-11-24 09:12", "Đến nay, chúng tôi thấy không thể trả kết quả đúng thời gian đã hẹn."),
        ("2026-11-25 16:59", "Đến nay, chúng tôi thấy không thể trả kết quả đúng thời gian đã hẹn."),
        ("2026-11-25 17:00", "Đến nay đã quá thời gian hẹn mà chưa có kết quả."),
        ("2026-11-27 08:00", "Đến nay đã quá thời gian hẹn mà chưa có kết quả."),
    ],
)
def test_a_promise_is_called_broken_only_when_its_time_has_come(signed_at, sentence):
    slip = letter(signed=signature(at=local(signed_at)))
    assert slip.narrative[0].endswith(sentence)


@pytest.mark.parametrize(
    ("apologies", "words"),
    [
        (0, "hẹn trả kết quả lần đầu lúc 17 giờ 00 phút, ngày 20 tháng 11 năm 2026, "
            "sau đó thời gian hẹn được tính lại là lúc 17 giờ 00 phút, ngày 25 tháng 11 năm 2026."),
        (1, "hẹn trả kết quả lần đầu lúc 17 giờ 00 phút, ngày 20 tháng 11 năm 2026, "
            "sau đó đã xin lỗi và hẹn lại lúc 17 giờ 00 phút, ngày 25 tháng 11 năm 2026."),
    ],
)  # fmt: skip
def test_the_first_promise_is_named_when_another_was_missed(apologies, words):
    assert words in letter(late(first=local("2026-11-20 17:00"), apologies=apologies)).narrative[0]


@pytest.mark.parametrize(
    ("apologies", "reason", "sentences"),
    [
        (0, "", ()),
        (1, "Chờ đo lại", ("Đây là lần thứ 2 phải hẹn lại thời gian trả kết quả. Lý do: Chờ đo lại.",)),
        (2, "", ("Đây là lần thứ 3 phải hẹn lại thời gian trả kết quả.",)),
    ],
)
def test_a_repeated_lateness_is_counted_with_its_own_reason(apologies, reason, sentences):
    slip = letter(late(apologies=apologies, repeat_reason=reason))
    assert tuple(text for text in slip.narrative if text.startswith("Đây là lần thứ")) == sentences
    assert ("một lần nữa xin lỗi" in slip.narrative[-1]) is bool(apologies)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [("bão số 9", "Lý do: Bão số 9."), ("Bão số 9.", "Lý do: Bão số 9."), (" bão;  ", "Lý do: Bão."), ("đo lại...", "Lý do: Đo lại.")],
)
def test_a_reason_is_a_sentence_however_it_was_typed(typed, printed):
    assert letter(late(reason=typed)).narrative[2] == printed


def test_where_the_dossier_stands_is_left_out_when_nobody_said_it():
    assert not any(text.startswith("Hồ sơ hiện nay") for text in letter(late(stands=" ")).narrative)


# -- what becomes of it ------------------------------------------------------------------
def test_a_result_that_is_ready_is_not_promised_for_later():
    slip = letter(ready(), signed=signature(at=local("2026-11-26 14:05")))
    assert (slip.title, slip.prescribed) == ("VĂN BẢN XIN LỖI", False)
    assert slip.abstract == f"Về việc chậm trả kết quả hồ sơ {CODE}"
    assert slip.narrative[0].endswith("Kết quả đã có, nhưng sau thời gian hẹn.")
    assert (slip.appointment_label, slip.appointment) == ("Kết quả đã có, mời nhận từ:", "14 giờ 00 phút, ngày 26 tháng 11 năm 2026")
    assert "gia hạn" not in " ".join(slip.narrative)


@pytest.mark.parametrize(
    ("delivery", "label", "sentence"),
    [
        ("desk", "Kết quả đã có, mời nhận từ:",
         "Ông/Bà nhận kết quả tại Trung tâm Phục vụ hành chính công xã Nghĩa Giang, mang theo giấy hẹn và căn cước."),
        ("post", "Kết quả đã có từ:", "Kết quả được gửi qua bưu điện đến địa chỉ Ông/Bà đã đăng ký."),
        ("electronic", "Kết quả đã có từ:", "Kết quả được gửi bằng bản điện tử như Ông/Bà đã đăng ký."),
    ],
)  # fmt: skip
def test_the_result_is_received_as_it_was_asked_for(delivery, label, sentence):
    slip = letter(ready(), of=matter(delivery=delivery))
    assert (slip.appointment_label, slip.further[1]) == (label, sentence)


def test_a_result_that_was_handed_over_is_not_to_be_collected():
    slip = letter(late(new_due_at=None, returned_at=local("2026-11-27 08:30"), nothing_more=False))
    assert (slip.appointment_label, slip.appointment) == ("Kết quả đã được trả lúc:", "08 giờ 30 phút, ngày 27 tháng 11 năm 2026")
    assert [text[:14] for text in slip.further] == ["Nếu cần hỏi th"]


@pytest.mark.parametrize("nothing_more", [True, False])
def test_nothing_more_to_pay_or_bring_is_said_only_when_true(nothing_more):
    said = " ".join(letter(late(nothing_more=nothing_more)).further)
    assert ("không phải nộp thêm giấy tờ hay trả thêm khoản tiền nào" in said) is nothing_more


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"kind": "rude"}, "Chọn loại văn bản xin lỗi."),
        ({"missed": None}, "Chỉ văn bản xin lỗi trễ hẹn mới ghi ngày hẹn không giữ được."),
        ({"kind": "error"}, "Chỉ văn bản xin lỗi trễ hẹn mới ghi ngày hẹn không giữ được."),
        ({"new_due_at": None}, "Chưa có ngày hẹn mới."),
        ({"ready_since": NEW}, "Kết quả đã có thì không hẹn lại."),
        ({"new_due_at": None, "ready_since": NEW, "returned_at": NEW}, "Kết quả đã có thì không hẹn lại."),
        ({"new_due_at": MISSED}, "Ngày hẹn mới, hoặc ngày có kết quả, phải sau ngày hẹn cũ."),
        ({"new_due_at": None, "ready_since": MISSED}, "Ngày hẹn mới, hoặc ngày có kết quả, phải sau ngày hẹn cũ."),
    ],
)
def test_facts_that_contradict_each_other_make_no_letter(changes, complaint):
    with pytest.raises(NotTrue) as refused:
        late(**changes)
    assert str(refused.value) == complaint


# -- the other faults --------------------------------------------------------------------
OTHER_FAULTS = [
    ("error", f"Về sai sót trong kết quả giải quyết hồ sơ {CODE}",
     "Kết quả giải quyết hồ sơ này có sai sót. Đây là lỗi của chúng tôi, không phải của Ông/Bà.", "vì sai sót này gây",
     "Kết quả đúng được làm lại, Ông/Bà không phải trả chi phí."),
    ("lost_paper", f"Về việc thất lạc giấy tờ của hồ sơ {CODE}",
     "Trong thời gian giữ hồ sơ, chúng tôi đã để thất lạc giấy tờ Ông/Bà đã nộp.", "vì việc thất lạc này gây",
     "Chúng tôi có trách nhiệm xin cấp lại giấy tờ đã thất lạc và chịu mọi chi phí."),
    ("asked_twice", f"Về việc yêu cầu bổ sung giấy tờ nhiều lần đối với hồ sơ {CODE}",
     "Chúng tôi đã yêu cầu Ông/Bà bổ sung giấy tờ nhiều lần. Lẽ ra mọi giấy tờ còn thiếu phải được nêu đầy đủ trong một lần.",
     "vì việc này gây", "Nếu cần hỏi thêm, mời Ông/Bà gọi số 0294 000 0000"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "abstract", "happened", "sorry", "remedy"), OTHER_FAULTS)
def test_each_other_fault_has_its_own_sentences(kind, abstract, happened, sorry, remedy):
    slip = letter(fault_of(kind, new_due_at=None, nothing_more=False))
    assert (slip.title, slip.abstract, slip.appointment_label, slip.appointment) == ("VĂN BẢN XIN LỖI", abstract, "", "")
    assert slip.narrative[0].endswith(happened) and slip.narrative[1] == "Lý do: Nhập sai năm sinh."
    assert sorry in slip.narrative[-1] and slip.further[0].startswith(remedy)
    assert "hẹn" not in " ".join((*slip.narrative, *slip.further))


def test_every_kind_of_letter_of_the_database_can_be_written():
    assert {"late", *(kind for kind, *_ in OTHER_FAULTS)} == set(LetterKind.values)


def test_a_wrong_result_made_again_is_said_to_be_there():
    slip = letter(fault_of("error", new_due_at=None, ready_since=local("2026-11-26 14:00")))
    assert slip.further[0].startswith("Kết quả đúng đã được làm lại, Ông/Bà không phải trả chi phí.")
    assert slip.appointment_label == "Kết quả đã có, mời nhận từ:"


def test_another_fault_may_name_a_date_without_asking_for_more_time():
    slip = letter(fault_of("error", new_due_at=NEW))
    assert (slip.title, slip.appointment_label) == ("VĂN BẢN XIN LỖI", "Thời gian hẹn trả kết quả lại:")
    assert "gia hạn" not in " ".join(slip.narrative)


# -- whom and whence ---------------------------------------------------------------------
def test_an_organisation_is_not_addressed_as_a_person():
    slip = letter(of=matter(addressees=("Công ty TNHH Gạo Sóc Kha",), organisation=True))
    assert slip.addressee == "CÔNG TY TNHH GẠO SÓC KHA"
    assert "Ông/Bà" not in " ".join((*slip.narrative, *slip.further)) and "Quý đơn vị" in slip.narrative[0]


def test_two_people_are_both_addressed():
    assert letter(of=matter(addressees=("Lý Na", "Sơn Phước"))).addressee == "Ông/Bà LÝ NA, Ông/Bà SƠN PHƯỚC"


def test_an_office_without_a_telephone_asks_people_to_come():
    slip = letter(by=office(hotline=""))
    assert slip.further[-1] == "Nếu cần hỏi thêm, mời Ông/Bà đến Trung tâm Phục vụ hành chính công xã Nghĩa Giang."


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, ("Địa chỉ: Ấp Chợ, xã Nghĩa Giang, tỉnh Minh Họa. Điện thoại: 0294 000 0000",
              "Tra cứu hồ sơ: motcua.example/tra-cuu/. Thư điện tử: motcua@nghiagiang.example")),
        ({"address": "", "email": ""}, ("Điện thoại: 0294 000 0000. Tra cứu hồ sơ: motcua.example/tra-cuu/",)),
        ({"address": "x" * 200, "email": "y" * 80}, (f"Địa chỉ: {'x' * 200}. Điện thoại: 0294 000 0000",)),
        ({"address": "", "hotline": "", "email": "", "website": ""}, ()),
    ],
)  # fmt: skip
def test_the_contact_block_keeps_to_the_foot_of_the_page(changes, lines):
    assert letter(by=office(**changes)).contact == lines


def test_the_superior_body_stands_above_in_capitals():
    assert letter(by=office(superior="Ủy ban nhân dân tỉnh Minh Họa")).superior == "ỦY BAN NHÂN DÂN TỈNH MINH HỌA"


def test_moments_are_said_in_vietnamese_time():
    there = replace(signature(), at=SIGNED.astimezone(tz=None))
    assert letter(signed=there).signed_words == "Ký trên hệ thống lúc 2026-11-24T09:12:00+07:00"
