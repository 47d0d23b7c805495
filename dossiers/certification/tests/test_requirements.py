"""What stops a line, and the sentence at its field."""

from dataclasses import replace

import pytest

from dossiers.certification.requirements import Problem, ground_against, problems_of
from dossiers.certification.session import CertificationLine, Payment, Prolongation
from dossiers.certification.tests.makers import contract, copy, make_session, signature, translation


def fields_of(*lines, **session) -> list[str]:
    return [problem.field for problem in problems_of(make_session(*lines, **session))]


@pytest.mark.parametrize("line", [copy(), signature(), contract(), translation(), copy("Bằng", paper_kind="bt", pages=130, copies=20)])
def test_a_good_line_has_no_problem(line):
    assert problems_of(make_session(line)) == []


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (copy(""), "paper_name"),
        (copy(pages=0), "pages"),
        (copy(pages=3001), "pages"),
        (copy(copies=0), "copies"),
        (copy(copies=501), "copies"),
        (copy(compared=False), "compared"),
        (copy(paper_kind="zz"), "paper_kind"),
        (copy(paper_kind="ll"), "paper_kind"),  # a CV is signed, not copied
        (copy(exempt="nd55"), "exempt"),
        (copy(procedure="2.000884"), "procedure"),
        (copy(printed_pages=-1), "printed_pages"),
        (copy(off_site_place="Nhà riêng", off_site_reason="ốm"), "off_site_place"),
        (signature(off_site_place="Nhà riêng"), "off_site_reason"),
        (signature(signed_before_me=False), "signed_before_me"),
        (signature(signed_before_me=False, specimen_signature=True), "signed_before_me"),
        (signature(capacity_sure=False), "capacity_sure"),
        (contract(capacity_sure=False), "capacity_sure"),
        (translation(language_to=""), "language_from"),
        (CertificationLine(work="photograph", paper_name="Ảnh"), "work"),
    ],
)
def test_a_bad_line_names_its_field(line, field):
    assert fields_of(line) == [field]


def test_the_line_is_named_too():
    assert problems_of(make_session(copy(), copy(pages=0))) == [Problem(1, "pages", "Số trang từ 1 đến 3000")]


@pytest.mark.parametrize("line", [translation, contract])
def test_a_specimen_on_file_stands_for_signing_in_person(line):
    assert fields_of(line(signed_before_me=False, specimen_signature=True)) == []


def test_a_signer_without_paper_is_stopped_but_a_copy_needs_none():
    nobody = replace(make_session().filer, personal_id="")
    assert fields_of(signature(), people=(nobody,)) == ["personal_id"]
    assert fields_of(copy(), people=(nobody,)) == []


@pytest.mark.parametrize(
    ("witnesses", "found"), [((), ["witnesses"]), (("Kim Sang", "kim sang"), ["witnesses"]), (("Kim Sang", "Sơn Hà"), [])]
)
def test_who_cannot_read_or_sign_a_deal_needs_two_witnesses(witnesses, found):
    assert fields_of(contract(cannot_read_or_sign=True, witnesses=witnesses)) == found


def test_no_party_is_his_own_witness():
    assert fields_of(contract(witnesses=("Thạch Thị Sóc Kha", "Sơn Hà"))) == ["witnesses"]


@pytest.mark.parametrize(
    ("line", "ground"),
    [
        (copy(paper_kind="tx"), "K1"),
        (copy(paper_kind="hh"), "K2"),
        (copy(paper_kind="dm"), "K3"),
        (copy(paper_kind="nn"), "K5"),
        (copy(paper_kind="tv"), "K6"),
        (translation(paper_kind="nn"), "N5"),
        (signature(paper_kind="vb"), "C4"),
        (signature(paper_kind="uq"), "C4"),
        (signature(paper_kind="uq", authorisation_case="sell_the_land"), "C4"),
    ],
)
def test_papers_that_may_not_be_certified_are_known_by_their_kind(line, ground):
    assert ground_against(line).key == ground
    assert fields_of(line) == ["paper_kind"]


@pytest.mark.parametrize("case", ["papers", "pension", "house", "policy_loan"])
def test_the_four_simple_authorisations_are_signed(case):
    assert fields_of(signature(paper_kind="uq", authorisation_case=case)) == []


def test_any_other_authorisation_is_sent_to_the_contract_form():
    (problem,) = problems_of(make_session(signature(paper_kind="uq")))
    assert "chứng thực giao dịch" in problem.sentence


@pytest.mark.parametrize(
    ("line", "wished", "found"),
    [
        (copy(), Prolongation(1, "nhiều trang"), []),
        (copy(), Prolongation(2, "nhiều trang"), []),
        (copy(), Prolongation(3, "nhiều trang"), ["agreed_in_writing"]),
        (copy(), Prolongation(3, "nhiều trang", agreed_in_writing=True), []),
        (copy(), Prolongation(2, ""), ["prolong_reason"]),
        (copy(), Prolongation(0, "nhiều trang"), ["working_days"]),
        (contract(), Prolongation(2, "phức tạp"), []),
        (contract(), Prolongation(4, "phức tạp"), ["agreed_in_writing"]),
        (translation(), Prolongation(1, "dài"), ["agreed_in_writing"]),
        (translation(), Prolongation(1, "dài", agreed_in_writing=True), []),
        (signature(), Prolongation(1, "đông người", agreed_in_writing=True), ["working_days"]),
    ],
)
def test_more_time_only_as_far_as_the_articles_go(line, wished, found):
    assert fields_of(line, prolongation=wished) == found


def test_a_session_without_lines_or_filer_is_nothing():
    session = make_session()
    assert [problem.field for problem in problems_of(replace(session, lines=(), people=()))] == ["name", "lines"]


def test_an_unknown_way_of_paying_is_refused():
    assert fields_of(copy(), payment=Payment(paid_by="beer")) == ["paid_by"]
