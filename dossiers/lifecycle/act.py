"""What every act has in common: lock, check, and, at the end, save and record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from django.db.models import F, Model
from django.utils import timezone

from dossiers.models import AskedHow, Dossier, HandOver, HandOverList, Pause, PauseKind
from dossiers.promises import open_pause
from dossiers.rules import check_may_act, is_session
from dossiers.standing import LIES_STILL
from dossiers.statuses import ORDINARY_ON_SESSIONS, Act, NotAllowed, check_move
from onestop.history.record import Entry, record_many
from onestop.staff.models import User

LYING_STILL = "Hồ sơ đang tạm đình chỉ. Chỉ lãnh đạo cho giải quyết tiếp."


class Changed(NotAllowed):
    """Somebody else changed the dossier after this person had opened it."""


class AlreadyDone(NotAllowed):
    """The act was done before; repeating it would do it twice."""


def begin(dossier: Dossier, act: Act, *, by: User, revision: int | None, session: bool = False) -> Dossier:
    """The dossier locked and moved to the act's status in memory; raises before anything is written.

    `session`: an act on certification sessions only; the others leave those alone, whose lines they do not know.
    """
    locked = Dossier.objects.select_for_update(of=("self",)).select_related("agency", "version", "procedure").get(pk=dossier.pk)
    _check(locked, act, by=by, revision=revision)
    if is_session(locked):
        if not session and act not in ORDINARY_ON_SESSIONS:
            raise NotAllowed("Lượt chứng thực được ký, trả hoặc hủy số ở trang chứng thực.")
    elif session:
        raise NotAllowed("Hồ sơ này không phải lượt chứng thực.")
    locked.status = check_move(act, locked.status, by=by, holder_id=locked.holder_id)
    if act in LIES_STILL:
        pause = open_pause(locked)
        if pause is not None and pause.kind == PauseKind.SUSPENSION:
            raise NotAllowed(LYING_STILL)
    return locked


def begin_many(
    dossiers: Iterable[Dossier], act: Act, *, by: User, revisions: Mapping[str, int | None]
) -> tuple[list[Dossier], dict[str, NotAllowed]]:
    """`begin` for several dossiers, in order of id: those that may go on, and why the others (by code) may not.

    Only for acts that leave certification sessions as they are. Two queries, and one more for each that was changed meanwhile.
    """
    wanted = [dossier.pk for dossier in dossiers]
    rows = Dossier.objects.select_for_update(of=("self",)).select_related("agency", "holder", "changed_by").filter(pk__in=wanted)
    locked = list(rows.order_by("pk"))
    suspended: set[int] = set()
    if act in LIES_STILL:
        open_ones = Pause.objects.filter(dossier__in=locked, kind=PauseKind.SUSPENSION, ended_at__isnull=True)
        suspended = set(open_ones.values_list("dossier_id", flat=True))
    begun, refused = [], {}
    for dossier in locked:
        try:
            _check(dossier, act, by=by, revision=revisions.get(dossier.code))
            dossier.status = check_move(act, dossier.status, by=by, holder_id=dossier.holder_id)
            if dossier.pk in suspended:
                raise NotAllowed(LYING_STILL)
        except NotAllowed as refusal:
            refused[dossier.code] = refusal
        else:
            begun.append(dossier)
    return begun, refused


def _check(locked: Dossier, act: Act, *, by: User, revision: int | None) -> None:
    check_may_act(by, locked, act)
    if locked.voided_at is not None:
        raise NotAllowed("Hồ sơ này đã hủy.")
    if revision is not None and revision != locked.revision:
        when = timezone.localtime(locked.changed_at)
        raise Changed(f"Hồ sơ vừa được {_who_changed(locked)} cập nhật lúc {when:%H:%M, %d/%m/%Y}. Xem lại rồi thao tác tiếp")


def _who_changed(dossier: Dossier) -> str:
    """Who changed it last: an officer, or the applicant with the secret of his slip (lifecycle/ending.py)."""
    last = dossier.withdrawals.last()
    online = last is not None and (
        (last.how == AskedHow.ONLINE and last.requested_at == dossier.changed_at)
        or (last.taken_back_how == AskedHow.ONLINE and last.taken_back_at == dossier.changed_at)
    )
    return "người nộp hồ sơ" if online else dossier.changed_by.full_name


def finish(dossier: Dossier, act: Act, *, by: User, at: datetime, rows: Sequence = (), data: dict | None = None) -> Dossier:
    """Save the moved dossier and write the event; the last step of every act."""
    dossier.revision += 1
    dossier.changed_at, dossier.changed_by = at, by
    dossier.save()
    said = {"code": dossier.code, "status": dossier.status, **(data or {})}
    record_many(entries_of(dossier.agency_id, act, f"dossier:{dossier.pk}", by=by, at=at, rows=[dossier, *rows], data=said))
    return dossier


def entries_of(
    agency_id: int, act: Act, subject: str, *, by: User | None, at: datetime, rows: Sequence[Model], data: dict
) -> list[Entry]:
    """The event of an act in the chain of `agency_id`, and one of its own in each other chain that rows of it stand in.

    A dossier that another commune settles stands in the receiver's chain, its letters of apology in that of their signer.
    """
    chain_of = attrgetter("agency_id")
    chains = [agency_id, *sorted({chain_of(row) for row in rows} - {agency_id})]
    return [Entry(chain, act, subject, at, by, data=data, rows=[row for row in rows if chain_of(row) == chain]) for chain in chains]


def finish_many(
    dossiers: Sequence[Dossier],
    act: Act,
    *,
    by: User,
    at: datetime,
    rows: Mapping[int, Sequence[Model]],
    data: Mapping[int, dict],
    more: Sequence[Entry] = (),
    acts: Mapping[int, Act] | None = None,
) -> None:
    """`finish` for several dossiers that got only a status or a holder: saved and recorded at once, `more` before them.

    `rows` and `data` by the dossier's key; `acts` where the act is another one. One query for each status and holder.
    """
    groups: dict[tuple, list[int]] = {}
    for dossier in dossiers:
        groups.setdefault((dossier.status, dossier.holder_id, dossier.held_since), []).append(dossier.pk)
    for (status, holder_id, held_since), keys in groups.items():
        Dossier.objects.filter(pk__in=keys).update(
            status=status, holder_id=holder_id, held_since=held_since, revision=F("revision") + 1, changed_at=at, changed_by=by
        )
    entries = list(more)
    for dossier in dossiers:
        dossier.revision += 1
        dossier.changed_at, dossier.changed_by = at, by
        about = {"code": dossier.code, "status": dossier.status, **data.get(dossier.pk, {})}
        done, written = (acts or {}).get(dossier.pk, act), [dossier, *rows.get(dossier.pk, ())]
        entries.append(Entry(dossier.agency_id, done, f"dossier:{dossier.pk}", at, by, data=about, rows=written))
    record_many(entries)


def hold(dossier: Dossier, holder: User | None, at: datetime) -> None:
    dossier.holder, dossier.held_since = holder, at


def take_open_hand_over(dossier: Dossier, *, by: User, at: datetime) -> list[Model]:
    """Confirm the last hand-over if its receiver has not done so; working on it says the same."""
    last = dossier.hand_overs.order_by("-seq").first()
    if last is None or not last.is_open or last.receiver_id != by.pk:
        return []
    last.taken_at = max(at, last.given_at)
    last.save(update_fields=["taken_at"])
    return [last, *close_lists({last.list_id} if last.list_id else set(), at)]


def close_lists(keys: set[int], at: datetime) -> list[HandOverList]:
    """Close those of these lists of which every line is settled now; whoever settles another line at once waits for us."""
    if not keys:
        return []
    lists = list(HandOverList.objects.select_for_update().filter(pk__in=keys, closed_at__isnull=True).order_by("pk"))
    waiting = set(
        HandOver.objects.filter(list__in=lists, taken_at__isnull=True, missing_at__isnull=True).values_list("list_id", flat=True)
    )
    closed = [each for each in lists if each.pk not in waiting]
    for each in closed:
        each.closed_at = max(at, each.given_at)
    HandOverList.objects.bulk_update(closed, ["closed_at"])
    return closed
