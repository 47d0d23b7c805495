"""Signed letters go out by themselves: the file, the page, the message, and the note that it has left."""

import socket
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from celery import Celery
from django.conf import settings

from dossiers import dispatch, lifecycle
from dossiers.models import ApologyLetter, LetterState
from dossiers.printing import file_of, make_missing
from dossiers.tasks import draft_apologies, issue_letters, note_letters_sent
from dossiers.tests.letters import AFTER, head, prepared, signed
from dossiers.tests.makers import make_dossier
from dossiers.waking import wake
from onestop.outbox.models import Message
from onestop.vault import files

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return list(ApologyLetter.objects.order_by("pk").values_list("state", flat=True))


def test_every_signed_letter_is_issued_once_with_file_and_message():
    letters = [signed(make_dossier()) for _ in range(3)]

    assert (dispatch.issue_signed(now=AFTER), dispatch.issue_signed(now=AFTER)) == ((3, []), (0, []))

    assert states() == [LetterState.ISSUED] * 3
    for letter in letters:
        letter.paper.refresh_from_db()
        assert files.read(letter.paper.sha256).startswith(b"%PDF-")
    assert Message.objects.filter(event="apology").count() == 3


def test_a_letter_whose_file_was_made_by_a_worker_that_died_is_issued_with_that_file():
    letter = signed()
    file_of(letter.paper, at=AFTER)
    letter.paper.refresh_from_db()
    sha256 = letter.paper.sha256

    assert dispatch.issue_signed(now=AFTER) == (1, [])

    assert ApologyLetter.objects.get().paper.sha256 == sha256


def test_a_bad_letter_does_not_hold_up_the_others(monkeypatch):
    bad, good = signed(make_dossier()), signed(make_dossier())
    real = dispatch.file_of
    monkeypatch.setattr(dispatch, "file_of", lambda paper, at: 1 / 0 if paper.pk == bad.paper_id else real(paper, at=at))

    assert dispatch.issue_signed(now=AFTER) == (1, [bad.pk])

    assert dict(ApologyLetter.objects.values_list("pk", "state")) == {bad.pk: LetterState.SIGNED, good.pk: LetterState.ISSUED}


def test_a_letter_of_a_dossier_that_was_voided_does_not_go_out():
    letter = signed()
    lifecycle.void(letter.dossier, reason="Nhập nhầm", by=head(), at=AFTER)
    assert (dispatch.issue_signed(now=AFTER), states()) == ((0, []), [LetterState.SIGNED])


def test_the_general_job_for_files_leaves_letters_to_theirs():
    letter = signed()
    make_missing(now=AFTER)
    letter.paper.refresh_from_db()
    assert (letter.paper.sha256, list(letter.dossier.issued_papers.filter(sha256=""))) == ("", [letter.paper])


def test_a_letter_is_sent_when_its_message_has_left():
    for _ in range(2):
        signed(make_dossier())
    dispatch.issue_signed(now=AFTER)
    first = ApologyLetter.objects.order_by("pk")[0]
    Message.objects.filter(key=f"apology:{first.pk}:sms").update(state="sent", backend="http", sent_at=AFTER)
    # What only stands in the outbox has reached nobody.
    Message.objects.exclude(key=f"apology:{first.pk}:sms").update(state="sent", backend="page", sent_at=AFTER)

    assert [dispatch.note_sent(now=AFTER), dispatch.note_sent(now=AFTER)] == [1, 0]

    first.refresh_from_db()
    assert (states(), first.sent_how) == ([LetterState.SENT, LetterState.ISSUED], "Tin nhắn SMS")


def test_the_jobs_do_it_all_in_the_order_of_the_schedule():
    make_dossier()
    now = AFTER.isoformat()
    said = [draft_apologies(now=now)]
    lifecycle.sign_letter(prepared(ApologyLetter.objects.get().dossier), by=head(), at=AFTER)
    said += [issue_letters(now=now), note_letters_sent(now=(AFTER + timedelta(minutes=1)).isoformat())]
    assert said == ["1 letters drafted", "1 letters issued, 0 failed", "0 letters sent"]


# -- the wake-up ----------------------------------------------------------------------------
def test_a_signature_wakes_the_worker_when_it_stands(django_capture_on_commit_callbacks, monkeypatch):
    asked = []
    monkeypatch.setattr("dossiers.lifecycle.apologizing.wake", asked.append)
    with django_capture_on_commit_callbacks(execute=True):
        signed()
        assert asked == []
    assert asked == ["dossiers.issue_letters"]


@pytest.fixture
def broken_broker(monkeypatch):
    """Tries to reach a broker that refuses everybody, counted; a pause between two tries fails the test."""
    tries = []

    def refused(*args):
        tries.append("try")
        raise ConnectionRefusedError

    monkeypatch.setattr("dossiers.waking._let_be_until", 0.0)
    monkeypatch.setattr("kombu.connection.Connection._connection_factory", refused)
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda seconds: pytest.fail("somebody waits for the broker"))
    return tries


def test_a_wake_up_for_a_broker_that_is_down_is_lost_without_harm_or_waiting(broken_broker):
    assert wake("dossiers.issue_letters") is None
    assert broken_broker == ["try"]


def test_a_broker_that_takes_the_call_and_says_nothing_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr("dossiers.waking._let_be_until", 0.0)
    monkeypatch.setattr("dossiers.waking.SECONDS_TO_ANSWER", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = Celery("silent", broker=f"redis://127.0.0.1:{silent.getsockname()[1]}/0", set_as_current=False)
        monkeypatch.setattr("dossiers.waking.current_app", app)
        waiting = threading.Thread(target=wake, args=["dossiers.issue_letters"], daemon=True)
        waiting.start()
        waiting.join(5)

        assert not waiting.is_alive()


def test_a_broker_that_is_down_is_let_be_for_half_a_minute(broken_broker, monkeypatch):
    clock = iter([100.0, 100.0, 129.9, 130.0, 130.0])
    monkeypatch.setattr("dossiers.waking.time", SimpleNamespace(monotonic=lambda: next(clock)))

    tries = []
    for _ in range(3):
        wake("dossiers.issue_letters")
        tries.append(len(broken_broker))

    assert tries == [1, 1, 2]


def test_the_schedule_names_the_jobs_in_the_order_of_the_letters_way():
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    way = ["dossiers.flag_overdue", "dossiers.draft_apologies", "dossiers.issue_letters", "outbox.send", "dossiers.note_letters_sent"]
    assert [task for task in tasks if task in way] == way
