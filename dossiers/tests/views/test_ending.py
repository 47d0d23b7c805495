"""The pages by which a dossier ends without a result, and by which it moves to its right procedure."""

from datetime import date

import pytest
from django.urls import reverse

from dossiers import lifecycle
from dossiers.models import Dossier, DossierFee, Reclassification, StopNotice, WithdrawalRequest
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk, make_dossier, make_version
from dossiers.tests.views.makers import MONDAY, address, again
from onestop.history.models import AccessEntry
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from procedures.models import Component, ProcedureCase

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Received Friday 20/11/2026 09:00 with 3 working days; Tuesday 24/11 is a public holiday: due Thursday 26/11 17:00.
NEXT_DAY = local("2026-12-05 08:00")
PAGES = {
    "stop": Role.LEADER,
    "reclassify": Role.LEADER,
    "withdraw": Role.CLERK,
    "keep_on": Role.CLERK,
    "give_up": Role.CLERK,
}


def stopping(dossier, **fields) -> dict:
    sent = {"kind": "stopped", "asked_by": "Phòng Kinh tế", "reason": "Đất đang tranh chấp", "ground": "Điều 12 Luật Đất đai"}
    return sent | {"papers_given_back": "Giấy chứng sinh", "revision": dossier.revision} | fields


def asked_back(dossier=None, **fields) -> Dossier:
    said = {"signed_on": date(2026, 11, 23), "identity_checked": True}
    return lifecycle.request_withdrawal(dossier or make_dossier(), by=make_clerk(), at=MONDAY, **(said | fields))


def awaiting() -> Dossier:
    return lifecycle.ask_for_supplement(
        make_dossier(), items=["Giấy chứng sinh"], reason="Thiếu", ground="Điều 9", answer_by=date(2026, 12, 4), by=make_clerk(), at=MONDAY
    )


def paid(dossier, amount=16_000) -> Dossier:
    DossierFee.objects.create(agency=dossier.agency, dossier=dossier, name="Lệ phí", amount=amount, paid_by="cash", paid_at=MONDAY)
    return dossier


# -- stop ----------------------------------------------------------------------------------------
def test_a_leader_stops_and_the_notice_goes_to_the_printer(client, leader):
    dossier = make_dossier()

    answer = client.post(address("stop", dossier), stopping(dossier))
    page = client.get(answer.url).content.decode()
    paper = client.get(reverse("dossiers:paper", args=[dossier.code, "dung"]))

    assert (answer.status_code, answer.url) == (303, f"{dossier.get_absolute_url()}?in=1")
    assert StopNotice.objects.get().papers_given_back == "Giấy chứng sinh"
    for words in ("Đã dừng giải quyết", "Đất đang tranh chấp", "số 01/TBDG", 'data-print="thong-bao-dung"'):
        assert words in page
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    assert paper["Content-Disposition"] == 'inline; filename="stop-01-TBDG.pdf"'


def test_the_same_form_sent_twice_stops_once(client, leader):
    dossier = make_dossier()
    client.post(address("stop", dossier), stopping(dossier))

    answer = client.post(address("stop", dossier), stopping(dossier))

    assert answer.status_code == 409
    assert "Việc này đã xong lúc 10:00. Không làm lại lần nữa" in answer.content.decode()
    assert StopNotice.objects.count() == 1


def test_what_the_applicant_brought_is_proposed_for_giving_back(client, leader):
    page = client.get(address("stop", make_dossier())).content.decode()
    assert "Giấy tờ 1; Giấy tờ 2" in page.replace(" (bản chính: 01)", "")


@pytest.mark.parametrize(
    ("fields", "box", "sentence"),
    [
        ({"kind": ""}, "kind", "Chọn trường hợp dừng"),
        ({"kind": "unanswered"}, "kind", "Chọn trường hợp dừng trong danh sách"),
        ({"kind": "withdrawn"}, "kind", "Chọn trường hợp dừng trong danh sách"),
        ({"asked_by": ""}, "asked_by", "Ghi ai đề nghị dừng, như sẽ in trên thông báo"),
        ({"reason": " "}, "reason", "Ghi lý do dừng, để người dân đọc hiểu"),
        ({"ground": ""}, "ground", "Ghi căn cứ dừng: điều, khoản, văn bản"),
        ({"fees": ""}, "fees", "Chọn hoàn trả hay không hoàn trả"),
        ({"fees": "kept"}, "fees_note", "Ghi căn cứ không hoàn trả: điều, khoản, văn bản"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(client, leader, fields, box, sentence):
    dossier = paid(make_dossier())

    answer = client.post(address("stop", dossier), stopping(dossier, **({"fees": "refunded"} | fields)))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors[box]) == [sentence]
    assert "Giấy chứng sinh" in answer.content.decode()
    assert not StopNotice.objects.exists()


def test_without_anything_paid_nobody_is_asked_about_money(client, leader):
    assert "fees" not in client.get(address("stop", make_dossier())).context["form"].fields
    page = client.get(address("stop", paid(make_dossier()))).content.decode()
    assert "Đã nộp 16.000 đồng." in page


# -- never answered ------------------------------------------------------------------------------
def test_who_never_answers_is_offered_to_be_stopped_with_what_the_office_knows(client, leader, clock):
    dossier = awaiting()
    assert "Dừng vì không bổ sung" not in client.get(dossier.get_absolute_url()).content.decode()
    clock(NEXT_DAY)

    page = client.get(dossier.get_absolute_url()).content.decode()
    form = client.get(address("stop", dossier)).context["form"]

    assert "Dừng vì không bổ sung" in page
    assert "Hạn trả lời của người dân là thứ Sáu, 04/12/2026, đã qua." in page
    assert (form.initial["kind"], form.initial["ground"]) == ("unanswered", "Điều 9")
    assert "Đã yêu cầu bổ sung giấy tờ lúc 10:00 thứ Hai, 23/11/2026" in form.initial["reason"]


def test_the_list_shows_them_to_the_desk_and_leads_leaders_to_the_decision(client, clerk, clock):
    dossier = awaiting()
    listed = reverse("dossiers:unanswered")
    assert "Không có ai quá hạn trả lời." in client.get(listed).content.decode()
    clock(NEXT_DAY)

    page = client.get(listed).content.decode()
    assert (dossier.code in page, "1 ngày" in page, address("stop", dossier) in page) == (True, True, False)
    desk = client.get(reverse("dossiers:desk"))
    assert {words: number for number, words, _ in desk.context["counts"] if number}["chờ dân quá hạn trả lời"] == 1
    client.force_login(make_user(Role.MANAGER))
    assert address("stop", dossier) in client.get(listed).content.decode()
    client.force_login(make_user(Role.CLERK, agency=make_agency("H61.27", "Phú Tân An")))
    assert dossier.code not in client.get(listed).content.decode()
    assert AccessEntry.objects.filter(kind="list", detail__startswith="Chờ dân quá hạn").count() == 4


# -- withdrawal ----------------------------------------------------------------------------------
def test_a_clerk_records_the_paper_and_goes_on_to_give_everything_back(client, clerk):
    dossier = make_dossier(status=Status.PROCESSING)

    answer = client.post(
        address("withdraw", dossier),
        {"signed_on": "23/11/2026", "identity_checked": "on", "reason": "Nộp nơi khác", "revision": dossier.revision},
    )
    page = client.get(answer.url).content.decode()

    assert (answer.status_code, answer.url) == (303, address("give_up", dossier))
    assert again(dossier).status == Status.WITHDRAWAL_REQUESTED
    assert "Đơn xin rút hồ sơ ký ngày 23/11/2026" in page and "Nộp nơi khác" in page


@pytest.mark.parametrize(
    ("fields", "box", "sentence"),
    [
        ({"identity_checked": ""}, "identity_checked", "Đối chiếu căn cước của người ký đơn rồi đánh dấu"),
        ({"signed_on": "24/11/2026"}, "signed_on", "Ngày ký đơn phải từ ngày tiếp nhận hồ sơ đến hôm nay"),
        ({"signed_on": "31/02/2026"}, "signed_on", None),
        ({"signed_on": ""}, "signed_on", "Nhập ngày ký trên đơn dạng ngày/tháng/năm, ví dụ 27/11/2026"),
    ],
)
def test_the_paper_is_checked_at_the_field(client, clerk, fields, box, sentence):
    dossier = make_dossier()
    sent = {"signed_on": "23/11/2026", "identity_checked": "on", "revision": dossier.revision}

    answer = client.post(address("withdraw", dossier), sent | fields)

    assert answer.status_code == 422
    assert answer.context["form"].errors[box] and (sentence is None or list(answer.context["form"].errors[box]) == [sentence])
    assert not WithdrawalRequest.objects.exists()


def test_giving_back_ends_it_with_a_notice(client, clerk):
    dossier = paid(asked_back())
    sent = {"reason": "Nộp nơi khác", "ground": "Đơn", "papers_given_back": "Giấy chứng sinh", "revision": dossier.revision}
    assert client.post(address("give_up", dossier), sent).status_code == 422

    answer = client.post(address("give_up", dossier), sent | {"fees": "refunded"})

    notice = StopNotice.objects.get()
    assert (answer.status_code, again(dossier).status) == (303, Status.STOPPED)
    assert (notice.kind, notice.asked_by, notice.fees) == ("withdrawn", "Thạch Thị Sóc Kha", "refunded")


def test_he_thinks_again_at_the_counter(client, clerk):
    dossier = asked_back()
    assert client.post(address("keep_on", dossier), {"revision": dossier.revision}).status_code == 422

    answer = client.post(address("keep_on", dossier), {"identity_checked": "on", "revision": dossier.revision})

    assert (answer.status_code, again(dossier).status) == (303, Status.RECEIVED)


def test_the_dossiers_page_says_that_it_is_asked_back_and_by_whom(client, clerk):
    page = client.get(asked_back(reason="Nộp nơi khác").get_absolute_url()).content.decode()
    for words in ("Người nộp xin rút hồ sơ", "Đơn có chữ ký tại quầy", "Nộp nơi khác", "Trả giấy tờ, cho rút", "Người nộp thôi rút"):
        assert words in page


def test_the_journal_names_the_applicant_where_no_officer_acted(client, clock):
    dossier = make_dossier()
    lifecycle.request_withdrawal_online(dossier.pk, secret_version=1, at=MONDAY)
    client.force_login(make_user(Role.MANAGER))

    page = client.get(address("log", dossier)).content.decode()

    assert "Xin rút hồ sơ" in page and "Người nộp hồ sơ" in page
    assert "trang tra cứu, bằng mã trên giấy hẹn" in page


# -- the right procedure -------------------------------------------------------------------------
def other(code="1.000005", **fields):
    version = make_version(code, value=5)
    version.procedure.label = "Đăng ký kết hôn"
    version.procedure.save()
    return version


def test_the_dates_and_missing_papers_are_seen_before_it_is_done(client, leader):
    version = other()
    Component.objects.create(version=version, case=version.cases.get(), position=9, short_name="Giấy xác nhận độc thân", required=True)
    dossier = make_dossier()

    shown = client.post(address("reclassify", dossier), {"act": "read", "procedure": "1.000005", "revision": dossier.revision})
    page = shown.content.decode()

    assert shown.status_code == 200
    assert "Hẹn mới sẽ là 17:00 thứ Hai, 30/11/2026: thời hạn 5 ngày làm việc, tính từ lúc tiếp nhận." in page
    assert "Giấy xác nhận độc thân" in page
    assert again(dossier).version != version

    sent = {"procedure": "1.000005", "reason": "Nhận nhầm", "revision": dossier.revision, "seen": shown.context["seen"]}
    done = client.post(address("reclassify", dossier), sent, follow=True)
    assert (again(dossier).version, Reclassification.objects.get().reason) == (version, "Nhận nhầm")
    assert "Thủ tục mới còn cần: Giấy xác nhận độc thân." in done.content.decode()


def test_nothing_is_moved_unseen(client, leader):
    other()
    dossier = make_dossier()

    answer = client.post(address("reclassify", dossier), {"procedure": "1.000005", "reason": "Nhận nhầm", "revision": dossier.revision})

    assert answer.status_code == 422
    assert "Xem ngày hẹn dưới đây rồi bấm chuyển." in answer.content.decode()
    assert not Reclassification.objects.exists()


@pytest.mark.parametrize(
    ("fields", "box", "sentence"),
    [
        ({"procedure": ""}, "procedure", "Gõ mã tắt, mã thủ tục hoặc vài chữ trong tên"),
        ({"procedure": "zzzz"}, "procedure", "Không có thủ tục nào có hiệu lực vào ngày tiếp nhận khớp với chữ này"),
        ({"procedure": "thủ tục"}, "procedure", "Có 2 thủ tục khớp"),
        ({"reason": ""}, "reason", "Ghi lý do chuyển thủ tục; lý do lưu cùng hồ sơ"),
    ],
)
def test_what_is_wrong_with_a_move_is_said_at_the_field(client, leader, fields, box, sentence):
    other()
    dossier = make_dossier()

    answer = client.post(address("reclassify", dossier), {"procedure": "1.000005", "reason": "Nhầm", "revision": dossier.revision} | fields)

    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors[box][0]


def test_a_case_is_chosen_where_there_are_several(client, leader):
    version = other()
    case = ProcedureCase.objects.create(version=version, key="b", name="Có yếu tố nước ngoài", position=2, basis_allowed=[])
    dossier = make_dossier()
    sent = {"procedure": "1.000005", "reason": "Nhầm", "revision": dossier.revision}

    assert "Có yếu tố nước ngoài" in client.post(address("reclassify", dossier), sent | {"act": "read"}).content.decode()
    seen = client.post(address("reclassify", dossier), sent | {"act": "read", "case": "b"}).context["seen"]
    client.post(address("reclassify", dossier), sent | {"case": "b", "seen": seen})

    assert again(dossier).case == case


def test_what_cannot_be_moved_says_why(client, leader):
    dossier = make_dossier()
    answer = client.post(address("reclassify", dossier), {"act": "read", "procedure": "1.001193", "revision": dossier.revision})
    assert "Hồ sơ đang được giải quyết theo thủ tục và trường hợp này." in answer.content.decode()


# -- who may -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "role"), PAGES.items())
@pytest.mark.parametrize("method", ["get", "post"])
def test_to_another_commune_the_dossier_does_not_exist(client, clock, name, role, method):
    dossier = make_dossier()
    client.force_login(make_user(role, agency=make_agency("H61.27", "Phú Tân An")))
    assert getattr(client, method)(address(name, dossier)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.AUDITOR, Role.PROVINCE, Role.ADMIN, Role.HELPER])
def test_without_the_role_the_pages_are_closed(client, clock, name, role):
    dossier = make_dossier()
    client.force_login(make_user(role))
    assert client.post(address(name, dossier), {}).status_code == 403
    assert again(dossier).status == Status.RECEIVED


@pytest.mark.parametrize(("name", "role"), PAGES.items())
def test_a_state_that_is_no_longer_there_is_told(client, clock, name, role):
    dossier = make_dossier(status=Status.RETURNED)
    client.force_login(make_user(role))
    answer = client.get(address(name, dossier))
    assert (answer.status_code, "đang ở bước “Đã trả kết quả”" in answer.content.decode()) == (409, True)


def test_the_notice_of_another_commune_cannot_be_printed(client, leader):
    dossier = make_dossier()
    client.post(address("stop", dossier), stopping(dossier))
    client.force_login(make_user(Role.LEADER, agency=make_agency("H61.27", "Phú Tân An")))
    assert client.get(reverse("dossiers:paper", args=[dossier.code, "dung"])).status_code == 404
    client.force_login(make_user(Role.PROVINCE))
    assert client.get(reverse("dossiers:paper", args=[dossier.code, "dung"])).status_code == 404
