"""What the demonstration's citizens come for: procedures of the real catalogue with their people, papers and fees."""
from bisect import bisect
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from dossiers.checklist import components_of, fees_of
from dossiers.forms.intake import PER_MATTER, taken_state
from dossiers.intake import FeeLine, Intake, PaperLine, PartyLine
from dossiers.models import Basis, Channel, Delivery, PartyRole, PhoneOwner
from dossiers.persons import ELSEWHERE, HIMSELF
from onestop.demo.people import Commune, InventedPeople, Person
from procedures.models import Component, Fee, ProcedureCase, ProcedureVersion

# How often a procedure comes up, by the catalogue's own word; those without a short code are rare.
WEIGHTS = {"very_high": 30.0, "high": 8.0, "medium": 2.0, "seasonal": 1.0, "low": 0.4}
UNNAMED_WEIGHT = 0.05
FIRST_CASE_WEIGHT = 4
# Full years of whoever files, where the matter says something about it.
AGES = {"ks": (19, 42), "kh": (20, 38), "hn": (20, 45), "ht": (75, 95), "ksn": (19, 42)}
ADULT = (20, 82)
RETURNS_OF_A_HUNDRED = 35
SPOUSES: dict[str, str] = {PartyRole.SPOUSE_1: "male", PartyRole.SPOUSE_2: "female"}
EXEMPT_GROUNDS = ("Hộ nghèo", "Người khuyết tật", "Trẻ em", "Người cao tuổi")


@dataclass(frozen=True)
class Matter:
    """A procedure and the way it goes."""

    version: ProcedureVersion
    case: ProcedureCase

    @property
    def takes_days(self) -> bool:
        """Whether it goes through the specialist; the rest is settled while the citizen waits."""
        return self.version.workflow != "desk_immediate"


class Catalogue:
    """The receivable procedures, the everyday ones drawn most often. Each is in force from `since` on."""

    def __init__(self, since: date) -> None:
        # Certification has a lane of its own (certifying.py).
        receivable = ProcedureVersion.objects.receivable(since).exclude(procedure__lane="certification")
        versions = receivable.select_related("procedure").prefetch_related("limits", "cases")
        self.matters: list[Matter] = []
        weights: list[float] = []
        for version in versions.order_by("procedure__code"):
            procedure = version.procedure
            weight = WEIGHTS.get(procedure.frequency, 1.0) if procedure.short_code else UNNAMED_WEIGHT
            cases = [case for case in version.cases.all() if not case.off_site]
            shares = [FIRST_CASE_WEIGHT] + [1] * (len(cases) - 1)
            for case, share in zip(cases, shares, strict=False):
                self.matters.append(Matter(version, case))
                weights.append(weight * share / sum(shares))
        self._sums = tuple(accumulate(weights))
        self._papers: dict[int, list[Component]] = {}
        self._fees: dict[tuple[int, date], list[Fee]] = {}

    def draw(self, rng: Random) -> Matter:
        return self.matters[bisect(self._sums, rng.random() * self._sums[-1], 0, len(self.matters) - 1)]

    def papers(self, case: ProcedureCase) -> list[Component]:
        if case.pk not in self._papers:
            self._papers[case.pk] = components_of(case)
        return self._papers[case.pk]

    def fees(self, case: ProcedureCase, day: date) -> list[Fee]:
        if (case.pk, day) not in self._fees:
            self._fees[case.pk, day] = fees_of(case, day)
        return self._fees[case.pk, day]


@dataclass
class Residents:
    """The citizens of one commune; some come several times."""

    commune: Commune
    invented: InventedPeople
    known: list[Person] = field(default_factory=list)

    def somebody(self, rng: Random, ages: tuple[int, int]) -> Person:
        """Somebody of that age, full years on the day of the demonstration: now and then one who was here before."""
        if self.known and rng.randrange(100) < RETURNS_OF_A_HUNDRED:
            old_enough = [person for person in self.known if ages[0] <= self.invented.today.year - person.birth.year - 1 < ages[1]]
            if old_enough:
                return rng.choice(old_enough)
        person = self.invented.person(commune=self.commune, min_age=ages[0], max_age=ages[1])
        self.known.append(person)
        return person

    def relative(self, *, sex: str = "", ages: tuple[int, int] = (0, 95), family: str = "", people: str = "") -> Person:
        """Somebody who only appears in another's matter."""
        return self.invented.person(commune=self.commune, sex=sex, min_age=ages[0], max_age=ages[1], family=family, people=people)


def compose(matter: Matter, channel: str, at: datetime, *, residents: Residents, catalogue: Catalogue, rng: Random) -> Intake:
    """A complete intake of this matter, filed at the moment `at`."""
    ages = AGES.get(matter.version.procedure.short_code or "", ADULT)
    filer = residents.somebody(rng, ages)
    basis = _basis(matter, rng)
    delivery, address = _delivery(filer, rng)
    external = ()
    if channel == Channel.ONLINE:
        external = (("Cổng Dịch vụ công quốc gia", f"000.00.00.H99-{at:%y%m%d}-{rng.randrange(10_000):04}"),)
    fees = catalogue.fees(matter.case, at.date())
    return Intake(
        submission_key=key(rng),
        version=matter.version,
        case=matter.case,
        parties=tuple(_parties(matter, filer, basis, residents, rng)),
        papers=tuple(_papers(catalogue.papers(matter.case), rng)),
        fees=tuple(_fees([fee for fee in fees if not fee.channels or channel in fee.channels], rng)),
        channel=channel,
        delivery=delivery,
        delivery_address=address,
        slip_language="vi+km" if filer.people == "Khmer" and rng.random() < 0.3 else "vi",
        external_codes=external,
    )


def key(rng: Random) -> UUID:
    """A submission key that the seed decides."""
    return UUID(int=rng.getrandbits(128), version=4)


def party(role: str, person: Person, **more: str) -> PartyLine:
    """A person with everything a card shows."""
    return PartyLine(role=role, name=person.name, birth=person.birth.iso, sex=person.sex, personal_id=person.personal_id, **more)


def filer_line(person: Person, basis: str, **more: str) -> PartyLine:
    owner = PhoneOwner.OWN if person.phone else PhoneOwner.NONE
    return party(PartyRole.FILER, person, basis=basis, address=person.address, phone=person.phone, phone_owner=owner, **more)


def _basis(matter: Matter, rng: Random) -> str:
    allowed = matter.case.basis_allowed or [Basis.SELF]
    return allowed[0] if rng.random() < 0.7 else rng.choice(allowed)


def _parties(matter: Matter, filer: Person, basis: str, residents: Residents, rng: Random) -> list[PartyLine]:
    more: dict[str, str] = {}
    lines: list[PartyLine] = []
    if basis == Basis.AUTHORISED:
        owner = residents.relative(ages=ADULT)
        more["authorisation"] = f"Giấy ủy quyền số {rng.randrange(1, 90)}/2026, chứng thực tại {residents.commune.name}"
        lines.append(PartyLine(role=PartyRole.OWNER, name=owner.name, personal_id=owner.personal_id))
    elif basis == Basis.ORGANISATION:
        more["tax_code"] = f"00{rng.randrange(10**8):08}"
        lines.append(PartyLine(role=PartyRole.OWNER, name=f"Hợp tác xã Minh Họa {rng.randrange(1, 40)}"))
    elif basis == Basis.FAMILY:
        more["relation"] = rng.choice(("Con", "Vợ", "Chồng", "Cháu", "Em"))
    wanted = [
        (item["role"], bool(item.get("required")))
        for item in matter.case.subjects
        if item["role"] in PartyRole.values and item["role"] not in ELSEWHERE
    ]
    roles = [role for role, required in wanted if required or rng.random() < 0.6]
    return [filer_line(filer, basis, **more), *lines, *_subjects(roles, filer, basis, residents, rng)]


def _subjects(roles: list[str], filer: Person, basis: str, residents: Residents, rng: Random) -> list[PartyLine]:
    lines = []
    own_role = {"female": PartyRole.MOTHER, "male": PartyRole.FATHER}[filer.sex] if basis == Basis.PARENT else ""
    parent_ages = (19, 45)
    family = filer.name.split()[0]
    if PartyRole.FATHER in roles and own_role != PartyRole.FATHER:
        father = residents.relative(sex="male", ages=parent_ages)
        family = father.name.split()[0]
        lines.append(party(PartyRole.FATHER, father))
    for role in roles:
        if role == own_role:
            lines.append(party(role, filer))
        elif role == PartyRole.CHILD:
            child = residents.relative(ages=(0, 0), family=family, people=filer.people)
            lines.append(PartyLine(role=role, name=child.name, birth=_lately(child, residents, rng), sex=child.sex))
        elif role == PartyRole.MOTHER:
            lines.append(party(role, residents.relative(sex="female", ages=parent_ages)))
        elif role in SPOUSES:
            himself = basis == Basis.SELF and SPOUSES[role] == filer.sex
            lines.append(party(role, filer if himself else residents.relative(sex=SPOUSES[role], ages=(20, 40))))
        elif role == PartyRole.DECEASED:
            lines.append(party(role, residents.relative(ages=(55, 95))))
        else:
            himself = basis == Basis.SELF and role in HIMSELF and filer.name not in {line.name for line in lines}
            lines.append(party(role, filer if himself else residents.relative(ages=ADULT)))
    return lines


def _lately(child: Person, residents: Residents, rng: Random) -> str:
    """A birth in the two months before the demonstration began."""
    return (residents.invented.today - timedelta(days=rng.randrange(3, 55))).isoformat()


def _papers(components: list[Component], rng: Random) -> list[PaperLine]:
    lines: list[PaperLine] = []
    chosen: set[str] = set()
    for line in components:
        if line.kind == Component.Kind.ONE_OF:
            if line.group_key in chosen:
                continue
            chosen.add(line.group_key)
        elif (not line.required or line.condition) and rng.random() < 0.85:
            continue
        state = "submitted" if line.kind == Component.Kind.ONE_OF else taken_state(line)
        lines.append(PaperLine(line.short_name, state, line, line.copy_kind, line.originals, line.copies))
    return lines


def _fees(fees: list[Fee], rng: Random) -> list[FeeLine]:
    exempt = rng.choice(EXEMPT_GROUNDS) if rng.random() < 0.06 else ""
    lines = []
    for number, fee in enumerate(fees):
        amount = fee.amount
        if amount and fee.per not in PER_MATTER:
            if number:
                continue
            amount = min(amount * rng.randrange(1, 9), fee.cap or 10**9)
        paid_by = "" if exempt or not amount else rng.choice(("cash", "cash", "transfer"))
        lines.append(FeeLine(fee.name, amount, fee, exempt if amount else "", paid_by))
    return lines


def _delivery(filer: Person, rng: Random) -> tuple[str, str]:
    chance = rng.random()
    if chance < 0.08:
        return Delivery.POST, f"{filer.name}, {filer.address}, {filer.phone or 'không có điện thoại'}"
    return (Delivery.ELECTRONIC if chance < 0.12 else Delivery.DESK), ""
