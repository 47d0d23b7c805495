"""Letters of apology while processes die and the broker forgets: one for each broken promise, one number, one file, one message."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from script import throwaway
from tests.stress import census
from tests.stress.clients import filled
from tests.stress.portal import BASE_DIR, ON_POSTGRESQL, free_port, on_postgresql_at_least, serving, wait_for

pytestmark = pytest.mark.stress

SPEED = 20
SECONDS, SECONDS_TO_CATCH_UP = 500, 120
# Letters, processes killed, times that the broker is emptied: as the issue counts them, and in small.
FULL, SMALL = (500, 20, 3), (40, 4, 3)
WORKER = ["celery", "--quiet", "-A", "onestop", "worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
STEPS = "sum(CASE state WHEN 'drafted' THEN 1 WHEN 'signed' THEN 2 WHEN 'issued' THEN 3 ELSE 4 END)"


class Crew:
    """Processes at work in a place; whoever is killed is replaced."""

    def __init__(self, place, programs: dict[str, list[str]]) -> None:
        self.place, self.programs = place, programs
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, name: str) -> None:
        with (self.place.state / f"{name}-output").open("ab") as output:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *self.programs[name]],
                cwd=BASE_DIR,
                env=self.place.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def check(self) -> None:
        """Nobody ends by himself: that would be an error that a restart hides."""
        ended = [name for name, process in self.running.items() if process.poll() is not None]
        assert ended == [], self.said()

    def said(self) -> str:
        """The last lines of everybody's output."""
        tails = {name: (self.place.state / f"{name}-output").read_text(errors="replace")[-1500:] for name in self.programs}
        return "\n".join(f"--- {name}\n{tail}" for name, tail in tails.items())

    @contextlib.contextmanager
    def at_work(self) -> Iterator["Crew"]:
        try:
            for name in self.programs:
                self.start(name)
            yield self
        finally:
            for name in list(self.running):
                self.kill(name)


@contextlib.contextmanager
def broker(place) -> Iterator[str]:
    """A Redis of the test's own beside PostgreSQL; none beside SQLite, where the jobs are run without a broker."""
    if not ON_POSTGRESQL:
        yield ""
        return
    with throwaway.redis() as address:
        place.extra["REDIS_URL"] = address
        yield address
        place.extra.pop("REDIS_URL")


def empty(address: str) -> None:
    """Everything that the broker knew is gone."""
    import redis

    redis.Redis.from_url(address).flushall()


def crew_for(place, address: str, began: float) -> Crew:
    """Two who do the jobs and two devices on which the leader signs; with a broker also whoever rings for the jobs."""
    when = [repr(began), str(SPEED)]
    own = ["tests.stress.at_work"]
    workers = {f"worker-{n}": [*WORKER, "-n", f"worker{n}@stress"] if address else [*own, "jobs", *when] for n in (1, 2)}
    leaders = {f"leader-{n}": [*own, "leader", *when, str(n)] for n in (1, 2)}
    return Crew(place, workers | leaders | ({"bell": [*own, "bell", *when]} if address else {}))


def one_worker(place, address: str, began: float) -> Crew:
    """The least that does the jobs: one worker, and with a broker whoever rings for it."""
    programs = crew_for(place, address, began).programs
    return Crew(place, {name: words for name, words in programs.items() if name in {"worker-1", "bell"}})


def progress(place) -> int:
    """How far the letters have come in all: drafted, signed, issued, sent count one each."""
    return place.rows(f"SELECT {STEPS} FROM dossiers_apologyletter")[0][0] or 0


@on_postgresql_at_least
def test_killed_and_forgotten_every_broken_promise_has_its_letter_once(place, full_size, figures):
    letters, kills, flushes = FULL if full_size else SMALL
    rng = random.Random(2026)
    place.extra["OUTBOX_SMS"] = "file"
    assert place.run(sys.executable, "-m", "tests.stress.at_work", "late", str(letters)).strip() == str(letters)
    goal = 4 * letters
    # When what happens: at random steps of the way, so that every part of the work is met.
    cuts = sorted([(rng.randrange(goal), "kill") for _ in range(kills)] + [(rng.randrange(goal), "empty") for _ in range(flushes)])
    with broker(place) as address:
        began = time.time()
        crew = crew_for(place, address, began)
        victims = [name for name in crew.programs if name != "bell"]
        killed: list[str] = []
        with crew.at_work():
            deadline = time.monotonic() + SECONDS
            while (done := progress(place)) < goal:
                assert time.monotonic() < deadline, f"{done} of {goal} steps after {SECONDS} s, killed: {killed}\n{crew.said()}"
                crew.check()
                while cuts and cuts[0][0] <= done:
                    if cuts.pop(0)[1] == "kill":
                        killed.append(rng.choice(victims))
                        crew.kill(killed[-1])
                        crew.start(killed[-1])
                    elif address:
                        empty(address)
                time.sleep(0.05)
        seconds = time.time() - began
        place.wait_until_quiet()
        assert (len(killed), cuts) == (kills, [])
        there = everything(place)
        again = place.run(sys.executable, "-m", "tests.stress.at_work", "once", repr(began), str(SPEED)).splitlines()
    assert again[:2] + again[3:] == ["0 letters drafted", "0 letters issued, 0 failed", "0 letters sent"]
    assert again[2].startswith("0 messages sent, 0 to be tried again")
    assert everything(place) == there
    check_letters(place, letters)
    assert census.gaps(place) == []
    assert "whole" in place.manage("verify_history")
    figures(f"{letters} letters in {seconds:.0f} s, {kills} processes killed, broker emptied {flushes if ON_POSTGRESQL else 0} times")


def everything(place) -> list[list]:
    """All rows that a job running once more could have added or changed."""
    tables = ("dossiers_apologyletter", "dossiers_issuedpaper", "dossiers_appointment", "outbox_message", "dossiers_numbercounter")
    return [sorted(map(repr, place.rows(f"SELECT * FROM {table}"))) for table in tables]


def check_letters(place, count: int) -> None:
    """So many letters, numbers without a gap, files that open and say their number, messages and promises: one each."""
    columns = "l.number, l.missed_id, l.state, p.sha256, l.id"
    rows = place.rows(f"SELECT {columns} FROM dossiers_apologyletter l JOIN dossiers_issuedpaper p ON p.id = l.paper_id")
    assert sorted(row[0] for row in rows) == list(range(1, count + 1))
    assert len({row[1] for row in rows}) == count
    assert {row[2] for row in rows} == {"sent"}
    assert place.rows("SELECT count(*) FROM dossiers_appointment WHERE kind = 'apology'") == [(count,)]
    for number, _, _, sha256, _ in rows:
        file = next((place.state / "files").rglob(sha256))
        said = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
        assert f"Số: {number:02d}/UBND-TTPVHCC" in said
    messages = place.rows("SELECT key, state FROM outbox_message WHERE event = 'apology'")
    assert sorted(messages) == sorted((f"apology:{row[4]}:sms", "sent") for row in rows)
    # A sender killed between the sending and its note sends again under the same errand, which the gateway drops.
    handed_over = [json.loads(line)["id"] for line in (place.state / "outbox" / "sms.log").read_text().splitlines()]
    assert {errand for errand in handed_over if errand.startswith("apology:")} == {key for key, _ in messages}


@on_postgresql_at_least
def test_while_the_broker_is_down_the_desk_goes_on_and_all_is_caught_up_once(place, procedure, clerks, full_size, figures):
    letters = 20 if full_size else 6
    place.extra["OUTBOX_SMS"] = "file"
    # Nobody listens there; the place believes that its broker does.
    place.extra["REDIS_URL"] = f"redis://:gone@127.0.0.1:{free_port()}/0"
    when = [repr(time.time()), str(SPEED)]
    assert place.run(sys.executable, "-m", "tests.stress.at_work", "late", str(letters)).strip() == str(letters)
    with serving(place):
        desk = clerks(place, 1)[0]
        took = [received(desk, procedure) for _ in range(3)]
        assert desk.get("/tra-cuu/").status == 200
        # Flags, drafts and signatures ask no broker either.
        assert place.run(sys.executable, "-m", "tests.stress.at_work", "once", *when).splitlines()[0] == f"{letters} letters drafted"
        signing = Crew(place, {"leader": ["tests.stress.at_work", "leader", *when, "1"]})
        with signing.at_work():
            unsigned = "SELECT count(*) FROM dossiers_apologyletter WHERE state = 'drafted'"
            wait_for(lambda: place.rows(unsigned) == [(0,)], SECONDS_TO_CATCH_UP, "signing")
    assert max(took) < 10
    del place.extra["REDIS_URL"]
    with broker(place) as again, one_worker(place, again, float(when[0])).at_work():
        wait_for(lambda: progress(place) == 4 * letters, SECONDS_TO_CATCH_UP, "catching up")
    place.wait_until_quiet()
    check_letters(place, letters)
    assert "whole" in place.manage("verify_history")
    figures(f"intakes without a broker took {max(took):.2f} s at most; {letters} letters caught up")


def received(desk, procedure) -> float:
    began = time.monotonic()
    assert desk.post("/quay/tiep-nhan/", filled(procedure).fields).status == 303
    return time.monotonic() - began
