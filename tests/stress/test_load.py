"""Many clerks at once in one commune: every form becomes exactly one dossier, and nobody sees an error."""
import time
from itertools import count

import pytest

from tests.stress import census
from tests.stress.clients import Answer, Desk, Form, at_once, code_of, filled
from tests.stress.portal import ON_POSTGRESQL, serving

pytestmark = pytest.mark.stress

# As the issue counts them: clients and intakes, at full size and in small.
FULL, SMALL = ((16, 1000), (16, 120)) if ON_POSTGRESQL else ((4, 200), (4, 40))
SECONDS = 400


def test_many_clerks_receive_at_once_without_double_gap_or_error(place, procedure, clerks, full_size, figures):
    clients, intakes = FULL if full_size else SMALL
    forms = [filled(procedure) for _ in range(intakes)]
    answers: dict[str, Answer] = {}
    times: list[float] = []
    turn = count()

    def clerk(desk):
        def work():
            while (number := next(turn)) < len(forms):
                began = time.monotonic()
                answers[forms[number].key] = desk.post("/quay/tiep-nhan/", forms[number].fields)
                times.append(time.monotonic() - began)

        return work

    with serving(place, threads=8 if ON_POSTGRESQL else 4):
        desks = clerks(place, clients)
        began = time.monotonic()
        at_once([clerk(desk) for desk in desks], SECONDS)
        seconds = time.monotonic() - began
    times.sort()
    figures(
        f"{intakes} intakes by {clients} clients in {seconds:.1f} s = {intakes / seconds:.1f}/s, "
        f"half within {times[len(times) // 2] * 1000:.0f} ms, 95 % within {times[int(len(times) * 0.95)] * 1000:.0f} ms, "
        f"slowest {times[-1] * 1000:.0f} ms"
    )
    assert {answer.status for answer in answers.values()} == {303}
    there = census.dossiers(place)
    assert {key: code_of(answer.location) for key, answer in answers.items()} == {key: row.code for key, row in there.items()}
    assert {row.parts for row in there.values()} == {census.whole(procedure.papers)}
    assert census.gaps(place) == []
    assert "whole" in place.manage("verify_history")


def sent_by_all(desks: list[Desk], form: Form) -> list[Answer]:
    """The answers to one form that every desk sends at the same instant."""
    answers: list[Answer] = []
    at_once([lambda desk=desk: answers.append(desk.post("/quay/tiep-nhan/", form.fields)) for desk in desks], SECONDS)
    return answers


def test_the_same_form_sent_eight_times_at_once_is_one_dossier(place, procedure, clerks, full_size):
    times = 25 if full_size else 5
    with serving(place, threads=8):
        desks = clerks(place, 8)
        for turn in range(1, times + 1):
            answers = sent_by_all(desks, filled(procedure))
            assert {(answer.status, answer.location) for answer in answers} == {(303, answers[0].location)}
            assert len(answers) == len(desks)
            assert len(census.dossiers(place)) == turn
    assert census.gaps(place) == []
    assert "whole" in place.manage("verify_history")
