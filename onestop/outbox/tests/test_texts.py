import pytest

from onestop.outbox.texts import NotSms, check_sms, mask_recipient, plain


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Đã nhận hồ sơ. Hẹn trả 17:00", "Da nhan ho so. Hen tra 17:00"),
        ("Xã Nghĩa Giang – Ấp Trà Kha", "Xa Nghia Giang - Ap Tra Kha"),
        ("Phường Ea Kao’s", "Phuong Ea Kao's"),
        ("ខ្មែរ Trà Vinh", "Tra Vinh"),
        ("a\u200bb  c", "a b c"),
        ("[x] {y} ~ €", "x y"),
        ("Nguyễn\u0323 Ừng", "Nguyen Ung"),
    ],
)
def test_a_text_message_is_written_without_accents(written, sent):
    assert plain(written) == sent


def test_what_was_made_plain_can_be_sent():
    assert check_sms(plain("Đề nghị ông/bà đến nhận kết quả")) == "De nghi ong/ba den nhan ket qua"


@pytest.mark.parametrize("text", ["đ", "x" * 161, "{gio}", "a\u00a0b"])
def test_what_would_cost_a_second_message_is_refused(text):
    with pytest.raises(NotSms):
        check_sms(text)


def test_the_link_counts_with_its_length():
    assert check_sms("Xem {link}", "x" * 156) == "Xem {link}"
    with pytest.raises(NotSms):
        check_sms("Xem {link}", "x" * 157)


@pytest.mark.parametrize(
    ("recipient", "shown"), [("0900000123", "•••••••123"), ("kim.sa@vidu.vn", "k•••@vidu.vn"), ("", ""), ("12", "12")]
)
def test_lists_show_enough_to_tell_two_apart(recipient, shown):
    assert mask_recipient(recipient) == shown
