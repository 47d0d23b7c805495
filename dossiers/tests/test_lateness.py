from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import lateness, lifecycle
from dossiers.lateness import flag_overdue
from dossiers.models import Consent, ConsentKind, Dossier, Pause, PauseKind
from dossiers.statuses import Status
from dossiers.tests.makers import RECEIVED, make_clerk, make_dossier
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db


def after(dossier, **delta):
    return dossier.due_at + timedelta(**(delta or {"seconds": 1}))


def marks() -> list:
    return list(Dossier.objects.order_by("pk").values_list("overdue_since", flat=True))


def test_the_due_minute_itself_is_in_time():
    dossier = make_dossier()
    assert flag_overdue(now=dossier.due_at) == 0
    assert flag_overdue(now=after(dossier)) == 1
    assert marks() == [dossier.due_at]


def test_running_twice_marks_once():
    dossier = make_dossier()
    assert [flag_overdue(now=after(dossier)), flag_overdue(now=after(dossier, days=3))] == [1, 0]
    assert Event.objects.filter(act="flag_overdue").count() == 1


def test_running_days_late_marks_the_due_moment():
    dossier = make_dossier()
    flag_overdue(now=after(dossier, days=30))
    assert marks() == [dossier.due_at]


@pytest.mark.parametrize("status", [Status.RESULT_READY, Status.RETURNED])
def test_what_is_finished_is_not_late(status):
    assert flag_overdue(now=after(make_dossier(status=status), days=9)) == 0


def test_what_was_voided_is_not_late():
    dossier = make_dossier()
    lifecycle.void(dossier, reason="Nhầm", by=make_user(Role.MANAGER), at=RECEIVED)
    assert flag_overdue(now=after(dossier)) == 0


def test_every_commune_gets_its_own_events():
    first, second = make_dossier(), make_dossier(by=make_clerk(make_agency("H61.27", "Trà Kha")))
    assert flag_overdue(now=after(first)) == 2
    flagged = Event.objects.filter(act="flag_overdue").order_by("agency_id").values_list("agency_id", "subject")
    assert list(flagged) == sorted([(first.agency_id, f"dossier:{first.pk}"), (second.agency_id, f"dossier:{second.pk}")])
    assert first_problem() is None


def test_late_stays_late_when_it_is_finished():
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    flag_overdue(now=after(dossier))
    leader = make_user(Role.LEADER)
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=leader, by=leader, at=after(dossier))
    dossier = lifecycle.issue_result(dossier, by=leader, at=after(dossier, days=1))
    assert dossier.overdue_since == dossier.due_at


def test_a_clock_that_was_set_back_undoes_nothing():
    dossier = make_dossier()
    flag_overdue(now=after(dossier, days=1))

    assert flag_overdue(now=dossier.due_at - timedelta(days=1)) == 0
    assert flag_overdue(now=after(dossier, days=2)) == 0

    assert marks() == [dossier.due_at]
    assert Event.objects.filter(act="flag_overdue").count() == 1


def test_a_paused_dossier_has_no_due_time_and_is_never_late():
    dossier = make_dossier(status=Status.PROCESSING)
    Dossier.objects.update(due_at=None)

    assert flag_overdue(now=after(dossier, days=300)) == 0


def test_a_pause_that_began_too_late_keeps_the_due_time_and_heals_nothing():
    dossier = make_dossier(status=Status.PROCESSING)
    started = after(dossier, hours=1)
    leader = make_user(Role.LEADER)
    consent = Consent.objects.create(
        agency=dossier.agency, dossier=dossier, kind=ConsentKind.LATE_PAUSE, cause="Chờ người nộp", given_by=leader, given_at=started
    )
    Pause.objects.create(
        agency=dossier.agency, dossier=dossier, seq=1, kind=PauseKind.SUSPENSION, reason="Chờ", started_at=started, started_by=leader,
        late=True, consent=consent, back_to=Status.PROCESSING,
    )

    assert flag_overdue(now=after(dossier, days=2)) == 1
    assert marks() == [dossier.due_at]


def test_a_later_date_that_the_calendar_gives_afterwards_does_not_take_the_mark_back():
    dossier = make_dossier()
    flag_overdue(now=after(dossier))
    Dossier.objects.update(due_at=after(dossier, days=3))

    flag_overdue(now=after(dossier, days=1))

    assert marks() == [dossier.due_at]


def test_what_was_late_and_mended_is_still_said_to_be_late():
    dossier = make_dossier(status=Status.AWAITING_SIGNATURE)
    leader, clerk, done = make_user(Role.LEADER), make_clerk(), after(dossier, days=1)
    dossier = lifecycle.sign_off(dossier, kind="wet_ink", signer=leader, by=leader, at=done)
    lifecycle.issue_result(dossier, by=leader, at=done)
    lifecycle.return_for_correction(Dossier.objects.get(), words="Sai ngày sinh", by=clerk, at=done)

    assert marks() == [dossier.due_at]


def test_a_long_downtime_is_caught_up_in_batches(monkeypatch):
    monkeypatch.setattr(lateness, "BATCH", 2)
    dossier = [make_dossier(at=RECEIVED + timedelta(minutes=number)) for number in range(5)][0]

    assert flag_overdue(now=after(dossier, days=200)) == 5
    assert Event.objects.filter(act="flag_overdue").count() == 5


def test_what_was_voided_does_not_stand_in_the_way_of_the_next(monkeypatch):
    monkeypatch.setattr(lateness, "BATCH", 1)
    manager = make_user(Role.MANAGER)
    first, second = make_dossier(), make_dossier(at=RECEIVED + timedelta(days=1))
    lifecycle.void(first, reason="Nhầm", by=manager, at=RECEIVED)

    assert flag_overdue(now=after(second)) == 1


def test_the_sweep_takes_the_same_queries_for_one_and_for_three():
    counts = []
    for number in (1, 3):
        dossiers = [make_dossier(at=RECEIVED + timedelta(days=number)) for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            assert flag_overdue(now=after(dossiers[0])) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]
