import pytest

from dossiers.certification.clauses import BadClause, fill, places_in


def test_places_are_filled():
    assert fill("Số chứng thực {number}, quyển số {volume}", {"number": "01", "volume": "01/2026-SCT/BS"}) == (
        "Số chứng thực 01, quyển số 01/2026-SCT/BS"
    )


def test_what_is_not_known_stays_a_line_to_write_on():
    assert fill("Ngày {day}", {}) == "Ngày ……"


@pytest.mark.parametrize("text", ["{nobody}", "{number", "number}", "{}", "{number!r}", "{number:>9}", "{number.__class__}", "{0}"])
def test_a_text_that_cannot_be_filled_is_refused(text):
    with pytest.raises(BadClause):
        places_in(text)


def test_a_text_without_places_is_fine():
    assert places_in("Chứng thực bản sao đúng với bản chính") == set()
