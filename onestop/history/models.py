"""The log itself: events in one chain per agency, access entries, seals, salts."""
from __future__ import annotations

import json
from typing import Any

from django.db import models

from onestop.history.rows import tracked
from onestop.history.triggers import protect

# Room for every role of one person, joined by commas.
ROLE_LENGTH = 120


class AccessKind(models.TextChoices):
    VIEW = "view", "Xem"
    SEARCH = "search", "Tìm kiếm"
    LIST = "list", "Xem danh sách"
    DOWNLOAD = "download", "Tải tệp"
    PRINT = "print", "In"
    EXPORT = "export", "Xuất dữ liệu"
    REVEAL = "reveal", "Hiện số đầy đủ"
    LOG_IN = "log_in", "Đăng nhập"
    LOG_OUT = "log_out", "Đăng xuất"
    LOG_IN_FAILED = "log_in_failed", "Đăng nhập không thành công"
    REFUSED = "refused", "Bị từ chối"


@protect
class Event(models.Model):
    """One act of one agency: no foreign keys and no personal data, only ids, codes and digests.

    `hash` signs every column with a key outside the database, `prev_hash` joins the entry to
    the one before it. `data` is kept as the very text that was signed.
    """

    pk = models.CompositePrimaryKey("agency_id", "seq")
    agency_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=ROLE_LENGTH, blank=True)
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    data = models.TextField()
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index("agency_id", "subject", "seq", name="event_by_subject")]

    def __str__(self) -> str:
        return f"{self.agency_id}/{self.seq} {self.act} {self.subject}"

    @property
    def facts(self) -> dict[str, Any]:
        """What the act said about itself, without the digests of rows."""
        return {name: value for name, value in json.loads(self.data).items() if name not in {"rows", "gone"}}


class ChainHead(models.Model):
    """The last entry of an agency's chain; its row is the lock that puts acts in order.

    Signed as well, or whoever cuts the tail would only have to set the head back.
    """

    agency_id = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.agency_id}/{self.seq}"


@protect
class AccessEntry(models.Model):
    """Somebody saw personal data, searched, downloaded, logged in or was refused: one row a page.

    Signed by itself (`mac`) when it is written; the every-minute job then joins the new ones
    to the chain in one batch, so that none can be removed. `detail` never repeats what was typed.
    """

    agency_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=ROLE_LENGTH, blank=True)
    kind = models.CharField(max_length=20, choices=AccessKind)
    subject = models.CharField(max_length=80, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True)
    mac = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index("agency_id", "id", name="access_by_agency"),
            models.Index("subject", "id", name="access_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.subject}"


class AccessCursor(models.Model):
    """How far the access entries are joined to the chain: all up to `upto` except the open holes.

    A hole is a range of ids whose rows were not there yet (they may be committed late) or never
    will be (rolled back): [low, high, since]. Only the job's notebook; what counts stands in the events.
    """

    upto = models.BigIntegerField(default=0)
    holes = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"up to {self.upto}"

    def awaits(self, pk: int) -> bool:
        """Whether the job will still take the entry with this id when it sees it."""
        return pk > self.upto or any(low <= pk <= high for low, high, _since in self.holes)


class Salt(models.Model):
    """What makes the personal digests of one subject checkable; deleting it is part of erasing a person."""

    subject = models.CharField(max_length=80)
    value = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint("subject", name="salt_once")]

    def __str__(self) -> str:
        return self.subject


@protect
@tracked()
class Seal(models.Model):
    """The end of an agency's chain on one day, for the printed daily sheet.

    Whoever keeps the sheet can prove later that nothing up to there was cut off or rewritten.
    """

    agency_id = models.BigIntegerField()
    day = models.DateField()
    at = models.DateTimeField()
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint("agency_id", "day", name="seal_once_a_day")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.day} {self.words}"

    @property
    def words(self) -> str:
        """The digest as it is printed and read out: 16 characters in fours."""
        return " ".join(self.hash[start : start + 4] for start in range(0, 16, 4))
