"""The lines of a certification book in words: one row of cells for each column of the book's form. No database.

The page of the register and the printed book use the same cells, so they cannot tell different stories.
"""

from dataclasses import dataclass

from dossiers.certification.catalogue import BookForm, catalogue
from dossiers.certification.querysets import Counts
from dossiers.models import CertificationEntry
from onestop.reading.dates import short_date
from onestop.reading.money import group_thousands
from onestop.worktime.hours import LOCAL

NOT_SIGNED = "Chưa ký"
STRUCK = "Hủy"
FREE = "Miễn"


@dataclass(frozen=True)
class Row:
    """One number of a book. `struck`: voided, still legible. Money in đồng; `copies` and `fee` are 0 when struck.

    `cells` are (key of the column, text) in the order of the form.
    """

    number: int
    cells: tuple[tuple[str, str], ...]
    struck: bool
    signed: bool
    copies: int
    fee: int


def rows_of(entries: list[CertificationEntry], form: BookForm) -> list[Row]:
    """The rows in the order of the entries."""
    return [_row(entry, form) for entry in entries]


def _row(entry: CertificationEntry, form: BookForm) -> Row:
    live = entry.is_live
    return Row(
        number=entry.number,
        cells=tuple((column.key, _CELLS[column.key](entry)) for column in form.columns),
        struck=not live,
        signed=entry.signed_at is not None,
        copies=entry.copies if live else 0,
        fee=entry.fee if live else 0,
    )


def signer_words(entry: CertificationEntry) -> str:
    """Name, then the lines above it, as they stood on the day: "Lê Hoàng Phúc", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"."""
    if not entry.signing_block:
        return ""
    *lines, name = entry.signing_block.split("\n")
    return "\n".join((name, *lines))


def note_words(entry: CertificationEntry) -> str:
    """What the last column says; a struck-out number says why before everything else."""
    said = []
    if not entry.is_live:
        ground = catalogue().grounds.get(entry.refusal_ground)
        said.append(f"{STRUCK}: {entry.void_reason}" + (f" ({ground.article})" if ground and ground.article else ""))
    elif entry.signed_at is None:
        said.append(NOT_SIGNED)
    if entry.exempt_ground:
        exemption = catalogue().exemptions.get(entry.exempt_ground)
        said.append(f"{FREE} phí: {exemption.name if exemption else entry.exempt_ground}")
    if entry.off_site_place:
        hour = f"{entry.signed_at.astimezone(LOCAL):%H giờ %M}, " if entry.signed_at else ""
        said.append(f"Ngoài trụ sở: {hour}{entry.off_site_place}")
    if entry.interpreter:
        said.append(f"Phiên dịch: {entry.interpreter}")
    if entry.witnesses:
        said.append(f"Làm chứng: {entry.witnesses}")
    return "; ".join([*said, entry.note] if entry.note else said)


def say_counts(counts: Counts) -> str:
    """ "2 lượt · 3 số · 5 bản · 18.000 đồng", with the struck-out numbers when there are any."""
    said = f"{_n(counts.visits)} lượt · {_n(counts.numbers)} số · {_n(counts.copies)} bản · {_n(counts.fees)} đồng"
    return f"{said} · {_n(counts.voided)} số đã hủy" if counts.voided else said


def _n(number: int) -> str:
    return group_thousands(number)


def _date(entry: CertificationEntry) -> str:
    return short_date(entry.signed_at or entry.entered_at)


def _person(entry: CertificationEntry) -> str:
    return "\n".join(text for text in (entry.applicant_name, entry.identity, entry.others) if text)


def _languages(entry: CertificationEntry) -> str:
    return f"{entry.language_from} sang {entry.language_to}" if entry.language_from else ""


def _fee(entry: CertificationEntry) -> str:
    return FREE if entry.exempt_ground and not entry.fee else group_thousands(entry.fee)


_CELLS = {
    "number": lambda entry: f"{entry.number:02d}",
    "date": _date,
    "applicant": lambda entry: entry.applicant_name,
    "person": _person,
    "paper": lambda entry: entry.paper_name,
    "languages": _languages,
    "signer": signer_words,
    "copies": lambda entry: group_thousands(entry.copies),
    "fee": _fee,
    "note": note_words,
}
