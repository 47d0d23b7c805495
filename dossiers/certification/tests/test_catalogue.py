import copy
import json

import pytest

from dossiers.certification.catalogue import SHIPPED, BadCatalogue, catalogue, read
from dossiers.certification.kinds import Book, Work


def test_the_four_books_have_their_symbols():
    assert {key: book.symbol for key, book in catalogue().books.items()} == {
        Book.COPIES: "SCT/BS",
        Book.SIGNATURES: "SCT/CK,ĐC",
        Book.TRANSLATIONS: "SCT/CKND",
        Book.CONTRACTS: "SCT/HĐ,GD",
    }


@pytest.mark.parametrize(
    ("work", "book", "years"),
    [
        (Work.COPY, Book.COPIES, 0),
        (Work.CONTRACT_COPY, Book.COPIES, 0),
        (Work.SIGNATURE, Book.SIGNATURES, 2),
        (Work.FINGERPRINT, Book.SIGNATURES, 2),
        (Work.TRANSLATION, Book.TRANSLATIONS, 2),
        (Work.CONTRACT, Book.CONTRACTS, 20),
        (Work.WILL, Book.CONTRACTS, 20),
    ],
)
def test_work_goes_into_its_book_and_is_kept_as_long_as_the_law_says(work, book, years):
    rules = catalogue().rules_of(work)
    assert (rules.book, rules.retention.years) == (book, years)


def test_the_books_themselves_are_kept_for_ever():
    assert catalogue().book_retention.years is None


def test_the_short_list_puts_the_frequent_papers_first():
    assert [code for code, paper in catalogue().papers.items() if Work.COPY in paper.works][:6] == ["cc", "bt", "hb", "ks", "kh", "sd"]


def test_a_short_code_is_found_however_it_was_typed():
    assert catalogue().paper(" BT ").name == "Bằng tốt nghiệp"
    assert catalogue().paper("zz") is None


def test_grounds_of_refusal_are_those_of_the_work():
    assert [ground.key for ground in catalogue().grounds_for(Work.COPY)] == ["K1", "K2", "K3", "K4", "K5", "K6", "X1"]
    assert [ground.key for ground in catalogue().grounds_for(Work.WILL)] == ["G1", "G2", "G3", "G4", "X1"]


def test_every_rule_says_where_it_stands():
    known = catalogue()
    rules = [*known.grounds.values(), *known.books.values(), *(work.retention for work in known.works.values())]
    assert [rule for rule in rules if not rule.article] == []


def test_what_could_not_be_read_is_marked_and_not_invented():
    assert {form.mark for form in catalogue().forms.values()} == {"unverified"}
    assert catalogue().forms["03"].text == ""


def spoilt(change):
    data = copy.deepcopy(json.loads(SHIPPED.read_text(encoding="utf-8")))
    change(data)
    return data


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["books"].pop(),
        lambda data: data["kinds"].pop(0),
        lambda data: data["kinds"].append(data["kinds"][0]),
        lambda data: data["rates"].pop(0),
        lambda data: data["kinds"][0].update(retention="for_a_while"),
        lambda data: data["papers"][0].update(refuse={"copy": "Q9"}),
        lambda data: data["papers"][0].update(refuse={"copy": "C1"}),
        lambda data: data["papers"][0].update(kinds=["photograph"]),
        lambda data: data["rates"][0].update(mark="hearsay"),
        lambda data: data["rates"][0].update(valid_from="soon"),
        lambda data: data["exemptions"][0].update(kinds=["parking"]),
        lambda data: data.pop("grounds"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(change):
    with pytest.raises(BadCatalogue):
        read(spoilt(change))
