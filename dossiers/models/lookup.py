"""Failures of the public look-up, counted where every process sees them."""

from django.db import models


class LookupCounter(models.Model):
    """How often something was tried in vain within one window of time.

    `key` is a keyed hash of what is counted (a typed dossier code, an internet address, the whole site), so the
    table says nothing about anybody; `ends` is the second since 1970 at which the window is over and the row is
    worth nothing. Written only by lookup.py, in one statement that also reads it.
    """

    key = models.CharField(max_length=64)
    failures = models.PositiveIntegerField()
    ends = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("key", name="lookup_counter_once")]

    def __str__(self) -> str:
        return f"{self.failures} until {self.ends}"
