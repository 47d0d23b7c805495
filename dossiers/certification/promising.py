"""The date to promise for a session, and the procedures that it pins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dossiers.certification.catalogue import catalogue
from dossiers.certification.session import CertificationLine, CertificationSession
from dossiers.promises import Appointed, promise_for
from dossiers.statuses import NotAllowed
from onestop.worktime.limits import CannotPromise, TimeLimit, Unit, due, say_limit
from onestop.worktime.store import calendar_in_force, opening_hours
from procedures.models import ProcedureCase, ProcedureVersion


@dataclass(frozen=True)
class Pin:
    """The version and case that one line is certified under."""

    version: ProcedureVersion
    case: ProcedureCase


def pins_for(lines: Sequence[CertificationLine], day: date) -> list[Pin]:
    """The published version of each line's procedure. Raises NotAllowed for one that the catalogue does not receive."""
    codes = [line.procedure or catalogue().rules_of(line.work).procedures[0] for line in lines]
    versions = ProcedureVersion.objects.published(day).filter(procedure__code__in=set(codes)).select_related("procedure")
    found = {version.procedure.code: version for version in versions.prefetch_related("cases", "limits")}
    return [_pin(line, code, found.get(code)) for line, code in zip(lines, codes, strict=True)]


def _pin(line: CertificationLine, code: str, version: ProcedureVersion | None) -> Pin:
    if version is None:
        raise NotAllowed(f"Danh mục chưa có thủ tục {code} đang có hiệu lực nên chưa chứng thực được việc này.")
    if not version.receivable:
        reason = version.not_receivable_reason or "chưa có thời hạn công bố"
        raise NotAllowed(f"Chưa tiếp nhận được thủ tục {code}: {reason}.")
    cases = list(version.cases.all())
    case = next((case for case in cases if case.key == line.case), None) if line.case else next(iter(cases), None)
    if case is None:
        raise NotAllowed(f"Thủ tục {code} không có trường hợp đã chọn.")
    return Pin(version, case)


def promise_for_session(session: CertificationSession, pins: Sequence[Pin], agency_id: int, received_at: datetime) -> Appointed:
    """One appointment for the whole visit: the latest of its lines' dates, or the prolonged one.

    Raises CannotPromise. Whether the prolongation is allowed is asked of `requirements`.
    """
    each = {(pin.version.pk, pin.case.pk): pin for pin in pins}.values()
    promised = [promise_for(pin.version, pin.case, "counter", agency_id, received_at) for pin in each]
    if session.prolongation is not None:
        promised.append(_prolonged(session.prolongation.working_days, agency_id, received_at))
    return max(promised, key=lambda appointed: appointed.due_at)


def _prolonged(working_days: int, agency_id: int, received_at: datetime) -> Appointed:
    limit, calendar = TimeLimit(working_days, Unit.WORKING_DAY), calendar_in_force(agency_id)
    promise = due(received_at, limit, calendar, opening_hours(agency_id))
    if promise.due_at is None:
        raise CannotPromise(promise.reason)
    return Appointed(promise, f"{say_limit(limit)} (kéo dài)", calendar.version)


def prolongation_words(session: CertificationSession) -> str:
    """The reason that the ledger keeps with a prolonged date: article, cause, and whether it was agreed."""
    wished = session.prolongation
    if wished is None:
        return ""
    rules = (catalogue().rules_of(line.work).prolonging for line in session.lines)
    articles = ", ".join(sorted({rule.article for rule in rules if rule is not None}))
    agreed = "; có thỏa thuận bằng văn bản" if wished.agreed_in_writing else ""
    return f"Kéo dài theo {articles}: {wished.reason}{agreed}"[:500]
