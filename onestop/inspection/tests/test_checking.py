"""What is taken and what is refused, by files made to harm and by good ones beside them."""

import io

import pytest
from pikepdf import Array, Dictionary, Encryption, Name, String
from PIL import Image

from onestop.inspection import DRAFT, Refused, check
from onestop.inspection.checking import HAS_LINKS
from onestop.inspection.tests import makers as make


def said(name: str, content: bytes, *policy) -> str:
    with pytest.raises(Refused) as refusal:
        check(name, content, *policy)
    return str(refusal.value)


# -- good ones -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content", "kind", "pages", "pixels"),
    [
        ("to-khai.pdf", make.pdf(3), "pdf", 3, 0),
        ("anh.jpg", make.picture((60, 40)), "jpeg", 1, 2400),
        ("anh.JPEG", make.picture((60, 40), progressive=True), "jpeg", 1, 2400),
        ("anh.png", make.picture((60, 40), "PNG", "RGBA"), "png", 1, 2400),
        ("quét 1.png", make.picture((60, 40), "PNG", "L"), "png", 1, 2400),
        ("khong-duoi", make.pdf(), "pdf", 1, 0),
        ("Tờ khai số 3. bản mới", make.pdf(), "pdf", 1, 0),
    ],
)
def test_a_good_file_is_measured(name, content, kind, pages, pixels):
    checked = check(name, content)

    assert (checked.kind, checked.pages, checked.pixels, checked.warnings) == (kind, pages, pixels, ())
    assert Image.open(io.BytesIO(checked.preview)).format == "JPEG"


def test_a_preview_is_small_upright_and_says_nothing_of_place_and_camera():
    checked = check("anh.jpg", make.photograph_on_its_side())

    shown = Image.open(io.BytesIO(checked.preview))
    assert (shown.size, dict(shown.getexif()), "Máy ảnh".encode() in checked.preview) == ((60, 40), {}, False)


def test_the_preview_of_a_large_picture_is_bounded():
    shown = Image.open(io.BytesIO(check("a.png", make.picture((3000, 1000), "PNG", "L")).preview))

    assert shown.size == (1600, 533)


def test_sixteen_bits_of_grey_are_shown_as_grey():
    made = io.BytesIO()
    Image.new("I;16", (8, 8), 0x8000).save(made, "PNG")

    shown = Image.open(io.BytesIO(check("a.png", made.getvalue()).preview))

    assert (shown.mode, abs(shown.getpixel((4, 4))[0] - 128) < 3) == ("RGB", True)


def test_a_telephone_may_add_notes_of_its_own_behind_the_picture():
    assert check("anh.jpg", make.picture() + b"\x00\x00SEFT-notes of the camera").kind == "jpeg"


def test_a_link_to_a_page_is_told_but_no_reason_to_refuse():
    content = make.pdf_with_note(A=Dictionary(S=Name.URI, URI=String("https://vidu.vn/tra-cuu")))

    assert check("a.pdf", content).warnings == (HAS_LINKS,)


def test_a_draft_may_carry_its_figures():
    content = make.pdf_with_attachment(b'{"a": 1}')

    assert check("a.pdf", content, DRAFT).pages == 1
    assert said("a.pdf", content) == "Tệp PDF có tệp khác đính kèm bên trong. Tách ra, chỉ chọn phần giấy tờ"


# -- not what it says --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", make.picture(), "Tên tệp có đuôi .pdf nhưng bên trong là ảnh JPEG"),
        ("a.jpg", make.pdf(), "Tên tệp có đuôi .jpg nhưng bên trong là tệp PDF"),
        ("a.png", make.picture(), "Tên tệp có đuôi .png nhưng bên trong là ảnh JPEG"),
        ("a.exe", make.pdf(), "Tên tệp có đuôi .exe nhưng bên trong là tệp PDF"),
        ("a.pdf", make.archive(), "Tệp này là tệp nén ZIP hoặc tệp Word, Excel"),
        ("a.pdf", b"MZ\x90\x00" + bytes(99), "Tệp này là chương trình"),
        ("a.jpg", b"\x00\x00\x00\x18ftypheic" + bytes(99), "ảnh HEIC"),
        ("a.pdf", b"  <!DOCTYPE html><p>%PDF", "trang web"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "trang web"),
        ("a.gif", b"GIF89a" + bytes(99), "ảnh GIF"),
        ("a.pdf", b"khong la gi ca", "Chỉ nhận tệp PDF, ảnh JPEG hoặc PNG"),
        ("a.pdf", b"", "Chỉ nhận tệp PDF, ảnh JPEG hoặc PNG"),
    ],
)
def test_the_content_decides_and_a_name_that_lies_is_refused(name, content, words):
    assert words in said(name, content)


def test_a_draft_is_a_pdf():
    assert said("a.jpg", make.picture(), DRAFT) == "Tệp này là ảnh JPEG. Chỉ nhận tệp PDF"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"\n" + make.pdf()),
        ("a.pdf", b"<script>alert(1)</script>\n" + make.pdf()),
        ("a.pdf", make.pdf() + make.archive()),
        ("a.pdf", make.pdf() + b"<html><script>alert(1)</script></html>"),
        ("a.jpg", make.picture() + make.archive()),
        ("a.jpg", make.picture(comment=b"<script>alert(1)</script>")),
        ("a.jpg", make.picture(comment=b"%PDF-1.4 1 0 obj")),
        ("a.png", make.picture(form="PNG") + make.archive()),
        ("a.png", make.picture(form="PNG") + b"x"),
    ],
)
def test_a_file_of_two_kinds_is_refused(name, content):
    words = said(name, content)

    assert "có thể gây hại" in words or "trang web" in words


# -- broken ----------------------------------------------------------------------------------
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.97])
@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", make.pdf(5)), ("a.jpg", make.picture((300, 300))), ("a.png", make.picture((300, 300), "PNG"))]
)
def test_what_is_cut_off_is_said_to_be(name, content, share):
    assert "bị hỏng hoặc chưa tải lên hết" in said(name, content[: max(12, int(len(content) * share))])


def test_a_picture_without_its_rows_is_broken():
    assert "bị hỏng" in said("a.png", make.png_that_says(100, 100))


def test_a_pdf_with_a_wrong_list_of_objects_is_broken():
    assert "bị hỏng" in said("a.pdf", make.pdf().replace(b"startxref\n", b"startxref\n9"))


@pytest.mark.parametrize("password", ["", "bí mật"])
def test_a_locked_pdf_is_refused(password):
    assert "có mật khẩu hoặc bị khóa quyền" in said("a.pdf", make.pdf(encryption=Encryption(owner="x", user=password)))


# -- acting by itself ------------------------------------------------------------------------
@pytest.mark.parametrize("policy", [(), (DRAFT,)])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (make.script(), "mã chạy tự động"),
        (make.pdf_with(Names=Dictionary(JavaScript=Dictionary(Names=Array([])))), "mã chạy tự động"),
        (make.pdf_with_note(AA=Dictionary(E=Dictionary(S=Name.JavaScript, JS=String("1")))), "mã chạy tự động"),
        (make.pdf_with_note(AA=Dictionary(E=Dictionary(S=Name.URI, URI=String("https://vidu.vn")))), "mã chạy tự động"),
        (make.launch(), "tự mở chương trình"),
        (make.pdf_with(OpenAction=Dictionary(S=Name.URI, URI=String("https://vidu.vn"))), "tự mở chương trình"),
        (make.pdf_with_note(A=Dictionary(S=Name.GoToR, F=String("//may-khac/a.pdf"))), "gọi dữ liệu từ bên ngoài"),
        (make.pdf_with_note(A=Dictionary(S=Name.SubmitForm, F=String("https://vidu.vn"))), "gọi dữ liệu từ bên ngoài"),
        (make.pdf_with_note(A=Dictionary(S=Name.URI, URI=String("file:///etc/passwd"))), "gọi dữ liệu từ bên ngoài"),
        (make.pdf_with(AcroForm=Dictionary(Fields=Array([]), XFA=String("<xdp/>"))), "biểu mẫu động"),
        (make.pdf_with_attachment(b"MZ\x90", "a.exe"), "tệp khác đính kèm"),
        (make.pdf_with_note(A=Dictionary(S=Name.Rendition)), "phim, âm thanh"),
    ],
)
def test_a_pdf_that_does_something_is_refused_for_scans_and_for_drafts(content, words, policy):
    assert words in said("a.pdf", content, *policy)


def test_a_name_written_in_numbers_does_not_hide_a_script():
    spelled = make.written(
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>>>",
        b"<</S/J#61vaScr#69pt/J#53(app.alert\\(1\\))>>",
    )

    assert "mã chạy tự động" in said("a.pdf", spelled)
    harmless = spelled.replace(b"/S/J#61vaScr#69pt/J#53(app", b"/S/GoTo          /D   (app")
    assert check("a.pdf", harmless).pages == 1


# -- bombs -----------------------------------------------------------------------------------
def test_a_picture_that_says_it_is_huge_is_refused_before_it_is_decoded():
    assert said("a.png", make.png_that_says(50_000, 50_000)).startswith("Ảnh quá lớn (50000 × 50000 điểm)")


def test_a_jpeg_that_says_it_is_huge_is_refused_before_it_is_decoded():
    content = make.picture((60, 40))
    head = content.index(b"\xff\xc0")
    huge = content[: head + 5] + b"\xff\xff\xff\xff" + content[head + 9 :]

    assert said("a.jpg", huge).startswith("Ảnh quá lớn")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (make.pdf(201), "Tệp có hơn 200 trang"),
        (make.many_pages_said(10**9), "Tệp có hơn 200 trang"),
        (make.page_bomb(), "bị hỏng"),
    ],
    ids=["pages", "said", "tree"],
)
def test_too_many_pages_are_refused(content, words):
    assert words in said("a.pdf", content)


def test_a_file_larger_than_allowed_is_not_looked_into(settings):
    settings.SCAN_MB = 1

    assert said("a.pdf", make.pdf() + bytes(1_000_000)) == "Tệp lớn hơn 1 MB"
