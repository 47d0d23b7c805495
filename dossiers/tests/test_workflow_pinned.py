"""A dossier keeps the internal process under which it was received."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import lifecycle
from dossiers.models import Dossier
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk, make_dossier, make_version
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from procedures.models import WorkflowTemplate
from procedures.steps import Step
from procedures.tests.makers import make_workflow

pytestmark = pytest.mark.django_db

NEXT_DAY = date(2026, 11, 21)
OF_THE_COMMUNE = [Step("Một cửa làm hết", "clerk", amount="40"), Step("Chủ tịch ký", "head", amount="60")]


@pytest.fixture
def shipped():
    return make_workflow(make_version())


def slip_of(client, dossier: Dossier) -> str:
    client.force_login(make_user(Role.AUDITOR))
    return client.get(f"/ho-so/{dossier.code}/phieu-kiem-soat/").content.decode()


def test_the_process_in_force_on_the_day_of_receipt_is_pinned(shipped):
    own = make_workflow(make_version(), make_agency(), on=NEXT_DAY)
    before = make_dossier(at=local("2026-11-20 09:00"))
    after = make_dossier(at=local("2026-11-23 09:00"))

    assert (before.workflow, after.workflow) == (shipped, own)
    assert first_problem() is None


def test_a_running_dossier_keeps_its_process_when_another_is_published(shipped):
    dossier = make_dossier()
    make_workflow(make_version(), make_agency(), on=date(2026, 11, 20))
    clerk = make_clerk()
    lifecycle.hand_over(dossier, to=make_user(Role.SPECIALIST), by=clerk, at=local("2026-11-23 09:00"))
    assert Dossier.objects.get(pk=dossier.pk).workflow == shipped


def test_another_communes_process_is_nobodys_here(shipped):
    make_workflow(make_version(), make_agency("H61.27", "Phú Tân An"))
    assert make_dossier().workflow == shipped


def test_the_right_procedure_brings_its_process(shipped):
    right = make_version("1.000005", value=5)
    theirs = make_workflow(right)
    dossier = lifecycle.reclassify(
        make_dossier(), version=right, case=right.cases.get(), reason="Nhận nhầm", by=make_user(Role.LEADER), at=local("2026-11-23 10:00")
    )
    assert dossier.workflow == theirs
    assert first_problem() is None


def test_a_receipt_asks_once_for_its_process(shipped):
    make_dossier()
    with CaptureQueriesContext(connection) as queries:
        make_dossier()
    assert len([query for query in queries if "procedures_workflow" in query["sql"]]) == 1


def test_the_control_slip_reads_the_pinned_process(client, shipped):
    own = make_workflow(make_version(), make_agency(), on=date(2026, 11, 20), steps=OF_THE_COMMUNE)
    dossier = make_dossier()
    make_workflow(make_version(), make_agency(), on=NEXT_DAY)

    page = slip_of(client, dossier)
    assert dossier.workflow == own
    assert "Quyết định số 12/QĐ-UBND ngày 20/11/2026" in page
    assert "Bước 1: Một cửa làm hết" in page


def test_a_dossier_from_before_the_processes_has_its_template(client):
    WorkflowTemplate.objects.create(
        key="three_step", label="Ba bước", steps=[{"name": "Đọc hồ sơ", "role": "clerk", "share_of_limit": 0.1, "hours": None}]
    )
    make_version(workflow="three_step")
    dossier = make_dossier()
    page = slip_of(client, dossier)
    assert dossier.workflow is None
    assert "Quy trình nội bộ: Ba bước" in page
    assert "Bước 1: Đọc hồ sơ" in page


def test_the_dossiers_page_says_at_which_step_it_stands(client, shipped):
    dossier = make_dossier(status=Status.PROCESSING)
    client.force_login(make_clerk())
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert "bước 2/3: Thẩm tra" in page


def test_a_dossier_without_a_process_says_nothing_of_steps(client):
    dossier = make_dossier()
    client.force_login(make_clerk())
    assert "Quy trình nội bộ" not in client.get(dossier.get_absolute_url()).content.decode()
