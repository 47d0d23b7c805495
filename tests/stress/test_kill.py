"""Power cuts in the middle of intakes: what was acknowledged is there and whole, the rest is whole or absent."""
import http.client
import random
import threading
import time

import pytest

from tests.stress import census
from tests.stress.clients import Form, code_of, filled
from tests.stress.portal import serving

pytestmark = pytest.mark.stress

CLIENTS = 4
LONGEST_ROUND = 30
# The cut comes at any moment of this time after a round's first answer, when every worker is at it.
LONGEST_WAIT = 1.2


def test_killed_in_the_middle_of_intakes_nothing_acknowledged_is_lost(place, procedure, clerks, full_size, figures):
    kills = 50 if full_size else 3
    rng = random.Random(2026)
    acknowledged: dict[str, str] = {}
    in_flight: list[Form] = []
    sent_before_cut = survivors = 0
    began = time.monotonic()
    with serving(place) as server:
        desks = clerks(place, CLIENTS)
        for _ in range(kills):
            in_flight.clear()
            receiving = [threading.Thread(target=receive_until_cut, args=(desk, procedure, acknowledged, in_flight)) for desk in desks]
            before = len(acknowledged)
            for thread in receiving:
                thread.start()
            wait_for_first_answer(acknowledged, before)
            time.sleep(rng.uniform(0.0, LONGEST_WAIT))
            server.kill()
            for thread in receiving:
                thread.join(LONGEST_ROUND)
            assert [thread for thread in receiving if thread.is_alive()] == []
            there = census.dossiers(place)
            assert {key: there[key].code if key in there else "lost" for key in acknowledged} == acknowledged
            assert {row.parts for row in there.values()} == {census.whole(procedure.papers)}
            assert there.keys() - acknowledged.keys() <= {form.key for form in in_flight}
            assert census.gaps(place) == []
            sent_before_cut += len(in_flight)
            survivors += len(there.keys() - acknowledged.keys())
            server.start()
            # The clerk presses the key again: the same dossier if it was saved, a new one if not.
            for form in in_flight:
                answer = desks[0].post("/quay/tiep-nhan/", form.fields)
                assert answer.status == 303
                assert form.key not in there or there[form.key].code == code_of(answer.location)
                acknowledged[form.key] = code_of(answer.location)
    assert {key: row.code for key, row in census.dossiers(place).items()} == acknowledged
    assert census.gaps(place) == []
    assert "whole" in place.manage("verify_history")
    figures(
        f"{kills} kills in {time.monotonic() - began:.0f} s, {len(acknowledged)} intakes acknowledged, none lost; "
        f"{sent_before_cut} were in flight, of which {survivors} had been saved"
    )


def wait_for_first_answer(acknowledged, before):
    deadline = time.monotonic() + LONGEST_ROUND
    while len(acknowledged) == before:
        assert time.monotonic() < deadline, "no intake was answered"
        time.sleep(0.005)


def receive_until_cut(desk, procedure, acknowledged, in_flight):
    """Intakes one after the other until nobody answers any more; at most one is then without an answer."""
    deadline = time.monotonic() + LONGEST_ROUND
    while time.monotonic() < deadline:
        form = filled(procedure)
        try:
            answer = desk.post("/quay/tiep-nhan/", form.fields)
        except (OSError, http.client.HTTPException):
            in_flight.append(form)
            return
        assert answer.status == 303, answer.text[:500]
        acknowledged[form.key] = code_of(answer.location)
