"""Dossiers between two communes: sent on a list to the competent one, and their results sent back.

A list goes as a whole: the printed copies name what lies in the bundle, so one dossier that cannot go keeps all of them
here. The other side says line by line what came; until then the sender has the papers, and what did not come stays with
him. Everything stands in the chain of the commune that received the dossiers, whoever acts.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from dossiers import messages, numbering
from dossiers.lifecycle.act import AlreadyDone, begin_many, finish_many, hold, take_open_hand_over
from dossiers.lifecycle.way import ready_key
from dossiers.models import Arrival, Dossier, HandOver, SupplementRequest, TransferLine, TransferList
from dossiers.places import is_for_another, supplements_to_send
from dossiers.statuses import DESK, Act, NotAllowed, Status
from onestop.history.record import Entry
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role
from onestop.worktime.hours import local

MOST_AT_ONCE = 60
# Begins the note on a passing of what waits for its owner, as the control slip knows it.
ISSUED = "Đã phát hành"
NOTHING_BROUGHT = "Không có giấy tờ bổ sung nào của hồ sơ này nằm ở đây chờ gửi."
MAY_HOLD = (Role.SPECIALIST, Role.CLERK, Role.MANAGER)


class NotSent(NotAllowed):
    """A list that cannot go; `refused` says why, by the code of each dossier."""

    def __init__(self, refused: Mapping[str, str]) -> None:
        self.refused = dict(refused)
        super().__init__(f"Chưa chuyển: {len(refused)} hồ sơ không chuyển được. Bỏ dấu các hồ sơ này rồi lập lại danh sách.")


def send_elsewhere(
    dossiers: Sequence[Dossier], *, to: Agency, key: UUID, by: User, at: datetime, revisions: Mapping[str, int | None] | None = None
) -> TransferList:
    """Send dossiers to the commune that settles them; the same key is answered with the list that it made first."""
    return _send_once(Act.SEND_ELSEWHERE, dossiers, to=to, key=key, by=by, at=at, revisions=revisions or {})


def send_home(
    dossiers: Sequence[Dossier], *, to: Agency, key: UUID, by: User, at: datetime, revisions: Mapping[str, int | None] | None = None
) -> TransferList:
    """Send issued results back to the desk where the citizens filed and collect."""
    return _send_once(Act.SEND_HOME, dossiers, to=to, key=key, by=by, at=at, revisions=revisions or {})


def send_supplements(
    dossiers: Sequence[Dossier], *, to: Agency, key: UUID, by: User, at: datetime, revisions: Mapping[str, int | None] | None = None
) -> TransferList:
    """Send on what citizens brought here for dossiers that lie in the commune that settles them; those stay with their holders."""
    return _send_once(Act.SEND_SUPPLEMENT, dossiers, to=to, key=key, by=by, at=at, revisions=revisions or {})


def _send_once(
    act: Act, dossiers: Sequence[Dossier], *, to: Agency, key: UUID, by: User, at: datetime, revisions: Mapping[str, int | None]
) -> TransferList:
    sent = TransferList.objects.filter(sender_id=by.agency_id, submission_key=key)
    if (done := sent.first()) is not None:
        return done
    try:
        with transaction.atomic():
            return _send(act, dossiers, to=to, key=key, by=by, at=at, revisions=revisions)
    except IntegrityError:
        # The same form a second time, at the same moment; anything else is a real fault.
        done = sent.first()
        if done is None:
            raise
        return done


def _send(
    act: Act, dossiers: Sequence[Dossier], *, to: Agency, key: UUID, by: User, at: datetime, revisions: Mapping[str, int | None]
) -> TransferList:
    if not dossiers:
        raise NotAllowed("Đánh dấu ít nhất một hồ sơ.")
    if len(dossiers) > MOST_AT_ONCE:
        raise NotAllowed(f"Mỗi danh sách nhiều nhất {MOST_AT_ONCE} hồ sơ. Lập nhiều danh sách.")
    begun, refused = begin_many(dossiers, act, by=by, revisions=revisions)
    supplements = _supplements_of(begun) if act == Act.SEND_SUPPLEMENT else {}
    strange = {dossier.code: _why_not_to(act, dossier, to, by) for dossier in begun}
    if act == Act.SEND_SUPPLEMENT:
        strange |= {dossier.code: NOTHING_BROUGHT for dossier in begun if dossier.pk not in supplements}
    why = {code: str(refusal) for code, refusal in refused.items()} | {code: words for code, words in strange.items() if words}
    if why:
        raise NotSent(why)
    receiver_id = begun[0].agency_id
    taken = {dossier.pk: take_open_hand_over(dossier, by=by, at=at) for dossier in begun}
    year, number = numbering.next_transfer_list(by.agency_id, local(at).date())
    transfer = TransferList.objects.create(
        agency_id=receiver_id, sender=by.agency, recipient=to, year=year, number=number, submission_key=key, sent_at=at, sent_by=by
    )
    lines = TransferLine.objects.bulk_create(
        TransferLine(agency_id=receiver_id, transfer=transfer, dossier=dossier, position=position, supplement=supplements.get(dossier.pk))
        for position, dossier in enumerate(begun, 1)
    )
    for dossier in begun:
        if act == Act.SEND_HOME:
            hold(dossier, by, at)
    finish_many(
        begun,
        act,
        by=by,
        at=at,
        rows={line.dossier_id: [line, *taken[line.dossier_id]] for line in lines},
        data={dossier.pk: {"list": number, "agency": to.pk} for dossier in begun},
        more=[_entry(transfer, act, by=by, at=at, data={"number": number, "agency": to.pk, "dossiers": len(lines)})],
    )
    return transfer


def _supplements_of(dossiers: Sequence[Dossier]) -> dict[int, SupplementRequest]:
    """The last of what was brought here for each of these locked dossiers and not sent on: its list says for all of it."""
    return {brought.dossier_id: brought for brought in supplements_to_send().filter(dossier__in=dossiers) if brought.dossier_id}


def _why_not_to(act: Act, dossier: Dossier, to: Agency, by: User) -> str:
    if not is_for_another(dossier):
        return "Hồ sơ này do đơn vị mình giải quyết."
    out = act != Act.SEND_HOME
    mine, theirs = (dossier.agency_id, dossier.competent_agency_id) if out else (dossier.competent_agency_id, dossier.agency_id)
    if by.agency_id != mine:
        return "Hồ sơ này không gửi đi từ đơn vị mình."
    if theirs != to.pk:
        return f"Hồ sơ này không do {to.name} giải quyết." if out else f"Hồ sơ này không do {to.name} tiếp nhận."
    return ""


def _entry(transfer: TransferList, act: Act, *, by: User, at: datetime, data: dict) -> Entry:
    return Entry(transfer.agency_id, act, f"transfer:{transfer.pk}", at, by, data=data, rows=[transfer])


class Told(NamedTuple):
    """What the recipient says of a list, by the keys of its lines: which he `took`, and a note on each that he `missed`."""

    took: Collection[int]
    missed: Mapping[int, str]


def why_not_confirm(transfer: TransferList, by: User) -> str:
    """The sentence that says why this person does not confirm the list, or ""."""
    if by.agency_id != transfer.recipient_id:
        return f"Danh sách này do {transfer.recipient.name} xác nhận."
    if not by.has_role(*DESK):
        return "Công chức tiếp nhận hoặc giám đốc Trung tâm xác nhận danh sách chuyển hồ sơ."
    return ""


@transaction.atomic
def confirm_transfer(transfer: TransferList, told: Told, *, by: User, at: datetime, to: User | None = None) -> TransferList:
    """Say of every line whether it came. What came is held from now on by `to`, a colleague, or by whoever confirms.

    A colleague still confirms by himself that he has the papers. Results that came home are announced to their citizens.
    What was brought later goes to whoever holds the dossier, so it changes no hands.
    """
    if refusal := why_not_confirm(transfer, by):
        raise NotAllowed(refusal)
    if to is not None and (to.agency_id != by.agency_id or not to.has_role(*MAY_HOLD)):
        raise NotAllowed("Chọn người nhận đang làm việc ở đơn vị này.")
    lines = list(transfer.lines.order_by("position"))
    if {line.pk for line in lines} != {*told.took, *told.missed} or set(told.took) & told.missed.keys():
        raise NotAllowed("Đánh dấu hồ sơ đã nhận; hồ sơ nào chưa nhận thì ghi vì sao.")
    if not all(told.missed.values()):
        raise NotAllowed("Hồ sơ chưa nhận được thì ghi vì sao, để nơi gửi biết.")
    later = any(line.supplement_id for line in lines)
    act = Act.ARRIVE_HOME if transfer.is_back else Act.ARRIVE_SUPPLEMENT if later else Act.ARRIVE_ELSEWHERE
    # Dossiers first, by id; whoever confirms at the same moment waits here and then finds it done.
    locked = list(Dossier.objects.select_for_update(of=("self",)).filter(transfer_lines__transfer=transfer).order_by("pk"))
    transfer = TransferList.objects.select_for_update(of=("self",)).select_related("sender", "recipient").get(pk=transfer.pk)
    if transfer.confirmed_at is not None:
        raise AlreadyDone("Danh sách này đã được xác nhận. Không làm lại lần nữa")
    begun, refused = begin_many(locked, act, by=by, revisions={})
    for code, problem in refused.items():
        raise NotAllowed(f"{code}: {problem}")
    at = max(at, transfer.sent_at)
    dossiers = {dossier.pk: dossier for dossier in begun}
    rows: dict[int, list] = {}
    for line in lines:
        dossier = dossiers[line.dossier_id]
        if line.pk in told.missed:
            line.state, line.note = Arrival.MISSED, told.missed[line.pk]
            rows[dossier.pk] = [line]
        else:
            line.state = Arrival.TAKEN
            rows[dossier.pk] = [line, *([] if later else _arrive(dossier, transfer, by=by, at=at, to=to))]
    TransferLine.objects.bulk_update(lines, ["state", "note"])
    transfer.confirmed_at, transfer.confirmed_by = at, by
    transfer.save(update_fields=["confirmed_at", "confirmed_by"])
    finish_many(
        begun,
        act,
        by=by,
        at=at,
        rows=rows,
        data={dossier.pk: {"list": transfer.number, "agency": transfer.sender_id} for dossier in begun},
        more=[_entry(transfer, act, by=by, at=at, data={"number": transfer.number, "taken": len(told.took), "missed": len(told.missed)})],
        acts={line.dossier_id: Act.MISS_TRANSFER for line in lines if line.state == Arrival.MISSED},
    )
    return transfer


def _arrive(dossier: Dossier, transfer: TransferList, *, by: User, at: datetime, to: User | None) -> list[HandOver]:
    """The passing from the commune that had the papers to whoever confirms, and on to his colleague."""
    seq = dossier.hand_overs.count() + 1
    giver = dossier.holder or transfer.sent_by
    listed = f"Danh sách chuyển số {transfer.say_number()}"
    passings = [
        HandOver(
            agency_id=dossier.agency_id,
            dossier=dossier,
            seq=seq,
            giver=giver,
            receiver=by,
            ordered_by=transfer.sent_by if transfer.sent_by_id != giver.pk else None,
            given_at=transfer.sent_at,
            taken_at=at,
            note=f"{ISSUED}, gửi về nơi tiếp nhận. {listed}" if transfer.is_back else listed,
        )
    ]
    hold(dossier, by, at)
    if transfer.is_back:
        result = dossier.results.latest("version")
        messages.tell(dossier, "result_ready", at=at, key=ready_key(dossier, result))
    else:
        if dossier.status == Status.RECEIVED:
            dossier.status = Status.PROCESSING
        if to is not None and to.pk != by.pk:
            passings.append(HandOver(agency_id=dossier.agency_id, dossier=dossier, seq=seq + 1, giver=by, receiver=to, given_at=at))
            hold(dossier, to, at)
    return HandOver.objects.bulk_create(passings)
