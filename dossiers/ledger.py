"""The promise ledger as it is read: every promised date, the waiting between them, and the working behind each date.

The rows are those of the tables (appointments_of, happenings.steps_of); what is made of them is finished text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from dossiers.happenings import Step
from dossiers.models import Appointment, AppointmentKind, ConsentKind, Dossier, ExtensionKind, PauseKind
from dossiers.statuses import OPEN
from dossiers.timeliness import LOCAL, Tag, against_first
from onestop.reading.dates import say_date, say_moment, short_moment
from onestop.reading.money import show_money
from onestop.worktime.calendar import WorkingCalendar
from onestop.worktime.explain import explain

SYSTEM = "Hệ thống"
# Which lawful date a dossier has now, by the appointment that made it.
BY_WHICH = {
    AppointmentKind.FIRST: "theo hẹn đầu",
    AppointmentKind.PAUSE: "theo hạn tính lại sau khi tạm dừng",
    AppointmentKind.EXTENSION: "theo hạn đã gia hạn",
    AppointmentKind.CALENDAR_CHANGE: "theo hạn dời vì lịch nghỉ thay đổi",
    AppointmentKind.RECLASSIFIED: "theo hạn của thủ tục đã chuyển sang",
}


class Row(NamedTuple):
    """A row of the ledger, with the extension or the letter that made it."""

    seq: int
    kind: str
    due_at: datetime
    reason: str
    limit_words: str
    rule_version: str
    calendar_version: str
    unconfirmed: bool
    trace: list[dict[str, Any]]
    made_at: datetime
    made_by: str | None
    extension: str | None
    extra: int | None
    ground: str | None
    decided_by: str | None
    letter_number: int | None
    letter_symbol: str | None


def appointments_of(dossier: Dossier) -> list[Row]:
    """All promises to the citizen, the first one first. One query."""
    rows = Appointment.objects.filter(dossier=dossier).order_by("seq")
    return [
        Row(*row)
        for row in rows.values_list(
            "seq",
            "kind",
            "due_at",
            "reason",
            "limit_words",
            "rule_version",
            "calendar_version",
            "unconfirmed_year",
            "trace",
            "made_at",
            "made_by__full_name",
            "extension__kind",
            "extension__extra_value",
            "extension__ground",
            "extension__decided_by__full_name",
            "apology__number",
            "apology__symbol",
        )
    ]


@dataclass(frozen=True)
class Entry:
    """One line of the ledger. `kind`: promise, pause or consent; `rows` are (day, hours, counted, why, total) of the working."""

    kind: str
    title: str
    moment: str
    made: str
    notes: tuple[str, ...] = ()
    working: tuple[str, ...] = ()
    rows: tuple[tuple[str, str, str, str, str], ...] = ()
    is_now: bool = False


@dataclass(frozen=True)
class Ledger:
    """The ledger of one dossier. `lateness` is "" while the lawful date is the first one; `promised`: the date of an
    apology, where that is what the citizen was told last."""

    entries: tuple[Entry, ...]
    lateness: str
    promised: str
    waiting: str
    working: tuple[str, ...]
    unconfirmed: bool
    tags: tuple[Tag, ...]


def ledger_of(
    dossier: Dossier,
    rows: Sequence[Row],
    pauses: Sequence[Step],
    consents: Sequence[Step],
    *,
    sees: bool,
    now: datetime,
    calendar: WorkingCalendar,
) -> Ledger:
    """The ledger for the dossier's page. Without `sees` free text (reasons, grounds, causes) is left out."""
    agreed = {step.flag: step for step in consents if step.flag}
    waited = next((step for step in reversed(pauses) if step.until is None), None)
    # Within one moment: the receipt, a consent, the pause that needed it, the date that came of it.
    placed = [(row.made_at, 3 if row.seq > 1 else 0, row.seq, _promise(row, rows, sees=sees)) for row in rows]
    placed += [(step.at, 1, step.seq, _unused(step, sees=sees)) for step in consents if not step.flag]
    placed += [(step.at, 2, step.seq, _pause(step, rows, agreed.get(str(step.seq)), sees=sees)) for step in pauses]
    lawful = lawful_row(rows)
    last = rows[-1] if rows else None
    return Ledger(
        entries=tuple(entry for *_, entry in sorted(placed, key=lambda each: each[:3])),
        lateness=_lateness(dossier, rows, lawful, now=now, calendar=calendar),
        promised=say_moment(last.due_at) if last and last.kind == AppointmentKind.APOLOGY and dossier.status in OPEN else "",
        waiting=_waiting(waited) if waited and dossier.voided_at is None else "",
        working=tuple(explain(lawful.trace, announced=calendar.confirmed)) if lawful else (),
        unconfirmed=lawful is not None and lawful.unconfirmed and not calendar.confirmed(lawful.due_at.astimezone(LOCAL).year),
        tags=_tags(dossier, lawful, now),
    )


def lawful_row(rows: Sequence[Row]) -> Row | None:
    """The row that made the lawful date: the latest that is no apology."""
    return next((row for row in reversed(rows) if row.kind != AppointmentKind.APOLOGY), None)


def _tags(dossier: Dossier, lawful: Row | None, now: datetime) -> tuple[Tag, ...]:
    extended = lawful is not None and lawful.kind == AppointmentKind.EXTENSION
    if not extended or dossier.due_at is None or dossier.status not in OPEN or dossier.voided_at is not None or now > dossier.due_at:
        return ()
    return (Tag(f"Đã gia hạn đến {dossier.due_at.astimezone(LOCAL):%d/%m}", "purple"),)


def _lateness(dossier: Dossier, rows: Sequence[Row], lawful: Row | None, *, now: datetime, calendar: WorkingCalendar) -> str:
    if lawful is None or rows[0].due_at == dossier.due_at or dossier.voided_at is not None:
        return ""
    # The right procedure may have made the lawful date an earlier one, which nobody was promised.
    moved = dossier.due_at is not None and dossier.due_at != lawful.due_at
    which = BY_WHICH[AppointmentKind.RECLASSIFIED if moved else AppointmentKind(lawful.kind)]
    return against_first(rows[0].due_at, dossier.due_at, which, finished_at=dossier.finished_at, now=now, calendar=calendar)


def _waiting(step: Step) -> str:
    return f"{PauseKind(step.more).label}, từ {say_moment(step.at)}"


def _promise(row: Row, rows: Sequence[Row], *, sees: bool) -> Entry:
    notes = [f"Thời hạn: {row.limit_words}"]
    if row.reason and not row.extension and (sees or row.kind in {AppointmentKind.PAUSE, AppointmentKind.CALENDAR_CHANGE}):
        notes.append(f"Lý do: {row.reason}")
    if row.extension:
        ground = f", căn cứ {row.ground}" if sees else ""
        unit = row.limit_words.partition(" ")[2]
        notes.append(f"{ExtensionKind(row.extension).label}: thêm {row.extra} {unit}{ground}, {row.decided_by}")
    if row.letter_number:
        notes.append(f"Văn bản xin lỗi số {row.letter_number:02d}/{row.letter_symbol}")
    notes.append(f"Lịch {row.calendar_version}, quy tắc {row.rule_version}")
    if row.unconfirmed:
        notes.append("Qua năm chưa có lịch nghỉ chính thức")
    return Entry(
        kind="promise",
        title=f"Lần {row.seq}: {AppointmentKind(row.kind).label.lower()}",
        moment=say_moment(row.due_at),
        made=f"Lập {short_moment(row.made_at)}, {row.made_by or SYSTEM}",
        notes=tuple(notes),
        working=tuple(explain(row.trace)),
        rows=tuple(table_of(row.trace)),
        is_now=row.seq == rows[-1].seq,
    )


def _pause(step: Step, rows: Sequence[Row], consent: Step | None, *, sees: bool) -> Entry:
    late, restarts, answer_by, amount = step.flag.split("\n")
    reason, _, ground = step.words.partition("\n")
    notes = [f"Lý do: {reason}"] if sees else []
    if ground and sees:
        notes.append(f"Căn cứ: {ground}")
    if amount:
        notes.append(f"Số tiền: {show_money(int(amount))}")
    if answer_by:
        notes.append(f"Hạn trả lời: {say_date(date.fromisoformat(answer_by))}")
    if late == "1":
        notes.append("Bắt đầu khi đã quá hạn: không đổi hạn, không xóa được việc quá hạn")
    elif restarts == "1":
        notes.append("Thời hạn tính lại từ đầu")
    elif used := _used_before(step, rows):
        notes.append(used)
    if consent is not None:
        notes.append(_agreed(consent, sees=sees))
    ended = f", đến {short_moment(step.until)} ({step.whom})" if step.until else ", chưa kết thúc"
    title = f"Tạm dừng lần {step.seq}: {PauseKind(step.more).label.lower()}"
    return Entry("pause", title, "", f"Từ {short_moment(step.at)} ({step.who}){ended}", tuple(notes), is_now=not step.until)


def _used_before(step: Step, rows: Sequence[Row]) -> str:
    """How much of the limit was used when the pause began, by the working of the date that held then."""
    row = next((row for row in reversed(rows) if row.made_at <= step.at and row.trace), None)
    used = used_at(row.trace, step.at) if row else None
    return f"Đã dùng {_number(used)} trong {row.limit_words}" if row and used is not None else ""


def used_at(trace: Iterable[dict[str, Any]], moment: datetime) -> float | None:
    """What the trace has counted up to this moment, in the unit of its limit; the day of the moment counts as used.

    None for a limit that is not counted (returned on the same day).
    """
    local = moment.astimezone(LOCAL)
    day, clock = local.date().isoformat(), f"{local:%H:%M:%S}"
    used: float = 0
    counts = False
    for row in trace:
        counts = counts or bool(row["counted"])
        if row["date"] > day or (row["date"] == day and row["from"] and row["from"] > clock):
            break
        if row["date"] == day and row["counted"] and row["to"] and row["to"] > clock:
            return used + _hours(row["from"] or "00:00", clock)
        used = row["total"]
    return used if counts else None


def _hours(start: str, end: str) -> float:
    first, last = (sum(int(part) / 60**place for place, part in enumerate(text.split(":"))) for text in (start, end))
    return round(last - first, 2)


def _agreed(consent: Step, *, sees: bool) -> str:
    cause = f": {consent.words}" if sees else ""
    return f"Lãnh đạo đồng ý {ConsentKind(consent.more).label.lower()}, {consent.who}, {short_moment(consent.at)}{cause}"


def _unused(consent: Step, *, sees: bool) -> Entry:
    return Entry("consent", "Lãnh đạo đồng ý, chưa dùng", "", _agreed(consent, sees=sees))


def table_of(trace: Iterable[dict[str, Any]]) -> Iterable[tuple[str, str, str, str, str]]:
    """The trace as a table: (day, hours, whether it counts, why, running total)."""
    for row in trace:
        hours = f"{row['from'] or ''}–{row['to'] or ''}" if row["from"] or row["to"] else ""
        day = say_date(date.fromisoformat(row["date"]))
        yield day[:1].upper() + day[1:], hours, "Tính" if row["counted"] else "Không", row["why"], _number(row["total"])


def _number(value: float | None) -> str:
    """3, or 1,5."""
    return f"{value:g}".replace(".", ",") if value is not None else ""
