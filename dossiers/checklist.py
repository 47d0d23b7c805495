"""The lists of a case: the papers that must be there before a receipt slip may be made, and the fees."""
from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from procedures.models import Component, Fee, ProcedureCase

PRESENT_STATES = frozenset({"submitted", "presented", "from_data"})


def components_of(case: ProcedureCase, channel: str = "counter") -> list[Component]:
    """The lines of this case together with those common to all cases, for this way of filing, in printed order."""
    lines = Component.objects.filter(version_id=case.version_id).filter(Q(case__isnull=True) | Q(case=case)).order_by("position", "id")
    return [line for line in lines if not line.channels or channel in line.channels]


def fees_of(case: ProcedureCase, day: date) -> list[Fee]:
    """The fees of this case together with those common to all cases that are in force on the day, in printed order."""
    in_force = (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    fees = Fee.objects.filter(in_force, Q(case__isnull=True) | Q(case=case), version_id=case.version_id)
    return list(fees.order_by("position", "id"))


def unconditional(components: Iterable[Component]) -> list[Component]:
    """The lines that "Đủ" ticks: required whatever the circumstances, and not one of several choices."""
    return [line for line in components if line.required and not line.condition and line.kind != Component.Kind.ONE_OF]


def missing(components: Iterable[Component], states: Mapping[int, str]) -> list[str]:
    """Names of what is still missing, in the order of the list.

    A required line must be there; of a required group of alternatives at least one must be. A
    line marked "missing" by the clerk counts as missing even when the catalogue calls it optional.
    Lines that the state looks up itself are never asked of the citizen.
    """
    names: list[str] = []
    groups: dict[str, list[Component]] = {}
    for line in components:
        state = states.get(line.pk, "")
        if line.kind == Component.Kind.ONE_OF:
            groups.setdefault(line.group_key, []).append(line)
        elif state == "missing" or (
            line.required and not line.condition and line.kind != Component.Kind.FROM_DATA and state not in PRESENT_STATES
        ):
            names.append(line.short_name)
    for lines in groups.values():
        there = any(states.get(line.pk, "") in PRESENT_STATES for line in lines)
        marked = any(states.get(line.pk, "") == "missing" for line in lines)
        if not there and (marked or any(line.required for line in lines)):
            names.append(" hoặc ".join(line.short_name for line in lines))
    return names
