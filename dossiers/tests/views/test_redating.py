"""The proposal's page with its report, and the page of a commune's dossiers that wait for another date."""
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from dossiers.models import Appointment, Dossier
from dossiers.tests.makers import make_clerk, make_dossier
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user
from onestop.worktime import proposals, store
from onestop.worktime.changes import ChangedDay, Content
from onestop.worktime.loading import load_shipped
from onestop.worktime.models import CalendarChange

pytestmark = pytest.mark.django_db
HERE = "/lich-nghi/hen-lai/"


@pytest.fixture(autouse=True)
def _calendar():
    load_shipped(now=timezone.now())


@pytest.fixture
def commune():
    return make_agency(parent=make_province())


@pytest.fixture
def leader(client, commune):
    person = make_user(Role.LEADER, agency=commune)
    client.force_login(person)
    return person


def ahead(number: int) -> date:
    return store.calendar_in_force().add_working_days(timezone.localdate(), number)


def propose(agency, *, day=None, scope="local", **content) -> CalendarChange:
    kind = "local_closure" if scope == "local" else "public_holiday"
    put = () if content else (ChangedDay(day or ahead(2), kind, "Tránh bão số 9"),)
    return proposals.propose(
        agency=agency, scope=scope, kind="closure", content=Content(put, **content), decision="Thông báo 12/TB-UBND",
        decided_on=timezone.localdate(), key=uuid4(), by=make_user(Role.ADMIN, agency=agency), at=timezone.now(),
    )


def page_of(change) -> str:
    return f"/lich-nghi/de-nghi/{change.pk}/"


def received(agency) -> Dossier:
    return make_dossier(by=make_clerk(agency), at=timezone.now())


def due_day(dossier) -> date:
    dossier.refresh_from_db()
    return timezone.localdate(dossier.due_at)


# -- the report -------------------------------------------------------------------------------------
def test_the_proposal_shows_who_would_move_and_where_to(client, commune, leader):
    dossier = received(commune)
    text = client.get(page_of(propose(commune))).content.decode()
    assert "1 hồ sơ phải hẹn lại" in text
    assert dossier.code in text
    assert f"17:00 {ahead(3):%d/%m/%Y}" in text
    assert f"<strong>17:00 {ahead(4):%d/%m/%Y}</strong>" in text
    assert dossier.applicant_name not in text


def test_looking_moves_nobody(client, commune, leader):
    dossier = received(commune)
    client.get(page_of(propose(commune)))
    assert due_day(dossier) == ahead(3)
    assert store.calendar_in_force(commune.pk).version == "1"


def test_the_province_sees_how_many_in_each_commune_and_no_codes(client, commune):
    dossier = received(commune)
    change = propose(commune.parent, scope="common")
    client.force_login(make_user(Role.HEAD, agency=commune.parent))
    response = client.get(page_of(change))
    assert response.context["communes"] == [(commune.name, 1, 0, 0)]
    assert dossier.code not in response.content.decode()


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ADMIN, 200), (Role.LEADER, 200), (Role.HEAD, 200), (Role.MANAGER, 200), (Role.CLERK, 403)]
)
def test_who_sees_a_proposal(client, commune, role, status):
    change = propose(commune)
    client.force_login(make_user(role, agency=commune))
    assert client.get(page_of(change)).status_code == status


def test_another_communes_proposal_looks_like_none(client, commune):
    change = propose(commune)
    client.force_login(make_user(Role.HEAD, agency=make_agency("H61.27", "Phú Tân An", parent=commune.parent)))
    assert client.get(page_of(change)).status_code == 404
    assert client.post(page_of(change), {"act": "approve"}).status_code == 404


def test_a_common_proposal_is_the_provinces_own_business_until_it_is_approved(client, commune, leader):
    change = propose(commune.parent, scope="common")
    assert client.get(page_of(change)).status_code == 404
    proposals.approve(change, by=make_user(Role.HEAD, agency=commune.parent), at=timezone.now())
    assert client.get(page_of(change)).status_code == 200


# -- deciding ----------------------------------------------------------------------------------------
def test_approving_a_closure_moves_the_dates_with_the_same_act(client, commune, leader):
    dossier = received(commune)
    change = propose(commune)
    response = client.post(page_of(change), {"act": "approve"})
    assert (response.status_code, response["Location"]) == (303, HERE)
    assert due_day(dossier) == ahead(4)
    assert Appointment.objects.filter(kind="calendar_change").count() == 1
    assert first_problem() is None


def test_approving_twice_says_that_it_is_done(client, commune, leader):
    received(commune)
    change = propose(commune)
    client.post(page_of(change), {"act": "approve"})
    response = client.post(page_of(change), {"act": "approve"})
    assert response.status_code == 422
    assert "Không làm lại lần nữa" in response.content.decode()
    assert Appointment.objects.filter(kind="calendar_change").count() == 1


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER])
def test_whoever_is_no_leader_approves_nothing(client, commune, role):
    change = propose(commune)
    client.force_login(make_user(role, agency=commune))
    assert "Duyệt và" not in client.get(page_of(change)).content.decode()
    assert client.post(page_of(change), {"act": "approve"}).status_code == 422
    change.refresh_from_db()
    assert change.is_waiting


def test_a_refusal_needs_its_reason_at_the_field(client, commune, leader):
    change = propose(commune)
    response = client.post(page_of(change), {"act": "reject", "reason": ""})
    assert response.status_code == 422
    assert response.context["form"].errors == {"reason": ["Ghi lý do không duyệt"]}
    assert client.post(page_of(change), {"act": "reject", "reason": "Bão tan"}).status_code == 303
    assert "Bão tan" in client.get(page_of(change)).content.decode()


def test_the_administrator_takes_his_proposal_back(client, commune):
    change = propose(commune)
    client.force_login(make_user(Role.ADMIN, agency=commune))
    assert client.post(page_of(change), {"act": "withdraw"}).status_code == 303
    change.refresh_from_db()
    assert change.state == "withdrawn"


# -- a common day: each commune's leader moves his own ---------------------------------------------------
def test_a_common_day_waits_for_each_communes_leader(client, commune, leader):
    other = make_agency("H61.27", "Phú Tân An", parent=commune.parent)
    here, there = received(commune), received(other)
    promised, later = ahead(3), ahead(4)
    proposals.approve(propose(commune.parent, scope="common"), by=make_user(Role.HEAD, agency=commune.parent), at=timezone.now())
    assert (due_day(here), due_day(there)) == (promised, promised)
    text = client.get(HERE).content.decode()
    assert "Lịch nghỉ thay đổi: 1 hồ sơ cần hẹn lại" in text
    assert "Tránh bão số 9" in text
    assert client.post(HERE)["Location"] == HERE
    assert (due_day(here), due_day(there)) == (later, promised)
    assert "Không có hồ sơ nào phải hẹn lại" in client.get(HERE).content.decode()


def test_pressing_again_says_that_nothing_is_left(client, commune, leader):
    text = client.post(HERE, follow=True).content.decode()
    assert "Không còn hồ sơ nào phải hẹn lại." in text


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMIN, Role.MANAGER, Role.SPECIALIST])
def test_only_leaders_open_the_page_of_new_dates(client, commune, role):
    client.force_login(make_user(role, agency=commune))
    assert client.get(HERE).status_code == 403
    assert client.post(HERE).status_code == 403


def test_a_waiting_proposal_is_named_there(client, commune, leader):
    change = propose(commune)
    assert page_of(change) in client.get(HERE).content.decode()


def test_the_dossiers_page_shows_both_dates_with_the_reason(client, commune, leader):
    dossier = received(commune)
    client.post(page_of(propose(commune)), {"act": "approve"})
    text = client.get(f"/ho-so/{dossier.code}/").content.decode()
    assert f"{ahead(4):%d/%m/%Y}" in text
    assert "Lịch nghỉ thay đổi: Tránh bão số 9" in text


# -- a year ------------------------------------------------------------------------------------------------
def test_confirming_a_year_lists_the_promises_that_stay(client, commune):
    year = store.calendar_in_force().last.year
    late_in_the_year = timezone.now().replace(year=year - 1, month=12, day=30)
    make_dossier(by=make_clerk(commune), at=late_in_the_year)
    commune.parent = None
    commune.save()
    change = propose(commune, scope="common", confirms=year)
    client.force_login(make_user(Role.HEAD, agency=commune))
    text = client.get(page_of(change)).content.decode()
    assert "Đã hẹn khi lịch năm chưa công bố, ngày hẹn giữ nguyên: 1" in text


def test_the_page_of_new_dates_costs_the_same_for_one_dossier_and_for_three(client, commune, leader, django_assert_max_num_queries):
    received(commune)
    proposals.approve(propose(commune), by=leader, at=timezone.now())
    client.get(HERE)
    with django_assert_max_num_queries(11):
        client.get(HERE)
    received(commune), received(commune)
    Dossier.objects.update(due_at=timezone.now() + timedelta(days=9))
    with django_assert_max_num_queries(11):
        client.get(HERE)
