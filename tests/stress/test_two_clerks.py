"""Two clerks with the same dossier on their screens: the second is told, whoever that is."""
import re

import pytest

from tests.stress.clients import at_once, code_of, filled
from tests.stress.portal import serving

pytestmark = pytest.mark.stress

REVISION = re.compile(r'name="revision" value="(\d+)"')


def amendment(desk, code, note):
    """The form of the mending page with another note, as it stands on this desk's screen."""
    page = desk.get(f"/ho-so/{code}/sua/").text
    return {
        "revision": REVISION.search(page)[1],
        "phone": "0900000123",
        "phone_owner": "own",
        "address": "Ấp Chợ, xã Trà Kha",
        "delivery": "desk",
        "staff_note": note,
    }


def test_the_second_of_two_clerks_is_told_and_overwrites_nothing(place, procedure, clerks, full_size):
    with serving(place):
        first, second = clerks(place, 2)
        for turn in range(20 if full_size else 4):
            code = code_of(first.post("/quay/tiep-nhan/", filled(procedure).fields).location)
            ours, theirs = amendment(first, code, f"Gọi buổi chiều {turn}"), amendment(second, code, f"Gọi buổi tối {turn}")
            assert first.post(f"/ho-so/{code}/sua/", ours).status == 303
            answer = second.post(f"/ho-so/{code}/sua/", theirs)
            assert (answer.status, "Hồ sơ vừa được" in answer.text) == (409, True)
            # Both versions: what he typed, and what is stored now.
            assert (f"Gọi buổi tối {turn}" in answer.text, f"Gọi buổi chiều {turn}" in answer.text) == (True, True)
            assert place.rows(f"SELECT staff_note FROM dossiers_dossier WHERE code = '{code}'") == [(f"Gọi buổi chiều {turn}",)]


def test_of_two_clerks_at_the_same_instant_exactly_one_is_told(place, procedure, clerks, full_size):
    with serving(place):
        desks = clerks(place, 2)
        for turn in range(20 if full_size else 4):
            code = code_of(desks[0].post("/quay/tiep-nhan/", filled(procedure).fields).location)
            forms = [amendment(desk, code, f"Ghi chú {turn}-{number}") for number, desk in enumerate(desks)]
            answers = {}

            def send(number, answers=answers, code=code, forms=forms):
                answers[number] = desks[number].post(f"/ho-so/{code}/sua/", forms[number]).status

            at_once([lambda: send(0), lambda: send(1)], 60)
            assert sorted(answers.values()) == [303, 409]
            winner = next(number for number, status in answers.items() if status == 303)
            assert place.rows(f"SELECT staff_note FROM dossiers_dossier WHERE code = '{code}'") == [(f"Ghi chú {turn}-{winner}",)]
    assert "whole" in place.manage("verify_history")
