"""The printed books: every line on its page, totals, struck-out numbers, an empty month, parts of a long one."""

import subprocess
from datetime import timedelta

import pytest

from dossiers.bookpages import lines_in
from dossiers.certification import papers
from dossiers.certification.books import Period
from dossiers.certification.catalogue import catalogue
from dossiers.certification.kinds import Book
from dossiers.certification.ledger import BookPage
from dossiers.certification.papers import Sums, leaves_of, month_of_book, parts_in, year_of_book
from dossiers.certification.querysets import Counts
from dossiers.certification.rows import rows_of
from dossiers.models import BookClosing, CertificationEntry
from dossiers.tests.makers import local
from onestop.staff.models import Agency, User

NOVEMBER = Period(2026, 11)
PRINTED = local("2026-11-21 09:00")
LONG_NAME = "Nguyễn Trần Hoàng Phương Nguyễn Thị Ngọc Diễm Quỳnh"
AGENCY = Agency(
    pk=1,
    name="Xã Nghĩa Giang",
    place="Nghĩa Giang",
    desk_name="Trung tâm Phục vụ hành chính công xã Nghĩa Giang",
    authority_name="ỦY BAN NHÂN DÂN XÃ NGHĨA GIANG",
)


def entry(number: int, **fields) -> CertificationEntry:
    at = local("2026-11-02 08:00") + timedelta(minutes=number)
    values = {
        "number": number,
        "year": 2026,
        "symbol": "SCT/BS",
        "book": "BS",
        "work": "copy",
        "entered_at": at,
        "signed_at": at,
        "signing_block": "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Hoàng Phúc",
        "applicant_name": "Thạch Thị Sóc Kha",
        "identity": "Căn cước 000185006123",
        "paper_name": "Bằng tốt nghiệp",
        "copies": 3,
        "fee_full": 6_000,
        "fee": 6_000,
    }
    return CertificationEntry(**(values | fields))


def struck(number: int, **fields) -> CertificationEntry:
    return entry(
        number, signed_at=None, signing_block="", voided_at=local("2026-11-03 09:00"), void_reason="ghi nhầm tên giấy tờ", **fields
    )


def page_with(entries, *, book: Book = Book.COPIES, closed: bool = True, period: Period = NOVEMBER) -> BookPage:
    live = [each for each in entries if each.is_live]
    counts = Counts(len(live), len(live), sum(each.copies for each in live), sum(each.fee for each in live), len(entries) - len(live))
    closing = BookClosing(
        book=book,
        year=2026,
        month=period.month,
        closed_at=local("2026-11-30 17:00"),
        closed_by=User(full_name="Phạm Thị Tuyết Mai"),
        confirmed_by="Nguyễn Văn Đặng",
    )
    return BookPage(catalogue().books[book], period, entries, counts, 0, closing if closed else None)


def pages_of(content: bytes) -> list[str]:
    """The text of each page, spaces and line breaks as one space."""
    text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def printed(entries, **options) -> list[str]:
    part = options.pop("part", 1)
    return pages_of(month_of_book(AGENCY, page_with(entries, **options), made_at=PRINTED, part=part))


def test_a_month_has_its_opening_page_its_lines_with_totals_and_its_closing_page():
    opening, lines, closing = printed([entry(1), entry(2, copies=1, fee=2_000, fee_full=2_000)])
    assert "SỔ CHỨNG THỰC BẢN SAO TỪ BẢN CHÍNH" in opening
    assert "01/2026-SCT/BS (số 01 – 02)" in opening
    assert "Sổ chứng thực lưu vĩnh viễn tại trụ sở" in opening
    assert all(column.heading.split()[0] in lines for column in catalogue().books[Book.COPIES].columns)
    assert "Cộng trang này: 2 việc; 4 bản; 8.000 đồng. Cộng dồn từ đầu tháng: 2 việc; 4 bản; 8.000 đồng." in lines
    assert "từ số 01 đến số 02" in closing
    assert "Phạm Thị Tuyết Mai" in closing
    assert "Nguyễn Văn Đặng" in closing


def test_the_signer_stands_with_the_lines_of_the_day():
    assert "Lê Hoàng Phúc KT. CHỦ TỊCH PHÓ CHỦ TỊCH" in printed([entry(1)])[1]


def test_a_struck_out_number_stays_legible_with_its_reason_and_counts_for_nothing():
    _, lines, closing = printed([entry(1), struck(2), entry(3)])
    assert "02 02/11/2026 Thạch Thị Sóc Kha Bằng tốt nghiệp" in lines
    assert "Hủy: ghi nhầm" in lines
    assert "Cộng trang này: 2 việc; 6 bản; 12.000 đồng; 1 số đã hủy." in lines
    assert "Số đã hủy (còn để lại trong sổ) 1" in closing


def test_an_empty_month_says_so():
    opening, lines, closing = printed([])
    assert "Không có số nào trong kỳ" in opening
    assert "Không có việc chứng thực nào trong tháng 11/2026." in lines
    assert "không có số nào" in closing


def test_an_open_month_is_marked_on_every_page():
    pages = printed([entry(1)], closed=False)
    assert ["BẢN XEM THỬ" in pages[0], "bản xem thử" in pages[1], "CHƯA KHÓA SỔ" in pages[2]] == [True, True, True]


def test_a_closed_month_has_the_same_bytes_whenever_it_is_printed():
    page = page_with([entry(1), struck(2)])
    later = PRINTED + timedelta(days=400)
    assert month_of_book(AGENCY, page, made_at=PRINTED) == month_of_book(AGENCY, page, made_at=later)


@pytest.mark.parametrize("book", [Book.COPIES, *(pytest.param(book, marks=pytest.mark.thorough) for book in Book if book != Book.COPIES)])
def test_no_page_of_long_lines_runs_over(book):
    long = {
        "applicant_name": LONG_NAME,
        "paper_name": ("Giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở và tài sản khác gắn liền với đất, " * 3)[:300],
        "others": "; ".join([LONG_NAME] * 11)[:600],
        "identity": ("Căn cước 000185006123, ấp Trà Kha, xã Nghĩa Giang, tỉnh Cửu Giang; " * 6)[:400],
        "note": "W" * 300,
        "language_from": "Trung Quốc (Quảng Đông)",
        "language_to": "Việt",
    }
    entries = [entry(number, book=book, **(long if number % 2 else {})) for number in range(1, 8)]
    page = page_with(entries, book=book)
    leaves = leaves_of(rows_of(entries, page.form), book)
    assert len(pages_of(month_of_book(AGENCY, page, made_at=PRINTED))) == len(leaves) + 2


def test_the_totals_of_the_pages_add_up_to_the_month():
    entries = [struck(number) if number == 77 else entry(number) for number in range(1, 121)]
    leaves = leaves_of(rows_of(entries, catalogue().books[Book.COPIES]), Book.COPIES)
    assert sum(len(leaf.rows) for leaf in leaves) == 120
    assert leaves[-1].so_far == Sums(119, 357, 714_000, 1)
    assert [sum(getattr(leaf.sums, name) for leaf in leaves) for name in ("numbers", "copies", "fees", "struck")] == [119, 357, 714_000, 1]
    assert [leaf.page for leaf in leaves] == list(range(2, len(leaves) + 2))


def test_a_long_month_is_printed_in_parts_whose_pages_run_on():
    entries = [entry(number) for number in range(1, 221)]
    page = page_with(entries)
    leaves = leaves_of(rows_of(entries, page.form), Book.COPIES)
    assert (papers.parts_of_month(page), parts_in(leaves)) == (2, 2)
    first, second = printed(entries), printed(entries, part=2)
    assert len(first) + len(second) == len(leaves) + 2
    assert "KHÓA SỔ" not in first[-1]
    assert f"Trang {len(first) + 1}/{len(leaves) + 2}" in second[0]
    assert "KHÓA SỔ" in second[-1]


@pytest.mark.parametrize("part", [0, 2, -1])
def test_a_part_that_is_not_there_is_refused(part):
    with pytest.raises(ValueError, match="part"):
        month_of_book(AGENCY, page_with([entry(1)]), made_at=PRINTED, part=part)


def test_a_further_volume_is_named_with_its_numbers():
    assert "01/2026-SCT/BS (số 01 – 01) 02/2026-SCT/BS (số 02 – 03)" in printed([entry(1), entry(2, volume=2), entry(3, volume=2)])[0]


def test_the_years_cover_shows_its_months():
    closing = BookClosing(
        month=11, first_number=1, last_number=3, numbers=3, voided=1, copies=5, fees=18_000, closed_at=local("2026-11-30 17:00")
    )
    page = page_with([entry(1), struck(2), entry(3)], period=Period(2026))
    pages = pages_of(year_of_book(AGENCY, page, [closing], made_at=PRINTED))
    assert len(pages) == 3
    assert "11 01 – 03 2 1 5 18.000 30/11/2026" in pages[1]
    assert "12 Chưa khóa" in pages[1]


def test_free_and_off_site_lines_say_why():
    exempt = next(iter(catalogue().exemptions))
    lines = printed([entry(1, fee=0, exempt_ground=exempt), entry(2, off_site_place="Ấp Trà Kha")])[1]
    assert "Miễn phí:" in lines
    assert "Ngoài trụ sở: 08 giờ 02, Ấp Trà Kha" in lines


@pytest.mark.parametrize(("text", "width", "least"), [("", 20, 1), ("một\nhai", 50, 2), ("W" * 40, 29, 4), ("chữ " * 30, 29, 7)])
def test_lines_are_never_counted_too_few(text, width, least):
    assert lines_in(text, width) >= least
