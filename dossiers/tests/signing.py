"""Drafts before the signers, for the tests of the queue."""

from datetime import datetime, timedelta

from django.utils import timezone

from dossiers import lifecycle
from dossiers.models import Dossier
from dossiers.tests.makers import make_clerk, make_dossier, make_version
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.staff.signing import delegate
from onestop.testing import make_user
from onestop.vault import files

PDF = b"%PDF-1.7\n%%EOF\n"


def submitted(*, content: bytes = PDF, minutes: int = 60, code: str = "1.001193", at: datetime | None = None, **fields) -> Dossier:
    """A dossier whose draft was submitted so many minutes ago; `content` b"" for a paper."""
    clerk, at = make_clerk(), at or timezone.now() - timedelta(minutes=minutes)
    dossier = make_dossier(by=clerk, at=at, version=make_version(code), **fields)
    sha256 = files.store(content) if content else ""
    return lifecycle.submit_for_sign_off(dossier, by=clerk, at=at, summary="Trích lục", sha256=sha256, file_name="du-thao.pdf")


def delegate_of(head: User, *, kinds: tuple[str, ...] = ("result",), **fields) -> User:
    """A specialist who signs results under a decision of the head that holds today and tomorrow."""
    official, today = make_user(Role.SPECIALIST, agency=head.agency, **fields), timezone.localdate()
    delegate(
        delegator=head,
        to=official,
        mode="TUQ",
        kinds=kinds,
        decision_number="45/QĐ-CT",
        decision_date=today,
        valid_from=today,
        valid_to=today + timedelta(days=1),
        by=head,
        at=timezone.now(),
    )
    return official
