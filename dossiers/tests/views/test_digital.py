"""Results signed with the leader's own certificate: taken, refused, given back, checked again."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier, SignatureCheck, SignOff, SignOffKind
from dossiers.signed_files import examine
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import make_clerk, make_dossier
from dossiers.tests.views.makers import again
from onestop.demo.signing import new_authority, sign_pdf
from onestop.history.access import AccessKind
from onestop.history.models import AccessEntry
from onestop.history.verify import first_problem
from onestop.inspection.tests import makers as make
from onestop.staff.roles import Role
from onestop.testing import NAMES, make_agency, make_user
from onestop.vault import files

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
AUTHORITY = new_authority(at=NOW)
OFFICE = "UBND xã Nghĩa Giang"
LEADER = AUTHORITY.certify(NAMES[Role.LEADER], OFFICE, at=NOW)
DRAFT = make.pdf(2)
SIGNED = sign_pdf(DRAFT, LEADER, at=NOW)


def submitted(content: bytes = DRAFT) -> Dossier:
    at, clerk = timezone.now() - timedelta(hours=1), make_clerk()
    dossier = make_dossier(by=clerk, at=at)
    digest = files.store(content) if content else ""
    return lifecycle.submit_for_sign_off(dossier, by=clerk, at=at, summary="Trích lục", sha256=digest, file_name="a.pdf")


def address(dossier: Dossier, name: str = "sign", *more) -> str:
    return reverse(f"dossiers:{name}", args=[dossier.code, *more])


def send(client, dossier: Dossier, content: bytes, name: str = "Trích lục đã ký.pdf"):
    return client.post(address(dossier), {"act": "digital", "file": SimpleUploadedFile(name, content), "revision": dossier.revision})


def said(answer) -> str:
    return " ".join(answer.context["forms"]["digital"].errors.get("file", []))


# -- taken ------------------------------------------------------------------------------------
def test_the_signed_draft_is_the_signature_of_that_version(client, leader):
    dossier = submitted()

    answer = send(client, dossier, SIGNED)

    signature, check = SignOff.objects.get(), SignatureCheck.objects.get()
    assert (answer.status_code, signature.kind, signature.sha256, signature.result.version) == (
        303, SignOffKind.DIGITAL, files.digest_of(SIGNED), 1,
    )  # fmt: skip
    assert (check.verdict, check.is_draft, check.signatures[0]["signer"], check.file_name) == (
        "unknown", True, leader.full_name, "Trích lục đã ký.pdf",
    )  # fmt: skip
    assert (again(dossier).results.count(), again(dossier).signed_at, again(dossier).holder) == (1, signature.signed_at, make_clerk())
    assert first_problem() is None


def test_another_file_becomes_a_version_signed_by_the_leader(client, leader):
    dossier = submitted()
    other = sign_pdf(make.pdf(3), LEADER, at=NOW)

    send(client, dossier, other)

    result, check = again(dossier).results.latest("version"), SignatureCheck.objects.get()
    assert (result.version, result.sha256, result.drafted_by, result.summary) == (2, files.digest_of(other), leader, "Trích lục")
    assert (result.sign_offs.get().sha256, check.is_draft, again(dossier).holder) == (files.digest_of(other), False, make_clerk())


def test_a_paper_that_had_no_file_may_come_back_as_one(client, leader):
    dossier = submitted(b"")

    assert send(client, dossier, SIGNED).status_code == 303
    assert again(dossier).results.latest("version").version == 2


def test_a_signed_file_comes_back_byte_for_byte(client, leader):
    dossier = submitted()
    send(client, dossier, SIGNED)

    answer = client.get(address(dossier, "signed_file", 1))

    assert (answer.content, answer["Content-Type"]) == (SIGNED, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert (answer["X-Content-Type-Options"], "sandbox" in answer["Content-Security-Policy"]) == ("nosniff", True)


def test_a_trusted_issuer_makes_it_valid(client, leader, settings, tmp_path):
    (tmp_path / "root.crt").write_bytes(AUTHORITY.pem)
    settings.SIGNATURE_ROOTS = str(tmp_path)

    send(client, submitted(), SIGNED)

    assert SignatureCheck.objects.get().verdict == "valid"


def test_the_seal_of_the_office_may_stand_beside_the_leader(client, leader):
    sealed = sign_pdf(SIGNED, AUTHORITY.certify(OFFICE, OFFICE, at=NOW), at=NOW, field="ConDau")

    assert send(client, submitted(), sealed).status_code == 303
    assert len(SignatureCheck.objects.get().signatures) == 2


def test_what_was_signed_digitally_is_issued_with_its_number(client, leader):
    dossier = submitted()
    send(client, dossier, SIGNED)

    with pytest.raises(NotAllowed, match="Nhập số văn bản"):
        lifecycle.issue_result(dossier, by=make_clerk(), at=timezone.now())
    issued = lifecycle.issue_result(dossier, by=make_clerk(), at=timezone.now(), doc_number="12", doc_symbol="UBND")
    assert issued.status == Status.RESULT_READY


# -- refused -------------------------------------------------------------------------------------
def changed(content: bytes) -> bytes:
    """The same file with one byte of a page changed: a sheet of 420 points becomes one of 421."""
    place = content.index(b"420 595") + 2
    return content[:place] + b"1" + content[place + 1 :]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (changed(SIGNED), f"Chữ ký số không hợp lệ. {NAMES[Role.LEADER]}: nội dung đã bị thay đổi sau khi ký"),
        (DRAFT, "Chữ ký số không hợp lệ. Tệp này không có chữ ký số nào"),
        (sign_pdf(DRAFT, AUTHORITY.certify("Nguyễn Văn Khác", OFFICE, at=NOW), at=NOW), "Chữ ký số mang tên Nguyễn Văn Khác, không phải"),
        (make.script(), "mã chạy tự động"),
        (SIGNED[:-40], "bị hỏng hoặc chưa tải lên hết"),
        (make.picture(), "Chỉ nhận tệp PDF"),
    ],
)
def test_what_is_no_signature_of_this_leader_is_refused_at_its_box_and_leaves_an_entry(client, leader, content, words):
    dossier = submitted()

    answer = send(client, dossier, content)

    assert (answer.status_code, words in said(answer)) == (422, True)
    assert (SignOff.objects.count(), again(dossier).status) == (0, Status.AWAITING_SIGNATURE)
    assert AccessEntry.objects.filter(kind=AccessKind.REFUSED, subject=f"dossier:{dossier.pk}").count() == 1


def test_one_changed_byte_is_shown_as_invalid(client, leader):
    shown = send(client, submitted(), changed(SIGNED)).content.decode()

    assert ("không hợp lệ" in shown, "Nội dung đã bị thay đổi sau khi ký" in shown, leader.full_name in shown) == (True, True, True)


def test_a_file_signs_once(client, leader):
    send(client, submitted(), SIGNED)
    second = submitted()

    answer = send(client, second, SIGNED)

    assert (answer.status_code, "Tệp này đã được ghi nhận là chữ ký của một kết quả khác" in answer.content.decode()) == (422, True)
    assert again(second).signed_at is None


@pytest.mark.parametrize("role", [Role.ARCHIVIST, Role.SPECIALIST, Role.CLERK])
def test_nobody_brings_the_signature_of_somebody_else(role):
    dossier, leader = submitted(), make_user(Role.LEADER)
    signed = examine(SIGNED, "a.pdf", dossier.results.latest("version"))

    with pytest.raises(NotAllowed):
        lifecycle.sign_off(
            dossier, kind=SignOffKind.DIGITAL, signer=leader, by=make_user(role), at=timezone.now(), signed_file=signed
        )


def test_a_leader_of_another_commune_signs_nothing_here():
    dossier = submitted()
    stranger = make_user(Role.LEADER, agency=make_agency("H61.27", "Phú Tân An"))
    signed = examine(SIGNED, "a.pdf", dossier.results.latest("version"))

    with pytest.raises(NotAllowed, match="đơn vị khác"):
        lifecycle.sign_off(dossier, kind=SignOffKind.DIGITAL, signer=stranger, by=stranger, at=timezone.now(), signed_file=signed)


def test_a_digital_signature_without_its_file_is_none():
    dossier, leader = submitted(), make_user(Role.LEADER)

    with pytest.raises(NotAllowed, match="Chọn một cách ký"):
        lifecycle.sign_off(dossier, kind=SignOffKind.DIGITAL, signer=leader, by=leader, at=timezone.now(), sha256="0" * 64)


def test_the_database_keeps_no_check_that_says_invalid():
    dossier = submitted()

    with pytest.raises(IntegrityError, match="signature_check_not_invalid"), transaction.atomic():
        SignatureCheck.objects.create(
            agency_id=dossier.agency_id,
            dossier=dossier,
            sign_off_id=0,
            file_name="a.pdf",
            verdict="invalid",
            words="x",
            checked_at=NOW,
        )


# -- looked at again ------------------------------------------------------------------------------
def test_the_page_of_the_signature_tells_what_was_found_and_what_is_found_now(client, leader):
    dossier = submitted()
    send(client, dossier, SIGNED)

    then, now = client.get(address(dossier, "signature", 1)), client.get(address(dossier, "signature", 1) + "?lai=1")

    assert ("chưa kiểm tra được" in then.content.decode(), then.context["report"]) == (True, None)
    assert (now.context["report"].verdict, now.context["check"].is_draft) == ("unknown", True)


def test_a_file_changed_on_the_server_is_found(client, leader):
    dossier = submitted()
    send(client, dossier, SIGNED)
    files.path_of(files.digest_of(SIGNED)).write_bytes(changed(SIGNED))

    try:
        answer = client.get(address(dossier, "signature", 1) + "?lai=1")
    finally:
        files.path_of(files.digest_of(SIGNED)).write_bytes(SIGNED)

    assert (answer.context["report"].verdict, "đã bị thay đổi. Báo quản trị ngay" in answer.content.decode()) == ("invalid", True)


@pytest.mark.parametrize("name", ["signed_file", "signature"])
def test_another_commune_finds_no_signed_file(client, leader, name):
    dossier = submitted()
    send(client, dossier, SIGNED)
    client.force_login(make_user(Role.LEADER, agency=make_agency("H61.27", "Phú Tân An")))

    assert client.get(address(dossier, name, 1)).status_code == 404


@pytest.mark.parametrize("name", ["signed_file", "signature"])
def test_a_result_signed_in_another_way_has_no_such_page(client, leader, name):
    dossier = make_dossier(status=Status.RESULT_READY)

    assert client.get(address(dossier, name, 1)).status_code == 404
