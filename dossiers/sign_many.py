"""Signing many results with one confirmation: each in a transaction of its own, each with its own outcome.

What the confirmation carries for a dossier is its code, the revision that was shown, and the digest of its draft: a
captured or repeated form signs nothing else and nothing twice.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError
from django.http import Http404

from dossiers import lifecycle
from dossiers.models import Dossier, DraftOpened, QuickSign, SignOffKind
from dossiers.rules import get_dossier_for, sees_personal_data
from dossiers.statuses import NotAllowed
from onestop.staff.models import User

logger = logging.getLogger(__name__)
NOT_HERE = "Không có hồ sơ này ở đơn vị"
NOT_OPENED = "Chưa mở dự thảo này: mở xem rồi ký"
BROKEN = "Lỗi hệ thống, hồ sơ này chưa ký. Thử lại; còn lỗi thì báo quản trị"
_MARK = re.compile(r"([0-9A-Za-z.-]{1,50}):([0-9]{1,9}):([0-9a-f]{0,64})")


@dataclass(frozen=True)
class Mark:
    """One ticked row: the dossier, the state that was on the screen, the draft's digest ("" for a paper)."""

    code: str
    revision: int
    sha256: str = ""

    def __str__(self) -> str:
        return f"{self.code}:{self.revision}:{self.sha256}"


@dataclass(frozen=True)
class Signed:
    """What became of one row. `refused`: who asked for it had no business doing so, or came too late."""

    code: str
    words: str
    done: bool
    dossier: Dossier | None = None


def read_mark(text: str) -> Mark | None:
    """What a ticked box holds; None for anything that no page of ours has sent."""
    match = _MARK.fullmatch(text)
    return Mark(match[1], int(match[2]), match[3]) if match else None


def sign_one(mark: Mark, act: Callable[[Dossier], None], *, by: User, done_before: Callable[[Dossier], str]) -> Signed:
    """Do one act and say what became of it; whatever goes wrong with it touches no other row."""
    try:
        dossier = get_dossier_for(by, mark.code)
        if not sees_personal_data(by, dossier):
            raise Http404
    except Http404:
        return Signed(mark.code, NOT_HERE, done=False)
    try:
        act(dossier)
    except NotAllowed as refusal:
        return Signed(dossier.code, done_before(dossier) or str(refusal), done=False, dossier=dossier)
    except DatabaseError:
        logger.exception("signing %s together with others", dossier.code)
        return Signed(dossier.code, BROKEN, done=False, dossier=dossier)
    return Signed(dossier.code, "Đã ký duyệt trên hệ thống" if mark.sha256 else "Đã ghi nhận chữ ký tay", done=True, dossier=dossier)


def sign_in_system(mark: Mark, *, by: User, at: datetime) -> Callable[[Dossier], None]:
    """The act for a draft in a file. The letter for a broken promise is signed by itself, it asks for more than a tick."""

    def act(dossier: Dossier) -> None:
        if not may_sign_unopened(dossier, by, mark.sha256):
            raise NotAllowed(NOT_OPENED)
        lifecycle.sign_off(dossier, kind=SignOffKind.IN_SYSTEM, signer=by, sha256=mark.sha256, by=by, at=at, revision=mark.revision)

    return act


def may_sign_unopened(dossier: Dossier, person: User, sha256: str) -> bool:
    """Whether he has opened these bytes, or the agency signs this procedure quickly."""
    if DraftOpened.objects.filter(result__dossier=dossier, person=person, sha256=sha256).exists():
        return True
    return QuickSign.objects.filter(agency_id=dossier.competent_agency_id, procedure_id=dossier.procedure_id, allowed=True).exists()
