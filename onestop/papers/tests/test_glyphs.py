import unicodedata

import pytest

from onestop.papers import glyphs

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
VIETNAMESE = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES) + "đ"


@pytest.mark.parametrize("text", [VIETNAMESE, VIETNAMESE.upper(), "សូម\u200bយក\u200bប័ណ្ណ", "17 giờ 00 phút – “Mẫu số 01” · 8.000 ₫ § …"])
def test_what_our_papers_say_is_printed_as_it_is(text):
    assert glyphs.printable(text) == text


def test_decomposed_letters_are_composed():
    assert glyphs.printable(unicodedata.normalize("NFD", "Nguyễn Thị Đào")) == "Nguyễn Thị Đào"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("A\u2011B", "A-B"),  # non-breaking hyphen: in no font of ours, stalls the layout
        ("A\u2009B", "A B"),
        ("8\u202f000", "8\u00a0000"),
        ("A\ufeffB\u202eC", "ABC"),  # marks of order and direction
        ("A\x07B", "AB"),
        ("Ａ１", "A1"),  # full width
        ("王", "□"),
        ("😀", "□"),
        ("a\u200bb", "a\u200bb"),
    ],
)
def test_other_characters_get_a_stand_in(typed, printed):
    assert glyphs.printable(typed) == printed


def test_a_family_that_is_not_installed_has_no_file():
    assert glyphs.font_file("No Such Family At All") == ""


def test_both_families_are_installed():
    assert [bool(glyphs.font_file(family)) for family in glyphs.FAMILIES] == [True, True]
