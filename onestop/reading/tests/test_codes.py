import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.reading import Unreadable
from onestop.reading.codes import CODE_PATTERN, UNREADABLE_CODE, canonical_dossier_code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("H01.26-261121-0157", "H01.26-261121-0157"),
        ("h01.26-261121-0157", "H01.26-261121-0157"),
        (" H01.26 261121 0157 ", "H01.26-261121-0157"),
        ("H01.26 - 261121 - 0157", "H01.26-261121-0157"),
        ("H01 . 26-261121-0157", "H01.26-261121-0157"),
        ("H01.26–261121–0157", "H01.26-261121-0157"),
        ("H01.26-2611210157", "H01.26-261121-0157"),
        ("H01.262611210157", "H01.26-261121-0157"),
        ("H01.26.10226112110157", "H01.26.102-261121-10157"),
        ("H15.50.05.13-261008-0975", "H15.50.05.13-261008-0975"),
        ("G22.99.15-260131-150001", "G22.99.15-260131-150001"),
        ("H01-261121-12345", "H01-261121-12345"),
        ("Ｈ０１", None),
        ("", None),
        ("KS", None),
        ("H01.26-261121", None),
        ("H01.26-261121-015", None),
        ("H01.26-261121-01570000", None),
        ("H01.2626130001570", None),
        ("H1.26-261121-0157", None),
        ("H01.26-261121-0157\n<b>", None),
        ("H٠١.26-261121-0157", None),
        ("H" * 100_000, None),
    ],
)
def test_codes_are_read_as_people_type_them(typed, code):
    if code:
        assert canonical_dossier_code(typed) == code
    else:
        with pytest.raises(Unreadable, match=re.escape(UNREADABLE_CODE)):
            canonical_dossier_code(typed)


@given(st.from_regex(CODE_PATTERN, fullmatch=True).map(str.strip))
def test_a_printed_code_is_read_as_itself(code):
    assert canonical_dossier_code(code) == code


@given(st.text(max_size=80))
def test_what_is_read_always_has_the_form_of_a_code(text):
    with contextlib.suppress(Unreadable):
        assert re.fullmatch(CODE_PATTERN, canonical_dossier_code(text))
