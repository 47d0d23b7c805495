"""A PostgreSQL and a Redis of one's own for as long as a `with` block lasts.

Each lives in a temporary folder that is removed at the end. PostgreSQL listens on a socket in that
folder only, Redis on a free loopback port with a password, so neither can meet another program's
server, nor another run's. Used by script/test; good for benchmarks too.

    with postgres() as database_url, redis() as redis_url: …

    .venv/bin/python script/throwaway.py .venv/bin/pytest dossiers -q
"""
import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
SECONDS_TO_START = 30
# Nothing in here is worth keeping, so nothing waits for the disk.
FAST_AND_LOOSE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "120",
    "shared_buffers": "256MB",
}


class CannotStart(Exception):
    """A server that tests need did not start; the message says what it printed last."""


def postgres_programs() -> Path:
    """The folder of initdb and postgres: Debian's newest, else the one on PATH."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if newest:
        return newest[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise CannotStart("PostgreSQL is not installed; script/setup --test installs it")


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: arguments for subprocess that make it user postgres then."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _stop_with_parent(number: signal.Signals) -> Callable[[], None]:
    def arrange() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)

    return arrange


def _wait(is_up: Callable[[], bool], process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            raise CannotStart(log.read_text(errors="replace")[-2000:])
        time.sleep(0.05)


def _end(process: subprocess.Popen, number: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Address of an empty database on a server of its own, for DATABASE_URL."""
    programs, unprivileged = postgres_programs(), _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="onestop-pg-"))
    try:
        if "user" in unprivileged:
            os.chown(folder, unprivileged["user"], unprivileged["group"])
        data, log = folder / "data", folder / "log"
        initdb: list[str | Path] = [programs / "initdb", "-D", data, "--no-sync", "--auth=trust", "--username=postgres"]
        made = subprocess.run([*initdb, "--encoding=UTF8", "--locale=C.UTF-8"], cwd=folder, capture_output=True, text=True, **unprivileged)
        if made.returncode:
            raise CannotStart(made.stderr or made.stdout)
        options = [part for name, value in FAST_AND_LOOSE.items() for part in ("-c", f"{name}={value}")]
        with log.open("w") as output:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", *options],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_stop_with_parent(signal.SIGINT),
                start_new_session=True,
                **unprivileged,
            )
        try:
            ready: list[str | Path] = [programs / "pg_isready", "-q", "-h", folder, "-U", "postgres"]
            _wait(lambda: subprocess.run(ready, check=False).returncode == 0, server, log)
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            # SIGINT is PostgreSQL's fast stop: it does not wait for clients.
            _end(server, signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """Address of an empty Redis that writes nothing to disk, for REDIS_URL."""
    program = shutil.which("redis-server")
    if not program:
        raise CannotStart("Redis is not installed; script/setup --test installs it")
    folder, password = Path(tempfile.mkdtemp(prefix="onestop-redis-")), secrets.token_hex(16)
    try:
        log, settings = folder / "log", folder / "redis.conf"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # In a file, not on the command line, where every user of the machine could read the password.
        settings.write_text(f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndir {folder}\n')
        with log.open("w") as output:
            server = subprocess.Popen(
                [program, settings],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_stop_with_parent(signal.SIGKILL),
                start_new_session=True,
            )
        try:
            _wait(lambda: _answers_ping(port, password), server, log)
            yield f"redis://:{password}@127.0.0.1:{port}/0"
        finally:
            _end(server, signal.SIGTERM)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers_ping(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            return connection.recv(64).startswith(b"+OK")
    except OSError:
        return False


def main() -> int:
    """Run the command given as arguments with DATABASE_URL and REDIS_URL of a throw-away pair."""
    with postgres() as database_url, redis() as redis_url:
        return subprocess.run(sys.argv[1:], env=os.environ | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}).returncode


if __name__ == "__main__":
    sys.exit(main())
