"""Against a real server on this machine that answers late, twice, with an error, or never."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail

from onestop.outbox.failures import NotSent, say_failure
from onestop.outbox.gateway import is_signed, signature
from onestop.outbox.models import Message, State
from onestop.outbox.sending import send_due
from onestop.outbox.tests.gateways import KEY, FakeGateway, fake_gateway
from onestop.outbox.tests.makers import MORNING, make_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings):
    with fake_gateway() as server:
        settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {"sms": "http", "zalo": "http"}
        settings.OUTBOX_GATEWAYS = {name: {"address": server.address, "key": KEY} for name in ("sms", "zalo")}
        settings.OUTBOX_TIMEOUT = 0.2
        yield server


def after(minutes: float):
    return MORNING + timedelta(minutes=minutes)


def test_a_message_arrives_signed_with_its_errand(gateway: FakeGateway):
    message = make_message()

    assert send_due(MORNING).sent == 1
    message.refresh_from_db()
    assert gateway.posts == [
        {"id": message.key, "channel": "sms", "to": "0900000123", "text": message.text, "errand": message.key, "path": "/send"}
    ]
    assert (gateway.unsigned, message.state, message.backend, message.provider_id) == (0, State.SENT, "http", "gw-1")


@pytest.mark.parametrize("trouble", ["late", "never"])
def test_a_gateway_that_took_it_and_said_nothing_gets_the_same_errand_again(gateway, trouble):
    gateway.answers = [trouble, 200]
    message = make_message()

    assert send_due(MORNING).retried == 1
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.WAITING, "timeout")

    assert send_due(after(2)).sent == 1
    assert [post["errand"] for post in gateway.posts] == [message.key, message.key]
    assert list(gateway.taken) == [message.key]  # the citizen reads it once


def test_a_gateway_that_never_answers_ends_as_a_dead_letter_that_arrived_once(gateway):
    gateway.answers, gateway.lag = ["never"], 0.25
    message, moment = make_message(), MORNING
    while message.state != State.FAILED:
        send_due(moment)
        message.refresh_from_db()
        moment = max(moment, message.next_at) + timedelta(seconds=1)
        if moment.astimezone(MORNING.tzinfo).hour in {20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6}:
            moment += timedelta(hours=11)

    assert (message.attempts, message.last_error, len(gateway.posts), len(gateway.taken)) == (7, "timeout", 7, 1)


@pytest.mark.parametrize(
    ("status", "state", "kind"),
    [
        (500, State.WAITING, "status_500"),
        (503, State.WAITING, "status_503"),
        (429, State.WAITING, "status_429"),
        (401, State.WAITING, "setting_401"),
        (404, State.WAITING, "setting_404"),
        (301, State.WAITING, "redirect"),
        (307, State.WAITING, "redirect"),
        (400, State.FAILED, "refused_400"),
        (422, State.FAILED, "refused_422"),
    ],
)
def test_what_a_gateway_says_decides_whether_it_is_asked_again(gateway, status, state, kind):
    gateway.answers = [status]
    message = make_message()

    send_due(MORNING)

    message.refresh_from_db()
    assert (message.state, message.last_error, len(gateway.posts)) == (state, kind, 1)
    assert say_failure(kind) != ""


def test_an_error_is_got_over(gateway):
    gateway.answers = [500, 500, 200]
    message = make_message()

    assert [send_due(after(minutes)).sent for minutes in (0, 0.5, 1.1, 3, 7)] == [0, 0, 0, 0, 1]
    message.refresh_from_db()
    assert (message.attempts, message.last_error, len(gateway.taken)) == (3, "", 1)


def test_nobody_at_the_address_is_tried_again(gateway, settings):
    settings.OUTBOX_GATEWAYS = {"sms": {"address": "http://127.0.0.1:9/send", "key": KEY}}
    message = make_message()

    assert send_due(MORNING).retried == 1
    message.refresh_from_db()
    assert message.last_error == "connection"


def test_a_wrong_key_is_seen_by_the_gateway_and_kills_no_message(gateway, settings):
    settings.OUTBOX_GATEWAYS = {"sms": {"address": gateway.address, "key": "x" * 40}}
    make_message()

    assert (send_due(MORNING).retried, gateway.unsigned, gateway.posts) == (1, 1, [])


def test_no_log_line_holds_a_number_or_a_text(gateway, caplog):
    gateway.answers = [500, 422]
    make_message("a")
    make_message("b")

    send_due(MORNING)

    assert "message_failed" in caplog.text
    assert [word for word in ("0900000123", "ket qua", "261120") if word in caplog.text] == []


def link_to(number: int) -> str:
    return "https://vidu.vn/tc/0123456789ABCDEF/"


def test_zalo_has_buttons_instead_of_a_link_in_its_text(gateway, settings):
    settings.OUTBOX_LINKS = {"case": f"{__name__}.link_to"}
    make_message(channel="zalo", text="Kính gửi Quý khách.")

    send_due(MORNING)

    assert gateway.posts[0]["buttons"] == [
        {"title": "Xem hồ sơ", "url": "https://vidu.vn/tc/0123456789ABCDEF/"},
        {"title": "Gọi bộ phận một cửa", "phone": "0294 000 0000"},
    ]


@pytest.mark.parametrize(
    ("header", "now", "good"),
    [
        (signature(KEY, 1000, b"body"), 1000, True),
        (signature(KEY, 1000, b"body"), 1300, True),
        (signature(KEY, 1000, b"body"), 1301, False),
        (signature(KEY, 1000, b"other"), 1000, False),
        (signature("x" * 40, 1000, b"body"), 1000, False),
        ("t=1000", 1000, False),
        ("", 1000, False),
    ],
)
def test_a_signature_holds_for_one_body_and_a_few_minutes(header, now, good):
    assert is_signed(header, KEY, b"body", now=now) is good


# -- mail ------------------------------------------------------------------------------------
@pytest.fixture
def post(settings):
    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {"email": "smtp"}
    settings.MAIL_FROM = "motcua@nghiagiang.example"


def make_mail(**fields) -> Message:
    letter = {"channel": "email", "recipient": "kim.sa@vidu.vn", "title": "[H61] Đã tiếp nhận", "text": "Đã nhận"}
    return make_message("received:12:email", **(letter | fields))


def test_mail_leaves_with_accents_html_and_a_lasting_number(post, mailoutbox):
    message = make_mail(html="<p>Đã nhận</p>")

    assert send_due(MORNING).sent == 1
    message.refresh_from_db()
    sent = mailoutbox[0]
    assert (sent.subject, sent.body, sent.to, sent.from_email) == (
        "[H61] Đã tiếp nhận", "Đã nhận", ["kim.sa@vidu.vn"], "motcua@nghiagiang.example",
    )
    assert sent.alternatives[0][0] == "<p>Đã nhận</p>"
    assert sent.extra_headers["Message-ID"] == message.provider_id


@pytest.mark.parametrize(
    ("problem", "state", "kind"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no such user kim.sa")}), State.FAILED, "refused_550"),
        (smtplib.SMTPRecipientsRefused({"x": (450, b"later")}), State.WAITING, "status_smtp"),
        (smtplib.SMTPDataError(554, b"spam"), State.FAILED, "refused_554"),
        (smtplib.SMTPDataError(451, b"later"), State.WAITING, "status_451"),
        (smtplib.SMTPAuthenticationError(535, b"no"), State.WAITING, "setting_535"),
        (smtplib.SMTPServerDisconnected("gone"), State.WAITING, "connection"),
        (TimeoutError(), State.WAITING, "timeout"),
        (ConnectionRefusedError(), State.WAITING, "connection"),
    ],
)
def test_what_a_mail_server_says_decides_too(post, monkeypatch, problem, state, kind):
    def refuse(self):
        raise problem

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", refuse)
    message = make_mail()

    send_due(MORNING)

    message.refresh_from_db()
    assert (message.state, message.last_error) == (state, kind)
    assert NotSent(kind).kind == kind
