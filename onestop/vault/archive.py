"""The folder that a backup is: its parts, the manifest that vouches for each, and the check of both.

    manifest.json                 when and from what it was made, and the SHA-256 of every part
    tables/<app>.<model>.jsonl.gz one line of JSON for each row
    files.jsonl.gz                digest and size of every file
    files/ab/abcdef…              the files by their content

The manifest is written last and carries its own digest, so an unfinished or damaged folder is
never taken for a backup. No key is in it, only a fingerprint by which the right one is known.
"""
from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
MANIFEST = "manifest.json"
FILES = "files"
KEYS = ("HISTORY_KEY", "LOOKUP_KEY")
_CHUNK = 1 << 20
_LEVEL = 6


class Unusable(Exception):
    """The backup cannot be used, or must not be put here; the message is a whole sentence."""


@dataclass(frozen=True)
class Part:
    """One file of lines: path inside the folder, number of lines, SHA-256 of the compressed bytes."""

    path: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class TablePart(Part):
    """The rows of one table and the order of its columns."""

    model: str
    columns: list[str]


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself; `missing_files` were lost or damaged before it was made."""

    made_at: str
    database: str
    migrations: list[list[str]]
    keys: dict[str, str]
    tables: list[TablePart]
    files: Part
    missing_files: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def migrations_here() -> list[list[str]]:
    """The migrations that made this database, of the tables that a backup holds; empty for a new database."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted([app, name] for app, name in applied)


def key_fingerprints() -> dict[str, str]:
    """By these a restore knows whether it has the keys that the backup needs; they reveal nothing of them."""
    return {name: hmac.new(str(getattr(settings, name)).encode(), b"onestop backup", hashlib.sha256).hexdigest()[:16] for name in KEYS}


# -- writing ------------------------------------------------------------------------------
class PartWriter:
    """Lines into one compressed file; the digest is taken of what reaches the disk."""

    def __init__(self, folder: Path, path: str) -> None:
        self.path, self.rows = path, 0
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = target.open("wb")
        self._digest = hashlib.sha256()
        # Without name and time in its head the same rows always give the same bytes.
        tee: Any = _Tee(self._file, self._digest)
        self._packer = gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=tee, mtime=0)

    def line(self, line: bytes) -> None:
        self._packer.write(line + b"\n")
        self.rows += 1

    def close(self) -> Part:
        self._packer.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Part(self.path, self.rows, self._digest.hexdigest())

    def abandon(self) -> None:
        self._file.close()


class _Tee:
    def __init__(self, file: BinaryIO, digest: Any) -> None:
        self._file, self._digest = file, digest

    def write(self, content: bytes) -> int:
        self._digest.update(content)
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()


@contextmanager
def new_part(folder: Path, path: str) -> Iterator[PartWriter]:
    """A part to be written and closed; whatever goes wrong, the file is not left open."""
    writer = PartWriter(folder, path)
    try:
        yield writer
    finally:
        writer.abandon()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    content = asdict(manifest)
    text = json.dumps(content | {"digest": _digest_of(content)}, ensure_ascii=False, indent=1)
    with (folder / MANIFEST).open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _digest_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


# -- reading ------------------------------------------------------------------------------
def open_archive(folder: Path) -> Manifest:
    """The manifest of a backup of which every byte was checked; raises Unusable."""
    manifest = _read_manifest(folder)
    for part in (*manifest.tables, manifest.files):
        if _digest_of_file(folder / part.path, part.path) != part.sha256:
            raise Unusable(f"The backup is damaged: {part.path} is not as it was written.")
    for digest, size in listed_files(folder, manifest):
        path = file_path(folder, digest)
        name = f"{FILES}/{digest[:2]}/{digest}"
        if path.is_file() and path.stat().st_size != size:
            raise Unusable(f"The backup is damaged: {name} has {path.stat().st_size} bytes instead of {size}.")
        if _digest_of_file(path, name) != digest:
            raise Unusable(f"The backup is damaged: {name} is not as it was written.")
    return manifest


def _read_manifest(folder: Path) -> Manifest:
    if not folder.is_dir():
        raise Unusable(f"There is no folder {folder}.")
    try:
        content = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise Unusable(f"{folder} is no backup, or an unfinished one: it has no {MANIFEST}.") from None
    except ValueError:
        raise Unusable(f"The backup is damaged: {MANIFEST} cannot be read.") from None
    if not isinstance(content, dict) or content.pop("digest", None) != _digest_of(content):
        raise Unusable(f"The backup is damaged: {MANIFEST} is not as it was written.")
    if content.get("format") != FORMAT:
        raise Unusable(f"The backup has format {content.get('format')}, this version of the portal reads {FORMAT}.")
    tables = [TablePart(**table) for table in content.pop("tables")]
    return Manifest(tables=tables, files=Part(**content.pop("files")), **content)


def listed_files(folder: Path, manifest: Manifest) -> Iterator[tuple[str, int]]:
    """Digest and size of every file that the backup holds."""
    for line in lines_of(folder, manifest.files):
        digest, size = json.loads(line)
        yield digest, size


def lines_of(folder: Path, part: Part) -> Iterator[bytes]:
    """The lines of one part; raises Unusable when they are not as many as were written."""
    count = 0
    try:
        with gzip.open(folder / part.path) as file:
            for line in file:
                count += 1
                yield line
    except (OSError, EOFError, zlib.error):
        raise Unusable(f"The backup is damaged: {part.path} cannot be read to its end.") from None
    if count != part.rows:
        raise Unusable(f"The backup is damaged: {part.path} has {count} lines instead of {part.rows}.")


def file_path(folder: Path, digest: str) -> Path:
    return folder / FILES / digest[:2] / digest


def _digest_of_file(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise Unusable(f"The backup is damaged: {name} is missing.") from None
    except OSError as problem:
        raise Unusable(f"The backup is damaged: {name} cannot be read ({problem.strerror}).") from None
