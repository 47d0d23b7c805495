"""The figures of a page, each the length of a list that it leads to, asked for together."""

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from onestop.staff.models import Agency


def figures(agency_id: int, *lists: QuerySet) -> tuple[int, ...]:
    """How many rows each of these lists has. One query; the agency's row only carries the numbers."""
    named = {f"list_{place}": _length(rows) for place, rows in enumerate(lists)}
    return Agency.objects.filter(pk=agency_id).annotate(**named).values_list(*named).get()


def _length(rows: QuerySet) -> Coalesce:
    # All rows are one group, so that it is one number whatever they have in common.
    together = rows.order_by().values(together=Value(1))
    return Coalesce(Subquery(together.annotate(number=Count("pk")).values("number")), 0)
