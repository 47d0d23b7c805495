"""Results drafted here: the words filled in, what is signed, numbered and issued, and that nothing changes on the way."""

import re
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import documents, issuing, lifecycle, numbering
from dossiers.issuing.results import SIGNED_WORDS
from dossiers.models import Dossier, IssuedPaper, PaperKind, SignOffKind
from dossiers.slips import ResultSlip, read_snapshot
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import RECEIVED, local, make_clerk, make_dossier, make_intake
from onestop.history.verify import first_problem
from onestop.reading.names import fold
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.staff.signing import SigningRight
from onestop.testing import make_user
from onestop.vault import files
from procedures.result_text import BLANK, PLACES, fill

pytestmark = pytest.mark.django_db

LATER = local("2026-11-23 09:12")
TEXT = issuing.ResultText(
    document_type="Giấy xác nhận",
    symbol="GXN-UBND",
    abstract="Về việc xác nhận nơi cư trú",
    addressee="",
    body="Căn cứ đề nghị của ông/bà Thạch Thị Sóc Kha;\n\nXác nhận ông/bà Thạch Thị Sóc Kha cư trú tại Ấp Trà Kha.",
    granted=True,
)


def words_of(content: bytes) -> str:
    text = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    return " ".join(text.replace("\xa0", " ").split())


def submitted(dossier: Dossier, text: issuing.ResultText = TEXT, *, printed: bool = False) -> Dossier:
    """The draft of this text put before the leader by whoever holds the dossier; `printed`: with the file it really has."""
    slip = issuing.draft_slip(dossier, text, at=LATER)
    content = issuing.draft_file(slip) if printed else f"{dossier.code} {text.body}".encode()
    return lifecycle.submit_for_sign_off(
        dossier,
        by=dossier.holder,
        at=LATER,
        granted=text.granted,
        summary=text.abstract,
        sha256=files.store(content),
        file_name="du-thao.pdf",
        doc_symbol=text.symbol,
        snapshot=slip.as_json(),
    )


def leader_of(dossier: Dossier) -> User:
    return make_user(Role.LEADER, agency=dossier.agency)


def signed(text: issuing.ResultText = TEXT, *, printed: bool = False, **fields) -> Dossier:
    dossier = submitted(make_dossier(status=Status.PROCESSING, **fields), text, printed=printed)
    leader, draft = leader_of(dossier), dossier.results.get()
    return lifecycle.sign_off(dossier, kind=SignOffKind.IN_SYSTEM, signer=leader, by=leader, at=LATER, sha256=draft.sha256)


def issued(dossier: Dossier, number: str = "", *, days: int = 0) -> IssuedPaper:
    at = LATER + timedelta(days=days, minutes=30)
    dossier = lifecycle.issue_result(dossier, by=make_clerk(dossier.agency), at=at, doc_number=number)
    return dossier.issued_papers.filter(kind=PaperKind.RESULT).latest("version")


# -- filling ---------------------------------------------------------------------------------
def test_there_are_words_for_every_place_of_the_list():
    words = issuing.words_for(make_dossier(), at=LATER)
    assert words.keys() == {place.key for place in PLACES}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{họ tên}", "Thạch Thị Sóc Kha"),
        ("{HO TEN}", "Thạch Thị Sóc Kha"),
        ("{số định danh}, {địa chỉ}", "000185006123, Ấp Trà Kha"),
        ("{thủ tục}", "Đăng ký khai sinh"),
        ("{ngày nhận hồ sơ}", "ngày 20 tháng 11 năm 2026"),
        ("{ngày soạn}", "ngày 23 tháng 11 năm 2026"),
        ("{ngày sinh}", BLANK),
        ("{trẻ em}", BLANK),
    ],
)
def test_a_place_is_filled_with_what_the_dossier_says(text, filled):
    assert fill(text, issuing.words_for(make_dossier(), at=LATER)) == filled


def test_a_name_with_braces_is_not_filled_again():
    dossier = make_dossier(name="Kim {địa chỉ} Sa")
    assert fill("{họ tên}", issuing.words_for(dossier, at=LATER)) == "Kim {địa chỉ} Sa"


# -- the draft -------------------------------------------------------------------------------
def test_the_draft_says_that_it_is_one_and_has_no_number():
    dossier = make_dossier(status=Status.PROCESSING)
    text = words_of(issuing.draft_file(issuing.draft_slip(dossier, TEXT, at=LATER)))
    assert "DỰ THẢO, CHƯA CÓ GIÁ TRỊ" in text and "/GXN-UBND" in text and not re.search(r"Số: *\d", text)
    assert "ĐÃ KÝ DUYỆT" not in text


@pytest.mark.parametrize("typed", ["không giải quyết hồ sơ", "V/v không giải quyết hồ sơ", "Về việc: không giải quyết hồ sơ"])
def test_an_official_letter_says_what_it_is_about_once(typed):
    slip = issuing.draft_slip(make_dossier(), replace(TEXT, document_type="", abstract=typed), at=LATER)
    assert slip.abstract == "không giải quyết hồ sơ"


def test_markup_in_a_text_is_printed_as_it_was_typed():
    hostile = "<script>alert(1)</script> <b>đậm</b> {{ slip.code }} & </p>"
    dossier = make_dossier(status=Status.PROCESSING)
    content = issuing.draft_file(issuing.draft_slip(dossier, replace(TEXT, body=hostile, abstract=hostile, addressee=hostile), at=LATER))
    assert words_of(content).count("<script>alert(1)</script>") == 3
    assert b"/JavaScript" not in content


def test_a_long_text_runs_over_numbered_pages():
    dossier = make_dossier(status=Status.PROCESSING)
    body = "\n".join(f"Đoạn {number}. " + "Nội dung có chữ Ỵ, ẵ, Ặ, ữ, ỡ. " * 20 for number in range(12))
    text = words_of(issuing.draft_file(issuing.draft_slip(dossier, replace(TEXT, body=body), at=LATER)))
    assert " 2 " in text and "Đoạn 11." in text and text.count("DỰ THẢO, CHƯA CÓ GIÁ TRỊ") == 3 and "□" not in text


def test_a_draft_can_be_written_on():
    slip = issuing.draft_slip(make_dossier(), TEXT, at=LATER)
    again = issuing.text_of(slip)
    assert again == replace(TEXT, document_type="GIẤY XÁC NHẬN", body=TEXT.body.replace("\n\n", "\n").rstrip(".") + "./.")
    assert issuing.draft_slip(make_dossier(), again, at=LATER).paragraphs == slip.paragraphs


def test_to_be_signed_by_hand_it_is_printed_without_its_mark():
    slip = issuing.draft_slip(make_dossier(), TEXT, at=LATER)
    text = words_of(issuing.for_ink(slip))
    assert "DỰ THẢO" not in text and "GIẤY XÁC NHẬN" in text
    right = SigningRight("KT", ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Lê Hoàng Phúc")
    text = words_of(issuing.for_ink(slip, right))
    assert "KT. CHỦ TỊCH PHÓ CHỦ TỊCH" in text and "Lê Hoàng Phúc" in text and "ĐÃ KÝ DUYỆT" not in text


@pytest.mark.parametrize(
    ("line", "styled"),
    [
        ("Căn cứ Luật Nhà ở;", " ground"),
        ("QUYẾT ĐỊNH:", " middle"),
        ("Điều 1. Ông A", ""),
        ("XÁC NHẬN", ""),
        ("căn cứ", ""),
        ("A" * 40 + ":", ""),
    ],
)
def test_grounds_and_what_is_decided_are_set_apart(line, styled):
    slip = issuing.draft_slip(make_dossier(), replace(TEXT, body=f"{line}\nXong."), at=LATER)
    _, context, _ = documents.result_arguments(slip)
    assert context["lines"] == [(line, styled)]


# -- signed, numbered, issued ----------------------------------------------------------------
def test_the_paper_says_what_was_signed_and_names_its_draft():
    dossier = signed(printed=True)
    draft = dossier.results.get()
    paper = issued(dossier)
    final, before = read_snapshot(paper.snapshot), read_snapshot(draft.snapshot)
    assert isinstance(final, ResultSlip)
    same = ("paragraphs", "abstract", "addressee", "document_type", "symbol", "copies_to", "authority", "contact", "granted", "code")
    assert [getattr(final, name) for name in same] == [getattr(before, name) for name in same]
    assert (final.draft_sha256, final.is_draft, final.number) == (draft.sha256, False, "01/GXN-UBND")
    body = words_of(files.read(draft.sha256)).split("GIẤY XÁC NHẬN")[1].split("Nơi nhận")[0].replace("DỰ THẢO", "").strip()
    assert body.strip() and body in words_of(issuing.render(paper))


def test_the_paper_has_number_day_and_signer_and_claims_no_digital_signature():
    dossier = signed()
    paper = issued(dossier)
    text, signature = words_of(issuing.render(paper)), dossier.sign_offs.get()
    assert "Số: 01/GXN-UBND" in text and "ngày 23 tháng 11 năm 2026" in text and "DỰ THẢO" not in text
    assert "ĐÃ KÝ DUYỆT TRÊN HỆ THỐNG" in text and SIGNED_WORDS.format(at="2026-11-23T09:12:00+07:00") in text
    assert all(line in text for line in signature.block.split("\n"))
    assert b"/Sig" not in issuing.render(paper)


def test_the_paper_is_the_same_file_again_and_the_history_vouches_for_it():
    paper = issued(signed())
    content = issuing.render(paper)
    made = lifecycle.paper_made(paper, sha256=issuing.store_file(paper), at=LATER + timedelta(hours=1))
    assert (made.sha256, issuing.render(made)) == (files.digest_of(content), content)
    assert first_problem() is None


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        (("", "", ""), ["01", "02", "03"]),
        (("7", "", ""), ["07", "08", "09"]),
        (("", "05", "2"), ["01", "05", "02"]),
    ],
)
def test_numbers_run_on_by_kind_after_the_offices_own(typed, numbers):
    drawn = [issued(signed(name=f"Người {place}"), number).number for place, number in zip("abc", typed, strict=True)]
    assert drawn == [f"{number}/GXN-UBND" for number in numbers]


def test_a_number_written_by_hand_is_passed_over():
    dossier = submitted(make_dossier(status=Status.PROCESSING))
    leader = leader_of(dossier)
    lifecycle.sign_off(dossier, kind=SignOffKind.WET_INK, signer=leader, by=leader, at=LATER, doc_number="1", doc_symbol="GXN-UBND")
    assert [issued(signed()).number for _ in range(2)] == ["02/GXN-UBND", "03/GXN-UBND"]


def test_official_letters_and_letters_of_apology_share_one_series():
    text = replace(TEXT, symbol=issuing.APOLOGY_SYMBOL, document_type="")
    first = signed(text)
    numbering.next_slip_number(first.agency_id, "XL", LATER.date())
    assert issued(first).number == f"02/{issuing.APOLOGY_SYMBOL}"


def test_each_kind_and_each_year_counts_for_itself():
    first = issued(signed())
    other = issued(signed(replace(TEXT, symbol="UBND-TTPVHCC", document_type="")))
    next_year = issued(signed(), days=60)
    assert [paper.number for paper in (first, other, next_year)] == ["01/GXN-UBND", "01/UBND-TTPVHCC", "01/GXN-UBND"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1", "Số 01/GXN-UBND đã cấp trong năm nay. Để trống ô số để lấy số tiếp theo."),
        ("001", "Số 01/GXN-UBND đã cấp trong năm nay. Để trống ô số để lấy số tiếp theo."),
        ("0", "Số văn bản chỉ gồm chữ số, ví dụ 05."),
        ("5a", "Số văn bản chỉ gồm chữ số, ví dụ 05."),
        ("²", "Số văn bản chỉ gồm chữ số, ví dụ 05."),
        ("9999999", "Số văn bản chỉ gồm chữ số, ví dụ 05."),
    ],
)
def test_a_number_that_is_taken_or_none_is_refused(typed, said):
    issued(signed())
    dossier = signed()
    with pytest.raises(NotAllowed, match=re.escape(said)):
        issued(dossier, typed)
    assert dossier.issued_papers.filter(kind=PaperKind.RESULT).count() == 0
    assert issued(dossier).number == "02/GXN-UBND"


def test_a_result_on_paper_and_an_uploaded_file_get_no_paper_of_ours():
    ready = make_dossier(status=Status.RESULT_READY)
    assert ready.issued_papers.filter(kind=PaperKind.RESULT).count() == 0


def test_another_draft_after_the_signature_is_another_version_with_a_signature_of_its_own():
    dossier = submitted(make_dossier(status=Status.PROCESSING))
    leader, first = leader_of(dossier), dossier.results.get()
    dossier = lifecycle.send_back(dossier, reason="Ghi rõ ấp", by=leader, at=LATER)
    dossier = submitted(dossier, replace(TEXT, body="Xác nhận cư trú tại Ấp Trà Kha, xã Nghĩa Giang."))
    with pytest.raises(NotAllowed):
        lifecycle.sign_off(dossier, kind=SignOffKind.IN_SYSTEM, signer=leader, by=leader, at=LATER, sha256=first.sha256)
    latest = dossier.results.latest("version")
    dossier = lifecycle.sign_off(dossier, kind=SignOffKind.IN_SYSTEM, signer=leader, by=leader, at=LATER, sha256=latest.sha256)
    assert read_snapshot(issued(dossier).snapshot).draft_sha256 == latest.sha256


def test_a_wrong_paper_counts_no_more_and_the_right_one_has_a_number_of_its_own():
    dossier = signed()
    clerk = make_clerk(dossier.agency)
    wrong = issued(dossier)
    at = LATER + timedelta(hours=2)
    dossier = lifecycle.return_result(dossier, collected_by="owner", name="Thạch Thị Sóc Kha", by=clerk, at=at)
    dossier = lifecycle.return_for_correction(dossier, words="Sai tên ấp", by=clerk, at=at)
    wrong.refresh_from_db()
    assert wrong.voided_at == at
    dossier = submitted(dossier)
    leader = leader_of(dossier)
    dossier = lifecycle.sign_off(
        dossier, kind=SignOffKind.IN_SYSTEM, signer=leader, by=leader, at=at, sha256=dossier.results.latest("version").sha256
    )
    paper = lifecycle.issue_result(dossier, by=clerk, at=at).issued_papers.filter(kind=PaperKind.RESULT).latest("version")
    assert (paper.number, paper.version, paper.voided_at) == ("02/GXN-UBND", 2, None)
    assert first_problem() is None


def test_the_person_it_is_about_is_the_owner_before_the_filer():
    intake = make_intake()
    filer = replace(intake.parties[0], basis="power_of_attorney", authorisation="Giấy ủy quyền 01")
    owner = replace(filer, role="owner", name="Kim Sa Rây", personal_id="", basis="", authorisation="", phone="", phone_owner="")
    dossier = lifecycle.receive(replace(intake, parties=(filer, owner)), by=make_clerk(), at=RECEIVED)
    words = issuing.words_for(dossier, at=LATER)
    assert (words[fold("họ tên")], words[fold("người nộp")]) == ("Kim Sa Rây", "Thạch Thị Sóc Kha")


def test_signed_and_issued_in_one_act_the_number_is_reserved_before_the_chain_is_locked():
    """Numbers before heads, as everywhere: two leaders who end two matters at once must not wait for each other."""
    dossier = submitted(make_dossier(status=Status.PROCESSING))
    leader, draft = leader_of(dossier), dossier.results.get()
    result = lifecycle.ResultSigned(SignOffKind.IN_SYSTEM, sha256=draft.sha256, issue_now=True)
    decided = lifecycle.LetterDecided(lifecycle.LetterChoice.LATER)
    with CaptureQueriesContext(connection) as queries:
        dossier, _ = lifecycle.sign_both(dossier, result=result, letter=decided, by=leader, at=LATER)

    said = [each["sql"] for each in queries]
    numbers = [place for place, sql in enumerate(said) if "INSERT INTO dossiers_numbercounter" in sql]
    heads = [place for place, sql in enumerate(said) if "history_chainhead" in sql]
    assert (dossier.status, dossier.results.get().doc_number) == (Status.RESULT_READY, "01")
    assert numbers[0] < heads[0]
