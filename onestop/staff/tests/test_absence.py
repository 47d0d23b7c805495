"""Days away: who may write them down, who can stand in, and that no two of them meet."""

from datetime import date, datetime, timedelta, timezone

import pytest

from onestop.history.verify import first_problem
from onestop.staff import absence
from onestop.staff.absence import CannotEnter
from onestop.staff.models import Absence
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone(timedelta(hours=7)))
TODAY = date(2026, 11, 20)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def person():
    return make_user(Role.SPECIALIST)


@pytest.fixture
def other():
    return make_user(Role.SPECIALIST, full_name="Kim Sa Rây")


def enter(person, by, first=0, last=3, **values):
    return absence.enter(person, first_day=day(first), last_day=day(last), by=by, at=NOW, **({"reason": "Nghỉ phép"} | values))


def test_an_absence_is_known_on_its_days_and_says_who_stands_in(person, manager, other):
    row = enter(person, manager, substitute=other)

    assert [number for number in range(-1, 6) if absence.away_on([person.agency_id], day(number))] == [0, 1, 2, 3]
    assert absence.say_away(row) == "nghỉ đến 23/11/2026 – người thay: Kim Sa Rây"
    assert absence.say_away(enter(other, other, 10, 11)) == "nghỉ đến 01/12/2026 – chưa có người thay"


def test_a_person_enters_his_own_days_and_nobody_elses(person, other):
    assert enter(person, person).entered_by == person
    with pytest.raises(CannotEnter, match="Chỉ người nghỉ"):
        enter(other, person)


def test_the_manager_of_another_commune_enters_nothing(person):
    with pytest.raises(CannotEnter, match="Chỉ người nghỉ"):
        enter(person, make_user(Role.MANAGER, agency=make_agency("H61.27", "Phú Tân An")))


@pytest.mark.parametrize(
    ("first", "last", "values", "field", "sentence"),
    [
        (3, 0, {}, "last_day", "Ngày cuối phải từ ngày đầu trở đi"),
        (-40, -31, {}, "last_day", "Chỉ ghi bù ngày nghỉ trong 30 ngày qua"),
        (367, 368, {}, "first_day", "Chỉ ghi trước trong vòng một năm"),
        (0, 366, {}, "last_day", "Một lần nghỉ dài nhất một năm"),
        (0, 1, {"reason": ""}, "reason", "Ghi lý do nghỉ"),
    ],
)
def test_days_that_make_no_sense_are_refused_at_their_box(person, manager, first, last, values, field, sentence):
    with pytest.raises(CannotEnter) as refused:
        enter(person, manager, first, last, **values)
    assert (str(refused.value), refused.value.field) == (sentence, field)


@pytest.mark.parametrize(("first", "last", "meets"), [(-2, -1, False), (-2, 0, True), (1, 2, True), (3, 5, True), (4, 5, False)])
def test_two_absences_of_one_person_never_meet(person, manager, first, last, meets):
    enter(person, manager)
    if meets:
        with pytest.raises(CannotEnter, match="đã có ngày nghỉ từ 20/11/2026 đến 23/11/2026"):
            enter(person, manager, first, last)
    else:
        assert enter(person, manager, first, last).pk


@pytest.mark.parametrize(
    ("role", "fits"), [(Role.SPECIALIST, True), (Role.MANAGER, True), (Role.CLERK, False), (Role.LEADER, False), (Role.ADMIN, False)]
)
def test_only_who_can_do_the_work_stands_in(person, manager, role, fits):
    substitute = make_user(role)
    assert absence.can_stand_in(substitute, person) == fits
    if not fits:
        with pytest.raises(CannotEnter, match="Chọn người thay cùng đơn vị"):
            enter(person, manager, substitute=substitute)


def test_nobody_stands_in_for_himself_from_elsewhere_or_when_gone(person, manager):
    gone = make_user(Role.SPECIALIST)
    gone.is_active = False
    foreign = make_user(Role.SPECIALIST, agency=make_agency("H61.27", "Phú Tân An"))

    assert [absence.can_stand_in(each, person) for each in (person, gone, foreign)] == [False] * 3


def test_a_substitute_is_not_away_himself_and_does_not_go_while_he_stands_in(person, manager, other):
    enter(other, manager, 2, 4)
    with pytest.raises(CannotEnter, match="Kim Sa Rây cũng nghỉ từ 22/11/2026"):
        enter(person, manager, substitute=other)

    enter(person, manager, 0, 1, substitute=other)
    with pytest.raises(CannotEnter, match="đang được ghi là người thay của"):
        enter(other, manager, 1, 1)


def test_who_comes_back_is_away_no_more(person, manager, other):
    row = enter(person, manager, -2, 3, substitute=other)

    assert absence.come_back(row, by=person, at=NOW).back_on == TODAY
    assert (absence.away_on([person.agency_id], TODAY), len(absence.away_on([person.agency_id], day(-1)))) == ({}, 1)
    with pytest.raises(CannotEnter, match="Đã ghi trở lại làm việc từ ngày 20/11/2026"):
        absence.come_back(row, by=person, at=NOW)
    assert enter(person, manager, 0, 0).pk  # the days that were not used are free


def test_an_absence_that_is_called_off_never_was_one(person, manager):
    row = enter(person, manager, 5, 6)

    absence.come_back(row, by=manager, at=NOW)

    assert (absence.away_on([person.agency_id], day(5)), list(absence.absences_of(person.agency_id, TODAY))) == ({}, [])


def test_days_away_stand_in_the_history(person, manager):
    enter(person, manager)
    assert first_problem() is None

    Absence.objects.update(last_day=day(9))
    assert "absence" in str(first_problem()).lower()
