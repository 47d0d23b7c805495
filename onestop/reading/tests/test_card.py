import contextlib
import time
import traceback
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.reading import Unreadable
from onestop.reading.card import (
    DAMAGED_CARD,
    GARBLED,
    LONGEST_SCAN,
    NO_BIRTH_DATE,
    UNREADABLE_CARD,
    WRONG_QR,
    BareId,
    Card,
    DossierCode,
    DraftCode,
    SlipToken,
    read_scan,
)
from onestop.reading.dates import PartialDate
from onestop.reading.names import EMPTY

CHIP_CARD = "084185006123|334123456|Thạch Thị Sóc Kha|05031985|Nữ|Ấp Trà Kha, Thạnh An, Trà Cú, Trà Vinh|12082021"
NEW_CARD = "084185006123|334123456|Thạch Thị Sóc Kha|05031985|Nữ|Ấp Trà Kha, Thạnh An, Vĩnh Long|20082025||||"
CHILD_CARD = "086219001234||Sơn Minh Khang|14092019|Nam|Ấp Trà Kha, Thạnh An, Vĩnh Long|03022025|||Sơn Văn Phước|Thạch Thị Sóc Kha"
SOC_KHA = Card(
    personal_id="084185006123",
    old_id="334123456",
    name="Thạch Thị Sóc Kha",
    birth=PartialDate(1985, 3, 5),
    sex="female",
    address="Ấp Trà Kha, Thạnh An, Trà Cú, Trà Vinh",
    issued=date(2021, 8, 12),
    kind="CCCD",
)


def as_windows_1252(text):
    """The text as it arrives when a scanner's UTF-8 is taken for Windows-1252."""
    return "".join(chr(byte) if byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else bytes([byte]).decode("cp1252") for byte in text.encode())


def card(**changes):
    fields = {"id": "084185006123", "old": "", "name": "Lê Na", "birth": "05031985", "sex": "Nữ", "address": "Ấp A", "issued": "12082021"}
    return read_scan("|".join((fields | changes).values()))


def test_a_chip_card_is_read_whole():
    assert read_scan(CHIP_CARD) == SOC_KHA


def test_a_card_of_2024_is_read_with_its_empty_fields():
    read = read_scan(NEW_CARD)
    assert (read.kind, read.issued, read.cancelled_id, read.father, read.mother) == ("Căn cước", date(2025, 8, 20), "", "", "")


def test_a_childs_card_names_the_parents():
    read = read_scan(CHILD_CARD)
    assert (read.name, read.birth, read.sex, read.old_id) == ("Sơn Minh Khang", PartialDate(2019, 9, 14), "male", "")
    assert (read.father, read.mother, read.warnings) == ("Sơn Văn Phước", "Thạch Thị Sóc Kha", ())


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("|079185000001", ("079185000001", "", "")),
        ("|079185000001||Lê A|Trần B", ("079185000001", "Lê A", "Trần B")),
        ("|Lê A|Trần B|079185000001", ("079185000001", "Lê A", "Trần B")),
        ("|||Lê A|", ("", "Lê A", "")),
        ("|123|@@|05032020", ("", "", "")),
        ("|Lê A|Trần B|Bùi C|x|y|z", ("", "Lê A", "Trần B")),
    ],
)
def test_fields_after_the_seventh_are_read_by_their_shape(extra, expected):
    read = read_scan(NEW_CARD.rstrip("|") + extra)
    assert (read.cancelled_id, read.father, read.mother) == expected


@pytest.mark.parametrize(
    "arrived",
    [
        CHIP_CARD + "\r\n",
        CHIP_CARD + "\t\r",
        "\ufeff" + CHIP_CARD,
        "ï»¿" + CHIP_CARD,
        "\x00" + CHIP_CARD + "\x00",
        CHIP_CARD.replace("Sóc", "Sóc\n").replace("|334", "|\t334"),
        CHIP_CARD.replace("|", " | "),
        CHIP_CARD.replace("084185006123", "０８４１８５００６１２３"),
        CHIP_CARD.replace("05031985", "05/03/1985"),
        CHIP_CARD.replace("Nữ", "nu"),
        CHIP_CARD.replace("Nữ", "NỮ"),
        CHIP_CARD.replace("Nữ", "N?"),
        unicodedata.normalize("NFD", CHIP_CARD),
        as_windows_1252(CHIP_CARD),
    ],
)
def test_what_scanners_add_or_change_is_put_right(arrived):
    assert read_scan(arrived) == SOC_KHA


@pytest.mark.parametrize("name", ["Đặng Văn Ộ", "Hòa Tề", "Lê Hà", "Phạm Đức Đông", "H'Hen Niê", "Ƀuôn Yă", "Ñuáñ"])
def test_wrong_decoding_of_any_vietnamese_name_is_repaired_once(name):
    assert card(name=as_windows_1252(name)).name == name
    assert card(name=name).name == name


@pytest.mark.parametrize(
    "name",
    [
        "Th?ch Th? S?c Kha",
        "Th\ufffdch Thị",
        "Tháº¡ch Thá»",
        "Nguye64n Va8n A",
        "Thaạch Thịị Sóoc\u0301",
        "Thẃch",
        "Thạch Ж",
        "ថាច់ សុខា",
        as_windows_1252(as_windows_1252("Thạch Thị")),
    ],
)
def test_a_damaged_name_is_left_blank_and_asked_for(name):
    read = card(name=name)
    assert (read.name, read.warnings) == ("", (GARBLED,))
    assert (read.personal_id, read.birth, read.sex) == ("084185006123", PartialDate(1985, 3, 5), "female")


def test_a_card_without_a_name_asks_for_it():
    assert card(name="").warnings == (EMPTY,)


def test_a_damaged_address_is_left_blank():
    assert [card(address=text).address for text in ("?p Tr? Kha", "Ấp \ufffd", "Ấp 3/2, xã A")] == ["", "", "Ấp 3/2, xã A"]


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("00001985", PartialDate(1985)),
        ("1985", PartialDate(1985)),
        ("00/00/1985", PartialDate(1985)),
        ("00031985", PartialDate(1985, 3)),
        ("05-03-1985", PartialDate(1985, 3, 5)),
    ],
)
def test_birth_dates_may_be_known_by_month_or_year_only(birth, expected):
    read = card(birth=birth)
    assert (read.birth, read.warnings) == (expected, ())


@pytest.mark.parametrize("birth", ["", "31021985", "5031985", "00000000", "abc"])
def test_an_unreadable_birth_date_is_asked_for(birth):
    read = card(birth=birth)
    assert (read.birth, read.warnings) == (None, (NO_BIRTH_DATE,))


@pytest.mark.parametrize(
    ("issued", "kind"), [("30062024", "CCCD"), ("01072024", "Căn cước"), ("01/07/2024", "Căn cước"), ("00002024", ""), ("", "")]
)
def test_the_day_of_issue_tells_the_kind_of_card(issued, kind):
    assert card(issued=issued).kind == kind


@pytest.mark.parametrize(("old_id", "kept"), [("334123456", "334123456"), ("033412345678", "033412345678"), ("33412345", ""), ("abc", "")])
def test_the_old_number_is_kept_when_it_is_one(old_id, kept):
    assert card(old=old_id).old_id == kept


def test_a_number_that_contradicts_the_card_warns():
    assert card(birth="05031986").warnings == (
        "Số định danh cho biết sinh năm 1985, nữ. Đang ghi sinh năm 1986, nữ. Kiểm tra lại thẻ",
    )


@pytest.mark.parametrize("sex", ["", "x", "Name", "Khác"])
def test_a_sex_that_is_neither_stays_empty(sex):
    assert card(sex=sex).sex == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("084185006123", BareId("084185006123")),
        ("334123456\r", BareId("334123456")),
        ("０８４185006123", BareId("084185006123")),
        ("0412", DraftCode("0412")),
        ("Mã nháp 0412", DraftCode("0412")),
        ("h01.26-261121-0157", DossierCode("H01.26-261121-0157")),
        ("H01.26 261121 0157\n", DossierCode("H01.26-261121-0157")),
        ("http://127.0.0.1:8000/tc/0123456789ABCDEF/", SlipToken("0123456789ABCDEF")),
        ("https://motcua.example.vn/tc/zyxwvtsrqpnmkjhg", SlipToken("ZYXWVTSRQPNMKJHG")),
        ("/tc/0123456789ABCDEF/", SlipToken("0123456789ABCDEF")),
    ],
)
def test_the_scan_box_takes_numbers_codes_and_our_slips(text, expected):
    assert read_scan(text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("https://vneid.gov.vn/abc", WRONG_QR),
        ("http://example.com/a|b|c|d|e|f|g", WRONG_QR),
        ("https://example.com/tc/0123456789ABCDEF/x", WRONG_QR),
        ("https://example.com/x/tc/0123456789ABCDEF/", WRONG_QR),
        ("https://example.com/tc/0123456789ABCDE/", WRONG_QR),
        ("https://example.com/tc/0123456789ABCDEI/", WRONG_QR),
        ("https://a@example.com/tc/0123456789ABCDEF/", WRONG_QR),
        ("https://example.com/?x=/tc/0123456789ABCDEF/", WRONG_QR),
        ("00020101021238540010A00000072701240006970436", WRONG_QR),
        ("vneid://share/1", WRONG_QR),
        ('{"id":"084185006123"}', WRONG_QR),
        ("eyJhbGciOiJIUzI1NiJ9.e30.x", WRONG_QR),
        ("tel:0912345678", WRONG_QR),
        ("", UNREADABLE_CARD),
        ("   ", UNREADABLE_CARD),
        ("KS", UNREADABLE_CARD),
        ("041", UNREADABLE_CARD),
        ("08418500612", UNREADABLE_CARD),
        ("||||||", UNREADABLE_CARD),
        ("084185006123|334123456|Thạch Thị Sóc Kha", UNREADABLE_CARD),
        ("08418500612|||05031985|Nữ|x|12082021", UNREADABLE_CARD),
        ("0841850061â3||Lê Na|05031985|Nữ|x|12082021", DAMAGED_CARD),
        ("٠٨٤١٨٥٠٠٦١٢٣", UNREADABLE_CARD),
        ("x" * (LONGEST_SCAN + 1), UNREADABLE_CARD),
    ],
)
def test_everything_else_is_refused_with_the_sentence_that_helps(text, sentence):
    with pytest.raises(Unreadable) as refusal:
        read_scan(text)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("text", [CHIP_CARD, NEW_CARD, CHILD_CARD, "084185006123", "https://example.vn/tc/0123456789ABCDEF/"])
def test_the_result_shows_no_personal_data_when_it_is_logged(text):
    shown = f"{read_scan(text)!r} {read_scan(text)}"
    assert not any(part in shown for part in ("084185006", "334123", "Kha", "Khang", "1985", "2019", "0123456789", "Nữ", "female"))


def test_the_refusal_does_not_carry_the_raw_text():
    with pytest.raises(Unreadable) as refusal:
        read_scan("0841850061â3||Lê Na|05031985|Nữ|x|12082021")
    shown = "".join(traceback.format_exception_only(refusal.value))
    assert (refusal.value.args, refusal.value.__cause__) == ((DAMAGED_CARD,), None)
    assert "Lê Na" not in shown


pieces = st.sampled_from(
    ["|", "084185006123", "05031985", "Nữ", "Thạch", "Ã", "\ufeff", "http://", "/tc/", "000201", "H01.26-", "9", "\u0301", "?"]
)


@given(st.one_of(st.text(max_size=2500), st.lists(st.one_of(pieces, st.text(max_size=5)), max_size=60).map("".join)))
def test_any_text_is_read_or_refused_at_once(text):
    started = time.thread_time()
    with contextlib.suppress(Unreadable):
        read_scan(text)
    assert time.thread_time() - started < 0.05


@pytest.mark.parametrize(
    "text",
    [
        "a" * 2000,
        "|" * 2000,
        "a." * 1000,
        "a\u0301\u0323" * 600,
        "9" * 2000,
        "0841850061" + "|Lê" * 600,
        "-" * 2000,
        "http://" + "/tc/" * 400,
    ],
)
def test_hostile_text_costs_no_time(text):
    started = time.thread_time()
    with pytest.raises(Unreadable):
        read_scan(text)
    assert time.thread_time() - started < 0.05
