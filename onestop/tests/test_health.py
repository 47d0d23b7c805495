import shutil
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from dossiers.models import IssuedPaper
from dossiers.tests.makers import local, make_dossier
from onestop import health
from onestop.health import PATIENCE, examine
from onestop.history import triggers
from onestop.history.seals import seal_all
from onestop.jobs import JOBS, note_alive
from onestop.models import Heartbeat
from onestop.outbox.models import Message
from onestop.outbox.tests.makers import make_message
from onestop.worktime import store
from onestop.worktime.models import CalendarVersion, CalendarYear

NOW = local("2026-11-23 10:00")
LONG_AGO = NOW - timedelta(days=1)
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def look_again():
    health.forget()
    store.forget()
    yield
    health.forget()
    store.forget()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Sets the time at which people and events are made; NOW unless told."""

    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(NOW)
    return set_to


def codes(now=NOW, *, started_at=LONG_AGO):
    return [reason.code for reason in examine(now, started_at=started_at)]


@pytest.fixture
def jobs_run(db):
    note_alive(NOW)


def fixed(monkeypatch, *reasons):
    monkeypatch.setattr(health, "examine", lambda now, started_at: list(reasons))


# -- the page -----------------------------------------------------------------------------
def test_a_monitor_gets_json(client, monkeypatch):
    fixed(monkeypatch)

    response = client.get("/suc-khoe/", **JSON)

    assert (response.status_code, response.json()) == (200, {"status": "ready", "reasons": []})


@pytest.mark.parametrize(("reason", "status"), [(health.JOBS_SILENT, 200), (health.DATABASE, 503)])
def test_only_what_stops_the_portal_answers_503(client, monkeypatch, reason, status):
    fixed(monkeypatch, reason)

    response = client.get("/suc-khoe/", **JSON)

    assert response.status_code == status
    assert response.json() == {"status": "degraded", "reasons": [{"code": reason.code, "text": reason.words, "stops": status == 503}]}
    assert ("Retry-After" in response.headers) == (status == 503)


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""])
def test_a_person_gets_a_page(client, monkeypatch, accept):
    fixed(monkeypatch, health.JOBS_SILENT)

    response = client.get("/suc-khoe/", HTTP_ACCEPT=accept)

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Chạy chưa đủ" in response.text
    assert health.JOBS_SILENT.words in response.text


@pytest.mark.parametrize(("reasons", "words"), [((), "Sẵn sàng"), ((health.DATABASE,), "Tạm ngừng")])
def test_the_page_says_how_it_is_in_two_words(client, monkeypatch, reasons, words):
    fixed(monkeypatch, *reasons)

    assert words in client.get("/suc-khoe/").text


def test_the_answer_is_public_sets_no_cookie_and_is_never_cached(client, monkeypatch):
    fixed(monkeypatch)

    for headers in ({}, JSON):
        response = client.get("/suc-khoe/", **headers)
        assert response.cookies == {}
        assert "no-store" in response.headers["Cache-Control"]
        assert "Accept" in response.headers["Vary"]


def test_nothing_is_changed_by_asking(client):
    assert client.post("/suc-khoe/").status_code == 405


def test_many_questions_cost_one_look(client, monkeypatch):
    looks = []
    monkeypatch.setattr(health, "examine", lambda now, started_at: looks.append(now) or [])

    for _ in range(3):
        client.get("/suc-khoe/", **JSON)

    assert len(looks) == 1


@pytest.mark.django_db
def test_a_look_costs_five_queries(django_assert_num_queries):
    make_dossier(at=NOW)
    codes()
    store.forget()

    with django_assert_num_queries(5):
        codes()


def test_no_reason_names_a_path_a_host_or_a_person(settings):
    reasons = [value for value in vars(health).values() if isinstance(value, health.Reason)]

    assert len(reasons) == 15
    assert [reason for reason in reasons if "/" in reason.words or "://" in reason.words or not reason.words.endswith(".")] == []


# -- the database -------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
def test_a_silent_database_stops_the_portal_and_the_page_still_answers(client, monkeypatch, failure):
    def silent(*args, **kwargs):
        raise failure("could not connect to server")

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", silent)

    page, answer = client.get("/suc-khoe/"), client.get("/suc-khoe/", **JSON)

    assert (page.status_code, answer.status_code) == (503, 503)
    assert answer.json()["reasons"][0] == {"code": "database", "text": "Cơ sở dữ liệu không trả lời.", "stops": True}
    assert "could not connect" not in page.text + answer.text


@pytest.mark.django_db
def test_a_missing_migration_stops_the_portal(jobs_run, monkeypatch):
    monkeypatch.setattr(health, "_newest_migrations", lambda: frozenset({("dossiers", "0099_later")}))

    assert codes() == ["migrations"]


@pytest.mark.django_db
def test_a_missing_trigger_stops_the_portal(jobs_run):
    triggers.remove()

    assert codes() == ["triggers"]
    triggers.install()
    assert codes() == []


# -- the machine --------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_file_store_that_cannot_be_written_stops_the_portal(jobs_run, settings, tmp_path):
    (tmp_path / "files").write_text("a file where a folder should be")
    settings.FILES_DIR = tmp_path / "files"

    assert codes() == ["files"]


@pytest.mark.django_db
@pytest.mark.parametrize(("free", "found"), [(199_999_999, ["disk"]), (200_000_000, [])])
def test_a_full_disk_stops_the_portal(jobs_run, monkeypatch, free, found):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))

    assert codes() == found


@pytest.mark.django_db
def test_the_silence_of_redis_is_named_and_stops_nothing(jobs_run, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    (reason,) = examine(NOW, started_at=LONG_AGO)

    assert (reason.code, reason.stops) == ("broker", False)


@pytest.mark.django_db
def test_missing_fonts_and_a_missing_library_are_named(jobs_run, monkeypatch):
    monkeypatch.setattr("onestop.papers.pdf.fonts_missing", lambda: ["Khmer OS Siemreap"])
    monkeypatch.setattr("onestop.papers.pdf.subsetter_present", lambda: False)

    assert codes() == ["fonts", "subsetter"]


# -- the jobs -----------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(("silent", "found"), [(PATIENCE, []), (PATIENCE + timedelta(seconds=1), ["jobs"])])
def test_jobs_that_were_not_seen_for_more_than_five_minutes_are_named(silent, found):
    note_alive(NOW - silent)

    assert codes() == found


@pytest.mark.django_db
def test_jobs_that_never_ran_are_named():
    assert codes() == ["jobs"]


@pytest.mark.django_db
def test_jobs_have_five_minutes_after_the_start():
    Heartbeat.objects.create(name=JOBS, at=LONG_AGO)

    assert codes(started_at=NOW - PATIENCE) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "found"), [(4, []), (6, ["papers"])])
def test_papers_left_without_a_file_are_named(jobs_run, minutes, found):
    make_dossier(at=NOW - timedelta(minutes=minutes))
    assert IssuedPaper.objects.filter(sha256="").exists()

    assert codes() == found


@pytest.mark.django_db
@pytest.mark.parametrize(("attempts", "state", "found"), [(2, "waiting", []), (3, "waiting", ["messages"]), (7, "failed", [])])
def test_messages_that_do_not_get_through_are_named(jobs_run, attempts, state, found):
    make_message()
    Message.objects.update(attempts=attempts, state=state)

    assert codes() == found


# -- the history --------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_missing_seal_of_yesterday_is_named_until_it_is_made(jobs_run, clock):
    clock(local("2026-11-22 09:00"))
    dossier = make_dossier(at=timezone.now())
    IssuedPaper.objects.filter(dossier=dossier).update(sha256="0" * 64, made_at=NOW)
    assert codes() == ["seal"]

    seal_all(NOW)

    assert codes() == []


@pytest.mark.django_db
def test_the_seal_of_the_day_has_until_midnight(jobs_run, clock):
    clock(local("2026-11-22 09:00"))
    dossier = make_dossier(at=timezone.now())
    IssuedPaper.objects.filter(dossier=dossier).update(sha256="0" * 64, made_at=NOW)
    seal_all(local("2026-11-22 23:30"))
    evening, night = local("2026-11-23 23:59"), local("2026-11-24 00:01")
    for moment in (evening, night):
        note_alive(moment)
        assert codes(moment) == ([] if moment == evening else ["seal"])


@pytest.mark.django_db
@pytest.mark.parametrize(("behind", "found"), [(timedelta(seconds=119), []), (timedelta(seconds=121), ["clock"])])
def test_a_clock_behind_the_newest_event_is_named(jobs_run, behind, found):
    make_dossier(at=NOW + behind)

    assert codes() == found


@pytest.mark.django_db
@pytest.mark.parametrize(("back", "found"), [(timedelta(seconds=119), []), (timedelta(seconds=121), ["clock"])])
def test_a_clock_that_was_set_back_is_named_although_the_jobs_go_on(back, found):
    note_alive(NOW)
    note_alive(NOW - back)

    assert codes(NOW - back) == found


@pytest.mark.django_db
def test_a_clock_that_was_set_back_is_still_named_after_the_next_act(jobs_run):
    earlier = NOW - timedelta(hours=3)
    make_dossier(at=NOW)
    note_alive(earlier)
    make_dossier(at=earlier)

    assert codes(earlier) == ["clock"]


@pytest.mark.django_db
def test_a_clock_that_was_set_back_is_named_until_it_has_caught_up(jobs_run):
    note_alive(NOW - timedelta(hours=1))
    note_alive(NOW - timedelta(minutes=1))

    assert codes(NOW - timedelta(minutes=1)) == []


@pytest.mark.django_db
def test_a_clock_that_had_been_ahead_is_named_until_somebody_says_that_it_is_right(clock):
    note_alive(NOW + timedelta(days=300))
    note_alive(NOW)
    assert codes() == ["clock"]

    call_command("trust_clock", stdout=StringIO())

    assert codes() == []


# -- the calendar -------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("years", "now", "found"),
    [
        ({2026: True, 2027: True}, "2026-12-31 10:00", []),
        ({2026: False, 2027: True}, "2026-11-23 10:00", ["calendar"]),
        ({2025: True}, "2026-02-01 10:00", ["calendar"]),
        ({2026: True}, "2026-09-30 10:00", []),
        ({2026: True}, "2026-10-01 10:00", ["calendar"]),
        ({2026: True, 2027: False}, "2026-11-30 10:00", []),
        ({2026: True, 2027: False}, "2026-12-01 10:00", ["calendar"]),
    ],
)
def test_a_calendar_that_will_be_missed_is_named(years, now, found):
    for year, confirmed in years.items():
        CalendarYear.objects.create(year=year, confirmed=confirmed)
    CalendarVersion.objects.create(number=1, at=datetime(2026, 1, 1, tzinfo=UTC), digest="a")
    note_alive(local(now))

    assert codes(local(now)) == found
