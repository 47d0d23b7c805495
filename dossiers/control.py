"""The process control slip (Phiếu kiểm soát quá trình giải quyết hồ sơ, Mẫu 06): who gave the dossier to whom, when, and how
long each step took, from the rows that the acts wrote; nobody fills it in.

One row for each passing on: the receiver of a row is the giver of the next. A step's time is that of the receiver,
in working minutes without pauses, against the time of his steps in the internal process (quy trình nội bộ) that the
dossier pinned at its receipt. Early, on time, late are said as for the whole dossier: before the day on which the
step's time ends, on it in time, or after (domain §1.8; design §5.9).

A question to another agency is a row out and a row back, judged by that agency's own time; meanwhile nobody here is charged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dossiers.lifecycle.passing import PASSED_ON_BEFORE
from dossiers.lifecycle.transferring import ISSUED
from dossiers.models import CollectedBy, Dossier, HandOver, PassedOn, Pause, ResultDocument, ReturnOfResult, SignOffKind
from dossiers.parts import DESK, OFFICE, OTHER, SEAL, SIGNATURE, numbers_of, say_steps
from dossiers.places import is_for_another
from dossiers.statuses import Act
from dossiers.wording import say_span
from onestop.history.models import Event
from onestop.reading.dates import say_minute
from onestop.staff.models import User
from onestop.worktime.calendar import WorkingCalendar
from onestop.worktime.hours import LOCAL, OpeningHours
from procedures.steps import Step

EARLY, ON_TIME, LATE = "Trước hạn", "Đúng hạn", "Quá hạn"
# The table on which drafts wait for one of the leaders.
SIGNERS_DESK = "Lãnh đạo ký"
POST = "Bưu điện"
KEYED_LATE_SECONDS = 15 * 60
SIGNED_HOW = {
    SignOffKind.WET_INK: "Đã ký tay",
    SignOffKind.IN_SYSTEM: "Đã ký trên hệ thống",
    SignOffKind.DIGITAL: "Đã ký số",
}
# A confirmation that comes later than this after the hand-over says so.
SLOW = timedelta(days=1)


@dataclass(frozen=True)
class OwnTime:
    """The time that another agency has for its answer, beside ours; `ended_at` None while the answer is awaited.

    `answered` False with an end: the question was withdrawn, and nothing is judged.
    """

    due_at: datetime
    ended_at: datetime | None
    answered: bool


@dataclass(frozen=True)
class Passing:
    """The dossier passing from one person to another. `step` is the receiver's part in the process ("" for the citizen).

    `taken_at`: the receiver's own confirmation in the system, None when there is none yet.
    """

    giver: str
    receiver: str
    step: str
    given_at: datetime
    taken_at: datetime | None
    note: str = ""
    own: OwnTime | None = None
    # What stands in the receiver's cell where it is more than the time of his confirmation.
    answer: str = ""
    # The giver has no account here: he signs on the paper, not in the system.
    giver_outside: bool = False

    @property
    def giver_hand(self) -> str:
        """The name alone, as under a signature."""
        return self.giver.partition(",")[0]

    @property
    def receiver_hand(self) -> str:
        return self.receiver.partition(",")[0] if self.taken_at is not None else ""


@dataclass(frozen=True)
class ControlRow:
    """One row of the slip, with its judgement ("" as long as the step is under way and in time)."""

    passing: Passing
    ended_at: datetime | None
    used_minutes: int
    allowed_minutes: int | None
    verdict: str

    @property
    def under_way(self) -> bool:
        return self.ended_at is None


def passings_of(dossier: Dossier) -> list[Passing]:
    """Every passing on of this dossier in order of time; nine queries, one more after a fault of ours."""
    desk = dossier.received_by
    passings = [Passing(dossier.applicant_name, _name(desk, dossier), DESK, dossier.received_at, dossier.received_at, "Tiếp nhận hồ sơ")]
    passings += _hand_overs(dossier)
    drafts = {result.pk: result for result in dossier.results.select_related("drafted_by")}
    for result in drafts.values():
        passings.append(
            Passing(
                _name(result.drafted_by, dossier),
                SIGNERS_DESK,
                SIGNATURE,
                result.drafted_at,
                None,
                f"Trình ký bản {result.version}",
            )
        )
    for refused in dossier.send_backs.select_related("sent_back_by"):
        drafter = _name(drafts[refused.result_id].drafted_by, dossier)
        passings.append(
            Passing(
                _name(refused.sent_back_by, dossier),
                drafter,
                OFFICE,
                refused.sent_back_at,
                refused.sent_back_at,
                f"Trả lại: {refused.reason}",
            )
        )
    for passed in dossier.signature_passes.select_related("giver", "receiver"):
        words = f"Chuyển người khác ký{f': {passed.note}' if passed.note else ''}"
        receiver = _name(passed.receiver, dossier)
        passings.append(Passing(_name(passed.giver, dossier), receiver, SIGNATURE, passed.passed_at, passed.passed_at, words))
    for signature in dossier.sign_offs.select_related("signer", "recorded_by"):
        drafter = _name(drafts[signature.result_id].drafted_by, dossier)
        note = SIGNED_HOW[SignOffKind(signature.kind)]
        if signature.in_name_of:
            note += f", {signature.in_name_of}"
        if (signature.recorded_at - signature.signed_at).total_seconds() > KEYED_LATE_SECONDS:
            note += f"; {signature.recorded_by.full_name} ghi muộn lúc {say_minute(signature.recorded_at)}"
        passings.append(Passing(_name(signature.signer, dossier), drafter, SEAL, signature.signed_at, signature.signed_at, note))
    returns = list(dossier.returns.select_related("returned_by").order_by("id"))
    passings += _issues_and_faults(dossier, list(drafts.values()), returns)
    passings += _parcels(dossier)
    for given in returns:
        by_post = given.collected_by == CollectedBy.POST
        giver, words = (POST, "Bưu điện đã phát") if by_post else (_name(given.returned_by, dossier), "Đã trả kết quả")
        passings.append(Passing(giver, given.name, "", given.returned_at, given.returned_at, words))
    passings += _questions(dossier)
    return _named_signers(sorted(passings, key=lambda passing: passing.given_at))


def _parcels(dossier: Dossier) -> Iterator[Passing]:
    """The result on its way with the post, and back where it was not delivered."""
    for parcel in dossier.parcels.select_related("posted_by", "ended_by"):
        at, words = parcel.posted_at, f"Gửi bưu điện, số vận đơn {parcel.waybill}"
        yield Passing(_name(parcel.posted_by, dossier), POST, "", at, at, words)
        if parcel.came_back and parcel.ended_at and parcel.ended_by:
            at, words = parcel.ended_at, f"Chuyển hoàn: {parcel.note}"
            yield Passing(POST, _name(parcel.ended_by, dossier), DESK, at, at, words)


def _issues_and_faults(dossier: Dossier, drafts: Sequence[ResultDocument], returns: Sequence[ReturnOfResult]) -> Iterator[Passing]:
    """The result on its way to the desk, each time it was issued, and back to whoever drafted it when it had a fault of ours."""
    faults = list(dossier.corrections.select_related("found_by").order_by("id"))
    issued = [dossier.finished_at] if dossier.finished_at is not None else []
    if faults:
        # The dossier keeps the last time only; a fault takes even that away.
        events = Event.objects.filter(agency_id=dossier.agency_id, subject=f"dossier:{dossier.pk}", act=Act.ISSUE_RESULT)
        issued = list(events.order_by("seq").values_list("at", flat=True))
    where = dossier.competent_agency.desk_name if is_for_another(dossier) else _name(dossier.received_by, dossier)
    for at in issued if drafts else ():
        yield Passing(_drafter(dossier, drafts, at), where, DESK, at, at, f"{ISSUED}, chuyển quầy trả")
    for fault in faults if drafts else ():
        at, desk, words = fault.found_at, _name(fault.found_by, dossier), f"Nhận lại để sửa: {fault.words}"
        given = next((row for row in reversed(returns) if row.returned_at <= at), None)
        if given is not None and not any(given.returned_at < moment <= at for moment in issued):
            yield Passing(given.name, desk, "", at, at, words)
            words = "Chuyển sửa"
        if fault.found_by.agency_id == dossier.competent_agency_id:
            yield Passing(desk, _drafter(dossier, drafts, at), OFFICE, at, at, words)


def _drafter(dossier: Dossier, drafts: Sequence[ResultDocument], at: datetime) -> str:
    """Whose draft was the latest at that time."""
    return _name([draft for draft in drafts if draft.drafted_at <= at or draft == drafts[0]][-1].drafted_by, dossier)


def _named_signers(passings: list[Passing]) -> list[Passing]:
    """A result is put before whoever signs; who of them received it is known when he signs it, sends it back or passes it on."""
    return [
        replace(passing, receiver=following.giver, taken_at=passing.given_at)
        if passing.receiver == SIGNERS_DESK and following is not None
        else passing
        for passing, following in _pairs(passings)
    ]


def _hand_overs(dossier: Dossier) -> Iterator[Passing]:
    """One row a hand-over, with who confirmed it and what was keyed late; missed papers come back in a row of their own."""
    for row in dossier.hand_overs.select_related("giver", "receiver", "ordered_by", "taken_by"):
        giver, receiver = _name(row.giver, dossier), _name(row.receiver, dossier)
        step = DESK if row.receiver_id == dossier.received_by_id or row.note.startswith(ISSUED) else OFFICE
        missed = f"Báo không có trong xấp {say_minute(row.missing_at)}" if row.missing_at else ""
        yield Passing(giver, receiver, step, row.given_at, row.taken_at, _said_of(row), answer=missed or _taken_late(row))
        if row.missing_at is not None and row.missing_note != PASSED_ON_BEFORE:
            back = DESK if row.giver_id == dossier.received_by_id else OFFICE
            yield Passing(receiver, giver, back, row.missing_at, row.missing_at, "Trả lại: không có trong xấp")


def _said_of(row: HandOver) -> str:
    """Why it was passed on, by whose order, and who confirmed in the receiver's place."""
    parts = [row.note]
    if row.kind == PassedOn.REASSIGN:
        parts = ["Phân công lại" + (f": {row.note}" if row.note else "")]
    if row.ordered_by is not None:
        parts.append(f"{row.ordered_by.full_name} {'phân công' if row.kind == PassedOn.REASSIGN else 'giao thay'}")
    if row.missing_note:
        parts.append(row.missing_note)
    if row.taken_by is not None:
        parts.append(f"{row.taken_by.full_name} xác nhận thay")
    if row.taken_at is not None and row.taken_at - row.given_at > SLOW:
        parts.append(f"xác nhận muộn, sau {say_span(row.taken_at - row.given_at)}")
    return "; ".join(part for part in parts if part)


def _taken_late(row: HandOver) -> str:
    """When a confirmation was keyed, beside the time that was typed; "" where the two are the same."""
    if row.taken_at is None or row.recorded_at is None or (row.recorded_at - row.taken_at).total_seconds() <= KEYED_LATE_SECONDS:
        return ""
    return f"{say_minute(row.taken_at)} (ghi muộn lúc {say_minute(row.recorded_at)})"


def _questions(dossier: Dossier) -> Iterator[Passing]:
    """Out to another agency and back; back to nobody's step while another question is still out."""
    asked = list(dossier.consultations.select_related("sent_by", "recorded_by", "cancelled_by"))
    ends = {row.pk: row.answered_at or row.cancelled_at for row in asked}
    for row in asked:
        end, by = ends[row.pk], row.recorded_by or row.cancelled_by
        document = f", văn bản {row.document_words}" if row.document_words else ""
        own = OwnTime(row.answer_due_at, end, row.answered_at is not None)
        yield Passing(_name(row.sent_by, dossier), row.other_name, OTHER, row.sent_at, None, f"{row.get_kind_display()}{document}", own)
        if end is None or by is None:
            continue
        # Another one, sent before this one came back and ended after it, or open still.
        out = any(one.sent_at <= end and (one.is_open or (ends[one.pk], one.seq) > (end, row.seq)) for one in asked if one is not row)
        step = "" if out else DESK if by.pk == dossier.received_by_id else OFFICE
        if row.answered_at is None:
            yield Passing(row.other_name, _name(by, dossier), step, end, end, f"Rút yêu cầu: {row.cancel_reason}")
            continue
        note = f"Trả lời{f', văn bản {row.answer_document}' if row.answer_document else ''}"
        if row.recorded_at is not None and (row.recorded_at - end).total_seconds() > KEYED_LATE_SECONDS:
            note += f"; {by.full_name} ghi muộn lúc {say_minute(row.recorded_at)}"
        yield Passing(row.other_name, _name(by, dossier), step, end, row.recorded_at, note, giver_outside=True)


def _name(user: User, dossier: Dossier) -> str:
    """Name and job title; of a dossier between two communes also which of them he works in."""
    where = ""
    if is_for_another(dossier):
        where = (dossier.agency if user.agency_id == dossier.agency_id else dossier.competent_agency).name
    return ", ".join(filter(None, [user.full_name, user.job_title, where]))


def step_words(steps: Sequence[Step], rows: Sequence[ControlRow]) -> list[str]:
    """For each row which steps of the process it is: the desk receives before anybody else has the paper, and returns after."""
    words, away = [], False
    for row in rows:
        # Papers that were not in the bundle have left nobody's desk.
        missed = row.passing.taken_at is None and bool(row.passing.answer)
        away = away or (row.passing.step not in ("", DESK) and not missed)
        words.append(say_steps(steps, numbers_of(steps, row.passing.step, at_the_end=away)) if row.passing.step else "")
    return words


def rows_of(
    passings: Sequence[Passing],
    *,
    allowed: dict[str, int],
    pauses: Sequence[Pause],
    calendar: WorkingCalendar,
    hours: OpeningHours,
    now: datetime,
) -> list[ControlRow]:
    """The rows with the time of each step. A part of the process that is entered again uses up what is left of its share."""
    left = dict(allowed)
    theirs = left.pop(OTHER, 0)
    if theirs and not any(passing.step == OTHER for passing in passings):
        left[OFFICE] = left.get(OFFICE, 0) + theirs
    rows = []
    for passing, following in _pairs(passings):
        if passing.own is not None:
            rows.append(_their_row(passing, passing.own, calendar=calendar, hours=hours, now=now))
            continue
        if not passing.step:
            rows.append(ControlRow(passing, passing.given_at, 0, None, ""))
            continue
        ended_at = following.given_at if following else None
        used = working_minutes(passing.given_at, ended_at or now, pauses, calendar, hours)
        share = left.get(passing.step)
        # Waiting for its owner is nobody's step.
        waits = passing.step == DESK and passing.note.startswith(ISSUED)
        verdict = "" if share is None or waits else _verdict(passing.given_at, ended_at, used, share, pauses, calendar, hours)
        rows.append(ControlRow(passing, ended_at, used, None if waits else share, verdict))
        if share is not None:
            left[passing.step] = max(0, share - used)
    return rows


def _their_row(passing: Passing, own: OwnTime, *, calendar: WorkingCalendar, hours: OpeningHours, now: datetime) -> ControlRow:
    """Another agency's row by its own time, whose clock none of our pauses stops."""
    used = working_minutes(passing.given_at, own.ended_at or now, (), calendar, hours)
    share = working_minutes(passing.given_at, own.due_at, (), calendar, hours)
    end, verdict = own.ended_at or now, ""
    if end > own.due_at and (own.answered or own.ended_at is None):
        verdict = LATE
    elif own.answered:
        verdict = EARLY if end.astimezone(LOCAL).date() < own.due_at.astimezone(LOCAL).date() else ON_TIME
    return ControlRow(passing, own.ended_at, used, share, verdict)


def _pairs(passings: Sequence[Passing]) -> Iterator[tuple[Passing, Passing | None]]:
    for number, passing in enumerate(passings):
        yield passing, passings[number + 1] if number + 1 < len(passings) else None


def working_minutes(start: datetime, end: datetime, pauses: Sequence[Pause], calendar: WorkingCalendar, hours: OpeningHours) -> int:
    """Working minutes between two moments, without the pauses that took the clock away."""
    seconds = hours.seconds_between(start.astimezone(LOCAL), end.astimezone(LOCAL), calendar)
    for pause in pauses:
        begins, ends = max(start, pause.started_at), min(end, pause.ended_at or end)
        if not pause.late and begins < ends:
            seconds -= hours.seconds_between(begins.astimezone(LOCAL), ends.astimezone(LOCAL), calendar)
    return max(0, seconds) // 60


def _verdict(
    start: datetime,
    ended_at: datetime | None,
    used: int,
    share: int,
    pauses: Sequence[Pause],
    calendar: WorkingCalendar,
    hours: OpeningHours,
) -> str:
    if used > share:
        return LATE
    if ended_at is None:
        return ""
    waited = sum(
        hours.seconds_between(
            max(start, pause.started_at).astimezone(LOCAL), min(ended_at, pause.ended_at or ended_at).astimezone(LOCAL), calendar
        )
        for pause in pauses
        if not pause.late and max(start, pause.started_at) < min(ended_at, pause.ended_at or ended_at)
    )
    due = hours.add(start.astimezone(LOCAL), share * 60 + waited, calendar)
    return EARLY if ended_at.astimezone(LOCAL).date() < due.date() else ON_TIME
