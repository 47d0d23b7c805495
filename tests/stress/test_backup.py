"""A backup taken while clerks work, put back into an empty place: the same dossiers, files and chain, and it goes on."""
import hashlib
import threading
import time

import pytest

from tests.stress import census
from tests.stress.clients import code_of, filled
from tests.stress.portal import on_postgresql_at_least, serving

pytestmark = pytest.mark.stress

CLIENTS, SECONDS = 3, 120


def receive_until(stop, desk, procedure, acknowledged):
    deadline = time.monotonic() + SECONDS
    while not stop.is_set() and time.monotonic() < deadline:
        form = filled(procedure)
        answer = desk.post("/quay/tiep-nhan/", form.fields)
        assert answer.status == 303, answer.text[:500]
        acknowledged[form.key] = code_of(answer.location)


def files_of(place):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (place.state / "files").rglob("*") if path.is_file()}


@on_postgresql_at_least
def test_a_backup_under_load_is_restored_whole_and_numbers_go_on(place, make_place, procedure, clerks, full_size, figures, tmp_path):
    acknowledged: dict[str, str] = {}
    stop = threading.Event()
    with serving(place):
        desks = clerks(place, CLIENTS + 1)
        for _ in range(60 if full_size else 6):
            form = filled(procedure)
            code = code_of(desks[-1].post("/quay/tiep-nhan/", form.fields).location)
            assert desks[-1].get(f"/ho-so/{code}/in/giay-hen/").status == 200
            acknowledged[form.key] = code
        receiving = [threading.Thread(target=receive_until, args=(stop, desk, procedure, acknowledged)) for desk in desks[:CLIENTS]]
        for thread in receiving:
            thread.start()
        try:
            time.sleep(1)
            before = dict(acknowledged)
            began = time.monotonic()
            place.manage("backup", str(tmp_path / "backup"))
            seconds = time.monotonic() - began
            during = len(acknowledged) - len(before)
        finally:
            stop.set()
            for thread in receiving:
                thread.join(SECONDS)
    elsewhere = make_place("elsewhere", empty=True)
    assert "whole" in elsewhere.manage("restore", str(tmp_path / "backup"))
    figures(f"backup in {seconds:.1f} s while {during} intakes were received; {len(before)} had been before it")
    there = census.dossiers(elsewhere)
    assert {key: there[key].code for key in before} == before
    assert {key: row.code for key, row in there.items()}.items() <= acknowledged.items()
    assert {row.parts for row in there.values()} == {census.whole(procedure.papers)}
    assert census.gaps(elsewhere) == []
    named = {row[0] for row in elsewhere.rows("SELECT sha256 FROM dossiers_issuedpaper WHERE sha256 <> ''")}
    assert named <= files_of(elsewhere).keys()
    assert files_of(elsewhere).items() <= files_of(place).items()
    goes_on(elsewhere, procedure, clerks, there)


def goes_on(place, procedure, clerks, there):
    """The next intake has the next number, in the restored place."""
    place.prepare()
    last = max(int(row.code.rsplit("-", 1)[1]) for row in there.values())
    with serving(place):
        code = code_of(clerks(place, 1)[0].post("/quay/tiep-nhan/", filled(procedure).fields).location)
    same_day = {row.code.rsplit("-", 1)[0] for row in there.values()} == {code.rsplit("-", 1)[0]}
    assert int(code.rsplit("-", 1)[1]) == (last + 1 if same_day else 1)
    assert census.gaps(place) == []
    assert "whole" in place.manage("verify_history")
