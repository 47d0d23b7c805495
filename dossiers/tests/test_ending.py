"""How a dossier ends without a result: withdrawn by its applicant, stopped by the office, or never answered."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from dossiers import lifecycle
from dossiers.issuing import printed_slip
from dossiers.lifecycle import AlreadyDone, Changed
from dossiers.models import Dossier, DossierFee, LetterState, PaperKind, RegisterEntry, StopKind, StopNotice, WithdrawalRequest
from dossiers.register_book import lines_of
from dossiers.slips import StopSlip
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import local, make_clerk, make_dossier, make_version
from dossiers.unanswered import unanswered
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.outbox.models import Message
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db

# Received Friday 20/11/2026 09:00 with 3 working days; Tuesday 24/11 is a public holiday: due Thursday 26/11 17:00.
MONDAY, WEDNESDAY, DUE = local("2026-11-23 10:00"), local("2026-11-25 10:00"), local("2026-11-26 17:00")
LATE = local("2026-11-27 08:00")
ANSWER_BY = date(2026, 12, 4)
NEXT_DAY = local("2026-12-05 08:00")


def leader(**of):
    return make_user(Role.LEADER, **of)


def stop(dossier, *, kind=StopKind.STOPPED, by=None, at=WEDNESDAY, **fields):
    said = {"reason": "Đất đang có tranh chấp.", "ground": "Điều 12 Luật Đất đai", "asked_by": "Phòng Kinh tế"}
    return lifecycle.stop(dossier, kind=kind, by=by or leader(), at=at, **(said | fields))


def ask_back(dossier, *, by=None, at=MONDAY, **fields):
    said = {"signed_on": date(2026, 11, 23), "identity_checked": True}
    return lifecycle.request_withdrawal(dossier, by=by or make_clerk(), at=at, **(said | fields))


def ask_back_online(dossier, *, at=MONDAY, **fields):
    return lifecycle.request_withdrawal_online(dossier.pk, at=at, **({"secret_version": dossier.secret_version} | fields))


def awaiting(kind="supplement", *, at=MONDAY, answer_by=ANSWER_BY):
    dossier, clerk = make_dossier(), make_clerk()
    if kind == "supplement":
        return lifecycle.ask_for_supplement(dossier, items=["Giấy chứng sinh"], reason="Thiếu.", answer_by=answer_by, by=clerk, at=at)
    return lifecycle.request_payment(dossier, amount=8_000, reason="Lệ phí", answer_by=answer_by, by=clerk, at=at)


def pay(dossier, amount=16_000):
    return DossierFee.objects.create(agency=dossier.agency, dossier=dossier, name="Lệ phí", amount=amount, paid_by="cash", paid_at=MONDAY)


# -- stopped by the office -----------------------------------------------------------------------
@pytest.mark.parametrize("status", [Status.RECEIVED, Status.PROCESSING, Status.AWAITING_SIGNATURE])
def test_work_stops_at_whatever_step_it_is_and_nobody_holds_it_any_more(status):
    boss, dossier = leader(), make_dossier(status=status)

    dossier = stop(dossier, by=boss, papers_given_back="Giấy chứng sinh")

    notice = StopNotice.objects.get()
    assert (dossier.status, dossier.holder, dossier.due_at) == (Status.STOPPED, None, DUE)
    assert (notice.kind, notice.stage, str(notice), notice.stopped_by) == (StopKind.STOPPED, status, "01/TBDG", boss)
    assert first_problem() is None


def test_what_is_signed_may_still_be_stopped_until_it_is_issued_and_never_after():
    boss, dossier = leader(), make_dossier(status=Status.AWAITING_SIGNATURE)
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=boss, by=boss, at=MONDAY, doc_number="1", doc_symbol="GCN")
    assert stop(dossier, by=boss).status == Status.STOPPED
    with pytest.raises(NotAllowed, match="Chờ trả kết quả"):
        stop(make_dossier(status=Status.RESULT_READY), by=boss)


@pytest.mark.parametrize("role", [Role.LEADER, Role.HEAD, Role.MANAGER])
def test_leader_head_and_manager_decide(role):
    assert stop(make_dossier(), by=make_user(role)).status == Status.STOPPED


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.ARCHIVIST, Role.AUDITOR, Role.ADMIN])
def test_nobody_else_does(role):
    with pytest.raises(NotAllowed, match="Vai trò"):
        stop(make_dossier(), by=make_user(role))
    assert not StopNotice.objects.exists()


def test_another_communes_leader_does_not():
    with pytest.raises(NotAllowed, match="đơn vị khác"):
        stop(make_dossier(), by=leader(agency=make_agency("H61.27", "Phú Tân An")))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": ""}, "Ghi lý do dừng"),
        ({"asked_by": ""}, "Ghi người đề nghị"),
        ({"ground": ""}, "Ghi căn cứ dừng"),
        ({"kind": "bored"}, "Chọn trường hợp"),
        ({"kind": StopKind.WITHDRAWN}, "không thể: cho rút hồ sơ"),
        ({"kind": StopKind.UNANSWERED}, "Chưa hết hạn trả lời"),
        ({"fees": "refunded"}, "không có gì để hoàn trả"),
        ({"fees": "lost"}, "Chọn cách giải quyết"),
    ],
)
def test_a_stop_needs_its_reason_ground_and_who_asked(wrong, sentence):
    dossier = make_dossier()
    with pytest.raises(NotAllowed, match=sentence):
        stop(dossier, **wrong)
    assert Dossier.objects.get(pk=dossier.pk).status == Status.RECEIVED


@pytest.mark.parametrize(
    ("fees", "note", "refused"), [("none", "", "chọn hoàn trả"), ("kept", "", "Ghi căn cứ không hoàn trả"), ("refunded", "", "")]
)
def test_what_was_paid_is_given_back_or_kept_on_a_ground(fees, note, refused):
    dossier = make_dossier()
    pay(dossier)
    if refused:
        with pytest.raises(NotAllowed, match=refused):
            stop(dossier, fees=fees, fees_note=note)
    else:
        stop(dossier, fees=fees, fees_note=note)
        assert (StopNotice.objects.get().paid, StopNotice.objects.get().fees) == (16_000, "refunded")


def test_the_notice_says_everything_of_the_form_and_nothing_secret():
    dossier = make_dossier(name="Kim Sa Rây")
    pay(dossier)
    dossier = stop(dossier, papers_given_back="Giấy chứng sinh", fees="kept", fees_note="Điều 5 NQ 12")

    paper = dossier.issued_papers.get(kind=PaperKind.STOP)
    slip = printed_slip(paper)

    assert isinstance(slip, StopSlip)
    assert (slip.number, slip.code, slip.edition, slip.number_of_form) == ("01/TBDG", dossier.code, "B", "Mẫu số 05")
    assert (slip.applicants, slip.asked_by, slip.stage) == (("Kim Sa Rây",), "Phòng Kinh tế", "đã tiếp nhận")
    assert slip.stopped == "10 giờ 00 phút, ngày 25 tháng 11 năm 2026"
    assert slip.fees_words == "đã nộp 16.000 đồng, không hoàn trả (Điều 5 NQ 12)"
    assert (slip.decider_name, slip.decider_title) == ("Lê Hoàng Phúc", "PHÓ CHỦ TỊCH")
    assert slip.complaint == "Khiếu nại: gửi Chủ tịch UBND xã Nghĩa Giang."
    event = Event.objects.get(act="stop")
    assert slip.history_mark == event.hash[:8]
    assert "lookup_code" not in paper.snapshot and "token_url" not in paper.snapshot


def test_the_numbers_of_notices_run_without_gaps():
    boss = leader()
    for _ in range(2):
        stop(make_dossier(), by=boss)
    with pytest.raises(NotAllowed):
        stop(make_dossier(), by=boss, reason="")
    stop(make_dossier(), by=boss)
    assert list(StopNotice.objects.order_by("id").values_list("number", flat=True)) == [1, 2, 3]


def test_the_filer_is_told_and_what_waited_is_not_sent_any_more():
    dossier = stop(make_dossier())
    queued = {message.event: message.state for message in Message.objects.about(f"dossier:{dossier.pk}")}
    assert queued["stopped"] == "waiting"
    assert queued["received"] != "waiting"


def test_a_pause_ends_with_the_dossier_and_no_new_date_is_made():
    dossier = awaiting()
    dossier = stop(dossier)
    pause = dossier.pauses.get()
    assert (pause.ended_at, dossier.due_at, dossier.appointments.count()) == (WEDNESDAY, None, 1)


@pytest.mark.parametrize("at", [WEDNESDAY, LATE])
def test_drafts_of_apologies_are_taken_back_whether_the_promise_is_missed_or_not(at):
    dossier = make_dossier()
    letter = lifecycle.draft_letter(dossier, at=WEDNESDAY)
    stop(dossier, at=at)
    letter.refresh_from_db()
    assert letter.state == LetterState.RETRACTED


def test_a_dossier_stopped_late_stays_late():
    assert stop(make_dossier(), at=LATE).overdue_since == DUE
    assert stop(make_dossier(), at=WEDNESDAY).overdue_since is None


def test_a_second_stop_is_refused():
    boss, dossier = leader(), make_dossier()
    stop(dossier, by=boss)
    with pytest.raises(NotAllowed, match="Dừng giải quyết"):
        stop(dossier, by=boss)
    with pytest.raises(Changed):
        stop(dossier, by=boss, revision=dossier.revision)
    assert StopNotice.objects.count() == 1


# -- never answered ------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["supplement", "payment"])
def test_who_never_answers_is_listed_after_his_last_day_and_then_a_leader_may_stop(kind):
    dossier = awaiting(kind)
    with pytest.raises(NotAllowed, match="Chưa hết hạn"):
        stop(dossier, kind=StopKind.UNANSWERED, at=local("2026-12-04 17:00"))
    assert list(unanswered(dossier.agency_id, ANSWER_BY)) == []
    assert [pause.dossier_id for pause in unanswered(dossier.agency_id, date(2026, 12, 5))] == [dossier.pk]

    dossier = stop(dossier, kind=StopKind.UNANSWERED, at=NEXT_DAY)

    assert dossier.status == Status.STOPPED
    assert StopNotice.objects.get().kind == StopKind.UNANSWERED
    assert list(unanswered(dossier.agency_id, date(2026, 12, 5))) == []


def test_nothing_ends_by_itself_and_an_answer_after_the_last_day_is_still_taken():
    dossier = awaiting()
    assert lifecycle.accept_supplement(dossier, by=make_clerk(), at=NEXT_DAY).status == Status.RECEIVED


def test_a_payment_without_a_last_day_and_another_commune_are_not_listed():
    dossier = awaiting("payment", answer_by=None)
    assert list(unanswered(dossier.agency_id, date(2027, 12, 5))) == []
    awaiting()
    assert list(unanswered(make_agency("H61.27", "Phú Tân An").pk, date(2026, 12, 5))) == []


# -- withdrawn by the applicant ------------------------------------------------------------------
def test_a_signed_paper_asks_for_the_dossier_and_the_time_runs_on():
    clerk, dossier = make_clerk(), make_dossier(status=Status.PROCESSING)
    holder = dossier.holder

    dossier = ask_back(dossier, by=clerk, reason="Nộp ở nơi khác.")

    request = WithdrawalRequest.objects.get()
    assert (dossier.status, dossier.due_at, dossier.holder) == (Status.WITHDRAWAL_REQUESTED, DUE, holder)
    assert (request.how, request.signed_on, request.recorded_by, request.back_to) == (
        "paper", date(2026, 11, 23), clerk, Status.PROCESSING
    )  # fmt: skip
    assert Message.objects.about(f"dossier:{dossier.pk}").filter(event="withdrawal", state="waiting").exists()
    assert first_problem() is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"identity_checked": False}, "Đối chiếu căn cước"),
        ({"signed_on": date(2026, 11, 24)}, "Ngày ký đơn"),
        ({"signed_on": date(2026, 11, 19)}, "Ngày ký đơn"),
    ],
)
def test_the_paper_must_be_his_and_of_these_days(wrong, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        ask_back(make_dossier(), **wrong)
    assert not WithdrawalRequest.objects.exists()


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.LEADER, Role.HELPER])
def test_only_the_desk_records_a_paper(role):
    with pytest.raises(NotAllowed, match="Vai trò"):
        ask_back(make_dossier(), by=make_user(role))


def test_the_secret_of_the_slip_asks_as_well_as_a_paper():
    dossier = ask_back_online(make_dossier(), reason="Tôi nộp ở xã khác")

    request = WithdrawalRequest.objects.get()
    event = Event.objects.get(act="request_withdrawal")
    assert dossier.status == Status.WITHDRAWAL_REQUESTED
    assert (request.how, request.recorded_by, request.secret_version) == ("online", None, 1)
    assert (event.actor_id, event.role) == (None, "applicant")
    assert "Tôi nộp" not in event.data
    assert first_problem() is None


def test_an_old_secret_and_a_voided_dossier_ask_for_nothing():
    dossier = lifecycle.new_secret(make_dossier(), by=make_clerk(), at=MONDAY)
    with pytest.raises(Dossier.DoesNotExist):
        ask_back_online(dossier, secret_version=1)
    voided = lifecycle.void(make_dossier(), reason="Nhầm", by=make_user(Role.MANAGER), at=MONDAY)
    with pytest.raises(Dossier.DoesNotExist):
        ask_back_online(voided)


def test_asking_twice_asks_once():
    dossier = make_dossier()
    ask_back_online(dossier)
    with pytest.raises(AlreadyDone):
        ask_back_online(dossier)
    with pytest.raises(NotAllowed, match="Xin rút"):
        ask_back(dossier)
    assert WithdrawalRequest.objects.count() == 1


@pytest.mark.parametrize("status", [Status.RESULT_READY, Status.RETURNED])
def test_what_is_decided_cannot_be_asked_back(status):
    dossier = make_dossier(status=status)
    with pytest.raises(NotAllowed, match="Kết quả đã ký"):
        ask_back_online(dossier)
    with pytest.raises(NotAllowed):
        ask_back(dossier)


def test_what_is_signed_cannot_be_asked_back():
    boss, dossier = leader(), make_dossier(status=Status.AWAITING_SIGNATURE)
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=boss, by=boss, at=MONDAY, doc_number="1", doc_symbol="GCN")
    for ask in (ask_back, ask_back_online):
        with pytest.raises(NotAllowed, match="Kết quả đã ký"):
            ask(dossier)


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.PROCESSING, Status.AWAITING_SIGNATURE])
def test_he_may_think_again_and_the_work_goes_on_where_it_was(status):
    dossier = make_dossier(status=status)
    holder = dossier.holder
    dossier = lifecycle.take_back_withdrawal(ask_back(dossier), identity_checked=True, by=make_clerk(), at=WEDNESDAY)
    assert (dossier.status, dossier.due_at, dossier.holder) == (status, DUE, holder)

    dossier = ask_back_online(dossier, at=WEDNESDAY)
    dossier = lifecycle.take_back_withdrawal_online(dossier.pk, secret_version=1, at=WEDNESDAY)

    assert (dossier.status, list(dossier.withdrawals.values_list("seq", "taken_back_how"))) == (status, [(1, "paper"), (2, "online")])
    assert not Message.objects.about(f"dossier:{dossier.pk}").filter(event="withdrawal", state="waiting").exists()
    with pytest.raises(AlreadyDone):
        lifecycle.take_back_withdrawal_online(dossier.pk, secret_version=1, at=WEDNESDAY)
    assert first_problem() is None


def test_a_dossier_that_waits_for_papers_waits_again_when_he_thinks_again():
    dossier = ask_back_online(awaiting(), at=WEDNESDAY)
    assert dossier.due_at is None
    dossier = lifecycle.take_back_withdrawal_online(dossier.pk, secret_version=1, at=WEDNESDAY)
    assert lifecycle.accept_supplement(dossier, by=make_clerk(), at=WEDNESDAY).status == Status.RECEIVED


@pytest.mark.parametrize("role", [Role.CLERK, Role.MANAGER, Role.LEADER])
def test_the_desk_or_a_leader_gives_it_back(role):
    dossier = ask_back(make_dossier(status=Status.PROCESSING))

    dossier = stop(dossier, kind=StopKind.WITHDRAWN, by=make_user(role), ground="", papers_given_back="Giấy chứng sinh")

    notice = StopNotice.objects.get()
    assert (dossier.status, notice.withdrawal, notice.stage) == (Status.STOPPED, WithdrawalRequest.objects.get(), Status.PROCESSING)
    assert Event.objects.filter(act="grant_withdrawal").count() == 1
    assert printed_slip(dossier.issued_papers.get(kind=PaperKind.STOP)).history_mark
    assert first_problem() is None


def test_while_he_asks_it_ends_in_no_other_way():
    dossier = ask_back(make_dossier())
    with pytest.raises(NotAllowed, match="Xin rút"):
        stop(dossier)


def test_an_officer_who_comes_second_is_told_that_the_applicant_was_first():
    dossier = make_dossier()
    ask_back_online(dossier)
    with pytest.raises(Changed, match="vừa được người nộp hồ sơ cập nhật lúc 10:00"):
        lifecycle.hand_over(dossier, to=make_user(Role.SPECIALIST), by=make_clerk(), at=MONDAY, revision=dossier.revision)


def test_the_register_says_that_it_was_stopped():
    dossier = stop(make_dossier(), at=LATE)
    [line] = lines_of(RegisterEntry.objects.filter(dossier=dossier))
    assert line.cells[-1] == "Dừng giải quyết; Quá hạn"


# -- what the database holds ---------------------------------------------------------------------
def test_the_database_keeps_one_notice_and_lets_nobody_change_it():
    dossier = stop(make_dossier())
    notice = StopNotice.objects.get()
    values = {field.attname: getattr(notice, field.attname) for field in StopNotice._meta.concrete_fields if not field.primary_key}
    with pytest.raises(DatabaseError), transaction.atomic():
        StopNotice.objects.create(**(values | {"number": 2}))
    with pytest.raises(DatabaseError), transaction.atomic():
        StopNotice.objects.filter(pk=notice.pk).update(reason="Khác")
    with pytest.raises(DatabaseError), transaction.atomic():
        StopNotice.objects.filter(dossier=dossier).delete()


def test_the_database_keeps_one_open_request_and_knows_whose_word_it_is():
    dossier = ask_back_online(make_dossier())
    values = {"agency": dossier.agency, "dossier": dossier, "how": "online", "secret_version": 1, "back_to": "received"}
    values |= {"requested_at": MONDAY}
    with pytest.raises(DatabaseError), transaction.atomic():
        WithdrawalRequest.objects.create(**values, seq=2)
    other = make_dossier(version=make_version("1.000009"))
    with pytest.raises(DatabaseError), transaction.atomic():
        WithdrawalRequest.objects.create(**(values | {"dossier": other, "how": "paper"}), seq=1)
