"""Every act on an account. Nothing else writes the table of people.

Each act is one transaction: the row changes, and the event that names who did it is
written last. Passwords are hashed before the transaction begins, for hashing is slow.
"""
from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.crypto import salted_hmac

from onestop.history.record import Entry, record, record_many
from onestop.staff.models import Agency, User
from onestop.staff.roles import Role

# What an administrator may change by hand.
EDITABLE = ("full_name", "job_title", "signing_name", "counter_no", "roles")
PASSWORD_FIELDS = ("password", "must_change_password", "first_password_expires_at", "first_password_used_at")
# No i, l, o, 0, 1: a first password is read out and copied by hand.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class ChangedMeanwhile(Exception):
    """Somebody else has changed the account since the page was shown."""


def subject_of(user: User) -> str:
    """How the history names the account."""
    return f"user:{user.pk}"


# -- making accounts ----------------------------------------------------------------------
def create_account(
    *,
    username: str,
    full_name: str,
    agency: Agency,
    roles: Collection[str],
    at: datetime,
    by: User | None = None,
    key: UUID | None = None,
    **fields: Any,
) -> User:
    """Make an account whose first password is `first_password(user)`.

    `key` is the submission key of the form: a second account with it, or with the same
    user name, is refused by the database (IntegrityError).
    """
    user = User(username=username.lower(), full_name=full_name, agency=agency, roles=ordered(roles), **fields)
    user.submission_key = key or new_key()
    user.set_password(first_password(user))
    _arm(user, at)
    with transaction.atomic():
        user.save(force_insert=True)
        _record(user, "account.created", by=by, at=at, data={"roles": user.roles})
    return user


def create_demo_accounts(people: Sequence[User], *, password: str, at: datetime) -> list[User]:
    """Make many demo accounts at once, all with one public password that lasts; hashed once."""
    if settings.PRODUCTION:
        raise RuntimeError("demo accounts are refused in production")
    hashed = make_password(password)
    for person in people:
        person.password, person.is_demo = hashed, True
    with transaction.atomic():
        made = User.objects.bulk_create(people)
        record_many(
            [
                Entry(person.agency_id, "account.created", subject_of(person), at, data={"roles": person.roles}, rows=[person])
                for person in made
            ]
        )
    return made


# -- changing them ------------------------------------------------------------------------
def state_of(user: User) -> str:
    """What a page shows of the account, in short: another one when somebody has changed it since."""
    return hashlib.sha256(json.dumps([getattr(user, name) for name in EDITABLE]).encode()).hexdigest()[:16]


def change_account(user: User, *, by: User, at: datetime, seen: str = "", **changes: Any) -> bool:
    """Change what an administrator may change; false when nothing differs.

    `seen` is the `state_of` that he had on his screen: a role that another administrator has taken away meanwhile must
    not come back with a new job title. Raises ChangedMeanwhile, and PermissionError for another field and for one's own roles.
    """
    if set(changes) - set(EDITABLE):
        raise PermissionError("not a field that can be changed")
    if "roles" in changes:
        changes["roles"] = ordered(changes["roles"])
    with transaction.atomic():
        user = _locked(user)
        changed = sorted(name for name, value in changes.items() if getattr(user, name) != value)
        if "roles" in changed and user.pk == by.pk:
            raise PermissionError("nobody changes his own roles")
        if not changed:
            return False
        if seen and seen != state_of(user):
            raise ChangedMeanwhile
        for name in changed:
            setattr(user, name, changes[name])
        user.save(update_fields=changed)
        data = {"changed": changed} | ({"roles": user.roles} if "roles" in changed else {})
        _record(user, "account.changed", by=by, at=at, data=data)
    return True


def disable_account(user: User, *, at: datetime, by: User | None = None) -> bool:
    """Close the account: its next request is answered like a stranger's. False when it was closed already."""
    if by is not None and by.pk == user.pk:
        raise PermissionError("nobody closes his own account")
    return _switch(user, False, "account.disabled", by=by, at=at)


def enable_account(user: User, *, by: User, at: datetime) -> bool:
    """Open a closed account again, with the password it had."""
    return _switch(user, True, "account.enabled", by=by, at=at)


def _switch(user: User, active: bool, act: str, *, by: User | None, at: datetime) -> bool:
    with transaction.atomic():
        user = _locked(user)
        if user.is_active == active:
            return False
        user.is_active = active
        user.save(update_fields=["is_active"])
        _record(user, act, by=by, at=at)
    return True


# -- passwords ----------------------------------------------------------------------------
def first_password(user: User) -> str:
    """The first password that goes with the account's present key, such as "k7mp-x3rd-9wqt-hn4c" (79 bits).

    Derived, so that the page after the form can show it once without anybody storing it.
    """
    digest = salted_hmac("onestop.staff.first_password", f"{user.username}:{user.submission_key}", algorithm="sha256").digest()
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(16):
        number, letter = divmod(number, len(LETTERS))
        letters.append(LETTERS[letter])
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


def give_first_password(user: User, *, key: UUID, at: datetime, by: User | None = None) -> bool:
    """Replace the password by a new first one, `first_password(user)`; false when this form was sent before.

    Sessions that are open under the old password end at their next request.
    """
    hashed = make_password(first_password(User(username=user.username, submission_key=key)))
    with transaction.atomic():
        locked = _locked(user)
        if locked.submission_key == key:
            return False
        locked.submission_key, locked.password = key, hashed
        _arm(locked, at)
        locked.save(update_fields=["submission_key", *PASSWORD_FIELDS])
        _record(locked, "account.first_password_given", by=by, at=at)
    user.refresh_from_db()
    return True


def use_first_password(user: User, *, at: datetime) -> bool:
    """Spend the first password on one log-in; false when it was spent or is too old (two at once: one wins)."""
    with transaction.atomic():
        unspent = User.objects.filter(pk=user.pk, must_change_password=True, first_password_used_at=None, first_password_expires_at__gt=at)
        if not unspent.update(first_password_used_at=at):
            return False
        _record(user, "account.first_password_used", by=user, at=at)
    user.first_password_used_at = at
    return True


def change_password(user: User, password: str, *, at: datetime) -> None:
    """Set the person's own new password; his other sessions end at their next request."""
    user.set_password(password)
    user.must_change_password, user.first_password_expires_at, user.first_password_used_at = False, None, None
    with transaction.atomic():
        # The person of a request is a stand-in for the row; the history wants the row itself.
        locked = _locked(user)
        for name in PASSWORD_FIELDS:
            setattr(locked, name, getattr(user, name))
        locked.save(update_fields=PASSWORD_FIELDS)
        _record(locked, "account.password_changed", by=locked, at=at)


# -- inner parts --------------------------------------------------------------------------
def ordered(roles: Collection[str]) -> list[str]:
    """The roles without repetition, in the order of the table."""
    return [role.value for role in Role if role in set(roles)]


def new_key() -> UUID:
    return UUID(bytes=secrets.token_bytes(16), version=4)


def _arm(user: User, at: datetime) -> None:
    user.must_change_password = True
    user.first_password_expires_at = at + timedelta(days=settings.FIRST_PASSWORD_DAYS)
    user.first_password_used_at = None


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _record(user: User, act: str, *, by: User | None, at: datetime, data: dict | None = None) -> None:
    record(agency_id=user.agency_id, act=act, subject=subject_of(user), at=at, by=by, data=data, rows=[user])
