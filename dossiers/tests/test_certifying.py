"""A certification session from the counter to the hand; each test names one rule."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models.query import QuerySet
from django.urls import reverse

from dossiers import lifecycle
from dossiers.certification.kinds import LANE
from dossiers.certification.session import Payment, Prolongation
from dossiers.certification.tests.makers import (
    MORNING,
    certified,
    contract,
    copy,
    entries_of,
    make_catalogue,
    make_head,
    make_session,
    signature,
    translation,
)
from dossiers.issuing import printed_slip
from dossiers.lifecycle import certifying
from dossiers.models import CertificationEntry, CertificationReceipt, Dossier, DossierFee, NumberCounter, RegisterEntry
from dossiers.rules import acts_for, session_acts_for
from dossiers.statuses import Act, NotAllowed, Status
from dossiers.tests.makers import local, make_clerk, make_dossier
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.staff.signing import delegate
from onestop.testing import make_agency, make_user
from procedures.models import ProcedureVersion

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(hours=1)


def sign(dossier: Dossier, signer: User | None = None, **fields) -> Dossier:
    signer = signer or make_head()
    return lifecycle.sign_certifications(dossier, signer=signer, **({"by": signer, "at": LATER, "no_interest": True} | fields))


def events_of(dossier: Dossier) -> list[str]:
    return list(Event.objects.filter(subject=f"dossier:{dossier.pk}").order_by("seq").values_list("act", flat=True))


# -- taken in --------------------------------------------------------------------------------


def test_a_sum_that_no_receipt_can_hold_is_refused_before_a_number_is_drawn():
    manager = make_user(Role.MANAGER)
    setting = {"print_cost_per_page": 1_000_000, "print_cost_source": "QĐ của UBND tỉnh"}
    lifecycle.change_certification_setting(manager.agency, setting, by=manager, at=MORNING)

    with pytest.raises(NotAllowed, match="lớn quá"):
        certified(copy(printed_pages=1_000_000), by=make_clerk(manager.agency))

    assert not NumberCounter.objects.exists()


def test_two_papers_and_five_copies_are_two_numbers_one_fee_one_receipt_and_no_slip():
    dossier = certified(copy("Bằng tốt nghiệp", pages=2, copies=3), copy("Học bạ", pages=12, copies=2))
    assert [str(entry) for entry in entries_of(dossier)] == ["01, quyển số 01/2026-SCT/BS", "02, quyển số 01/2026-SCT/BS"]
    assert [entry.fee for entry in entries_of(dossier)] == [12_000, 28_000]  # 3 × 4.000; 2 × (4.000 + 10 × 1.000)
    receipt = dossier.certification_receipts.get()
    assert (str(receipt), receipt.amount, receipt.paid_by) == ("CT 0000001", 40_000, "cash")
    assert dossier.issued_papers.count() == 0
    assert (dossier.status, dossier.lane, dossier.due_at) == (Status.RECEIVED, LANE, local("2026-11-20 17:00"))


def test_a_session_stands_in_its_own_books_not_in_the_register():
    dossier = certified()
    assert RegisterEntry.objects.filter(dossier=dossier).exists() is False
    assert DossierFee.objects.filter(dossier=dossier).exists() is False
    assert events_of(dossier) == ["certify"]
    assert first_problem() is None


def test_each_kind_of_work_has_its_book_and_the_numbers_run_in_each():
    first = certified(signature(), copy(), contract(), translation())
    second = certified(copy(), signature(), copy())
    assert [(entry.book, entry.number, entry.symbol) for entry in entries_of(first)] == [
        ("CK", 1, "SCT/CK,ĐC"),
        ("BS", 1, "SCT/BS"),
        ("GD", 1, "SCT/HĐ,GD"),
        ("ND", 1, "SCT/CKND"),
    ]
    assert [(entry.book, entry.number) for entry in entries_of(second)] == [("BS", 2), ("CK", 2), ("BS", 3)]


def test_books_are_drawn_in_one_order_whatever_the_lines(monkeypatch):
    drawn = []
    take = certifying.numbering.take_several
    monkeypatch.setattr(certifying.numbering, "take_several", lambda agency, book, count: drawn.append(book) or take(agency, book, count))
    certified(contract(), translation(), signature(), copy())
    assert drawn == ["cert:BS:2026", "cert:CK:2026", "cert:ND:2026", "cert:GD:2026"]


def test_communes_number_for_themselves():
    here = certified()
    there = certified(by=make_clerk(make_agency("H61.27", "Trà Kha")))
    assert [entries_of(dossier)[0].number for dossier in (here, there)] == [1, 1]


def test_an_entry_keeps_what_the_book_asks_for():
    (entry,) = entries_of(certified(signature("Giấy cam kết", others="Lâm Thị Hoa", interpreter="Sơn Hà")))
    assert (entry.applicant_name, entry.identity) == ("Thạch Thị Sóc Kha", "sinh 1985, 000185006123, Ấp Trà Kha")
    assert (entry.others, entry.interpreter, entry.signed_before_me, entry.fee_basis) == (
        "Lâm Thị Hoa",
        "Sơn Hà",
        True,
        "TT 226/2016/TT-BTC; trang 2.000884, 2.001008",
    )


def test_a_copy_asks_nobody_for_his_papers():
    (entry,) = entries_of(certified(copy()))
    assert entry.identity == ""


def test_the_first_line_pins_the_dossier_and_each_line_its_own_procedure():
    dossier = certified(signature(), copy())
    assert dossier.version.procedure.code == "2.000884"
    assert [entry.version.procedure.code for entry in entries_of(dossier)] == ["2.000884", "2.000815"]


def test_the_same_form_sent_twice_is_one_session():
    make_catalogue()
    session, clerk = make_session(copy(), signature()), make_clerk()
    first = lifecycle.certify(session, by=clerk, at=MORNING)
    assert lifecycle.certify(session, by=clerk, at=LATER).pk == first.pk
    assert CertificationEntry.objects.count() == 2
    assert NumberCounter.objects.get(book="cert:BS:2026").last == 1


def test_nobody_but_the_desk_certifies():
    make_catalogue()
    with pytest.raises(NotAllowed, match="Chỉ công chức tiếp nhận"):
        lifecycle.certify(make_session(), by=make_user(Role.SPECIALIST), at=MORNING)


def test_every_reason_is_said_at_once_and_nothing_is_numbered():
    with pytest.raises(NotAllowed, match=r"Số trang từ 1 .*; Không chứng thực được: Bị tẩy xóa"):
        certified(copy(pages=0), copy(paper_kind="tx"))
    assert NumberCounter.objects.count() == 0


def test_a_procedure_that_the_catalogue_does_not_receive_is_named():
    make_catalogue()
    ProcedureVersion.objects.filter(procedure__code="2.001008").update(receivable=False, not_receivable_reason="chưa có cộng tác viên")
    with pytest.raises(NotAllowed, match="2.001008: chưa có cộng tác viên"):
        certified(translation())


def test_a_procedure_that_is_not_in_the_catalogue_is_named():
    make_catalogue()
    with pytest.raises(NotAllowed, match="chưa có thủ tục 2.000992"):
        certified(replace(translation(), procedure="2.000992"))


def test_an_exempt_deal_costs_nothing_and_says_why():
    dossier = certified(contract("Hợp đồng thế chấp", exempt="nd55"))
    (entry,) = entries_of(dossier)
    assert (entry.fee_full, entry.fee, entry.exempt_ground) == (50_000, 0, "nd55")
    assert dossier.certification_receipts.count() == 0


def test_events_hold_no_personal_data():
    dossier = certified(signature(others="Lâm Thị Hoa"))
    lifecycle.return_certifications(sign(dossier), by=make_clerk(), at=LATER)
    written = " ".join(Event.objects.values_list("data", flat=True))
    assert [text for text in ("Thạch", "000185006123", "Trà Kha", "Lâm", "lý lịch") if text in written] == []


# -- neither a number without a line nor a line without a number --------------------------------


@pytest.mark.parametrize("broken", ["take_receipt", "promise_row", "record"])
def test_a_crash_in_the_middle_leaves_nothing(monkeypatch, broken):
    make_catalogue()
    make_clerk()

    def fail(*args, **kwargs):
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(certifying, broken, fail)
        with pytest.raises(RuntimeError):
            certified(copy(), signature())
    assert (Dossier.objects.count(), CertificationEntry.objects.count(), CertificationReceipt.objects.count()) == (0, 0, 0)
    assert [entry.number for entry in entries_of(certified(copy(), signature()))] == [1, 1]
    assert first_problem() is None


def test_the_database_refuses_the_same_number_twice():
    (entry,) = entries_of(certified())
    entry.pk, entry.position = None, 7
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)


@pytest.mark.parametrize(
    "change",
    [
        {"voided_at": MORNING},  # without a reason
        {"signed_at": MORNING},  # without a signer
        {"fee": 0},  # without a ground
        {"number": 0},
        {"compared": False},
        {"book": "XX"},
    ],
)
def test_the_database_refuses_what_no_book_may_say(change):
    certified()
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificationEntry.objects.update(**change)


def test_no_line_is_ever_deleted():
    certified()
    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet(CertificationEntry).delete()


# -- the year, the hour, the day -----------------------------------------------------------------


def test_at_midnight_the_new_years_books_begin():
    old = certified(copy(), at=local("2026-12-31 23:59:59"))
    new = certified(copy(), signature(), at=local("2027-01-01 00:00:00"))
    assert [(entry.year, entry.number) for entry in entries_of(old) + entries_of(new)] == [(2026, 1), (2027, 1), (2027, 1)]
    assert entries_of(new)[0].volume_words == "01/2027-SCT/BS"


def test_a_clock_set_back_does_not_turn_a_book_round():
    certified(at=LATER)
    (entry,) = entries_of(certified(at=MORNING))
    assert (entry.number, entry.entered_at) == (2, LATER)


@pytest.mark.parametrize(
    ("received", "due", "slips"),
    [
        ("2026-11-20 14:59:59", "2026-11-20 17:00", 0),
        ("2026-11-20 15:00:00", "2026-11-20 17:00", 0),
        ("2026-11-20 15:00:01", "2026-11-23 17:00", 1),
        ("2026-11-23 15:00:01", "2026-11-25 17:00", 1),  # 24/11 is off
        ("2026-11-21 09:00:00", "2026-11-23 17:00", 1),  # a desk that opens on a Saturday makes no working day
    ],
)
def test_same_day_until_three_oclock(received, due, slips):
    dossier = certified(at=local(received))
    assert dossier.due_at == local(due)
    assert dossier.issued_papers.filter(kind="receipt").count() == slips


@pytest.mark.parametrize(("days", "due"), [(1, "2026-11-23 17:00"), (2, "2026-11-25 17:00")])
def test_a_large_order_is_prolonged_with_a_slip(days, due):
    dossier = certified(copy(pages=130, copies=20), prolongation=Prolongation(days, "130 trang, 20 bản"))
    promise = dossier.appointments.get()
    assert (dossier.due_at, promise.reason) == (local(due), "Kéo dài theo NĐ 23/2015 Đ.21: 130 trang, 20 bản")
    assert dossier.issued_papers.count() == 1


def test_longer_only_by_written_agreement():
    wished = Prolongation(5, "600 trang")
    with pytest.raises(NotAllowed, match="thỏa thuận bằng văn bản"):
        certified(copy(pages=600), prolongation=wished)
    dossier = certified(copy(pages=600), prolongation=replace(wished, agreed_in_writing=True))
    assert dossier.due_at == local("2026-11-30 17:00")
    assert dossier.appointments.get().reason.endswith("có thỏa thuận bằng văn bản")


def test_a_deal_has_two_working_days_and_takes_the_visit_with_it():
    assert certified(copy(), contract()).due_at == local("2026-11-25 17:00")


def test_the_slip_names_hour_date_books_and_papers():
    dossier = certified(copy("Bằng lái", copies=2), copy("Học bạ"), signature(), at=local("2026-11-20 15:30"))
    slip = printed_slip(dossier.issued_papers.get())
    assert (slip.due_digits, slip.book_no, slip.entry_no) == ("17:00 23/11/2026", "01/2026-SCT/BS; 01/2026-SCT/CK,ĐC", "01, 02; 01")
    assert slip.components[0].name == "Bằng lái (chứng thực 2 bản sao)"
    assert slip.fee_total == "16.000 đồng"


def test_a_lost_slip_is_made_anew_without_a_register_line():
    dossier = certified(at=local("2026-11-20 15:30"))
    lifecycle.new_secret(dossier, by=make_clerk(), at=local("2026-11-20 16:00"))
    assert printed_slip(dossier.issued_papers.get(version=2)).book_no == "01/2026-SCT/BS"


# -- signed ------------------------------------------------------------------------------------------


def test_signing_makes_every_line_ready_with_the_signers_block():
    dossier = sign(certified(copy(), signature()))
    assert (dossier.status, dossier.signed_at, dossier.finished_at, dossier.outcome) == (Status.RESULT_READY, LATER, LATER, "granted")
    assert {entry.signing_block for entry in entries_of(dossier)} == {"CHỦ TỊCH\nNguyễn Văn Đặng"}
    assert first_problem() is None


def test_the_clerk_records_the_signature_of_the_deputy_on_duty():
    deputy, clerk = make_user(Role.LEADER), make_clerk()
    (entry,) = entries_of(sign(certified(by=clerk), deputy, by=clerk))
    assert (entry.signer, entry.signing_recorded_by, entry.signing_mode) == (deputy, clerk, "KT")
    assert entry.signing_block == "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Hoàng Phúc"


def make_delegate(**fields) -> User:
    head, official = make_head(), make_user(Role.SPECIALIST, job_title="Công chức Tư pháp - Hộ tịch")
    values = {
        "mode": "TUQ",
        "kinds": ["certification.copy"],
        "decision_number": "12/QĐ-UBND",
        "decision_date": MORNING.date(),
        "valid_from": MORNING.date(),
        "valid_to": MORNING.date() + timedelta(days=30),
    }
    delegate(delegator=head, to=official, by=head, at=MORNING, **(values | fields))
    return official


def test_a_delegated_official_signs_what_his_decision_names():
    official = make_delegate()
    (entry,) = entries_of(sign(certified(copy()), official))
    assert entry.signing_block == "TUQ. CHỦ TỊCH\nCÔNG CHỨC TƯ PHÁP - HỘ TỊCH\nTrần Quốc Khánh"
    assert entry.delegation.decision_number == "12/QĐ-UBND"


def test_outside_his_decision_he_signs_nothing_of_the_visit():
    official = make_delegate()
    dossier = certified(copy(), signature())
    with pytest.raises(NotAllowed, match="không có quyền ký sổ chứng thực chữ ký"):
        sign(dossier, official)
    assert [entry.signed_at for entry in entries_of(dossier)] == [None, None]


@pytest.mark.parametrize("days", [-1, 31])
def test_a_delegation_counts_only_within_its_dates(days):
    official = make_delegate()
    at = MORNING + timedelta(days=days)
    with pytest.raises(NotAllowed, match="quyết định, phạm vi và thời hạn"):
        sign(certified(at=at), official, at=at)


def test_the_right_is_asked_for_the_moment_of_the_signature():
    official = make_delegate(valid_to=MORNING.date())
    later = MORNING + timedelta(days=3)
    dossier = sign(certified(), official, signed_at=LATER, at=later)
    assert (dossier.signed_at, dossier.finished_at) == (LATER, later)


def test_certification_is_never_signed_by_order():
    with pytest.raises(NotAllowed, match="thừa lệnh"):
        sign(certified(), make_delegate(mode="TL"))


def test_a_head_of_another_commune_signs_nothing_here():
    stranger = make_head(make_agency("H61.27", "Trà Kha"))
    with pytest.raises(NotAllowed, match="không thuộc cơ quan có thẩm quyền"):
        sign(certified(), stranger, by=make_clerk())


def test_the_signer_declares_that_nothing_concerns_him_or_his_relatives():
    with pytest.raises(NotAllowed, match="người thân thích"):
        sign(certified(), no_interest=False)


@pytest.mark.parametrize(
    "session", [{"lines": (copy(),), "name": "Nguyễn Văn Đặng"}, {"lines": (contract(others="Bà Lan và ông NGUYỄN VĂN ĐẶNG"),)}]
)
def test_papers_in_the_signers_own_name_are_left_to_another(session):
    dossier = certified(*session.pop("lines"), **session)
    with pytest.raises(NotAllowed, match="tên trùng với người ký"):
        sign(dossier)
    assert sign(dossier, namesake_checked=True).status == Status.RESULT_READY


def test_who_received_may_sign_unless_the_agency_forbids_it():
    head = make_head()
    manager = make_user(Role.MANAGER, Role.LEADER, job_title="Phó Chủ tịch, Giám đốc")
    dossier = certified(by=manager)
    lifecycle.change_certification_setting(dossier.agency, {"receiver_signs": "forbid"}, by=head, at=MORNING)
    with pytest.raises(NotAllowed, match="Người tiếp nhận không được ký"):
        sign(dossier, manager)
    lifecycle.change_certification_setting(dossier.agency, {"receiver_signs": "allow"}, by=head, at=MORNING)
    (entry,) = entries_of(sign(dossier, manager))
    assert entry.received_by_signer is True


def test_a_deputy_may_need_an_assignment():
    head, deputy = make_head(), make_user(Role.LEADER)
    dossier = certified()
    lifecycle.change_certification_setting(dossier.agency, {"deputy_signs": "assignment"}, by=head, at=MORNING)
    with pytest.raises(NotAllowed, match="không có quyền ký"):
        sign(dossier, deputy)


@pytest.mark.parametrize("signed_at", [MORNING - timedelta(minutes=1), LATER + timedelta(minutes=1)])
def test_a_signature_is_neither_older_than_the_visit_nor_in_the_future(signed_at):
    with pytest.raises(NotAllowed, match="Giờ ký"):
        sign(certified(), signed_at=signed_at)


def test_signed_after_the_due_minute_is_late_for_ever():
    dossier = sign(certified(), at=local("2026-11-20 17:00:01"))
    assert dossier.overdue_since == dossier.due_at


def test_signed_twice_is_refused():
    dossier = sign(certified())
    with pytest.raises(NotAllowed, match="đang ở bước"):
        sign(dossier)


# -- given back ----------------------------------------------------------------------------------------


def test_return_ends_the_visit():
    dossier = lifecycle.return_certifications(sign(certified()), by=make_clerk(), at=LATER)
    assert (dossier.status, dossier.returned_at) == (Status.RETURNED, LATER)
    handed = dossier.returns.get()
    assert (handed.name, handed.originals_given_back) == ("Thạch Thị Sóc Kha", True)
    assert events_of(dossier) == ["certify", "sign_certifications", "return_result"]


def test_nothing_unsigned_is_given_back():
    with pytest.raises(NotAllowed, match="đang ở bước"):
        lifecycle.return_certifications(certified(), by=make_clerk(), at=LATER)


def test_what_is_paid_later_is_paid_before_the_papers_go():
    dossier = sign(certified(copy(copies=3), payment=Payment("later")))
    assert dossier.certification_receipts.count() == 0
    with pytest.raises(NotAllowed, match="chưa nộp tiền"):
        lifecycle.return_certifications(dossier, by=make_clerk(), at=LATER)
    lifecycle.return_certifications(dossier, by=make_clerk(), at=LATER, payment=Payment("transfer"))
    assert dossier.certification_receipts.get().amount == 6_000


def on_the_spot(session, **fields) -> Dossier:
    make_catalogue()
    return lifecycle.certify_on_the_spot(session, signer=make_head(), by=make_clerk(), at=MORNING, no_interest=True, **fields)


def test_all_at_once_leaves_the_same_trail():
    dossier = on_the_spot(make_session(copy(), contract()))
    assert (dossier.status, dossier.issued_papers.count()) == (Status.RETURNED, 0)
    assert events_of(dossier) == ["certify", "sign_certifications", "return_result"]
    assert all(entry.signed_at == MORNING for entry in entries_of(dossier))
    assert first_problem() is None


def test_all_at_once_twice_is_once():
    session = make_session()
    assert on_the_spot(session).pk == on_the_spot(session).pk
    assert CertificationEntry.objects.count() == 1


def test_all_at_once_is_all_or_nothing():
    make_catalogue()
    with pytest.raises(NotAllowed, match="không có quyền ký"):
        lifecycle.certify_on_the_spot(make_session(), signer=make_user(Role.SPECIALIST), by=make_clerk(), at=MORNING, no_interest=True)
    assert (Dossier.objects.count(), NumberCounter.objects.count()) == (0, 0)


# -- beside the ordinary dossiers ------------------------------------------------------------------------


def test_ordinary_acts_leave_sessions_alone():
    dossier, clerk, manager = certified(), make_clerk(), make_user(Role.MANAGER)
    for act in (
        lambda: lifecycle.submit_for_sign_off(dossier, by=clerk, at=LATER),
        lambda: lifecycle.void(dossier, reason="nhập nhầm", by=manager, at=LATER),
        lambda: lifecycle.return_result(sign(dossier), collected_by="owner", name="A", by=clerk, at=LATER),
        lambda: lifecycle.return_for_correction(dossier, words="sai", by=clerk, at=LATER),
    ):
        with pytest.raises(NotAllowed, match="trang chứng thực"):
            act()


def test_session_acts_leave_ordinary_dossiers_alone():
    with pytest.raises(NotAllowed, match="không phải lượt chứng thực"):
        sign(make_dossier(at=MORNING))


def test_the_pages_offer_what_is_possible():
    dossier, clerk = certified(), make_clerk()
    assert acts_for(clerk, dossier) == [Act.AMEND, Act.HAND_OVER, Act.TAKE_OVER, Act.NEW_SECRET]
    assert session_acts_for(clerk, dossier) == [Act.SIGN_CERTIFICATIONS, Act.VOID_ENTRY, Act.CANCEL_RECEIPT]
    assert session_acts_for(clerk, sign(dossier)) == [Act.CANCEL_RECEIPT, Act.RETURN_RESULT]


def test_a_deal_may_pass_through_a_specialists_hands():
    specialist, clerk = make_user(Role.SPECIALIST), make_clerk()
    dossier = lifecycle.hand_over(certified(contract()), to=specialist, by=clerk, at=MORNING)
    assert sign(dossier).holder == clerk


def test_lists_are_not_drowned():
    session, ordinary = certified(), make_dossier(at=MORNING)
    assert list(Dossier.objects.certification()) == [session]
    assert list(Dossier.objects.without_certification()) == [ordinary]


@pytest.mark.parametrize("stage", ["received", "ready", "returned"])
def test_the_ordinary_pages_show_a_session_without_stumbling(client, stage):
    dossier, clerk = certified(copy(), contract()), make_clerk()
    if stage != "received":
        sign(dossier)
    if stage == "returned":
        lifecycle.return_certifications(dossier, by=clerk, at=LATER)
    client.force_login(clerk)
    for address in (dossier.get_absolute_url(), f"{reverse('dossiers:list')}?luong=tat-ca"):
        assert dossier.code in client.get(address).content.decode()


def test_the_ordinary_lists_are_not_drowned_by_sessions(client):
    dossier = certified(copy())
    client.force_login(make_clerk())
    for name in ("dossiers:list", "dossiers:desk", "dossiers:hand_over_many"):
        assert dossier.code not in client.get(reverse(name)).content.decode()
