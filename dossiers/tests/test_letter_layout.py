"""The letter measured against Nghị định 30/2020, Phụ lục I, in the finished PDF: a table of the rule, element by element.

Text, sizes and places are read by Poppler (whole points), lines from the picture of the page.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from tempfile import NamedTemporaryFile
from xml.etree import ElementTree

import pytest
from PIL import Image

from dossiers import documents
from dossiers.letters import CLOSING
from dossiers.tests.letter_samples import BLOCKS, CODE, MARK, late, letter, long_letter, matter, office, short_letter, signature
from dossiers.tests.test_documents import pages, run, sizes
from onestop.papers import pdf

MM = 72 / 25.4
A4 = (595, 842)
PAGE_WIDTH, PAGE_HEIGHT = 595.3, 841.9
FACES = {"Liberation-Serif", "Liberation-Serif-Bold", "Liberation-Serif-Italic", "Liberation-Serif-Bold-Italic"}
DPI = 144


@dataclass(frozen=True)
class Line:
    """One piece of text of a page; points from the upper left corner."""

    page: int
    top: int
    left: int
    width: int
    size: int
    colour: str
    style: str
    """Letters of its tags: "" regular, "b" bold, "i" italic, "ib" both."""
    text: str

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def lines_of(data: bytes) -> list[Line]:
    with NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        told = run(["pdftohtml", "-xml", "-zoom", "1", "-i", "-stdout", file.name], b"")
    found, fonts = [], {}
    for page in ElementTree.fromstring(told).iter("page"):
        for piece in page.iter():
            at = piece.attrib
            if piece.tag == "fontspec":
                fonts[at["id"]] = (int(at["size"]), at["color"])
            elif piece.tag == "text" and "".join(piece.itertext()).strip():
                style = "".join(part.tag for part in piece.iter() if part is not piece)
                place = (int(page.attrib["number"]), int(at["top"]), int(at["left"]), int(at["width"]))
                found.append(Line(*place, *fonts[at["font"]], style, " ".join("".join(piece.itertext()).split())))
    return found


SAMPLES = {
    "ordinary": lambda: replace(letter(), history_mark=MARK),
    "superior": lambda: letter(by=office(superior="Ủy ban nhân dân tỉnh Minh Họa")),
    "draft": lambda: letter(draft=True),
    "long": long_letter,
    "short": short_letter,
    **{f"block {name}": lambda name=name: letter(signed=signature(name)) for name in BLOCKS},
}


@cache
def printed(name: str) -> bytes:
    return documents.apology_letter(SAMPLES[name]())


@cache
def lines(name: str) -> tuple[Line, ...]:
    return tuple(lines_of(printed(name)))


def the_line(text: str, name: str = "ordinary") -> Line:
    [found] = [line for line in lines(name) if line.text.startswith(text)]
    return found


@cache
def rules(name: str, page: int = 1) -> list[tuple[float, float, float]]:
    """Horizontal lines of a page: top, left and width in points."""
    raw = run(["pdftoppm", "-r", str(DPI), "-f", str(page), "-l", str(page), "-gray", "-"], printed(name))
    _, size, _, rest = raw.split(b"\n", 3)
    width, height = map(int, size.split())
    picture = Image.frombytes("L", (width, height), rest[: width * height])
    found: list[tuple[float, float, float]] = []
    for y in range(height):
        row = bytes(1 if dot < 160 else 0 for dot in picture.crop((0, y, width, y + 1)).tobytes())
        for run_of_dots in re.finditer(rb"\x01{60,}", row):
            place = (y * 72 / DPI, run_of_dots.start() * 72 / DPI, (run_of_dots.end() - run_of_dots.start()) * 72 / DPI)
            # A line is two or three rows of dots thick.
            if not any(place[0] - other[0] < 1.5 and abs(place[1] - other[1]) < 1 for other in found):
                found.append(place)
    return found


# -- sheet -------------------------------------------------------------------------------
@pytest.mark.parametrize("name", SAMPLES)
def test_the_sheet_is_a4_upright(name):
    assert set(sizes(printed(name))) == {A4}


@pytest.mark.parametrize("name", SAMPLES)
def test_text_keeps_the_margins(name):
    # Rule: left 30–35 mm, right 15–20, top and bottom 20–25. The page number and the contact block stand in the margins.
    body = [line for line in lines(name) if line.text != "2" and line.top < PAGE_HEIGHT - 20 * MM]
    assert min(line.left for line in body) == round(30 * MM)
    assert max(line.right for line in body) == pytest.approx(PAGE_WIDTH - 15 * MM, abs=1)
    assert min(line.top for line in body) >= 20 * MM - 1
    assert max(line.top + line.size * 1.15 for line in body) <= PAGE_HEIGHT - 20 * MM + 1


@pytest.mark.parametrize("name", SAMPLES)
def test_the_typeface_has_the_widths_of_times_new_roman_and_is_embedded_in_black(name):
    fonts = [line.split() for line in run(["pdffonts", "-"], printed(name)).decode().splitlines()[2:]]
    assert {font[0].partition("+")[2] for font in fonts} <= FACES
    assert all(font[-5:-2] == ["yes", "yes", "yes"] for font in fonts)  # embedded, a subset, readable as text
    assert {line.colour for line in lines(name)} == {"#000000"}


def test_the_page_number_stands_in_the_middle_of_the_top_margin_but_not_on_the_first_page():
    [number] = [line for line in lines("long") if line.text in {"1", "2"}]
    assert (number.page, number.text, number.size, number.style) == (2, "2", 14, "")
    assert number.top + 14 < 20 * MM
    assert number.middle == pytest.approx((30 * MM + PAGE_WIDTH - 15 * MM) / 2, abs=1)


# -- elements: what the rule says, in our letter -------------------------------------------
ELEMENTS = [
    # element, how it begins, size allowed, style
    ("Quốc hiệu", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", {12, 13}, "b", "ordinary"),
    ("Tiêu ngữ", "Độc lập - Tự do - Hạnh phúc", {13, 14}, "b", "ordinary"),
    ("superior body", "TỈNH MINH HỌA", {12, 13}, "", "superior"),
    ("issuing body", "XÃ NGHĨA GIANG", {12, 13}, "b", "ordinary"),
    ("number and symbol", "Số: 05/UBND-TTPVHCC", {13}, "", "ordinary"),
    ("place and date", "Nghĩa Giang, ngày 24 tháng 11 năm 2026", {13, 14}, "i", "ordinary"),
    ("title", "VĂN BẢN XIN LỖI", {13, 14}, "b", "ordinary"),
    ("title, second line", "VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT", {13, 14}, "b", "ordinary"),
    ("abstract", "Về việc hẹn lại thời gian trả kết quả", {13, 14}, "b", "ordinary"),
    ("addressee", "Kính gửi: Ông/Bà THẠCH THỊ SÓC KHA", {13, 14}, "", "ordinary"),
    ("body", "Lý do:", {13, 14}, "", "ordinary"),
    ("signature, first line", "TM. ỦY BAN NHÂN DÂN", {13, 14}, "b", "ordinary"),
    ("signature, title", "PHÓ CHỦ TỊCH", {13, 14}, "b", "ordinary"),
    ("name", "Lê Hoàng Phúc", {13, 14}, "b", "ordinary"),
    ("Nơi nhận", "Nơi nhận:", {12}, "ib", "ordinary"),
    ("Nơi nhận, items", "- Như trên;", {11}, "", "ordinary"),
    ("Nơi nhận, last", "- Lưu: VT.", {11}, "", "ordinary"),
    ("signing time", "Ký trên hệ thống lúc 2026-11-24T09:12:00+07:00", {10}, "", "ordinary"),
    ("contact block", "Địa chỉ: Ấp Chợ", {11, 12}, "", "ordinary"),
]


@pytest.mark.parametrize(("begins", "allowed", "style", "name"), [row[1:] for row in ELEMENTS], ids=[row[0] for row in ELEMENTS])
def test_each_element_has_the_size_and_style_of_the_rule(begins, allowed, style, name):
    line = the_line(begins, name)
    assert line.size in allowed
    assert "".join(sorted(line.style)) == "".join(sorted(style))


def test_the_body_is_set_in_14_points_the_larger_size_of_the_rule():
    assert {the_line(begins).size for begins in ("Ngày 20 tháng 11", "Hồ sơ hiện nay", "Trân trọng./.")} == {14}


def test_paragraphs_are_justified_with_an_indent_of_1_27_cm_and_6_points_between():
    first, second, last = the_line("Hồ sơ hiện nay"), the_line("quả đo đạc."), the_line("Lý do:")
    assert first.left - second.left == pytest.approx(12.7 * MM, abs=1)
    assert first.right == pytest.approx(PAGE_WIDTH - 15 * MM, abs=1)
    between_lines, between_paragraphs = second.top - first.top, last.top - second.top
    assert 14 * 1.1 <= between_lines <= 14 * 1.15 * 1.5
    assert between_paragraphs - between_lines >= 6


@pytest.mark.parametrize(
    ("under", "least", "most"),
    [("Độc lập - Tự do - Hạnh phúc", 0.98, 1.02), ("XÃ NGHĨA GIANG", 1 / 3, 1 / 2), ("Về việc hẹn lại", 1 / 3, 1 / 2)],
)
def test_lines_are_drawn_under_the_text_as_long_as_the_rule_says(under, least, most):
    text = the_line(under)
    [(_, _, width)] = [
        (top, left, width)
        for top, left, width in rules("ordinary")
        if text.top + text.size < top < text.top + text.size + 8 and abs(left + width / 2 - text.middle) < 1.5
    ]
    # The name of the committee is as wide as its widest line.
    widest = the_line("ỦY BAN NHÂN DÂN").width if under.startswith("XÃ") else text.width
    assert least * widest <= width <= most * widest


def test_the_contact_block_stands_under_a_line_across_the_foot_of_the_first_page_only():
    top, left, width = rules("long")[-1]
    address = the_line("Địa chỉ: Số 125/7B", "long")
    assert (left, width) == (pytest.approx(30 * MM, abs=1), pytest.approx(165 * MM, abs=1))
    assert PAGE_HEIGHT - 20 * MM <= top < address.top and address.page == 1
    lowest = max(line.top + line.size for line in lines("long") if line.page == 1)
    assert lowest < PAGE_HEIGHT - 5 * MM  # what office printers can still print
    assert rules("long", 2) == []


def test_state_and_office_stand_side_by_side_and_number_and_date_on_one_line():
    office_line, state = the_line("ỦY BAN NHÂN DÂN"), the_line("CỘNG HÒA")
    assert office_line.top == state.top and office_line.right < state.left
    number, day = the_line("Số: 05"), the_line("Nghĩa Giang, ngày")
    assert abs(number.top - day.top) <= 1


# -- signature ---------------------------------------------------------------------------
@pytest.mark.parametrize("block", BLOCKS)
def test_the_signature_stands_on_the_right_with_room_to_sign_and_stamp(block):
    name = the_line("Lê Hoàng Phúc", f"block {block}")
    titles = [line for line in lines(f"block {block}") if line.style == "b" and line.top < name.top and line.left > PAGE_WIDTH / 2 - 10]
    titles = [line for line in titles if line.top > the_line("Nơi nhận:", f"block {block}").top - 2]
    assert " ".join(line.text for line in titles) == " ".join(BLOCKS[block])
    assert titles[0].top == pytest.approx(the_line("Nơi nhận:", f"block {block}").top, abs=2)
    assert name.top - titles[-1].top - 16 >= 25 * MM
    assert {round(line.middle) for line in (*titles, name)} == {round(name.middle)}


@pytest.mark.parametrize("name", ["ordinary", "short", "draft", *(f"block {block}" for block in BLOCKS)])
def test_an_ordinary_letter_fits_one_page_whoever_signs(name):
    assert len(sizes(printed(name))) == 1


@pytest.mark.parametrize("extra", range(0, 13))
def test_the_signature_is_never_parted_from_the_last_lines(extra):
    # Whatever the length, the page with the name has the closing words and the sentence before them.
    reason = "Số liệu đo đạc của thửa đất chưa khớp với bản đồ địa chính, phải đo lại ngoài thực địa. " * extra
    *_, last = pages(documents.apology_letter(letter(late(reason=reason or "Bão"))))
    for words in ("Nếu cần hỏi thêm, mời Ông/Bà", "Trân trọng./.", "TM. ỦY BAN NHÂN DÂN", "Lê Hoàng Phúc", "- Lưu: VT."):
        assert words in last


def test_the_longest_letter_takes_two_pages_and_loses_nothing():
    slip = long_letter()
    text = " ".join(line.text for line in lines("long") if 20 * MM - 1 <= line.top < PAGE_HEIGHT - 20 * MM)
    for words in (*slip.narrative, *slip.further, slip.addressee, slip.address, slip.signer_name, *slip.signature_lines, CLOSING):
        assert words in text
    assert len(sizes(printed("long"))) == 2


def test_a_long_name_of_place_breaks_before_the_date_not_in_it():
    assert the_line("ngày 24 tháng 11 năm 2026", "long").style == "i"


# -- file --------------------------------------------------------------------------------
def test_a_draft_shows_number_and_date_as_empty_room():
    page = pages(printed("draft"))[0]
    assert "Số: /UBND-TTPVHCC" in page and "Nghĩa Giang, ngày tháng năm 2026" in page
    assert "Ký trên hệ thống" not in page and "None" not in page and "CHỦ TỊCH" not in page


def test_the_foot_names_form_and_mark_and_only_the_prescribed_letter_names_the_form():
    assert "Mã kiểm chứng: 3fa9c1d2 Mẫu số 04, Thông tư số 03/2025/TT-VPCP" in pages(printed("ordinary"))[0]
    plain = letter(late(kind="error", missed=None, first=None, new_due_at=None))
    assert "Mẫu số 04" not in pages(documents.apology_letter(plain))[0]


def test_the_letter_is_the_same_file_again_with_title_language_and_date():
    slip = replace(letter(), history_mark=MARK)
    assert documents.from_snapshot(slip.as_json()) == printed("ordinary")
    told = run(["pdfinfo", "-isodates", "-"], printed("ordinary")).decode()
    assert f"Văn bản xin lỗi {CODE}" in told and "2026-11-24T02:12:00Z" in told
    template, context, keywords = documents.letter_arguments(slip)
    assert '<html lang="vi">' in pdf.source(template, context, **keywords)
    assert len(printed("long")) < 40_000


def test_the_letter_carries_no_secret_and_no_mark_for_scanners():
    assert "/tc/" not in "".join(pages(printed("ordinary"))) and run(["pdfimages", "-list", "-"], printed("ordinary")).count(b"\n") == 2


@pytest.mark.parametrize("text", ["<b>đậm</b> & {{ slip.code }}", "</p></body>"])
def test_markup_in_a_field_is_printed_as_it_was_typed(text):
    assert text in pages(documents.apology_letter(letter(late(reason=text), of=matter(address=text))))[0]
