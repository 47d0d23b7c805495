import time
from collections import Counter
from datetime import date
from random import Random

import pytest

from onestop.demo.people import COMMUNES, NA_SEN, TRA_KHA, InventedPeople, invented_id, invented_phone
from onestop.reading.card import Card, read_scan
from onestop.reading.dates import PartialDate, read_date
from onestop.reading.identity import facts_of, identity_warning, province_warning, read_personal_id
from onestop.reading.names import read_name
from onestop.reading.phones import read_phone

TODAY = date(2026, 11, 21)


def make_people(seed=1):
    return InventedPeople(Random(seed), today=TODAY)


@pytest.fixture(scope="module")
def crowd():
    return make_people().many(3000, min_age=0)


def test_the_same_seed_gives_the_same_people():
    assert make_people(7).many(50) == make_people(7).many(50)
    assert make_people(7).many(50) != make_people(8).many(50)


def test_everything_passes_the_rules_of_intake(crowd):
    for person in crowd:
        assert read_name(person.name) == person.name
        assert read_date(str(person.birth), today=TODAY) == person.birth
        assert read_personal_id(person.personal_id) == person.personal_id
        assert person.phone in ("", read_phone(person.phone or "0900000000"))


def test_identity_numbers_agree_with_the_person_and_with_no_province(crowd):
    assert {identity_warning(person.personal_id, person.birth, person.sex) for person in crowd} == {""}
    assert all(province_warning(person.personal_id) for person in crowd)


def test_identity_numbers_are_not_given_twice(crowd):
    assert len({person.personal_id for person in crowd}) == len(crowd)


@pytest.mark.parametrize(
    ("year", "sex", "number"),
    [(1985, "female", "000185000012"), (1949, "male", "000049000012"), (2019, "male", "000219000012")],
)
def test_an_invented_number_is_well_formed(year, sex, number):
    assert invented_id(year, sex, 12) == number
    assert (facts_of(number).birth_year, facts_of(number).sex) == (year, sex)


def test_phones_are_plainly_invented(crowd):
    assert {person.phone[:7] for person in crowd} == {"", "0900000"}
    assert invented_phone(1012) == "0900000012"


def test_every_people_and_commune_is_met(crowd):
    met = Counter(person.people for person in crowd)
    assert set(met) == {people for commune in COMMUNES for people, _ in commune.peoples}
    assert {person.address.split(", ")[1] for person in crowd} == {"xã Trà Kha", "xã Nà Sen"}


def test_ages_keep_to_what_was_asked():
    births = [person.birth for person in make_people().many(500, min_age=18, max_age=20)]
    assert min(births) >= PartialDate(2006) and max(births) <= PartialDate(2008, 11, 21)


def test_some_old_people_know_only_their_year(crowd):
    only_year = [person for person in crowd if person.birth.month is None]
    assert only_year and all(person.birth.year < 1957 for person in only_year)


def test_a_child_takes_the_family_name_it_is_given():
    child = make_people().person(commune=TRA_KHA, people="Khmer", family="Thạch", sex="male", max_age=0)
    assert child.name.split()[0] == "Thạch"
    assert child.birth >= PartialDate(2025)


def test_men_and_women_bear_the_families_of_their_sex():
    people = make_people()
    women = {people.person(people="Khmer", sex="female").name.split()[0] for _ in range(500)}
    men = {people.person(people="Khmer", sex="male").name.split()[0] for _ in range(500)}
    assert ("Néang" in women, "Néang" in men, "Chau" in women, "Chau" in men) == (True, False, False, True)


def test_cards_of_invented_people_are_read_without_a_warning(crowd):
    for person in crowd[:500]:
        read = read_scan(person.card_text(issued=date(2025, 8, 20)))
        assert read == Card(
            personal_id=person.personal_id,
            name=person.name,
            birth=person.birth,
            sex=person.sex,
            address=person.address,
            issued=date(2025, 8, 20),
            kind="Căn cước",
        )


def test_ten_thousand_people_take_about_a_second():
    people = make_people()
    started = time.thread_time()
    people.many(2000, commune=NA_SEN)
    assert time.thread_time() - started < 0.4
