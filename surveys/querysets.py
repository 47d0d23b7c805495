"""Ballots in the words of the office; only sums leave this place."""

from collections.abc import Mapping
from datetime import date

from django.db import models
from django.db.models import Count

# With fewer answers a person could be recognised in the figures.
SMALLEST_GROUP = 5


class BallotQuerySet(models.QuerySet):
    def of_agency(self, agency_id: int):
        return self.filter(agency_id=agency_id)

    def of_sector(self, sector_id: int):
        """Of one field of government."""
        return self.filter(sector_id=sector_id)

    def in_period(self, first: date, last: date):
        """Given from the first to the last day, both included."""
        return self.filter(day__gte=first, day__lte=last)

    def satisfied(self):
        """The two happier faces."""
        return self.filter(score__gte=3)

    def counts(self) -> Mapping[int, int] | None:
        """How often each score was given; None when there are too few answers to show any."""
        found = dict(self.order_by().values_list("score").annotate(Count("pk")))
        return found if sum(found.values()) >= SMALLEST_GROUP else None
