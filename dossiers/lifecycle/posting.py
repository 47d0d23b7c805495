"""Acts by which a result goes to its owner by post: handed to the post, delivered, or come back.

Only where the slip says so: the address is that of the dossier, and whoever sends to another one amends it first. Whoever
sent a parcel holds the dossier while it is on its way, so that somebody asks after it.
"""

from datetime import datetime

from django.db import transaction

from dossiers import messages
from dossiers.lifecycle.act import begin, finish, hold
from dossiers.lifecycle.way import collect_owed, hand_out
from dossiers.models import CollectedBy, Dossier, Parcel
from dossiers.standing import not_by_post
from dossiers.statuses import Act, NotAllowed
from onestop.staff.models import User


@transaction.atomic
def post_result(
    dossier: Dossier,
    *,
    waybill: str,
    by: User,
    at: datetime,
    note: str = "",
    paid_by: str = "",
    receipt_no: str = "",
    revision: int | None = None,
) -> Dossier:
    """Hand the result to the post. Fees put off until now are paid before it leaves."""
    dossier = begin(dossier, Act.POST_RESULT, by=by, revision=revision)
    if refusal := not_by_post(dossier):
        raise NotAllowed(refusal)
    if not waybill:
        raise NotAllowed("Ghi số vận đơn của bưu điện.")
    paid = collect_owed(dossier, paid_by=paid_by, receipt_no=receipt_no, at=at)
    parcel = Parcel.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        seq=dossier.parcels.count() + 1,
        waybill=waybill,
        posted_at=at,
        posted_by=by,
        note=note,
    )
    hold(dossier, by, at)
    messages.tell(dossier, "in_post", at=at, key=f"in_post:{dossier.pk}:{parcel.seq}", waybill=waybill)
    return finish(dossier, Act.POST_RESULT, by=by, at=at, rows=[parcel, *paid], data={"parcel": parcel.seq})


@transaction.atomic
def confirm_delivery(dossier: Dossier, *, name: str, by: User, at: datetime, note: str = "", revision: int | None = None) -> Dossier:
    """The post says that it gave the parcel to `name`: the result is returned."""
    dossier = begin(dossier, Act.CONFIRM_DELIVERY, by=by, revision=revision)
    if not name:
        raise NotAllowed("Ghi họ và tên người đã ký nhận với bưu điện.")
    parcel = _end(dossier, came_back=False, note="", by=by, at=at)
    handed = hand_out(dossier, collected_by=CollectedBy.POST, name=name, by=by, at=at, note=note)
    messages.tell(dossier, "returned", at=at, key=f"returned:{dossier.pk}:{handed.pk}")
    data = {"parcel": parcel.seq, "collected_by": CollectedBy.POST.value}
    return finish(dossier, Act.CONFIRM_DELIVERY, by=by, at=at, rows=[parcel, handed], data=data)


@transaction.atomic
def parcel_back(dossier: Dossier, *, reason: str, by: User, at: datetime, revision: int | None = None) -> Dossier:
    """The parcel came back to the desk: the result waits here again, to be sent anew or collected."""
    dossier = begin(dossier, Act.PARCEL_BACK, by=by, revision=revision)
    if not reason:
        raise NotAllowed("Ghi vì sao bưu gửi chuyển hoàn.")
    parcel = _end(dossier, came_back=True, note=reason, by=by, at=at)
    hold(dossier, by, at)
    messages.forget_parcel(dossier)
    return finish(dossier, Act.PARCEL_BACK, by=by, at=at, rows=[parcel], data={"parcel": parcel.seq})


def _end(dossier: Dossier, *, came_back: bool, note: str, by: User, at: datetime) -> Parcel:
    """The parcel that is on its way, under the dossier's lock."""
    parcel = dossier.parcels.get(ended_at__isnull=True)
    parcel.came_back, parcel.ended_at, parcel.ended_by = came_back, max(at, parcel.posted_at), by
    parcel.note = note or parcel.note
    parcel.save(update_fields=["came_back", "ended_at", "ended_by", "note"])
    return parcel
