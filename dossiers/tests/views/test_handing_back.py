"""Giving out results, taking back faulty ones, amending, voiding, new slips."""

import pytest
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier
from dossiers.statuses import Status
from dossiers.tests.makers import make_clerk, make_dossier
from dossiers.tests.views.makers import address, again
from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = pytest.mark.django_db


# -- the result ------------------------------------------------------------------------------
def returned(dossier: Dossier, **fields) -> dict:
    return {"collected_by": "owner", "name": "Thạch Thị Sóc Kha", "revision": dossier.revision} | fields


def test_the_owner_takes_his_result_and_is_told_how_to_rate_the_service(client, clerk):
    dossier = make_dossier(status=Status.RESULT_READY)

    answer = client.post(address("give_back", dossier), returned(dossier), follow=True)

    assert (answer.redirect_chain, again(dossier).status) == ([(dossier.get_absolute_url(), 303)], Status.RETURNED)
    assert "đánh giá việc phục vụ bằng mã QR trên giấy hẹn" in answer.content.decode()


def test_the_form_proposes_the_owner(client, clerk):
    dossier = make_dossier(status=Status.RESULT_READY)

    assert 'value="Thạch Thị Sóc Kha"' in client.get(address("give_back", dossier)).content.decode()


@pytest.mark.parametrize(
    ("fields", "box", "sentence"),
    [
        ({"collected_by": "authorised"}, "authorisation", "Người nhận thay cần giấy ủy quyền. Ghi số, ngày của giấy"),
        ({"slip_lost": "on"}, "note", "Mất giấy hẹn: ghi chú đã đối chiếu giấy tờ nào"),
        ({"name": "A1"}, "name", "Họ và tên không có chữ số. Kiểm tra lại"),
        ({"personal_id": "123"}, "personal_id", "Số định danh có 12 chữ số (đang có 3 chữ số)"),
        ({"collected_by": "ai đó"}, "collected_by", None),
    ],
)
def test_what_is_missing_is_said_at_its_box_and_nothing_is_given_out(client, clerk, fields, box, sentence):
    dossier = make_dossier(status=Status.RESULT_READY)

    answer = client.post(address("give_back", dossier), returned(dossier, **fields))

    errors = answer.context["form"].errors
    assert (answer.status_code, list(errors), again(dossier).status) == (422, [box], Status.RESULT_READY)
    assert sentence is None or errors[box] == [sentence]


def test_an_authorised_person_takes_it_with_his_paper(client, clerk):
    dossier = make_dossier(status=Status.RESULT_READY)

    client.post(
        address("give_back", dossier), returned(dossier, collected_by="authorised", name="Sơn Văn Phước", authorisation="số 5, 20/11/2026")
    )

    handed = again(dossier).returns.get()
    assert (handed.name, handed.authorisation) == ("Sơn Văn Phước", "số 5, 20/11/2026")


def test_given_out_twice_it_says_that_it_was_done(client, clerk):
    dossier = make_dossier(status=Status.RESULT_READY)
    client.post(address("give_back", dossier), returned(dossier))

    answer = client.post(address("give_back", dossier), returned(dossier))

    assert (answer.status_code, again(dossier).returns.count()) == (409, 1)
    assert answer.context["problem"].startswith("Việc này đã xong lúc")


def test_a_faulty_result_goes_back_to_whoever_drafted_it(client, clerk):
    dossier = make_dossier(status=Status.RETURNED)

    client.post(address("correct", dossier), {"words": "Sai năm sinh", "revision": dossier.revision})

    assert (again(dossier).status, again(dossier).corrections.get().words) == (Status.PROCESSING, "Sai năm sinh")
    assert again(dossier).holder == dossier.results.get().drafted_by


# -- mending ---------------------------------------------------------------------------------
def amended(dossier: Dossier, **fields) -> dict:
    filer = dossier.parties.get(role="filer")
    stored = {name: getattr(filer, name) for name in ("phone", "phone_owner", "email", "address")}
    return stored | {"delivery": "desk", "delivery_address": "", "staff_note": "", "revision": dossier.revision} | fields


def test_a_telephone_is_mended(client, clerk):
    dossier = make_dossier()

    answer = client.post(address("amend", dossier), amended(dossier, phone="0912 345 678"))

    assert (answer.status_code, again(dossier).parties.get(role="filer").phone) == (303, "0912345678")


def test_after_the_hand_over_mending_needs_a_reason(client, clerk):
    dossier = make_dossier(status=Status.PROCESSING)

    without = client.post(address("amend", dossier), amended(dossier, phone="0912345678"))
    client.post(address("amend", dossier), amended(dossier, phone="0912345678", reason="Gõ nhầm số"))

    assert (without.status_code, without.context["problem"]) == (422, "Hồ sơ đã bàn giao: ghi lý do sửa.")
    assert again(dossier).parties.get(role="filer").phone == "0912345678"


def test_nothing_changed_is_nothing_to_save(client, clerk):
    dossier = make_dossier()

    answer = client.post(address("amend", dossier), amended(dossier))

    assert (answer.status_code, answer.context["problem"], again(dossier).revision) == (422, "Không có gì để sửa.", 1)


def test_post_needs_an_address(client, clerk):
    dossier = make_dossier()

    answer = client.post(address("amend", dossier), amended(dossier, delivery="post"))

    assert answer.context["form"].errors == {"delivery_address": ["Nhập người nhận, địa chỉ và điện thoại để gửi bưu điện"]}


def test_the_second_of_two_clerks_sees_both_versions_and_may_then_save(client, clerk):
    dossier = make_dossier()
    first, second = amended(dossier, phone="0911111111"), amended(dossier, phone="0922222222")
    client.post(address("amend", dossier), first)

    told = client.post(address("amend", dossier), second)
    page = told.content.decode()
    saved = client.post(address("amend", dossier), second | {"revision": told.context["revision"]})

    assert (told.status_code, told.context["problem"].startswith(f"Hồ sơ vừa được {clerk.full_name} cập nhật lúc")) == (409, True)
    assert ('value="0922222222"' in page, "Hiện đang ghi: 0911111111" in page) == (True, True)
    assert (saved.status_code, again(dossier).parties.get(role="filer").phone) == (303, "0922222222")


def test_the_other_version_is_shown_as_text_whatever_stands_in_it(client, clerk):
    dossier = make_dossier()
    client.post(address("amend", dossier), amended(dossier, staff_note="<b>x</b>"))

    page = client.post(address("amend", dossier), amended(dossier, staff_note="y")).content.decode()

    assert ("<b>x</b>" in page, "Hiện đang ghi: &lt;b&gt;x&lt;/b&gt;" in page) == (False, True)


# -- void and new slip -----------------------------------------------------------------------
def test_a_manager_voids_a_dossier_entered_by_mistake(client):
    dossier = make_dossier()
    client.force_login(make_user(Role.MANAGER))

    client.post(address("void", dossier), {"reason": "Nhập trùng", "revision": 1})
    after = client.get(address("hand_over", dossier))

    assert (again(dossier).void_reason, after.status_code, after.context["problem"]) == ("Nhập trùng", 409, "Hồ sơ này đã hủy.")


def test_a_lost_slip_is_replaced_and_goes_to_the_printer(client, clerk):
    dossier = make_dossier()
    old = dossier.token_digest

    answer = client.post(address("new_secret", dossier), {"revision": 1})
    page = client.get(answer.url).content.decode()

    assert (answer.url, again(dossier).token_digest == old) == (f"{dossier.get_absolute_url()}?in=1", False)
    assert (page.count("data-print"), page.count("Đã thay bằng phiếu lần 2")) == (1, 1)


def test_where_no_slip_was_printed_the_first_one_is_offered(client, clerk):
    dossier = make_dossier()
    dossier.issued_papers.update(voided_at=timezone.now())

    assert "Cấp giấy hẹn" in [step.words for step in client.get(dossier.get_absolute_url()).context["others"]]
    assert client.get(address("new_secret", dossier)).context["title"] == "Cấp giấy hẹn"


# -- who may -----------------------------------------------------------------------------------
DESK = {Role.CLERK, Role.MANAGER}
ALLOWED = {
    "hand_over": DESK | {Role.SPECIALIST},
    "take_over": DESK | {Role.SPECIALIST},
    "submit": DESK | {Role.SPECIALIST},
    "issue": DESK | {Role.SPECIALIST, Role.LEADER, Role.HEAD, Role.ARCHIVIST},
    "give_back": DESK,
    "post": DESK,
    "delivered": DESK,
    "parcel_back": DESK,
    "correct": DESK,
    "amend": DESK,
    "void": {Role.MANAGER, Role.HEAD},
    "new_secret": DESK,
}


@pytest.mark.parametrize("name", ALLOWED)
def test_each_act_is_open_to_its_roles_only(client, name):
    dossier = make_dossier()
    opened = set()
    for role in Role:
        client.force_login(make_user(role))
        answers = {client.get(address(name, dossier)).status_code, client.post(address(name, dossier), {"revision": 1}).status_code}
        if answers != {403}:
            opened.add(role)
        assert answers == {403} or 403 not in answers
        if again(dossier).voided_at or again(dossier).revision != 1:
            dossier = make_dossier()

    assert opened == ALLOWED[name]


# -- what to do next -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "status", "words"),
    [
        (Role.CLERK, Status.RECEIVED, "Bàn giao"),
        (Role.MANAGER, Status.PROCESSING, "Trình ký"),
        (Role.LEADER, Status.AWAITING_SIGNATURE, "Xem và ký"),
        (Role.ARCHIVIST, Status.AWAITING_SIGNATURE, "Xem và ký"),
        (Role.CLERK, Status.RESULT_READY, "Trả kết quả"),
        (Role.SPECIALIST, Status.RECEIVED, None),
        (Role.CLERK, Status.AWAITING_SIGNATURE, None),
        (Role.AUDITOR, Status.RECEIVED, None),
        (Role.CLERK, Status.RETURNED, None),
    ],
)
def test_each_role_is_offered_one_main_act(client, role, status, words):
    clerk = make_clerk()
    dossier = make_dossier(by=clerk, status=status)
    client.force_login(clerk if role == Role.CLERK else make_user(role))

    main = client.get(dossier.get_absolute_url()).context["main"]

    assert (main.words if main else None) == words


def test_the_receiver_is_first_asked_to_confirm(client):
    specialist = make_user(Role.SPECIALIST)
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=timezone.now())
    client.force_login(specialist)

    assert client.get(dossier.get_absolute_url()).context["main"].words == "Nhận hồ sơ"


def test_what_is_to_be_returned_today_is_put_before_the_leader_at_once(client):
    clerk = make_clerk()
    dossier = make_dossier(by=clerk)
    Dossier.objects.filter(pk=dossier.pk).update(due_at=dossier.received_at)
    client.force_login(clerk)

    assert client.get(dossier.get_absolute_url()).context["main"].words == "Trình ký"
