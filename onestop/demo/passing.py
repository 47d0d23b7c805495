"""Somebody who is away, for the first commune of the demonstration, with a list of his dossiers that his substitute has half confirmed."""

from datetime import datetime, timedelta

from django.db.models import Exists, F

from dossiers import lifecycle
from dossiers.passings import reassignable, unconfirmed
from dossiers.statuses import Status
from onestop.demo.tales import Office
from onestop.staff import absence
from onestop.staff.models import User
from onestop.staff.roles import Role

ON_THE_LIST = 3
REASON = "Nghỉ phép năm"


def be_away(office: Office, *, now: datetime) -> None:
    """The specialist with the most work is on leave for five days; three dossiers go to a colleague, who has found two so far."""
    specialists, managers = office.with_role(Role.SPECIALIST), office.with_role(Role.MANAGER)
    if len(specialists) < 2 or not managers:
        return
    away = max(specialists, key=lambda person: (len(_in_hand(person)), -person.pk))
    substitute = next(person for person in specialists if person.pk != away.pk)
    today = now.date()
    absence.enter(away, first_day=today, last_day=today + timedelta(days=4), substitute=substitute, reason=REASON, by=managers[0], at=now)
    dossiers = _in_hand(away)[:ON_THE_LIST]
    if len(dossiers) < ON_THE_LIST:
        return
    passed = lifecycle.reassign_list(dossiers, to=substitute, reason=REASON, by=managers[0], at=now)
    for listing in passed.lists:
        found = listing.lines.order_by("pk").values_list("pk", flat=True)[: ON_THE_LIST - 1]
        lifecycle.confirm_list(listing, taken=list(found), missing={}, by=substitute, at=now)


def _in_hand(person: User) -> list:
    """What lies on the person's desk, papers and all, the nearest due time first."""
    held = reassignable(person.pk).filter(status=Status.PROCESSING).exclude(Exists(unconfirmed()))
    return list(held.order_by(F("due_at").asc(nulls_last=True), "pk"))
