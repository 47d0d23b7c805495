"""Opening hours by spans of days: what is written, what is cut, what is refused."""
from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.reading import Unreadable
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user
from onestop.worktime import opening, store
from onestop.worktime.hours_form import read_sessions
from onestop.worktime.models import OpeningPeriod
from onestop.worktime.opening import CannotSetHours

pytestmark = pytest.mark.django_db
PAGE = "/quan-tri/gio-lam-viec/"
SUMMER = {weekday: ((time(7), time(11)), (time(13), time(16))) for weekday in range(5)}


@pytest.fixture
def commune():
    return make_agency()


@pytest.fixture
def admin(client, commune):
    person = make_user(Role.ADMIN, agency=commune)
    client.force_login(person)
    return person


def sent(first, last="", **days):
    usual = {f"day_{weekday}": "07:30–11:30, 13:30–17:00" for weekday in range(5)} | {"day_5": "", "day_6": ""}
    return {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}" if last else ""} | usual | days


def spans():
    return sorted({(row.valid_from, row.valid_to) for row in OpeningPeriod.objects.all()})


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("07:30–11:30, 13:30–17:00", ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))),
        ("7h - 11h30", ((time(7), time(11, 30)),)),
        ("7 giờ đến 11 giờ 30", ((time(7), time(11, 30)),)),
        ("0730-1130", ((time(7, 30), time(11, 30)),)),
    ],
)
def test_sessions_are_read_as_people_write_them(text, sessions):
    assert read_sessions(text) == sessions


@pytest.mark.parametrize("text", ["sáng", "7:30", "11:30-07:30", "08:00-10:00, 09:00-11:00", "25:00-26:00", "07:99-11:00"])
def test_what_are_no_sessions_is_refused(text):
    with pytest.raises(Unreadable):
        read_sessions(text)


@pytest.mark.parametrize("role", [Role.LEADER, Role.MANAGER, Role.CLERK])
def test_only_an_administrator_opens_the_page(client, commune, role):
    client.force_login(make_user(role, agency=commune))
    assert client.get(PAGE).status_code == 403


def test_the_page_begins_with_the_hours_in_force(client, admin):
    assert 'value="07:30–11:30, 13:30–17:00"' in client.get(PAGE).content.decode()


def test_saturday_hours_from_today_on(client, admin, commune):
    today = timezone.localdate()
    assert client.post(PAGE, sent(today, day_5="08:00–11:00")).status_code == 303
    assert spans() == [(today, None)]
    assert opening.week_on(commune.pk, today)[5] == ((time(8), time(11)),)
    assert Event.objects.get(act="hours.changed").agency_id == commune.pk
    assert first_problem() is None


def test_a_span_is_cut_out_of_what_was_in_force(commune, admin):
    today = timezone.localdate()
    at = timezone.now()
    opening.set_hours(commune, opening.default_week() | {5: ((time(8), time(11)),)}, first=today, last=None, by=admin, at=at)
    first, last = today + timedelta(days=10), today + timedelta(days=19)
    opening.set_hours(commune, SUMMER, first=first, last=last, by=admin, at=at)
    day = timedelta(days=1)
    assert spans() == [(today, first - day), (first, last), (last + day, None)]
    assert [opening.week_on(commune.pk, each).get(5, ()) for each in (first - day, first, last, last + day)] == [
        ((time(8), time(11)),), (), (), ((time(8), time(11)),)
    ]


def test_new_hours_count_at_once(commune, admin):
    day = date(2026, 12, 7)
    opening.set_hours(commune, SUMMER, first=day, last=None, by=admin, at=timezone.now().replace(year=2026, month=11, day=21))
    assert str(store.opening_hours(commune.pk).closing(day, store.calendar_in_force()).time()) == "16:00:00"


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"first": "01/01/2020"}, "first"), ({"first": "x"}, "first"), ({"last": "01/01/2020"}, "last"), ({"day_2": "sáng"}, "day_2"),
     (dict.fromkeys((f"day_{n}" for n in range(5)), ""), "day_0")],
)
def test_a_mistake_is_answered_at_its_field(client, admin, fields, field):
    response = client.post(PAGE, sent(timezone.localdate()) | fields)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert not OpeningPeriod.objects.exists()


def test_no_administrator_of_another_agency_sets_them(commune):
    stranger = make_user(Role.ADMIN, agency=make_agency("H61.27", "Phú Tân An"))
    with pytest.raises(CannotSetHours, match="Chỉ quản trị"):
        opening.set_hours(commune, SUMMER, first=timezone.localdate(), last=None, by=stranger, at=timezone.now())
