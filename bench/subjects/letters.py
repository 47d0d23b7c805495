"""Signed letters on their way: two workers against one, by the clock on the wall.

Both sides issue the same letters: files are made, letters shown, messages queued, events chained. Before each
run they are put back to where the signature left them.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from bench.bench import Bench
from bench.measure import compare_costly
from bench.report import Line, ratio_line
from dossiers import lifecycle
from dossiers.models import ApologyLetter, LetterState
from dossiers.tests.makers import make_clerk, make_dossier, make_version
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.vault import files
from onestop.worktime.hours import at, local
from onestop.worktime.store import calendar_in_force, opening_hours

RATIO = 0.75
FULL, QUICK = 100, 24
ROUNDS_FULL, ROUNDS_QUICK = 7, 3
WORDS = "Số hồ sơ tăng cao, chúng tôi chưa làm kịp."
BASE_DIR = Path(__file__).resolve().parent.parent.parent


def measure(bench: Bench) -> list[Line]:
    bench.tables()
    count, rounds = (FULL, ROUNDS_FULL) if bench.full else (QUICK, ROUNDS_QUICK)
    _sign(count)
    with _worker() as first, _worker() as second:
        _put_back()
        run([first, second], count)  # once, so that both know the paper
        sides = (lambda: run([first, second], count), lambda: run([first], count))
        found = compare_costly(*sides, time.perf_counter, rounds=rounds, around=(_as_signed, _as_signed))
    _check(count)
    return [ratio_line("letters", f"{count} letters on two workers ÷ one, on the wall", RATIO, found)]


def _sign(count: int) -> None:
    """So many signed letters of one commune."""
    agency, now = make_agency("H61.98", "Nơi Đo"), timezone.now()
    clerk, head = make_clerk(agency), make_user(Role.HEAD, agency=agency)
    version = make_version("9.000098")
    calendar = calendar_in_force(agency.pk)
    date = calendar.add_working_days(local(now).date(), 5)
    new_due_at: datetime = at(date, opening_hours(agency.pk).sessions(date, calendar)[0][1])
    for _ in range(count):
        dossier = make_dossier(by=clerk, at=now - timedelta(days=30), version=version)
        letter = lifecycle.draft_letter(dossier, at=now)
        letter = lifecycle.prepare_letter(letter, cause="many", cause_words=WORDS, new_due_at=new_due_at, by=clerk, at=now)
        lifecycle.sign_letter(letter, by=head, at=now)


@contextmanager
def _as_signed() -> Iterator[None]:
    _put_back()
    yield


def _put_back() -> None:
    """As the signature left them: neither file nor message, not issued."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossiers_apologyletter SET state = 'signed', issued_at = NULL WHERE state = 'issued'")
        cursor.execute("UPDATE dossiers_issuedpaper SET sha256 = '', made_at = NULL WHERE kind = 'apology'")
        cursor.execute("DELETE FROM outbox_message WHERE event = 'apology'")


def _check(count: int) -> None:
    """Raises unless every letter was issued, with a file of its own."""
    letters = ApologyLetter.objects.filter(state=LetterState.ISSUED).select_related("paper")
    digests = {letter.paper.sha256 for letter in letters if letter.paper and files.read(letter.paper.sha256).startswith(b"%PDF-")}
    if len(digests) != count:
        raise ValueError(f"{len(digests)} of {count} letters were issued")


@contextmanager
def _worker() -> Iterator[subprocess.Popen[str]]:
    program = [sys.executable, "-m", "bench.letter_worker"]
    worker = subprocess.Popen(program, cwd=BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        _hear(worker, "ready")
        yield worker
    finally:
        worker.kill()
        worker.wait()


def _hear(worker: subprocess.Popen[str], expected: str) -> list[str]:
    """The words after the expected one; raises when the worker says anything else, or nothing."""
    said = (worker.stdout.readline() if worker.stdout else "").split()
    if said[:1] != [expected]:
        raise RuntimeError(f"a worker said {said} instead of {expected!r}")
    return said[1:]


def run(workers: list[subprocess.Popen[str]], count: int) -> None:
    """All letters, by these workers at once. Raises unless they issued each letter once between them."""
    for worker in workers:
        if worker.stdin is not None:
            worker.stdin.write("go\n")
            worker.stdin.flush()
    done = [_hear(worker, "done") for worker in workers]
    if sum(int(issued) for issued, _ in done) != count or any(failed != "0" for _, failed in done):
        raise ValueError(f"{done} for {count} letters")
