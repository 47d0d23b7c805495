"""A change of the calendar and the promises given before it: later ones move by a leader's act, nothing else does."""
from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from dossiers import lifecycle, redating
from dossiers.lateness import flag_overdue
from dossiers.models import Appointment, Dossier, IssuedPaper
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import bring_to, local, make_clerk, make_dossier, make_version
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user
from onestop.worktime import proposals, store
from onestop.worktime.changes import ChangedDay, Content
from onestop.worktime.explain import explain
from onestop.worktime.loading import load_shipped

pytestmark = pytest.mark.django_db
NOW = local("2026-12-04 08:00")  # Friday
RECEIVED = local("2026-12-03 09:00")  # Thursday: three working days end on Tuesday the 8th
FRIDAY, MONDAY, TUESDAY, SATURDAY = (date(2026, 12, day) for day in (4, 7, 8, 12))


@pytest.fixture(autouse=True)
def _calendar():
    load_shipped(now=local("2026-11-01 08:00"))


@pytest.fixture
def commune():
    return make_agency(parent=make_province())


@pytest.fixture
def leader(commune):
    return make_user(Role.LEADER, agency=commune)


def received(commune, *, at=RECEIVED, **fields) -> Dossier:
    return make_dossier(by=make_clerk(commune), at=at, **fields)


def closure(day=MONDAY, name="Tránh bão số 9", until=None):
    return ChangedDay(day, "half_day" if until else "local_closure", name, None, until)


def decide(agency, *days, at=NOW, removed=(), confirms=None, scope="local"):
    """A change in force: proposed by the agency's administrator, approved by its head."""
    change = proposals.propose(
        agency=agency, scope=scope, kind="closure" if scope == "local" else "day_off",
        content=Content(tuple(days), tuple(removed), confirms),
        decision="Thông báo 12/TB-UBND", decided_on=date(2026, 12, 3), key=uuid4(), by=make_user(Role.ADMIN, agency=agency), at=at,
    )
    return proposals.approve(change, by=make_user(Role.HEAD, agency=agency), at=at)


def due_of(dossier) -> str:
    dossier.refresh_from_db()
    return f"{dossier.due_at.astimezone(RECEIVED.tzinfo):%Y-%m-%d %H:%M}" if dossier.due_at else ""


def report_for(commune, calendar=None, now=NOW):
    return redating.report(redating.with_dates(commune.pk), calendar or store.calendar_in_force(commune.pk), now=now)


# -- the decision itself moves nobody ----------------------------------------------------------
def test_a_change_never_moves_a_promise_by_itself(commune):
    dossier = received(commune)
    decide(commune, closure())
    assert due_of(dossier) == "2026-12-08 17:00"
    assert dossier.appointments.count() == 1


def test_a_new_promise_counts_by_it_at_once(commune):
    decide(commune, closure())
    assert due_of(received(commune)) == "2026-12-09 17:00"


def test_another_communes_closure_moves_nobody_here(commune):
    other = make_agency("H61.27", "Phú Tân An", parent=commune.parent)
    dossier = received(commune)
    decide(other, closure())
    assert list(redating.to_be_moved(commune.pk, store.calendar_in_force(commune.pk), now=NOW)) == []
    assert due_of(dossier) == "2026-12-08 17:00"


# -- the report ---------------------------------------------------------------------------------------
def test_the_report_says_who_would_move_and_where_to(commune):
    dossier = received(commune)
    decide(commune, closure())
    report = report_for(commune)
    (move,) = report.later
    assert (move.dossier, move.old, move.new, move.days) == (
        dossier, local("2026-12-08 17:00"), local("2026-12-09 17:00"), 1
    )
    assert (report.earlier, report.by_hand, report.checked) == ([], [], 1)


def test_days_outside_the_time_of_a_dossier_do_not_concern_it(commune):
    received(commune)
    with_dates = redating.with_dates(commune.pk)
    assert redating.touched_by(with_dates, [date(2026, 12, 2)]).count() == 0
    assert redating.touched_by(with_dates, [date(2026, 12, 3)]).count() == 1
    assert redating.touched_by(with_dates, [TUESDAY]).count() == 1
    assert redating.touched_by(with_dates, [date(2026, 12, 9)]).count() == 0
    assert redating.touched_by(with_dates, []).count() == 0


def test_what_would_be_earlier_is_listed_and_stays(commune, leader):
    province = commune.parent
    dossier = received(commune, at=local("2026-12-30 09:00"))
    assert due_of(dossier) == "2027-01-05 17:00"
    decide(province, removed=[date(2027, 1, 1)], scope="common", at=NOW)
    now = local("2026-12-30 10:00")
    report = report_for(commune, now=now)
    assert [(move.dossier, move.days) for move in report.earlier] == [(dossier, -1)]
    assert report.later == []
    assert lifecycle.change_dates(commune.pk, by=leader, at=now).moved == 0
    assert due_of(dossier) == "2027-01-05 17:00"


def test_a_swapped_saturday_before_its_monday_moves_nobody_but_names_who_would_come_to_a_closed_door(commune):
    """Counted anew the Saturday makes up for the Monday: nobody is owed a later date, and none is given an earlier one."""
    on_monday = received(commune, at=local("2026-12-09 09:00"))
    on_tuesday = received(commune, at=local("2026-12-10 09:00"))
    assert (due_of(on_monday), due_of(on_tuesday)) == ("2026-12-14 17:00", "2026-12-15 17:00")
    off, worked = date(2026, 12, 14), SATURDAY
    decide(
        commune.parent, ChangedDay(off, "swapped_day_off", "Nghỉ hoán đổi", worked),
        ChangedDay(worked, "swapped_working_day", "Làm bù", off), scope="common",
    )
    report = report_for(commune, now=local("2026-12-10 10:00"))
    assert (report.later, report.by_hand) == ([], [(on_monday, local("2026-12-14 17:00"))])
    assert report.checked == 2


def test_a_swapped_day_off_whose_saturday_is_over_moves_who_was_due_on_it(commune, leader):
    dossier = received(commune, at=local("2026-12-09 09:00"))
    off, worked = date(2026, 12, 14), date(2026, 12, 5)
    decide(
        commune.parent, ChangedDay(off, "swapped_day_off", "Nghỉ hoán đổi", worked),
        ChangedDay(worked, "swapped_working_day", "Làm bù", off), scope="common",
    )
    lifecycle.change_dates(commune.pk, by=leader, at=local("2026-12-09 10:00"))
    assert due_of(dossier) == "2026-12-15 17:00"


def test_a_day_more_of_tet_moves_who_was_due_after_it(commune, leader):
    """Promised into a year that was not announced; the decision gives Tết one day more."""
    dossier = received(commune, at=local("2027-02-02 09:00"))
    before = due_of(dossier)
    assert before == "2027-02-12 17:00"
    decide(commune.parent, ChangedDay(date(2027, 2, 11), "public_holiday", "Tết Nguyên đán"), confirms=2027, scope="common",
           at=local("2027-02-02 10:00"))
    lifecycle.change_dates(commune.pk, by=leader, at=local("2027-02-03 08:00"))
    assert due_of(dossier) == "2027-02-15 17:00"
    last = dossier.appointments.latest("seq")
    assert not last.unconfirmed_year
    assert any("Tết Nguyên đán" in sentence for sentence in explain(last.trace))


# -- the act ----------------------------------------------------------------------------------------------
def test_a_later_date_is_a_new_promise_with_its_reason_and_its_working(commune, leader):
    dossier = received(commune)
    decide(commune, closure())
    assert lifecycle.change_dates(commune.pk, by=leader, at=NOW).moved == 1
    assert due_of(dossier) == "2026-12-09 17:00"
    first, second = dossier.appointments.all()
    assert (first.due_at, first.kind) == (local("2026-12-08 17:00"), "first")
    assert (second.kind, second.calendar_version, second.made_by) == ("calendar_change", "1+1", leader)
    assert second.reason == "Lịch nghỉ thay đổi: Tránh bão số 9, 07/12/2026 (Thông báo 12/TB-UBND ngày 03/12/2026)"
    assert "07/12/2026: cơ quan tạm nghỉ (Tránh bão số 9), không tính." in explain(second.trace)
    assert first_problem() is None


def test_the_old_slip_is_superseded_and_its_qr_goes_on_working(commune, leader):
    dossier = received(commune)
    (old,) = dossier.issued_papers.all()
    decide(commune, closure())
    lifecycle.change_date(dossier, by=leader, at=NOW)
    old.refresh_from_db()
    new = IssuedPaper.objects.get(dossier=dossier, voided_at__isnull=True)
    dossier.refresh_from_db()
    assert old.voided_at == NOW
    assert (new.version, new.secret_version, dossier.secret_version) == (2, 1, 1)
    assert "Hẹn lại" in new.snapshot["reissue"]
    assert new.snapshot["due_digits"] == "17:00 09/12/2026"


def test_the_act_stands_in_the_history(commune, leader):
    dossier = received(commune)
    decide(commune, closure())
    lifecycle.change_date(dossier, by=leader, at=NOW)
    event = Event.objects.get(act="change_date")
    assert (event.agency_id, event.actor_id, event.subject) == (commune.pk, leader.pk, f"dossier:{dossier.pk}")


def test_the_citizen_is_told(commune, leader, monkeypatch):
    told = []
    monkeypatch.setattr("dossiers.messages.tell", lambda dossier, event, **values: told.append((dossier.pk, event, values["due_at"])))
    dossier = received(commune)
    told.clear()
    decide(commune, closure())
    lifecycle.change_date(dossier, by=leader, at=NOW)
    assert told == [(dossier.pk, "re_dated", local("2026-12-09 17:00"))]


def test_running_again_moves_nobody_again(commune, leader):
    dossier = received(commune)
    decide(commune, closure())
    assert lifecycle.change_dates(commune.pk, by=leader, at=NOW).moved == 1
    assert lifecycle.change_dates(commune.pk, by=leader, at=NOW).moved == 0
    with pytest.raises(lifecycle.AlreadyDone, match="không phải dời"):
        lifecycle.change_date(dossier, by=leader, at=NOW)
    assert dossier.appointments.count() == 2


def test_a_run_that_was_stopped_goes_on_where_it_was(commune, leader):
    for _ in range(3):
        received(commune)
    decide(commune, closure())
    assert lifecycle.change_dates(commune.pk, by=leader, at=NOW, most=2).moved == 2
    assert lifecycle.change_dates(commune.pk, by=leader, at=NOW, most=2).moved == 1
    assert Appointment.objects.filter(kind="calendar_change").count() == 3


def test_a_second_change_moves_it_once_more(commune, leader):
    dossier = received(commune)
    decide(commune, closure())
    lifecycle.change_dates(commune.pk, by=leader, at=NOW)
    decide(commune, closure(TUESDAY))
    lifecycle.change_dates(commune.pk, by=leader, at=NOW)
    assert due_of(dossier) == "2026-12-10 17:00"
    assert [row.calendar_version for row in dossier.appointments.all()] == ["1", "1+1", "1+2"]


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.MANAGER, Role.ADMIN])
def test_only_a_leader_gives_the_new_dates(commune, role):
    dossier = received(commune)
    decide(commune, closure())
    with pytest.raises(NotAllowed, match="Vai trò"):
        lifecycle.change_date(dossier, by=make_user(role, agency=commune), at=NOW)
    assert due_of(dossier) == "2026-12-08 17:00"


def test_no_leader_of_another_commune_does(commune):
    other = make_agency("H61.27", "Phú Tân An", parent=commune.parent)
    dossier = received(commune)
    decide(commune, closure())
    with pytest.raises(NotAllowed, match="đơn vị khác"):
        lifecycle.change_date(dossier, by=make_user(Role.LEADER, agency=other), at=NOW)


# -- what stays as it is -------------------------------------------------------------------------------------
def test_late_stays_late(commune, leader):
    """A day off recorded after the due day does not make a late dossier punctual."""
    dossier = received(commune, at=local("2026-12-01 09:00"))
    assert due_of(dossier) == "2026-12-04 17:00"
    now = local("2026-12-07 08:00")
    flag_overdue(now=now)
    decide(commune, closure(FRIDAY), at=now)
    assert lifecycle.change_dates(commune.pk, by=leader, at=now).moved == 0
    assert due_of(dossier) == "2026-12-04 17:00"
    assert dossier.overdue_since == local("2026-12-04 17:00")


def test_late_stays_late_before_the_sweep_has_passed(commune, leader):
    dossier = received(commune, at=local("2026-12-01 09:00"))
    now = local("2026-12-04 17:00") + timedelta(seconds=1)
    decide(commune, closure(FRIDAY), at=now)
    with pytest.raises(lifecycle.AlreadyDone):
        lifecycle.change_date(dossier, by=leader, at=now)


def test_a_day_recorded_on_the_very_day_moves_who_is_due_then(commune, leader):
    dossier = received(commune, at=local("2026-12-01 09:00"))
    decide(commune, closure(FRIDAY))
    lifecycle.change_dates(commune.pk, by=leader, at=NOW)
    assert due_of(dossier) == "2026-12-07 17:00"


def test_a_paused_dossier_has_no_date_to_move(commune, leader):
    dossier = received(commune)
    dossier = lifecycle.suspend(dossier, reason="Chờ xác minh", ground="Luật", by=leader, at=NOW)
    decide(commune, closure())
    assert report_for(commune).checked == 0
    with pytest.raises(lifecycle.AlreadyDone):
        lifecycle.change_date(dossier, by=leader, at=NOW)


def test_its_pause_ends_by_the_new_calendar(commune, leader):
    dossier = received(commune)
    dossier = lifecycle.suspend(dossier, reason="Chờ xác minh", ground="Luật", by=leader, at=local("2026-12-03 10:00"))
    decide(commune, closure())
    lifecycle.resume(dossier, by=leader, at=local("2026-12-04 09:00"))
    assert due_of(dossier) == "2026-12-10 17:00"


@pytest.mark.parametrize("status", [Status.RESULT_READY, Status.RETURNED])
def test_a_finished_dossier_is_left_alone(commune, leader, status):
    dossier = bring_to(received(commune), status, by=make_clerk(commune), at=NOW)
    decide(commune, closure())
    assert report_for(commune).checked == 0
    assert due_of(dossier) == "2026-12-08 17:00"


def test_another_closing_time_on_the_same_day_is_no_change_of_the_calendar(commune):
    dossier = received(commune)
    calendar = store.calendar_in_force().changed(version="other")
    for weekday in range(5):
        commune.opening_periods.create(valid_from=date(2026, 1, 1), weekday=weekday, opens=time(7), closes=time(18))
    store.forget()
    assert report_for(commune, calendar).later == []
    assert due_of(dossier) == "2026-12-08 17:00"


def test_hours_that_a_half_day_takes_away_move_within_the_day(commune, leader):
    version = make_version("1.000001", value=8, unit="hour")
    dossier = received(commune, version=version, at=local("2026-12-04 09:00"))
    assert due_of(dossier) == "2026-12-07 09:30"
    decide(commune, closure(FRIDAY, "Hội nghị", time(16)))
    lifecycle.change_dates(commune.pk, by=leader, at=local("2026-12-04 10:00"))
    assert due_of(dossier) == "2026-12-07 10:30"


# -- a year that is not announced ----------------------------------------------------------------------------
def test_confirming_a_year_lists_the_promises_that_doubted_it(commune):
    dossier = received(commune, at=local("2026-12-30 09:00"))
    assert dossier.appointments.get().unconfirmed_year
    calendar = Content(confirms=2027).over(store.calendar_in_force(commune.pk), version="x")
    report = report_for(commune, calendar, now=local("2026-12-30 10:00"))
    assert report.unconfirmed == [(dossier, local("2027-01-05 17:00"))]


def test_the_report_costs_the_same_queries_for_one_dossier_and_for_three(commune, django_assert_max_num_queries):
    received(commune)
    report_for(commune)
    calendar = store.calendar_in_force(commune.pk)
    with django_assert_max_num_queries(5):
        report_for(commune, calendar)
    received(commune), received(commune)
    with django_assert_max_num_queries(5):
        assert report_for(commune, calendar).checked == 3


def test_whoever_was_promised_with_the_calendar_in_force_is_not_even_read(commune, leader, django_assert_num_queries):
    received(commune)
    calendar = store.calendar_in_force(commune.pk)
    with django_assert_num_queries(1):
        assert list(redating.to_be_moved(commune.pk, calendar, now=NOW)) == []

