"""What a session costs, before it is saved and when it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dossiers.certification.catalogue import catalogue
from dossiers.certification.fees import Fee, fee_of
from dossiers.certification.session import CertificationLine
from dossiers.certification.setting import rates_of
from dossiers.models import CertificationSetting


@dataclass(frozen=True)
class Quote:
    """The fee and the print cost of each line, in the order of the lines; whole đồng."""

    lines: tuple[Fee, ...]
    print_costs: tuple[int, ...]

    @property
    def fees(self) -> int:
        return sum(fee.collected for fee in self.lines)

    @property
    def print_cost(self) -> int:
        return sum(self.print_costs)

    @property
    def total(self) -> int:
        return self.fees + self.print_cost


def quote(lines: Sequence[CertificationLine], setting: CertificationSetting, day: date) -> Quote:
    """The sum of these lines on that day. Raises NoRate, and ValueError for lines that `requirements` refuses."""
    rates, known = rates_of(setting, day), catalogue()
    fees = tuple(
        fee_of(
            known.rules_of(line.work).fee,
            rates,
            work=line.work,
            pages=line.pages,
            copies=line.copies,
            exemption=known.exemptions[line.exempt] if line.exempt else None,
        )
        for line in lines
    )
    # NĐ 23/2015 Điều 15.3: the province sets the ceiling; without the agency's own figure nothing is charged.
    price = setting.print_cost_per_page or 0
    return Quote(fees, tuple(line.printed_pages * price for line in lines))
