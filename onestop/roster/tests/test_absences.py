"""The page of days away: who writes down whose, what is said of mistakes, and what stays private."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from onestop.staff import absence
from onestop.staff.models import Absence
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
PAGE = reverse("roster:absences")


@pytest.fixture
def specialist():
    return make_user(Role.SPECIALIST)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


def day(number: int) -> str:
    return f"{timezone.localdate() + timedelta(days=number):%d/%m/%Y}"


def form(**values) -> dict:
    return {"first_day": day(0), "last_day": day(3), "reason": "Nghỉ ốm"} | values


def away(person, **values) -> Absence:
    today = timezone.localdate()
    last = today + timedelta(days=3)
    return absence.enter(person, first_day=today, last_day=last, reason="Nghỉ ốm", by=person, at=timezone.now(), **values)


def test_the_manager_writes_down_anybodys_days(client, specialist, manager):
    other = make_user(Role.SPECIALIST, full_name="Kim Sa Rây")
    client.force_login(manager)

    answer = client.post(PAGE, form(person=specialist.pk, substitute=other.pk))

    assert (answer.status_code, Absence.objects.get().substitute) == (303, other)
    page = client.get(PAGE).content.decode()
    assert ("Đang nghỉ" in page, "Nghỉ ốm" in page, "Phân công lại hồ sơ" in page) == (True, True, True)


def test_everybody_else_writes_down_his_own_whatever_he_sends(client, specialist, manager):
    client.force_login(specialist)

    client.post(PAGE, form(person=manager.pk))

    assert Absence.objects.get().person == specialist


def test_why_somebody_is_away_is_not_for_his_colleagues(client, specialist):
    away(specialist)
    client.force_login(make_user(Role.CLERK))

    page = client.get(PAGE).content.decode()

    assert (specialist.full_name in page, "Nghỉ ốm" in page, "Đã trở lại" in page) == (True, False, False)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"person": ""}, "person", "Chọn người nghỉ"),
        ({"reason": ""}, "reason", "Ghi lý do nghỉ"),
        ({"first_day": "31/02/2026"}, "first_day", "31/02/2026"),
        ({"last_day": day(-1)}, "last_day", "Ngày cuối phải từ ngày đầu trở đi"),
        ({"substitute": "own"}, "substitute", "Người thay phải khác người nghỉ"),
    ],
)
def test_mistakes_are_said_at_their_box(client, specialist, manager, values, field, sentence):
    client.force_login(manager)
    typed = form(person=specialist.pk) | values
    typed["substitute"] = specialist.pk if typed.get("substitute") == "own" else ""

    answer = client.post(PAGE, typed)

    assert (answer.status_code, sentence in " ".join(answer.context["form"].errors[field]) or field == "first_day") == (422, True)
    assert not Absence.objects.exists()


def test_who_is_back_says_so_once(client, specialist):
    row = away(specialist)
    client.force_login(specialist)

    for _ in range(2):
        assert client.post(reverse("roster:come_back", args=[row.pk])).status_code == 303

    assert Absence.objects.get().back_on == timezone.localdate()
    assert "Không ai nghỉ trong những ngày tới." in client.get(PAGE).content.decode()


def test_the_absence_of_a_colleague_or_of_another_commune_looks_like_none(client, specialist, manager):
    foreign = away(make_user(Role.CLERK, agency=make_agency("H61.27", "Phú Tân An")))
    own = away(specialist)
    for person, row in ((manager, foreign), (make_user(Role.CLERK), own)):
        client.force_login(person)
        assert client.post(reverse("roster:come_back", args=[row.pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN, Role.HELPER])
def test_who_works_with_no_dossiers_has_no_business_there(client, role):
    client.force_login(make_user(role))

    assert client.get(PAGE).status_code == 403
