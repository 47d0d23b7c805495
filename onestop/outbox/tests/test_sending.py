"""Claims, hours, retries and ends, with back ends that are only functions."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from onestop.outbox import channels
from onestop.outbox.failures import NotSent
from onestop.outbox.keeping import blank_old
from onestop.outbox.models import Message, State
from onestop.outbox.sending import MOST_ATTEMPTS, PAUSES, claim, in_sending_hours, note_failed, note_sent, pause_after, send_due
from onestop.outbox.tasks import send, sweep
from onestop.outbox.tests.makers import MORNING, change, local, make_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered(monkeypatch):
    """What the back end was given, in order."""
    parcels = []
    monkeypatch.setitem(channels._SENDERS, "page", lambda parcel: parcels.append(parcel) or "7")
    return parcels


def failing(monkeypatch, kind="timeout", *, final=False):
    def fail(parcel):
        raise NotSent(kind, final=final)

    monkeypatch.setitem(channels._SENDERS, "page", fail)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [("06:59:59", False), ("07:00:00", True), ("12:00:00", True), ("19:59:59", True), ("20:00:00", False), ("23:30:00", False)],
)
def test_messages_go_out_from_seven_to_eight(moment, open_):
    assert in_sending_hours(local(f"2026-11-20 {moment}")) is open_


def test_what_was_queued_at_night_leaves_in_the_morning(delivered):
    message = make_message(at=local("2026-11-20 21:15"))

    night = send_due(local("2026-11-20 21:16"))
    assert (str(night), delivered) == ("no messages are sent outside 07:00–20:00", [])

    assert send_due(local("2026-11-21 07:00")).sent == 1
    message.refresh_from_db()
    assert (message.state, delivered[0].to) == (State.SENT, "0900000123")


def test_a_sent_message_keeps_when_by_what_and_under_which_number(delivered):
    message = make_message()

    assert str(send_due(MORNING)) == "1 messages sent, 0 to be tried again, 0 given up"

    message.refresh_from_db()
    assert (message.state, message.backend, message.provider_id, message.attempts) == (State.SENT, "page", "7", 1)
    assert timedelta(0) <= message.sent_at - MORNING < timedelta(seconds=5)


def test_nothing_is_sent_before_its_time_or_twice(delivered):
    make_message(at=MORNING + timedelta(minutes=5))

    assert [send_due(MORNING + timedelta(minutes=minutes)).sent for minutes in (4, 5, 6)] == [0, 1, 0]


def test_a_failure_is_tried_again_ever_later_and_ends(monkeypatch):
    message, moment = make_message(), local("2026-11-20 07:00")
    Message.objects.update(next_at=moment)
    failing(monkeypatch)
    waits = []

    for _ in range(MOST_ATTEMPTS):
        send_due(moment)
        message.refresh_from_db()
        waits.append(round((message.next_at - moment).total_seconds() / 60))
        moment = max(moment, message.next_at + timedelta(seconds=1))
        if not in_sending_hours(moment):
            moment = local("2026-11-21 07:00") if moment < local("2026-11-21 07:00") else moment

    assert (waits[: len(PAUSES)], message.state, message.last_error, message.attempts) == (
        list(PAUSES), State.FAILED, "timeout", MOST_ATTEMPTS,
    )
    assert send_due(moment + timedelta(days=1)).sent == 0


def test_the_longest_pause_stays():
    assert [pause_after(number).total_seconds() // 60 for number in (1, 2, 6, 99)] == [1, 5, 720, 720]


def test_a_clear_refusal_ends_at_once(monkeypatch):
    message = make_message()
    failing(monkeypatch, "refused_422", final=True)

    assert send_due(MORNING).given_up == 1

    message.refresh_from_db()
    assert (message.state, message.last_error, message.attempts) == (State.FAILED, "refused_422", 1)


def test_a_message_that_breaks_the_sender_stops_no_other(monkeypatch, caplog):
    make_message("a", text="bad")
    make_message("b")

    def break_on_bad(parcel):
        if parcel.text == "bad":
            raise ValueError(f"cannot send to {parcel.to}")
        return ""

    monkeypatch.setitem(channels._SENDERS, "page", break_on_bad)

    assert str(send_due(MORNING)) == "1 messages sent, 1 to be tried again, 0 given up"
    assert Message.objects.get(key="a").last_error == "error"


def test_a_channel_that_is_down_rests_and_the_others_go_on(monkeypatch, delivered):
    for number in range(6):
        make_message(f"sms:{number}")
    make_message("mail", channel="email", recipient="a@vidu.vn", at=MORNING + timedelta(seconds=1))
    calls = []

    def by_channel(parcel):
        calls.append(parcel.channel)
        if parcel.channel == "sms":
            raise NotSent("connection")
        return ""

    monkeypatch.setitem(channels._SENDERS, "page", by_channel)

    run = send_due(MORNING + timedelta(seconds=2))

    assert (calls, run.sent, run.retried) == (["sms", "sms", "sms", "email"], 1, 3)


# -- claims ----------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_senders_never_claim_one_message():
    for number in range(8):
        make_message(f"m:{number}")
    together, claimed = Barrier(2), []

    def sender() -> None:
        try:
            together.wait()
            while message := claim(MORNING):
                claimed.append(message.key)
        finally:
            connection.close()

    threads = [Thread(target=sender) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == [f"m:{number}" for number in range(8)]


def test_a_crash_between_sending_and_writing_it_down_sends_again_under_the_same_errand(delivered):
    make_message()
    first = claim(MORNING)  # and the process is gone

    assert send_due(MORNING + timedelta(seconds=70)).sent == 0
    later = first.claimed_until + timedelta(seconds=1)
    assert send_due(later).sent == 1
    assert [parcel.errand for parcel in delivered] == [first.errand]


def test_a_sender_that_comes_back_too_late_changes_nothing(delivered):
    make_message()
    slow = claim(MORNING)
    send_due(slow.claimed_until + timedelta(seconds=1))
    before = Message.objects.values().get()

    assert note_sent(slow, "page", "late", at=MORNING + timedelta(hours=1)) == 0
    note_failed(slow, "timeout", final=True, at=MORNING + timedelta(hours=1))
    assert Message.objects.values().get() == before


def test_a_message_that_kills_its_senders_ends():
    message, moment = make_message(), local("2026-11-20 07:00")
    Message.objects.update(next_at=moment)
    while claimed := claim(moment):
        moment = claimed.claimed_until + timedelta(seconds=1)

    assert send_due(moment).given_up == 1
    message.refresh_from_db()
    assert (message.state, message.last_error, message.attempts) == (State.FAILED, "interrupted", MOST_ATTEMPTS)


# -- what is put in --------------------------------------------------------------------------
def link_to(number: int) -> str:
    return f"https://vidu.vn/tc/{number}/" if number == 12 else ""


@pytest.fixture
def links(settings):
    settings.OUTBOX_LINKS = {"case": f"{__name__}.link_to"}


def test_the_link_is_put_in_when_it_is_sent_and_stands_in_no_table(links, delivered):
    make_message(text="Xem {link}.")

    send_due(MORNING)

    assert delivered[0].text == "Xem https://vidu.vn/tc/12/."
    assert Message.objects.get().text == "Xem {link}."


def test_without_anything_to_open_nothing_is_sent(links, delivered):
    make_message(text="Xem {link}.", subject="case:13")

    assert (send_due(MORNING).given_up, delivered, Message.objects.get().last_error) == (1, [], "no_link")


def test_a_channel_that_was_switched_off_sends_nothing_more(settings, delivered):
    make_message()
    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {"sms": "off"}

    assert (send_due(MORNING).given_up, delivered) == (1, [])


def test_the_file_of_the_file_back_end_is_for_its_owner_only(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {"sms": "file"}
    make_message()

    assert send_due(MORNING).sent == 1
    written = tmp_path / "outbox" / "sms.log"
    assert (written.read_text().count("\n"), "0900000123" in written.read_text(), written.stat().st_mode & 0o777) == (1, True, 0o600)


# -- keeping ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "days", "emptied"),
    [("sent", 91, True), ("failed", 91, True), ("sent", 89, False), ("waiting", 91, False), ("sending", 91, False)],
)
def test_old_messages_forget_what_they_said_to_whom(state, days, emptied):
    message = make_message()
    change(message, state=state, sent_at=MORNING, claimed_until=MORNING)
    now = MORNING + timedelta(days=days)

    assert blank_old(now) == emptied
    message.refresh_from_db()
    assert (message.text == "", message.recipient == "", message.blanked_at == now) == (emptied, emptied, emptied)
    assert blank_old(now) == 0


def test_the_jobs_take_a_pretended_time(delivered):
    make_message()

    assert send("2026-11-20T09:00") == "1 messages sent, 0 to be tried again, 0 given up"
    assert sweep((MORNING + timedelta(days=91)).isoformat()) == "1 old messages emptied"


def test_after_a_restore_nothing_waits():
    waiting, sent = make_message("a"), change(make_message("b"), state=State.SENT, sent_at=MORNING)
    Message.settle_after_restore()

    waiting.refresh_from_db()
    sent.refresh_from_db()
    assert (waiting.state, waiting.last_error, sent.state) == (State.FAILED, "restored", State.SENT)
