"""A program of its own for the stress tests: one person or machine at work in a place, until it is killed.

    python -m tests.stress.at_work late COUNT                  make dossiers that have missed their promise
    python -m tests.stress.at_work jobs BEGAN SPEED            the jobs of the letters, one after the other, again and again
    python -m tests.stress.at_work leader BEGAN SPEED SEED     prepares and signs what is drafted
    python -m tests.stress.at_work bell BEGAN SPEED            calls the jobs through the broker, as the schedule does
    python -m tests.stress.at_work once BEGAN SPEED            the jobs once; prints what they said

Its clock runs SPEED times as fast from the opening of the last working day on, counted from BEGAN (seconds since
1970), so that claims of killed senders run out within the test and it is office hours whenever the test runs.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

JOBS = ("dossiers.draft_apologies", "dossiers.issue_letters", "outbox.send", "dossiers.note_letters_sent")
LONGEST = 900
OPENING = timedelta(hours=8)
DAYS_AGO = 30
HARMLESS = "database is locked"


def set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    django.setup()


def opening() -> datetime:
    """08:00 of the last working day before today."""
    from django.utils import timezone

    from onestop.worktime.store import calendar_in_force

    day = calendar_in_force().previous_working_day(timezone.localdate())
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone()) + OPENING


class Clock:
    """The time in the test's world."""

    def __init__(self, began: str, speed: str) -> None:
        self.began, self.speed, self.start = float(began), float(speed), opening()

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.time() - self.began) * self.speed)


def rounds() -> Iterator[None]:
    """Again and again, until the test has surely ended."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        yield
        time.sleep(0.02)


def make_late(count: int) -> None:
    """Dossiers of the first commune, each received a month ago and marked as overdue."""
    from uuid import uuid4

    from dossiers import lifecycle
    from dossiers.checklist import components_of, missing, unconditional
    from dossiers.intake import Intake, PaperLine, PartyLine
    from dossiers.lateness import flag_overdue
    from onestop.staff.models import User
    from procedures.models import ProcedureVersion

    start = opening()
    clerk = User.objects.get(username="trakha.tiepnhan1")
    versions = ProcedureVersion.objects.receivable(start.date() - timedelta(days=DAYS_AGO)).filter(slip_rule="always")
    for version in versions.order_by("procedure__code"):
        for case in version.cases.all():
            lines = components_of(case)
            ticked = [line for line in lines if line in unconditional(lines)]
            if "self" in case.basis_allowed and ticked and not missing(lines, {line.pk: "submitted" for line in ticked}):
                break
        else:
            continue
        break
    papers = tuple(PaperLine(line.short_name, "submitted", line, line.copy_kind, line.originals) for line in ticked)
    for number in range(count):
        name = f"Thạch Thị Sóc Kha {chr(65 + number % 26)}"
        filer = PartyLine(role="filer", name=name, basis="self", phone="0900000123", phone_owner="own")
        intake = Intake(submission_key=uuid4(), version=version, case=case, parties=(filer,), papers=papers)
        lifecycle.receive(intake, by=clerk, at=start - timedelta(days=DAYS_AGO, seconds=count - number))
    print(flag_overdue(now=start))


def jobs_once(clock: Clock) -> list[str]:
    from onestop.celery import app

    app.loader.import_default_modules()
    return [str(app.tasks[name](now=clock.now().isoformat())) for name in JOBS]


def jobs(clock: Clock) -> None:
    from django.db import OperationalError

    for _ in rounds():
        try:
            jobs_once(clock)
        except OperationalError as problem:  # four writers on one SQLite file: as beat would, again in a moment
            if HARMLESS not in str(problem):
                raise


def leader(clock: Clock, seed: str) -> None:
    """The head of the commune, at one of several devices: whatever is drafted, in any order."""
    from django.db import OperationalError

    from dossiers import lifecycle
    from dossiers.desks import desk_of
    from dossiers.drafting import proposed_date
    from dossiers.lifecycle import apologizing
    from dossiers.models import ApologyLetter
    from dossiers.statuses import NotAllowed
    from onestop.staff.models import User

    # The real wake-up says nothing of the time, and it is not this one.
    apologizing.wake = lambda job: ring(clock, job)
    head = User.objects.get(username="trakha.chutich")
    rng = random.Random(seed)
    for _ in rounds():
        numbers = list(ApologyLetter.objects.filter(state="drafted").values_list("pk", flat=True))
        rng.shuffle(numbers)
        for number in numbers[:20]:
            now = clock.now()
            try:
                letter = ApologyLetter.objects.select_related("missed").get(pk=number)
                if letter.prepared_at is None:
                    date = proposed_date(now, desk_of(head.agency_id), now=now)
                    words = "Số hồ sơ tăng cao, chúng tôi chưa làm kịp."
                    letter = lifecycle.prepare_letter(letter, cause="many", cause_words=words, new_due_at=date, by=head, at=now)
                lifecycle.sign_letter(letter, by=head, at=now)
            except NotAllowed:
                continue  # signed at the other device
            except OperationalError as problem:
                if HARMLESS not in str(problem):
                    raise


def ring(clock: Clock, job: str) -> None:
    """Call a job through the broker, by the test's clock."""
    from onestop.celery import app

    try:
        with app.connection_for_write(transport_options={"max_retries": 0}) as connection:
            app.send_task(job, kwargs={"now": clock.now().isoformat()}, connection=connection, retry=False, expires=10)
    except Exception:  # the broker is being emptied, or is not there: the next ring is a moment away
        time.sleep(0.1)


def bell(clock: Clock) -> None:
    for _ in rounds():
        for job in JOBS:
            ring(clock, job)
        time.sleep(0.3)


def main(what: str, *arguments: str) -> None:
    set_up()
    if what == "late":
        make_late(int(arguments[0]))
        return
    clock = Clock(*arguments[:2])
    if what == "once":
        print("\n".join(jobs_once(clock)))
    else:
        programs: dict[str, Callable[..., None]] = {"jobs": jobs, "bell": bell, "leader": leader}
        programs[what](clock, *arguments[2:])


if __name__ == "__main__":
    main(*sys.argv[1:])
