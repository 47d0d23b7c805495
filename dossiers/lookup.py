"""A citizen opens a dossier: by code and lookup code, or by the token of a slip; and how often that may fail.

Failures are counted on three axes: for the dossier code that was typed (whether or not it exists), for the internet
address, for the whole site. A window begins with its first failure. One statement counts and reads all axes and
holds their rows, always in this order, until the guess is judged; so of any number of parallel guesses exactly as
many are judged as the limit allows, and a right one takes its count back. A refused try is neither judged nor
counted: impatience does not lengthen the wait. The token of a slip is judged whatever the counters say, because
its 80 bits cannot be guessed and the owner must never be locked out; wrong tokens count like wrong codes.
"""
from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from dossiers import secrets
from dossiers.models import Dossier, LookupCounter, SupplementRequest
from dossiers.statuses import Status
from onestop.reading import Unreadable
from onestop.reading.codes import canonical_dossier_code

PER_DOSSIER_SECONDS = 15 * 60
PER_ADDRESS_SECONDS = PER_SITE_SECONDS = 60 * 60
# How far the clocks of two processes may differ before a counter from "the future" is taken for a clock that was wrong.
CLOCK_SLACK_SECONDS = 3600
TOKEN_LIFE = timedelta(days=90)
# Letters that Crockford's alphabet leaves out because they are read for digits.
_LOOK_ALIKE = str.maketrans("OIL", "011")
_LONGEST_KEPT = 60

log = structlog.get_logger(__name__)


class TooManyTries(Exception):
    """A limit is reached; `seconds` until a try is judged again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many failed look-ups")
        self.seconds = seconds

    @property
    def minutes(self) -> int:
        return ceil(self.seconds / 60)


class TokenExpired(Exception):
    """The token was right, but the result was returned too long ago: the lookup code is asked for."""


@dataclass(frozen=True)
class Opened:
    """What a secret opened: a dossier under this version of its secret, or a supplement slip."""

    kind: str
    pk: int
    version: int = 1


DOSSIER, SUPPLEMENT = "dossier", "supplement"


@dataclass(frozen=True)
class Axis:
    """One thing that failures are counted for."""

    name: str
    subject: str
    limit: int
    seconds: int

    @property
    def key(self) -> str:
        return salted_hmac(f"dossiers.lookup.{self.name}", self.subject, algorithm="sha256").hexdigest()


def by_code(typed_code: str, typed_secret: str, *, address: str, at: datetime) -> Opened | None:
    """What the code and the lookup code open together, or None; raises TooManyTries.

    The same work is done for an unknown code, a malformed one, a voided dossier and a wrong secret: nothing tells them apart.
    """
    code, secret = read_code(typed_code), read_secret(typed_secret)
    per_dossier = Axis("dossier", code or _folded(typed_code), settings.LOOKUP_FAILURES_PER_DOSSIER, PER_DOSSIER_SECONDS)
    return _judge([per_dossier, *_everywhere(address)], at, lambda: _match(code, secret))


def by_token(typed_token: str, *, address: str, at: datetime) -> Opened | None:
    """What the token of a slip opens, or None; raises TokenExpired, and TooManyTries only for a wrong one."""
    digest = secrets.token_digest(typed_token.upper().translate(_LOOK_ALIKE))
    row = Dossier.objects.valid().filter(token_digest=digest).values_list("pk", "secret_version", "status", "returned_at").first()
    if row is not None:
        pk, version, status, returned_at = row
        if status == Status.RETURNED and returned_at is not None and at >= returned_at + TOKEN_LIFE:
            raise TokenExpired
        return Opened(DOSSIER, pk, version)
    slip = SupplementRequest.objects.filter(token_digest=digest).values_list("pk", flat=True).first()
    return Opened(SUPPLEMENT, slip) if slip is not None else _judge(_everywhere(address), at, lambda: None)


def read_code(typed: str) -> str:
    """The dossier code in its printed form, "" when the text can be none."""
    try:
        return canonical_dossier_code(typed)
    except Unreadable:
        return ""


def read_secret(typed: str) -> str:
    """The digits of the lookup code, full-width or Khmer ones too, without the spaces and dashes people put between."""
    between = {"Pd", "Cf"}  # dashes; marks that are not seen
    kept = (each for each in typed[:_LONGEST_KEPT] if not each.isspace() and unicodedata.category(each) not in between)
    return "".join(str(unicodedata.decimal(each, each)) for each in kept)


def sweep_counters(now: datetime) -> int:
    """Delete the counters whose window is over; returns how many."""
    return LookupCounter.objects.filter(ends__lte=int(now.timestamp())).delete()[0]


def _match(code: str, secret: str) -> Opened | None:
    row = Dossier.objects.valid().filter(code=code).values_list("pk", "secret_version").first()
    # Derived and compared even when there is no such dossier, so that the answer takes as long.
    pk, version = row or (0, 1)
    fits = secrets.opens(code, version, secret)
    return Opened(DOSSIER, pk, version) if fits and row is not None else None


def _folded(typed: str) -> str:
    """Text that is no code, as a counter's subject: spelling variants of one mistake are one."""
    return "".join(typed[:_LONGEST_KEPT].casefold().split())


def _everywhere(address: str) -> list[Axis]:
    """The axes that hold for every kind of try; without an address (a socket) the site alone."""
    site = Axis("site", "", settings.LOOKUP_FAILURES_PER_SITE, PER_SITE_SECONDS)
    return [Axis("address", address, settings.LOOKUP_FAILURES_PER_ADDRESS, PER_ADDRESS_SECONDS), site] if address else [site]


def _judge(axes: Sequence[Axis], at: datetime, guess: Callable[[], Opened | None]) -> Opened | None:
    with transaction.atomic():
        wait = _count(axes, at)
        opened = None if wait else guess()
        if wait or opened:
            # Neither a refused try nor a right one is a failure.
            transaction.set_rollback(True)
    if wait:
        raise TooManyTries(wait)
    return opened


def _count(axes: Sequence[Axis], at: datetime) -> int:
    """Count one failure on each axis; returns the seconds to wait when that is beyond a limit, else 0.

    Raw SQL, since the database itself is the point: whoever comes second waits for the row and then counts on.
    """
    now = int(at.timestamp())
    table = LookupCounter._meta.db_table
    rows = ", ".join(["(%s, 1, %s)"] * len(axes))
    over = f"({table}.ends <= %s OR {table}.ends > excluded.ends + {CLOCK_SLACK_SECONDS})"
    # Inserted are the table's name, a constant and the number of placeholders.
    statement = f"""
        INSERT INTO {table} (key, failures, ends) VALUES {rows}
        ON CONFLICT (key) DO UPDATE SET
            failures = CASE WHEN {over} THEN 1 ELSE {table}.failures + 1 END,
            ends = CASE WHEN {over} THEN excluded.ends ELSE {table}.ends END
        RETURNING key, failures, ends
    """
    by_key = {axis.key: axis for axis in axes}
    values = [value for key, axis in by_key.items() for value in (key, now + axis.seconds)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, now, now])
        counted = cursor.fetchall()
    beyond = {by_key[key].name: ends - now for key, failures, ends in counted if failures > by_key[key].limit}
    if beyond:
        log.warning("lookup_limited", axes=sorted(beyond))
    return max(1, *beyond.values()) if beyond else 0
