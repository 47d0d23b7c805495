"""The page of papers and scans, and how files from outside are given out."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from dossiers import lifecycle
from dossiers.certification.tests import makers as certify
from dossiers.models import Dossier, ScannedPaper, ScanSetting
from dossiers.statuses import Status
from dossiers.tests.makers import RECEIVED, make_dossier
from onestop.history.access import AccessKind
from onestop.history.models import AccessEntry
from onestop.inspection.tests import makers as make
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.vault import files

pytestmark = pytest.mark.django_db


def page(dossier: Dossier, name: str = "scans", *more) -> str:
    return reverse(f"dossiers:{name}", args=[dossier.code, *more])


def send(client, dossier: Dossier, content: bytes, name: str = "to-khai.pdf", paper=None):
    chosen = paper or dossier.papers.first().pk
    return client.post(page(dossier), {"act": "add", "paper": chosen, "file": SimpleUploadedFile(name, content, "text/html")})


def kept(client, dossier: Dossier, content: bytes, name: str = "to-khai.pdf", paper=None) -> ScannedPaper:
    assert send(client, dossier, content, name, paper).status_code == 303
    return dossier.scans.latest("id")


# -- keeping ----------------------------------------------------------------------------------
def test_a_scan_is_kept_byte_for_byte_with_its_line(client, clerk):
    dossier, content = make_dossier(), make.pdf(2)
    scan = kept(client, dossier, content, "Tờ khai Đặng.PDF")

    assert (scan.paper, scan.kind, scan.pages, scan.byte_count, scan.name, scan.scanned_by) == (
        dossier.papers.first(), "pdf", 2, len(content), "Tờ khai Đặng.pdf", clerk,
    )  # fmt: skip
    assert files.read(scan.sha256) == content
    shown = client.get(page(dossier)).content.decode()
    assert ("Tờ khai Đặng.pdf" in shown, "PDF, 2 trang, 1 kB" in shown) == (True, True)


def test_a_paper_outside_the_list_may_be_kept_too(client, clerk):
    scan = kept(client, make_dossier(), make.picture(form="PNG"), "a.png", paper="0")

    assert (scan.paper, scan.kind) == (None, "png")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (make.script(), "a.pdf", "mã chạy tự động"),
        (make.launch(), "a.pdf", "tự mở chương trình"),
        (make.archive(), "a.pdf", "tệp nén ZIP"),
        (make.png_that_says(50_000, 50_000), "a.png", "Ảnh quá lớn"),
        (make.pdf()[:-30], "a.pdf", "bị hỏng hoặc chưa tải lên hết"),
        (make.pdf() + make.archive(), "a.pdf", "dữ liệu lạ sau phần kết thúc"),
        (make.picture(), "a.pdf", "bên trong là ảnh JPEG"),
        (b"", "a.pdf", "Tệp rỗng"),
    ],
)
def test_a_hostile_file_is_refused_at_its_box_and_leaves_an_entry(client, clerk, content, name, words):
    dossier = make_dossier()

    answer = send(client, dossier, content, name)

    shown = answer.content.decode()
    assert (answer.status_code, words in answer.context["form"].errors["file"][0]) == (422, True)
    assert ("Chọn lại tệp: trình duyệt không giữ tệp đã chọn" in shown, dossier.scans.count()) == (True, 0)
    assert AccessEntry.objects.filter(kind=AccessKind.REFUSED).exists() == bool(content)
    # Receiving goes on.
    assert kept(client, dossier, make.pdf()).pages == 1


def test_without_file_and_paper_both_boxes_say_so(client, clerk):
    answer = client.post(page(make_dossier()), {"act": "add"})

    assert (answer.status_code, dict(answer.context["form"].errors)) == (422, {"paper": ["Chọn giấy tờ"], "file": ["Chọn tệp"]})


def test_the_paper_of_another_dossier_cannot_be_chosen(client, clerk):
    answer = send(client, make_dossier(), make.pdf(), paper=make_dossier().papers.first().pk)

    assert answer.context["form"].errors["paper"] == ["Chọn giấy tờ trong danh sách"]


def test_the_same_file_sent_twice_is_kept_once(client, clerk):
    dossier, content = make_dossier(), make.pdf()
    kept(client, dossier, content)

    answer = send(client, dossier, content)

    assert (answer.status_code, "đã lưu ở giấy tờ này rồi" in answer.content.decode(), dossier.scans.count()) == (409, True, 1)


def test_the_limit_of_a_scan_stands_on_the_page(client, clerk, settings):
    settings.SCAN_MB = 3

    assert "nhiều nhất 3 MB" in client.get(page(make_dossier())).content.decode()


def test_whoever_may_not_keep_scans_is_told_before_his_file_is_looked_at(client, monkeypatch):
    client.force_login(make_user(Role.LEADER))
    monkeypatch.setattr("dossiers.forms.outside.check", lambda *_: pytest.fail("looked into"))

    answer = send(client, make_dossier(), make.pdf())

    assert (answer.status_code, "Vai trò của bạn không được" in answer.content.decode()) == (422, True)


def test_a_finished_dossier_takes_no_scans(client, clerk):
    answer = send(client, make_dossier(status=Status.RETURNED), make.pdf())

    assert (answer.status_code, "Đã trả kết quả" in answer.content.decode()) == (422, True)


# -- giving out ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [(make.pdf(), "Tờ khai.pdf", "application/pdf"), (make.photograph_on_its_side(), "Ảnh.jpg", "image/jpeg")],
)
def test_a_scan_comes_back_byte_for_byte_as_a_download_that_can_run_nothing(client, clerk, content, name, kind):
    dossier = make_dossier()
    scan = kept(client, dossier, content, name)

    answer = client.get(page(dossier, "scan_file", scan.pk))

    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (content, kind, "nosniff")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'; sandbox"
    assert AccessEntry.objects.latest("id").kind == AccessKind.DOWNLOAD


def test_a_preview_is_a_picture_of_our_own(client, clerk):
    dossier = make_dossier()
    scan = kept(client, dossier, make.photograph_on_its_side(), "a.jpg")

    answer = client.get(page(dossier, "scan_preview", scan.pk))

    shown = Image.open(io.BytesIO(answer.content))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"], shown.size, dict(shown.getexif())) == (
        "image/jpeg", "nosniff", (60, 40), {},
    )  # fmt: skip
    assert "sandbox" in answer["Content-Security-Policy"]


def test_every_look_at_a_scan_is_on_record(client, clerk):
    dossier = make_dossier()
    scan = kept(client, dossier, make.pdf())
    before = AccessEntry.objects.count()

    for name in ("scan_preview", "scan_file"):
        client.get(page(dossier, name, scan.pk))
    client.get(page(dossier))

    assert AccessEntry.objects.count() == before + 3


@pytest.mark.parametrize("name", ["scan_preview", "scan_file", "scan_void"])
def test_another_commune_finds_no_scan(client, clerk, name):
    dossier = make_dossier()
    scan = kept(client, dossier, make.pdf())
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Phú Tân An")))

    assert client.get(page(dossier, name, scan.pk)).status_code == 404


def test_a_scan_is_found_only_at_its_own_dossier(client, clerk):
    scan = kept(client, make_dossier(), make.pdf())

    assert client.get(page(make_dossier(), "scan_file", scan.pk)).status_code == 404


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.ADMIN, Role.HELPER])
def test_whoever_does_not_see_personal_data_sees_no_scans(client, role):
    client.force_login(make_user(role))

    assert client.get(page(make_dossier())).status_code in {403, 404}


def test_a_certification_session_has_no_such_page(client, clerk):
    assert client.get(page(certify.certified(by=clerk, at=RECEIVED))).status_code == 404


# -- voiding, leave, the agency's rule ---------------------------------------------------------
def test_a_scan_is_voided_with_a_reason(client, clerk):
    dossier = make_dossier()
    scan = kept(client, dossier, make.pdf())

    assert client.post(page(dossier, "scan_void", scan.pk), {"reason": ""}).status_code == 422
    answer = client.post(page(dossier, "scan_void", scan.pk), {"reason": "Quét nhầm giấy"})

    assert (answer.status_code, answer.url) == (303, page(dossier))
    assert "Quét nhầm giấy" in client.get(page(dossier)).content.decode()
    assert ScannedPaper.objects.get(pk=scan.pk).voided_by == clerk


def test_leave_not_to_scan_is_asked_only_where_scans_are(client):
    manager = make_user(Role.MANAGER)
    client.force_login(manager)
    dossier = make_dossier()
    assert "Cho phép không quét" not in client.get(page(dossier)).content.decode()

    lifecycle.require_scans(make_agency(), True, by=manager, at=RECEIVED)
    assert "Còn 2 giấy tờ bắt buộc chưa quét" in client.get(page(dossier)).content.decode()
    assert client.post(page(dossier), {"act": "waive", "reason": ""}).status_code == 422
    assert client.post(page(dossier), {"act": "waive", "reason": "Máy quét hỏng"}).status_code == 303
    assert "Được phép không quét: Máy quét hỏng" in client.get(page(dossier)).content.decode()


def test_the_page_of_issuing_says_what_is_not_scanned(client, clerk):
    lifecycle.require_scans(make_agency(), True, by=make_user(Role.MANAGER), at=RECEIVED)
    dossier, leader = make_dossier(status=Status.AWAITING_SIGNATURE), make_user(Role.LEADER)
    lifecycle.sign_off(dossier, kind="wet_ink", signer=leader, by=leader, at=RECEIVED, doc_number="1", doc_symbol="TLKS")

    answer = client.post(reverse("dossiers:issue", args=[dossier.code]), {})

    assert (answer.status_code, "Chưa quét: Giấy tờ 1; Giấy tờ 2." in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(("role", "code"), [(Role.MANAGER, 303), (Role.HEAD, 303), (Role.CLERK, 403), (Role.ADMIN, 403)])
def test_the_rule_of_the_agency_is_set_by_those_who_answer_for_it(client, role, code):
    client.force_login(make_user(role))

    assert client.post(reverse("dossiers:scan_setting"), {"required": "on"}).status_code == code
    assert ScanSetting.objects.filter(required=True).exists() == (code == 303)


def test_the_page_costs_the_same_however_many_scans_there_are(client, clerk, django_assert_max_num_queries):
    dossier = make_dossier()
    for number in range(5):
        kept(client, dossier, make.picture((60 + number, 40)), "a.jpg")

    with django_assert_max_num_queries(12):
        client.get(page(dossier))
