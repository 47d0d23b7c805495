"""The register (Sổ theo dõi hồ sơ, Mẫu 07) as it is read, printed and given out as a sheet.

Columns after domain §1.9; numbers run per agency and year without a gap, a voided dossier's line stays and
says so. Certification keeps books of its own. Who works for the province reads it without personal data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from dossiers.certification.books import Period
from dossiers.models import Appointment, Party, RegisterEntry, ReturnOfResult
from dossiers.statuses import Status
from onestop.reading.dates import short_date
from onestop.reading.names import mask_name
from procedures.catalogue import procedure_names


@dataclass(frozen=True)
class Column:
    """One column of the form: its heading, and its width on A4 landscape in millimetres."""

    heading: str
    width: float


COLUMNS = (
    Column("STT", 9),
    Column("Mã hồ sơ", 29),
    Column("Tên thủ tục hành chính", 33),
    Column("Số lượng hồ sơ (bộ)", 13),
    Column("Tên cá nhân, tổ chức", 28),
    Column("Địa chỉ, số điện thoại", 30),
    Column("Cơ quan chủ trì giải quyết", 20),
    Column("Nhận hồ sơ", 16),
    Column("Hẹn trả kết quả", 16),
    Column("Trả kết quả", 16),
    Column("Phương thức nhận kết quả", 16),
    Column("Ký nhận", 19),
    Column("Ghi chú", 16),
)


@dataclass(frozen=True)
class RegisterLine:
    """One line, its cells in the order of COLUMNS; `struck`: the dossier was voided."""

    number: int
    code: str
    cells: tuple[str, ...]
    struck: bool
    returned: bool
    late: bool


@dataclass(frozen=True)
class Sums:
    """Totals of some lines; voided ones count only in `struck`."""

    received: int = 0
    returned: int = 0
    late: int = 0
    struck: int = 0

    def plus(self, lines: Iterable[RegisterLine]) -> "Sums":
        lines = list(lines)
        valid = [line for line in lines if not line.struck]
        return Sums(
            self.received + len(valid),
            self.returned + sum(line.returned for line in valid),
            self.late + sum(line.late for line in valid),
            self.struck + len(lines) - len(valid),
        )

    def __str__(self) -> str:
        said = f"{self.received} hồ sơ nhận; {self.returned} đã trả; {self.late} quá hạn"
        return f"{said}; {self.struck} dòng đã hủy" if self.struck else said


def entries_of(agency_id: int, period: Period) -> QuerySet[RegisterEntry]:
    """The register's rows of a month or year, in order of number."""
    entries = RegisterEntry.objects.filter(agency_id=agency_id, book_no=str(period.year)).order_by("entry_no")
    return entries if period.month is None else entries.filter(entered_at__gte=period.start, entered_at__lt=period.end)


def lines_of(entries: QuerySet[RegisterEntry], *, sees_names: bool = True) -> list[RegisterLine]:
    """The lines of these rows; four queries whatever their number, besides the names of the procedures."""
    names = procedure_names()
    rows = entries.select_related("dossier__competent_agency").prefetch_related(
        Prefetch("dossier__parties", Party.objects.filter(role__in=("filer", "owner")), to_attr="people"),
        Prefetch("dossier__appointments", Appointment.objects.order_by("seq"), to_attr="promises"),
        Prefetch("dossier__returns", ReturnOfResult.objects.order_by("id"), to_attr="given"),
    )
    named = {pk: label or name for pk, (_, label, name) in names.items()}
    return [_line(row, named[row.dossier.procedure_id], sees_names) for row in rows]


def _line(entry: RegisterEntry, procedure: str, sees_names: bool) -> RegisterLine:
    dossier = entry.dossier
    filer = next(person for person in dossier.people if person.role == "filer")
    owners = [person.name for person in dossier.people if person.role == "owner"] or [filer.name]
    promises = [_day(row.due_at) for row in dossier.promises]
    given = dossier.given[-1] if dossier.given and dossier.returned_at else None
    note = []
    if dossier.voided_at:
        note.append(f"Đã hủy: {dossier.void_reason}" if sees_names else "Đã hủy")
    if dossier.status == Status.STOPPED:
        note.append("Dừng giải quyết")
    if dossier.overdue_since:
        note.append("Quá hạn")
    if filer.name not in owners and sees_names:
        note.append(f"Người nộp: {filer.name}")
    cells = (
        str(entry.entry_no),
        dossier.code,
        procedure,
        f"{dossier.set_count:02d}",
        "\n".join(name if sees_names else mask_name(name) for name in owners),
        "\n".join(filter(None, (filer.address, filer.phone))) if sees_names else "",
        dossier.competent_agency.name,
        _day(dossier.received_at),
        # The first promise stands; later ones under it.
        "\n".join(dict.fromkeys(promises)),
        _day(dossier.returned_at),
        dossier.get_delivery_display(),
        "" if given is None else (given.name if sees_names else mask_name(given.name)),
        "; ".join(note),
    )
    return RegisterLine(
        entry.entry_no,
        dossier.code,
        cells,
        dossier.voided_at is not None,
        dossier.returned_at is not None,
        dossier.overdue_since is not None,
    )


def _day(moment: datetime | None) -> str:
    return short_date(moment) if moment else ""


def gaps(numbers: Sequence[int]) -> list[int]:
    """Numbers missing between the first and the last; a register that is right has none."""
    return sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers)) if numbers else []
