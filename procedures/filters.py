"""What a visitor may ask of the public list: read from the address, always usable, whatever stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from procedures.catalogue import Row
from procedures.search import LONGEST, find

APPLICANTS = {"ca-nhan": "individual", "to-chuc": "organisation"}
CHANNELS = {"truc-tiep": "counter", "truc-tuyen": "online", "buu-chinh": "post"}


@dataclass(frozen=True)
class Wish:
    """The filters of the list; an unknown value counts as not given."""

    words: str = ""
    sector: str = ""
    applicant: str = ""
    channel: str = ""
    same_day: bool = False
    free: bool = False
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str], sectors: Mapping[str, str]) -> Wish:
        sector, applicant, channel = (query.get(key, "") for key in ("linh-vuc", "doi-tuong", "cach-nop"))
        page = query.get("trang", "")
        return cls(
            words="".join(sign for sign in query.get("tu-khoa", "")[: LONGEST + 1] if sign.isprintable() and sign != "\ufffd").strip(),
            sector=sector if sector in sectors else "",
            applicant=applicant if applicant in APPLICANTS else "",
            channel=channel if channel in CHANNELS else "",
            same_day=query.get("trong-ngay") == "1",
            free=query.get("khong-thu") == "1",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def narrows(self) -> bool:
        return any((self.sector, self.applicant, self.channel, self.same_day, self.free))

    def on_page(self, number: int) -> str:
        """The address of another page of the same list."""
        return f"?{replace(self, page=number).as_query()}"

    def as_query(self) -> str:
        pairs = {
            "tu-khoa": self.words,
            "linh-vuc": self.sector,
            "doi-tuong": self.applicant,
            "cach-nop": self.channel,
            "trong-ngay": "1" if self.same_day else "",
            "khong-thu": "1" if self.free else "",
            "trang": str(self.page),
        }
        return urlencode({key: value for key, value in pairs.items() if value})

    def of(self, rows: tuple[Row, ...]) -> list[Row]:
        """The rows that the visitor wants to see, best match first."""
        found = find(self.words, rows) if self.words else list(rows)
        return [row for row in found if self._wants(row)]

    def _wants(self, row: Row) -> bool:
        return (
            (not self.sector or row.sector_slug == self.sector)
            and (not self.applicant or APPLICANTS[self.applicant] in row.applicant_types)
            and (not self.channel or CHANNELS[self.channel] in row.channels)
            and (not self.same_day or row.same_day)
            and (not self.free or row.free)
        )
