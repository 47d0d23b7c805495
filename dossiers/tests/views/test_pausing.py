"""The pages that stop the clock, start it again and give it more time."""

from datetime import date

import pytest
from django.urls import reverse

from dossiers import lifecycle, secrets
from dossiers.issuing import supplement_subject
from dossiers.models import ConsentKind, Dossier, DossierFee, PauseKind
from dossiers.rules import acts_for
from dossiers.standing import standing_of
from dossiers.statuses import Act, Status
from dossiers.tests.makers import local, make_clerk, make_dossier, make_version
from dossiers.tests.views.makers import MONDAY, address, again
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Received Friday 20/11/2026 09:00 with 3 working days; Tuesday 24/11 is a public holiday: due Thursday 26/11 17:00.
WEDNESDAY, DUE, LATE = (local(text) for text in ("2026-11-25 10:00", "2026-11-26 17:00", "2026-11-27 08:00"))
PAUSE_PAGES = ("ask_for_supplement", "request_payment", "suspend")


def asked(dossier: Dossier, **fields) -> dict:
    sent = {"items": ["Giấy tờ 1"], "reason": "Bản mờ, không đọc được", "ground": "Điều 9", "answer_by": "4/12/2026"}
    return sent | {"revision": dossier.revision} | fields


def paused(kind: str, *, at=MONDAY, **of) -> Dossier:
    """A dossier in an open pause of this kind."""
    dossier = make_dossier(**of)
    if kind == PauseKind.SUPPLEMENT:
        return lifecycle.ask_for_supplement(
            dossier, items=["Giấy chứng sinh"], reason="Thiếu", answer_by=date(2026, 12, 4), by=make_clerk(), at=at
        )
    if kind == PauseKind.PAYMENT:
        return lifecycle.request_payment(dossier, amount=150_000, reason="Phí thẩm định", by=make_clerk(), at=at)
    return lifecycle.suspend(dossier, reason="Tòa đang giải quyết.", ground="Thông báo 12/TB-TA", by=make_user(Role.LEADER), at=at)


# -- asking for papers ---------------------------------------------------------------------------
def test_papers_are_asked_for_from_the_list_and_in_free_lines_and_the_slip_goes_to_the_printer(client, clerk):
    dossier = make_dossier()

    answer = client.post(address("ask_for_supplement", dossier), asked(dossier, more_items="Giấy chứng sinh\n\n Giấy ủy quyền "))

    request = again(dossier).supplement_requests.get()
    assert request.items == ["Giấy tờ 1", "Giấy chứng sinh", "Giấy ủy quyền"]
    assert (again(dossier).status, again(dossier).due_at) == (Status.AWAITING_SUPPLEMENT, None)
    slip = reverse("dossiers:slip", args=[request.issued_papers.get().pk])
    assert (answer.status_code, answer.url) == (303, f"{slip}?in=1")


def test_the_slip_is_printed_byte_for_byte_and_leads_back_to_the_dossier(client, clerk):
    dossier = paused(PauseKind.SUPPLEMENT)
    paper = dossier.supplement_requests.get().issued_papers.get()

    page = client.get(reverse("dossiers:slip", args=[paper.pk])).content.decode()
    first, second = (client.get(reverse("dossiers:slip_file", args=[paper.pk])) for _ in range(2))

    assert f"Về hồ sơ {dossier.code}" in page
    assert (first.content[:5], first.content == second.content) == (b"%PDF-", True)


def test_a_specialist_prints_what_he_asks_for_and_no_slip_of_the_counter(client, clock):
    specialist = make_user(Role.SPECIALIST)
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=MONDAY)
    client.force_login(specialist)

    answer = client.post(address("ask_for_supplement", dossier), asked(dossier), follow=True)

    assert (answer.status_code, answer.request["PATH_INFO"][:11]) == (200, "/quay/phieu")


def test_the_page_says_how_much_time_is_used(client, clerk):
    page = client.get(address("ask_for_supplement", make_dossier())).content.decode()

    assert "Thời hạn dừng từ lúc này: đã dùng 1 trong 3 ngày làm việc. Hết tạm dừng thì tính tiếp phần còn lại." in page
    assert "Đã yêu cầu bổ sung" not in page


def test_a_procedure_that_restarts_says_so(client, clerk):
    dossier = make_dossier(version=make_version("1.000001", on_supplement="restart"))

    page = client.get(address("ask_for_supplement", dossier)).content.decode()
    client.post(address("ask_for_supplement", dossier), asked(dossier))

    assert "Thời hạn dừng từ lúc này. Nhận đủ thì 3 ngày làm việc tính lại từ đầu." in page
    assert again(dossier).pauses.get().restarts


@pytest.mark.parametrize(
    ("fields", "box", "sentence"),
    [
        ({"items": []}, "items", "Chọn giấy tờ còn thiếu, hoặc ghi ở ô dưới"),
        ({"items": ["Giấy lạ"]}, "items", "Chọn giấy tờ trong danh sách; giấy khác ghi ở ô dưới"),
        ({"more_items": "x" * 201}, "more_items", "Mỗi dòng nhiều nhất 200 chữ. Ghi ngắn lại, phần giải thích để ở lý do"),
        ({"more_items": "\n".join(map(str, range(30)))}, "more_items", "Một phiếu nhiều nhất 30 giấy tờ"),
        ({"reason": " "}, "reason", "Ghi lý do yêu cầu bổ sung, để người dân biết cần nộp gì"),
        ({"ground": ""}, "ground", "Ghi căn cứ yêu cầu bổ sung"),
        ({"answer_by": ""}, "answer_by", "Nhập hạn bổ sung dạng ngày/tháng/năm, ví dụ 27/11/2026"),
        ({"answer_by": "23/11/2026"}, "answer_by", "Hạn bổ sung phải sau hôm nay"),
        ({"answer_by": "24/11/2026"}, "answer_by", "Ngày 24/11/2026 là ngày nghỉ. Chọn một ngày làm việc"),
        ({"answer_by": "28/11/2026"}, "answer_by", "Ngày 28/11/2026 là ngày nghỉ. Chọn một ngày làm việc"),
        ({"answer_by": "4/12/2062"}, "answer_by", "Hạn này xa hơn một năm. Kiểm tra lại năm"),
    ],
)
def test_what_is_wrong_is_said_at_its_box_and_nothing_typed_is_lost(client, clerk, fields, box, sentence):
    dossier = make_dossier()

    answer = client.post(address("ask_for_supplement", dossier), asked(dossier, **fields) | {"reason": fields.get("reason", "Bản mờ quá")})

    assert (answer.status_code, answer.context["form"].errors) == (422, {box: [sentence]})
    assert "reason" in fields or "Bản mờ quá" in answer.content.decode()
    assert again(dossier).status == Status.RECEIVED


def test_sent_twice_it_asks_once(client, clerk):
    dossier = make_dossier()
    client.post(address("ask_for_supplement", dossier), asked(dossier))

    answer = client.post(address("ask_for_supplement", dossier), asked(dossier))

    assert (answer.status_code, again(dossier).supplement_requests.count()) == (409, 1)
    assert answer.context["problem"].startswith("Việc này đã xong lúc")


def test_who_comes_second_sees_that_the_dossier_has_changed_and_keeps_what_he_typed(client, clerk):
    dossier = make_dossier()
    stale = asked(dossier, reason="Bản mờ quá")
    lifecycle.amend(dossier, changes={"phone": "0912345678"}, reason="", by=make_user(Role.MANAGER), at=MONDAY)

    answer = client.post(address("ask_for_supplement", dossier), stale)

    assert (answer.status_code, again(dossier).status) == (409, Status.RECEIVED)
    assert answer.context["problem"].startswith("Hồ sơ vừa được")
    assert "Bản mờ quá" in answer.content.decode()


def test_a_second_request_waits_for_a_leader_and_a_third_is_not_offered(client, clerk, clock):
    dossier = lifecycle.accept_supplement(paused(PauseKind.SUPPLEMENT), by=clerk, at=MONDAY)
    page = client.get(address("ask_for_supplement", dossier)).content.decode()
    refused = client.post(address("ask_for_supplement", dossier), asked(dossier, reason="Bản mờ quá"))
    assert "Đã yêu cầu bổ sung 1 lần. Yêu cầu lần thứ hai cần lãnh đạo đồng ý và ghi lý do." in page
    assert (refused.status_code, "Bản mờ quá" in refused.content.decode()) == (422, True)

    dossier = lifecycle.consent(dossier, kind=ConsentKind.SECOND_SUPPLEMENT, cause="Mới phát sinh", by=make_user(Role.LEADER), at=MONDAY)
    assert "Lãnh đạo đã đồng ý yêu cầu lần thứ hai." in client.get(address("ask_for_supplement", dossier)).content.decode()
    client.post(address("ask_for_supplement", dossier), asked(dossier))
    dossier = lifecycle.accept_supplement(again(dossier), by=clerk, at=MONDAY)

    closed = client.get(address("ask_for_supplement", dossier))
    assert (closed.status_code, closed.context["closed"]) == (409, True)
    assert closed.context["problem"] == "Đã yêu cầu bổ sung hai lần. Không được yêu cầu lần thứ ba (Nghị định 63/2010, Điều 20)."


def test_a_late_dossier_is_paused_only_with_a_leaders_cause_and_stays_late(client, clerk, clock):
    dossier = make_dossier()
    clock(LATE)
    page = client.get(address("ask_for_supplement", dossier)).content.decode()
    assert "Hồ sơ đã quá hạn. Tạm dừng lúc này cần lãnh đạo đồng ý bằng văn bản" in page
    assert "Tạm dừng không đổi hạn này và không xóa được việc quá hạn." in page
    refused = client.post(address("ask_for_supplement", dossier), asked(dossier))
    assert (refused.status_code, again(dossier).pauses.count()) == (422, 0)

    dossier = lifecycle.consent(dossier, kind=ConsentKind.LATE_PAUSE, cause="Gửi nhầm bản", by=make_user(Role.LEADER), at=LATE)
    client.post(address("ask_for_supplement", dossier), asked(dossier))

    assert (again(dossier).due_at, again(dossier).pauses.get().late) == (DUE, True)
    ending = client.get(address("accept_supplement", dossier)).content.decode()
    assert "Lần tạm dừng này bắt đầu khi đã quá hạn: ngày hẹn không đổi, hồ sơ vẫn quá hạn." in ending


# -- the answer ------------------------------------------------------------------------------------
def test_the_date_that_the_page_shows_is_the_date_that_is_given(client, clerk, clock):
    dossier = paused(PauseKind.SUPPLEMENT)
    clock(local("2026-11-28 22:00"))

    page = client.get(address("accept_supplement", dossier))
    client.post(address("accept_supplement", dossier), {"revision": dossier.revision})

    assert page.context["effect"].sentences == ("Kết thúc tạm dừng lúc này thì hẹn mới là 17:00 thứ Tư, 02/12/2026.",)
    assert again(dossier).due_at == local("2026-12-02 17:00")
    assert "Giấy chứng sinh" in page.content.decode()


def test_a_restarted_limit_is_shown_and_given_alike(client, clerk, clock):
    dossier = paused(PauseKind.SUPPLEMENT, version=make_version("1.000001", on_supplement="restart"))
    clock(local("2026-11-28 22:00"))

    shown = client.get(address("accept_supplement", dossier)).context["effect"]
    client.post(address("accept_supplement", dossier), {"revision": dossier.revision})

    assert shown.sentences == ("Kết thúc tạm dừng lúc này thì hẹn mới là 17:00 thứ Năm, 03/12/2026.",)
    assert again(dossier).due_at == local("2026-12-03 17:00")


def test_an_answer_after_its_day_is_taken_and_the_page_says_that_the_day_is_over(client, clerk, clock):
    dossier = paused(PauseKind.SUPPLEMENT)
    clock(local("2026-12-07 09:00"))

    assert "Hạn trả lời là thứ Sáu, 04/12/2026, đã qua." in client.get(address("accept_supplement", dossier)).content.decode()
    assert client.post(address("accept_supplement", dossier), {"revision": dossier.revision}).status_code == 303


# -- money -------------------------------------------------------------------------------------------
def test_money_is_asked_for_the_vietnamese_way_and_confirmed(client, clerk, clock):
    dossier = make_dossier()
    sent = {"amount": "150.000", "reason": "Phí thẩm định", "answer_by": "", "revision": dossier.revision}
    assert client.post(address("request_payment", dossier), sent).status_code == 303
    assert (again(dossier).status, again(dossier).pauses.get().amount) == (Status.AWAITING_PAYMENT, 150_000)
    clock(WEDNESDAY)

    page = client.get(address("confirm_payment", dossier)).content.decode()
    sent = {"paid_by": "cash", "receipt_no": "0012", "revision": again(dossier).revision}
    answer = client.post(address("confirm_payment", dossier), sent)

    assert "Phí thẩm định: 150.000 đồng" in page
    assert (answer.status_code, again(dossier).fees.get().receipt_no, again(dossier).due_at) == (303, "0012", local("2026-11-27 17:00"))


def test_a_fee_without_amount_is_proposed(client, clerk):
    dossier = make_dossier()
    DossierFee.objects.create(agency=dossier.agency, dossier=dossier, name="Phí thẩm định", amount=None)

    assert 'value="Phí thẩm định"' in client.get(address("request_payment", dossier)).content.decode()


@pytest.mark.parametrize(
    ("fields", "box", "sentence"),
    [
        ({"amount": "15,5"}, "amount", "Số tiền không có phần lẻ. Mười lăm nghìn đồng thì nhập 15.000"),
        ({"amount": "0"}, "amount", "Nhập số tiền lớn hơn 0"),
        ({"amount": "3.000.000.000"}, "amount", "Số tiền lớn quá. Kiểm tra lại"),
        ({"amount": ""}, "amount", "Nhập số tiền bằng đồng, ví dụ 15.000"),
        ({"reason": ""}, "reason", "Ghi khoản phải nộp, như sẽ ghi trên biên lai"),
        ({"answer_by": "1/1/2020"}, "answer_by", "Hạn bổ sung phải sau hôm nay"),
    ],
)
def test_a_request_for_money_says_what_is_wrong_with_it(client, clerk, fields, box, sentence):
    dossier = make_dossier()
    sent = {"amount": "15.000", "reason": "Lệ phí", "answer_by": "", "revision": dossier.revision} | fields

    answer = client.post(address("request_payment", dossier), sent)

    assert (answer.status_code, answer.context["form"].errors) == (422, {box: [sentence]})
    assert again(dossier).pauses.count() == 0


def test_how_it_was_paid_has_to_be_said(client, clerk):
    dossier = paused(PauseKind.PAYMENT)

    answer = client.post(address("confirm_payment", dossier), {"paid_by": "later", "revision": dossier.revision})

    assert (answer.status_code, answer.context["form"].errors) == (422, {"paid_by": ["Chọn cách nộp tiền"]})


# -- suspension ----------------------------------------------------------------------------------------
def test_a_leader_suspends_and_lifts_it(client, leader, clock):
    dossier = make_dossier()
    sent = {"reason": "Tòa đang giải quyết.", "ground": "Thông báo 12/TB-TA", "revision": dossier.revision}
    assert client.post(address("suspend", dossier), sent).status_code == 303
    assert (again(dossier).due_at, again(dossier).status) == (None, Status.RECEIVED)
    clock(WEDNESDAY)

    page = client.get(address("resume", dossier)).context["effect"]
    client.post(address("resume", dossier), {"revision": again(dossier).revision})

    assert page.sentences == ("Kết thúc tạm dừng lúc này thì hẹn mới là 17:00 thứ Sáu, 27/11/2026.",)
    assert again(dossier).due_at == local("2026-11-27 17:00")


def test_without_a_ground_nothing_is_suspended(client, leader):
    dossier = make_dossier()

    answer = client.post(address("suspend", dossier), {"reason": "Chờ", "ground": "", "revision": dossier.revision})

    assert (answer.status_code, answer.context["form"].errors) == (422, {"ground": ["Ghi căn cứ tạm đình chỉ: văn bản, số, ngày"]})


# -- consent --------------------------------------------------------------------------------------------
def test_a_leader_agrees_only_to_what_needs_it(client, leader, clock):
    dossier = make_dossier()
    nothing = client.get(address("consent", dossier))
    assert (nothing.status_code, nothing.context["problem"]) == (409, "Không có việc nào đang cần lãnh đạo đồng ý.")
    clock(LATE)

    sent = {"kind": ConsentKind.LATE_PAUSE, "cause": "Mẹ bé gửi nhầm bản", "revision": dossier.revision}
    without = client.post(address("consent", dossier), sent | {"cause": ""})
    other = client.post(address("consent", dossier), sent | {"kind": ConsentKind.SECOND_SUPPLEMENT})
    done = client.post(address("consent", dossier), sent)
    twice = client.post(address("consent", dossier), sent)

    assert (without.status_code, without.context["form"].errors) == (422, {"cause": ["Ghi lý do đồng ý"]})
    assert (other.status_code, list(other.context["form"].errors)) == (422, ["kind"])
    assert (done.status_code, twice.status_code, again(dossier).consents.count()) == (303, 409, 1)
    assert twice.context["problem"].startswith("Việc này đã xong lúc")


# -- extension --------------------------------------------------------------------------------------------
def test_each_length_of_an_extension_says_its_date_and_gives_it(client, leader, clock):
    dossier = make_dossier()
    page = client.get(address("extend", dossier))
    choices = dict(page.context["form"].fields["extra_value"].choices)
    assert choices[2] == "17:00 30/11/2026, thêm 2 ngày làm việc"
    sent = {"kind": "decision", "extra_value": "2", "ground": "Điều 12", "revision": dossier.revision}

    seen = client.post(address("extend", dossier), sent | {"act": "read"})
    assert (seen.status_code, again(dossier).due_at) == (200, DUE)
    assert seen.context["effect"].sentences == (
        "Hẹn mới sẽ là 17:00 thứ Hai, 30/11/2026: lãnh đạo quyết định, thời hạn 5 ngày làm việc.",
    )
    given = client.post(address("extend", dossier), sent)

    assert (given.status_code, again(dossier).due_at) == (303, local("2026-11-30 17:00"))
    assert client.get(address("extend", dossier)).context["problem"].startswith("Không còn cách gia hạn nào")


def test_time_to_verify_is_what_the_procedure_publishes(client, clock):
    dossier = make_dossier()
    dossier.version.limits.update(extra_value=4)
    specialist = make_user(Role.SPECIALIST)
    client.force_login(specialist)

    page = client.get(address("extend", dossier))
    answer = client.post(address("extend", dossier), {"kind": "verification", "ground": "Điều 7", "revision": dossier.revision})

    assert [words for _, words in page.context["form"].fields["kind"].choices] == [
        "Phải xác minh: thêm 4 ngày làm việc theo thủ tục, hẹn trả 17:00 thứ Tư, 02/12/2026"
    ]
    assert "extra_value" not in page.context["form"].fields
    assert (answer.status_code, again(dossier).due_at) == (303, local("2026-12-02 17:00"))


@pytest.mark.parametrize(
    ("fields", "box", "sentence"),
    [
        ({"kind": ""}, "kind", "Chọn cách gia hạn"),
        ({"kind": "verification"}, "kind", "Chọn cách gia hạn trong danh sách"),
        ({"extra_value": ""}, "extra_value", "Chọn gia hạn đến ngày nào"),
        ({"extra_value": "4"}, "extra_value", "Chọn số ngày trong danh sách"),
        ({"extra_value": "x"}, "extra_value", "Chọn số ngày trong danh sách"),
        ({"ground": ""}, "ground", "Ghi căn cứ gia hạn: điều, khoản, văn bản"),
    ],
)
@pytest.mark.parametrize("button", [{}, {"act": "read"}])
def test_an_extension_says_what_is_wrong_with_it(client, leader, fields, box, sentence, button):
    dossier = make_dossier()
    sent = {"kind": "decision", "extra_value": "2", "ground": "Điều 12", "revision": dossier.revision} | fields | button

    answer = client.post(address("extend", dossier), sent)

    assert (answer.status_code, answer.context["form"].errors) == (422, {box: [sentence]})
    assert again(dossier).due_at == DUE


# -- what is offered, and to whom -----------------------------------------------------------------------
def offered(user, dossier, now=MONDAY) -> set[Act]:
    mine = {
        Act.REQUEST_SUPPLEMENT, Act.ACCEPT_SUPPLEMENT, Act.REQUEST_PAYMENT, Act.CONFIRM_PAYMENT,
        Act.SUSPEND, Act.RESUME, Act.CONSENT, Act.EXTEND,
    }
    return set(acts_for(user, dossier, standing_of(dossier, now))) & mine


def test_what_is_offered_follows_the_state_of_the_dossier():
    clerk, leader, dossier = make_clerk(), make_user(Role.LEADER), make_dossier()

    assert offered(clerk, dossier) == {Act.REQUEST_SUPPLEMENT, Act.REQUEST_PAYMENT}
    assert offered(leader, dossier) == {Act.SUSPEND, Act.EXTEND}
    assert offered(leader, dossier, LATE) == {Act.SUSPEND, Act.CONSENT}
    assert offered(make_user(Role.SPECIALIST), dossier) == set()
    signed = make_dossier(status=Status.AWAITING_SIGNATURE)
    assert offered(leader, signed) == {Act.EXTEND}
    signed = lifecycle.sign_off(signed, kind="wet_ink", signer=leader, by=leader, at=MONDAY, doc_number="1", doc_symbol="TL")
    assert (offered(clerk, signed), offered(leader, signed)) == (set(), set())


@pytest.mark.parametrize(
    ("kind", "of_clerk", "of_leader"),
    [
        (PauseKind.SUPPLEMENT, {Act.ACCEPT_SUPPLEMENT}, set()),
        (PauseKind.PAYMENT, {Act.CONFIRM_PAYMENT}, set()),
        (PauseKind.SUSPENSION, set(), {Act.RESUME}),
    ],
)
def test_a_paused_dossier_offers_only_its_end(kind, of_clerk, of_leader):
    dossier = paused(kind)

    assert (offered(make_clerk(), dossier), offered(make_user(Role.LEADER), dossier)) == (of_clerk, of_leader)


def test_a_certification_session_or_a_returned_dossier_offers_none_of_these():
    returned = make_dossier(status=Status.RETURNED)

    assert (offered(make_clerk(), returned), offered(make_user(Role.LEADER), returned)) == (set(), set())


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [
        ("ask_for_supplement", Role.LEADER, 403), ("ask_for_supplement", Role.SPECIALIST, 409), ("accept_supplement", Role.SPECIALIST, 403),
        ("request_payment", Role.AUDITOR, 403), ("confirm_payment", Role.LEADER, 403), ("suspend", Role.CLERK, 403),
        ("suspend", Role.MANAGER, 403), ("resume", Role.MANAGER, 403), ("consent", Role.MANAGER, 403), ("extend", Role.CLERK, 403),
        ("extend", Role.SPECIALIST, 409), ("extend", Role.HEAD, 200), ("consent", Role.HEAD, 409),
    ],
)
def test_each_page_is_for_its_roles_and_says_why_not(client, clock, name, role, status):
    client.force_login(make_user(role))

    assert client.get(address(name, make_dossier())).status_code == status


@pytest.mark.parametrize("name", [*PAUSE_PAGES, "accept_supplement", "confirm_payment", "resume", "consent", "extend"])
def test_another_communes_dossier_does_not_exist(client, clock, name):
    dossier = make_dossier()
    stranger = make_user(Role.MANAGER, Role.HEAD, Role.SPECIALIST, agency=make_agency(code="H61.99", name="Xã Khác"))
    client.force_login(stranger)

    assert [client.get(address(name, dossier)).status_code, client.post(address(name, dossier), {}).status_code] == [404, 404]


# -- the slip's QR at the desk ---------------------------------------------------------------------------
def scanned(client, request) -> str:
    token = secrets.token(supplement_subject(request.agency_id, request.year, request.number), 1)
    answer = client.post(reverse("dossiers:intake"), {"act": "read", "scan": f"http://127.0.0.1:8000/tc/{token}/"})
    searched = client.get(reverse("dossiers:list"), {"tu-khoa": f"http://127.0.0.1:8000/tc/{token}/"})
    assert searched.url == answer.url
    return answer.url


def test_the_slip_opens_the_page_where_the_papers_are_taken_in_and_later_the_dossier(client, clerk):
    dossier = paused(PauseKind.SUPPLEMENT)
    request = dossier.supplement_requests.get()
    assert scanned(client, request) == address("accept_supplement", dossier)

    lifecycle.accept_supplement(dossier, by=clerk, at=MONDAY)
    assert scanned(client, request) == dossier.get_absolute_url()
