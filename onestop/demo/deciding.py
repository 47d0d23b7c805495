"""The signing desk of the demonstration: a decision that lets a specialist sign, a draft passed to him, procedures signed quickly."""

from datetime import datetime, timedelta

from dossiers import lifecycle
from dossiers.models import Dossier
from dossiers.sign_rights import RESULT, right_for
from onestop.demo.tales import Office
from onestop.staff.roles import Role
from onestop.staff.signing import delegate

VALID_DAYS = 90
TITLE = "Công chức văn phòng – thống kê"


def decide_who_signs(office: Office, *, now: datetime) -> None:
    """What the head of the first commune has written, and what lies with whom in the queue because of it."""
    head, official = office.with_role(Role.HEAD)[0], office.with_role(Role.SPECIALIST)[0]
    day = now.date()
    delegate(
        delegator=head,
        to=official,
        mode="TUQ",
        kinds=[RESULT],
        decision_number="52/QĐ-UBND",
        decision_date=day,
        valid_from=day,
        valid_to=day + timedelta(days=VALID_DAYS),
        title=TITLE,
        by=head,
        at=now,
    )
    waiting = Dossier.objects.settled_by(office.agency.pk).without_certification().awaiting_signature().order_by("held_since", "id")
    quick: set[int] = set()
    for dossier in waiting.select_related("procedure")[:2]:
        if dossier.procedure_id not in quick:
            lifecycle.set_quick_sign(office.agency, dossier.procedure, True, by=head, at=now)
            quick.add(dossier.procedure_id)
    for dossier in waiting:
        written = dossier.results.latest("version").drafted_by_id
        apart = official.pk not in {written, dossier.received_by_id}
        if apart and right_for(official, dossier, day) is not None:
            lifecycle.pass_for_signature(dossier, to=official, by=head, at=now, note="Tôi đi họp tỉnh đến hết ngày")
            return
