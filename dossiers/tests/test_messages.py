"""Who is told of which act; the acts are the real ones of the lifecycle."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from dossiers import lifecycle, messages
from dossiers.intake import Declined, Guidance, PartyLine
from dossiers.models import MessageChoice
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import RECEIVED, bring_to, local, make_clerk, make_dossier, make_intake, make_version
from dossiers.tests.slips import token_of, token_of_slip
from onestop.history.verify import verify
from onestop.outbox.models import Channel, Message, State, Why
from onestop.outbox.sending import send_due
from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = pytest.mark.django_db


def filer(**fields) -> PartyLine:
    values = {"phone": "0900000123", "phone_owner": "own", "email": ""}
    return PartyLine(role="filer", name="Thạch Thị Sóc Kha", basis="self", address="Ấp Trà Kha", **(values | fields))


def told(dossier) -> list[tuple[str, str, str]]:
    """(event, channel, state) of every message about the dossier."""
    return list(Message.objects.about(f"dossier:{dossier.pk}").order_by("id").values_list("event", "channel", "state"))


def test_a_filer_is_told_that_his_dossier_was_received():
    dossier = make_dossier()

    message = Message.objects.get()
    assert (message.key, message.recipient, message.agency_id, message.next_at) == (
        f"received:{dossier.pk}:sms", "0900000123", dossier.agency_id, RECEIVED,
    )
    assert message.text == (
        f"Xa Nghia Giang: da nhan ho so {dossier.code}. Hen tra 17:00 ngay 26/11/2026. Theo doi: {{link}}. Nho mang giay hen."
    )


def test_who_must_pay_is_told_how_much_where_and_until_when():
    dossier = make_dossier()

    lifecycle.request_payment(dossier, amount=150_000, reason="Phí", answer_by=date(2026, 12, 4), by=make_clerk(), at=RECEIVED)

    assert Message.objects.get(event="payment").text == (
        f"Xa Nghia Giang: ho so {dossier.code} can nop 150.000 dong tai quay, cham nhat 04/12/2026. Xem {{link}}."
    )


def test_the_link_opens_the_dossier_with_the_secret_of_the_moment_of_sending(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {"sms": "file"}
    dossier = make_dossier()
    dossier = lifecycle.new_secret(dossier, by=dossier.received_by, at=RECEIVED)

    send_due(RECEIVED)

    written = (tmp_path / "outbox" / "sms.log").read_text()
    assert f"/tc/{token_of(dossier)}/" in written
    assert token_of(dossier) not in str(list(Message.objects.values()))


@pytest.mark.parametrize("immediate", [True, False])
def test_who_waits_at_the_counter_is_not_told_what_he_sees(immediate):
    version = make_version(value=None if immediate else 3, unit="immediate" if immediate else "working_day", slip_rule="never")

    dossier = make_dossier(version=version)

    assert told(dossier) == ([] if immediate else [("received", "sms", "waiting")])


def test_a_result_of_the_same_day_calls_only_those_who_left_with_a_slip():
    version = make_version(value=None, unit="immediate", slip_rule="if_not_returned_today")
    at = local("2026-11-20 09:00")

    waiting = make_dossier(version=version, at=at, status=Status.RESULT_READY)
    gone = make_dossier(version=version, at=at, status=Status.RESULT_READY, slip_wanted=True)

    assert [event for event, *_ in told(waiting)] == []
    assert [event for event, *_ in told(gone)] == ["received", "result_ready"]


def test_nobody_is_called_for_what_the_post_will_bring():
    dossier = make_dossier(status=Status.RESULT_READY, delivery="post", delivery_address="Ấp Chợ")

    assert [event for event, *_ in told(dossier)] == ["received"]


def test_a_result_and_its_return_are_told_once_each_and_old_news_not_at_all():
    dossier = make_dossier(status=Status.RESULT_READY)
    assert told(dossier) == [("received", "sms", "withheld"), ("result_ready", "sms", "waiting")]

    bring = lifecycle.return_result(dossier, collected_by="owner", name="Kim", by=dossier.received_by, at=RECEIVED)

    assert told(bring) == [("received", "sms", "withheld"), ("result_ready", "sms", "withheld"), ("returned", "sms", "waiting")]
    assert set(Message.objects.filter(state=State.WITHHELD).values_list("why_withheld", flat=True)) == {Why.REPLACED}


def test_a_result_mended_is_told_anew():
    dossier = make_dossier(status=Status.RETURNED)
    send_due(RECEIVED)
    dossier = lifecycle.return_for_correction(dossier, words="Sai ngày sinh", by=dossier.received_by, at=RECEIVED)
    dossier = lifecycle.submit_for_sign_off(dossier, by=dossier.holder, at=RECEIVED)
    leader = make_user(Role.LEADER, agency=dossier.agency)
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=leader, by=leader, at=RECEIVED)
    dossier = lifecycle.issue_result(dossier, by=dossier.received_by, at=RECEIVED)

    assert [key for key in Message.objects.values_list("key", flat=True) if key.startswith("result_ready")] == [
        f"result_ready:{dossier.pk}:1:sms", f"result_ready:{dossier.pk}:2:sms",
    ]


def test_a_voided_dossier_tells_nobody():
    dossier = make_dossier()
    lifecycle.void(dossier, reason="Nhập nhầm", by=make_user(Role.MANAGER, agency=dossier.agency), at=RECEIVED)

    assert told(dossier) == [("received", "sms", "withheld")]
    assert messages.link_of_dossier(dossier.pk) == ""


# -- how he can be reached ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("person", "channels"),
    [
        (filer(), [("sms", "0900000123")]),
        (filer(email="kha@vidu.vn"), [("sms", "0900000123"), ("email", "kha@vidu.vn")]),
        (filer(phone="02943851234", email="kha@vidu.vn"), [("email", "kha@vidu.vn")]),
        (filer(phone_owner="relative"), [("sms", "0900000123")]),
    ],
)
def test_a_mobile_gets_a_text_and_an_address_a_mail(person, channels):
    make_dossier(parties=(person,))

    assert list(Message.objects.order_by("id").values_list("channel", "recipient")) == channels


@pytest.mark.parametrize("person", [filer(phone="", phone_owner=""), filer(phone="02943851234"), filer(phone_owner="none")])
def test_who_cannot_be_reached_gets_a_row_that_says_so(person):
    dossier = make_dossier(parties=(person,))

    message = Message.objects.get()
    assert (told(dossier), message.why_withheld, message.recipient, message.text) == (
        [("received", "sms", "withheld")], Why.NO_ADDRESS, "", "",
    )


def test_a_neighbours_telephone_learns_the_code_and_no_link():
    dossier = make_dossier(parties=(filer(phone_owner="neighbour", email="kha@vidu.vn"),))

    text, mail = Message.objects.order_by("id")
    assert text.text == f"Xa Nghia Giang: ho so {dossier.code} co tin moi. Nho bao nguoi nop hoi 02940000000."
    assert "{link}" in mail.text


def test_a_channel_that_is_off_is_not_even_written(settings):
    settings.OUTBOX_CHANNELS = {"sms": "off", "email": "off", "zalo": "off"}
    make_dossier(parties=(filer(email="kha@vidu.vn"),))

    assert Message.objects.count() == 0


def test_zalo_is_told_too_where_there_is_a_gateway(settings):
    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {"zalo": "page"}
    dossier = make_dossier()

    message = Message.objects.get(channel=Channel.ZALO)
    assert message.text == (
        f"Kính gửi Quý khách. Xã Nghĩa Giang: đã nhận hồ sơ {dossier.code}. Hẹn trả 17:00 ngày 26/11/2026. Nhớ mang giấy hẹn."
    )


# -- before acceptance ------------------------------------------------------------------------
def test_a_supplement_slip_is_told_with_its_own_link():
    guidance = Guidance(uuid4(), make_version(), filer(), ("Giấy chứng sinh",), "Thiếu giấy", {})
    supplement = lifecycle.request_supplement(guidance, by=make_clerk(), at=RECEIVED)

    message = Message.objects.get()
    assert (message.subject, message.event) == (f"supplement:{supplement.pk}", "supplement")
    assert message.text == "Xa Nghia Giang: ho so 01/HDHS can bo sung giay to. Xem {link} hoac hoi 02940000000."
    assert token_of_slip(supplement) in messages.link_of_supplement(supplement.pk)


def test_a_refusal_is_told_without_a_link_and_without_its_reason():
    lifecycle.decline(Declined(uuid4(), make_version(), filer(), "Căn cứ", "Lý do riêng", "Sở Tư pháp"), by=make_clerk(), at=RECEIVED)

    assert Message.objects.get().text == "Xa Nghia Giang: khong tiep nhan ho so 01/TCTN. Hoi 02940000000."


def test_a_slip_without_a_telephone_leaves_no_row():
    guidance = Guidance(uuid4(), make_version(), filer(phone=""), ("Giấy chứng sinh",), "", {})
    lifecycle.request_supplement(guidance, by=make_clerk(), at=RECEIVED)

    assert Message.objects.count() == 0


# -- who wants none ---------------------------------------------------------------------------
def test_whoever_wants_no_messages_gets_none_not_even_those_that_wait():
    dossier = make_dossier()
    dossier = lifecycle.choose_messages(dossier, wanted=False, by=dossier.received_by, at=RECEIVED)
    bring_to(dossier, Status.RESULT_READY, by=dossier.received_by, at=RECEIVED)

    assert told(dossier) == [("received", "sms", "withheld"), ("result_ready", "sms", "withheld")]
    assert set(Message.objects.values_list("why_withheld", flat=True)) == {Why.OPT_OUT}


def test_the_latest_word_counts():
    dossier = make_dossier()
    dossier = lifecycle.choose_messages(dossier, wanted=False, by=dossier.received_by, at=RECEIVED)
    dossier = lifecycle.choose_messages(dossier, wanted=True, by=dossier.received_by, at=RECEIVED + timedelta(minutes=1))
    bring_to(dossier, Status.RESULT_READY, by=dossier.received_by, at=RECEIVED)

    assert told(dossier)[-1] == ("result_ready", "sms", "waiting")
    assert list(MessageChoice.objects.values_list("wanted", flat=True)) == [False, True]
    assert list(verify()) == []


@pytest.mark.parametrize("wanted", [True, False])
def test_a_word_that_changes_nothing_is_not_kept(wanted):
    dossier = make_dossier()
    if not wanted:
        dossier = lifecycle.choose_messages(dossier, wanted=False, by=dossier.received_by, at=RECEIVED)

    with pytest.raises(NotAllowed, match="Đã ghi như vậy rồi"):
        lifecycle.choose_messages(dossier, wanted=wanted, by=dossier.received_by, at=RECEIVED)


def test_only_the_desk_keeps_the_choice():
    dossier = make_dossier()
    with pytest.raises(NotAllowed, match="Vai trò"):
        lifecycle.choose_messages(dossier, wanted=False, by=make_user(Role.LEADER, agency=dossier.agency), at=RECEIVED)


# -- once, and cheaply -------------------------------------------------------------------------
def test_told_twice_under_one_key_is_told_once():
    dossier = make_dossier()
    for _ in range(2):
        with transaction.atomic():
            messages.tell(dossier, "apology", at=RECEIVED, key="apology:7", due_at=local("2026-11-30 10:00"))

    assert list(Message.objects.filter(event="apology").values_list("key", flat=True)) == ["apology:7:sms"]


def test_an_act_that_fails_tells_nobody():
    intake = make_intake(papers_state="missing")
    with pytest.raises(NotAllowed):
        lifecycle.receive(intake, by=make_clerk(), at=RECEIVED)

    assert Message.objects.count() == 0


def test_receiving_costs_one_statement_and_its_savepoint_more(django_assert_num_queries):
    dossier = make_dossier()
    party = dossier.parties.get()
    Message.objects.all().delete()

    with transaction.atomic(), django_assert_num_queries(3):
        messages.tell(dossier, "received", at=RECEIVED, key="k", filer=party, due_at=RECEIVED)


def test_later_acts_ask_for_filer_and_choice_at_once(django_assert_num_queries):
    dossier = make_dossier()

    with transaction.atomic(), django_assert_num_queries(4):
        messages.tell(dossier, "apology", at=RECEIVED, key="k", due_at=RECEIVED)
