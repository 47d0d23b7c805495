"""Questions to other agencies in finished words: for the list, the dossier's page and the page of one question."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from dossiers.desks import Desk
from dossiers.happenings import Step
from dossiers.models import Consultation, ConsultationKind, ConsultationReminder
from dossiers.overdue import say_days_late
from dossiers.statuses import OPEN
from onestop.reading.dates import say_date, say_moment, short_moment
from onestop.worktime.limits import TimeLimit, say_limit

AWAITED, ANSWERED, WITHDRAWN = ("Chờ trả lời", "teal"), ("Đã trả lời", "green"), ("Đã rút", "grey")
LATE = ("Chưa trả lời, quá hạn", "red")
ANSWERED_LATE = ("Trả lời quá hạn", "amber")


@dataclass(frozen=True)
class Shown:
    """A question as the dossier's page shows it."""

    seq: int
    kind: str
    other: str
    tag: tuple[str, str]
    sent: str
    due: str
    answered: str
    is_open: bool


def tag_of(due_at: datetime, answered_at: datetime | None, withdrawn: bool, now: datetime) -> tuple[str, str]:
    """How a question stands, in words and colour. The due minute itself is in time."""
    if withdrawn:
        return WITHDRAWN
    if answered_at is not None:
        return ANSWERED if answered_at <= due_at else ANSWERED_LATE
    return LATE if now > due_at else AWAITED


def shown(asked: Iterable[Step], answers: Iterable[Step], now: datetime) -> list[Shown]:
    """The questions of one dossier from what happened to it (happenings.py): both halves of each row."""
    found = {step.seq: step for step in answers}
    made = []
    for step in asked:
        answer = found[step.seq]
        withdrawn = bool(answer.more)
        document = f", văn bản {step.flag.strip('/')}" if step.flag != "/" else ""
        answered = f"{short_moment(answer.until)}, {answer.who} ghi nhận" if answer.until else ""
        made.append(
            Shown(
                seq=step.seq,
                kind=str(ConsultationKind(step.more).label),
                other=step.whom,
                tag=tag_of(answer.at, answer.until, withdrawn, now),
                sent=f"{short_moment(step.at)}, {step.who}{document}",
                due=short_moment(answer.at),
                answered=f"{short_moment(step.until)}, đã rút" if withdrawn else answered,
                is_open=step.until is None,
            )
        )
    return made


def open_ones() -> QuerySet[Consultation]:
    """Questions that an open dossier still waits for, the one due first first."""
    rows = Consultation.objects.filter(answered_at__isnull=True, cancelled_at__isnull=True)
    return rows.filter(dossier__status__in=sorted(OPEN), dossier__voided_at__isnull=True).order_by("answer_due_at", "id")


def of_agency(agency_id: int) -> QuerySet[Consultation]:
    """Those of the dossiers that the agency settles."""
    return open_ones().filter(dossier__competent_agency=agency_id)


def list_rows(rows: QuerySet[Consultation], desk: Desk, now: datetime, most: int) -> list[dict]:
    """At most `most` + 1 lines of the list, so that the caller sees whether there are more. One query."""
    columns = ("dossier__code", "seq", "kind", "other_name", "question", "sent_at", "answer_due_at", "dossier__holder__full_name")
    found = rows.annotate(times=Count("reminders")).values_list(*columns, "times")[: most + 1]
    return [
        {
            "code": code,
            "seq": seq,
            "kind": str(ConsultationKind(kind).label),
            "other": other,
            "question": question,
            "sent": short_moment(sent),
            "due": short_moment(due),
            "late": say_days_late(due, now, desk) if now > due else "",
            "holder": holder or "",
            "times": times,
        }
        for code, seq, kind, other, question, sent, due, holder, times in found
    ]


def facts(row: Consultation, now: datetime, desk: Desk) -> list[tuple[str, str]]:
    """The page of one question: (label, words), in the order in which it happened."""
    document = row.document_words or "chưa ghi số"
    dated = f", {say_date(row.doc_date)}" if row.doc_date else ""
    late = f" (quá {say_days_late(row.answer_due_at, now, desk)})" if row.is_open and now > row.answer_due_at else ""
    lines = [
        ("Hỏi", row.other_name),
        ("Nội dung", row.question),
        ("Văn bản gửi đi", f"{document}{dated}"),
        ("Gửi", f"{short_moment(row.sent_at)}, {row.sent_by.full_name}"),
        ("Hạn trả lời", f"{say_moment(row.answer_due_at)}: {say_limit(TimeLimit(row.limit_value, row.limit_unit))}{late}"),
        ("Thời hạn của hồ sơ", clock_words(row)),
    ]
    if row.answered_at is not None and row.recorded_at is not None and row.recorded_by is not None:
        came = f"{say_moment(row.answered_at)}; {row.recorded_by.full_name} ghi nhận {short_moment(row.recorded_at)}"
        written = " ".join(filter(None, [row.answer_document, f"ngày {row.answer_date:%d/%m/%Y}" if row.answer_date else ""]))
        opinion = {True: "Đồng ý", False: "Không đồng ý", None: "Chỉ cung cấp thông tin"}[row.agrees]
        lines += [
            ("Nhận trả lời", came),
            ("Văn bản trả lời", written or "không ghi số"),
            ("Ý kiến", opinion),
            ("Nội dung trả lời", row.summary),
        ]
    if row.cancelled_at is not None and row.cancelled_by is not None:
        lines.append(("Đã rút", f"{short_moment(row.cancelled_at)}, {row.cancelled_by.full_name}: {row.cancel_reason}"))
    return lines


def clock_words(row: Consultation) -> str:
    """What waiting for this answer does to the dossier's own time."""
    if not row.outside_limit:
        return "Vẫn tính trong lúc chờ; hẹn trả không đổi"
    if row.pause is None:
        return "Hồ sơ đã quá hạn khi gửi: không dừng, không đổi hạn"
    return f"Không tính từ lúc gửi đến lúc có trả lời ({row.pause.ground})"


def reminder_lines(reminders: Iterable[ConsultationReminder]) -> Iterator[str]:
    for one in reminders:
        note = f": {one.note}" if one.note else ""
        yield f"{short_moment(one.reminded_at)}, {one.reminded_by.full_name}, {one.get_how_display().lower()}{note}"
