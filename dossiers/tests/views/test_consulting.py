"""The pages about other agencies: what they offer to whom, what they refuse, and what the list says."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from dossiers import lifecycle
from dossiers.models import Consultation, Dossier
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_dossier, make_version
from dossiers.tests.views.makers import MONDAY, address
from onestop.history.models import AccessEntry
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Received Friday 20/11/2026 09:00; Tuesday 24/11 is a public holiday.
FRIDAY = local("2026-11-27 10:00")
SENT = {"kind": "consult", "other_name": "Công an xã", "question": "Nơi cư trú?", "limit_value": "2", "limit_unit": "working_day"}
CAME = {"act": "answer", "answered_time": "16:00", "answered_on": "25/11/2026", "summary": "Có cư trú.", "agrees": "yes"}


def asked(dossier: Dossier, *, at=MONDAY, name="Công an xã", **fields) -> Consultation:
    sent = lifecycle.Sent("consult", "Nơi cư trú?", 2, "working_day", other_name=name, **fields)
    return lifecycle.consult(dossier, sent, by=dossier.holder, at=at)


def test_a_question_is_sent_and_its_page_says_by_when_it_is_answered(client, clerk):
    dossier = make_dossier()
    shown = client.get(address("consult", dossier))
    assert "vẫn tính trong thời hạn giải quyết" in shown.content.decode()

    sent = client.post(address("consult", dossier), SENT | {"revision": dossier.revision})

    assert (sent.status_code, sent["Location"]) == (303, address("consultation", dossier, 1))
    text = client.get(sent["Location"]).content.decode()
    assert "17:00 thứ Năm, 26/11/2026" in text
    assert AccessEntry.objects.filter(kind="view", detail="lấy ý kiến lần 1").exists()
    detail = client.get(dossier.get_absolute_url()).content.decode()
    assert "Ghi trả lời của cơ quan khác" in detail
    assert "Công an xã" in detail


def test_a_version_whose_rule_says_so_stops_the_clock_and_the_page_says_by_which_ground(client, clerk):
    version = make_version("1.000777", consultation_clock="outside", consultation_ground="Điều 12 Nghị định 01/2026")
    dossier = make_dossier(version=version)
    assert "không tính vào thời hạn giải quyết (Điều 12" in client.get(address("consult", dossier)).content.decode()

    client.post(address("consult", dossier), SENT)

    assert "chưa có ngày hẹn" in client.get(dossier.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"other_name": ""}, "Chọn đơn vị trong tỉnh, hoặc ghi tên cơ quan"),
        ({"question": ""}, "Ghi nội dung cần hỏi"),
        ({"limit_value": "0"}, "Thời hạn trả lời từ 1 trở lên"),
        ({"limit_value": "ba"}, "bằng số"),
        ({"doc_date": "24/11/2026"}, "không ở tương lai"),
        ({"other_agency": "999"}, "Chọn đơn vị trong danh sách"),
    ],
)
def test_a_mistake_stands_at_its_field_and_nothing_is_sent(client, clerk, changes, sentence):
    response = client.post(address("consult", make_dossier()), SENT | changes)
    assert (response.status_code, Consultation.objects.count()) == (422, 0)
    assert sentence in response.content.decode()


def test_the_list_of_units_holds_the_province_and_its_communes_but_not_our_own(client, clerk):
    dossier, neighbour = make_dossier(), make_agency("H61.77", "Trà Cú")
    make_agency("H01", "Hà Nội", level="province")
    form = client.get(address("consult", dossier)).context["form"]
    assert set(form.fields["other_agency"].queryset) == {dossier.agency.parent, neighbour}


def test_the_answer_is_kept_with_its_scan_byte_for_byte(client, clerk, clock):
    dossier = make_dossier()
    asked(dossier)
    clock(FRIDAY)
    made = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(made, "JPEG")
    file = SimpleUploadedFile("trả lời.jpg", made.getvalue())

    response = client.post(address("consultation", dossier, 1), CAME | {"file": file, "answer_document": "88/CAX"})

    assert response.status_code == 303
    row = Consultation.objects.get()
    assert (row.answered_at, row.recorded_at, row.agrees) == (local("2026-11-25 16:00"), FRIDAY, True)
    assert Dossier.objects.get().status == Status.PROCESSING
    kept = client.get(address("consultation_file", dossier, 1))
    assert kept.content == made.getvalue()
    assert kept["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"summary": ""}, "Ghi nội dung trả lời"),
        ({"answered_time": "25:00"}, "Nhập giờ dạng giờ:phút"),
        ({"answered_on": "28/11/2026"}, "Giờ nhận trả lời không ở tương lai"),
        ({"answered_on": "22/11/2026"}, "Giờ nhận trả lời phải sau lúc gửi"),
        ({"answer_date": "26/11/2026"}, "không sau ngày nhận"),
        ({"file": SimpleUploadedFile("a.exe", b"MZ" * 40)}, "Tệp này là chương trình"),
    ],
)
def test_an_answer_with_a_mistake_is_shown_again(client, clerk, clock, changes, sentence):
    dossier = make_dossier()
    asked(dossier)
    clock(FRIDAY)
    response = client.post(address("consultation", dossier, 1), CAME | changes)
    assert (response.status_code, Consultation.objects.get().answered_at) == (422, None)
    assert sentence in response.content.decode().partition("<h1")[0]


def test_reminders_and_giving_up_stand_on_the_page(client, clerk):
    dossier = make_dossier()
    asked(dossier)
    client.post(address("consultation", dossier, 1), {"act": "remind", "how": "phone", "note": "Gặp trực ban"})
    assert "điện thoại: Gặp trực ban" in client.get(address("consultation", dossier, 1)).content.decode()
    assert client.post(address("consultation", dossier, 1), {"act": "cancel", "reason": ""}).status_code == 422

    client.post(address("consultation", dossier, 1), {"act": "cancel", "reason": "Hỏi nhầm"})

    shown = client.get(address("consultation", dossier, 1))
    assert ("Hỏi nhầm" in shown.content.decode(), shown.context["forms"]) == (True, {})


def test_a_page_that_is_too_old_changes_nothing(client, clerk):
    dossier = make_dossier()
    asked(dossier)
    response = client.post(
        address("consultation", dossier, 1), CAME | {"answered_on": "23/11/2026", "revision": "1", "answered_time": "10:00"}
    )
    assert (response.status_code, Consultation.objects.get().answered_at) == (409, None)


def test_a_reader_sees_and_does_nothing(client, clerk):
    dossier = make_dossier()
    asked(dossier)
    client.force_login(make_user(Role.LEADER))
    assert client.get(address("consultation", dossier, 1)).context["forms"] == {}
    refused = client.post(address("consultation", dossier, 1), CAME | {"answered_on": "23/11/2026", "answered_time": "10:00"})
    assert (refused.status_code, Consultation.objects.get().answered_at) == (422, None)
    assert client.get(address("consult", dossier)).status_code == 403


def test_a_stranger_finds_nothing(client, clerk):
    dossier = make_dossier()
    asked(dossier)
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.77", "Trà Cú")))
    for name in ("consultation", "consultation_letter", "consultation_file"):
        assert client.get(address(name, dossier, 1)).status_code == 404
    assert client.get(reverse("dossiers:consultations")).context["rows"] == []


def test_what_does_not_exist_is_not_found(client, clerk):
    dossier = make_dossier()
    asked(dossier)
    assert client.get(address("consultation", dossier, 2)).status_code == 404
    assert client.get(address("consultation_file", dossier, 1)).status_code == 404


def test_the_list_says_what_is_out_and_how_late_in_a_constant_number_of_queries(client, clerk, clock, django_assert_max_num_queries):
    dossier = make_dossier()
    asked(dossier)
    asked(dossier, at=FRIDAY, name="Đất đai")
    ended = make_dossier()
    asked(ended)
    lifecycle.void(ended, reason="Nhầm", by=make_user(Role.MANAGER), at=FRIDAY)
    clock(FRIDAY)

    with django_assert_max_num_queries(6):
        rows = client.get(reverse("dossiers:consultations")).context["rows"]

    assert [(row["other"], row["late"], row["times"]) for row in rows] == [("Công an xã", "1 ngày làm việc", 0), ("Đất đai", "", 0)]


def test_the_letter_names_the_question_and_the_last_day(client, clerk):
    dossier = make_dossier()
    asked(dossier, doc_number="15", doc_symbol="UBND-VP")
    response = client.get(address("consultation_letter", dossier, 1))
    assert (response.content[:5], response["Content-Type"]) == (b"%PDF-", "application/pdf")
