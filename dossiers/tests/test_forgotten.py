from datetime import timedelta

import pytest

from dossiers import lifecycle
from dossiers.desks import desk_of
from dossiers.forgotten import AWAITING, KINDS, NOT_TAKEN, READY, SIGNED, find
from dossiers.models import Delivery, Dossier
from dossiers.statuses import Status
from dossiers.tests.makers import local, make_clerk, make_dossier, make_version
from onestop.staff.roles import Role
from onestop.testing import make_user

pytestmark = pytest.mark.django_db

MORNING = local("2026-11-20 08:00")
AFTER = local("2026-11-23 10:00")


def found(kind, now=AFTER):
    before = desk_of(Dossier.objects.values_list("agency_id", flat=True)[0]).hours_ago(now, kind.working_hours)
    return [one.code for one in find(kind, None, before, now)]


def handed_over():
    return lifecycle.hand_over(make_dossier(at=MORNING), to=make_user(Role.SPECIALIST), by=make_clerk(), at=MORNING)


def signed():
    leader = make_user(Role.LEADER)
    dossier = make_dossier(at=MORNING, status=Status.AWAITING_SIGNATURE)
    return lifecycle.sign_off(dossier, kind="wet_ink", signer=leader, by=leader, at=MORNING)


def same_day(**fields):
    version = make_version("2.000815", value=None, unit="immediate")
    return make_dossier(at=MORNING, status=Status.RESULT_READY, version=version, **fields)


MAKERS = {
    SIGNED: signed,
    NOT_TAKEN: handed_over,
    AWAITING: lambda: make_dossier(at=MORNING, status=Status.AWAITING_SIGNATURE),
    READY: same_day,
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_each_kind_is_found_by_its_own_question_only(kind):
    dossier = MAKERS[kind]()

    assert [other.slug for other in KINDS if found(other)] == [kind.slug]
    assert found(kind) == [dossier.code]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_only_after_so_many_working_hours(kind):
    dossier = MAKERS[kind]()
    desk = desk_of(dossier.agency_id)
    due = desk.hours.add(MORNING, kind.working_hours * 3600, desk.calendar)

    assert found(kind, due - timedelta(seconds=1)) == []
    assert found(kind, due + timedelta(seconds=1)) == [dossier.code]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_what_was_voided_is_nobodys_click(kind):
    MAKERS[kind]()
    Dossier.objects.update(voided_at=MORNING)

    assert found(kind) == []


def test_a_hand_over_that_was_confirmed_is_none():
    dossier = handed_over()
    lifecycle.take_over(dossier, by=dossier.holder, at=MORNING)

    assert found(NOT_TAKEN) == []


def test_a_result_of_several_days_waits_for_its_owner_without_being_forgotten():
    make_dossier(at=MORNING, status=Status.RESULT_READY)

    assert found(READY) == []


def test_a_result_that_goes_by_post_is_not_fetched_at_the_counter():
    same_day()
    Dossier.objects.update(delivery=Delivery.POST)

    assert found(READY) == []


def test_a_result_that_waits_for_weeks_is_an_uncollected_one():
    same_day()

    assert found(READY, MORNING + timedelta(days=15)) == []


def test_every_kind_says_what_to_click():
    assert len({kind.slug for kind in KINDS}) == len(KINDS) == 4
    assert SIGNED.words(MORNING) == "Đã ký từ 08:00 thứ Sáu, 20/11/2026. Nếu đã có số và dấu, bấm “Phát hành kết quả”."
    assert [kind for kind in KINDS if not kind.words(MORNING).endswith(".")] == []
