"""A child process for one look into one file: little memory, little time, no files, no secrets.

The child is a fresh interpreter that runs `inside.py` and nothing of the portal: it inherits no
environment, no database connection, no open file but the content on its standard input, and an
answer of bounded length on its standard output. What happens to it happens to nobody else.
"""

import json
import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

INSIDE = Path(__file__).with_name("inside.py")
# A sheet of A3 at 600 dots an inch with transparency takes 600.
MEMORY_MB = 768
CPU_SECONDS = 10
WALL_SECONDS = 20
MOST_ANSWER = 8_000_000
# Of one process of the web server; whoever comes later waits for a while.
_AT_ONCE = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 20


class NoAnswer(Exception):
    """The child was killed, ran out of memory or time, or answered nonsense; `why` is slow, heavy, broken or busy."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Answer(NamedTuple):
    """What the child says, and the bytes that it made."""

    says: dict[str, Any]
    made: bytes


def ask(job: str, content: bytes, options: dict[str, Any] | None = None, *, memory_mb: int = MEMORY_MB) -> Answer:
    """The answer of a child that does `job` with the content; raises NoAnswer."""
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise NoAnswer("busy")
    try:
        return _read(_run(job, content, options or {}, memory_mb), with_line=job != "first_page")
    finally:
        _AT_ONCE.release()


def _run(job: str, content: bytes, options: dict[str, Any], memory_mb: int) -> bytes:
    limits = {"memory": memory_mb * 1024 * 1024, "seconds": CPU_SECONDS}
    command = [sys.executable, "-I", str(INSIDE), job, json.dumps(limits), json.dumps(options)]
    # Of the environment only where programs are: keys and passwords of the portal stay here.
    surroundings = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8"}
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        with subprocess.Popen(
            command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=surroundings, cwd="/", close_fds=True
        ) as process:
            try:
                return _collect(process)
            finally:
                process.kill()


def _collect(process: "subprocess.Popen[bytes]") -> bytes:
    """Everything that the child writes, as long as it is not too much and not too late."""
    if process.stdout is None:
        raise NoAnswer("broken")
    pipe, parts, total, until = process.stdout, [], 0, time.monotonic() + WALL_SECONDS
    with selectors.DefaultSelector() as watch:
        watch.register(pipe, selectors.EVENT_READ)
        while True:
            if not watch.select(max(0.0, until - time.monotonic())):
                raise NoAnswer("slow")
            part = os.read(pipe.fileno(), 1 << 16)
            if not part:
                break
            total += len(part)
            if total > MOST_ANSWER:
                raise NoAnswer("broken")
            parts.append(part)
    try:
        code = process.wait(max(0.1, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise NoAnswer("slow") from None
    if code != 0:
        # 3: inside.py itself met the end of its memory. A signal: the kernel ended it.
        raise NoAnswer("heavy" if code == 3 or code < 0 else "broken")
    return b"".join(parts)


def _read(written: bytes, *, with_line: bool) -> Answer:
    if not with_line:
        return Answer({}, written)
    line, _, made = written.partition(b"\n")
    try:
        says = json.loads(line)
    except ValueError:
        raise NoAnswer("broken") from None
    if not isinstance(says, dict):
        raise NoAnswer("broken")
    return Answer(says, made)
