"""What stands on the papers, read back from the finished PDF: its text and its picture."""
import logging
import re
import subprocess

import pytest
import zxingcpp
from django.utils import translation
from PIL import Image

from dossiers import documents
from dossiers.tests.slip_samples import BARE, CODE, LOOKUP_CODE, TOKEN_URL, components, plain_receipt, receipt, refusal, stop, supplement

DPI = 300
A4_LANDSCAPE, A5 = (842, 595), (420, 595)

RECEIPT_IN_ORDER = [
    "ỦY BAN NHÂN DÂN XÃ NGHĨA GIANG",
    "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
    "Mã hồ sơ: H61.26-261120-0157",
    "(Liên 2: Giao khách hàng)",
    "Bộ phận tiếp nhận và trả kết quả: Trung tâm Phục vụ hành chính công xã Nghĩa Giang",
    "Tiếp nhận hồ sơ của: THẠCH THỊ SÓC KHA",
    "Địa chỉ: Ấp Trà Kha, xã Nghĩa Giang, tỉnh Vĩnh Long",
    "Số điện thoại: 0912 345 678 Email: soc.kha@example.vn",
    "Nội dung yêu cầu giải quyết: Đăng ký khai sinh cho trẻ Sơn Minh Khang",
    "1. Thành phần hồ sơ nộp gồm:",
    "1. Tờ khai đăng ký khai sinh (bản chính: 01)",
    "3. Thẻ căn cước của mẹ (xuất trình)",
    "4. Giấy chứng nhận kết hôn (bản chụp, đã đối chiếu bản chính: 01)",
    "2. Số lượng hồ sơ: 01 (bộ)",
    "3. Thời gian giải quyết hồ sơ theo quy định là: trả kết quả trong ngày",
    "4. Thời gian nhận hồ sơ: 15 giờ 20 phút, ngày 20 tháng 11 năm 2026",
    "5. Thời gian trả kết quả giải quyết hồ sơ: 17 giờ 00 phút, ngày 23 tháng 11 năm 2026",
    "6. Đăng ký nhận kết quả tại: Trung tâm Phục vụ hành chính công xã Nghĩa Giang",
    "Vào Sổ theo dõi hồ sơ, Quyển số: 01/2026 Số thứ tự: 157",
    "(Ký và ghi rõ họ tên)",
    "Ghi chú: Giấy này lập thành 2 liên",
    "Mã tra cứu: 48150927 Xem hồ sơ tại 127.0.0.1:8000/tra-cuu hoặc quét mã QR ở trên",
    "Phí, lệ phí: Lệ phí đăng ký khai sinh: Miễn; Bản sao trích lục (2 bản): 16.000 đồng. Cộng: 16.000 đồng",
    "Khi nhận kết quả, mang theo giấy này và thẻ căn cước",
    "Hỏi về hồ sơ: 0294 3 812 345. Phản ánh, kiến nghị: UBND xã Nghĩa Giang",
]
SUPPLEMENT_IN_ORDER = [
    "Số: 05/HDHS",
    "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
    "Tiếp nhận hồ sơ của Ông/Bà: SƠN VĂN PHƯỚC",
    "Nội dung yêu cầu giải quyết: Đăng ký kết hôn",
    "Địa chỉ: Ấp Trà Kha, xã Nghĩa Giang, tỉnh Vĩnh Long",
    "Số điện thoại: 0912 345 678 Email: ................",
    "Yêu cầu Ông/Bà hoàn thiện hồ sơ gồm những nội dung như sau:",
    "1. Giấy xác nhận tình trạng hôn nhân (bản chính: 01); còn hạn 6 tháng",
    "2. Tờ khai đăng ký kết hôn; ghi thiếu nơi cư trú của bên nữ",
    "Lý do: Hồ sơ còn thiếu giấy tờ theo thành phần hồ sơ đã công bố.",
    "127.0.0.1:8000 hoặc Nguyễn Thị Hồng Đào, số điện thoại 0294 3 812 345, để được hướng dẫn./.",
    "NGƯỜI HƯỚNG DẪN (Ký và ghi rõ họ tên) Nguyễn Thị Hồng Đào",
]
REFUSAL_IN_ORDER = [
    "Số: 02/TCTN",
    "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
    "Tiếp nhận hồ sơ của: SƠN VĂN PHƯỚC",
    "Địa chỉ: Ấp Trà Kha, xã Nghĩa Giang, tỉnh Vĩnh Long",
    "Số điện thoại: 0912 345 678",
    "Nội dung yêu cầu giải quyết: Cấp phiếu lý lịch tư pháp",
    "Qua xem xét, Bộ phận Tiếp nhận và Trả kết quả Trung tâm Phục vụ hành chính công xã Nghĩa Giang"
    " thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau:",
    "Thủ tục này không thuộc thẩm quyền giải quyết của Ủy ban nhân dân xã.",
    "Xin thông báo cho Ông/Bà được biết và thực hiện.",
    "để được hướng dẫn./.",
    "NGƯỜI NỘP HỒ SƠ",
    "NGƯỜI TIẾP NHẬN HỒ SƠ",
]

STOP_IN_ORDER = [
    "Mẫu số 05, ban hành kèm theo Thông tư số 03/2025/TT-VPCP · Mã kiểm chứng: 3fa9c1d2",
    "Số: 03/TBDG",
    "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
    "Mã hồ sơ: H61.26-261120-0157",
    "Kính gửi: THẠCH THỊ SÓC KHA",
    "Thời gian nhận hồ sơ: 15 giờ 20 phút, ngày 20 tháng 11 năm 2026",
    "thông báo dừng giải quyết hồ sơ này từ 09 giờ 05 phút, ngày 25 tháng 11 năm 2026.",
    "1. Trường hợp dừng: người nộp rút hồ sơ",
    "2. Người đề nghị dừng: Thạch Thị Sóc Kha",
    "3. Bước giải quyết khi dừng: đang xử lý",
    "4. Lý do:",
    "Người nộp xin rút để nộp ở nơi thường trú.",
    "5. Căn cứ: Đơn xin rút hồ sơ ký ngày 25/11/2026",
    "6. Giấy tờ trả lại người nộp: Giấy chứng sinh (bản chính: 01)",
    "7. Phí, lệ phí: đã nộp 16.000 đồng, hoàn trả",
    "để được hướng dẫn./.",
    "NGƯỜI NHẬN THÔNG BÁO",
    "PHÓ CHỦ TỊCH",
    "Khiếu nại: gửi Chủ tịch UBND xã Nghĩa Giang.",
]


def run(command: list[str], data: bytes) -> bytes:
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def pages(data: bytes) -> list[str]:
    """The text of every page, spaces collapsed."""
    return [" ".join(page.split()) for page in run(["pdftotext", "-raw", "-", "-"], data).decode().split("\f")[:-1]]


def sizes(data: bytes) -> list[tuple[int, int]]:
    """Width and height of every page in whole points."""
    info = run(["pdfinfo", "-l", "-1", "-"], data).decode()
    return [(round(float(width)), round(float(height))) for width, height in re.findall(r"size: +([\d.]+) x ([\d.]+)", info)]


def pictures(data: bytes) -> list[Image.Image]:
    """Every page as an office printer prints it."""
    rest = run(["pdftoppm", "-r", str(DPI), "-gray", "-"], data)
    found = []
    while rest:
        # A PGM picture: "P5", width and height, 255, then one byte a dot.
        _, size, _, rest = rest.split(b"\n", 3)
        width, height = map(int, size.split())
        found.append(Image.frombytes("L", (width, height), rest[: width * height]))
        rest = rest[width * height :]
    return found


def halves(page: Image.Image) -> tuple[Image.Image, Image.Image]:
    middle = page.width // 2
    return page.crop((0, 0, middle, page.height)), page.crop((middle, 0, page.width, page.height))


def marks(picture: Image.Image) -> list[tuple[str, str]]:
    """What a scanner reads in the picture."""
    return [(mark.format.name, mark.text) for mark in zxingcpp.read_barcodes(picture)]


def assert_in_order(page: str, phrases: list[str]) -> None:
    at = 0
    for phrase in phrases:
        found = page.find(phrase, at)
        assert found >= 0, f"{phrase!r} not found after {page[max(0, at - 60) : at]!r}"
        at = found + len(phrase)


# -- Mẫu 01 ------------------------------------------------------------------------------
def test_the_receipt_has_every_field_of_the_form_in_its_order():
    _, applicant = pages(documents.receipt_slip(receipt(two_liens_per_sheet=False)))
    assert_in_order(applicant, RECEIPT_IN_ORDER)


def test_the_head_names_form_state_motto_place_and_date():
    office, _ = pages(documents.receipt_slip(receipt(two_liens_per_sheet=False)))
    for words in (
        "Mẫu số 01, ban hành kèm theo Thông tư số 03/2025/TT-VPCP · Mã kiểm chứng: 3fa9c1d2",
        "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "Nghĩa Giang, ngày 20 tháng 11 năm 2026",
        "(Liên 1: Lưu)",
    ):
        assert words in office


def test_the_old_edition_names_the_old_circular():
    [page] = pages(documents.receipt_slip(receipt(edition="A")))
    assert "Mẫu số 01, ban hành kèm theo Thông tư số 01/2018/TT-VPCP" in page


def test_both_signatures_carry_their_names():
    office, _ = pages(documents.receipt_slip(receipt(two_liens_per_sheet=False)))
    assert "Thạch Thị Sóc Kha (mẹ của trẻ)" in office and "Nguyễn Thị Hồng Đào" in office


def test_two_copies_stand_on_one_landscape_sheet():
    data = documents.receipt_slip(receipt())
    assert sizes(data) == [A4_LANDSCAPE]
    assert "(Liên 1: Lưu)" in pages(data)[0] and "(Liên 2: Giao khách hàng)" in pages(data)[0]


def test_a_counter_with_small_paper_gets_two_small_pages():
    assert sizes(documents.receipt_slip(receipt(two_liens_per_sheet=False))) == [A5, A5]


def test_the_secret_stands_on_the_applicants_copy_only():
    office, applicant = pages(documents.receipt_slip(receipt(two_liens_per_sheet=False)))
    assert (LOOKUP_CODE in office, LOOKUP_CODE in applicant) == (False, True)
    assert ("ĐÃ NHẬN KẾT QUẢ" in office, "ĐÃ NHẬN KẾT QUẢ" in applicant) == (True, False)


@pytest.mark.parametrize("two_liens_per_sheet", [True, False])
def test_the_office_copy_has_the_barcode_and_the_applicants_copy_the_qr_code(two_liens_per_sheet):
    printed = pictures(documents.receipt_slip(receipt(two_liens_per_sheet=two_liens_per_sheet)))
    office, applicant = halves(printed[0]) if two_liens_per_sheet else printed
    assert marks(office) == [("Code128", CODE)]
    assert marks(applicant) == [("QRCode", TOKEN_URL)]


def test_the_qr_symbol_is_26_mm_wide_on_paper():
    [page] = pictures(documents.receipt_slip(receipt()))
    [found] = zxingcpp.read_barcodes(halves(page)[1])
    width = (found.position.top_right.x - found.position.top_left.x) / DPI * 25.4
    assert width == pytest.approx(26, abs=0.4)


def test_a_long_code_of_a_unit_can_still_be_scanned():
    [page] = pictures(documents.receipt_slip(receipt(code="H15.50.05.13-261120-00975")))
    assert marks(halves(page)[0]) == [("Code128", "H15.50.05.13-261120-00975")]


@pytest.mark.parametrize("language", ["vi", "vi+km"])
@pytest.mark.parametrize("count", [1, 6, 9, 12])
def test_up_to_twelve_components_fit_one_sheet(count, language):
    address = "Số 125/7B, đường Nguyễn Thị Minh Khai, khóm 4, ấp Trà Kha, xã Nghĩa Giang, tỉnh Vĩnh Long"
    slip = receipt(components=components(count), language=language, address=address)
    assert sizes(documents.receipt_slip(slip)) == [A4_LANDSCAPE]


def test_thirty_components_run_on_to_a_second_sheet_that_repeats_the_code():
    data = documents.receipt_slip(receipt(components=components(30, "bản chụp, đã đối chiếu bản chính")))
    first, second = pages(data)
    assert sizes(data) == [A4_LANDSCAPE, A4_LANDSCAPE]
    assert "tiếp theo" not in first
    assert f"Mã hồ sơ: {CODE} (Liên 1: Lưu, tiếp theo)" in second and f"Mã hồ sơ: {CODE} (Liên 2: Giao khách hàng, tiếp theo)" in second
    numbers = re.findall(r"Giấy tờ thứ (\d+) của", first + second)
    assert sorted(map(int, numbers)) == sorted([*range(1, 31), *range(1, 31)])


def test_no_component_is_torn_between_two_pages():
    slip = receipt(components=components(30, "bản chụp, đã đối chiếu bản chính"), two_liens_per_sheet=False)
    for page in pages(documents.receipt_slip(slip)):
        assert page.count("Giấy tờ thứ") == page.count("bản chính: 01)")


def test_long_names_and_addresses_are_printed_whole():
    name = "Công ty trách nhiệm hữu hạn một thành viên Thương mại Dịch vụ Xuất nhập khẩu Nông sản Đồng bằng sông Cửu Long"
    address = "Số 1234/56/78/90A, hẻm 123, đường Xô Viết Nghệ Tĩnh nối dài, khu dân cư Vườn Xoài giai đoạn 2, khóm Mỹ Phước, xã Nghĩa Giang"
    office, applicant = pages(documents.receipt_slip(receipt(applicants=(name,), address=address, two_liens_per_sheet=False)))
    for page in (office, applicant):
        assert name.upper() in page and address in page


def test_a_word_longer_than_the_line_is_broken_not_cut():
    email = "mot.dia.chi.thu.dien.tu.rat.dai.khong.co.dau.cach@phongthuongmaidichvuxuatnhapkhaunongsan.nghiagiang.example.vn"
    for page in pages(documents.receipt_slip(receipt(email=email, two_liens_per_sheet=False))):
        assert email in page.replace(" ", "")


def test_a_long_list_of_applicants_stays_legible_on_two_sheets_at_most():
    people = tuple(f"Nguyễn Phúc Hoàng Thị Minh Nguyệt Quỳnh Anh {number:02d}" for number in range(20))
    data = documents.receipt_slip(receipt(applicants=people))
    assert len(sizes(data)) <= 2
    assert all(" ".join(pages(data)).count(name.upper()) == 2 for name in people)


def test_khmer_names_are_set_in_the_khmer_font():
    data = documents.receipt_slip(receipt(applicants=("ថាច់ ធី\u200bសុខ\u200bខា",)))
    assert "Khmer-OS-Siemreap" in run(["pdffonts", "-"], data).decode()


@pytest.mark.parametrize(("language", "present"), [("vi", False), ("vi+km", True)])
def test_the_khmer_line_is_printed_when_asked_for(language, present):
    data = documents.receipt_slip(receipt(language=language))
    assert ("Khmer-OS-Siemreap" in run(["pdffonts", "-"], data).decode()) is present
    assert ("17:00 23/11/2026" in pages(data)[0]) is present


def test_what_is_not_known_leaves_dots_on_the_form_and_no_label_in_our_box():
    office, applicant = pages(documents.receipt_slip(receipt(**BARE, two_liens_per_sheet=False)))
    for label in ("Địa chỉ", "Số điện thoại", "Email", "6. Đăng ký nhận kết quả tại", "Quyển số", "Số thứ tự"):
        assert f"{label}: ...." in office and f"{label}: ...." in applicant
    for label in ("Phí, lệ phí", "Mã tra cứu", "Xem hồ sơ", "QR", "Hỏi về hồ sơ", "Phản ánh", "Mã kiểm chứng", "Số: ", "()", "None"):
        assert label not in office and label not in applicant


def test_a_reissued_slip_says_so():
    [page] = pages(documents.receipt_slip(receipt(reissue="Cấp lại lần 1, thay giấy lập ngày 20/11/2026")))
    assert page.count("Cấp lại lần 1, thay giấy lập ngày 20/11/2026") == 2


def test_notes_follow_the_note_of_the_form():
    [page] = pages(documents.receipt_slip(receipt(notes=("Ngày hẹn rơi vào năm chưa có lịch nghỉ chính thức.",))))
    assert page.count("qua bưu chính. Ngày hẹn rơi vào năm chưa có lịch nghỉ chính thức.") == 2


# -- Mẫu 02, Mẫu 03 ----------------------------------------------------------------------
def test_the_supplement_slip_has_every_field_of_the_form_in_its_order():
    for page in pages(documents.supplement_slip(supplement(two_liens_per_sheet=False))):
        assert_in_order(page, SUPPLEMENT_IN_ORDER)


def test_the_supplement_slip_reopens_the_intake_by_the_applicants_copy_only():
    data = documents.supplement_slip(supplement())
    assert sizes(data) == [A4_LANDSCAPE]
    office, applicant = halves(pictures(data)[0])
    assert (marks(office), marks(applicant)) == ([], [("QRCode", TOKEN_URL)])


def test_a_supplement_slip_before_acceptance_has_no_dossier_code_nor_last_day():
    [page] = pages(documents.supplement_slip(supplement()))
    assert "Mã hồ sơ" not in page and "chậm nhất" not in page


def test_a_supplement_slip_after_acceptance_has_the_dossier_code_and_the_last_day():
    [page] = pages(documents.supplement_slip(supplement(code=CODE, reply_by="ngày 05 tháng 12 năm 2026")))
    assert page.count(f"Mã hồ sơ: {CODE}") == 2
    assert page.count("Xin nộp các giấy tờ trên chậm nhất ngày 05 tháng 12 năm 2026.") == 2


def test_the_refusal_slip_has_every_field_of_the_form_in_its_order():
    for page in pages(documents.refusal_slip(refusal(two_liens_per_sheet=False))):
        assert_in_order(page, REFUSAL_IN_ORDER)


def test_the_refusal_slip_carries_no_mark_for_scanners():
    data = documents.refusal_slip(refusal())
    assert sizes(data) == [A4_LANDSCAPE]
    assert marks(pictures(data)[0]) == []


def test_the_stop_notice_has_every_line_and_no_secret_on_either_copy():
    data = documents.stop_notice(stop(two_liens_per_sheet=False))
    for page in pages(data):
        assert_in_order(page, STOP_IN_ORDER)
    assert [marks(picture) for picture in pictures(data)] == [[("Code128", CODE)], []]


def test_a_stop_notice_gives_back_nothing_where_there_is_nothing():
    [page] = pages(documents.stop_notice(stop(papers_given_back="", ground="", feedback=())))
    assert page.count("6. Giấy tờ trả lại người nộp: không có") == 2
    assert "Phản ánh" not in page


@pytest.mark.parametrize(
    ("slip", "sentence"),
    [
        (supplement(guide_name="", guide_phone="", website="", hotline="", token_url=""), "liên hệ cán bộ hướng dẫn để được hướng dẫn./."),
        (refusal(receiver_name="", receiver_phone="", right_place="", feedback=()), "liên hệ cán bộ tiếp nhận để được hướng dẫn./."),
    ],
)
def test_a_help_line_without_a_name_is_still_a_sentence(slip, sentence):
    [page] = pages(documents.from_snapshot(slip.as_json()))
    assert page.count(sentence) == 2
    for label in ("Hỏi thêm", "Phản ánh", "Nơi có thẩm quyền", "số điện thoại ,"):
        assert label not in page


# -- all papers --------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ slip.code|upper }} {% now 'Y' %}", 'A & B <b>đậm</b> &amp; "C"', "</p></body>"]
)
def test_markup_in_a_field_is_printed_as_it_was_typed(text):
    for page in (
        pages(documents.receipt_slip(receipt(request=text)))[0],
        pages(documents.supplement_slip(supplement(reason=text)))[0],
        pages(documents.refusal_slip(refusal(reason=text)))[0],
        pages(documents.stop_notice(stop(reason=text)))[0],
    ):
        assert page.count(text) == 2


@pytest.mark.parametrize("slip", [receipt(), supplement(), refusal(), stop()])
def test_the_stored_snapshot_gives_the_same_bytes_in_any_language_of_the_screen(slip):
    one_of = {"receipt": documents.receipt_slip, "supplement": documents.supplement_slip, "refusal": documents.refusal_slip}
    printed = (one_of | {"stop": documents.stop_notice})[slip.kind](slip)
    with translation.override("en"):
        assert documents.from_snapshot(slip.as_json()) == printed


def test_another_figure_gives_another_file():
    assert documents.receipt_slip(receipt()) != documents.receipt_slip(receipt(entry_no="158"))


def test_the_window_shows_title_and_code():
    info = run(["pdfinfo", "-"], documents.receipt_slip(receipt())).decode()
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả H61.26-261120-0157" in info


@pytest.mark.parametrize(
    ("slip", "most"),
    [
        (receipt(), 30_000),
        (receipt(components=components(30), language="vi+km"), 35_000),
        (supplement(language="vi+km"), 35_000),
        (stop(), 30_000),
    ],
)
def test_papers_are_small_enough_for_a_bad_line(slip, most):
    # 4 kB of it are the colours, the description and the figures of a file for the archive.
    assert len(documents.from_snapshot(slip.as_json())) <= most


@pytest.mark.parametrize("slip", [receipt(language="vi+km"), supplement(code=CODE), refusal(), stop()])
def test_the_layout_engine_has_nothing_to_complain_about(slip):
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda entry: said.append(entry.getMessage())
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    try:
        documents.from_snapshot(slip.as_json())
    finally:
        logger.removeHandler(handler)
    assert said == []


def test_the_quick_slip_says_all_that_the_plain_one_says():
    quick, plain = pages(documents.receipt_slip(receipt())), pages(plain_receipt(receipt()))
    words = {word.strip(".,;") for word in " ".join(plain).split()}
    assert {word for word in words if word not in " ".join(quick)} == set()
