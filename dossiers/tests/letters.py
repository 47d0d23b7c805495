"""Letters of apology in any state, each by the real acts of the lifecycle.

The dossier of these tests was received on Friday 20/11/2026 at 09:00 with three working days. Tuesday 24/11 is a
public holiday, so it is due on Thursday 26/11 at 17:00.
"""

from datetime import datetime
from typing import Any

from dossiers import lifecycle
from dossiers.models import ApologyLetter, Dossier
from dossiers.tests.makers import local, make_dossier
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.staff.signing import delegate
from onestop.testing import make_user

DUE = local("2026-11-26 17:00")
BEFORE, AFTER = local("2026-11-25 08:00"), local("2026-11-27 08:00")
NEW_DATE = local("2026-11-30 16:30")
WORDS = "Số hồ sơ tăng cao, chúng tôi chưa làm kịp."


def head() -> User:
    return one_of(Role.HEAD)


def specialist() -> User:
    return one_of(Role.SPECIALIST)


def one_of(role: Role) -> User:
    """Somebody of the commune with this role; the same one on every call."""
    found = (user for user in User.objects.filter(agency__code="H61.26").order_by("pk") if user.has_role(role))
    return next(found, None) or make_user(role)


def drafted(dossier: Dossier | None = None, *, at: datetime = AFTER, **options: Any) -> ApologyLetter:
    return lifecycle.draft_letter(dossier or make_dossier(), at=at, **options)


def prepare(letter: ApologyLetter, *, at: datetime = AFTER, by: User | None = None, **values: Any) -> ApologyLetter:
    given: dict[str, Any] = {"cause": "many", "cause_words": WORDS, "new_due_at": NEW_DATE}
    return lifecycle.prepare_letter(letter, by=by or specialist(), at=at, **(given | values))


def prepared(dossier: Dossier | None = None, *, at: datetime = AFTER, **values: Any) -> ApologyLetter:
    return prepare(drafted(dossier, at=at), at=at, **values)


def signed(dossier: Dossier | None = None, *, at: datetime = AFTER, by: User | None = None, **values: Any) -> ApologyLetter:
    return lifecycle.sign_letter(prepared(dossier, at=at, **values), by=by or head(), at=at)


def delegated(to: User, mode: str, *, until: str = "2026-12-31", kinds: tuple[str, ...] = ("apology",), title: str = "") -> None:
    """The head's written decision of 01/11/2026."""
    start = local("2026-11-01 08:00").date()
    delegate(
        delegator=head(),
        to=to,
        mode=mode,
        kinds=kinds,
        title=title,
        decision_number="45/QĐ-CT",
        decision_date=start,
        valid_from=start,
        valid_to=local(f"{until} 08:00").date(),
        by=head(),
        at=local("2026-11-01 08:00"),
    )
