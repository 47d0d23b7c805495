"""Stopping the clock and starting it again: dates, ledger, and what may not be hidden by a pause."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from dossiers import lifecycle
from dossiers.models import Appointment, AppointmentKind, ConsentKind, Pause, SupplementRequest
from dossiers.promises import promise_again
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import local, make_clerk, make_dossier, make_version
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_user
from onestop.worktime.store import calendar_in_force

pytestmark = pytest.mark.django_db

# Received Friday 20/11/2026 09:00 with 3 working days; Tuesday 24/11 is a public holiday: due Thursday 26/11 17:00.
MONDAY, WEDNESDAY = local("2026-11-23 10:00"), local("2026-11-25 10:00")
DUE = local("2026-11-26 17:00")


def ask(dossier, *, at=MONDAY, by=None, items=("Giấy chứng sinh",), answer_by=date(2026, 12, 4)):
    return lifecycle.ask_for_supplement(dossier, items=items, reason="Thiếu giấy.", answer_by=answer_by, by=by or make_clerk(), at=at)


def leader():
    return make_user(Role.LEADER)


def test_while_papers_are_awaited_there_is_no_date_and_afterwards_the_rest_follows():
    dossier = ask(make_dossier())
    assert (dossier.status, dossier.due_at) == (Status.AWAITING_SUPPLEMENT, None)
    assert promise_again(dossier) is None

    # One of three days was used on Monday; Thursday's arrival does not count; Friday and Monday do.
    dossier = lifecycle.accept_supplement(dossier, by=make_clerk(), at=local("2026-11-26 09:00"))

    assert (dossier.status, dossier.due_at) == (Status.RECEIVED, local("2026-11-30 17:00"))
    ledger = list(Appointment.objects.filter(dossier=dossier).values_list("seq", "kind", "due_at"))
    assert ledger == [(1, AppointmentKind.FIRST, DUE), (2, AppointmentKind.PAUSE, local("2026-11-30 17:00"))]
    assert [paper.state for paper in dossier.papers.all()] == ["submitted"] * 3
    assert first_problem() is None


def test_the_slip_names_the_dossier_the_ground_and_the_last_day():
    dossier = make_dossier()
    lifecycle.ask_for_supplement(
        dossier, items=["Giấy chứng sinh"], reason="Thiếu giấy", ground="Điều 16", answer_by=date(2026, 12, 4), by=make_clerk(), at=MONDAY
    )

    slip = SupplementRequest.objects.get().issued_papers.get().snapshot

    assert (slip["code"], slip["reason"], slip["reply_by"]) == (dossier.code, "Thiếu giấy (Căn cứ: Điều 16)", "ngày 04 tháng 12 năm 2026")


@pytest.mark.parametrize(
    ("answered", "due"),
    [
        ("2026-11-28 22:00", "2026-12-02 17:00"),  # Saturday night arrives on Monday; Tuesday and Wednesday are left
        ("2026-11-23 16:00", "2026-11-26 17:00"),  # the same day: the day is used
        ("2026-12-31 10:00", "2027-01-05 17:00"),  # over New Year: 1/1 is a holiday, Saturday and Sunday
    ],
)
def test_the_answer_moves_the_date_as_the_calculator_says(answered, due):
    dossier = ask(make_dossier(), answer_by=date(2027, 1, 29))
    assert lifecycle.accept_supplement(dossier, by=make_clerk(), at=local(answered)).due_at == local(due)


def test_a_procedure_that_restarts_counts_anew_from_the_answer():
    version = make_version("1.000001", on_supplement="restart")
    dossier = ask(make_dossier(version=version), at=WEDNESDAY)

    dossier = lifecycle.accept_supplement(dossier, by=make_clerk(), at=local("2026-11-26 09:00"))

    assert dossier.due_at == local("2026-12-01 17:00")
    assert Pause.objects.get().restarts


def test_several_pauses_add_up():
    clerk, dossier = make_clerk(), make_dossier()
    dossier = ask(dossier)
    dossier = lifecycle.accept_supplement(dossier, by=clerk, at=WEDNESDAY)
    dossier = lifecycle.request_payment(dossier, amount=8_000, reason="Lệ phí", by=clerk, at=local("2026-11-26 08:00"))
    assert (dossier.status, dossier.due_at) == (Status.AWAITING_PAYMENT, None)

    dossier = lifecycle.confirm_payment(dossier, paid_by="cash", receipt_no="12", by=clerk, at=local("2026-11-27 08:00"))

    # Used: Monday and Thursday. One day is left after Friday.
    assert dossier.due_at == local("2026-11-30 17:00")
    assert dossier.fees.get().amount == 8_000
    assert list(dossier.pauses.values_list("seq", "kind")) == [(1, "supplement"), (2, "payment")]


def test_a_suspended_dossier_lies_still_until_a_leader_lifts_it():
    clerk, boss, dossier = make_clerk(), leader(), make_dossier()
    dossier = lifecycle.suspend(dossier, reason="Tòa đang giải quyết.", ground="Thông báo 12/TB-TA", by=boss, at=MONDAY)
    assert (dossier.status, dossier.due_at) == (Status.RECEIVED, None)
    with pytest.raises(NotAllowed, match="tạm đình chỉ"):
        lifecycle.submit_for_sign_off(dossier, by=clerk, at=WEDNESDAY)
    with pytest.raises(NotAllowed, match="Vai trò"):
        lifecycle.resume(dossier, by=clerk, at=WEDNESDAY)

    assert lifecycle.resume(dossier, by=boss, at=WEDNESDAY).due_at == local("2026-11-27 17:00")


def test_a_pause_after_the_due_time_needs_a_leader_and_heals_nothing():
    clerk, boss, dossier = make_clerk(), leader(), make_dossier()
    late = local("2026-11-27 08:00")
    with pytest.raises(NotAllowed, match="cần lãnh đạo"):
        ask(dossier, at=late)
    dossier = lifecycle.consent(dossier, kind=ConsentKind.LATE_PAUSE, cause="Mẹ bé gửi nhầm bản.", by=boss, at=late)

    dossier = ask(dossier, at=late)
    assert dossier.due_at == DUE
    dossier = lifecycle.accept_supplement(dossier, by=clerk, at=local("2026-11-30 08:00"))

    assert dossier.due_at == DUE
    assert dossier.appointments.count() == 1
    assert Pause.objects.get().late


def test_a_second_request_needs_a_leaders_written_cause_and_a_third_is_impossible():
    clerk, dossier = make_clerk(), make_dossier()
    dossier = lifecycle.accept_supplement(ask(dossier), by=clerk, at=MONDAY)
    with pytest.raises(NotAllowed, match="lần thứ hai cần lãnh đạo"):
        ask(dossier)
    dossier = lifecycle.consent(dossier, kind=ConsentKind.SECOND_SUPPLEMENT, cause="Giấy mới phát sinh.", by=leader(), at=MONDAY)
    dossier = lifecycle.accept_supplement(ask(dossier), by=clerk, at=MONDAY)
    with pytest.raises(NotAllowed, match="lần thứ ba"):
        ask(dossier)
    request = SupplementRequest.objects.order_by("ordinal").last()
    request.pk, request.ordinal, request.number = None, 3, 99
    with pytest.raises(IntegrityError), transaction.atomic():
        request.save(force_insert=True)


def test_the_database_allows_one_open_pause():
    dossier = ask(make_dossier())
    pause = dossier.pauses.get()
    pause.pk, pause.seq, pause.supplement = None, 2, None
    pause.kind = "suspension"
    with pytest.raises(IntegrityError), transaction.atomic():
        pause.save(force_insert=True)


def test_an_extension_counts_from_the_limit_and_only_before_the_due_time():
    boss, dossier = leader(), make_dossier()
    extended = lifecycle.extend(dossier, kind="decision", ground="Điều 12", extra_value=2, by=boss, at=WEDNESDAY)
    assert extended.due_at == local("2026-11-30 17:00")
    assert extended.appointments.latest("seq").kind == AppointmentKind.EXTENSION
    with pytest.raises(NotAllowed, match="một lần"):
        lifecycle.extend(extended, kind="decision", ground="Điều 12", extra_value=1, by=boss, at=WEDNESDAY)
    late = make_dossier()
    with pytest.raises(NotAllowed, match="quá hạn"):
        lifecycle.extend(late, kind="decision", ground="Điều 12", extra_value=1, by=boss, at=local("2026-11-26 17:00:01"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "decision", "ground": "", "extra_value": 1}, "căn cứ"),
        ({"kind": "decision", "ground": "Điều 1", "extra_value": 0}, "Gia hạn từ 1 đến 3"),
        ({"kind": "decision", "ground": "Điều 1", "extra_value": 4}, "Gia hạn từ 1 đến 3"),
        ({"kind": "verification", "ground": "Điều 1"}, "không có thời gian xác minh"),
        ({"kind": "", "ground": "Điều 1"}, "Chọn cách"),
    ],
)
def test_an_extension_says_what_is_wrong(fields, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        lifecycle.extend(make_dossier(), by=leader(), at=WEDNESDAY, **fields)


def test_what_was_promised_first_never_changes():
    dossier = ask(make_dossier())
    first = dossier.appointments.get(seq=1)
    first.due_at = local("2026-12-30 17:00")
    with pytest.raises(DatabaseError, match="rows are only ever added"), transaction.atomic():
        first.save()


def test_the_date_computed_anew_is_the_date_in_the_ledger():
    clerk, dossier = make_clerk(), make_dossier()
    dossier = lifecycle.accept_supplement(ask(dossier), by=clerk, at=local("2026-11-26 09:00"))
    dossier = lifecycle.extend(dossier, kind="decision", ground="Điều 12", extra_value=3, by=leader(), at=local("2026-11-27 09:00"))
    again = promise_again(dossier, calendar=calendar_in_force())
    assert again is not None
    assert again.due_at == dossier.due_at == dossier.appointments.latest("seq").due_at
