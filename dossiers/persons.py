"""Persons at the counter: who they are in the matter, and what earlier dossiers know about them."""

from dataclasses import dataclass

from dossiers.models import Dossier, Party, PartyRole, PhoneOwner
from dossiers.querysets import DossierQuerySet
from onestop.reading.dates import PartialDate
from onestop.reading.names import fold

# Persons of the catalogue who have a place of their own on the page.
ELSEWHERE = frozenset({PartyRole.FILER, PartyRole.OWNER})
# Persons who bring no card to the counter: a further scan fills the others first.
WITHOUT_CARD = frozenset({PartyRole.CHILD, PartyRole.DECEASED, PartyRole.MARTYR, PartyRole.WARD})
# Whom the filer can be in his own matter, in this order, when the catalogue names several.
HIMSELF = (PartyRole.SUBJECT, PartyRole.BENEFICIARY, PartyRole.HOUSEHOLD_HEAD, PartyRole.GUARDIAN, PartyRole.CARER, PartyRole.PARTY_1)
HIMSELF_BY_SEX = {
    "male": (PartyRole.SPOUSE_1, PartyRole.ADOPTIVE_PARENT_1),
    "female": (PartyRole.SPOUSE_2, PartyRole.ADOPTIVE_PARENT_2, PartyRole.ADOPTIVE_PARENT_1),
}
PARENT_BY_SEX = {"female": (PartyRole.MOTHER, PartyRole.GUARDIAN), "male": (PartyRole.FATHER, PartyRole.GUARDIAN)}
PERSON_FIELDS = ("name", "birth", "sex", "personal_id", "old_id", "address", "phone", "phone_owner", "email")


@dataclass
class Known:
    """What earlier dossiers of this agency say about a person."""

    dossiers: int = 0
    phone: str = ""
    phone_owner: str = ""
    email: str = ""
    address: str = ""
    name: str = ""
    birth: str = ""
    sex: str = ""


def known_person(agency_id: int, personal_id: str) -> Known:
    """The person's latest data in this agency, and how many dossiers he has filed; exact number only."""
    if not personal_id:
        return Known()
    rows = list(Party.objects.filter(agency_id=agency_id, personal_id=personal_id).order_by("-id")[:50])
    if not rows:
        return Known()
    last = next((row for row in rows if row.phone), rows[0])
    return Known(
        dossiers=len({row.dossier_id for row in rows}),
        phone=last.phone,
        phone_owner=last.phone_owner,
        email=last.email,
        address=last.address or rows[0].address,
        name=rows[0].name,
        birth=rows[0].birth,
        sex=rows[0].sex,
    )


def with_people(dossiers: DossierQuerySet, *, filer_id: str, names: set[str]) -> Dossier | None:
    """The first of these dossiers with this filer and exactly these people; one with a second child is another matter. Two queries."""
    keys = {fold(name) for name in names}
    of_filer = dossiers.filter(parties__role=PartyRole.FILER, parties__personal_id=filer_id).prefetch_related("parties")
    return next((dossier for dossier in of_filer if keys == {party.name_key for party in dossier.parties.all()}), None)


def shown_date(iso: str) -> str:
    """A stored date as it is typed and read: "05/03/1985", "1985"."""
    return str(PartialDate.from_iso(iso)) if iso else ""


def values_of_dossier(dossier: Dossier) -> dict[str, str]:
    """The filer of an earlier dossier as page values, for "giữ người, thủ tục khác"."""
    filer = dossier.parties.filter(role=PartyRole.FILER).first()
    if filer is None:
        return {}
    values = {name: getattr(filer, name) for name in PERSON_FIELDS}
    values["birth"] = shown_date(filer.birth)
    values["no_id_reason"] = filer.no_id_reason
    if filer.phone_owner == PhoneOwner.NONE:
        values["no_phone"], values["phone_owner"] = "on", ""
    return {name: value for name, value in values.items() if value}
