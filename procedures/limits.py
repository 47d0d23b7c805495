"""Which limit and which slip rule a dossier gets from its version, case and way of filing."""

from __future__ import annotations

from collections.abc import Iterable

from onestop.worktime.limits import TimeLimit
from procedures.models import Limit, ProcedureCase, ProcedureVersion, SlipRule


def limit_for(version: ProcedureVersion, case: ProcedureCase | None, channel: str) -> TimeLimit | None:
    """The limit the agency commits to, or None when none is confirmed for this case and channel.

    The nearest row decides: case and channel, then case, then channel, then the procedure's own. A nearer row
    that is not confirmed is not passed over in favour of a wider one: then no date can be promised.
    """
    row = chosen_limit(version.limits.all(), case.pk if case else None, channel)
    if row is None or not row.checked or not row.is_known:
        return None
    # A case with a limit of its own has its own cut-off or none; the version's belongs to its main limit.
    cutoff = row.cutoff or (version.cutoff if row.case_id is None else None)
    return TimeLimit(value=row.value, unit=row.unit, clock_hours=row.clock_hours, cutoff=cutoff)


def chosen_limit(limits: Iterable[Limit], case_id: int | None, channel: str) -> Limit | None:
    """The row that applies, confirmed or not; rows under a condition in words are never chosen by a machine."""
    rows = {(row.case_id, row.channel): row for row in limits if not row.condition}
    for key in ((case_id, channel), (case_id, ""), (None, channel), (None, "")):
        if key in rows:
            return rows[key]
    return None


def slip_needed(version: ProcedureVersion, case: ProcedureCase | None, *, due_on_same_day: bool) -> bool:
    """Whether a receipt slip must be printed at intake.

    Every dossier gets one, except what is returned at once (domain §3.1); a certification that is not returned on
    the same day needs a slip with hour and date (TT 01/2020/TT-BTP Điều 2.1).
    """
    rule = (case.slip_override if case else "") or version.slip_rule
    if rule == SlipRule.IF_NOT_RETURNED_TODAY:
        return not due_on_same_day
    return rule == SlipRule.ALWAYS
