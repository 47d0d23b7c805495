"""Numbers struck out, papers refused, receipts cancelled."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from dossiers import lifecycle
from dossiers.certification.session import Payment
from dossiers.certification.tests.makers import (
    MORNING,
    certified,
    copy,
    entries_of,
    make_catalogue,
    make_head,
    make_session,
    signature,
)
from dossiers.lifecycle import AlreadyDone, RefusedLine
from dossiers.models import CertificationReceipt, Dossier, Refusal
from dossiers.statuses import NotAllowed
from dossiers.tests.makers import make_clerk
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(hours=1)


def void(entry, **fields):
    return lifecycle.void_entry(entry, **({"reason": "ghi nhầm số trang", "by": make_clerk(), "at": LATER} | fields))


def receipts_of(dossier: Dossier) -> list[tuple]:
    rows = dossier.certification_receipts.order_by("id")
    return [(row.number, row.amount, row.cancelled_at is not None) for row in rows]


def typed_receipts() -> None:
    head = make_head()
    lifecycle.change_certification_setting(head.agency, {"receipt_numbers": "typed"}, by=head, at=MORNING)


# -- struck out ----------------------------------------------------------------------------


def test_a_spoilt_line_stays_in_its_book_with_reason_and_its_number_is_not_used_again():
    dossier = certified(copy(), copy("Học bạ"))
    struck = void(entries_of(dossier)[0])
    assert (struck.number, struck.voided_at, struck.void_reason) == (1, LATER, "ghi nhầm số trang")
    assert entries_of(certified())[0].number == 3
    assert first_problem() is None


def test_the_receipt_follows_the_sum():
    dossier = certified(copy(copies=3), copy("Học bạ"))
    void(entries_of(dossier)[0])
    assert receipts_of(dossier) == [("0000001", 8_000, True), ("0000002", 2_000, False)]
    assert CertificationReceipt.objects.get(number="0000002").replaces.number == "0000001"


def test_with_its_last_line_the_session_is_void():
    dossier = certified()
    void(entries_of(dossier)[0])
    dossier.refresh_from_db()
    assert (dossier.voided_at, dossier.void_reason) == (LATER, "ghi nhầm số trang")
    assert receipts_of(dossier) == [("0000001", 2_000, True)]


def test_nothing_is_cancelled_that_was_not_paid():
    dossier = certified(copy(), copy(), payment=Payment("later"))
    void(entries_of(dossier)[0])
    assert receipts_of(dossier) == []


def test_what_is_struck_out_is_not_signed():
    dossier = certified(copy(), copy("Học bạ"))
    void(entries_of(dossier)[0])
    head = make_head()
    lifecycle.sign_certifications(dossier, signer=head, by=head, at=LATER, no_interest=True)
    assert [entry.signed_at for entry in entries_of(dossier)] == [None, LATER]


def test_a_signed_number_is_never_struck_out():
    dossier, head = certified(), make_head()
    lifecycle.sign_certifications(dossier, signer=head, by=head, at=LATER, no_interest=True)
    with pytest.raises(NotAllowed, match="đang ở bước"):
        void(entries_of(dossier)[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        dossier.certification_entries.update(voided_at=LATER, voided_by=head, void_reason="lén hủy")


def test_a_number_is_struck_out_once_and_with_a_reason():
    first, _ = entries_of(certified(copy(), copy()))
    with pytest.raises(NotAllowed, match="Ghi lý do"):
        void(first, reason="")
    void(first)
    with pytest.raises(AlreadyDone):
        void(first)


def test_a_leader_strikes_nothing_out():
    with pytest.raises(NotAllowed, match="Vai trò"):
        void(entries_of(certified())[0], by=make_user(Role.LEADER))


# -- refused ---------------------------------------------------------------------------------


def test_a_numbered_paper_refused_is_struck_out_and_answered_in_writing():
    dossier = certified(copy("Bằng cấp 3"), copy("Học bạ"))
    entry = entries_of(dossier)[0]
    refusal = lifecycle.refuse_entry(entry, ground="K1", words="Năm sinh bị sửa", by=make_clerk(), at=LATER)
    entry.refresh_from_db()
    assert (entry.refusal_ground, entry.refusal, entry.void_reason) == (
        "K1",
        refusal,
        "Từ chối chứng thực: Bị tẩy xóa, sửa chữa, thêm bớt không hợp lệ",
    )
    assert (refusal.ground, refusal.reason) == (
        "NĐ 23/2015 Đ.22 khoản 1",
        "Bị tẩy xóa, sửa chữa, thêm bớt không hợp lệ. Năm sinh bị sửa",
    )
    assert refusal.issued_papers.count() == 1
    assert receipts_of(dossier)[-1] == ("0000002", 2_000, False)
    assert first_problem() is None


def refuse(**fields) -> Refusal:
    make_catalogue()
    values = {"submission_key": uuid4(), "work": "signature", "paper_name": "Giấy ủy quyền bán đất", "ground": "C4"}
    refused = RefusedLine(**(values | {"applicant": make_session().filer} | fields))
    return lifecycle.refuse_line(refused, by=make_clerk(), at=LATER)


def test_a_paper_refused_before_its_number_takes_none():
    refusal = refuse()
    assert refusal.guidance == "Hướng dẫn lập giao dịch ủy quyền và chứng thực theo thủ tục chứng thực giao dịch"
    assert refusal.version.procedure.code == "2.000884"
    assert entries_of(certified(signature()))[0].number == 1


def test_refused_twice_by_one_form_is_refused_once():
    key = uuid4()
    assert refuse(submission_key=key).pk == refuse(submission_key=key).pk


def test_a_ground_of_other_work_is_no_ground():
    with pytest.raises(NotAllowed, match="Chọn căn cứ"):
        refuse(ground="K1")


# -- receipts -----------------------------------------------------------------------------------


def test_a_wrong_receipt_is_cancelled_and_replaced():
    dossier = certified(copy(copies=3))
    new = lifecycle.cancel_receipt(
        dossier.certification_receipts.get(), reason="in hỏng", by=make_clerk(), at=LATER, payment=Payment("transfer")
    )
    assert receipts_of(dossier) == [("0000001", 6_000, True), ("0000002", 6_000, False)]
    assert (new.paid_by, new.replaces.cancel_reason) == ("transfer", "in hỏng")
    assert first_problem() is None


def test_a_receipt_is_cancelled_once_and_with_a_reason():
    receipt = certified().certification_receipts.get()
    with pytest.raises(NotAllowed, match="Ghi lý do"):
        lifecycle.cancel_receipt(receipt, reason="", by=make_clerk(), at=LATER)
    lifecycle.cancel_receipt(receipt, reason="in hỏng", by=make_clerk(), at=LATER)
    with pytest.raises(AlreadyDone):
        lifecycle.cancel_receipt(receipt, reason="in hỏng", by=make_clerk(), at=LATER)


def test_a_session_has_one_valid_receipt():
    receipt = certified().certification_receipts.get()
    receipt.pk, receipt.number = None, "0000099"
    with pytest.raises(IntegrityError), transaction.atomic():
        receipt.save(force_insert=True)


def test_numbers_of_paper_receipts_are_typed():
    typed_receipts()
    with pytest.raises(NotAllowed, match="Ghi số biên lai"):
        certified()
    dossier = certified(payment=Payment("cash", "AA/2026", "0012345"))
    assert str(dossier.certification_receipts.get()) == "AA/2026 0012345"


def test_a_paper_receipt_is_used_once():
    typed_receipts()
    payment = Payment("cash", "AA/2026", "0012345")
    certified(payment=payment)
    with pytest.raises(NotAllowed, match="AA/2026 số 0012345 đã dùng"):
        certified(payment=payment)
    assert Dossier.objects.count() == 1


def test_numbers_that_the_system_gives_are_not_typed():
    with pytest.raises(NotAllowed, match="không ghi tay"):
        certified(payment=Payment("cash", number="0000007"))


def test_a_free_visit_has_no_receipt_to_number():
    typed_receipts()
    lifecycle.change_certification_setting(
        make_clerk().agency,
        {"rates": [{"key": "copy_p12", "amount": 0, "valid_from": "2026-01-01", "source": "NQ thử"}]},
        by=make_head(),
        at=MORNING,
    )
    assert certified(copy(pages=2)).certification_receipts.count() == 0
