"""Files kept by their content: the name of a file is the SHA-256 of its bytes.

A file is complete on disk before any row may name it: written to a temporary name, flushed,
renamed, and its folder flushed. The same content is kept once; nothing is ever overwritten.
"""
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


class FileMissing(Exception):
    """A file that a row names is not there, or its bytes are not those that were stored."""


def digest_of(content: bytes) -> str:
    """The name under which `content` is kept."""
    return hashlib.sha256(content).hexdigest()


def path_of(digest: str) -> Path:
    """Where the file of this digest lies; folders by the first two characters keep each small."""
    if len(digest) != 64 or not digest.isalnum():
        raise FileMissing(digest)
    return Path(settings.FILES_DIR) / digest[:2] / digest


def store(content: bytes) -> str:
    """Keep `content` durably and return its digest; storing it again is harmless."""
    digest = digest_of(content)
    target = path_of(digest)
    if target.exists():
        # A file about to be used again must look young to the sweep of orphans.
        os.utime(target)
        return digest
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix="new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest


def is_writable() -> bool:
    """Whether a file could be kept now; tried, since permissions do not tell of a full or read-only disk."""
    try:
        root = Path(settings.FILES_DIR)
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=root) as file:
            file.write(b"?")
            file.flush()
    except OSError:
        return False
    return True


def exists(digest: str) -> bool:
    return path_of(digest).exists()


def read(digest: str) -> bytes:
    """The stored bytes, checked against their digest; raises FileMissing."""
    try:
        content = path_of(digest).read_bytes()
    except FileNotFoundError:
        raise FileMissing(digest) from None
    if digest_of(content) != digest:
        raise FileMissing(f"{digest}: the bytes have changed")
    return content


def copy(source: Path, target: Path, digest: str) -> int:
    """Copy a file whose bytes must have this digest, and return its size; raises FileMissing.

    The target appears whole or not at all. It is not flushed to disk: whoever copies
    thousands flushes once at the end, before anything relies on them.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix="new-")
    try:
        found, size = hashlib.sha256(), 0
        try:
            with os.fdopen(handle, "wb") as file, source.open("rb") as original:
                while chunk := original.read(1 << 20):
                    found.update(chunk)
                    size += file.write(chunk)
        except FileNotFoundError:
            raise FileMissing(digest) from None
        if found.hexdigest() != digest:
            raise FileMissing(f"{digest}: the bytes have changed")
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return size


def stored_files() -> Iterator[Path]:
    """Every kept file, unfinished ones aside."""
    root = Path(settings.FILES_DIR)
    if root.is_dir():
        yield from (path for path in root.glob("??/*") if not path.name.startswith("new-"))


def sweep_orphans(named: set[str], *, older_than_seconds: int = 86_400) -> int:
    """Remove files that no row names and that are older than the given age; returns how many.

    The age protects a file whose row is about to be committed.
    """
    oldest = time.time() - older_than_seconds
    removed = 0
    root = Path(settings.FILES_DIR)
    for path in root.glob("??/*") if root.is_dir() else ():
        if path.name not in named and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
