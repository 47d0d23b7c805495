"""Three matters on their whole way, and the control slip of each as an inspector holds it in his hand."""

import subprocess
from datetime import date

import pytest

from dossiers import lifecycle
from dossiers.models import Dossier, SignOffKind
from dossiers.signed_files import examine
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk, make_dossier, make_version
from onestop.demo.signing import new_authority, sign_pdf
from onestop.history.verify import first_problem
from onestop.inspection.tests import makers as make
from onestop.staff import absence
from onestop.staff.roles import Role
from onestop.testing import NAMES, make_user
from onestop.vault import files

pytestmark = pytest.mark.django_db
DEPUTY = {"full_name": "Lý Minh Tú", "job_title": "Phó Chủ tịch"}


@pytest.fixture
def printed(client):
    """The words of a dossier's printed control slip, in the order of reading."""
    client.force_login(make_user(Role.AUDITOR))

    def words(dossier: Dossier) -> str:
        paper = client.get(f"/ho-so/{dossier.code}/phieu-kiem-soat/in/").content
        text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=paper, capture_output=True, check=True).stdout.decode()
        return " ".join(text.split())

    return words


def test_a_visit_to_the_field_with_a_question_a_supplement_an_absence_and_a_deputy(printed):
    clerk, first, second = make_clerk(), make_user(Role.SPECIALIST, full_name="Sơn Thái Vinh"), make_user(Role.SPECIALIST)
    manager, deputy = make_user(Role.MANAGER), make_user(Role.LEADER, **DEPUTY)
    dossier = make_dossier(version=make_version("1.000888", value=10))
    dossier = lifecycle.hand_over(dossier, to=first, by=clerk, at=local("2026-11-20 10:00"))
    dossier = lifecycle.take_over(dossier, by=first, at=local("2026-11-20 10:05"))
    sent = lifecycle.Sent("consult", "Ranh giới thửa đất?", 3, "working_day", other_name="Chi nhánh Văn phòng Đăng ký đất đai")
    row = lifecycle.consult(dossier, sent, by=first, at=local("2026-11-23 09:00"))
    lifecycle.remind(row, how="phone", by=first, at=local("2026-11-27 09:00"))
    lifecycle.record_answer(row, lifecycle.Came(local("2026-11-30 15:00"), "Không tranh chấp."), by=first, at=local("2026-11-30 15:10"))
    dossier = lifecycle.ask_for_supplement(
        Dossier.objects.get(),
        items=["Sơ đồ thửa đất"],
        reason="Cơ quan đất đai yêu cầu.",
        answer_by=date(2026, 12, 15),
        by=first,
        at=local("2026-12-01 09:00"),
    )
    dossier = lifecycle.accept_supplement(dossier, by=clerk, at=local("2026-12-03 09:00"))
    days = {"first_day": date(2026, 12, 4), "last_day": date(2026, 12, 8)}
    absence.enter(first, **days, substitute=second, reason="Nghỉ ốm", by=manager, at=local("2026-12-04 07:30"))
    dossier = lifecycle.reassign(dossier, to=second, reason="Người thụ lý nghỉ ốm", by=manager, at=local("2026-12-04 08:00"))
    dossier = lifecycle.take_over(dossier, by=second, at=local("2026-12-04 08:10"))
    dossier = lifecycle.submit_for_sign_off(dossier, by=second, at=local("2026-12-08 09:00"))
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=deputy, by=deputy, at=local("2026-12-08 10:00"), doc_number="3")
    dossier = lifecycle.issue_result(dossier, by=clerk, at=local("2026-12-08 11:00"))
    dossier = lifecycle.return_result(dossier, collected_by="owner", name=dossier.applicant_name, by=clerk, at=local("2026-12-09 08:00"))

    assert (dossier.status, dossier.overdue_since, dossier.due_at) == (Status.RETURNED, None, local("2026-12-09 17:00"))
    words = printed(dossier)
    for told in (
        f"Mã hồ sơ: {dossier.code}",
        "2. Nhận: Sơn Thái Vinh",
        "10:05 ngày 20/11/2026",
        "2. Nhận: Chi nhánh Văn phòng Đăng ký đất đai",
        "1. Giao: Chi nhánh Văn phòng Đăng ký đất đai",
        "Người thụ lý nghỉ ốm",
        "08:10 ngày 04/12/2026",
        "2. Nhận: Lý Minh Tú, Phó Chủ tịch",
        "KT. CHỦ TỊCH – PHÓ CHỦ TỊCH",
        "Tạm dừng: chờ bổ sung giấy tờ từ 09:00 ngày 01/12/2026 đến 09:00 ngày 03/12/2026",
        "NGƯỜI ĐỨNG ĐẦU BỘ PHẬN",
    ):
        assert told in words
    assert first_problem() is None


def test_a_birth_registration_whose_result_a_ministry_prints(printed):
    clerk, head = make_clerk(), make_user(Role.HEAD)
    dossier = make_dossier(at=local("2026-11-20 08:00"))
    dossier = lifecycle.submit_for_sign_off(
        dossier, by=clerk, at=local("2026-11-20 08:30"), summary="Giấy khai sinh, in từ hệ thống hộ tịch"
    )
    dossier = lifecycle.sign_off(
        dossier,
        kind=SignOffKind.WET_INK,
        signer=head,
        by=head,
        signed_at=local("2026-11-20 08:40"),
        at=local("2026-11-20 11:00"),
        doc_number="77",
        doc_symbol="KS",
    )
    dossier = lifecycle.issue_result(dossier, by=clerk, at=local("2026-11-20 11:05"))

    result = dossier.results.get()
    assert (dossier.status, result.sha256, result.doc_number, result.doc_symbol) == (Status.RESULT_READY, "", "77", "KS")
    words = printed(dossier)
    assert "Đã ký tay" in words
    assert "ghi muộn lúc 11:00 ngày 20/11/2026" in words


def test_a_permit_of_ours_signed_on_the_leaders_own_computer(printed):
    at = local("2026-11-20 09:00")
    clerk, deputy = make_clerk(), make_user(Role.LEADER, full_name=NAMES[Role.LEADER], job_title="Phó Chủ tịch")
    draft = make.pdf(1)
    signed = sign_pdf(draft, new_authority(at=at).certify(deputy.full_name, "UBND xã Nghĩa Giang", at=at), at=at)
    dossier = make_dossier(at=local("2026-11-20 08:00"))
    dossier = lifecycle.submit_for_sign_off(
        dossier, by=clerk, at=local("2026-11-20 08:30"), sha256=files.store(draft), file_name="giay-phep.pdf"
    )
    files.store(signed)
    given = examine(signed, "giay-phep-da-ky.pdf", dossier.results.get())
    dossier = lifecycle.sign_off(dossier, kind=SignOffKind.DIGITAL, signer=deputy, by=deputy, at=at, signed_file=given)
    dossier = lifecycle.issue_result(dossier, by=clerk, at=local("2026-11-20 09:30"), doc_number="5", doc_symbol="GP-UBND")

    signature = dossier.sign_offs.get()
    assert (signature.sha256, files.read(signature.sha256)) == (files.digest_of(signed), signed)
    words = printed(dossier)
    assert f"1. Giao: {deputy.full_name}, Phó Chủ tịch" in words
    assert first_problem() is None
