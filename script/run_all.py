"""The parent of one running portal: web server, worker and schedule as its children.

The parent ends when any child ends, and no child outlives it: each has a process group of its
own (so a Ctrl-C in the terminal reaches only the parent, which then stops them in order), is
killed when it does not stop in time, and is told by the kernel to stop should the parent be
killed outright. No Django in here: it starts at once.
"""
import contextlib
import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 90
SECONDS_TO_STOP = 12
PR_SET_PDEATHSIG = 1

asked_to_stop = 0


def note_signal(number: int, frame: object) -> None:
    global asked_to_stop
    asked_to_stop += 1


def stop_with_parent() -> None:
    """Runs in the child before its program starts: a parent killed with -9 takes its children along (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def whole_number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip() or str(default)
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        sys.exit(f"{name}: expected a whole number from 1 to 65535")
    return int(value)


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            sys.exit(f"Port {port} needs root. Choose one above 1023: PORT=8000 script/server")
        except OSError:
            sys.exit(f"Port {port} is taken, perhaps by this very server. Stop that, or choose another: PORT={port + 1} script/server")


def commands(port: int, state: Path) -> dict[str, list[str]]:
    web = ["gunicorn", "onestop.wsgi:application", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "warning"]
    web += ["--worker-class", "gthread", "--workers", str(whole_number("WEB_WORKERS", 2)), "--threads", str(whole_number("WEB_THREADS", 4))]
    web += ["--timeout", "60", "--graceful-timeout", "8", "--config", "python:onestop.serving"]
    celery = ["celery", "--quiet", "-A", "onestop"]
    schedule = ["--schedule", str(state / "beat-schedule")]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning"]
    quiet += ["--concurrency", str(whole_number("JOB_WORKERS", 2))]
    if os.environ.get("REDIS_URL", "").strip():
        return {
            "web": web,
            "worker": [*celery, "worker", *quiet],
            "schedule": [*celery, "beat", *schedule, "--pidfile=", "--loglevel", "warning"],
        }
    return {
        "web": web,
        "worker": [*celery, "worker", "--beat", *schedule, "--pool", "threads", *quiet],
    }


def start(command: Sequence[str]) -> subprocess.Popen:
    # On a demonstration's terminal the log-ins and the address should stay in sight; production logs every request.
    quiet = {} if os.environ.get("ONESTOP_MODE", "").strip() == "production" else {"LOG_LEVEL": "WARNING"}
    # Celery scolds whoever tries the demonstration as root; it takes no pickled messages, which is what the warning is about.
    hushed = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=BASE_DIR,
        env=hushed | quiet | os.environ,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=stop_with_parent,
    )


def answer(port: int, address: str) -> tuple[int, str] | None:
    """Status and body of the health page, asked for as the proxy in front would; None while nobody answers."""
    site = urlsplit(address)
    headers = {"Host": site.netloc, "X-Forwarded-Proto": site.scheme, "Accept": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/suc-khoe/", headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    except OSError:
        return None
    finally:
        connection.close()


def ended(children: dict[str, subprocess.Popen]) -> str:
    """The name of a child that has ended, or nothing."""
    return next((name for name, child in children.items() if child.poll() is not None), "")


def wait_until_ready(children: dict[str, subprocess.Popen], port: int, address: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not asked_to_stop and not ended(children) and time.monotonic() < deadline:
        health = answer(port, address)
        if health:
            print(f"\n==> Ready: {address}/   (Ctrl-C stops everything)\n", flush=True)
            if health[0] == 503:
                print(f"    The health page reports: {reasons(health[1])}", flush=True)
            return
        time.sleep(0.1)


def reasons(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return "degraded"


def stop(children: dict[str, subprocess.Popen]) -> None:
    """End every child and whatever it started; those that take too long, or a second Ctrl-C, are killed."""
    for child in children.values():
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + SECONDS_TO_STOP
    while time.monotonic() < deadline and asked_to_stop < 2 and any(child.poll() is None for child in children.values()):
        time.sleep(0.05)
    for child in children.values():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def main() -> int:
    port = whole_number("PORT", 8000)
    state = Path(os.environ.get("STATE_DIR", "").strip() or BASE_DIR / "var").resolve()
    address = os.environ.get("SITE_URL", "").strip().rstrip("/") or f"http://127.0.0.1:{port}"
    refuse_taken_port(port)
    # What the portal writes is about people: nobody else on this machine reads it.
    os.umask(0o027)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, note_signal)
    children: dict[str, subprocess.Popen] = {}
    try:
        for name, command in commands(port, state).items():
            children[name] = start(command)
        wait_until_ready(children, port, address)
        while not asked_to_stop and not ended(children):
            time.sleep(0.2)
        failed = "" if asked_to_stop else ended(children)
        if failed:
            code = children[failed].returncode
            print(f"==> {failed} ended by itself (exit code {code}); stopping the rest.", file=sys.stderr, flush=True)
    finally:
        stop(children)
    if failed:
        return 1
    print("==> Stopped.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
