import pytest

from onestop.reading import Unreadable
from onestop.reading.dates import PartialDate
from onestop.reading.identity import (
    NOT_ONLY_DIGITS,
    PROVINCE_CODES,
    IdFacts,
    facts_of,
    identity_warning,
    mask_personal_id,
    province_warning,
    read_personal_id,
)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("084185006123", "084185006123"),
        (" 084 185 006 123 ", "084185006123"),
        ("084.185.006-123", "084185006123"),
        ("０84185006123", "084185006123"),
        ("334123456", "334123456"),
    ],
)
def test_twelve_or_nine_digits_are_a_number(typed, number):
    assert read_personal_id(typed) == number


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Số định danh có 12 chữ số (đang có 0 chữ số)"),
        ("08418500612", "Số định danh có 12 chữ số (đang có 11 chữ số)"),
        ("0841850061234", "Số định danh có 12 chữ số (đang có 13 chữ số)"),
        ("08418500612A", "Số định danh có 12 chữ số (đang có 11 chữ số)"),
        ("1" * 70, "Số định danh có 12 chữ số (đang có 70 chữ số)"),
        ("084185006123A", NOT_ONLY_DIGITS),
        ("B12345678 9", NOT_ONLY_DIGITS),
    ],
)
def test_other_numbers_are_refused_with_the_count(typed, sentence):
    with pytest.raises(Unreadable) as refusal:
        read_personal_id(typed)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("number", "facts"),
    [
        ("084185006123", IdFacts(1985, "female", True)),
        ("084085006123", IdFacts(1985, "male", True)),
        ("086219001234", IdFacts(2019, "male", True)),
        ("086319001234", IdFacts(2019, "female", True)),
        ("000405001234", IdFacts(2105, "male", False)),
        ("334123456", None),
        ("", None),
        ("08418500612x", None),
    ],
)
def test_a_number_says_year_sex_and_province(number, facts):
    assert facts_of(number) == facts


@pytest.mark.parametrize(
    ("birth", "sex", "warning"),
    [
        (PartialDate(1985, 3, 5), "female", ""),
        (PartialDate(1985), "", ""),
        (None, "female", ""),
        (None, "", ""),
        (PartialDate(1986, 3), "female", "Số định danh cho biết sinh năm 1985, nữ. Đang ghi sinh năm 1986, nữ. Kiểm tra lại thẻ"),
        (PartialDate(1985), "male", "Số định danh cho biết sinh năm 1985, nữ. Đang ghi sinh năm 1985, nam. Kiểm tra lại thẻ"),
        (None, "male", "Số định danh cho biết sinh năm 1985, nữ. Đang ghi nam. Kiểm tra lại thẻ"),
        (PartialDate(1986), "", "Số định danh cho biết sinh năm 1985, nữ. Đang ghi sinh năm 1986. Kiểm tra lại thẻ"),
    ],
)
def test_a_number_that_contradicts_the_person_warns(birth, sex, warning):
    assert identity_warning("084185006123", birth, sex) == warning


def test_an_old_number_says_nothing_so_it_cannot_warn():
    assert identity_warning("334123456", PartialDate(1985), "male") == ""


def test_the_old_list_has_sixty_three_provinces():
    assert len(PROVINCE_CODES) == 63


@pytest.mark.parametrize(
    ("number", "warning"),
    [
        ("084185006123", ""),
        ("334123456", ""),
        ("000185006123", "Ba số đầu 000 không có trong danh sách mã tỉnh. Kiểm tra lại thẻ"),
    ],
)
def test_an_unknown_province_is_only_a_hint(number, warning):
    assert province_warning(number) == warning


@pytest.mark.parametrize(("number", "masked"), [("084185006123", "•••••••••123"), ("334123456", "••••••456"), ("123", "•••"), ("", "")])
def test_three_digits_at_most_are_shown(number, masked):
    assert mask_personal_id(number) == masked
