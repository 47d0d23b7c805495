from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import lifecycle, pace
from dossiers.models import Dossier, Pause, PauseKind, ProcedurePace
from dossiers.pace import Open, reckon, risks
from dossiers.risk import TOO_FEW, Risk
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk, make_dossier, make_version
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db

NOW = local("2026-11-27 10:00")


def closed(received="2026-11-16 08:00", finished="2026-11-16 10:00", **fields):
    """A dossier whose work took so long."""
    dossier = make_dossier(at=local(received), status=Status.RESULT_READY, **fields)
    Dossier.objects.filter(pk=dossier.pk).update(finished_at=local(finished))
    return dossier


def paces():
    return list(ProcedurePace.objects.order_by("agency_id", "procedure_id").values_list("procedure__code", "counted", "median_minutes"))


def test_the_median_is_of_working_minutes():
    closed(finished="2026-11-16 09:00")
    closed(finished="2026-11-16 11:00")
    closed(finished="2026-11-17 08:00")

    assert reckon(now=NOW) == 1
    assert paces() == [("1.001193", 3, 180)]


def test_waiting_time_is_not_working_time():
    dossier = closed(finished="2026-11-16 11:00")
    begun = {"agency": dossier.agency, "started_by": make_clerk(), "reason": "Chờ", "back_to": Status.PROCESSING}
    Pause.objects.create(
        dossier=dossier, seq=1, kind=PauseKind.SUSPENSION, started_at=local("2026-11-16 08:30"), ended_at=local("2026-11-16 10:30"), **begun
    )

    reckon(now=NOW)

    assert paces() == [("1.001193", 1, 60)]


def test_only_the_last_closed_dossiers_count(monkeypatch):
    monkeypatch.setattr(pace, "LAST", 2)
    closed(received="2026-11-02 08:00", finished="2026-11-06 11:00")
    closed(finished="2026-11-16 09:00")
    closed(finished="2026-11-16 09:20")

    reckon(now=NOW)

    assert paces() == [("1.001193", 2, 70)]


def test_open_and_voided_dossiers_are_not_closed():
    make_dossier(status=Status.PROCESSING)
    lifecycle.void(make_dossier(), reason="Nhầm", by=make_user(Role.MANAGER), at=NOW)

    assert reckon(now=NOW) == 0


def test_each_agency_and_procedure_has_its_own_and_a_second_run_replaces_them():
    other = make_agency("H61.27", "Phú Tân An")
    closed()
    closed(version=make_version("1.000894"))
    closed(by=make_clerk(other), finished="2026-11-16 11:00")
    reckon(now=NOW)

    assert reckon(now=NOW + timedelta(days=1)) == 3
    assert sorted(paces()) == [("1.000894", 1, 120), ("1.001193", 1, 120), ("1.001193", 1, 180)]


def make_pace(dossier, minutes, counted=20):
    ProcedurePace.objects.create(
        agency=dossier.agency, procedure=dossier.procedure, counted=counted, median_minutes=minutes, reckoned_at=NOW
    )


def open_of(dossier):
    return Open(dossier.pk, dossier.procedure_id, dossier.received_at, dossier.due_at, dossier.status)


def test_the_mark_of_an_open_dossier_says_why():
    # Received on Friday at nine, due on Thursday the 26th at 17:00 (the 24th is off).
    dossier = make_dossier()
    make_pace(dossier, 1800)

    marks = risks([open_of(dossier)], dossier.agency_id, now=local("2026-11-26 10:00"))

    assert marks == {dossier.pk: Risk(True, "còn 5 giờ làm việc; một nửa hồ sơ loại này cần thêm hơn 6 giờ 30 phút")}


@pytest.mark.parametrize("change", [{"due_at": None}, {"due_at": local("2026-11-20 10:00")}])
def test_what_is_paused_or_late_has_no_mark(change):
    dossier = open_of(make_dossier())._replace(**change)

    assert risks([dossier], make_agency().pk, now=local("2026-11-20 11:00")) == {}


def test_the_marks_of_many_dossiers_cost_two_queries(django_assert_num_queries):
    dossiers = [make_dossier() for _ in range(3)]
    now = local("2026-11-20 11:00")
    risks([open_of(dossiers[0])], dossiers[0].agency_id, now=now)

    for some in (dossiers[:1], dossiers):
        with django_assert_num_queries(2):
            assert len(risks(map(open_of, some), some[0].agency_id, now=now)) == len(some)


def asked(dossier, *until: str):
    """Another agency was asked, once for each `until`."""
    for name, moment in zip(("Công an xã", "Chi cục Thuế"), until, strict=False):
        sent = lifecycle.Sent("consult", "Nơi cư trú?", 1, "working_day", other_name=name)
        row = lifecycle.consult(dossier, sent, by=dossier.holder, at=local("2026-11-23 09:00"))
        type(row).objects.filter(pk=row.pk).update(answer_due_at=local(moment))
    dossier.refresh_from_db()
    return dossier


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (["2026-11-27 17:00"], "Công an xã được trả lời đến 17:00 27/11/2026, khi đó hồ sơ đã hết thời hạn"),
        (["2026-11-26 15:00"], "Công an xã trả lời đúng hạn 15:00 26/11/2026 thì chỉ còn 2 giờ làm việc"),
        (["2026-11-26 15:00", "2026-11-26 14:00"], "Công an xã trả lời đúng hạn 15:00 26/11/2026 thì chỉ còn 2 giờ làm việc"),
        (["2026-11-26 14:00", "2026-11-30 17:00"], "Chi cục Thuế được trả lời đến 17:00 30/11/2026, khi đó hồ sơ đã hết thời hạn"),
    ],
)
def test_a_question_whose_answer_leaves_no_time_makes_it_likely_late_whatever_the_median(until, words):
    dossier = asked(make_dossier(status=Status.PROCESSING), *until)

    assert risks([open_of(dossier)], dossier.agency_id, now=local("2026-11-25 08:00")) == {dossier.pk: Risk(True, words)}


def test_a_question_that_was_answered_takes_no_time():
    dossier = asked(make_dossier(status=Status.PROCESSING), "2026-11-27 17:00")
    came = lifecycle.Came(local("2026-11-24 09:00"), "Đồng ý")
    lifecycle.record_answer(dossier.consultations.get(), came, by=dossier.holder, at=local("2026-11-24 09:00"))

    assert risks([open_of(dossier)], dossier.agency_id, now=local("2026-11-25 08:00")) == {dossier.pk: Risk(False, TOO_FEW)}


def test_reckoning_costs_the_same_for_one_and_for_three():
    costs = []
    for _ in range(2):
        closed()
        with CaptureQueriesContext(connection) as queries:
            reckon(now=NOW)
        costs.append(len(queries))
    assert costs[0] == costs[1]
