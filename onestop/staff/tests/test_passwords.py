"""Passwords that somebody who knows the office could guess."""
import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from onestop.staff.models import Agency, User
from onestop.staff.passwords import MESSAGE, LocalWordsValidator

PERSON = User(
    username="duyen.tt",
    full_name="Thạch Thị Mỹ Duyên",
    job_title="Công chức tư pháp",
    agency=Agency(
        pk=1,
        code="H61.26",
        name="Xã Nghĩa Giang",
        place="Nghĩa Giang",
        desk_name="Trung tâm Phục vụ hành chính công xã Nghĩa Giang",
    ),
)


@pytest.mark.parametrize(
    "password",
    [
        "motcua123456",
        "MotCua@123456",
        "Một cửa 2026!!",
        "ubnd.hanhchinh",
        "UBND xã Nghĩa Giang",
        "nghiagiang2026",
        "Ngh1aG1ang2026",
        "h4nhch1nhc0ng",
        "hành chính công 2027",
        "thachthimyduyen",
        "duyen.tt.12345",
        "qwertyuiop1234",
        "asdfghjkl;'1234",
        "mnbvcxz0987654",
        "1qaz2wsx3edc4rfv",
        "aaaaaaaaaaaa",
        "matkhau123456789",
        "1111222233334444",
    ],
)
def test_local_words_and_runs_are_refused(password):
    with pytest.raises(ValidationError) as refusal:
        LocalWordsValidator().validate(password, PERSON)
    assert refusal.value.messages == [MESSAGE]


@pytest.mark.parametrize(
    "password",
    ["mèo tam thể ngủ trưa", "k7mp-x3rd-9wqt-hn4c", "bánh xèo ăn với rau", "quat tran keu cot ket", "ភាសាខ្មែរល្អណាស់"],
)
def test_other_words_are_welcome(password):
    validate_password(password, PERSON)


def test_short_password_is_refused_in_vietnamese():
    with pytest.raises(ValidationError) as refusal:
        validate_password("mèo tam thể", PERSON)
    assert refusal.value.messages == ["Mật khẩu cần ít nhất 12 ký tự (đang có 11 ký tự)"]


def test_common_password_is_refused_in_vietnamese():
    with pytest.raises(ValidationError) as refusal:
        validate_password("telechargement")
    assert refusal.value.messages == ["Mật khẩu này nhiều người dùng nên dễ đoán. Chọn mật khẩu khác"]


def test_very_long_password_is_judged_quickly():
    LocalWordsValidator().validate("mèo tam thể ngủ trưa " * 12, PERSON)


def test_password_without_a_person_is_judged_by_the_common_words():
    with pytest.raises(ValidationError):
        LocalWordsValidator().validate("motcua123456")
    LocalWordsValidator().validate("nghiagiang2026")
