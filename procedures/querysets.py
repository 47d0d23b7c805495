"""The catalogue in the office's words."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

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
