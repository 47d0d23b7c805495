"""Who may sign the result of a dossier: the kinds of paper that a delegation names, defined here and nowhere else.

    right = right_for(user, dossier, day)       # None: he may not
    right.block                                 # "KT. CHỦ TỊCH\\nPHÓ CHỦ TỊCH\\nLê Hoàng Phúc"

A decision gives either every result ("result") or those of a field ("result.ho-tich"): deputies sign in the field
that is assigned to them, others what their decision says (NĐ 30/2020 Điều 13).
"""

from datetime import date

from dossiers.models import Dossier
from onestop.staff.models import User
from onestop.staff.roles import Role
from onestop.staff.signing import Rights, SigningRight, right_to_sign, rights_of, signers_for
from procedures.models import Sector

RESULT = "result"
EVERY_RESULT = "Kết quả giải quyết hồ sơ, mọi lĩnh vực"
_OF_SECTOR = f"{RESULT}."


def kind_of_sector(slug: str) -> str:
    return f"{_OF_SECTOR}{slug}"


def kinds_of(sector_slug: str) -> tuple[str, str]:
    """The kinds of which a delegation must name one for a result of this field."""
    return RESULT, kind_of_sector(sector_slug)


def kinds_for(dossier: Dossier) -> tuple[str, str]:
    return kinds_of(dossier.procedure.sector.slug)


def result_kinds() -> list[tuple[str, str]]:
    """(kind, words) for the form of a delegation: every result, then each field of the catalogue. One query."""
    fields = Sector.objects.order_by("position", "name").values_list("slug", "name")
    return [(RESULT, EVERY_RESULT), *((kind_of_sector(slug), f"Kết quả lĩnh vực {name}") for slug, name in fields)]


def say_kinds(kinds: list[str], known: dict[str, str]) -> str:
    """The kinds of a delegation in words; what the catalogue has no longer keeps its code."""
    return ", ".join(known.get(kind, kind) for kind in kinds)


def right_for(user: User, dossier: Dossier, on: date) -> SigningRight | None:
    """The person's right to sign this dossier's result on that day. Nobody signs for another agency."""
    return right_to_sign(user, kinds_for(dossier), on) if user.agency_id == dossier.competent_agency_id else None


def why_no_right(user: User, dossier: Dossier, on: date) -> str:
    """The sentence to show to somebody whose `right_for` is None."""
    if user.agency_id != dossier.competent_agency_id:
        return "Người ký không có thẩm quyền ký hồ sơ của đơn vị này."
    return rights_of(user, on).why_not(kinds_for(dossier))


def signs_results(rights: Rights) -> bool:
    """Whether there is any result at all that the person may sign on that day."""
    if rights.of(RESULT) is not None:
        return True
    fields = {kind for row in rights.given for kind in row.kinds if kind.startswith(_OF_SECTOR)}
    return bool(fields) and rights.of(fields) is not None


def has_to_do_with_signing(user: User, on: date) -> bool:
    """Whether the pages of signing are this person's: a leader, the archivist, or anybody who was ever given the right.

    Whoever's decision has ended is told so there; to everybody else the pages are closed.
    """
    if user.has_role(Role.LEADER, Role.HEAD, Role.ARCHIVIST):
        return True
    return any(kind.split(".")[0] == RESULT for row in rights_of(user, on).given for kind in row.kinds)


def signers_of(dossier: Dossier, on: date) -> list[tuple[User, SigningRight]]:
    """Everybody who may sign this dossier's result on that day, the head first."""
    return signers_for(dossier.competent_agency_id, kinds_for(dossier), on)
