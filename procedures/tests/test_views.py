"""The public catalogue: what citizens find, what is never listed, and what bad input gets."""

import re
from datetime import date
from gzip import compress
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from onestop.display import COOKIE_NAME
from onestop.staff.models import Agency
from procedures.content import CaseContent, ComponentContent, FeeContent, LegalContent, LimitContent
from procedures.publishing import end
from procedures.tests.makers import make_procedure

pytestmark = pytest.mark.django_db

LIST = "/thu-tuc/"


@pytest.fixture
def agency():
    province = Agency.objects.create(
        level="province", code="H61", name="Tỉnh", place="Tỉnh", desk_name="Trung tâm tỉnh", authority_name="T"
    )
    return Agency.objects.create(
        parent=province, level="commune", code="H61.26", name="Xã Nghĩa Giang", place="Nghĩa Giang", desk_name="Trung tâm xã Nghĩa Giang",
        authority_name="UBND", address="Ấp Một", hotline="0299 000 000", feedback_address="Ấp Hai", feedback_phone="0299 000 001",
        feedback_email="pakn@xa.example",
    )  # fmt: skip


def names(response) -> list[str]:
    return [line.row.short_name for line in response.context["lines"]]


def status(response) -> str:
    return re.sub(r"<[^>]+>", "", re.search(r'<p role="status">(.*?)</p>', response.content.decode(), re.S)[1])


def test_the_list_says_how_many_and_shows_limit_fee_and_ways(client):
    make_procedure(name="Đăng ký khai sinh", label="Khai sinh")
    response = client.get(LIST)
    assert (names(response), status(response)) == (["Khai sinh"], "Có 1 thủ tục")
    for text in ("3 ngày làm việc", "Không thu", "Trực tiếp tại quầy, Trực tuyến, Qua bưu chính công ích"):
        assert text in response.content.decode()


@pytest.mark.parametrize(("query", "expected"), [
    ("linh-vuc=chung-thuc", ["Bản sao"]),
    ("doi-tuong=to-chuc", ["Bản sao"]),
    ("cach-nop=buu-chinh", ["Khai sinh"]),
    ("cach-nop=truc-tiep", ["Bản sao", "Khai sinh"]),
    ("trong-ngay=1", ["Bản sao"]),
    ("khong-thu=1", ["Khai sinh"]),
    ("tu-khoa=ban+sao&khong-thu=1", []),
    ("tu-khoa=KHAI+sinh&linh-vuc=ho-tich", ["Khai sinh"]),
])  # fmt: skip
def test_filters_narrow_the_list_together(client, query, expected):
    make_procedure(name="Khai sinh", channels=["counter", "post"])
    make_procedure(name="Bản sao", sector="Chứng thực", channels=["counter"], applicant_types=["organisation"],
                   limits=[LimitContent(None, "immediate", checked=True)],
                   cases=[CaseContent("a", fees=[FeeContent("Phí", 2000)])])  # fmt: skip
    assert sorted(names(client.get(f"{LIST}?{query}"))) == expected


@pytest.mark.parametrize("query", [
    "trang=abc", "trang=-1", "trang=0", "trang=99999", "trang=999999999999", "trang=%D9%A1", "trang=1.5", "trang=",
    "linh-vuc=khong-co", "linh-vuc=%00", "doi-tuong=ai", "cach-nop=fax", "trong-ngay=yes", "khong-thu=%FF", "tu-khoa=", "tu-khoa=%00%01",
    "tu-khoa=%E2%80%8B", "la=1&la=2",
])  # fmt: skip
def test_an_address_with_nonsense_shows_the_whole_list(client, query):
    make_procedure(name="Khai sinh")
    response = client.get(f"{LIST}?{query}")
    assert (response.status_code, names(response)) == (200, ["Khai sinh"])


@pytest.mark.parametrize(
    "query", ["tu-khoa=%FF%FE%C3", "tu-khoa=" + "x" * 5_000, "tu-khoa=%25", "tu-khoa=_", "tu-khoa=%3Cscript%3Ealert(1)%3C/script%3E"]
)
def test_strange_words_are_answered_by_the_empty_sentence_or_the_whole_list(client, query):
    make_procedure(name="Khai sinh")
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert len(response.content) < 20_000


def test_nothing_found_says_the_word_and_whom_to_call(client, agency):
    make_procedure(name="Khai sinh")
    page = client.get(f"{LIST}?tu-khoa=hộ+chiếu").content.decode()
    assert "Không tìm thấy thủ tục nào với từ “hộ chiếu”. Thử từ khác, bỏ bớt điều kiện lọc, hoặc gọi 0299 000 000." in page


def test_twenty_on_a_page_and_the_filters_stay_in_the_links(client):
    for number in range(45):
        make_procedure(name=f"Việc {number:02}")
    response = client.get(f"{LIST}?tu-khoa=viec&cach-nop=truc-tiep&trang=2")
    assert (len(names(response)), status(response)) == (20, "Có 45 thủ tục – trang 2/3")
    assert 'href="?tu-khoa=viec&amp;cach-nop=truc-tiep&amp;trang=3"' in response.content.decode()
    assert len(names(client.get(f"{LIST}?trang=77"))) == 5


def test_expired_and_future_procedures_are_never_listed(client):
    today = timezone.localdate()
    end(make_procedure(name="Đã hết"), on=today)
    make_procedure(name="Chưa đến", on=today.replace(year=today.year + 1, day=1))
    make_procedure(name="Đang dùng")
    assert names(client.get(LIST)) == ["Đang dùng"]


def test_the_page_of_a_procedure_has_every_attribute_in_order(client, agency):
    make_procedure(code="1.001193", name="Đăng ký khai sinh")
    page = client.get("/thu-tuc/1.001193/").content.decode()
    assert re.findall(r'<h2 id="([a-z-]+)">', page.split("</main>")[0]) == [
        "ma", "quyet-dinh", "co-quan", "linh-vuc", "doi-tuong", "trinh-tu", "cach-thuc", "ho-so", "so-bo", "thoi-han", "ket-qua",
        "phi", "mau-don", "dieu-kien", "can-cu", "noi-tiep-nhan", "phan-anh", "hieu-luc",
    ]  # fmt: skip
    for text in ("Trung tâm xã Nghĩa Giang", "Ấp Hai", "0299 000 001", "pakn@xa.example"):
        assert text in page


def test_what_the_data_lack_says_so(client):
    fees = [FeeContent("Phí"), FeeContent("Lệ phí", set_by="province")]
    reason = "chưa có thời hạn công bố"
    make_procedure(
        code="1.001193", limits=[LimitContent()], cases=[CaseContent("a", fees=fees)], receivable=False, not_receivable_reason=reason
    )
    page = client.get("/thu-tuc/1.001193/").content.decode()
    assert "Chưa tiếp nhận tại quầy này" in page
    assert "chưa có thời hạn công bố" in page
    assert "<td>do HĐND cấp tỉnh quy định</td>" in page
    assert re.search(r'id="trinh-tu">[^<]*</h2>\s*<p[^>]*>Chưa có dữ liệu</p>', page)


def test_a_procedure_of_another_door_names_that_door_and_not_our_desk(client, agency):
    call_command("load_catalogue", stdout=StringIO())
    page = client.get("/thu-tuc/1.004222/").content.decode().split("</main>")[0]
    assert (page.count("Công an cấp xã") >= 3, "Trung tâm xã Nghĩa Giang" in page.split('id="noi-tiep-nhan"')[1]) == (True, False)


def test_cases_fees_and_legal_bases_are_shown_in_words(client):
    cases = [
        CaseContent("a", "Đúng hạn", components=[ComponentContent("Giấy báo tử", kind="present", form_code="Mẫu 1", required=True)],
                    fees=[FeeContent("Lệ phí", 0)]),
        CaseContent("b", "Quá hạn", fees=[FeeContent("Phí", 2000, per="trang", cap=200_000)]),
    ]  # fmt: skip
    bases = [LegalContent("60/2014/QH13", "Luật Hộ tịch", True), LegalContent("61/2018/NĐ-CP", "", False)]
    make_procedure(code="1.001193", cases=cases, legal_bases=bases)
    page = client.get("/thu-tuc/1.001193/").content.decode()
    for text in (
        "Xuất trình rồi nhận lại",
        "Mẫu 1",
        "Không thu",
        "2.000 đồng/trang, nhiều nhất 200.000 đồng",
        "Còn hiệu lực",
        "Hết hiệu lực</td>",
    ):
        assert text in page


def test_in_english_only_the_offices_own_words_are_marked_as_vietnamese(client, agency):
    papers = [ComponentContent("Tờ khai", required=False, note="Theo mẫu"), ComponentContent("Giấy chứng sinh", condition="Nếu có")]
    make_procedure(code="1.001193", cases=[CaseContent("a", components=papers, fees=[FeeContent("Lệ phí", 8000)])])
    client.cookies[COOKIE_NAME] = "en-100-thuong"

    page = client.get("/thu-tuc/1.001193/").content.decode()

    english = ("No data yet", "Submitted", "if any", "Telephone")
    assert [text for text in english if text not in page] == []
    marked = re.findall(r'<(\w+)[^>]* lang="vi"[^>]*>(.*?)</\1>', page, re.S)
    assert [inner for _tag, inner in marked if any(text in inner for text in english)] == []
    assert [inner for _tag, inner in marked if inner in ("Tờ khai", "Theo mẫu", "Giấy chứng sinh", "Nếu có")] == [
        "Tờ khai", "Theo mẫu", "Nếu có", "Giấy chứng sinh",
    ]  # fmt: skip


def test_an_expired_procedure_keeps_its_page_with_a_banner_and_the_successor(client):
    successor = make_procedure(code="1.000002", name="Thủ tục mới").procedure
    end(make_procedure(code="1.000001"), on=date(2026, 8, 31), replaced_by=successor)
    page = client.get("/thu-tuc/1.000001/").content.decode()
    assert "Thủ tục này hết hiệu lực từ 31/08/2026." in page
    assert '<a href="/thu-tuc/1.000002/" lang="vi">Thủ tục mới</a>' in page
    assert "Nộp trên Cổng" not in page


@pytest.mark.parametrize("ma", ["1001193", "1.001193.H26", "1.001193.h26"])
def test_other_ways_to_write_a_code_lead_to_the_canonical_page(client, ma):
    make_procedure(code="1.001193")
    response = client.get(f"/thu-tuc/{ma}/")
    assert (response.status_code, response.headers["Location"]) == (301, "/thu-tuc/1.001193/")


@pytest.mark.parametrize("ma", ["1.999999", "khai-sinh", "%00", "%FF%FE", "x" * 5000, "1.001193'--"])
def test_no_such_procedure_is_a_plain_404(client, ma):
    assert client.get(f"/thu-tuc/{ma}/").status_code == 404


def test_the_procedure_of_a_province_suffix_has_its_own_page(client):
    make_procedure(code="1.000948.H38")
    assert client.get("/thu-tuc/1.000948.H38/").status_code == 200


def test_anonymous_pages_may_be_kept_and_are_asked_for_again_by_etag(client):
    make_procedure(code="1.001193")
    for address in (LIST, "/thu-tuc/1.001193/"):
        response = client.get(address)
        assert (response.headers["Cache-Control"], response.cookies.output()) == ("max-age=300", "")
        again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_change_of_the_catalogue_changes_the_etag(client):
    make_procedure()
    before = client.get(LIST).headers["ETag"]
    make_procedure()
    assert client.get(LIST).headers["ETag"] != before


def test_a_visitor_with_a_cookie_gets_a_page_of_his_own(client):
    make_procedure()
    client.cookies["hien-thi"] = "en-150-cao"
    response = client.get(LIST)
    assert (response.headers["Cache-Control"], "ETag" in response.headers) == ("private, no-cache", False)


def test_only_reading_is_possible(client):
    make_procedure(code="1.001193")
    assert [client.post(address).status_code for address in (LIST, "/thu-tuc/1.001193/")] == [405, 405]


def test_three_queries_at_most_whatever_the_size(client, agency, django_assert_max_num_queries):
    """In a process that has shown the list once since the catalogue changed."""
    make_procedure(code="1.001193")
    for _ in range(30):
        make_procedure(cases=[CaseContent(key, components=[ComponentContent("Tờ khai")] * 5) for key in "abc"])
    client.get(LIST)
    for address in (LIST, f"{LIST}?tu-khoa=thu&trang=2", f"{LIST}?tu-khoa=khongco", "/thu-tuc/1.001193/"):
        with django_assert_max_num_queries(3):
            client.get(address)


def test_every_page_of_the_shipped_catalogue_is_small(client, agency):
    call_command("load_catalogue", stdout=StringIO())
    largest = max(len(compress(client.get(f"/thu-tuc/{code}/").content)) for code in ("1.001193", "1.013225", "2.000806", "2.000547"))
    assert max(largest, len(compress(client.get(LIST).content))) < 12_000
