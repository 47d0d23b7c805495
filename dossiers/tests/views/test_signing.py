"""The leader's queue, his three ways, the archivist's record, and issuing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier, SignOff
from dossiers.statuses import Status
from dossiers.tests.makers import make_clerk, make_dossier
from dossiers.tests.views.makers import address, again
from onestop.staff.roles import Role
from onestop.testing import make_user
from onestop.vault import files

pytestmark = pytest.mark.django_db
PASSWORD = "mật khẩu của lãnh đạo 26"
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def leader(client):
    leader = make_user(Role.LEADER, password=PASSWORD)
    client.force_login(leader)
    return leader


def submitted(*, content: bytes = b"", at=None) -> Dossier:
    """A dossier before the leader, with a draft in a file or on paper."""
    at = at or timezone.now() - timedelta(hours=1)
    clerk = make_clerk()
    dossier = make_dossier(by=clerk, at=at)
    return lifecycle.submit_for_sign_off(
        dossier, by=clerk, at=at, summary="Trích lục khai sinh", sha256=files.store(content) if content else "", file_name="du-thao.pdf"
    )


def wet(dossier: Dossier, **fields) -> dict:
    now = timezone.localtime()
    shown = {"signed_on": f"{now:%d/%m/%Y}", "signed_time": f"{now:%H:%M}", "doc_number": "12", "doc_symbol": "TLKS"}
    return {"act": "wet", "revision": dossier.revision} | shown | fields


# -- the queue -------------------------------------------------------------------------------
def test_the_queue_says_how_many_wait_and_how_long(client, leader):
    now = timezone.now()
    first, second = submitted(at=now - timedelta(minutes=7, seconds=30)), submitted(at=now - timedelta(minutes=2))

    response = client.get(reverse("dossiers:sign_queue"))

    assert [row["code"] for row in response.context["waiting"]] == [first.code, second.code]
    assert "2 hồ sơ chờ ký, lâu nhất 7 phút" in response.content.decode()


def test_what_is_signed_waits_below_for_its_number(client, leader):
    dossier = submitted()
    client.post(address("sign", dossier), wet(dossier))

    response = client.get(reverse("dossiers:sign_queue"))

    assert ([row[1] for row in response.context["signed"]], response.context["waiting"]) == ([dossier.code], [])


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.LEADER, 200),
        (Role.HEAD, 200),
        (Role.ARCHIVIST, 200),
        (Role.CLERK, 403),
        (Role.SPECIALIST, 403),
        (Role.MANAGER, 403),
        (Role.ADMIN, 403),
        (Role.PROVINCE, 403),
        (Role.AUDITOR, 403),
        (Role.HELPER, 403),
    ],
)
def test_queue_and_signing_are_for_signers_and_the_archivist(client, role, status):
    dossier = submitted()
    client.force_login(make_user(role))

    assert (client.get(reverse("dossiers:sign_queue")).status_code, client.get(address("sign", dossier)).status_code) == (status, status)


def test_the_cost_of_the_queue_does_not_depend_on_its_rows(client, leader, django_assert_max_num_queries):
    queue = reverse("dossiers:sign_queue")
    submitted()
    client.get(queue)
    with django_assert_max_num_queries(12) as one:
        client.get(queue)
    submitted(), submitted()
    with django_assert_max_num_queries(12) as three:
        client.get(queue)

    assert len(three) == len(one)


# -- by hand ---------------------------------------------------------------------------------
def test_a_signature_on_paper_is_recorded_with_number_and_time(client, leader):
    dossier = submitted()

    answer = client.post(address("sign", dossier), wet(dossier))

    signature = SignOff.objects.get()
    assert (answer.status_code, signature.kind, signature.signer, signature.recorded_by) == (303, "wet_ink", leader, leader)
    assert (signature.result.doc_number, signature.result.doc_symbol, again(dossier).status) == ("12", "TLKS", Status.PROCESSING)


def test_signed_and_issued_in_one_go(client, leader):
    dossier = submitted()

    client.post(address("sign", dossier), wet(dossier, issue_now="on"))

    assert (again(dossier).status, again(dossier).outcome) == (Status.RESULT_READY, "granted")


def test_sent_twice_it_is_signed_once_and_says_so(client, leader):
    dossier = submitted()
    form = wet(dossier, issue_now="on")
    client.post(address("sign", dossier), form)

    answer = client.post(address("sign", dossier), form)

    assert (answer.status_code, SignOff.objects.count()) == (409, 1)
    assert answer.context["problem"].startswith("Việc này đã xong lúc")


def test_the_minute_of_the_receipt_is_not_before_the_receipt(client, leader):
    now = timezone.now()
    dossier = submitted(at=now)

    client.post(address("sign", dossier), wet(dossier))

    assert SignOff.objects.get().signed_at >= dossier.received_at


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"signed_on": "01/01/2020"}, "Giờ ký phải sau lúc tiếp nhận và không ở tương lai."),
        ({"signed_on": "01/01/2090"}, "Giờ ký phải sau lúc tiếp nhận và không ở tương lai."),
        ({"signed_on": "31/02/2026"}, "Nhập ngày dạng ngày/tháng/năm, ví dụ 27/3/1985"),
        ({"signed_time": "25:00"}, "Nhập giờ dạng giờ:phút, ví dụ 08:30"),
        ({"signed_time": ""}, "Nhập giờ dạng giờ:phút, ví dụ 08:30"),
    ],
)
def test_an_impossible_time_is_refused_and_what_was_typed_stays(client, leader, fields, sentence):
    dossier = submitted()

    answer = client.post(address("sign", dossier), wet(dossier, doc_number="345", **fields))

    assert (answer.status_code, sentence in answer.content.decode(), 'value="345"' in answer.content.decode()) == (422, True, True)
    assert SignOff.objects.count() == 0


@pytest.mark.parametrize("typed", ["8:05", "08h05", "8 giờ 05", "8g05 phút"])
def test_a_time_is_read_as_it_is_written_here(client, leader, typed):
    dossier = submitted(at=timezone.now() - timedelta(days=3))
    yesterday = timezone.localtime() - timedelta(days=1)

    client.post(address("sign", dossier), wet(dossier, signed_on=f"{yesterday:%d/%m/%Y}", signed_time=typed))

    assert f"{timezone.localtime(SignOff.objects.get().signed_at):%H:%M}" == "08:05"


def test_the_archivist_records_it_for_the_leader_who_signed(client):
    leader, archivist = make_user(Role.LEADER), make_user(Role.ARCHIVIST)
    dossier = submitted()
    client.force_login(archivist)

    missing = client.post(address("sign", dossier), wet(dossier))
    client.post(address("sign", dossier), wet(dossier, signer=leader.pk))

    assert (missing.status_code, missing.context["form"].errors["signer"]) == (422, ["Chọn người ký"])
    assert (SignOff.objects.get().signer, SignOff.objects.get().recorded_by) == (leader, archivist)


def test_only_people_who_sign_for_this_agency_can_be_chosen(client):
    archivist, clerk = make_user(Role.ARCHIVIST), make_clerk()
    dossier = submitted()
    client.force_login(archivist)

    answer = client.post(address("sign", dossier), wet(dossier, signer=clerk.pk))

    assert (answer.status_code, SignOff.objects.count()) == (422, 0)


# -- in the system ---------------------------------------------------------------------------
def in_system(dossier: Dossier, **fields) -> dict:
    return {"act": "system", "revision": dossier.revision, "password": PASSWORD, "sha256": dossier.results.get().sha256} | fields


def test_the_leader_signs_the_bytes_he_saw_with_his_password(client, leader):
    dossier = submitted(content=PDF)
    page = client.get(address("sign", dossier)).content.decode()

    client.post(address("sign", dossier), in_system(dossier))

    signature = SignOff.objects.get()
    assert (signature.kind, signature.signer, files.read(signature.sha256)) == ("in_system", leader, PDF)
    assert (signature.sha256 in page, f"{reverse('dossiers:draft_file', args=[dossier.code, 1])}?xem=1" in page) == (True, True)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"password": "sai mật khẩu rồi"}, "Mật khẩu không đúng"),
        ({"password": ""}, "Nhập mật khẩu để ký duyệt"),
        ({"sha256": "0" * 64}, "Dự thảo đã thay đổi sau khi mở. Mở lại bản mới rồi ký."),
        ({"sha256": ""}, "Dự thảo đã thay đổi sau khi mở. Mở lại bản mới rồi ký."),
    ],
)
def test_without_password_or_with_other_bytes_nothing_is_signed(client, leader, fields, sentence):
    dossier = submitted(content=PDF)

    answer = client.post(address("sign", dossier), in_system(dossier, **fields))

    assert (answer.status_code, sentence in answer.content.decode(), SignOff.objects.count()) == (422, True, 0)
    assert PASSWORD not in answer.content.decode()


def test_a_paper_without_a_file_cannot_be_signed_in_the_system(client, leader):
    dossier = submitted()

    answer = client.post(address("sign", dossier), in_system(dossier))

    assert (answer.status_code, SignOff.objects.count()) == (422, 0)


def test_the_archivist_signs_nothing_in_the_system(client):
    dossier = submitted(content=PDF)
    client.force_login(make_user(Role.ARCHIVIST, password=PASSWORD))

    answer = client.post(address("sign", dossier), in_system(dossier))

    assert (answer.status_code, SignOff.objects.count()) == (422, 0)


# -- back, and on ----------------------------------------------------------------------------
def test_sent_back_it_is_with_the_drafter_again_with_the_reason(client, leader):
    dossier = submitted()

    answer = client.post(address("sign", dossier), {"act": "back", "reason": "Sai ngày sinh", "revision": dossier.revision})

    assert (answer.status_code, again(dossier).status, again(dossier).holder) == (303, Status.PROCESSING, make_clerk())
    assert again(dossier).send_backs.get().reason == "Sai ngày sinh"


def test_sending_back_needs_a_reason(client, leader):
    dossier = submitted()

    answer = client.post(address("sign", dossier), {"act": "back", "reason": " ", "revision": dossier.revision})

    assert (answer.status_code, again(dossier).status) == (422, Status.AWAITING_SIGNATURE)
    assert "Ghi lý do trả lại, để người soạn biết sửa gì" in answer.content.decode()


def test_the_archivist_gives_number_and_symbol_and_issues(client, leader):
    dossier = submitted(content=PDF)
    client.post(address("sign", dossier), in_system(dossier))
    client.force_login(make_user(Role.ARCHIVIST))
    signed = again(dossier)

    without = client.post(address("issue", dossier), {"revision": signed.revision})
    issued = client.post(address("issue", dossier), {"doc_number": "45", "doc_symbol": "UBND", "revision": signed.revision})

    assert (without.status_code, without.context["problem"]) == (422, "Nhập số văn bản trước khi phát hành.")
    assert (issued.status_code, again(dossier).status, again(dossier).results.get().doc_number) == (303, Status.RESULT_READY, "45")


def test_what_is_not_signed_is_not_issued(client):
    client.force_login(make_user(Role.ARCHIVIST))

    answer = client.get(address("issue", make_dossier(status=Status.PROCESSING)))

    assert (answer.status_code, answer.context["problem"]) == (409, "Chưa ký thì chưa phát hành được.")
