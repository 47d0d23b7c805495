"""Certification entries in the words of the office; nothing here reads the clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, Q, Sum

from dossiers.certification.books import Period
from onestop.reading.names import fold


@dataclass(frozen=True)
class Counts:
    """What was done: visits (sessions), numbers (việc), copies (bản), fees in đồng. Struck-out lines count only in `voided`."""

    visits: int
    numbers: int
    copies: int
    fees: int
    voided: int


class CertificationEntryQuerySet(models.QuerySet[Any]):
    def valid(self) -> "CertificationEntryQuerySet":
        """Without the numbers struck out."""
        return self.filter(voided_at__isnull=True)

    def unsigned(self) -> "CertificationEntryQuerySet":
        return self.valid().filter(signed_at__isnull=True)

    def of_agency(self, agency_id: int) -> "CertificationEntryQuerySet":
        return self.filter(agency_id=agency_id)

    def in_book(self, book: str, year: int) -> "CertificationEntryQuerySet":
        """One book in the order of its numbers, struck-out ones included."""
        return self.filter(book=book, year=year).order_by("number")

    def in_period(self, period: Period) -> "CertificationEntryQuerySet":
        """Entered in the local month or year."""
        return self.filter(entered_at__gte=period.start, entered_at__lt=period.end)

    def entered_between(self, start: datetime, end: datetime) -> "CertificationEntryQuerySet":
        """Entered from `start` until before `end`."""
        return self.filter(entered_at__gte=start, entered_at__lt=end)

    def holding(self, words: str) -> "CertificationEntryQuerySet":
        """Lines whose applicant, other parties or paper hold every word, in any order, accents or not."""
        found = self
        for word in fold(words).split():
            found = found.filter(search_key__contains=word)
        return found

    def counts(self) -> Counts:
        """One query."""
        live = Q(voided_at__isnull=True)
        row = self.order_by().aggregate(
            visits=Count("dossier", distinct=True, filter=live),
            numbers=Count("pk", filter=live),
            copies=Sum("copies", filter=live),
            fees=Sum("fee", filter=live),
            voided=Count("pk", filter=~live),
        )
        return Counts(**{name: value or 0 for name, value in row.items()})
