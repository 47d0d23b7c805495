"""A dossier passing from hand to hand: handed over, reassigned, confirmed by the receiver or missed.

The chain is the law of this module: who gives is who has the papers, and nobody passes on what the receiver before him
has not confirmed. Working on a dossier confirms it, too (act.take_open_hand_over). Nobody acts in another's name: a
manager who passes on somebody else's dossiers, or confirms in the receiver's place, is named in the row (`ordered_by`,
`taken_by`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Model

from dossiers import numbering
from dossiers.lifecycle.act import AlreadyDone, begin, begin_many, close_lists, finish, finish_many, hold, take_open_hand_over
from dossiers.models import Dossier, HandOver, HandOverList, PassedOn
from dossiers.places import place_of
from dossiers.statuses import Act, NotAllowed, Status
from onestop.history.record import Entry
from onestop.reading.dates import say_minute
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.worktime.hours import local

MOST_AT_ONCE = 100
# Who may have a dossier on his desk.
PASSES_ON = (Role.SPECIALIST, Role.CLERK, Role.MANAGER)
PASSED_ON_BEFORE = "Phân công lại trước khi xác nhận nhận"


@dataclass(frozen=True)
class Passed:
    """What became of several dossiers passed on in one go: `lists` made, codes `done`, and why others were `refused`."""

    done: tuple[Dossier, ...] = ()
    lists: tuple[HandOverList, ...] = ()
    refused: Mapping[str, NotAllowed] = field(default_factory=dict)


@dataclass(frozen=True)
class Settled:
    """What a receiver said of a list: codes of the papers that he `took`, of those he `missed`, and why others were `refused`."""

    took: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def hand_over(dossier: Dossier, *, to: User, by: User, at: datetime, note: str = "", revision: int | None = None) -> Dossier:
    """Pass the dossier to a colleague; it is his from now on, confirmed by `take_over`."""
    passed = _pass_on(Act.HAND_OVER, [dossier], to=to, note=note, by=by, at=at, revisions={dossier.code: revision}, listed=False)
    return _only(passed)


def hand_over_list(
    dossiers: Sequence[Dossier], *, to: User, by: User, at: datetime, note: str = "", revisions: Mapping[str, int | None] | None = None
) -> Passed:
    """Pass several dossiers to one colleague, with a numbered list; what is refused stays where it is."""
    return _pass_on(Act.HAND_OVER, dossiers, to=to, note=note, by=by, at=at, revisions=revisions or {}, listed=True)


def reassign(dossier: Dossier, *, to: User, reason: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """Give a dossier that lies with somebody else to a colleague, with a reason; the colleague still confirms it."""
    passed = _pass_on(Act.REASSIGN, [dossier], to=to, note=reason, by=by, at=at, revisions={dossier.code: revision}, listed=False)
    return _only(passed)


def reassign_list(
    dossiers: Sequence[Dossier], *, to: User, reason: str, by: User, at: datetime, revisions: Mapping[str, int | None] | None = None
) -> Passed:
    """Give several dossiers of somebody who is away to one colleague: a list for each person who has the papers."""
    return _pass_on(Act.REASSIGN, dossiers, to=to, note=reason, by=by, at=at, revisions=revisions or {}, listed=True)


def _only(passed: Passed) -> Dossier:
    """The one dossier that was passed on; its refusal otherwise."""
    for refusal in passed.refused.values():
        raise refusal
    return passed.done[0]


@transaction.atomic
def _pass_on(
    act: Act,
    dossiers: Sequence[Dossier],
    *,
    to: User,
    note: str,
    by: User,
    at: datetime,
    revisions: Mapping[str, int | None],
    listed: bool,
) -> Passed:
    if len(dossiers) > MOST_AT_ONCE:
        raise NotAllowed(f"Mỗi lần bàn giao nhiều nhất {MOST_AT_ONCE} hồ sơ. Bàn giao làm nhiều lần.")
    if act == Act.REASSIGN and not note:
        raise NotAllowed("Ghi lý do phân công lại.")
    begun, refused = begin_many(dossiers, act, by=by, revisions=revisions)
    last = _last_of(begun)
    steps: dict[int, _Step] = {}
    for dossier in begun:
        try:
            steps[dossier.pk] = _step(act, dossier, last.get(dossier.pk), to=to, by=by)
        except NotAllowed as refusal:
            refused[dossier.code] = refusal
    done = [dossier for dossier in begun if dossier.pk in steps]
    if not done:
        return Passed(refused=refused)
    settled = [step.last for step in steps.values() if step.last is not None]
    for step in steps.values():
        if step.last is not None:
            _settle_before(step.last, act, at)
    HandOver.objects.bulk_update(settled, ["taken_at", "missing_at", "missing_note"])
    lists = _lists_for(done, steps, to=to, by=by, at=at) if listed else {}
    moving = [(dossier, steps[dossier.pk]) for dossier in done if steps[dossier.pk].moves(to)]
    rows = [_row(dossier, step, lists, act=act, to=to, note=note, by=by, at=at) for dossier, step in moving]
    HandOver.objects.bulk_create(rows)
    made = {row.dossier_id: row for row in rows}
    for dossier in done:
        hold(dossier, to, at)
        if act == Act.REASSIGN and dossier.status == Status.RECEIVED and not to.has_role(Role.CLERK):
            # It has left the counter.
            dossier.status = Status.PROCESSING
    closed = {each.pk: each for each in close_lists({row.list_id for row in settled if row.list_id}, at)}
    entries = [
        Entry(each.agency_id, act, f"hand_over_list:{each.pk}", at, by, data={"number": each.number, "to": to.pk}, rows=[each])
        for each in lists.values()
    ]
    finish_many(
        done,
        act,
        by=by,
        at=at,
        rows={dossier.pk: _rows_of(steps[dossier.pk], made.get(dossier.pk), closed) for dossier in done},
        data={dossier.pk: {"to": to.pk} | ({"was_with": steps[dossier.pk].giver.pk} if act == Act.REASSIGN else {}) for dossier in done},
        more=entries,
    )
    return Passed(tuple(done), tuple(lists.values()), refused)


@dataclass(frozen=True)
class _Step:
    """One dossier about to be passed on: who has the papers now, the passing before that this one settles, its number."""

    giver: User
    seq: int
    last: HandOver | None = None

    def moves(self, to: User) -> bool:
        """Whether the papers move at all; given back to whoever never let go of them, they do not."""
        return self.giver.pk != to.pk


def _step(act: Act, dossier: Dossier, last: HandOver | None, *, to: User, by: User) -> _Step:
    """Raises NotAllowed with the sentence."""
    if to.agency_id != place_of(dossier) or not to.has_role(*PASSES_ON):
        raise NotAllowed("Chọn người nhận đang làm việc ở đơn vị này.")
    if to.pk == dossier.holder_id:
        raise NotAllowed("Người này đang giữ hồ sơ rồi.")
    if dossier.signed_at is not None:
        raise NotAllowed("Kết quả đã ký, chờ phát hành; không bàn giao nữa.")
    seq = last.seq + 1 if last else 1
    open_one = last if last is not None and last.is_open and last.receiver_id == dossier.holder_id else None
    if act == Act.REASSIGN:
        if dossier.holder is None:
            raise NotAllowed("Hồ sơ chưa có người giữ để phân công lại.")
        # Who never confirmed has nothing in hand: the papers still lie with whoever gave them.
        return _Step(open_one.giver if open_one else dossier.holder, seq, open_one)
    if open_one is not None and dossier.holder_id != by.pk:
        raise NotAllowed(
            f"{open_one.receiver.full_name} chưa xác nhận đã nhận hồ sơ này nên chưa giao tiếp được. "
            "Chờ xác nhận, hoặc giám đốc phân công lại."
        )
    return _Step(dossier.holder or by, seq, open_one)


def _settle_before(last: HandOver, act: Act, at: datetime) -> None:
    """The passing before: taken when its receiver passes on, missed when it is reassigned over his head."""
    if act == Act.REASSIGN:
        last.missing_at, last.missing_note = max(at, last.given_at), PASSED_ON_BEFORE
    else:
        last.taken_at = max(at, last.given_at)


def _lists_for(
    dossiers: Sequence[Dossier], steps: Mapping[int, _Step], *, to: User, by: User, at: datetime
) -> dict[tuple[int, int], HandOverList]:
    """One list for each agency whose numbers the dossiers have and each person who gives, by these two."""
    givers = {(dossier.agency_id, step.giver.pk): step.giver for dossier in dossiers if (step := steps[dossier.pk]).moves(to)}
    lists = {}
    for (agency_id, giver_id), giver in sorted(givers.items()):
        year, number = numbering.next_hand_over_list(agency_id, local(at).date())
        lists[agency_id, giver_id] = HandOverList.objects.create(
            agency_id=agency_id,
            year=year,
            number=number,
            giver=giver,
            receiver=to,
            ordered_by=by if by.pk != giver_id else None,
            given_at=at,
        )
    return lists


def _row(
    dossier: Dossier,
    step: _Step,
    lists: Mapping[tuple[int, int], HandOverList],
    *,
    act: Act,
    to: User,
    note: str,
    by: User,
    at: datetime,
) -> HandOver:
    return HandOver(
        agency_id=dossier.agency_id,
        dossier=dossier,
        list=lists.get((dossier.agency_id, step.giver.pk)),
        seq=step.seq,
        kind=PassedOn.REASSIGN if act == Act.REASSIGN else PassedOn.HAND_OVER,
        giver=step.giver,
        receiver=to,
        ordered_by=by if by.pk != step.giver.pk else None,
        given_at=at,
        note=note,
    )


def _rows_of(step: _Step, made: HandOver | None, closed: Mapping[int, HandOverList]) -> list[Model]:
    rows: list[Model] = [row for row in (made, step.last) if row is not None]
    if step.last is not None and step.last.list_id is not None and step.last.list_id in closed:
        rows.append(closed[step.last.list_id])
    return rows


def _last_of(dossiers: Iterable[Dossier]) -> dict[int, HandOver]:
    """The latest passing of each dossier. One query."""
    rows = HandOver.objects.filter(dossier__in=list(dossiers)).select_related("giver", "receiver").order_by("dossier_id", "seq")
    return {row.dossier_id: row for row in rows}


# -- the receiver's word -----------------------------------------------------------------------
@transaction.atomic
def take_over(dossier: Dossier, *, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """The receiver confirms that he has the papers."""
    dossier = begin(dossier, Act.TAKE_OVER, by=by, revision=revision)
    taken = take_open_hand_over(dossier, by=by, at=at)
    if not taken:
        raise AlreadyDone("Việc này đã xong. Không làm lại lần nữa")
    return finish(dossier, Act.TAKE_OVER, by=by, at=at, rows=taken)


@transaction.atomic
def miss_papers(dossier: Dossier, *, note: str = "", by: User, at: datetime, revision: int | None = None) -> Dossier:
    """The receiver says that the papers did not come; the dossier goes back to the giver."""
    dossier = begin(dossier, Act.TAKE_OVER, by=by, revision=revision)
    last = dossier.hand_overs.select_related("giver").order_by("-seq").first()
    if last is None or not last.is_open or last.receiver_id != by.pk:
        raise AlreadyDone("Việc này đã xong. Không làm lại lần nữa")
    last.missing_at, last.missing_note = max(at, last.given_at), note
    last.save(update_fields=["missing_at", "missing_note"])
    hold(dossier, last.giver, at)
    rows = [last, *close_lists({last.list_id} if last.list_id else set(), at)]
    return finish(dossier, Act.MISS, by=by, at=at, rows=rows, data={"given_back_to": last.giver_id})


def why_not_confirm(listing: HandOverList, by: User) -> str:
    """The sentence that says why this person does not settle the list, or ""."""
    if by.pk == listing.receiver_id and by.has_role(*PASSES_ON):
        return ""
    if by.pk in {listing.giver_id, listing.ordered_by_id}:
        return "Người giao không tự xác nhận. Chờ người nhận xác nhận."
    if by.agency_id == listing.receiver.agency_id and by.has_role(Role.MANAGER):
        return ""
    return "Chỉ người nhận, hoặc giám đốc thay người nhận, xác nhận được danh sách này."


@transaction.atomic
def confirm_list(
    listing: HandOverList,
    *,
    taken: Collection[int],
    missing: Mapping[int, str],
    by: User,
    at: datetime,
    taken_at: datetime | None = None,
) -> Settled:
    """The receiver says, line by line (keys of the hand-overs), what he got and, with a note, what was not in the pile.

    What he does not name waits. What he misses goes back to the giver. `taken_at`: when he got them, keyed later.
    """
    if sentence := why_not_confirm(listing, by):
        raise NotAllowed(sentence)
    if taken_at is not None and not listing.given_at <= taken_at <= at:
        raise NotAllowed("Giờ nhận phải sau giờ giao và không ở tương lai.")
    wanted = {*taken, *missing}
    own = HandOver.objects.filter(list=listing, pk__in=wanted)
    # Dossiers first, by id: whoever works on one at the same moment waits, or has settled the line before us.
    held = Dossier.objects.select_for_update(of=("self",)).filter(hand_overs__in=own).order_by("pk")
    dossiers = {dossier.pk: dossier for dossier in held}
    refused: dict[str, str] = {}
    took, missed, changed, rows = [], [], [], {}
    for line in own.select_related("giver", "receiver", "taken_by").order_by("pk"):
        dossier = dossiers[line.dossier_id]
        if not line.is_open:
            refused[dossier.code] = f"{say_settled(line)}, {who_settled(line)}".removesuffix(", ")
            continue
        if line.pk in missing:
            line.missing_at, line.missing_note = max(at, line.given_at), missing[line.pk]
            if dossier.is_open and dossier.holder_id == line.receiver_id:
                hold(dossier, line.giver, at)
            missed.append(dossier)
        else:
            line.taken_at, line.recorded_at = max(taken_at or at, line.given_at), at if taken_at else None
            took.append(dossier)
        line.taken_by = by if by.pk != line.receiver_id else None
        changed.append(line)
        rows[dossier.pk] = [line]
    if not changed:
        return Settled(refused=refused)
    HandOver.objects.bulk_update(changed, ["taken_at", "recorded_at", "taken_by", "missing_at", "missing_note"])
    closed = [
        Entry(each.agency_id, Act.TAKE_OVER, f"hand_over_list:{each.pk}", at, by, data={"number": each.number}, rows=[each])
        for each in close_lists({listing.pk}, at)
    ]
    said: dict[str, int] = {"list": listing.number} | ({"in_place_of": listing.receiver_id} if by.pk != listing.receiver_id else {})
    data = {dossier.pk: said for dossier in took} | {dossier.pk: said | {"given_back_to": listing.giver_id} for dossier in missed}
    # One event a dossier, all written at once; the acts differ.
    finish_many([*took, *missed], Act.TAKE_OVER, by=by, at=at, rows=rows, data=data, more=closed, acts={d.pk: Act.MISS for d in missed})
    return Settled(tuple(d.code for d in took), tuple(d.code for d in missed), refused)


def say_settled(line: HandOver) -> str:
    """What was said of the line before: "Đã nhận lúc 14:05 ngày 20/11/2026"."""
    if line.taken_at is not None:
        return f"Đã nhận lúc {say_minute(line.taken_at)}"
    if line.missing_at is not None:
        return f"Đã báo không có trong xấp lúc {say_minute(line.missing_at)}"
    return ""


def who_settled(line: HandOver) -> str:
    """Whose word that was; "" where the passing was overtaken by a reassignment, which asked nobody."""
    if line.is_open or line.missing_note == PASSED_ON_BEFORE:
        return ""
    return (line.taken_by or line.receiver).full_name
