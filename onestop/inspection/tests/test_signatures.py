"""Signatures made here with invented certificates, then changed, and what is said about them."""

import io
import subprocess
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from onestop.demo.signing import Authority, new_authority, sign_pdf
from onestop.inspection import SIGNED, Refused, Verdict, check, verify
from onestop.inspection.signatures import NO_ROOTS, OTHER_ROOT
from onestop.inspection.tests import makers as make

NOW: datetime = timezone.now().replace(microsecond=0)
LEADER = "Lê Hoàng Phúc"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority(at=NOW)


@pytest.fixture(scope="module")
def signed(authority) -> bytes:
    return sign_pdf(make.pdf(2), authority.certify(LEADER, "UBND xã Nghĩa Giang", at=NOW), at=NOW)


@pytest.fixture
def trusted(settings, tmp_path, authority) -> Authority:
    """The operator trusts our issuer."""
    (tmp_path / "root.pem").write_bytes(authority.pem)
    settings.SIGNATURE_ROOTS = str(tmp_path)
    return authority


def test_a_signature_of_a_trusted_issuer_is_valid(trusted, signed):
    report = verify(signed)

    (one,) = report.signatures
    assert (report.verdict, report.covered, one.whole, one.signer, one.organisation) == (
        Verdict.VALID, True, True, LEADER, "UBND xã Nghĩa Giang",
    )  # fmt: skip
    assert (one.moment, one.issuer) == (NOW, "Chứng thực chữ ký số minh họa")


def test_without_roots_the_bytes_are_vouched_for_and_the_person_is_not(signed):
    report = verify(signed)

    assert (report.verdict, report.tag, report.words.lower()) == (Verdict.UNKNOWN, ("chưa kiểm tra được", "amber"), NO_ROOTS)


def test_a_certificate_of_another_issuer_cannot_be_checked(trusted):
    other = new_authority("Nơi cấp khác", at=NOW)
    report = verify(sign_pdf(make.pdf(), other.certify(LEADER, "X", at=NOW), at=NOW))

    assert (report.verdict, report.signatures[0].words) == (Verdict.UNKNOWN, OTHER_ROOT)


def test_an_expired_certificate_is_not_valid(trusted):
    signer = trusted.certify(LEADER, "X", at=NOW - timedelta(days=400), days=30)

    assert verify(sign_pdf(make.pdf(), signer, at=NOW)).verdict == Verdict.INVALID


@pytest.mark.parametrize("where", [0.1])
def test_one_byte_changed_is_not_valid(trusted, signed, where):
    place = int(len(signed) * where)
    changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]

    assert (verify(changed).verdict, verify(changed).tag) == (Verdict.INVALID, ("không hợp lệ", "red"))


def test_what_is_added_behind_a_signature_is_not_valid(trusted, signed):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/MediaBox"] = generic.ArrayObject([generic.NumberObject(number) for number in (0, 0, 9, 9)])
    writer.update_container(page)
    added = io.BytesIO()
    writer.write(added)

    assert verify(added.getvalue()).verdict == Verdict.INVALID


def test_a_second_signature_leaves_the_first_one_valid(trusted, signed):
    seal = trusted.certify("UBND xã Nghĩa Giang", "UBND xã Nghĩa Giang", at=NOW)

    report = verify(sign_pdf(signed, seal, at=NOW, field="ConDau"))

    assert (report.verdict, [one.whole for one in report.signatures]) == (Verdict.VALID, [False, True])


@pytest.mark.parametrize("content", [make.pdf(), b"%PDF-1.7 khong phai", make.picture()])
def test_a_file_without_a_signature_is_not_valid(content):
    report = verify(content)
    assert (report.verdict, report.signatures) == (Verdict.INVALID, ())


def test_a_signed_file_goes_through_the_same_door(signed, authority):
    assert check("ky.pdf", signed, SIGNED).signed is True
    with pytest.raises(Refused, match="mã chạy tự động"):
        check("ky.pdf", sign_pdf(make.script(), authority.certify(LEADER, "X", at=NOW), at=NOW), SIGNED)


def test_an_independent_program_says_the_same(signed, tmp_path):
    def pdfsig(content: bytes) -> str:
        (tmp_path / "a.pdf").write_bytes(content)
        return subprocess.run(["pdfsig", str(tmp_path / "a.pdf")], capture_output=True, text=True, check=False).stdout

    changed = signed[:60] + bytes([signed[60] ^ 1]) + signed[61:]
    assert "Signature is Valid" in pdfsig(signed)
    assert "Total document signed" in pdfsig(signed)
    assert "Signature is Valid" not in pdfsig(changed)
