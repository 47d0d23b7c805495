"""Who is on duty: planning, absence and substitution, checking in, copying a week; and the rules of the desk."""

from datetime import date, datetime, time, timedelta, timezone

import pytest
from django.db import IntegrityError, transaction

from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff import absence, accounts, duty
from onestop.staff.duty import CannotSet, Half, Plan, Post
from onestop.staff.models import DutySession, OperatingRules
from onestop.staff.roles import Role
from onestop.staff.signing import delegate
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
LOCAL = timezone(timedelta(hours=7))
LEADER_KEY, FIRST_DESK = ("leader", ""), ("desk", "1")


def on(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=LOCAL)


BEFORE = on(MONDAY - timedelta(days=3), "16:00")


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def leader():
    return make_user(Role.LEADER)


@pytest.fixture
def clerk():
    return make_user(Role.CLERK, counter_no="1")


def put(manager, *plans, day=MONDAY, half=Half.MORNING, at=BEFORE):
    return duty.set_session(manager.agency, day, half, plans, by=manager, at=at)


def signing(person=None, **absence):
    return Plan(Post.LEADER, "", person, **absence)


def sitting(person=None, counter="1", **absence):
    return Plan(Post.DESK, counter, person, **absence)


def problem(act, *args, **kwargs):
    with pytest.raises(CannotSet) as refused:
        act(*args, **kwargs)
    return str(refused.value), refused.value.post, refused.value.field


# -- who is on duty ---------------------------------------------------------------------------
@pytest.mark.parametrize(("clock", "expected"), [("00:00", True), ("11:59", True), ("12:00", False), ("23:59", False)])
def test_a_session_lasts_half_a_local_day(manager, leader, clock, expected):
    put(manager, signing(leader))

    assert duty.leader_on_duty(manager.agency_id, on(MONDAY, clock)) == (leader if expected else None)


def test_who_sits_at_which_counter(manager, clerk, leader):
    other = make_user(Role.SPECIALIST)
    put(manager, signing(leader), sitting(clerk), sitting(other, "2"))

    assert duty.desk_on_duty(manager.agency_id, on(MONDAY, "09:00")) == {"1": clerk, "2": other}
    assert duty.desk_on_duty(manager.agency_id, on(MONDAY, "14:00")) == {}


def test_another_commune_has_its_own_roster(manager, leader):
    put(manager, signing(leader))

    assert duty.leader_on_duty(make_agency("H61.27", "Phú Tân An").pk, on(MONDAY, "09:00")) is None


def test_halves_without_a_leader_are_named(manager, leader):
    put(manager, signing(leader))

    assert duty.missing_leader(manager.agency_id, MONDAY) == [Half.AFTERNOON]
    assert duty.missing_leader(manager.agency_id, MONDAY, [Half.MORNING]) == []


def test_a_leader_who_has_left_signs_no_more(manager, leader):
    put(manager, signing(leader))
    accounts.disable_account(leader, at=BEFORE)

    assert duty.leader_on_duty(manager.agency_id, on(MONDAY, "09:00")) is None
    assert Half.MORNING in duty.missing_leader(manager.agency_id, MONDAY)


def test_a_delegate_is_on_duty_to_sign_as_long_as_his_decision_lasts(manager):
    head, delegate_ = make_user(Role.HEAD), make_user(Role.SPECIALIST)
    day = MONDAY - timedelta(days=3)
    given = {
        "kinds": ["certification.copy"],
        "decision_number": "45/QĐ-CT",
        "decision_date": day,
        "valid_from": day,
        "by": head,
        "at": BEFORE,
    }
    delegate(delegator=head, to=delegate_, mode="TUQ", valid_to=MONDAY, **given)

    put(manager, signing(delegate_))

    assert duty.leader_on_duty(manager.agency_id, on(MONDAY, "09:00")) == delegate_
    tomorrow = problem(put, manager, signing(delegate_), day=MONDAY + timedelta(days=1))
    assert tomorrow == ("Chọn người trong danh sách", LEADER_KEY, "assigned")


def away(person, manager, *, until=MONDAY):
    return absence.enter(person, first_day=MONDAY, last_day=until, reason="Nghỉ phép", by=manager, at=BEFORE)


def test_whoever_is_entered_as_away_after_he_was_planned_is_nobody_on_duty(manager, leader, clerk):
    put(manager, signing(leader), sitting(clerk))
    leave = [away(person, manager) for person in (leader, clerk)]
    monday = on(MONDAY, "09:00")

    assert (duty.leader_on_duty(manager.agency_id, monday), duty.desk_on_duty(manager.agency_id, monday)) == (None, {})
    assert duty.missing_leader(manager.agency_id, MONDAY, [Half.MORNING]) == [Half.MORNING]

    duty.check_in(MONDAY, Half.MORNING, by=leader, at=monday)
    absence.come_back(leave[1], by=manager, at=on(MONDAY, "08:00"))

    assert (duty.leader_on_duty(manager.agency_id, monday), duty.desk_on_duty(manager.agency_id, monday)) == (leader, {"1": clerk})


def test_nobody_is_put_on_duty_on_a_day_of_his_leave(manager, leader):
    deputy = make_user(Role.LEADER, full_name="Kim Sắc Đa")
    away(leader, manager, until=MONDAY + timedelta(days=2))
    sentence = f"{leader.full_name} nghỉ đến 25/11/2026: "

    assert problem(put, manager, signing(leader)) == (f"{sentence}chọn người khác, hoặc ghi vắng và người thay", LEADER_KEY, "assigned")
    stands_in = signing(deputy, reason="Họp", substitute=leader)
    assert problem(put, manager, stands_in) == (f"{sentence}chọn người thay khác", LEADER_KEY, "substitute")
    assert [row.person for row in put(manager, signing(leader, reason="Nghỉ phép", substitute=deputy))] == [deputy]


def test_a_copied_week_leaves_out_whoever_is_away(manager, leader, clerk):
    before = MONDAY - timedelta(days=7)
    put(manager, signing(leader), sitting(clerk), day=before, at=on(before, "06:00"))
    away(leader, manager)

    assert duty.copy_week(manager.agency, MONDAY, [(MONDAY, Half.MORNING)], by=manager, at=BEFORE) == 1
    assert duty.leader_on_duty(manager.agency_id, on(MONDAY, "09:00")) is None


def test_asking_who_is_on_duty_is_one_query(manager, leader, django_assert_num_queries):
    put(manager, signing(leader))

    with django_assert_num_queries(1):
        duty.leader_on_duty(manager.agency_id, on(MONDAY, "09:00"))
    with django_assert_num_queries(1):
        duty.missing_leader(manager.agency_id, MONDAY)


# -- planning ---------------------------------------------------------------------------------
def test_a_roster_leaves_one_event_and_verifies(manager, leader, clerk):
    put(manager, signing(leader), sitting(clerk))

    event = Event.objects.get(act="duty.set")
    assert (event.subject, event.actor_id) == ("duty:2026-11-23", manager.pk)
    assert first_problem() is None


def test_the_same_roster_again_changes_nothing(manager, leader):
    put(manager, signing(leader))

    assert put(manager, signing(leader), sitting()) == []
    assert Event.objects.filter(act="duty.set").count() == 1


def test_posts_that_are_not_named_stay(manager, leader, clerk):
    put(manager, signing(leader), sitting(clerk))
    put(manager, signing())

    assert duty.leader_on_duty(manager.agency_id, on(MONDAY, "09:00")) is None
    assert duty.desk_on_duty(manager.agency_id, on(MONDAY, "09:00")) == {"1": clerk}


def test_two_people_change_places(manager, clerk):
    other = make_user(Role.CLERK, full_name="Kim Ngọc Ánh")
    put(manager, sitting(clerk), sitting(other, "2"))
    put(manager, sitting(other), sitting(clerk, "2"))

    assert duty.desk_on_duty(manager.agency_id, on(MONDAY, "09:00")) == {"1": other, "2": clerk}
    assert first_problem() is None


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.MANAGER, Role.PROVINCE}])
def test_only_the_manager_makes_the_roster(manager, leader, role):
    by = make_user(role)

    sentence, *_ = problem(duty.set_session, manager.agency, MONDAY, Half.MORNING, [signing(leader)], by=by, at=BEFORE)

    assert (sentence, DutySession.objects.count()) == ("Chỉ Giám đốc Trung tâm phân công trực.", 0)


def test_the_manager_of_another_commune_is_refused(manager, leader):
    foreign = make_user(Role.MANAGER, agency=make_agency("H61.27", "Phú Tân An"))

    assert problem(duty.set_session, manager.agency, MONDAY, Half.MORNING, [signing(leader)], by=foreign, at=BEFORE)[0].startswith(
        "Chỉ Giám đốc"
    )


def test_what_is_past_stays_as_it_was(manager, leader):
    assert put(manager, signing(leader), at=on(MONDAY, "23:59"))
    assert problem(put, manager, signing(), at=on(MONDAY + timedelta(days=1), "00:00"))[0].startswith("Ngày này đã qua")


def test_a_roster_reaches_one_year_ahead(manager, leader):
    today = BEFORE.date()
    assert put(manager, signing(leader), day=today + timedelta(days=366))
    assert problem(put, manager, signing(leader), day=today + timedelta(days=367))[0] == "Chỉ phân công trước trong vòng một năm."


@pytest.mark.parametrize(
    ("post", "role", "fits"),
    [
        ("leader", Role.LEADER, True),
        ("leader", Role.HEAD, True),
        ("leader", Role.MANAGER, False),
        ("leader", Role.CLERK, False),
        ("leader", Role.ADMIN, False),
        ("desk", Role.CLERK, True),
        ("desk", Role.SPECIALIST, True),
        ("desk", Role.MANAGER, True),
        ("desk", Role.LEADER, False),
        ("desk", Role.HELPER, False),
        ("desk", Role.AUDITOR, False),
    ],
)
def test_only_who_may_sign_or_receive_holds_the_post(manager, post, role, fits):
    plan = Plan(post, "" if post == "leader" else "1", make_user(role))

    if fits:
        assert len(put(manager, plan)) == 1
    else:
        assert problem(put, manager, plan) == ("Chọn người trong danh sách", plan.key, "assigned")


def test_people_of_another_commune_and_people_who_left_are_not_in_the_list(manager):
    foreign = make_user(Role.LEADER, agency=make_agency("H61.27", "Phú Tân An"))
    gone = make_user(Role.LEADER, is_active=False)

    for person in (foreign, gone):
        assert problem(put, manager, signing(person)) == ("Chọn người trong danh sách", LEADER_KEY, "assigned")


def test_nobody_sits_at_two_counters(manager, clerk):
    expected = ("Thạch Thị Mỹ Duyên đã trực ở vị trí khác trong buổi này: Quầy 1", ("desk", "2"), "assigned")

    assert problem(put, manager, sitting(clerk), sitting(clerk, "2")) == expected
    put(manager, sitting(clerk))
    assert problem(put, manager, sitting(clerk, "2")) == expected
    assert len(put(manager, sitting(clerk, "2"), half=Half.AFTERNOON)) == 1


def test_the_database_refuses_one_person_at_two_posts(manager, clerk):
    put(manager, sitting(clerk), sitting(counter="2"))
    twin = {
        "agency": manager.agency,
        "day": MONDAY,
        "half": "morning",
        "role_on_duty": "desk",
        "counter_no": "2",
        "set_by": manager,
        "set_at": BEFORE,
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        DutySession.objects.create(person=clerk, **twin)


@pytest.mark.parametrize("plan", [Plan("desk"), Plan("leader", "1"), Plan("guard", "1"), Plan("desk", "12345678901")])
def test_a_post_that_does_not_exist_is_refused(manager, plan):
    assert problem(put, manager, plan)[0] == "Không có vị trí trực này."


def test_a_roster_row_is_never_deleted(manager, clerk):
    put(manager, sitting(clerk))

    with pytest.raises(IntegrityError), transaction.atomic():
        DutySession.objects.all().delete()


# -- absence ------------------------------------------------------------------------------------
def test_a_substitute_is_on_duty_for_the_absent(manager, leader):
    head = make_user(Role.HEAD)
    put(manager, signing(leader, substitute=head, reason="Họp huyện"))

    row = DutySession.objects.get()
    assert duty.leader_on_duty(manager.agency_id, on(MONDAY, "09:00")) == head
    assert (row.substitute_for, row.absence_reason, row.assigned_id) == (leader, "Họp huyện", leader.pk)


def test_an_absence_without_a_substitute_leaves_the_post_empty(manager, leader):
    put(manager, signing(leader, reason="Ốm"))

    assert duty.leader_on_duty(manager.agency_id, on(MONDAY, "09:00")) is None
    assert DutySession.objects.get().substitute_for == leader


def test_the_reason_of_an_absence_is_personal(manager, leader):
    put(manager, signing(leader, reason="Ốm nặng"))

    assert "Ốm nặng" not in Event.objects.get(act="duty.set").data


@pytest.mark.parametrize(
    ("fields", "sentence", "field"),
    [
        ({"assigned": False, "reason": "Ốm"}, "Chọn người được phân công rồi mới ghi người đó vắng", "assigned"),
        ({"substitute": "other"}, "Ghi lý do vắng", "reason"),
        ({"substitute": "same", "reason": "Ốm"}, "Người thay phải khác người vắng", "substitute"),
        ({"substitute": "clerk", "reason": "Ốm"}, "Chọn người trong danh sách", "substitute"),
    ],
)
def test_an_absence_is_complete_or_refused(manager, leader, clerk, fields, sentence, field):
    people = {"other": make_user(Role.HEAD), "same": leader, "clerk": clerk}
    plan = signing(
        None if fields.get("assigned") is False else leader,
        substitute=people.get(fields.get("substitute")),
        reason=fields.get("reason", ""),
    )

    assert problem(put, manager, plan) == (sentence, LEADER_KEY, field)


def test_a_substitute_who_sits_elsewhere_is_refused(manager, clerk):
    other = make_user(Role.CLERK, full_name="Kim Ngọc Ánh")
    put(manager, sitting(clerk), sitting(other, "2"))

    sentence, post, field = problem(put, manager, sitting(clerk, substitute=other, reason="Ốm"))

    assert (sentence, post, field) == ("Kim Ngọc Ánh đã trực ở vị trí khác trong buổi này: Quầy 2", FIRST_DESK, "substitute")


# -- checking in ----------------------------------------------------------------------------------
def test_the_person_checks_in_once(manager, clerk):
    put(manager, sitting(clerk))

    first = duty.check_in(MONDAY, Half.MORNING, by=clerk, at=on(MONDAY, "07:25"))
    again = duty.check_in(MONDAY, Half.MORNING, by=clerk, at=on(MONDAY, "07:40"))

    assert first.checked_in_at == again.checked_in_at == on(MONDAY, "07:25")
    assert Event.objects.filter(act="duty.checked_in", actor_id=clerk.pk).count() == 1
    assert first_problem() is None


def test_nobody_checks_in_for_another(manager, clerk):
    put(manager, sitting(clerk))

    for other in (manager, make_user(Role.CLERK), make_user(Role.CLERK, agency=make_agency("H61.27", "Phú Tân An"))):
        assert problem(duty.check_in, MONDAY, Half.MORNING, by=other, at=on(MONDAY, "08:00"))[0].startswith("Bạn không có tên")


@pytest.mark.parametrize(
    ("days", "clock", "half"),
    [(-1, "08:00", "morning"), (1, "08:00", "morning"), (0, "12:00", "morning"), (0, "11:59", "afternoon"), (7, "14:00", "afternoon")],
)
def test_checking_in_is_for_the_very_session(manager, clerk, days, clock, half):
    put(manager, sitting(clerk), half=half)

    assert problem(duty.check_in, MONDAY, half, by=clerk, at=on(MONDAY + timedelta(days=days), clock))[0].startswith(
        "Chỉ điểm danh trong chính"
    )


def test_the_absent_cannot_check_in_and_the_substitute_can(manager, clerk):
    other = make_user(Role.CLERK, full_name="Kim Ngọc Ánh")
    put(manager, sitting(clerk, substitute=other, reason="Ốm"))

    assert problem(duty.check_in, MONDAY, Half.MORNING, by=clerk, at=on(MONDAY, "08:00"))[0].startswith("Bạn không có tên")
    assert duty.check_in(MONDAY, Half.MORNING, by=other, at=on(MONDAY, "08:00")).checked_in_at is not None


def test_who_comes_instead_checks_in_himself(manager, clerk):
    put(manager, sitting(clerk))
    duty.check_in(MONDAY, Half.MORNING, by=clerk, at=on(MONDAY, "07:25"))

    put(manager, sitting(clerk), at=on(MONDAY, "09:00"))
    assert DutySession.objects.get().checked_in_at is not None
    put(manager, sitting(make_user(Role.CLERK)), at=on(MONDAY, "09:00"))
    assert DutySession.objects.get().checked_in_at is None


# -- copying a week -------------------------------------------------------------------------------
def copy(manager, monday=MONDAY + timedelta(days=7), days=5, at=BEFORE):
    sessions = {(monday + timedelta(days=day), half) for day in range(days) for half in Half}
    return duty.copy_week(manager.agency, monday, sessions, by=manager, at=at)


def test_a_week_is_copied_with_those_who_were_meant_to_come(manager, leader, clerk):
    head = make_user(Role.HEAD)
    put(manager, signing(leader, substitute=head, reason="Họp"), sitting(clerk))
    duty.check_in(MONDAY, Half.MORNING, by=clerk, at=on(MONDAY, "08:00"))

    assert copy(manager) == 2

    copied = DutySession.objects.filter(day=MONDAY + timedelta(days=7))
    assert sorted(copied.values_list("person_id", "substitute_for_id", "absence_reason", "checked_in_at")) == sorted(
        [(leader.pk, None, "", None), (clerk.pk, None, "", None)]
    )
    assert (copy(manager), first_problem()) == (0, None)


def test_copying_changes_nothing_that_is_there(manager, leader, clerk):
    head, other, next_monday = make_user(Role.HEAD), make_user(Role.CLERK), MONDAY + timedelta(days=7)
    put(manager, signing(leader), sitting(clerk), sitting(other, "2"))
    put(manager, signing(head, reason="Đi họp"), sitting(clerk, "3"), day=next_monday)

    assert copy(manager) == 1

    week = {row.post_words: row.assigned_id for row in DutySession.objects.filter(day=next_monday)}
    assert week == {"Lãnh đạo trực ký": head.pk, "Quầy 3": clerk.pk, "Quầy 2": other.pk}


def test_closed_days_and_people_who_left_are_not_copied(manager, leader, clerk):
    put(manager, signing(leader), sitting(clerk))
    put(manager, signing(leader), day=MONDAY + timedelta(days=4))
    accounts.disable_account(leader, at=BEFORE)

    assert copy(manager, days=4) == 1


def test_a_week_that_is_half_gone_is_filled_from_now_on(manager, leader):
    for days in range(3):
        for half in Half:
            put(manager, signing(leader), day=MONDAY + timedelta(days=days), half=half)

    # Tuesday, 13:00: Tuesday afternoon and Wednesday are left.
    assert copy(manager, at=on(MONDAY + timedelta(days=8), "13:00")) == 3


def test_only_the_manager_copies(manager):
    assert problem(duty.copy_week, manager.agency, MONDAY, [], by=make_user(Role.HEAD), at=BEFORE)[0].startswith("Chỉ Giám đốc")


# -- the rules of the desk --------------------------------------------------------------------------
RULES = {"text": "Điều 1. Phạm vi", "decision_number": "12/QĐ-UBND", "decided_on": MONDAY, "decided_by": "UBND xã", "valid_from": MONDAY}
LATER = on(MONDAY + timedelta(days=10), "08:00")


def publish(by, at=LATER, **fields):
    return duty.publish_rules(by.agency, **(RULES | fields), by=by, at=at)


def test_the_newest_rules_that_are_valid_count(manager):
    first, second = publish(manager), publish(manager, text="Điều 1 mới", valid_from=MONDAY + timedelta(days=30))

    assert (first.version, second.version) == (1, 2)
    assert duty.rules_in_force(manager.agency_id, MONDAY - timedelta(days=1)) is None
    assert duty.rules_in_force(manager.agency_id, MONDAY) == first
    assert duty.rules_in_force(manager.agency_id, MONDAY + timedelta(days=29)) == first
    assert duty.rules_in_force(manager.agency_id, MONDAY + timedelta(days=30)) == second
    assert first_problem() is None


def test_sending_the_same_rules_twice_makes_one_version(manager):
    assert publish(manager) == publish(manager)
    assert OperatingRules.objects.count() == 1


@pytest.mark.parametrize("role", [Role.CLERK, Role.LEADER, Role.ADMIN, Role.SPECIALIST])
def test_only_manager_and_head_write_rules(role):
    assert problem(publish, make_user(role))[0] == "Chỉ Giám đốc Trung tâm hoặc Thủ trưởng cơ quan ghi quy chế."
    assert publish(make_user(Role.HEAD)).version == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"decided_on": LATER.date() + timedelta(days=1), "valid_from": LATER.date() + timedelta(days=1)}, "decided_on"),
        ({"valid_from": MONDAY - timedelta(days=1)}, "valid_from"),
    ],
)
def test_rules_follow_their_decision(manager, fields, field):
    assert problem(publish, manager, **fields)[2] == field


@pytest.mark.parametrize("act", ["update", "delete"])
def test_rules_are_only_ever_added(manager, act):
    publish(manager)
    rows = OperatingRules.objects.all()

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(text="khác") if act == "update" else rows.delete()
