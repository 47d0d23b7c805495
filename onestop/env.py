"""Typed reading of the environment.

Every setting that an operator may change is one environment variable. A value
that cannot be read stops the start with the variable's name and what was
expected; it never falls back silently to a default.
"""
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class BadSetting(Exception):
    """An environment variable holds a value that cannot be used."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: expected {expected}")


def text(name: str, default: str = "", *, allowed: tuple[str, ...] = ()) -> str:
    """The variable as text; with `allowed`, one of these words."""
    value = os.environ.get(name, default).strip()
    if allowed and value not in allowed:
        raise BadSetting(name, "one of " + ", ".join(allowed))
    return value


def flag(name: str, default: bool) -> bool:
    """A yes-or-no variable: 1, true, yes, on / 0, false, no, off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(name, "1 or 0")


def number(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    """A whole number from `low` to `high`, both included."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit()) or not low <= int(value) <= high:
        raise BadSetting(name, f"a whole number from {low} to {high}")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty items."""
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def address(name: str, default: str, *, schemes: tuple[str, ...]) -> str:
    """An address such as https://motcua.example.vn, without a trailing slash."""
    value = os.environ.get(name, "").strip().rstrip("/") or default
    if not value:
        return ""
    expected = "an address that starts with " + " or ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise BadSetting(name, expected) from None
    if parts.scheme not in schemes or not (parts.hostname or parts.path):
        raise BadSetting(name, expected)
    return value


def folder(name: str) -> str:
    """A folder that exists, or nothing."""
    value = os.environ.get(name, "").strip()
    if value and not Path(value).is_dir():
        raise BadSetting(name, "a folder that is there")
    return value


def is_host_and_port(value: str) -> bool:
    """Whether it is such as scanner.internal:3310."""
    host, _, port = value.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 < int(port) < 65536


def gateway(address_name: str, key_name: str, *, needed: bool) -> dict[str, str]:
    """Address and shared key of somebody who sends messages for us; https, but for one on this machine.

    Both are required when `needed`, and the key has 32 characters or more.
    """
    found = address(address_name, "", schemes=("https", "http"))
    key = os.environ.get(key_name, "").strip()
    parts = urlsplit(found)
    if (needed and not found) or (parts.scheme == "http" and parts.hostname not in LOOPBACK) or (found and not parts.hostname):
        raise BadSetting(address_name, "an address that starts with https://")
    if (needed or key) and len(key) < 32:
        raise BadSetting(key_name, "a secret of at least 32 characters")
    return {"address": found, "key": key}


def database(name: str, sqlite_file: str) -> dict:
    """Django's DATABASES entry for a postgresql:// address; SQLite when it is empty.

    The host may be a folder with a socket: postgresql:///one?host=/run/postgresql
    """
    url = os.environ.get(name, "").strip()
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sqlite_file,
            # FULL survives a power cut; IMMEDIATE takes the write lock at the start, so a
            # transaction never fails half-way on an upgrade from reading to writing.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
            "TEST": {"NAME": sqlite_file + ".test"},
        }
    expected = "postgresql://user:password@host:port/name (or empty for SQLite)"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadSetting(name, expected) from None
    if parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2:
        raise BadSetting(name, expected)
    query = dict(item.split("=", 1) for item in parts.query.split("&") if "=" in item)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(port or query.get("port", "")),
        # A new connection costs as much as six status pages.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A server that drops packets must not hang every page and the health page with them.
        "OPTIONS": {"connect_timeout": 5},
    }
