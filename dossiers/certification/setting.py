"""The agency's choices, with the shipped ones behind them."""

from datetime import date

from dossiers.certification.catalogue import catalogue, rate_from
from dossiers.certification.fees import Rate, rates_on
from dossiers.certification.kinds import Book
from dossiers.models import CertificationSetting


def setting_of(agency_id: int) -> CertificationSetting:
    """The agency's row, or an unsaved one with the defaults."""
    return CertificationSetting.objects.filter(agency_id=agency_id).first() or CertificationSetting(agency_id=agency_id)


def symbol_of(setting: CertificationSetting, book: str) -> str:
    """The symbol of the book, the agency's own before the shipped one."""
    return setting.symbols.get(book) or catalogue().books[Book(book)].symbol


def volume_of(setting: CertificationSetting, book: str, year: int) -> int:
    """The volume that is being written; further volumes of a year carry the numbers on (NĐ 23/2015 Điều 13.2)."""
    return setting.volumes.get(f"{book}:{year}", 1)


def rates_of(setting: CertificationSetting, day: date) -> dict[str, Rate]:
    """The rates in force on the day, the agency's rows before the shipped ones."""
    return rates_on(day, catalogue().rates, [rate_from(row) for row in setting.rates])
