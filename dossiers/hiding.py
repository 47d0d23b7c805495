"""Everything that can hide lateness, shown to whoever answers for the office: no act is forbidden here, none is invisible.

Each way of hiding is one query over one agency and one period; every row says who, when, what, and leads to the dossier.
Most of them are honest work. Read together they show what is not. Of a dossier that another commune received, the commune
that settles it answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import DateTimeField as Moment
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Coalesce, TruncDate

from dossiers.desks import Desk
from dossiers.listing import address_maker
from dossiers.models import (
    ApologyLetter,
    Appointment,
    AppointmentKind,
    Consultation,
    Correction,
    Dossier,
    Extension,
    LetterState,
    Party,
    Pause,
    PauseKind,
    Reclassification,
    SignOff,
    StopKind,
    StopNotice,
)
from dossiers.overdue import say_days_late
from dossiers.timeliness import LOCAL
from onestop.reading.dates import short_moment
from onestop.reading.days import Period
from onestop.worktime.calendar import CannotPromise

# A dossier struck out and entered anew within so many days is looked at together with its successor.
ENTERED_AGAIN_WITHIN = timedelta(days=30)
MOST = 200
LETTER_CLOSED = (LetterState.WAIVED, LetterState.RETRACTED)


class Sign(NamedTuple):
    """One thing to look at: when, which way of hiding, on which dossier, who did it, what happened in words."""

    at: datetime
    kind: str
    code: str
    who: str
    words: str


@dataclass(frozen=True)
class Way:
    """One way of hiding lateness."""

    slug: str
    label: str
    find: Callable[[int, Period, Desk], Iterator[Sign]]


def _due_before(moment: str) -> Subquery:
    """The lawful date that stood when the row's `moment` came; an apology's date is none."""
    ledger = Appointment.objects.filter(dossier=OuterRef("dossier"), made_at__lte=OuterRef(moment)).exclude(kind=AppointmentKind.APOLOGY)
    return Subquery(ledger.order_by("-seq").values("due_at")[:1])


def _last_working_day(due_at: datetime, desk: Desk) -> date:
    """The working day before the due day, from which on more time comes at the last moment."""
    try:
        return desk.calendar.previous_working_day(due_at.astimezone(LOCAL).date())
    except CannotPromise:
        return due_at.astimezone(LOCAL).date()


def pauses(agency_id: int, period: Period, desk: Desk) -> Iterator[Sign]:
    """Opened on the due day or after the due time."""
    rows = Pause.objects.filter(dossier__competent_agency_id=agency_id, started_at__gte=period.start, started_at__lt=period.end)
    # Waiting for another agency is a way of its own.
    rows = rows.exclude(kind=PauseKind.OTHER_AGENCY)
    rows = rows.annotate(stood=_due_before("started_at"), begun_on=TruncDate("started_at", tzinfo=LOCAL))
    rows = rows.annotate(due_on=TruncDate("stood", tzinfo=LOCAL)).filter(Q(late=True) | Q(due_on__lte=F("begun_on")))
    found = rows.order_by("-started_at", "-id").values_list(
        "started_at", "dossier__code", "started_by__full_name", "kind", "reason", "late", "stood", "consent__cause",
        "consent__given_by__full_name",
    )  # fmt: skip
    for begun, code, who, kind, reason, late, stood, cause, giver in found[:MOST]:
        when = "khi đã quá hạn" if late or (stood and begun > stood) else "đúng ngày đến hạn"
        consent = f" {giver} đồng ý: {cause}" if cause else ""
        yield Sign(begun, "tam-dung", code, who, f"{PauseKind(kind).label} {when} (hẹn {short_moment(stood)}). Lý do: {reason}.{consent}")


def consultations(agency_id: int, period: Period, desk: Desk) -> Iterator[Sign]:
    """The wait for another agency that was not counted, by the rule of the procedure: what the date was and became."""
    asked = Consultation.objects.filter(dossier__competent_agency_id=agency_id, pause__isnull=False)
    rows = asked.filter(sent_at__gte=period.start, sent_at__lt=period.end)
    after = Appointment.objects.filter(dossier=OuterRef("dossier"), kind=AppointmentKind.PAUSE, made_at__gte=OuterRef("sent_at"))
    rows = rows.annotate(stood=_due_before("sent_at"), became=Subquery(after.order_by("seq").values("due_at")[:1]))
    found = rows.order_by("-sent_at", "-id").values_list(
        "sent_at", "dossier__code", "sent_by__full_name", "other_name", "answered_at", "recorded_at", "cancelled_at", "cancel_reason",
        "stood", "became",
    )  # fmt: skip
    for sent, code, who, other, answered, recorded, cancelled, reason, stood, became in found[:MOST]:
        back = "chưa trả lời"
        if answered:
            back = f"trả lời {short_moment(answered)}, ghi nhận {short_moment(recorded)}"
        elif cancelled:
            back = f"rút {short_moment(cancelled)}: {reason}"
        moved = f"hẹn {short_moment(stood)} thành {short_moment(became)}" if became else f"hẹn {short_moment(stood)}, nay chưa có hẹn"
        yield Sign(sent, "co-quan-khac", code, who, f"Chờ {other} không tính vào hạn: {moved}; {back}")


def extensions(agency_id: int, period: Period, desk: Desk) -> Iterator[Sign]:
    """Granted in the last working day before the due time, or on the due day."""
    rows = Extension.objects.filter(dossier__competent_agency_id=agency_id, decided_at__gte=period.start, decided_at__lt=period.end)
    before = Appointment.objects.filter(dossier=OuterRef("dossier"), seq__lt=OuterRef("appointment__seq"))
    before = before.exclude(kind=AppointmentKind.APOLOGY).order_by("-seq").values("due_at")[:1]
    found = rows.annotate(stood=Subquery(before)).order_by("-decided_at", "-id").values_list(
        "decided_at", "dossier__code", "decided_by__full_name", "ground", "stood", "appointment__due_at"
    )  # fmt: skip
    for decided, code, who, ground, stood, due in found[:MOST]:
        if stood is None or decided.astimezone(LOCAL).date() >= _last_working_day(stood, desk):
            yield Sign(decided, "gia-han", code, who, f"Hẹn {short_moment(stood)} thành {short_moment(due)}. Căn cứ: {ground}")


def redatings(agency_id: int, period: Period, desk: Desk) -> Iterator[Sign]:
    """A later date because the calendar was changed."""
    rows = Appointment.objects.filter(
        dossier__competent_agency_id=agency_id, kind=AppointmentKind.CALENDAR_CHANGE, made_at__gte=period.start, made_at__lt=period.end
    )
    before = Appointment.objects.filter(dossier=OuterRef("dossier"), seq__lt=OuterRef("seq")).order_by("-seq").values("due_at")[:1]
    found = rows.annotate(stood=Subquery(before)).order_by("-made_at", "-id").values_list(
        "made_at", "dossier__code", "made_by__full_name", "reason", "stood", "due_at"
    )  # fmt: skip
    for made, code, who, reason, stood, due in found[:MOST]:
        yield Sign(made, "doi-lich", code, who or "", f"Hẹn {short_moment(stood)} thành {short_moment(due)}. {reason}".strip())


def voidings(agency_id: int, period: Period, desk: Desk) -> Iterator[Sign]:
    """Struck out when late or nearly so, or entered again: the same procedure for the same person.

    Striking out is the receiver's act, and shown to its head, whoever settles the matter.
    """
    again = Dossier.objects.filter(
        agency_id=agency_id,
        procedure=OuterRef("procedure"),
        received_at__gt=OuterRef("received_at"),
        received_at__lte=ExpressionWrapper(OuterRef("voided_at") + ENTERED_AGAIN_WITHIN, output_field=Moment()),
    ).exclude(pk=OuterRef("pk"))
    filer = Party.objects.filter(dossier=OuterRef("pk"), role="filer").exclude(personal_id="").values("personal_id")[:1]
    same_number = Party.objects.filter(agency_id=agency_id, dossier=OuterRef("pk"), role="filer", personal_id=OuterRef(OuterRef("number")))
    by_name = again.filter(applicant_key=OuterRef("applicant_key")).order_by("received_at").values("code")[:1]
    by_number = again.filter(Exists(same_number)).order_by("received_at").values("code")[:1]
    rows = Dossier.objects.of_agency(agency_id).filter(voided_at__gte=period.start, voided_at__lt=period.end)
    rows = rows.annotate(number=Coalesce(Subquery(filer), "applicant_key", output_field=TextField()))
    rows = rows.annotate(successor=Coalesce(Subquery(by_name), Subquery(by_number)))
    found = rows.order_by("-voided_at", "-id").values_list(
        "voided_at", "code", "changed_by__full_name", "void_reason", "due_at", "overdue_since", "successor"
    )  # fmt: skip
    for voided, code, who, reason, due, overdue, successor in found[:MOST]:
        near = due is not None and voided.astimezone(LOCAL).date() >= _last_working_day(due, desk)
        if not (near or overdue or successor):
            continue
        when = f"Hủy khi sắp đến hạn ({short_moment(due)})" if near else "Hủy"
        if due is not None and voided > due:
            when = f"Hủy khi đã trễ {say_days_late(due, voided, desk)}"
        entered = f", rồi nhập lại thành {successor}" if successor else ""
        yield Sign(voided, "huy-nhap-lai", code, who, f"{when}{entered}. Lý do: {reason}")


def letters(agency_id: int, period: Period, desk: Desk) -> Iterator[Sign]:
    """Apologies that were not sent: a person waived them, or the draft retracted itself."""
    rows = ApologyLetter.objects.filter(
        agency_id=agency_id, state__in=LETTER_CLOSED, closed_at__gte=period.start, closed_at__lt=period.end
    )
    found = rows.order_by("-closed_at", "-id").values_list(
        "closed_at", "dossier__code", "closed_by__full_name", "state", "closed_reason", "missed__due_at", "dossier__finished_at"
    )  # fmt: skip
    for closed, code, who, state, reason, missed, finished in found[:MOST]:
        words = f"Không gửi văn bản xin lỗi. Lý do: {reason}" if state == LetterState.WAIVED else "Dự thảo tự rút"
        if state == LetterState.RETRACTED:
            words += f", có kết quả {short_moment(finished)}" if finished else ", hẹn đã được lùi"
        yield Sign(closed, "xin-loi", code, who or "", f"{words}. Hẹn {short_moment(missed)}" if missed else words)


def corrections(agency_id: int, period: Period, desk: Desk) -> Iterator[Sign]:
    """A result issued in time that was wrong: in time on paper, not for the citizen."""
    rows = Correction.objects.filter(dossier__competent_agency_id=agency_id, found_at__gte=period.start, found_at__lt=period.end)
    found = rows.order_by("-found_at", "-id").values_list("found_at", "dossier__code", "found_by__full_name", "words", "dossier__due_at")
    for when, code, who, words, due in found[:MOST]:
        yield Sign(when, "sua-ket-qua", code, who, f"Nhận lại kết quả để sửa: {words}. Hẹn {short_moment(due)}")


def signatures(agency_id: int, period: Period, desk: Desk) -> Iterator[Sign]:
    """Dated before the due time on paper, entered after it."""
    rows = SignOff.objects.filter(dossier__competent_agency_id=agency_id, recorded_at__gte=period.start, recorded_at__lt=period.end)
    rows = rows.annotate(stood=_due_before("recorded_at")).filter(signed_at__lte=F("stood"), recorded_at__gt=F("stood"))
    found = rows.order_by("-recorded_at", "-id").values_list("recorded_at", "dossier__code", "recorded_by__full_name", "signed_at", "stood")
    for recorded, code, who, signed, stood in found[:MOST]:
        yield Sign(recorded, "ghi-chu-ky", code, who, f"Ghi nhận sau hạn ({short_moment(stood)}) chữ ký đề {short_moment(signed)}")


def reclassifications(agency_id: int, period: Period, desk: Desk) -> Iterator[Sign]:
    """Moved to a procedure whose lawful date is later."""
    later = Reclassification.objects.filter(dossier__competent_agency_id=agency_id, due_after__gt=F("due_before"))
    rows = later.filter(reclassified_at__gte=period.start, reclassified_at__lt=period.end)
    found = rows.order_by("-reclassified_at", "-id").values_list(
        "reclassified_at", "dossier__code", "reclassified_by__full_name", "reason", "due_before", "due_after"
    )  # fmt: skip
    for moved, code, who, reason, before, after in found[:MOST]:
        yield Sign(moved, "chuyen-thu-tuc", code, who, f"Hạn {short_moment(before)} thành {short_moment(after)}. Lý do: {reason}")


def stops(agency_id: int, period: Period, desk: Desk) -> Iterator[Sign]:
    """Ended without a result in the last working day, or when it was late already."""
    rows = StopNotice.objects.filter(dossier__competent_agency_id=agency_id, stopped_at__gte=period.start, stopped_at__lt=period.end)
    found = rows.annotate(stood=_due_before("stopped_at")).order_by("-stopped_at", "-id").values_list(
        "stopped_at", "dossier__code", "stopped_by__full_name", "kind", "reason", "stood", "dossier__overdue_since"
    )  # fmt: skip
    for stopped, code, who, kind, reason, stood, overdue in found[:MOST]:
        late = overdue is not None or (stood is not None and stopped > stood)
        if late or (stood is not None and stopped.astimezone(LOCAL).date() >= _last_working_day(stood, desk)):
            when = "khi đã quá hạn" if late else "khi sắp đến hạn"
            yield Sign(stopped, "dung", code, who, f"{StopKind(kind).label} {when} (hẹn {short_moment(stood)}). Lý do: {reason}")


WAYS = (
    Way("tam-dung", "Tạm dừng vào ngày đến hạn hoặc khi đã quá hạn", pauses),
    Way("co-quan-khac", "Thời gian chờ cơ quan khác không tính vào hạn", consultations),
    Way("gia-han", "Gia hạn vào ngày làm việc cuối", extensions),
    Way("doi-lich", "Hẹn lại vì lịch nghỉ thay đổi", redatings),
    Way("huy-nhap-lai", "Hủy khi gần hạn, quá hạn, hoặc hủy rồi nhập lại", voidings),
    Way("chuyen-thu-tuc", "Chuyển sang thủ tục có hạn muộn hơn", reclassifications),
    Way("dung", "Dừng giải quyết khi gần hạn, quá hạn", stops),
    Way("xin-loi", "Không gửi văn bản xin lỗi", letters),
    Way("sua-ket-qua", "Kết quả phải sửa lại", corrections),
    Way("ghi-chu-ky", "Chữ ký ghi nhận sau hạn", signatures),
)
LABELS = {way.slug: way.label for way in WAYS}


def signs(agency_id: int, period: Period, desk: Desk, only: str = "") -> list[Sign]:
    """Everything of the period (or of one way), the latest first. One query for each way."""
    found = [sign for way in WAYS if not only or way.slug == only for sign in way.find(agency_id, period, desk)]
    return sorted(found, key=lambda sign: (sign.at, sign.code), reverse=True)


def rows(found: list[Sign]) -> list[tuple[str, str, str, str, str, str]]:
    """(address, code, when, label, who, words) for the page."""
    address = address_maker()
    return [(address(sign.code), sign.code, short_moment(sign.at), LABELS[sign.kind], sign.who, sign.words) for sign in found]

