"""The date to promise: the procedure's limit, the agency's hours and the calendar in force."""
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from onestop.worktime.limits import CannotPromise, Promise, due, say_limit
from onestop.worktime.store import calendar_in_force, opening_hours
from procedures.limits import limit_for
from procedures.models import ProcedureCase, ProcedureVersion

RULE_VERSION = "2026-1"


@dataclass(frozen=True)
class Appointed:
    """A computed promise together with the words and versions that the ledger keeps."""

    promise: Promise
    limit_words: str
    calendar_version: str

    @property
    def due_at(self) -> datetime:
        # promise_for refuses limits without a date
        return cast(datetime, self.promise.due_at)


def promise_for(version: ProcedureVersion, case: ProcedureCase, channel: str, agency_id: int, received_at: datetime) -> Appointed:
    """The appointment for a dossier received now; raises CannotPromise with the sentence to show."""
    limit = limit_for(version, case, channel)
    if limit is None:
        raise CannotPromise("Thủ tục này chưa có thời hạn công bố nên chưa tiếp nhận được.")
    calendar = calendar_in_force()
    promise = due(received_at, limit, calendar, opening_hours(agency_id), channel=channel)
    if promise.due_at is None:
        raise CannotPromise(promise.reason)
    return Appointed(promise, say_limit(limit), calendar.version)
