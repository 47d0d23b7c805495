"""A dossier of two communes: received by one, settled by the other, collected where it was filed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from dossiers import lifecycle
from dossiers.lifecycle import Told
from dossiers.models import AppointmentKind, Arrival, Dossier, HandOver, SignOffKind, TransferLine, TransferList
from dossiers.places import communes_beside, place_of
from dossiers.public_facts import facts_of
from dossiers.public_status import page_of
from dossiers.statuses import NotAllowed, Status
from dossiers.tests.makers import RECEIVED, local, make_dossier, make_intake, make_version
from onestop.history.models import Event
from onestop.history.verify import first_problem
from onestop.outbox.models import Message
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.testing import make_agency, make_province, make_user
from onestop.worktime.models import LocalDay, LocalVersion
from onestop.worktime.store import forget
from procedures.models import Procedure

pytestmark = pytest.mark.django_db
LATER = RECEIVED + timedelta(hours=1)


@pytest.fixture
def mailed():
    """The events of which citizens were told, oldest first."""
    return lambda: list(Message.objects.order_by("pk").values_list("event", flat=True))


def received(clerk: User, there: Agency, **fields) -> Dossier:
    return make_dossier(by=clerk, competent=there, **fields)


def sent(dossiers: list[Dossier], there: Agency, by: User, at=LATER) -> TransferList:
    return lifecycle.send_elsewhere(dossiers, to=there, key=uuid4(), by=by, at=at)


def confirmed(transfer: TransferList, by: User, *, missed: dict[int, str] | None = None, to: User | None = None, at=None) -> TransferList:
    """Every line taken except those of the dossiers in `missed`."""
    lines = list(transfer.lines.all())
    notes = {line.pk: missed[line.dossier_id] for line in lines if missed and line.dossier_id in missed}
    told = Told([line.pk for line in lines if line.pk not in notes], notes)
    return lifecycle.confirm_transfer(transfer, told, by=by, at=at or LATER + timedelta(minutes=30), to=to)


def settled(dossier: Dossier, there: Agency, by: User) -> Dossier:
    """Drafted, signed and issued in the competent commune by whoever holds it."""
    dossier = lifecycle.submit_for_sign_off(dossier, by=by, at=LATER + timedelta(hours=1), summary="Trích lục")
    leader = make_user(Role.HEAD, agency=there)
    dossier = lifecycle.sign_off(
        dossier, kind=SignOffKind.WET_INK, signer=leader, by=leader, at=LATER + timedelta(hours=2), doc_number="7", doc_symbol="TLKS"
    )
    return lifecycle.issue_result(dossier, by=by, at=LATER + timedelta(hours=3))


# -- receiving ---------------------------------------------------------------------------------


def test_the_receiver_numbers_and_keeps_it_and_the_other_is_competent(clerk, here, there):
    dossier = received(clerk, there)

    assert (dossier.agency, dossier.filed_at_agency, dossier.competent_agency) == (here, here, there)
    assert dossier.code.startswith(here.code)
    assert dossier.register_entry.agency == here
    assert (dossier.holder, place_of(dossier)) == (clerk, here.pk)


def test_the_slip_names_the_commune_that_settles_and_keeps_the_receivers_head(clerk, here, there):
    slip = received(clerk, there).issued_papers.get().snapshot

    assert slip["authority"] == here.authority_name
    assert slip["notes"] == ["Cơ quan giải quyết: UBND xã Phú Tân An; trả kết quả tại nơi tiếp nhận."]


def test_an_ordinary_slip_says_nothing_of_it(clerk):
    assert make_dossier(by=clerk).issued_papers.get().snapshot["notes"] == []


def _close(agency: Agency, day) -> None:
    LocalDay.objects.create(agency=agency, date=day, kind="local_closure", name="Tránh bão", decision="TB 12")
    LocalVersion.objects.create(agency=agency, number=1, at=RECEIVED)
    forget()


@pytest.mark.parametrize(("closed", "due"), [("there", "2026-11-27 17:00"), ("here", "2026-11-26 17:00"), ("", "2026-11-26 17:00")])
def test_the_clock_is_that_of_the_commune_that_settles(clerk, here, there, closed, due):
    if closed:
        _close({"here": here, "there": there}[closed], local("2026-11-25 00:00").date())
    dossier = received(clerk, there)

    assert dossier.due_at == local(due)
    assert dossier.appointments.get().kind == AppointmentKind.FIRST


def _elsewhere(kind: str) -> Agency:
    if kind == "inactive":
        return make_agency("H61.29", "Tân Hòa", is_active=False)
    if kind == "province":
        return make_province()
    return make_agency("H99.01", "Xa Lạ", parent=make_province("H99", "Tỉnh Khác"))


@pytest.mark.parametrize("kind", ["inactive", "province", "foreign"])
def test_only_an_active_commune_of_the_same_province_can_be_competent(clerk, kind):
    with pytest.raises(NotAllowed, match="xã khác cùng tỉnh"):
        received(clerk, _elsewhere(kind))
    assert not Dossier.objects.exists()


def test_certification_is_done_where_the_original_is(clerk, there):
    Procedure.objects.filter(pk=make_version().procedure_id).update(lane="certification")
    with pytest.raises(NotAllowed, match="không nhận cho xã khác"):
        lifecycle.receive(make_intake(competent=there), by=clerk, at=RECEIVED)


def test_ones_own_commune_may_be_named(clerk, here):
    assert received(clerk, here).competent_agency == here


def test_the_communes_to_choose_from_are_the_active_neighbours(here, there):
    for kind in ("inactive", "province", "foreign"):
        _elsewhere(kind)

    assert list(communes_beside(here)) == [there]
    assert not communes_beside(make_province()).exists()


# -- sending -----------------------------------------------------------------------------------


def test_a_list_is_numbered_by_sender_and_year_and_changes_no_hands(clerk, here, there):
    first, second = received(clerk, there), received(clerk, there)
    transfer, other = sent([first], there, clerk), sent([second], there, clerk)

    assert (transfer.say_number(), other.say_number()) == ("1/2026", "2/2026")
    assert [line.state for line in transfer.lines.all()] == [Arrival.AWAITED]
    first.refresh_from_db()
    assert (first.holder, first.status) == (clerk, Status.RECEIVED)


def test_the_same_form_sent_twice_is_one_list(clerk, there):
    dossier, key = received(clerk, there), uuid4()
    first = lifecycle.send_elsewhere([dossier], to=there, key=key, by=clerk, at=LATER)

    assert lifecycle.send_elsewhere([dossier], to=there, key=key, by=clerk, at=LATER) == first
    assert TransferList.objects.count() == 1


def test_one_dossier_that_cannot_go_keeps_the_whole_list_and_is_named(clerk, here, there):
    good, own = received(clerk, there), make_dossier(by=clerk)
    third = received(clerk, make_agency("H61.28", "Hiệp Thạnh"))
    with pytest.raises(lifecycle.NotSent) as refusal:
        sent([good, own, third], there, clerk)

    assert refusal.value.refused == {
        own.code: "Hồ sơ này do đơn vị mình giải quyết.",
        third.code: "Hồ sơ này không do Xã Phú Tân An giải quyết.",
    }
    assert not TransferLine.objects.exists()


def test_a_dossier_travels_on_one_list_at_a_time(clerk, there):
    dossier = received(clerk, there)
    sent([dossier], there, clerk)
    with pytest.raises(lifecycle.NotSent) as refusal:
        sent([dossier], there, clerk)

    assert refusal.value.refused[dossier.code] == "Hồ sơ nằm trong danh sách chuyển số 1/2026, Xã Phú Tân An chưa xác nhận."


def test_a_stale_page_sends_nothing(clerk, there):
    dossier = received(clerk, there)
    lifecycle.amend(dossier, changes={"staff_note": "gấp"}, by=clerk, at=LATER)
    with pytest.raises(lifecycle.NotSent, match="1 hồ sơ"):
        lifecycle.send_elsewhere([dossier], to=there, key=uuid4(), by=clerk, at=LATER, revisions={dossier.code: 1})


@pytest.mark.parametrize("how_many", [0, 61])
def test_a_list_has_something_on_it_and_fits_the_bundle(clerk, there, how_many):
    with pytest.raises(NotAllowed):
        sent([Dossier(pk=number) for number in range(how_many)], there, clerk)


# -- arriving ----------------------------------------------------------------------------------


def test_what_came_is_held_by_whoever_confirms(clerk, there, their_clerk):
    dossier = received(clerk, there)
    confirmed(sent([dossier], there, clerk), their_clerk)

    dossier.refresh_from_db()
    passing = dossier.hand_overs.get()
    assert (dossier.holder, dossier.status, place_of(dossier)) == (their_clerk, Status.PROCESSING, there.pk)
    assert (passing.giver, passing.receiver, passing.given_at) == (clerk, their_clerk, LATER)
    assert passing.taken_at == LATER + timedelta(minutes=30)


def test_a_colleague_who_is_to_work_on_it_confirms_by_himself(clerk, there, their_clerk):
    specialist, dossier = make_user(Role.SPECIALIST, agency=there), received(clerk, there)
    confirmed(sent([dossier], there, clerk), their_clerk, to=specialist)

    dossier.refresh_from_db()
    chain = [(step.giver, step.receiver, step.taken_at is not None) for step in dossier.hand_overs.all()]
    assert (dossier.holder, chain) == (specialist, [(clerk, their_clerk, True), (their_clerk, specialist, False)])


def test_what_did_not_come_stays_with_the_sender_and_can_be_sent_again(clerk, there, their_clerk):
    came, lost = received(clerk, there), received(clerk, there)
    transfer = confirmed(sent([came, lost], there, clerk), their_clerk, missed={lost.pk: "Không có trong túi"})

    lost.refresh_from_db()
    assert [(line.state, line.note) for line in transfer.lines.all()] == [("taken", ""), ("missed", "Không có trong túi")]
    assert (lost.holder, lost.status, lost.hand_overs.count()) == (clerk, Status.RECEIVED, 0)
    assert sent([lost], there, clerk).say_number() == "2/2026"


def test_every_line_is_answered_and_a_missing_one_with_a_note(clerk, there, their_clerk):
    transfer = sent([received(clerk, there), received(clerk, there)], there, clerk)
    first, second = transfer.lines.all()
    for told in (Told([first.pk], {}), Told([first.pk], {second.pk: ""}), Told([first.pk, second.pk], {second.pk: "x"}), Told([], {})):
        with pytest.raises(NotAllowed):
            lifecycle.confirm_transfer(transfer, told, by=their_clerk, at=LATER)
    transfer.refresh_from_db()
    assert transfer.confirmed_at is None


def test_a_list_is_confirmed_once(clerk, there, their_clerk):
    transfer = sent([received(clerk, there)], there, clerk)
    confirmed(transfer, their_clerk)
    with pytest.raises(lifecycle.AlreadyDone):
        confirmed(transfer, their_clerk)
    assert HandOver.objects.count() == 1


def _confirmer(kind: str, clerk: User, there: Agency) -> User:
    if kind == "third":
        return make_user(Role.CLERK, Role.MANAGER, agency=make_agency("H61.28", "Hiệp Thạnh"))
    return clerk if kind == "sender" else make_user(Role.SPECIALIST, agency=there)


@pytest.mark.parametrize("kind", ["sender", "third", "specialist"])
def test_only_the_desk_that_the_list_went_to_confirms_it(clerk, there, kind):
    transfer = sent([received(clerk, there)], there, clerk)
    with pytest.raises(NotAllowed, match="xác nhận"):
        confirmed(transfer, _confirmer(kind, clerk, there))


def test_nobody_of_another_commune_can_be_given_what_came(clerk, there, their_clerk):
    transfer = sent([received(clerk, there)], there, clerk)
    with pytest.raises(NotAllowed, match="đơn vị này"):
        confirmed(transfer, their_clerk, to=clerk)


def test_a_citizen_may_ask_for_what_is_on_its_way(clerk, there, their_clerk):
    dossier = received(clerk, there)
    transfer = sent([dossier], there, clerk)
    lifecycle.request_withdrawal(dossier, reason="Nộp nhầm", signed_on=LATER.date(), identity_checked=True, by=clerk, at=LATER)
    confirmed(transfer, their_clerk)

    dossier.refresh_from_db()
    assert (dossier.status, dossier.holder) == (Status.WITHDRAWAL_REQUESTED, their_clerk)


# -- who does what -----------------------------------------------------------------------------


def _hand_over(dossier: Dossier, by: User) -> Dossier:
    return lifecycle.hand_over(dossier, to=make_user(Role.SPECIALIST, agency=by.agency), by=by, at=LATER + timedelta(hours=1))


def _submit(dossier: Dossier, by: User) -> Dossier:
    return lifecycle.submit_for_sign_off(dossier, by=by, at=LATER + timedelta(hours=1), summary="x")


def _ask(dossier: Dossier, by: User) -> Dossier:
    return lifecycle.request_payment(dossier, amount=8000, reason="Lệ phí", by=by, at=LATER + timedelta(hours=1))


def _amend(dossier: Dossier, by: User) -> Dossier:
    return lifecycle.amend(dossier, changes={"staff_note": "x"}, reason="x", by=by, at=LATER + timedelta(hours=1))


def _new_secret(dossier: Dossier, by: User) -> Dossier:
    return lifecycle.new_secret(dossier, by=by, at=LATER + timedelta(hours=1))


def _void(dossier: Dossier, by: User) -> Dossier:
    return lifecycle.void(dossier, reason="Nhập nhầm", by=by, at=LATER + timedelta(hours=1))


ACTS = {"hand_over": _hand_over, "submit": _submit, "ask": _ask, "amend": _amend, "new_secret": _new_secret, "void": _void}
HERE, WAY, THERE = "received", "on the way", "arrived"
# Which manager may do it, while the papers are where.
MAY = {
    ("hand_over", HERE): {"here"},
    ("hand_over", WAY): set(),
    ("hand_over", THERE): {"there"},
    ("submit", HERE): set(),
    ("submit", WAY): set(),
    ("submit", THERE): {"there"},
    ("ask", HERE): {"here"},
    ("ask", WAY): set(),
    ("ask", THERE): {"there"},
    ("amend", HERE): {"here", "there"},
    ("amend", WAY): {"here", "there"},
    ("amend", THERE): {"here", "there"},
    ("new_secret", HERE): {"here"},
    ("new_secret", WAY): {"here"},
    ("new_secret", THERE): {"here"},
    ("void", HERE): {"here"},
    ("void", WAY): set(),
    ("void", THERE): set(),
}


@pytest.mark.parametrize("state", [HERE, WAY, THERE])
@pytest.mark.parametrize("who", ["here", "there", "third"])
def test_each_act_belongs_to_one_commune_and_a_third_has_no_part_in_it(clerk, here, there, their_clerk, state, who):
    """Managers, who act in a holder's place, so that only the commune decides."""
    agency = {"here": here, "there": there}.get(who) or make_agency("H61.28", "Hiệp Thạnh")
    manager = make_user(Role.MANAGER, agency=agency)
    for name, act in ACTS.items():
        dossier = received(clerk, there)
        if state != HERE:
            transfer = sent([dossier], there, clerk)
            if state == THERE:
                confirmed(transfer, their_clerk)
        if who in MAY[name, state]:
            assert act(dossier, manager).changed_by == manager
        else:
            with pytest.raises(NotAllowed):
                act(dossier, manager)


def test_a_dossier_is_passed_on_inside_the_commune_that_has_the_papers(clerk, here, there, their_clerk):
    dossier = received(clerk, there)
    with pytest.raises(NotAllowed, match="đơn vị này"):
        lifecycle.hand_over(dossier, to=their_clerk, by=clerk, at=LATER)

    assert lifecycle.hand_over(dossier, to=make_user(Role.CLERK, agency=here), by=clerk, at=LATER).holder.agency == here


def test_only_a_signer_of_the_commune_that_settles_signs(clerk, here, there, their_clerk):
    dossier = received(clerk, there)
    confirmed(sent([dossier], there, clerk), their_clerk)
    dossier = lifecycle.submit_for_sign_off(dossier, by=their_clerk, at=LATER + timedelta(hours=1), summary="x")
    for agency, may in ((here, False), (there, True)):
        head = make_user(Role.HEAD, agency=agency)
        about = {"kind": SignOffKind.WET_INK, "signer": head, "by": head, "at": LATER + timedelta(hours=2)}
        if may:
            assert lifecycle.sign_off(dossier, **about).signed_at is not None
        else:
            with pytest.raises(NotAllowed):
                lifecycle.sign_off(dossier, **about)


# -- the result back ---------------------------------------------------------------------------


def test_a_result_waits_where_it_was_issued_until_it_is_sent_home(clerk, there, their_clerk, mailed):
    dossier = received(clerk, there)
    confirmed(sent([dossier], there, clerk), their_clerk)
    dossier = settled(dossier, there, their_clerk)

    assert (dossier.status, dossier.holder, place_of(dossier)) == (Status.RESULT_READY, their_clerk, there.pk)
    assert "result_ready" not in mailed()
    with pytest.raises(NotAllowed, match="đang ở Xã Phú Tân An"):
        lifecycle.return_result(dossier, collected_by="owner", name="x", by=clerk, at=LATER + timedelta(hours=4))


def test_a_result_that_came_home_is_announced_and_given_out_there(clerk, here, there, their_clerk, mailed):
    dossier = received(clerk, there)
    confirmed(sent([dossier], there, clerk), their_clerk)
    dossier = settled(dossier, there, their_clerk)
    home = lifecycle.send_home([dossier], to=here, key=uuid4(), by=their_clerk, at=LATER + timedelta(hours=4))
    assert (home.is_back, home.agency, home.sender, home.say_number()) == (True, here, there, "1/2026")
    confirmed(home, clerk, at=LATER + timedelta(hours=5))

    dossier.refresh_from_db()
    assert (dossier.status, dossier.holder, place_of(dossier)) == (Status.RESULT_READY, clerk, here.pk)
    assert mailed().count("result_ready") == 1
    dossier = lifecycle.return_result(dossier, collected_by="owner", name="x", by=clerk, at=LATER + timedelta(hours=6))
    assert dossier.status == Status.RETURNED


def test_whoever_comes_to_the_commune_that_settled_it_gets_it_there(clerk, there, their_clerk):
    dossier = received(clerk, there)
    confirmed(sent([dossier], there, clerk), their_clerk)
    dossier = settled(dossier, there, their_clerk)

    given = lifecycle.return_result(dossier, collected_by="owner", name="x", by=their_clerk, at=LATER + timedelta(hours=4))
    assert given.status == Status.RETURNED


def test_nothing_unfinished_is_sent_home(clerk, here, there, their_clerk):
    dossier = received(clerk, there)
    confirmed(sent([dossier], there, clerk), their_clerk)
    with pytest.raises(lifecycle.NotSent):
        lifecycle.send_home([dossier], to=here, key=uuid4(), by=their_clerk, at=LATER + timedelta(hours=4))


def test_a_faulty_result_brought_back_to_the_receiver_travels_again(clerk, there, their_clerk):
    dossier = received(clerk, there)
    confirmed(sent([dossier], there, clerk), their_clerk)
    dossier = settled(dossier, there, their_clerk)
    dossier = lifecycle.return_result(dossier, collected_by="owner", name="x", by=their_clerk, at=LATER + timedelta(hours=4))
    dossier = lifecycle.return_for_correction(dossier, words="Sai tên", by=clerk, at=LATER + timedelta(hours=5))

    assert (dossier.holder, dossier.status) == (clerk, Status.PROCESSING)
    assert sent([dossier], there, clerk, at=LATER + timedelta(hours=6)).say_number() == "2/2026"


def test_a_fault_seen_before_it_was_collected_is_found_by_the_desk_that_has_the_result(clerk, there, their_clerk):
    dossier = received(clerk, there)
    confirmed(sent([dossier], there, clerk), their_clerk)
    dossier = settled(dossier, there, their_clerk)
    at = LATER + timedelta(hours=4)
    with pytest.raises(NotAllowed, match="đang ở Xã Phú Tân An"):
        lifecycle.return_for_correction(dossier, words="Sai tên", by=clerk, at=at)

    assert lifecycle.return_for_correction(dossier, words="Sai tên", by=their_clerk, at=at).holder == their_clerk


# -- history -----------------------------------------------------------------------------------


def test_all_of_it_stands_in_the_receivers_chain_whoever_acted(clerk, here, there, their_clerk):
    dossier = received(clerk, there)
    confirmed(sent([dossier], there, clerk), their_clerk)
    dossier = settled(dossier, there, their_clerk)
    confirmed(
        lifecycle.send_home([dossier], to=here, key=uuid4(), by=their_clerk, at=LATER + timedelta(hours=4)),
        clerk,
        at=RECEIVED + timedelta(hours=9),
    )

    events = Event.objects.filter(subject=f"dossier:{dossier.pk}").order_by("seq")
    assert set(events.values_list("agency_id", flat=True)) == {here.pk}
    assert list(events.values_list("act", "actor_id"))[:3] == [
        ("receive", clerk.pk),
        ("send_elsewhere", clerk.pk),
        ("arrive_elsewhere", their_clerk.pk),
    ]
    assert list(events.values_list("act", flat=True))[-2:] == ["send_home", "arrive_home"]
    assert first_problem() is None


# -- what the citizen reads --------------------------------------------------------------------


def public_page(dossier: Dossier):
    return page_of(facts_of(dossier.pk, dossier.secret_version), LATER + timedelta(hours=5))


def test_the_citizen_reads_who_settles_and_is_called_only_when_the_result_lies_where_he_filed(clerk, here, there, their_clerk):
    dossier = received(clerk, there)
    assert ("Chuyển đến cơ quan giải quyết", "current", "Xã Phú Tân An") in [(s.label, s.state, s.note) for s in public_page(dossier).steps]

    confirmed(sent([dossier], there, clerk), their_clerk)
    dossier = settled(dossier, there, their_clerk)
    page = public_page(dossier)
    assert (page.tag, page.sentence) == (
        "Kết quả đang chuyển về",
        "Đã có kết quả tại UBND xã Phú Tân An, đang được chuyển về Trung tâm Phục vụ hành chính công xã Nghĩa Giang",
    )
    assert page.to_do == "Ông/bà chưa cần đến nhận. Chúng tôi báo khi kết quả về đến nơi."
    assert [(step.label, step.state) for step in page.steps][-2:] == [("Chuyển kết quả về nơi tiếp nhận", "current"), ("Trả kết quả", "")]

    home = lifecycle.send_home([dossier], to=here, key=uuid4(), by=their_clerk, at=LATER + timedelta(hours=4))
    assert public_page(dossier).tag == "Kết quả đang chuyển về"
    confirmed(home, clerk, at=LATER + timedelta(hours=5))
    page = public_page(dossier)
    assert (page.sentence, page.steps[-1].state) == ("Đã có kết quả, mời ông/bà đến nhận", "current")
    assert page.to_do.startswith("Xin mang giấy hẹn và thẻ căn cước đến Ấp Chợ, xã Nghĩa Giang")
