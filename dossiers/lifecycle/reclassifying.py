"""A dossier that was received under the wrong procedure goes on under the right one.

Its number, its receipt and its slips stay. The lawful date is what the right procedure makes of the original receipt.
The citizen keeps what he was promised: he is given another date only when it is a later one, and what is overdue
stays overdue. That a date moved later is visible for ever: the row, the event, the ledger and the slip say so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from dossiers import issuing, messages
from dossiers.certification.kinds import LANE
from dossiers.checklist import components_of, missing
from dossiers.lifecycle.act import AlreadyDone, begin, finish
from dossiers.lifecycle.promising import add_appointment, replace_slip, retract_drafts
from dossiers.models import Appointment, AppointmentKind, Dossier, PaperState, Reclassification
from dossiers.promises import Appointed, promise_under
from dossiers.statuses import Act, NotAllowed
from onestop.reading.names import fold
from onestop.staff.models import User
from onestop.worktime.limits import CannotPromise
from procedures.limits import slip_needed
from procedures.models import ProcedureCase, ProcedureVersion
from procedures.workflows import workflow_in_force


@dataclass(frozen=True)
class Outcome:
    """What a reclassification makes of a dossier's dates.

    `lawful`: what the right procedure makes of the receipt. `due_at`: the lawful date that holds from now on;
    `promised_at`: when the citizen may expect his result. `missing`: papers that the right procedure wants besides.
    """

    lawful: Appointed
    due_at: datetime
    promised_at: datetime
    is_later: bool
    was_late: bool
    missing: tuple[str, ...]


def outcome_of(dossier: Dossier, version: ProcedureVersion, case: ProcedureCase, *, at: datetime) -> Outcome:
    """What would become of the dates. Raises NotAllowed with the sentence to show."""
    _check_target(dossier, version, case)
    try:
        lawful = promise_under(dossier, version, case)
    except CannotPromise as reason:
        raise NotAllowed(str(reason)) from reason
    if lawful is None or dossier.due_at is None:
        raise NotAllowed("Hồ sơ đang tạm dừng. Kết thúc tạm dừng rồi chuyển thủ tục.")
    was_late = at > dossier.due_at or dossier.overdue_since is not None
    promised_at = dossier.appointments.latest("seq").due_at
    due_at = dossier.due_at
    if not was_late and lawful.due_at > at:
        due_at = lawful.due_at
    is_later = not was_late and lawful.due_at > promised_at
    return Outcome(
        lawful=lawful,
        due_at=due_at,
        promised_at=lawful.due_at if is_later else promised_at,
        is_later=is_later,
        was_late=was_late,
        missing=tuple(_missing(dossier, case)),
    )


def _check_target(dossier: Dossier, version: ProcedureVersion, case: ProcedureCase) -> None:
    """Whether the dossier could have been received so, on its day."""
    if case.version_id != version.pk:
        raise NotAllowed("Chọn trường hợp của thủ tục này.")
    if case.pk == dossier.case_id:
        raise AlreadyDone("Hồ sơ đang được giải quyết theo thủ tục và trường hợp này.")
    if not version.in_force(timezone.localdate(dossier.received_at)):
        raise NotAllowed("Thủ tục này không có hiệu lực vào ngày tiếp nhận hồ sơ. Chọn lại thủ tục.")
    if not version.receivable:
        raise NotAllowed(f"Chưa tiếp nhận được thủ tục này: {version.not_receivable_reason or 'chưa có thời hạn công bố'}.")
    if version.procedure.lane == LANE:
        raise NotAllowed("Chứng thực có sổ và số riêng: tiếp nhận ở trang chứng thực.")
    filer = dossier.parties.get(role="filer")
    if case.basis_allowed and filer.basis not in case.basis_allowed:
        raise NotAllowed("Thủ tục này không nhận hồ sơ theo tư cách nộp của người nộp hồ sơ này.")


def _missing(dossier: Dossier, case: ProcedureCase) -> list[str]:
    """What the case wants and the dossier has not: papers are known again by their names."""
    there = {fold(paper.name): paper.state for paper in dossier.papers.all() if paper.state != PaperState.MISSING}
    wanted = components_of(case, dossier.channel)
    return missing(wanted, {line.pk: there.get(fold(line.short_name), "") for line in wanted})


def _same_day(first: datetime, second: datetime) -> bool:
    return timezone.localdate(first) == timezone.localdate(second)


@transaction.atomic
def reclassify(
    dossier: Dossier, *, version: ProcedureVersion, case: ProcedureCase, reason: str, by: User, at: datetime, revision: int | None = None
) -> Dossier:
    """Go on under this version and case, by decision of a leader, head or manager; not after the signature.

    The papers that are missing then (`outcome_of`) are asked for by a supplement slip, which counts as one.
    """
    dossier = begin(dossier, Act.RECLASSIFY, by=by, revision=revision)
    if dossier.signed_at is not None:
        raise NotAllowed("Kết quả đã ký, không chuyển thủ tục được nữa.")
    if not reason:
        raise NotAllowed("Ghi lý do chuyển thủ tục.")
    outcome = outcome_of(dossier, version, case, at=at)
    before = dossier.version, dossier.case, dossier.procedure, cast(datetime, dossier.due_at)
    name = version.procedure.short_name
    if dossier.request_text == before[2].short_name[:300]:
        dossier.request_text = name[:300]
    dossier.version, dossier.case, dossier.procedure, dossier.lane = version, case, version.procedure, version.procedure.lane
    # As if it had been received so, like everything else that follows from the procedure.
    received_on = timezone.localdate(dossier.received_at)
    dossier.workflow = workflow_in_force(version, dossier.competent_agency_id, received_on, case_key=case.key)
    dossier.due_at = outcome.due_at
    rows: list[Model] = []
    appointment: Appointment | None = None
    if outcome.is_later:
        words = f"Chuyển sang thủ tục {name}: {reason}"[:500]
        appointment = add_appointment(dossier, AppointmentKind.RECLASSIFIED, outcome.lawful, by=by, at=at, reason=words)
        rows = [appointment, *retract_drafts(dossier, at=at)]
        messages.tell(dossier, "re_dated", at=at, key=f"re_dated:{dossier.pk}:procedure:{appointment.seq}", due_at=appointment.due_at)
    mark = f"Chuyển sang thủ tục {name}, thay giấy hẹn trước"
    slips = replace_slip(dossier, by=by, at=at, mark=mark, limit_words=outcome.lawful.limit_words)
    if not slips and slip_needed(version, case, due_on_same_day=_same_day(dossier.received_at, outcome.promised_at)):
        slips = [issuing.reissue_receipt(dossier, by=by, at=at)]
    rows += slips
    row = Reclassification.objects.create(
        agency_id=dossier.agency_id,
        dossier=dossier,
        seq=dossier.reclassifications.count() + 1,
        from_version=before[0],
        from_case=before[1],
        to_version=version,
        to_case=case,
        reason=reason,
        due_before=before[3],
        due_after=outcome.due_at,
        appointment=appointment,
        reclassified_at=at,
        reclassified_by=by,
    )
    data = {
        "from_procedure": before[2].code,
        "to_procedure": version.procedure.code,
        "version": version.pk,
        "case": case.key,
        "due_before": before[3],
        "due_at": outcome.due_at,
        "promised_anew": outcome.is_later,
        "missing": len(outcome.missing),
    }
    return finish(dossier, Act.RECLASSIFY, by=by, at=at, rows=[row, *rows], data=data)
