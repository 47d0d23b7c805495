"""What every act has in common: lock, check, and, at the end, save and record."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from dossiers.models import AskedHow, Dossier, HandOver, PauseKind
from dossiers.promises import open_pause
from dossiers.rules import check_may_act, is_session
from dossiers.standing import LIES_STILL
from dossiers.statuses import ORDINARY_ON_SESSIONS, Act, NotAllowed, check_move
from onestop.history.record import record
from onestop.staff.models import User


class Changed(NotAllowed):
    """Somebody else changed the dossier after this person had opened it."""


class AlreadyDone(NotAllowed):
    """The act was done before; repeating it would do it twice."""


def begin(dossier: Dossier, act: Act, *, by: User, revision: int | None, session: bool = False) -> Dossier:
    """The dossier locked and moved to the act's status in memory; raises before anything is written.

    `session`: an act on certification sessions only; the others leave those alone, whose lines they do not know.
    """
    locked = Dossier.objects.select_for_update(of=("self",)).select_related("agency", "version", "procedure").get(pk=dossier.pk)
    check_may_act(by, locked)
    if locked.voided_at is not None:
        raise NotAllowed("Hồ sơ này đã hủy.")
    if is_session(locked):
        if not session and act not in ORDINARY_ON_SESSIONS:
            raise NotAllowed("Lượt chứng thực được ký, trả hoặc hủy số ở trang chứng thực.")
    elif session:
        raise NotAllowed("Hồ sơ này không phải lượt chứng thực.")
    if revision is not None and revision != locked.revision:
        when = timezone.localtime(locked.changed_at)
        raise Changed(f"Hồ sơ vừa được {_who_changed(locked)} cập nhật lúc {when:%H:%M, %d/%m/%Y}. Xem lại rồi thao tác tiếp")
    locked.status = check_move(act, locked.status, by=by, holder_id=locked.holder_id)
    if act in LIES_STILL:
        pause = open_pause(locked)
        if pause is not None and pause.kind == PauseKind.SUSPENSION:
            raise NotAllowed("Hồ sơ đang tạm đình chỉ. Chỉ lãnh đạo cho giải quyết tiếp.")
    return locked


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
    record(
        agency_id=dossier.agency_id,
        act=act,
        subject=f"dossier:{dossier.pk}",
        at=at,
        by=by,
        data={"code": dossier.code, "status": dossier.status, **(data or {})},
        rows=[dossier, *rows],
    )
    return dossier


def hold(dossier: Dossier, holder: User | None, at: datetime) -> None:
    dossier.holder, dossier.held_since = holder, at


def take_open_hand_over(dossier: Dossier, *, by: User, at: datetime) -> list[HandOver]:
    """Confirm the last hand-over if its receiver has not done so; working on it says the same."""
    last = dossier.hand_overs.order_by("-seq").first()
    if last is None or last.taken_at is not None or last.receiver_id != by.pk:
        return []
    last.taken_at = max(at, last.given_at)
    last.save(update_fields=["taken_at"])
    return [last]
