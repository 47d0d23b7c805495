import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.reading import Unreadable
from onestop.reading.money import HAS_FRACTION, LARGEST, NEGATIVE, TOO_MUCH, UNREADABLE_MONEY, group_thousands, read_money, show_money


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("15.000", 15_000),
        ("15000", 15_000),
        ("15 000", 15_000),
        ("1.250.000", 1_250_000),
        ("15.000 đồng", 15_000),
        ("15.000đ", 15_000),
        ("15.000 VNĐ", 15_000),
        ("0", 0),
        (" 8000 ", 8_000),
        ("999.999.999.999", LARGEST),
    ],
)
def test_a_dot_parts_the_thousands(typed, amount):
    assert read_money(typed) == amount


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("15,5", HAS_FRACTION),
        ("1.50", HAS_FRACTION),
        ("15,000", HAS_FRACTION),
        ("15.000,00", HAS_FRACTION),
        ("1500.000", HAS_FRACTION),
        ("-5", NEGATIVE),
        ("−15.000", NEGATIVE),
        ("", UNREADABLE_MONEY),
        ("abc", UNREADABLE_MONEY),
        ("015", UNREADABLE_MONEY),
        ("1e5", UNREADABLE_MONEY),
        ("15.000 $", UNREADABLE_MONEY),
        ("1_000", UNREADABLE_MONEY),
        ("١٥", UNREADABLE_MONEY),
        ("1.000.000.000.000", TOO_MUCH),
        ("9" * 10_000, UNREADABLE_MONEY),
    ],
)
def test_doubtful_sums_are_refused(typed, sentence):
    with pytest.raises(Unreadable) as refusal:
        read_money(typed)
    assert str(refusal.value) == sentence


@given(st.integers(0, LARGEST))
def test_what_is_shown_is_read_as_the_same(amount):
    assert read_money(show_money(amount)) == read_money(group_thousands(amount)) == amount


def test_sums_are_shown_with_their_unit():
    assert show_money(1_250_000) == "1.250.000 đồng"
