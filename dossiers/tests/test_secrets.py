import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers import secrets

CODE = "H61.26-261121-0001"


@given(st.text(max_size=60), st.integers(1, 100))
def test_a_lookup_code_has_eight_digits_and_a_token_sixteen_letters_that_cannot_be_mistaken(subject, version):
    assert re.fullmatch(r"[0-9]{8}", secrets.lookup_code(subject, version))
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{16}", secrets.token(subject, version))


def test_they_are_the_same_each_time():
    assert secrets.token(CODE, 1) == secrets.token(CODE, 1)


def test_a_new_version_is_a_new_secret():
    assert len({secrets.token(CODE, version) for version in range(1, 50)}) == 49
    assert len({secrets.lookup_code(CODE, version) for version in range(1, 50)}) == 49


def test_another_key_derives_other_secrets(settings):
    before = secrets.token(CODE, 1)
    settings.LOOKUP_KEY = "another key that is long enough to be one 0000000000000000000"
    assert secrets.token(CODE, 1) != before


def test_the_lookup_code_is_no_part_of_the_token():
    assert secrets.lookup_code(CODE, 1) not in secrets.token(CODE, 1)


def test_a_token_is_found_in_either_case():
    token = secrets.token(CODE, 1)
    assert secrets.token_digest(token.lower()) == secrets.token_digest(token)


@pytest.mark.parametrize("typed", ["", "0", "00000000", "không", "9" * 5000])
def test_only_the_right_code_opens(typed):
    right = secrets.lookup_code(CODE, 1)
    assert secrets.opens(CODE, 1, right)
    assert not secrets.opens(CODE, 2, right)
    assert typed == right or not secrets.opens(CODE, 1, typed)
