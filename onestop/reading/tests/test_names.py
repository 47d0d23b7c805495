import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.models import Dossier
from onestop.reading import Unreadable
from onestop.reading.characters import INVISIBLE_ONLY, STRANGE
from onestop.reading.names import EMPTY, HAS_DIGITS, ODD_SIGNS, clean_text, fold, mask_name, read_name, sort_key

DECOMPOSED = unicodedata.normalize("NFD", "Đặng Thị Huyền")


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Văn A",
        "Thạch Thị Sóc Kha",
        "Kha",
        "H'Hen Niê",
        "H’Hen Niê",
        "K'Bing",
        "Y-Moan Ênuôl",
        "Ma. Theresa Lê",
        "Ƀuôn Yă Ê̆ban",
        "ថាច់ សុខា",
        "សុ\u200bខា",
        "ꨀꨣꨯꨱ",
        "阮文英",
        "\U00030000",
        "Công Tằng Tôn Nữ Thị Phương Thảo Nguyên Hạ",
        "Ñuñez Müller",
    ],
)
def test_names_of_all_peoples_are_kept_as_typed(name):
    assert read_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Lê   Na  ", "Lê Na"),
        ("Lê\u00a0Na", "Lê Na"),
        ("Lê\u3000Na\r\n", "Lê Na"),
        ("\tLê Na", "Lê Na"),
        (DECOMPOSED, "Đặng Thị Huyền"),
        ("Lê\u200b Na", "Lê Na"),
        ("\ufeffLê Na", "Lê Na"),
        ("សុ\u200b\u200bខា\u200b", "សុ\u200bខា"),
    ],
)
def test_only_spaces_form_and_stray_zero_width_characters_change(typed, stored):
    assert read_name(typed) == stored


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", EMPTY),
        ("   ", EMPTY),
        ("-", EMPTY),
        ("'.", EMPTY),
        ("\u200b\u200b", INVISIBLE_ONLY),
        ("\u3164", INVISIBLE_ONLY),
        ("Nguyễn Văn 2", HAS_DIGITS),
        ("Lê ២", HAS_DIGITS),
        ("Lê Ⅷ", HAS_DIGITS),
        ("Lê\x00Na", STRANGE),
        ("Lê\x07Na", STRANGE),
        ("Lê\tNa", STRANGE),
        ("Lê\nNa", STRANGE),
        ("Lê \u202eaN", STRANGE),
        ("Lê \ufffd", STRANGE),
        ("Lê \ue000", STRANGE),
        ("\u0301Lê", STRANGE),
        ("L" + "\u0301" * 20, STRANGE),
        ("Lê Na;", ODD_SIGNS),
        ("<b>Lê", ODD_SIGNS),
        ("=Lê", ODD_SIGNS),
        ("Lê 😀", ODD_SIGNS),
        ("Tháº¡ch", ODD_SIGNS),
        ("Lê\u3164Na", ODD_SIGNS),
        ("a" * 101, "Họ và tên dài nhất 100 ký tự (đang có 101 ký tự)"),
        ("a" * 100_000, "Họ và tên dài nhất 100 ký tự (đang có 100000 ký tự)"),
    ],
)
def test_what_is_not_a_name_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(Unreadable) as refusal:
        read_name(typed)
    assert str(refusal.value) == sentence


def test_a_name_of_a_hundred_characters_is_kept_whole():
    assert read_name("ễ" * 100) == "ễ" * 100


@given(st.text(max_size=200))
def test_read_name_answers_any_text_and_reads_its_own_answer(text):
    try:
        name = read_name(text)
    except Unreadable:
        return
    assert read_name(name) == name == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đặng", "dang"),
        ("ĐẶNG", "dang"),
        (DECOMPOSED, "dang thi huyen"),
        ("  Thạch  Thị ", "thach thi"),
        ("Ðặng", "dang"),
        ("H’Hen Niê", "h'hen nie"),
        ("Ƀuôn Yă", "buon ya"),
        ("Y‑Moan", "y-moan"),
        ("hoà", "hoa"),
        ("hòa", "hoa"),
        ("ថាច់ សុខា", "ថាច់ សុខា"),
        ("a\x00b", "a b"),
        ("100%_", "100%_"),
        ("", ""),
    ],
)
def test_fold_makes_the_search_key(text, key):
    assert fold(text) == key


def test_dang_finds_dang_with_all_its_marks():
    assert "dang" in fold("Đặng Thị Huyền")


def test_khmer_vowels_are_letters_of_the_word():
    assert fold("សុខ") != fold("សំខ")


@given(st.text())
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_is_the_same_for_composed_and_decomposed_text(text):
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    "in_order",
    [
        ["Trần Văn An", "Lê Thị Anh", "Lê Ăn", "Lê Ân", "Lê Bình"],
        ["Lê Dung", "Lê Dũng", "Lê Đạt"],
        ["Lê Em", "Lê Én", "Lê Êm"],
        ["Lê On", "Lê Ôn", "Lê Ơn"],
        ["Lê Tu", "Lê Tư"],
        ["Lê Ha", "Lê Hà", "Lê Hả", "Lê Hã", "Lê Há", "Lê Hạ"],
        ["Trần Ha", "Bùi Hà"],
        ["Bùi Văn Hà", "Đỗ Văn Hà", "Nguyễn Thị Hà", "Nguyễn Văn Hà", "Trần Hà"],
        ["Lê Văn Anh", "Lê Văn Anh Em", "Sơn Kha", "ថាច់ សុខា"],
        ["Kha", "An Kha"],
        ["Lê Vui", "Lê Wa", "Lê Xuân", "Lê Ý"],
    ],
)
def test_lists_sort_by_the_given_name_in_vietnamese_order(in_order):
    shuffled = in_order[1::2] + in_order[::2]
    assert sorted(shuffled, key=sort_key) == in_order


@pytest.mark.parametrize(("one", "other"), [("Hoà", "Hòa"), ("LÊ NA", "lê na"), (DECOMPOSED, "Đặng Thị Huyền"), ("H'Hen", "H’Hen")])
def test_spellings_of_one_name_have_one_place_in_the_list(one, other):
    assert sort_key(one) == sort_key(other)


@pytest.mark.parametrize("name", ["ក" * 100, "Nguyễn " * 14 + "Na", "គឹម " * 25])
def test_the_sort_key_of_the_longest_name_fits_its_column(name):
    assert len(read_name(name)) <= 100
    assert len(sort_key(name)) <= Dossier._meta.get_field("applicant_sort").max_length


@given(st.text(max_size=60))
def test_sort_keys_hold_only_characters_that_every_collation_sorts_alike(text):
    assert set(sort_key(text)) <= set("0123456789abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Thạch Thị Sóc Kha", "Thạch T. S. K."),
        ("Lê Na", "Lê N."),
        ("Kha", "K."),
        ("Trần đức ông", "Trần Đ. Ô."),
        ("Niê H'Hen", "Niê H."),
        ("Niê 'Hen", "Niê H."),
        ("ថាច់ សុខា", "ថាច់ ស."),
        ("", ""),
    ],
)
def test_a_stranger_sees_the_family_name_and_initials(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("  \n ", ""),
        ("Ấp  3,\u00a0xã A ", "Ấp 3, xã A"),
        ("=1+1", "=1+1"),
        ("😀 50%", "😀 50%"),
        (unicodedata.normalize("NFD", "Ấp Bãi"), "Ấp Bãi"),
    ],
)
def test_free_text_is_tidied_and_otherwise_kept(typed, stored):
    assert clean_text(typed, limit=50) == stored


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("a\x00b", STRANGE),
        ("a\nb", STRANGE),
        ("\u200b", INVISIBLE_ONLY),
        ("\u2800", INVISIBLE_ONLY),
        ("a\ufffdb", STRANGE),
        ("\udc80a", STRANGE),
        ("a" * 51, "Nhiều nhất 50 ký tự (đang có 51 ký tự)"),
        ("a" * 1_000_000, "Nhiều nhất 50 ký tự (đang có 1000000 ký tự)"),
    ],
)
def test_free_text_with_a_fault_is_refused(typed, sentence):
    with pytest.raises(Unreadable) as refusal:
        clean_text(typed, limit=50)
    assert str(refusal.value) == sentence


def test_several_lines_are_kept_where_they_are_allowed():
    assert clean_text(" một \r\n\r\n\r\nhai  ba\rbốn", limit=50, lines=True) == "một\n\nhai ba\nbốn"
