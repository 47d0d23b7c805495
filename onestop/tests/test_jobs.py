import inspect
from datetime import datetime, timedelta
from io import StringIO

import pytest
from celery.schedules import crontab
from django.core.management import CommandError, call_command
from django.utils import timezone

from dossiers.models import Dossier, IssuedPaper
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_dossier
from onestop.celery import app
from onestop.jobs import JOBS, LATEST, run_scheduled
from onestop.models import Heartbeat
from onestop.tasks import heartbeat

app.loader.import_default_modules()


def scheduled(settings):
    return [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]


def run(*arguments):
    out = StringIO()
    call_command("run_due_jobs", *arguments, stdout=out)
    return out.getvalue()


def test_every_scheduled_job_exists_and_takes_the_time(settings):
    assert [name for name in scheduled(settings) if "now" not in inspect.signature(app.tasks[name].run).parameters] == []


def test_every_task_of_the_house_is_scheduled(settings):
    assert {name for name in app.tasks if not name.startswith("celery.")} == set(scheduled(settings))


def test_the_schedule_is_in_local_time():
    assert str(app.timezone) == "Asia/Ho_Chi_Minh"


def test_a_wake_up_of_every_minute_is_worthless_after_a_minute(settings):
    every_minute = [entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["schedule"] == crontab()]

    assert {entry["options"]["expires"] < 60 for entry in every_minute} == {True}


# -- run_due_jobs -------------------------------------------------------------------------
@pytest.mark.django_db
def test_every_job_runs_once_in_the_order_of_the_schedule_and_says_what_it_did(settings):
    make_dossier(at=local("2026-01-05 09:00"))

    lines = run().splitlines()

    assert [line.partition(":")[0] for line in lines] == scheduled(settings)
    assert "dossiers.flag_overdue: 1 dossiers became overdue" in lines
    assert [line for line in lines if not line.partition(": ")[2]] == []


@pytest.mark.django_db
def test_a_second_run_finds_nothing_left_to_do():
    make_dossier(at=local("2026-01-05 09:00"))
    run()

    assert "dossiers.flag_overdue: 0 dossiers became overdue" in run()
    assert IssuedPaper.objects.filter(sha256="").count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "late"),
    [
        ("2026-11-26T16:59:59", False),
        ("2026-11-26T17:00:00.000001", True),
        ("2026-11-26T10:00:01+00:00", True),
        ("2026-11-26T17:00:01+09:00", False),
    ],
)
def test_a_pretended_time_is_local_unless_it_says_otherwise(at, late):
    dossier = make_dossier(at=local("2026-11-20 09:00"))

    run("--at", at)

    assert bool(Dossier.objects.get(pk=dossier.pk).overdue_since) == late


@pytest.mark.django_db
def test_a_pretended_time_is_refused_in_production(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="--at is refused in production"):
        run("--at", "2026-11-26T17:01")


@pytest.mark.parametrize("text", ["", "tomorrow", "25/11/2026", "2026-11-31T10:00"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(CommandError, match="expected a time such as"):
        run("--at", text)


@pytest.mark.django_db
def test_one_failing_job_does_not_stop_the_rest(settings, monkeypatch):
    def fail(now):
        raise RuntimeError("Thạch Thị Sóc Kha 000185006123")

    monkeypatch.setattr("dossiers.tasks.make_missing", fail)
    out = StringIO()

    with pytest.raises(CommandError, match=f"1 of {len(scheduled(settings))} jobs failed"):
        call_command("run_due_jobs", stdout=out)

    assert [line.partition(":")[0] for line in out.getvalue().splitlines()] == scheduled(settings)
    assert "dossiers.make_missing_papers: FAILED, RuntimeError" in out.getvalue()
    assert "Kha" not in out.getvalue()


# -- the sign of life ---------------------------------------------------------------------
@pytest.mark.django_db
def test_running_the_jobs_leaves_one_sign_of_life():
    before = timezone.now()

    for _ in range(2):
        run()

    beats = dict(Heartbeat.objects.values_list("name", "at"))
    assert beats.keys() == {JOBS, LATEST}
    assert before <= beats[JOBS] == beats[LATEST] <= timezone.now()


@pytest.mark.django_db
def test_a_pretended_time_is_no_sign_of_life():
    heartbeat(now=datetime.now().astimezone().isoformat())

    assert Heartbeat.objects.count() == 0


# -- the broker ---------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_whole_way_of_a_dossier_asks_no_broker(client, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(*args, **kwargs):
        raise AssertionError("the broker was asked")

    monkeypatch.setattr("kombu.Connection.__init__", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        dossier = make_dossier(status=Status.RETURNED)

    assert dossier.status == Status.RETURNED
    assert client.get("/").status_code == 200
    assert client.get("/tra-cuu/").status_code == 200


@pytest.mark.django_db
def test_jobs_run_without_a_broker(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the broker was asked")

    monkeypatch.setattr("kombu.Connection.__init__", refuse)

    assert [outcome.words for outcome in run_scheduled(at=timezone.now() + timedelta(minutes=1)) if outcome.failed] == []
