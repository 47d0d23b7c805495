import pytest

from onestop.reading import Unreadable
from onestop.reading.phones import UNREADABLE_PHONE, read_phone


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0912345678", "0912345678"),
        ("0912 345 678", "0912345678"),
        ("091.234.5678", "0912345678"),
        ("(091) 234-5678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"),
        ("0084912345678", "0912345678"),
        ("+84 (0) 912 345 678", "0912345678"),
        ("０９１２345678", "0912345678"),
        ("0351234567", "0351234567"),
        ("0841234567", "0841234567"),
        ("0294 3851 234", "02943851234"),
        ("+84 294 3851 234", "02943851234"),
    ],
)
def test_mobile_and_landline_numbers_are_read(typed, number):
    assert read_phone(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "091234567",
        "09123456789",
        "0112345678",
        "0612345678",
        "0294385123",
        "0912345678/0987654321",
        "+1 912 345 678",
        "09I2345678",
        "113",
        "0" * 99,
    ],
)
def test_other_numbers_are_refused_with_the_rule(typed):
    with pytest.raises(Unreadable) as refusal:
        read_phone(typed)
    assert str(refusal.value) == UNREADABLE_PHONE
