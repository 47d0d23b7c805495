"""Certification fees: by page and copy with a cap per copy, or by case. Whole đồng; no clock, no database.

TT 226/2016/TT-BTC: a copy costs 2.000 for each of pages 1–2 and 1.000 for each page from the third,
at most 200.000 a copy; pages are those of the original. A case of signatures is one paper, however
many sign it; a contract is one deal, however many copies and parties.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

FIRST_PAGES = 2
FIRST, FURTHER = "copy_p12", "copy_p3"


class NoRate(ValueError):
    """No rate is in force on that day; the message is the sentence to show."""


@dataclass(frozen=True)
class Rate:
    """An amount in force from `valid_from` until `valid_to` (both days included; None: open)."""

    key: str
    amount: int
    cap: int | None
    valid_from: date
    valid_to: date | None
    source: str
    mark: str = ""
    name: str = ""

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Exemption:
    """A ground on which nothing is collected, for these kinds of work."""

    key: str
    name: str
    works: tuple[str, ...]
    article: str
    mark: str


@dataclass(frozen=True)
class Fee:
    """What one line costs: the full fee, what is collected, and where it comes from."""

    full: int
    collected: int
    source: str
    exemption: str = ""


def rates_on(day: date, *rows: Iterable[Rate]) -> dict[str, Rate]:
    """The rates of that day by key; a later iterable (an agency's own rows) goes before an earlier one.

    Within one iterable the row that began last wins, so that a reduction of some months stands
    above the rate that it reduces and falls away by itself.
    """
    found: dict[str, Rate] = {}
    for layer in rows:
        own: dict[str, Rate] = {}
        for rate in layer:
            if rate.in_force(day) and (rate.key not in own or rate.valid_from >= own[rate.key].valid_from):
                own[rate.key] = rate
        found |= own
    return found


def rate_on(day: date, key: str, *rows: Iterable[Rate]) -> Rate:
    """The rate of this key on that day; raises NoRate."""
    return _rate(rates_on(day, *rows), key)


def _rate(rates: Mapping[str, Rate], key: str) -> Rate:
    if key not in rates:
        raise NoRate("Chưa có mức thu phí chứng thực có hiệu lực vào ngày này.")
    return rates[key]


def one_copy(pages: int, rates: Mapping[str, Rate]) -> int:
    """The fee of one copy of an original of so many pages, cap included."""
    if pages < 1:
        raise ValueError("a copy has at least one page")
    first, further = _rate(rates, FIRST), _rate(rates, FURTHER)
    sum_of_pages = min(pages, FIRST_PAGES) * first.amount + max(pages - FIRST_PAGES, 0) * further.amount
    caps = [rate.cap for rate in (first, further) if rate.cap is not None]
    return min([sum_of_pages, *caps])


def fee_of(
    kind: str, rates: Mapping[str, Rate], *, work: str = "", pages: int = 1, copies: int = 1, exemption: Exemption | None = None
) -> Fee:
    """The fee of one line; `kind` is the catalogue's fee of the work: "copy", "signature", "contract", "amend".

    Raises NoRate, and ValueError for an exemption that this kind of work does not know.
    """
    if kind == "copy":
        if copies < 1:
            raise ValueError("at least one copy")
        full, source = one_copy(pages, rates) * copies, _rate(rates, FIRST).source
    else:
        rate = _rate(rates, kind)
        full, source = rate.amount, rate.source
    if exemption is None:
        return Fee(full, full, source)
    if work not in exemption.works:
        raise ValueError(f"{exemption.key} does not apply to {work}")
    return Fee(full, 0, f"{source}; {exemption.article}", exemption.key)
