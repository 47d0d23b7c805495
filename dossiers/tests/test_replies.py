"""Who is told when the answer of another agency is due, and when it is late."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import apologies, lifecycle
from dossiers.desks import desk_of
from dossiers.models import Notice
from dossiers.replies import stage_of, watch
from dossiers.tasks import watch_replies
from dossiers.tests.makers import local, make_clerk, make_dossier
from onestop.staff.absence import enter
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db

# Asked on Monday 23/11 at ten, two working days: answer due on Thursday 26/11 at 17:00 (the 24th is off).
MONDAY = local("2026-11-23 10:00")
SOON, LATE = local("2026-11-25 08:00"), local("2026-11-27 08:00")


def ask(dossier=None, name: str = "Công an xã", *, value: int = 2, unit: str = "working_day", at=MONDAY):
    dossier = dossier or make_dossier()
    sent = lifecycle.Sent("consult", "Nơi cư trú?", value, unit, other_name=name)
    return lifecycle.consult(dossier, sent, by=dossier.holder, at=at)


def told():
    return [(one.stage, one.step, one.recipient_id) for one in Notice.objects.order_by("id")]


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        ("2026-11-24 10:00", None),
        ("2026-11-25 07:29", None),
        ("2026-11-25 07:30", "reply_due"),  # the opening minute of the working day before
        ("2026-11-26 17:00", "reply_due"),
        ("2026-11-26 17:01", None),
        ("2026-11-27 07:30", "reply_late"),  # the opening minute of the working day after
        ("2026-12-20 08:00", "reply_late"),
    ],
)
def test_an_answer_is_due_on_its_last_two_days_and_late_from_the_next_morning(now, stage):
    row = ask()
    assert stage_of(row.sent_at, row.answer_due_at, desk_of(row.agency_id), local(now)) == stage


def test_an_answer_of_a_few_hours_is_due_in_its_last_hour():
    row = ask(value=6, unit="hour")
    desk = desk_of(row.agency_id)
    assert row.answer_due_at == local("2026-11-25 08:30")
    assert stage_of(row.sent_at, row.answer_due_at, desk, local("2026-11-23 16:00")) is None
    assert stage_of(row.sent_at, row.answer_due_at, desk, local("2026-11-25 08:00")) == "reply_due"


def test_the_holder_hears_first_and_the_manager_when_it_is_late():
    manager, holder = make_user(Role.MANAGER), make_clerk()
    ask()

    assert [watch(now=now) for now in (MONDAY, SOON, SOON + timedelta(minutes=10), LATE, LATE + timedelta(days=3))] == [0, 1, 0, 2, 0]

    assert told() == [("reply_due", "holder", holder.pk), ("reply_late", "holder", holder.pk), ("reply_late", "manager", manager.pk)]
    assert Notice.objects.earliest("id").words.endswith("Công an xã đến hạn trả lời 17:00 thứ Năm, 26/11/2026.")


def test_whoever_stands_in_for_an_absent_holder_is_told():
    row, manager = ask(), make_user(Role.MANAGER)
    deputy = make_user(Role.CLERK)
    day = SOON.date()
    enter(row.dossier.holder, first_day=day, last_day=day, substitute=deputy, reason="Nghỉ phép", by=manager, at=MONDAY)
    watch(now=SOON)
    assert told() == [("reply_due", "holder", deputy.pk)]


def test_a_dossier_whose_holder_is_gone_is_the_managers():
    manager = make_user(Role.MANAGER)
    ask()
    User.objects.filter(pk=make_clerk().pk).update(is_active=False)
    watch(now=SOON)
    assert told() == [("reply_due", "manager", manager.pk)]


def test_answers_due_at_one_moment_stand_in_one_notice():
    row = ask()
    ask(row.dossier, "Đất đai")
    assert watch(now=SOON) == 1
    assert "Công an xã, Đất đai đến hạn" in Notice.objects.get().words


def test_what_has_come_is_off_the_list_and_nobody_is_told_at_night():
    row = ask()
    watch(now=SOON)
    lifecycle.record_answer(row, lifecycle.Came(SOON, "Có."), by=row.sent_by, at=SOON)

    assert watch(now=local("2026-11-27 20:00")) == 0

    assert Notice.objects.get().read_at == local("2026-11-27 20:00")


def test_a_voided_dossier_asks_for_nothing():
    lifecycle.void(ask().dossier, reason="Nhầm", by=make_user(Role.HEAD), at=MONDAY)
    assert watch(now=LATE) == 0


def test_the_job_costs_the_same_for_one_and_for_three():
    ask()
    with CaptureQueriesContext(connection) as one:
        watch_replies(now=SOON.isoformat())
    for _ in range(2):
        ask()
    with CaptureQueriesContext(connection) as three:
        assert watch_replies(now=SOON.isoformat()) == "2 reminders of answers made"
    assert len(three) == len(one)


def test_an_apology_begins_with_the_agency_that_answered_too_late():
    row, quiet = ask(), make_dossier()
    assert [apologies.suggested_cause(row.dossier, now=now) for now in (SOON, LATE)] == ["", "other_agency"]
    assert apologies.suggested_cause(quiet, now=LATE) == ""
    row.dossier.refresh_from_db()
    assert apologies.where_it_stands(row.dossier) == "đang chờ Công an xã trả lời"

    lifecycle.record_answer(row, lifecycle.Came(LATE, "Có."), by=row.sent_by, at=LATE)
    assert apologies.suggested_cause(row.dossier, now=LATE) == "other_agency"


def test_another_commune_hears_nothing():
    make_user(Role.MANAGER, agency=make_agency("H61.77", "Trà Cú"))
    ask()
    assert watch(now=LATE) == 1
