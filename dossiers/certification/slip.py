"""What a session puts on its appointment slip: papers, fees and book numbers, from its lines in the books."""

from collections.abc import Sequence

from dossiers.certification.catalogue import catalogue
from dossiers.models import CertificationEntry, DossierComponent, DossierFee, PaperState


def papers_of(entries: Sequence[CertificationEntry]) -> list[DossierComponent]:
    """The papers that stay at the desk, as lines of the slip; not saved, since the books hold them."""
    return [
        DossierComponent(name=f"{entry.paper_name} ({_wanted(entry)})"[:200], state=PaperState.SUBMITTED, copy_kind="original", originals=1)
        for entry in entries
    ]


def _wanted(entry: CertificationEntry) -> str:
    work = entry.get_work_display().lower()
    return f"chứng thực {entry.copies} {work}" if entry.book == "BS" else f"chứng thực {work}"


def fees_of(entries: Sequence[CertificationEntry]) -> list[DossierFee]:
    """The fees as lines of the slip; not saved."""
    free = catalogue().exemptions
    lines = [
        DossierFee(
            name=f"Phí chứng thực: {entry.paper_name}"[:300],
            amount=entry.fee,
            exempt_ground=free[entry.exempt_ground].name if entry.exempt_ground else "",
        )
        for entry in entries
    ]
    printing = sum(entry.print_cost for entry in entries)
    return [*lines, DossierFee(name="Chi phí in, chụp", amount=printing)] if printing else lines


def books_of(entries: Sequence[CertificationEntry]) -> tuple[str, str]:
    """Volumes and numbers: ("01/2026-SCT/BS", "12, 13"); several books are parted by semicolons."""
    numbers: dict[str, list[str]] = {}
    for entry in entries:
        numbers.setdefault(entry.volume_words, []).append(f"{entry.number:02d}")
    return "; ".join(numbers), "; ".join(", ".join(found) for found in numbers.values())
