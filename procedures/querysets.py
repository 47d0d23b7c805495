"""The catalogue in the office's words."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from onestop.reading.names import fold


class ProcedureQuerySet(models.QuerySet):
    def matching(self, words: str) -> ProcedureQuerySet:
        """Procedures whose name, label, aliases or code hold every word, in any order, accents or not.

        Each word is taken literally: Django escapes % and _ for LIKE.
        """
        found = self
        for word in fold(words).split():
            found = found.filter(search_key__contains=word)
        return found


class ProcedureVersionQuerySet(models.QuerySet):
    def published(self, on: date) -> ProcedureVersionQuerySet:
        """In force on that day; the day of `effective_to` is the first one outside."""
        return self.filter(state="published", effective_from__lte=on).filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on))

    def receivable(self, on: date) -> ProcedureVersionQuerySet:
        """In force and with a confirmed limit, so that a date may be promised."""
        return self.published(on).filter(receivable=True)


class WorkflowQuerySet(models.QuerySet):
    def that_apply(self, version_id: int, case_key: str, agency_id: int | None, on: date) -> WorkflowQuerySet:
        """The published processes for this case at this agency on that day; the first one is in force.

        The agency's own go before the shipped ones, then those of the case before the general ones, then the latest.
        """
        published = self.filter(version_id=version_id, case_key__in={"", case_key}, effective_from__lte=on)
        return published.filter(Q(agency_id=agency_id) | Q(agency_id=None)).order_by(
            F("agency_id").asc(nulls_last=True), "-case_key", "-effective_from", "-number"
        )
