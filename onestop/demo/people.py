"""Invented people: plausible in name, age and address, plainly invented in every number.

- Identity numbers are well-formed for year and sex but begin with 000, which no province has, so that no number
  here can belong to anybody; our rules accept them with only the hint of an unknown province.
- Telephone numbers are 0900 000 xxx, so several people share one, as at a real desk.
- The two communes do not exist; their people are mixed as in the Mekong delta and in the northern mountains.

The same seed and day give the same people. Names come from names.json beside this file.
"""
import json
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, Self

from onestop.reading.dates import PartialDate

INVENTED_PROVINCE = "000"
NAMES_FILE = Path(__file__).with_name("names.json")


@dataclass(frozen=True)
class Person:
    """`sex` is "male" or "female"; `phone` is "" for those who have none; `people` is the ethnic group (dân tộc)."""

    name: str
    sex: str
    birth: PartialDate
    personal_id: str
    phone: str
    address: str
    people: str

    def card_text(self, *, issued: date) -> str:
        """What the QR on this person's card would hold (layout of cards issued since 01/07/2024)."""
        day, month = self.birth.day or 0, self.birth.month or 0
        sex = "Nữ" if self.sex == "female" else "Nam"
        born = f"{day:02}{month:02}{self.birth.year:04}"
        return f"{self.personal_id}||{self.name}|{born}|{sex}|{self.address}|{issued:%d%m%Y}||||"


@dataclass(frozen=True)
class Commune:
    """An invented commune: its hamlets and how many of a hundred people belong to each people."""

    name: str
    hamlets: tuple[str, ...]
    peoples: tuple[tuple[str, int], ...]


TRA_KHA = Commune(
    name="Xã Trà Kha",
    hamlets=("Ấp Chợ", "Ấp Giồng Lớn", "Ấp Sóc Mới", "Ấp Rạch Sen", "Ấp Cây Da", "Ấp Bờ Kè", "Ấp Trà Sen", "Ấp Kênh Mới"),
    peoples=(("Kinh", 58), ("Khmer", 34), ("Hoa", 8)),
)
NA_SEN = Commune(
    name="Xã Nà Sen",
    hamlets=("Thôn Nà Lọng", "Thôn Bản Mới", "Thôn Khuổi Sen", "Thôn Đồng Chè", "Thôn Pò Hoa", "Thôn Suối Cạn"),
    peoples=(("Tày", 38), ("Kinh", 30), ("Nùng", 20), ("Dao", 6), ("Mường", 4), ("Ê Đê", 2)),
)
COMMUNES = (TRA_KHA, NA_SEN)


@dataclass(frozen=True)
class _Weighted:
    """A list to draw from; drawing costs one random number and one bisection."""

    values: tuple[str, ...]
    sums: tuple[float, ...]

    @classmethod
    def of(cls, weights: dict[str, float]) -> Self:
        return cls(tuple(weights), tuple(accumulate(weights.values())))

    def draw(self, rng: Random) -> str:
        return self.values[bisect(self.sums, rng.random() * self.sums[-1], 0, len(self.sums) - 1)]


@dataclass(frozen=True)
class _Names:
    """The names of one people and sex."""

    family: _Weighted
    middle: _Weighted
    given: _Weighted
    # Families whose bearers take no middle name (Néang Sa Rơm).
    no_middle: frozenset[str]
    family_last: bool

    def draw(self, rng: Random, family: str) -> str:
        family = family or self.family.draw(rng)
        given = self.given.draw(rng)
        if self.family_last:
            return f"{given} {family}"
        middle = "" if family in self.no_middle else self.middle.draw(rng)
        # "Trần Anh Anh" is nobody's name.
        return f"{family} {middle} {given}" if middle and middle != given else f"{family} {given}"


def _load_names() -> tuple[dict[tuple[str, str], _Names], dict[str, tuple[str, ...]]]:
    lists: dict[str, Any] = json.loads(NAMES_FILE.read_text(encoding="utf-8"))
    names = {}
    for people, of_people in lists["peoples"].items():
        only = of_people.get("family_only", {})
        for sex, other_sex in (("male", "female"), ("female", "male")):
            families = {family: weight for family, weight in of_people["family"].items() if family not in only.get(other_sex, ())}
            names[people, sex] = _Names(
                family=_Weighted.of(families),
                middle=_Weighted.of(of_people[sex]["middle"]),
                given=_Weighted.of(of_people[sex]["given"]),
                no_middle=frozenset(of_people.get("no_middle", ())),
                family_last=of_people.get("family_last", False),
            )
    return names, {sex: tuple(unusual) for sex, unusual in lists["unusual"].items()}


_NAMES, _UNUSUAL = _load_names()


@dataclass
class InventedPeople:
    """A source of people; `InventedPeople(Random(1), today=...)`. Numbers are unique for the first million drawn."""

    rng: Random
    today: date
    communes: Sequence[Commune] = COMMUNES
    drawn: int = 0
    _mixes: dict[str, _Weighted] = field(default_factory=dict, init=False, repr=False)

    def person(
        self, *, commune: Commune | None = None, sex: str = "", min_age: int = 0, max_age: int = 95, people: str = "", family: str = ""
    ) -> Person:
        """One person between the two ages (full years). `family` gives a child its parent's family name.

        One in a hundred has an unusual name (one word more than usual, apostrophe, seven syllables), one in five
        of those over seventy knows only the year of birth, one in ten has no telephone.
        """
        rng = self.rng
        commune = commune or rng.choice(self.communes)
        people = people or self._mix(commune).draw(rng)
        sex = sex or ("female" if rng.random() < 0.5 else "male")
        birth = self._birth(min_age, max_age)
        serial = self.drawn
        self.drawn += 1
        return Person(
            name=rng.choice(_UNUSUAL[sex]) if not family and rng.random() < 0.01 else _NAMES[people, sex].draw(rng, family),
            sex=sex,
            birth=birth,
            personal_id=invented_id(birth.year, sex, serial),
            phone="" if rng.random() < 0.1 else invented_phone(serial // 3),
            address=f"{rng.choice(commune.hamlets)}, {commune.name[0].lower()}{commune.name[1:]}",
            people=people,
        )

    def many(self, count: int, *, commune: Commune | None = None, min_age: int = 18, max_age: int = 95) -> list[Person]:
        return [self.person(commune=commune, min_age=min_age, max_age=max_age) for _ in range(count)]

    def _mix(self, commune: Commune) -> _Weighted:
        if commune.name not in self._mixes:
            self._mixes[commune.name] = _Weighted.of({people: float(share) for people, share in commune.peoples})
        return self._mixes[commune.name]

    def _birth(self, min_age: int, max_age: int) -> PartialDate:
        # 365 days a year keep the youngest old enough but for a leap day or two, so those are added.
        youngest = self.today - timedelta(days=min_age * 365 + (min_age + 3) // 4)
        oldest = self.today - timedelta(days=max(max_age * 365, min_age * 365 + (min_age + 3) // 4))
        day = oldest + timedelta(days=int(self.rng.random() * ((youngest - oldest).days + 1)))
        if self.today.year - day.year > 70 and self.rng.random() < 0.2:
            return PartialDate(day.year)
        return PartialDate(day.year, day.month, day.day)


def invented_id(birth_year: int, sex: str, serial: int) -> str:
    """Twelve digits that agree with year and sex and begin with a province that does not exist."""
    century_and_sex = 2 * ((birth_year - 1900) // 100) + (sex == "female")
    return f"{INVENTED_PROVINCE}{century_and_sex}{birth_year % 100:02}{serial % 1_000_000:06}"


def invented_phone(serial: int) -> str:
    """A number of the form 0900 000 xxx."""
    return f"0900000{serial % 1000:03}"
