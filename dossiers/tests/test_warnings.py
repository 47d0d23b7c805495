from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dossiers import lifecycle, warnings
from dossiers.models import Appointment, AppointmentKind, Dossier, Notice, NoticeStage, NoticeStep
from dossiers.statuses import Status
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier, make_version
from dossiers.warnings import LADDER, remind_of_clicks, settle, to_mind, warn
from onestop.staff import absence
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db

# Received on Friday the 20th at nine, three working days: due on Thursday the 26th at 17:00 (the 24th is off).
BEFORE, SOON, TODAY, LATE = (local(f"2026-11-{day}") for day in ("23 10:00", "25 07:30", "26 07:30", "27 07:30"))
NIGHT, SUNDAY = local("2026-11-26 20:00"), local("2026-11-29 09:00")


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def leader():
    return make_user(Role.LEADER)


def told(stage=None):
    """Who was told what, in which place of the ladder."""
    rows = Notice.objects.order_by("made_at", "id")
    rows = rows.filter(stage=stage) if stage else rows
    return [(notice.stage, notice.step, notice.recipient_id) for notice in rows]


# -- the stages ------------------------------------------------------------------------------
def test_each_rung_hears_of_its_stage(manager, leader):
    dossier = make_dossier()
    holder = dossier.holder_id

    assert [warn(now=now) for now in (BEFORE, SOON, TODAY, LATE)] == [0, 1, 2, 3]

    assert told("due_soon") == [("due_soon", "holder", holder)]
    assert told("due_today") == [("due_today", "holder", holder), ("due_today", "manager", manager.pk)]
    assert told("overdue") == [("overdue", "holder", holder), ("overdue", "manager", manager.pk), ("overdue", "leader", leader.pk)]


def test_the_ladder_grows_with_the_stage_and_every_stage_stands_in_it():
    assert set(LADDER) == set(NoticeStage)
    assert [len(LADDER[stage]) for stage in warnings.DUE_STAGES] == [1, 2, 3]
    assert all(LADDER[stage][0] == NoticeStep.HOLDER for stage in NoticeStage)


def test_nobody_is_told_twice_of_one_stage(manager, leader):
    make_dossier()

    assert [warn(now=LATE), warn(now=LATE + timedelta(minutes=5)), warn(now=LATE + timedelta(days=3))] == [3, 0, 0]


def test_one_person_on_two_rungs_is_told_once():
    both = make_user(Role.MANAGER, Role.LEADER)
    make_dossier()

    assert warn(now=LATE) == 2
    assert Notice.objects.filter(recipient=both).count() == 1


def test_a_job_that_did_not_run_for_days_warns_of_what_is_so_now(manager, leader):
    make_dossier()
    warn(now=LATE + timedelta(days=28))

    assert {stage for stage, _, _ in told()} == {"overdue"}


@pytest.mark.parametrize("now", [NIGHT, SUNDAY, local("2026-11-24 09:00")])
def test_outside_office_hours_nobody_is_told(now):
    make_dossier(at=local("2026-11-02 09:00"))

    assert warn(now=now) == 0


def test_a_same_day_dossier_is_left_in_peace_until_its_last_hour():
    version = make_version("2.000815", value=None, unit="immediate")
    make_dossier(version=version, at=local("2026-11-20 09:00"))

    assert [warn(now=local(f"2026-11-20 {at}")) for at in ("09:05", "15:59", "16:00")] == [0, 0, 1]
    assert {stage for stage, _, _ in told()} == {"due_today"}


def test_the_due_minute_itself_is_not_late():
    dossier = make_dossier()

    warn(now=dossier.due_at)

    assert {stage for stage, _, _ in told()} == {"due_today"}


@pytest.mark.parametrize("status", [Status.RESULT_READY, Status.RETURNED])
def test_what_is_finished_warns_nobody(status):
    make_dossier(status=status)

    assert warn(now=LATE) == 0


def test_what_is_paused_warns_nobody():
    make_dossier(status=Status.PROCESSING)
    Dossier.objects.update(due_at=None)

    assert warn(now=LATE) == 0


def test_a_lawful_new_date_warns_anew():
    dossier = make_dossier()
    warn(now=SOON)
    Dossier.objects.update(due_at=dossier.due_at + timedelta(days=1))

    assert warn(now=local("2026-11-26 08:00")) == 1
    assert len({notice.episode for notice in Notice.objects.all()}) == 2


def test_a_missed_re_appointment_is_an_episode_of_its_own(manager, leader):
    dossier = make_dossier()
    warn(now=LATE)
    again = local("2026-12-02 17:00")
    Appointment.objects.create(
        agency=dossier.agency, dossier=dossier, seq=2, kind=AppointmentKind.APOLOGY, due_at=again, limit_words="", rule_version="1",
        calendar_version="1", trace=[], made_at=LATE,
    )

    found = [warn(now=local(f"2026-{at}")) for at in ("11-30 09:00", "12-01 09:00", "12-02 09:00", "12-03 09:00")]

    assert found == [0, 1, 2, 3]
    assert set(Notice.objects.filter(made_at__gt=LATE).values_list("episode", flat=True)) == {again}


# -- who is told -----------------------------------------------------------------------------
def test_at_the_signature_the_signers_hold_it(manager, leader):
    head = make_user(Role.HEAD)
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    signers = {leader.pk, head.pk}

    warn(now=SOON)

    assert dossier.holder_id is None
    assert {recipient for _, step, recipient in told() if step == "holder"} == signers


def test_a_new_holder_is_told_too():
    dossier = make_dossier()
    warn(now=SOON)
    specialist = make_user(Role.SPECIALIST)
    lifecycle.hand_over(dossier, to=specialist, by=make_clerk(), at=SOON)

    assert warn(now=SOON + timedelta(minutes=5)) == 1
    assert told()[-1] == ("due_soon", "holder", specialist.pk)


def test_a_holder_who_left_is_replaced_by_the_manager(manager):
    dossier = make_dossier()
    User.objects.filter(pk=dossier.holder_id).update(is_active=False)

    warn(now=SOON)

    assert told() == [("due_soon", "holder", manager.pk)]


def test_a_desk_without_manager_answers_to_its_leaders(leader):
    make_dossier()

    warn(now=TODAY)

    assert ("due_today", "manager", leader.pk) in told()


def test_another_commune_hears_nothing(manager, leader):
    other = make_agency("H61.27", "Phú Tân An")
    strangers = {make_user(role, agency=other).pk for role in (Role.MANAGER, Role.LEADER, Role.CLERK)}
    make_dossier()

    warn(now=LATE)

    assert strangers & {recipient for _, _, recipient in told()} == set()


def test_an_overdue_certification_is_no_exception(leader):
    make_dossier()
    Dossier.objects.update(lane="certification")

    assert warn(now=LATE) > 0


# -- what is said ----------------------------------------------------------------------------
def test_the_words_name_dossier_procedure_and_date_and_no_citizen(manager, leader):
    dossier = make_dossier()
    for now in (SOON, TODAY, LATE):
        warn(now=now)

    said = {(notice.stage, notice.step): notice.words for notice in Notice.objects.all()}
    subject, holder = f"Hồ sơ {dossier.code} (Đăng ký khai sinh)", dossier.holder.full_name
    assert said["due_soon", "holder"] == f"{subject} sắp đến hạn: 17:00 thứ Năm, 26/11/2026."
    assert said["due_today", "holder"] == f"{subject} đến hạn hôm nay lúc 17:00."
    assert said["due_today", "manager"] == f"{subject} đến hạn hôm nay lúc 17:00. Người giữ: {holder}."
    assert said["overdue", "leader"] == f"{subject} quá hạn từ 17:00 thứ Năm, 26/11/2026. Người giữ: {holder}."
    assert [words for words in said.values() if "Sóc Kha" in words] == []


# -- what is over ----------------------------------------------------------------------------
def unread(person):
    return to_mind(person).count()


def test_what_was_finished_leaves_the_list_unread():
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    leader = make_user(Role.LEADER)
    warn(now=SOON)
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=leader, by=leader, at=SOON)
    assert unread(leader) == 1
    lifecycle.issue_result(dossier, by=leader, at=SOON)

    settle(now=SOON)

    assert unread(leader) == 0


@pytest.mark.parametrize("change", [{"voided_at": SOON}, {"due_at": None}, {"due_at": local("2026-12-09 17:00")}])
def test_what_no_longer_holds_leaves_the_list(change):
    dossier = make_dossier()
    warn(now=SOON)
    Dossier.objects.update(**change)

    settle(now=SOON)

    assert unread(dossier.holder) == 0


def test_what_still_holds_stays():
    dossier = make_dossier()
    warn(now=SOON)

    assert settle(now=TODAY) == 0
    assert unread(dossier.holder) == 1


# -- forgotten clicks --------------------------------------------------------------------------
def test_a_probably_forgotten_click_is_asked_about_once():
    dossier = make_dossier(at=local("2026-11-20 08:00"))
    specialist = make_user(Role.SPECIALIST)
    lifecycle.hand_over(dossier, to=specialist, by=make_clerk(), at=local("2026-11-20 08:00"))

    found = [remind_of_clicks(now=local(f"2026-11-20 {at}")) for at in ("11:00", "14:05", "15:00")]

    assert found == [0, 1, 0]
    (notice,) = Notice.objects.all()
    assert (notice.stage, notice.recipient) == ("forgotten", specialist)
    assert notice.words == (
        f"Hồ sơ {dossier.code} (Đăng ký khai sinh): Bàn giao từ 08:00 thứ Sáu, 20/11/2026, người nhận chưa xác nhận. "
        "Nếu đã cầm hồ sơ, bấm “Nhận hồ sơ”."
    )


def test_the_click_itself_settles_the_reminder():
    dossier = make_dossier(at=local("2026-11-20 08:00"))
    specialist = make_user(Role.SPECIALIST)
    dossier = lifecycle.hand_over(dossier, to=specialist, by=make_clerk(), at=local("2026-11-20 08:00"))
    remind_of_clicks(now=local("2026-11-20 15:00"))
    lifecycle.take_over(dossier, by=specialist, at=local("2026-11-20 15:10"))

    settle(now=local("2026-11-20 15:20"))

    assert unread(specialist) == 0


def test_nobody_is_asked_at_night(leader):
    make_dossier(status=Status.AWAITING_SIGNATURE, at=local("2026-11-16 08:00"))

    assert remind_of_clicks(now=NIGHT) == 0
    assert remind_of_clicks(now=LATE) == 1


# -- who is away -------------------------------------------------------------------------------
def away(person, substitute=None):
    first, last = (local(f"2026-11-{day} 08:00").date() for day in (24, 27))
    return absence.enter(
        person, first_day=first, last_day=last, substitute=substitute, reason="Nghỉ phép", by=person, at=local("2026-11-23 08:00")
    )


def test_who_stands_in_is_warned_too_and_told_for_whom(manager):
    specialist, substitute = make_user(Role.SPECIALIST), make_user(Role.SPECIALIST)
    lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=local("2026-11-20 10:00"))
    away(specialist, substitute)

    warn(now=SOON)

    assert told() == [("due_soon", "holder", specialist.pk), ("due_soon", "holder", substitute.pk)]
    words = dict(Notice.objects.values_list("recipient", "words"))
    assert words[substitute.pk].endswith(f"Người giữ: {specialist.full_name}.")
    assert "Người giữ" not in words[specialist.pk]


def test_of_whom_nobody_stands_in_for_the_manager_hears(manager):
    specialist = make_user(Role.SPECIALIST)
    lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=local("2026-11-20 10:00"))
    away(specialist)

    warn(now=SOON)

    assert {recipient for _, _, recipient in told()} == {specialist.pk, manager.pk}


def test_a_substitute_for_a_manager_hears_what_the_manager_would(manager, leader):
    make_dossier()
    away(manager, leader)

    warn(now=TODAY)

    assert {recipient for _, step, recipient in told() if step == "manager"} == {manager.pk, leader.pk}


# -- the cost ----------------------------------------------------------------------------------
@pytest.mark.parametrize("job", [warn, remind_of_clicks])
def test_the_jobs_ask_the_same_for_one_dossier_and_for_three(job, manager, leader):
    clerk, costs = make_clerk(), []
    for number in (1, 3):
        at = local(f"2026-11-{15 + number} 08:00")
        for _ in range(number):
            bring_to(make_dossier(at=at), Status.AWAITING_SIGNATURE, by=clerk, at=at)
        job(now=LATE)
        Notice.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            assert job(now=LATE) > 0
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 13


def test_the_database_holds_one_notice_of_a_kind_for_each_person():
    dossier = make_dossier()
    warn(now=SOON)
    (notice,) = Notice.objects.all()
    notice.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        notice.save()
    assert Notice.objects.filter(dossier=dossier).count() == 1
