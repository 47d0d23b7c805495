"""Who can be asked to sign certifications today: for lists to choose from. The act itself asks again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dossiers.certification.kinds import SIGNING_KIND, Book, DeputySigns, ReceiverSigns
from dossiers.models import CertificationSetting
from onestop.staff.models import Delegation
from onestop.staff.signing import signers_for


@dataclass(frozen=True)
class Signer:
    """One person of the list and by which right he signs."""

    pk: int
    name: str
    words: str

    @property
    def label(self) -> str:
        return f"{self.name} – {self.words}"


def signers_on(setting: CertificationSetting, books: Iterable[Book], day: date, *, received_by: int | None = None) -> list[Signer]:
    """Who may sign in every one of these books on that day, the head first; without the receiver where he must not sign."""
    by_office = setting.deputy_signs == DeputySigns.OFFICE
    found: dict[int, Signer] | None = None
    for book in Book:
        if book not in set(books):
            continue
        able = {
            user.pk: Signer(user.pk, user.full_name, right.words)
            for user, right in signers_for(setting.agency_id, SIGNING_KIND[book], day, deputies_by_office=by_office)
            if right.mode != Delegation.Mode.TL
        }
        found = able if found is None else {pk: signer for pk, signer in found.items() if pk in able}
    if setting.receiver_signs == ReceiverSigns.FORBID and found:
        found.pop(received_by or 0, None)
    return list((found or {}).values())
