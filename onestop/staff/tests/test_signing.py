"""Who may sign, on which day, with which lines above the name."""

from datetime import date, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, transaction

from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.models import Delegation
from onestop.staff.roles import Role
from onestop.staff.signing import CannotDelegate, delegate, is_deputy, revoke, right_to_sign, signers_for
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
KIND = "certification.copy"
FIRST, LAST = date(2026, 8, 29), date(2026, 12, 31)
NOW = datetime(2026, 8, 29, 8, 0, tzinfo=timezone(timedelta(hours=7)))


def give(to, *, delegator=None, by=None, **fields) -> Delegation:
    delegator = delegator or make_user(Role.HEAD)
    values = {
        "mode": "TUQ",
        "kinds": [KIND],
        "decision_number": "45/QĐ-CT",
        "decision_date": FIRST,
        "valid_from": FIRST,
        "valid_to": LAST,
        "by": by or delegator,
        "at": NOW,
    }
    return delegate(delegator=delegator, to=to, **(values | fields))


def official(**fields):
    return make_user(Role.SPECIALIST, **({"job_title": "Công chức Tư pháp - Hộ tịch"} | fields))


# -- by office ------------------------------------------------------------------------------


def test_the_head_signs_under_his_title():
    right = right_to_sign(make_user(Role.HEAD), KIND, FIRST)
    assert (right.mode, right.block, right.words) == ("", "CHỦ TỊCH\nNguyễn Văn Đặng", "Thủ trưởng")


@pytest.mark.parametrize("title", ["Quyền Chủ tịch", "Q. Chủ tịch"])
def test_an_acting_head_says_so(title):
    right = right_to_sign(make_user(Role.HEAD, job_title=title), KIND, FIRST)
    assert (right.mode, right.lines) == ("Q", ("Q. CHỦ TỊCH",))


def test_a_deputy_signs_in_the_heads_place():
    right = right_to_sign(make_user(Role.LEADER), KIND, FIRST)
    assert (right.mode, right.lines) == ("KT", ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"))


def test_papers_of_the_committee_are_signed_on_its_behalf():
    right = right_to_sign(make_user(Role.LEADER), "decision", FIRST, collective=True)
    assert right.lines == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")


def test_the_signing_name_stands_under_the_block():
    assert right_to_sign(make_user(Role.HEAD, signing_name="ThS. Nguyễn Văn Đặng"), KIND, FIRST).signer_name == "ThS. Nguyễn Văn Đặng"


@pytest.mark.parametrize("title", ["Giám đốc Trung tâm", "Công chức", "Chủ tịch Hội Nông dân"])
def test_a_leader_who_is_no_deputy_has_no_right_by_office(title):
    assert right_to_sign(make_user(Role.LEADER, job_title=title), KIND, FIRST) is None


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.ARCHIVIST, Role.MANAGER, Role.ADMIN, Role.AUDITOR])
def test_nobody_else_signs_by_office(role):
    assert right_to_sign(make_user(role, job_title="Phó Chủ tịch"), KIND, FIRST) is None


@pytest.mark.parametrize("role", [Role.HEAD, Role.LEADER])
def test_a_disabled_account_signs_nothing(role):
    assert right_to_sign(make_user(role, is_active=False), KIND, FIRST) is None


# -- by delegation ----------------------------------------------------------------------------


def test_a_delegate_signs_under_the_decision():
    person = official()
    row = give(person)
    right = right_to_sign(person, KIND, FIRST)
    assert (right.mode, right.lines, right.delegation) == ("TUQ", ("TUQ. CHỦ TỊCH", "CÔNG CHỨC TƯ PHÁP - HỘ TỊCH"), row)
    assert right.words == "Ký thừa ủy quyền, Quyết định số 45/QĐ-CT ngày 29/08/2026"


@pytest.mark.parametrize(
    ("day", "may"),
    [(FIRST - timedelta(days=1), False), (FIRST, True), (LAST, True), (LAST + timedelta(days=1), False)],
)
def test_a_delegation_counts_from_its_first_to_its_last_day(day, may):
    person = official()
    give(person)
    assert (right_to_sign(person, KIND, day) is not None) is may


def test_a_delegation_gives_only_the_kinds_it_names():
    person = official()
    give(person)
    assert right_to_sign(person, "certification.contract", FIRST) is None


def test_a_revoked_delegation_ends_on_its_day():
    person, head = official(), make_user(Role.HEAD)
    revoke(give(person, delegator=head), on=date(2026, 10, 1), by=head, at=NOW)
    assert right_to_sign(person, KIND, date(2026, 9, 30)) is not None
    assert right_to_sign(person, KIND, date(2026, 10, 1)) is None


def test_a_delegation_ends_with_the_heads_office():
    person, head = official(), make_user(Role.HEAD)
    give(person, delegator=head)
    head.roles = [Role.SPECIALIST.value]
    head.save()
    assert right_to_sign(person, KIND, FIRST) is None


def test_a_delegation_ends_when_the_heads_account_is_closed():
    head, person = make_user(Role.HEAD), official()
    give(person, delegator=head)
    head.is_active = False
    head.save()
    assert right_to_sign(person, KIND, FIRST) is None


def test_who_moved_to_another_commune_took_no_right_along():
    person = official()
    give(person)
    person.agency = make_agency("H61.27", "Trà Kha")
    assert right_to_sign(person, KIND, FIRST) is None


def test_a_deputys_written_assignment_binds_him_to_its_kinds():
    deputy = make_user(Role.LEADER)
    give(deputy, mode="KT", kinds=["certification.signature"])
    assert right_to_sign(deputy, "certification.signature", FIRST).lines == ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    assert right_to_sign(deputy, KIND, FIRST) is None


def test_a_deputy_may_need_an_assignment():
    deputy = make_user(Role.LEADER)
    assert right_to_sign(deputy, KIND, FIRST, deputies_by_office=False) is None
    give(deputy, mode="KT")
    assert right_to_sign(deputy, KIND, FIRST, deputies_by_office=False) is not None


# -- giving and taking ---------------------------------------------------------------------------


def test_there_is_no_chain_of_delegations():
    person = official()
    give(person)
    with pytest.raises(CannotDelegate, match="không được ủy quyền lại"):
        give(official(), delegator=person)


@pytest.mark.parametrize("role", [Role.LEADER, Role.MANAGER, Role.ADMIN])
def test_only_the_head_delegates(role):
    with pytest.raises(CannotDelegate, match="Chỉ thủ trưởng"):
        give(official(), delegator=make_user(role))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kinds": []}, "loại giấy tờ"),
        ({"decision_number": ""}, "số quyết định"),
        ({"valid_to": FIRST - timedelta(days=1)}, "Ngày hết hạn"),
        ({"decision_date": FIRST + timedelta(days=1)}, "trước ngày ký quyết định"),
        ({"mode": "KT"}, "Chỉ cấp phó"),
        ({"mode": "XX"}, "Chọn cách ký"),
    ],
)
def test_a_delegation_is_in_writing_for_a_time_and_for_kinds(change, words):
    with pytest.raises(CannotDelegate, match=words):
        give(official(), **change)


def test_nothing_is_delegated_to_strangers_heads_or_administrators():
    for person, words in (
        (official(agency=make_agency("H61.27", "Trà Kha")), "ở cơ quan này"),
        (official(is_active=False), "đang làm việc"),
        (make_user(Role.HEAD), "không cần ủy quyền"),
        (make_user(Role.ADMIN), "quản trị"),
    ):
        with pytest.raises(CannotDelegate, match=words):
            give(person)


def test_a_decision_is_entered_by_those_who_keep_papers():
    assert give(official(), by=make_user(Role.ARCHIVIST)).pk
    for person in (make_user(Role.CLERK), make_user(Role.ADMIN), make_user(Role.ARCHIVIST, agency=make_agency("H61.27", "Trà Kha"))):
        with pytest.raises(CannotDelegate, match="không được ghi"):
            give(official(), by=person)


def test_giving_and_taking_back_stand_in_the_history():
    head = make_user(Role.HEAD)
    row = give(official(), delegator=head)
    revoke(row, on=FIRST, by=head, at=NOW)
    with pytest.raises(CannotDelegate, match="đã thu hồi"):
        revoke(row, on=FIRST, by=head, at=NOW)
    events = Event.objects.filter(subject=f"delegation:{row.pk}").order_by("seq")
    assert list(events.values_list("act", flat=True)) == ["delegation.given", "delegation.revoked"]
    assert first_problem() is None


def test_the_database_keeps_delegations_whole():
    row = give(official())
    for change in ({"valid_to": FIRST - timedelta(days=1)}, {"delegate": row.delegator}, {"decision_number": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()


def test_signers_on_a_day_are_the_head_deputies_and_delegates():
    head, deputy, person = make_user(Role.HEAD), make_user(Role.LEADER), official()
    make_user(Role.CLERK)
    make_user(Role.HEAD, agency=make_agency("H61.27", "Trà Kha"))
    give(person, delegator=head)
    assert [user for user, _ in signers_for(head.agency_id, KIND, FIRST)] == [head, deputy, person]
    assert [user for user, _ in signers_for(head.agency_id, KIND, LAST + timedelta(days=1))] == [head, deputy]


@pytest.mark.parametrize(("title", "deputy"), [("Phó Chủ tịch", True), ("PHÓ CHỦ TỊCH UBND", True), ("Phó Giám đốc", False), ("", False)])
def test_a_deputy_is_known_by_his_title(title, deputy):
    assert is_deputy(make_user(Role.LEADER, job_title=title)) is deputy
