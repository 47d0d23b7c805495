"""Letters of apology and re-appointment slips of real dossiers: from the act to the file, and who may open it."""

import pytest
from django.urls import reverse

from dossiers import issuing, lifecycle, secrets
from dossiers.letters import NotTrue
from dossiers.models import ApologyLetter, Basis, LetterState
from dossiers.printing import file_of
from dossiers.slips import ApologySlip, ReceiptSlip
from dossiers.statuses import Status
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier
from dossiers.tests.test_documents import pages
from onestop.history.models import Event
from onestop.history.record import short_hash
from onestop.staff.roles import Role
from onestop.staff.signing import SigningRight
from onestop.testing import make_user

pytestmark = pytest.mark.django_db

# Received Friday 20/11/2026 with 3 working days; Tuesday 24/11 is a public holiday: due Thursday 26/11 17:00.
DRAFTED, SIGNED, NEW = local("2026-11-25 08:00"), local("2026-11-26 09:12"), local("2026-12-01 17:00")
KT = SigningRight("KT", ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Lê Hoàng Phúc")


def head():
    return make_user(Role.HEAD)


def drafted(dossier=None) -> ApologyLetter:
    return lifecycle.draft_letter(dossier or make_dossier(), at=DRAFTED)


def prepared(dossier=None, **changes) -> ApologyLetter:
    values = {"cause": "verify", "cause_words": "Phải xác minh tại ấp", "new_due_at": NEW, "nothing_more": True} | changes
    return lifecycle.prepare_letter(drafted(dossier), by=make_clerk(), at=DRAFTED, **values)


def signed(dossier=None, **changes) -> ApologyLetter:
    return lifecycle.sign_letter(prepared(dossier, **changes), by=head(), at=SIGNED)


def issued(dossier=None) -> ApologyLetter:
    letter = signed(dossier)
    file_of(letter.paper, at=SIGNED)
    lifecycle.issue_letter(letter, at=SIGNED)
    return ApologyLetter.objects.get(pk=letter.pk)


def slip_of(letter: ApologyLetter) -> ApologySlip:
    slip = issuing.printed_slip(letter.paper)
    assert isinstance(slip, ApologySlip)
    return slip


# -- the letter --------------------------------------------------------------------------
def test_the_signature_freezes_the_letter_with_number_day_block_and_name():
    letter = signed()
    slip = slip_of(letter)
    assert (letter.paper.number, slip.number_line) == (letter.number_words, f"Số: {letter.number_words}")
    assert (slip.issued_words, slip.appointment) == ("ngày 26 tháng 11 năm 2026", "17 giờ 00 phút, ngày 01 tháng 12 năm 2026")
    assert (slip.signature_lines, slip.signer_name) == (("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "Nguyễn Văn Đặng")
    assert slip.addressee == "Ông/Bà THẠCH THỊ SÓC KHA"
    assert "hẹn trả kết quả lúc 17 giờ 00 phút, ngày 26 tháng 11 năm 2026." in slip.narrative[0]
    assert "Ủy ban nhân dân xã Nghĩa Giang xin lỗi Ông/Bà" in slip.narrative[-1]


def test_the_file_shows_the_mark_of_the_letters_own_first_event():
    letter = signed()
    mark = short_hash(Event.objects.filter(subject=f"letter:{letter.pk}").earliest("seq"))
    content = file_of(letter.paper, at=SIGNED)
    assert f"Mã kiểm chứng: {mark}" in pages(content)[0]
    assert issuing.render(letter.paper) == content


def test_a_draft_is_previewed_without_number_and_an_incomplete_one_is_not():
    letter = prepared()
    assert "Số: /UBND-TTPVHCC" in pages(issuing.letter_preview(letter, at=DRAFTED))[0]
    with pytest.raises(NotTrue, match="Chưa có ngày hẹn mới"):
        issuing.letter_preview(drafted(make_dossier(name="Sơn Văn Phước")), at=DRAFTED)


def test_a_result_signed_late_is_said_to_be_ready():
    dossier = make_dossier()
    letter = prepared(dossier)
    bring_to(dossier, Status.RESULT_READY, by=make_clerk(), at=local("2026-11-27 10:00"))
    slip = issuing.apology_slip_of(ApologyLetter.objects.get(pk=letter.pk), KT, at=local("2026-11-27 10:05"))
    assert (slip.appointment_label, slip.appointment) == ("Kết quả đã có, mời nhận từ:", "10 giờ 00 phút, ngày 27 tháng 11 năm 2026")
    assert slip.title == "VĂN BẢN XIN LỖI"


@pytest.mark.parametrize(
    ("signed_at", "delivery", "said"),
    [
        ("2026-11-27 10:05", "desk", "10 giờ 05 phút, ngày 27 tháng 11 năm 2026"),
        ("2026-11-27 18:40", "desk", "07 giờ 30 phút, ngày 30 tháng 11 năm 2026"),
        ("2026-11-29 12:32", "desk", "07 giờ 30 phút, ngày 30 tháng 11 năm 2026"),
        ("2026-11-29 12:32", "post", "12 giờ 32 phút, ngày 29 tháng 11 năm 2026"),
    ],
)
def test_a_result_signed_with_its_letter_is_collected_as_soon_as_the_desk_is_open(signed_at, delivery, said):
    letter, moment = prepared(), local(signed_at)
    letter.dossier.delivery = delivery
    assert issuing.apology_slip_of(letter, KT, at=moment, ready_since=moment).appointment == said


def test_a_result_that_was_handed_over_is_said_to_be():
    dossier = make_dossier()
    letter = prepared(dossier)
    bring_to(dossier, Status.RETURNED, by=make_clerk(), at=local("2026-11-27 10:00"))
    slip = issuing.apology_slip_of(ApologyLetter.objects.get(pk=letter.pk), KT, at=local("2026-11-27 10:05"))
    assert slip.appointment_label == "Kết quả đã được trả lúc:"


def test_a_letter_to_an_organisation_goes_to_the_organisation():
    dossier = make_dossier()
    filer = dossier.parties.get(role="filer")
    filer.basis = Basis.ORGANISATION
    filer.save(update_fields=["basis"])
    filer.pk, filer.role, filer.name = None, "owner", "Công ty TNHH Gạo Sóc Kha"
    filer.save(force_insert=True)
    slip = issuing.apology_slip_of(prepared(dossier), KT, at=SIGNED)
    assert slip.addressee == "CÔNG TY TNHH GẠO SÓC KHA"


# -- the re-appointment slip -------------------------------------------------------------
def test_the_new_slip_says_which_appointment_it_is_and_keeps_the_secret():
    dossier = make_dossier()
    signed(dossier)
    old, new = dossier.issued_papers.filter(kind="receipt")
    slip = issuing.printed_slip(new)
    assert isinstance(slip, ReceiptSlip)
    assert (old.voided_at, new.voided_at) == (SIGNED, None)
    assert (slip.reissue, slip.due) == ("Hẹn lại lần 1, thay giấy hẹn trước", "17 giờ 00 phút, ngày 01 tháng 12 năm 2026")
    assert slip.lookup_code == secrets.lookup_code(dossier.code, dossier.secret_version) == issuing.printed_slip(old).lookup_code


def test_a_slip_replaced_because_the_date_moved_does_not_count_as_lost():
    dossier = make_dossier()
    signed(dossier)
    lifecycle.new_secret(dossier, by=make_clerk(), at=SIGNED)
    lifecycle.new_secret(dossier, by=make_clerk(), at=SIGNED)
    marks = [paper.snapshot["reissue"] for paper in dossier.issued_papers.filter(kind="receipt")]
    assert marks == ["", "Hẹn lại lần 1, thay giấy hẹn trước", "Cấp lại lần 1", "Cấp lại lần 2"]


# -- the page ----------------------------------------------------------------------------
def address_of(letter: ApologyLetter) -> str:
    return reverse("dossiers:paper", args=[letter.dossier.code, "xin-loi"])


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.LEADER, Role.HEAD, Role.MANAGER, Role.ARCHIVIST])
def test_an_issued_letter_is_open_to_whoever_may_read_the_dossier(client, role):
    letter = issued()
    client.force_login(make_user(role))
    response = client.get(address_of(letter))
    assert (response.status_code, response.content) == (200, file_of(letter.paper, at=SIGNED))
    assert response["Content-Disposition"] == f'inline; filename="xin-loi-{letter.dossier.code}-{letter.number:02d}.pdf"'


@pytest.mark.parametrize("make", [drafted, prepared, signed])
def test_a_letter_that_is_not_issued_is_no_page(client, make):
    letter = make()
    client.force_login(make_clerk())
    assert letter.state != LetterState.ISSUED
    assert client.get(address_of(letter)).status_code == 404


@pytest.mark.parametrize("role", [Role.HELPER, Role.ADMIN])
def test_people_without_dossiers_do_not_open_the_letter(client, role):
    letter = issued()
    client.force_login(make_user(role))
    assert client.get(address_of(letter)).status_code == 403
