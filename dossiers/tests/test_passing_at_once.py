"""One list of dossiers confirmed from two devices at the same instant: each line once, and whoever came second learns who was first."""

from datetime import timedelta

import pytest

from dossiers import lifecycle
from dossiers.lifecycle import Settled
from dossiers.models import Dossier, HandOver, HandOverList
from dossiers.tests.makers import RECEIVED, make_clerk, make_dossier
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.testing import make_user
from tests.crowd import at_once

pytestmark = [pytest.mark.stress, pytest.mark.django_db(transaction=True)]
GIVEN, TAKEN = RECEIVED + timedelta(hours=1), RECEIVED + timedelta(hours=2)
SIZE = 4


@pytest.fixture
def specialist() -> User:
    return make_user(Role.SPECIALIST, full_name="Kim Ngọc Ánh")


@pytest.fixture
def manager() -> User:
    return make_user(Role.MANAGER, full_name="Lâm Thị Hồng")


def listed(specialist: User) -> tuple[HandOverList, dict[int, str]]:
    """A list of dossiers, and the keys of its lines with their codes."""
    passed = lifecycle.hand_over_list([make_dossier() for _ in range(SIZE)], to=specialist, by=make_clerk(), at=GIVEN)
    return passed.lists[0], dict(passed.lists[0].lines.values_list("pk", "dossier__code"))


def confirmed_at_once(listing: HandOverList, *words: tuple[User, list[int], dict[int, str]]) -> list[Settled]:
    """What each of these (who, taken, missing) is answered, in their order."""
    answers: dict[int, Settled] = {}

    def work(number: int) -> None:
        by, taken, missing = words[number]
        answers[number] = lifecycle.confirm_list(listing, taken=taken, missing=missing, by=by, at=TAKEN)

    at_once(len(words), work)
    return [answers[number] for number in range(len(words))]


def acts_of(code: str) -> list[str]:
    subject = f"dossier:{Dossier.objects.get(code=code).pk}"
    return list(Event.objects.filter(subject=subject, act__in=["take_over", "miss_papers"]).values_list("act", flat=True))


def test_each_dossier_is_taken_once_and_the_second_is_told_by_whom_and_when(specialist, manager, full_size):
    for _ in range(8 if full_size else 2):
        listing, lines = listed(specialist)
        answers = confirmed_at_once(listing, (specialist, list(lines), {}), (manager, list(lines), {}))

        first, second = sorted(answers, key=lambda answer: len(answer.refused))
        who = (specialist, manager)[answers.index(first)]
        assert (sorted(first.took), first.refused, second.took) == (sorted(lines.values()), {}, ())
        assert second.refused == dict.fromkeys(lines.values(), f"Đã nhận lúc 11:00 ngày 20/11/2026, {who.full_name}")
        assert [acts_of(code) for code in lines.values()] == [["take_over"]] * SIZE
        listing.refresh_from_db()
        assert listing.closed_at == TAKEN
    assert first_problem() is None


def test_two_devices_of_the_receiver_and_a_closed_list_make_no_second_event(specialist, full_size):
    listing, lines = listed(specialist)
    answers = confirmed_at_once(listing, *[(specialist, list(lines), {})] * (8 if full_size else 4))

    assert sorted(len(answer.took) for answer in answers)[-2:] == [0, SIZE]
    assert Event.objects.filter(subject=f"hand_over_list:{listing.pk}", act="take_over").count() == 1
    assert first_problem() is None


def test_taken_by_one_and_missed_by_the_other_is_settled_by_whoever_came_first(specialist, manager, full_size):
    for _ in range(8 if full_size else 2):
        listing, lines = listed(specialist)
        took, missed = confirmed_at_once(listing, (specialist, list(lines), {}), (manager, [], dict.fromkeys(lines, "Không có")))

        assert {*took.took, *missed.missed} == {*lines.values()}
        assert (len(took.took) or SIZE, len(missed.missed) or SIZE) == (SIZE, SIZE)
        holder = specialist if took.took else make_clerk()
        assert set(Dossier.objects.filter(code__in=lines.values()).values_list("holder", flat=True)) == {holder.pk}
        assert not HandOver.objects.filter(taken_at__isnull=False, missing_at__isnull=False).exists()
    assert first_problem() is None


def test_halves_that_overlap_leave_nothing_out_and_do_nothing_twice(specialist, manager):
    listing, lines = listed(specialist)
    keys = list(lines)
    answers = confirmed_at_once(listing, (specialist, keys[:3], {}), (manager, keys[1:], {}))

    assert sorted([*answers[0].took, *answers[1].took]) == sorted(lines.values())
    assert {code for answer in answers for code in answer.refused} == {lines[key] for key in keys[1:3]}
    assert [acts_of(code) for code in lines.values()] == [["take_over"]] * SIZE
    listing.refresh_from_db()
    assert listing.closed_at == TAKEN
    assert first_problem() is None
