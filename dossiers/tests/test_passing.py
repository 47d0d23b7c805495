"""From hand to hand: lists, confirmations line by line, missing papers, reassignment; who has the papers is never in doubt."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dossiers import lifecycle
from dossiers.journal import acts_of
from dossiers.lifecycle import Changed
from dossiers.models import Dossier, HandOver, HandOverList, PassedOn
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import RECEIVED, make_clerk, make_dossier
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_user

pytestmark = pytest.mark.django_db
GIVEN = RECEIVED + timedelta(hours=1)
TAKEN = RECEIVED + timedelta(hours=2)


@pytest.fixture
def specialist():
    return make_user(Role.SPECIALIST)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


def again(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def listed(specialist, count: int = 3) -> tuple[HandOverList, list[Dossier]]:
    """A list of so many dossiers from the clerk to the specialist."""
    passed = lifecycle.hand_over_list([make_dossier() for _ in range(count)], to=specialist, by=make_clerk(), at=GIVEN, note="chiều nay")
    return passed.lists[0], list(passed.done)


def lines(listing: HandOverList) -> list[int]:
    return list(listing.lines.order_by("pk").values_list("pk", flat=True))


# -- a list ------------------------------------------------------------------------------------
def test_several_dossiers_go_with_one_numbered_list(specialist):
    first, dossiers = listed(specialist)
    second, _ = listed(specialist, 1)

    assert ((first.year, first.number), second.number) == ((2026, 1), 2)
    assert (first.giver, first.receiver, first.ordered_by, first.closed_at) == (make_clerk(), specialist, None, None)
    assert {(each.holder, each.status) for each in map(again, dossiers)} == {(specialist, Status.PROCESSING)}
    assert [(line.seq, line.note) for line in first.lines.all()] == [(1, "chiều nay")] * 3


def test_what_is_refused_stays_and_says_why_while_the_others_go(specialist):
    good, changed, signing = make_dossier(), make_dossier(), make_dossier(status=Status.AWAITING_SIGNATURE)
    lifecycle.amend(changed, changes={"staff_note": "x"}, by=make_clerk(), at=GIVEN)

    passed = lifecycle.hand_over_list([good, changed, signing], to=specialist, by=make_clerk(), at=TAKEN, revisions={changed.code: 1})

    assert [each.code for each in passed.done] == [good.code]
    assert isinstance(passed.refused[changed.code], Changed)
    assert str(passed.refused[signing.code]) == "Hồ sơ đang ở bước “Chờ ký”, không thể: bàn giao."


def test_when_nothing_goes_no_number_is_used(specialist):
    lifecycle.hand_over_list([make_dossier(status=Status.RETURNED)], to=specialist, by=make_clerk(), at=GIVEN)

    assert listed(specialist, 1)[0].number == 1


def test_a_hundred_and_one_are_too_many(specialist):
    with pytest.raises(NotAllowed, match="nhiều nhất 100"):
        lifecycle.hand_over_list([make_dossier()] * 101, to=specialist, by=make_clerk(), at=GIVEN)


def test_the_cost_of_a_list_does_not_depend_on_its_length(specialist):
    costs = []
    for count in (2, 4):
        dossiers = [make_dossier() for _ in range(count)]
        with CaptureQueriesContext(connection) as giving:
            listing = lifecycle.hand_over_list(dossiers, to=specialist, by=make_clerk(), at=GIVEN).lists[0]
        with CaptureQueriesContext(connection) as taking:
            lifecycle.confirm_list(listing, taken=lines(listing), missing={}, by=specialist, at=TAKEN)
        costs.append((len(giving), len(taking)))

    assert costs[0] == costs[1]


def test_every_row_of_a_list_is_vouched_for(specialist, manager):
    listing, _ = listed(specialist)
    lifecycle.confirm_list(listing, taken=lines(listing)[:2], missing={lines(listing)[2]: "không thấy"}, by=specialist, at=TAKEN)
    assert first_problem() is None

    HandOverList.objects.update(number=9)
    assert "handoverlist" in str(first_problem()).lower()


# -- the receiver's word -----------------------------------------------------------------------
def test_the_receiver_confirms_line_by_line_and_the_list_closes_with_the_last(specialist):
    listing, dossiers = listed(specialist)
    keys = lines(listing)

    first = lifecycle.confirm_list(listing, taken=keys[:2], missing={}, by=specialist, at=TAKEN)
    assert (first.took, HandOverList.objects.get().closed_at) == (tuple(each.code for each in dossiers[:2]), None)

    lifecycle.confirm_list(listing, taken=keys[2:], missing={}, by=specialist, at=TAKEN + timedelta(minutes=5))
    assert HandOverList.objects.get().closed_at == TAKEN + timedelta(minutes=5)


def test_what_was_not_in_the_pile_goes_back_to_the_giver(specialist):
    listing, (dossier,) = listed(specialist, 1)

    said = lifecycle.confirm_list(listing, taken=[], missing={lines(listing)[0]: "Không thấy trong bìa"}, by=specialist, at=TAKEN)

    assert (said.missed, again(dossier).holder, again(dossier).held_since) == ((dossier.code,), make_clerk(), TAKEN)
    assert Event.objects.filter(act="miss_papers", subject=f"dossier:{dossier.pk}").count() == 1
    # … who may then hand it over anew.
    assert lifecycle.hand_over(dossier, to=specialist, by=make_clerk(), at=TAKEN).holder == specialist


def test_a_line_is_settled_once(specialist):
    listing, (dossier,) = listed(specialist, 1)
    keys = lines(listing)
    lifecycle.confirm_list(listing, taken=keys, missing={}, by=specialist, at=TAKEN)

    twice = lifecycle.confirm_list(listing, taken=[], missing=dict.fromkeys(keys, ""), by=specialist, at=TAKEN)

    assert (twice.took, twice.missed) == ((), ())
    assert twice.refused == {dossier.code: f"Đã nhận lúc 11:00 ngày 20/11/2026, {specialist.full_name}"}
    assert again(dossier).holder == specialist


def test_working_on_a_dossier_confirms_its_line(specialist):
    listing, (dossier,) = listed(specialist, 1)

    lifecycle.submit_for_sign_off(dossier, by=specialist, at=TAKEN)

    assert (listing.lines.get().taken_at, HandOverList.objects.get().closed_at) == (TAKEN, TAKEN)
    assert first_problem() is None


def test_a_time_keyed_later_is_kept_beside_the_time_of_keying(specialist):
    listing, _ = listed(specialist, 1)
    later = TAKEN + timedelta(hours=3)

    lifecycle.confirm_list(listing, taken=lines(listing), missing={}, by=specialist, at=later, taken_at=TAKEN)

    assert (listing.lines.get().taken_at, listing.lines.get().recorded_at) == (TAKEN, later)


@pytest.mark.parametrize("minutes", [-61, 61])
def test_nobody_takes_before_it_is_given_or_in_the_future(specialist, minutes):
    listing, _ = listed(specialist, 1)
    with pytest.raises(NotAllowed, match="Giờ nhận phải sau giờ giao"):
        lifecycle.confirm_list(
            listing, taken=lines(listing), missing={}, by=specialist, at=TAKEN, taken_at=TAKEN + timedelta(minutes=minutes)
        )


def test_a_manager_confirms_in_the_receivers_place_and_is_named(specialist, manager):
    listing, _ = listed(specialist, 1)

    lifecycle.confirm_list(listing, taken=lines(listing), missing={}, by=manager, at=TAKEN)

    assert listing.lines.get().taken_by == manager


def test_nobody_else_confirms(specialist):
    listing, _ = listed(specialist, 1)
    strangers = {
        make_clerk(): "Người giao không tự xác nhận",
        make_user(Role.SPECIALIST): "Chỉ người nhận",
        make_user(Role.MANAGER, agency=make_agency("H61.27", "Phú Tân An")): "Chỉ người nhận",
    }
    for person, sentence in strangers.items():
        with pytest.raises(NotAllowed, match=sentence):
            lifecycle.confirm_list(listing, taken=lines(listing), missing={}, by=person, at=TAKEN)


# -- the chain ---------------------------------------------------------------------------------
def test_who_gave_away_cannot_give_again(specialist):
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=GIVEN)
    with pytest.raises(NotAllowed, match="người khác giữ"):
        lifecycle.hand_over(dossier, to=make_user(Role.SPECIALIST), by=make_clerk(), at=TAKEN)


def test_not_even_a_manager_hands_on_what_was_not_confirmed(specialist, manager):
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=GIVEN)
    with pytest.raises(NotAllowed, match=f"{specialist.full_name} chưa xác nhận đã nhận hồ sơ này"):
        lifecycle.hand_over(dossier, to=make_user(Role.SPECIALIST), by=manager, at=TAKEN)


def test_a_manager_who_hands_over_in_the_holders_place_is_named(specialist, manager):
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=manager, at=GIVEN)

    step = dossier.hand_overs.get()
    assert (step.giver, step.ordered_by) == (make_clerk(), manager)


# -- reassignment ------------------------------------------------------------------------------
def test_a_dossier_is_reassigned_with_a_reason_and_waits_for_its_receiver(specialist, manager):
    other = make_user(Role.SPECIALIST)
    dossier = make_dossier(status=Status.PROCESSING)
    lifecycle.take_over(dossier, by=dossier.holder, at=GIVEN)

    lifecycle.reassign(dossier, to=other, reason="Ốm", by=manager, at=TAKEN)

    step = again(dossier).hand_overs.last()
    assert (step.kind, step.giver, step.receiver, step.ordered_by, step.note) == (PassedOn.REASSIGN, dossier.holder, other, manager, "Ốm")
    assert (step.is_open, again(dossier).holder) == (True, other)
    assert lifecycle.take_over(again(dossier), by=other, at=TAKEN).hand_overs.last().taken_at == TAKEN


def test_what_was_never_confirmed_is_still_with_its_giver_when_it_is_reassigned(specialist, manager):
    other = make_user(Role.SPECIALIST)
    listing, (dossier,) = listed(specialist, 1)

    lifecycle.reassign(dossier, to=other, reason="Ốm", by=manager, at=TAKEN)

    before, after = again(dossier).hand_overs.all()
    assert (before.missing_at, after.giver, after.receiver) == (TAKEN, make_clerk(), other)
    assert HandOverList.objects.get().closed_at == TAKEN
    assert first_problem() is None


def test_reassigned_to_whoever_never_let_go_of_it_the_papers_do_not_move(specialist, manager):
    dossier = lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=GIVEN)

    lifecycle.reassign(dossier, to=make_clerk(), reason="Ốm", by=manager, at=TAKEN)

    assert (again(dossier).holder, again(dossier).hand_overs.count()) == (make_clerk(), 1)
    assert first_problem() is None


def test_all_of_an_absent_persons_dossiers_go_with_a_list_for_each_who_has_the_papers(specialist, manager):
    other, clerk = make_user(Role.SPECIALIST), make_clerk()
    held = [lifecycle.hand_over(make_dossier(), to=specialist, by=clerk, at=GIVEN) for _ in range(3)]
    held = [lifecycle.take_over(held[0], by=specialist, at=GIVEN), *held[1:]]

    passed = lifecycle.reassign_list(held, to=other, reason="Nghỉ phép", by=manager, at=TAKEN)

    assert {(each.giver, each.ordered_by, each.lines.count()) for each in passed.lists} == {(specialist, manager, 1), (clerk, manager, 2)}
    with pytest.raises(NotAllowed, match="Người giao không tự xác nhận"):
        lifecycle.confirm_list(passed.lists[0], taken=lines(passed.lists[0]), missing={}, by=manager, at=TAKEN)


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        (Status.AWAITING_SIGNATURE, "Ốm", "đang ở bước “Chờ ký”"),
        (Status.RETURNED, "Ốm", "đang ở bước “Đã trả kết quả”"),
        (Status.PROCESSING, "", "Ghi lý do phân công lại"),
    ],
)
def test_what_cannot_be_reassigned_says_why(manager, status, reason, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        lifecycle.reassign(make_dossier(status=status), to=make_user(Role.SPECIALIST), reason=reason, by=manager, at=TAKEN)


@pytest.mark.parametrize("role", [Role.CLERK, Role.SPECIALIST, Role.LEADER])
def test_only_a_manager_or_the_head_reassigns(role):
    with pytest.raises(NotAllowed, match="Vai trò của bạn"):
        lifecycle.reassign(make_dossier(), to=make_user(Role.SPECIALIST), reason="Ốm", by=make_user(role), at=TAKEN)


def test_reassigned_while_it_waits_for_the_citizen_it_comes_back_to_the_new_person(specialist, manager):
    dossier = lifecycle.take_over(lifecycle.hand_over(make_dossier(), to=specialist, by=make_clerk(), at=GIVEN), by=specialist, at=GIVEN)
    until = GIVEN.date() + timedelta(days=10)
    dossier = lifecycle.ask_for_supplement(
        dossier, items=["Tờ khai"], reason="Mờ", ground="Điều 9", answer_by=until, by=specialist, at=GIVEN
    )
    other = make_user(Role.SPECIALIST)
    dossier = lifecycle.reassign(dossier, to=other, reason="Ốm", by=manager, at=TAKEN)
    assert dossier.status == Status.AWAITING_SUPPLEMENT

    assert lifecycle.accept_supplement(dossier, by=make_clerk(), at=TAKEN + timedelta(hours=1)).holder == other


def test_the_database_keeps_a_passing_from_being_taken_and_missed(specialist):
    listed(specialist, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.update(taken_at=TAKEN, missing_at=TAKEN)


def test_the_journal_names_everybody_concerned(specialist, manager):
    listing, (dossier,) = listed(specialist, 1)
    lifecycle.confirm_list(listing, taken=lines(listing), missing={}, by=manager, at=TAKEN)
    lifecycle.reassign(dossier, to=make_clerk(), reason="Ốm", by=manager, at=TAKEN)

    reassigned, taken = acts_of(dossier).rows[:2]

    assert (reassigned[1], f"giấy tờ trước ở {specialist.full_name}" in reassigned[2]) == ("Phân công lại", True)
    assert (taken[1], f"thay {specialist.full_name}; danh sách số 1" in taken[2], taken[3]) == ("Nhận bàn giao", True, manager.full_name)
