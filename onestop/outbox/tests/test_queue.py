from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from onestop.history.models import Event
from onestop.outbox.models import Message, State, Why
from onestop.outbox.queue import NotDead, OutsideTransaction, note_withheld, queue, send_again, sent_among, withhold
from onestop.outbox.tests.makers import MORNING, change, local, make_message
from onestop.outbox.texts import NotSms
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db


def test_a_message_waits_from_the_moment_of_its_act():
    message = make_message()

    assert (message.state, message.next_at, message.made_at, message.attempts) == (State.WAITING, MORNING, MORNING, 0)


def test_a_key_queues_once_whatever_else_is_said():
    make_message("apology:12:sms")
    with transaction.atomic():
        second = queue(
            agency_id=make_agency().pk, subject="case:12", event="apology", key="apology:12:sms", channel="sms", recipient="0900000456",
            text="khac", at=MORNING,
        )
        assert Message.objects.count() == 1  # the transaction of the act goes on

    assert (second, Message.objects.get().recipient) == (None, "0900000123")


@pytest.mark.django_db(transaction=True)
def test_a_message_outside_an_act_is_a_mistake():
    with pytest.raises(OutsideTransaction):
        queue(agency_id=1, subject="case:1", event="x", key="k", channel="sms", recipient="0900000123", text="x", at=MORNING)


def test_an_act_that_is_rolled_back_told_nobody():
    with pytest.raises(RuntimeError), transaction.atomic():
        make_message()
        raise RuntimeError

    assert Message.objects.count() == 0


@pytest.mark.parametrize("text", ["Đã nhận", "x" * 161])
def test_a_text_message_that_cannot_be_one_is_refused(text):
    with pytest.raises(NotSms):
        make_message(text=text)


def test_a_title_has_one_line():
    assert make_message(channel="email", title="[H61]\r\nBcc: x@y.vn").title == "[H61] Bcc: x@y.vn"


@pytest.mark.django_db(transaction=True)
def test_two_acts_at_once_with_one_key_queue_one_message():
    about = {"agency_id": make_agency().pk, "subject": "case:1", "event": "x", "key": "same", "channel": "sms"}
    together, made = Barrier(2), []

    def act(number: str) -> None:
        try:
            together.wait()
            with transaction.atomic():
                made.append(queue(**about, recipient=number, text="x", at=MORNING))
        finally:
            connection.close()

    threads = [Thread(target=act, args=(number,)) for number in ("0900000001", "0900000002")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(made), sum(message is not None for message in made), Message.objects.count()) == (2, 1, 1)


def test_what_is_not_sent_says_why_and_nothing_else():
    about = {"agency_id": make_agency().pk, "subject": "case:12", "event": "received", "key": "received:12:sms", "channel": "sms"}
    with transaction.atomic():
        kept = note_withheld(**about, why=Why.NO_ADDRESS, at=MORNING)

    assert (kept.state, kept.why_withheld, kept.recipient, kept.text) == (State.WITHHELD, Why.NO_ADDRESS, "", "")


def test_only_what_still_waits_can_be_withheld():
    waiting, sent = make_message("a"), change(make_message("b"), state=State.SENT, sent_at=MORNING)
    other, elsewhere = make_message("c", event="received"), make_message("d", subject="case:13")

    assert withhold("case:12", why=Why.REPLACED, events=["result_ready"]) == 1

    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {waiting.pk: State.WITHHELD, sent.pk: State.SENT, other.pk: State.WAITING, elsewhere.pk: State.WAITING}


def test_only_what_left_the_building_counts_as_sent():
    change(make_message("a"), state=State.SENT, sent_at=MORNING, backend="http")
    change(make_message("b"), state=State.SENT, sent_at=MORNING, backend="page")
    make_message("c")

    assert sent_among(["a", "b", "c", "d"]) == {"a": MORNING}


# -- sending again ---------------------------------------------------------------------------
NOON = local("2026-11-20 12:00")


def dead(kind: str = "timeout") -> Message:
    return change(make_message(), state=State.FAILED, attempts=7, last_error=kind)


def test_sending_again_notes_who_and_starts_anew():
    clerk, message = make_user(Role.CLERK), dead()

    again = send_again(message, by=clerk, at=NOON)

    assert (again.state, again.attempts, again.next_at, again.resent_by, again.resent_at) == (State.WAITING, 0, NOON, clerk, NOON)
    event = Event.objects.latest("seq")
    assert (event.act, event.subject, event.actor_id) == ("message.resent", f"message:{message.pk}", clerk.pk)
    assert "0900000123" not in event.data


@pytest.mark.parametrize(("kind", "errand"), [("timeout", "result_ready:12:sms"), ("refused_422", "result_ready:12:sms:1")])
def test_only_a_clear_refusal_makes_a_new_errand(kind, errand):
    # After a timeout the gateway may hold the message: under the same errand it can drop the double.
    assert send_again(dead(kind), by=make_user(Role.CLERK), at=NOON).errand == errand


def test_what_is_on_its_way_is_not_sent_again():
    clerk, message = make_user(Role.CLERK), dead()
    send_again(message, by=clerk, at=NOON)

    with pytest.raises(NotDead, match="đang chờ gửi"):
        send_again(message, by=clerk, at=NOON)


def test_what_was_emptied_cannot_be_sent_again():
    with pytest.raises(NotDead, match="quá cũ"):
        send_again(change(dead(), blanked_at=NOON), by=make_user(Role.CLERK), at=NOON)
