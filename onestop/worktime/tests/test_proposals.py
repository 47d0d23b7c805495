"""A change is a proposal first; who may make it, who may approve it, and what approving does."""
from datetime import date, datetime, time
from uuid import uuid4

import pytest

from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user
from onestop.worktime import proposals, store
from onestop.worktime.calendar_file import SHIPPED, read_file
from onestop.worktime.changes import ChangedDay, Content
from onestop.worktime.hours import local
from onestop.worktime.loading import load, load_shipped
from onestop.worktime.models import CalendarChange, CalendarDay, CalendarVersion, CalendarYear, LocalDay
from onestop.worktime.proposals import CannotChange

pytestmark = pytest.mark.django_db
MONDAY, SATURDAY = date(2026, 12, 7), date(2026, 12, 12)
COMMON, LOCAL = "common", "local"


def at(text):
    return local(datetime.fromisoformat(text))


NOW = at("2026-11-21T08:00")
CLOSURE = Content((ChangedDay(MONDAY, "local_closure", "Tránh bão số 9"),))
HOLIDAY = Content((ChangedDay(MONDAY, "public_holiday", "Quốc tang"),))
SWAP = Content((
    ChangedDay(MONDAY, "swapped_day_off", "Nghỉ hoán đổi", SATURDAY), ChangedDay(SATURDAY, "swapped_working_day", "Làm bù", MONDAY),
))


@pytest.fixture(autouse=True)
def _calendar():
    load_shipped(now=NOW)


@pytest.fixture
def province():
    return make_province()


@pytest.fixture
def commune(province):
    return make_agency(parent=province)


def admin_of(agency):
    return make_user(Role.ADMIN, agency=agency)


def leader_of(agency, role=Role.LEADER):
    return make_user(role, agency=agency)


def propose(agency, content=CLOSURE, *, by=None, now=NOW, **fields):
    values = {
        "scope": LOCAL if content is CLOSURE else COMMON, "kind": "closure" if content is CLOSURE else "day_off",
        "decision": "Thông báo 12/TB-UBND", "decided_on": date(2026, 11, 20), "key": uuid4(),
    }
    return proposals.propose(agency=agency, content=content, by=by or admin_of(agency), at=now, **(values | fields))


# -- proposing -------------------------------------------------------------------------------
def test_a_proposal_changes_nothing_yet(commune):
    change = propose(commune)
    assert change.is_waiting
    assert store.calendar_in_force(commune.pk).is_working(MONDAY)
    assert not LocalDay.objects.exists()


def test_the_same_form_sent_twice_is_one_proposal(commune):
    key, admin = uuid4(), admin_of(commune)
    assert propose(commune, by=admin, key=key) == propose(commune, by=admin, key=key)
    assert CalendarChange.objects.count() == 1


def test_only_an_administrator_proposes(commune):
    with pytest.raises(CannotChange, match="Chỉ quản trị"):
        propose(commune, by=leader_of(commune))


def test_not_for_another_commune(commune):
    other = make_agency("H61.27", "Phú Tân An", parent=commune.parent)
    with pytest.raises(CannotChange, match="cơ quan mình"):
        propose(commune, by=admin_of(other))


def test_a_commune_under_a_province_leaves_the_common_calendar_alone(commune):
    with pytest.raises(CannotChange, match="Lịch chung do tỉnh giữ"):
        propose(commune, HOLIDAY)


def test_a_commune_that_stands_alone_keeps_the_common_calendar():
    alone = make_agency()
    alone.parent = None
    alone.save()
    assert propose(alone, HOLIDAY).scope == COMMON


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (Content(), "không đổi ngày nào"),
        (Content(removed=(MONDAY,)), "không có trong lịch để bỏ"),
        (Content(removed=(date(2026, 9, 2),)), "không còn ở phía trước"),
        (Content((ChangedDay(date(2026, 10, 21), "public_holiday", "x"),)), "đã qua quá 30 ngày"),
        (Content((ChangedDay(date(2031, 1, 2), "public_holiday", "x"),)), "nằm ngoài lịch làm việc"),
        (Content(confirms=2026), "đã được xác nhận"),
        (Content(confirms=2029), "năm tiếp theo là 2028"),
        (Content((ChangedDay(MONDAY, "public_holiday", "x"),), (), 2027), "không thuộc năm 2027"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(province, content, sentence):
    with pytest.raises(CannotChange, match=sentence):
        propose(province, content)


def test_a_day_has_one_proposal_at_a_time(commune):
    propose(commune)
    with pytest.raises(CannotChange, match="Ngày 07/12/2026 đang có một đề nghị"):
        propose(commune)


def test_a_day_that_has_just_passed_may_still_be_recorded(province):
    late = Content((ChangedDay(date(2026, 11, 20), "public_holiday", "Bão"),))
    assert propose(province, late).is_waiting


# -- seeing it beforehand -----------------------------------------------------------------------
def test_a_preview_shows_the_change_and_leaves_the_calendar_in_force(commune):
    change = propose(commune)
    assert not proposals.preview(change, commune.pk).is_working(MONDAY)
    assert store.calendar_in_force(commune.pk).is_working(MONDAY)


def test_the_preview_of_a_common_day_keeps_each_agencys_own_days(province, commune):
    proposals.approve(propose(commune), by=leader_of(commune), at=NOW)
    seen = proposals.preview(propose(province, Content((ChangedDay(SATURDAY, "swapped_working_day", "Làm bù", MONDAY),))), commune.pk)
    assert (seen.is_working(MONDAY), seen.is_working(SATURDAY)) == (False, True)


# -- approving -----------------------------------------------------------------------------------
def test_a_leader_puts_a_closure_into_force(commune):
    change = proposals.approve(propose(commune), by=leader_of(commune), at=NOW)
    calendar = store.calendar_in_force(commune.pk)
    assert (change.state, change.version, calendar.version) == ("approved", "1+1", "1+1")
    assert calendar.reason(MONDAY) == "Cơ quan tạm nghỉ: Tránh bão số 9"
    assert LocalDay.objects.get().decision == "Thông báo 12/TB-UBND ngày 20/11/2026"


def test_a_province_puts_a_swap_into_force_for_all(province, commune):
    change = proposals.approve(propose(province, SWAP, kind="swap"), by=leader_of(province, Role.HEAD), at=NOW)
    assert (change.version, CalendarVersion.objects.count()) == ("2", 2)
    calendar = store.calendar_in_force(commune.pk)
    assert (calendar.is_working(MONDAY), calendar.is_working(SATURDAY)) == (False, True)


def test_a_half_day_ends_where_its_row_says(commune):
    half = Content((ChangedDay(MONDAY, "half_day", "Hội nghị", None, time(10)),))
    proposals.approve(propose(commune, half, scope=LOCAL, kind="half_day"), by=leader_of(commune), at=NOW)
    assert store.calendar_in_force(commune.pk).ends_early_at(MONDAY) == time(10)


def test_a_future_day_is_taken_out_by_a_change(province):
    day = date(2027, 1, 1)
    change = propose(province, Content(removed=(day,)), kind="removal")
    proposals.approve(change, by=leader_of(province), at=NOW)
    assert store.calendar_in_force().is_working(day)


def test_confirming_a_year_ends_its_doubt(province):
    tet = ChangedDay(date(2027, 2, 8), "public_holiday", "Tết Nguyên đán")
    proposals.approve(propose(province, Content((tet,), (), 2027), kind="year"), by=leader_of(province), at=NOW)
    assert store.calendar_in_force().confirmed(2027)
    assert not CalendarDay.objects.filter(provisional=True).exists()
    assert CalendarYear.objects.get(year=2027).source == "Thông báo 12/TB-UBND ngày 20/11/2026"


def test_approving_twice_is_refused_and_adds_nothing(commune):
    change, leader = propose(commune), leader_of(commune)
    proposals.approve(change, by=leader, at=NOW)
    with pytest.raises(CannotChange, match="đã duyệt lúc 08:00, 21/11/2026"):
        proposals.approve(change, by=leader, at=NOW)
    assert store.calendar_in_force(commune.pk).version == "1+1"


@pytest.mark.parametrize("role", [Role.ADMIN, Role.CLERK, Role.MANAGER])
def test_other_roles_do_not_approve(commune, role):
    with pytest.raises(CannotChange, match="Chỉ lãnh đạo"):
        proposals.approve(propose(commune), by=make_user(role, agency=commune), at=NOW)


def test_a_leader_of_another_agency_does_not_approve(commune, province):
    with pytest.raises(CannotChange, match="của cơ quan khác"):
        proposals.approve(propose(commune), by=leader_of(province), at=NOW)


def test_a_proposal_that_time_has_overtaken_is_not_approved(province):
    change = propose(province, Content(removed=(date(2027, 1, 1),)), kind="removal")
    with pytest.raises(CannotChange, match="không còn ở phía trước"):
        proposals.approve(change, by=leader_of(province), at=at("2027-01-01T08:00"))
    change.refresh_from_db()
    assert change.is_waiting


# -- the other ends ---------------------------------------------------------------------------------
def test_a_leader_sends_it_back_with_his_reason(commune):
    change = proposals.reject(propose(commune), reason="Bão đã tan", by=leader_of(commune), at=NOW)
    assert (change.state, change.closing_note) == ("rejected", "Bão đã tan")
    assert store.calendar_in_force(commune.pk).is_working(MONDAY)


def test_no_refusal_without_a_reason(commune):
    with pytest.raises(CannotChange, match="Ghi lý do"):
        proposals.reject(propose(commune), reason="", by=leader_of(commune), at=NOW)


def test_an_administrator_takes_his_proposal_back_and_the_day_is_free_again(commune):
    admin = admin_of(commune)
    proposals.withdraw(propose(commune, by=admin), by=admin, at=NOW)
    assert propose(commune, by=admin).is_waiting


def test_every_step_stands_in_the_history(commune):
    proposals.approve(propose(commune), by=leader_of(commune), at=NOW)
    proposals.reject(propose(commune), reason="Không cần", by=leader_of(commune), at=NOW)
    acts = Event.objects.filter(agency_id=commune.pk, act__startswith="calendar.").order_by("seq").values_list("act", flat=True)
    assert list(acts) == ["calendar.proposed", "calendar.approved", "calendar.proposed", "calendar.rejected"]
    assert first_problem() is None


def test_what_was_approved_since_is_told_with_its_decision(province, commune):
    proposals.approve(propose(province, HOLIDAY), by=leader_of(province), at=NOW)
    assert proposals.reason_since(commune.pk, NOW) == (
        "Lịch nghỉ thay đổi: Quốc tang, 07/12/2026 (Thông báo 12/TB-UBND ngày 20/11/2026)"
    )
    assert proposals.reason_since(commune.pk, at("2026-11-22T08:00")) == "Lịch nghỉ thay đổi"


def test_loading_the_shipped_file_again_undoes_no_approved_day(province):
    proposals.approve(propose(province, HOLIDAY), by=leader_of(province), at=NOW)
    proposals.approve(propose(province, Content(confirms=2027), kind="year"), by=leader_of(province), at=NOW)
    loaded = load(read_file(SHIPPED), now=NOW)
    assert loaded.changes == ("= năm 2027: giữ lịch đã duyệt",)
    assert loaded.version is None
    assert not store.calendar_in_force().is_working(MONDAY)
