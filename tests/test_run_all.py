"""script/run_all.py as somebody at the terminal meets it: it starts, answers, and leaves nothing behind."""
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

MARK = "ONESTOP_TEST_RUN"
SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes_of(run: str) -> list[int]:
    """Every live process that inherited the run's mark, whoever its parent is now."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={run}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


class Portal:
    def __init__(self, state: Path) -> None:
        self.run, self.port, self.output = secrets.token_hex(8), free_port(), state / "output"
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        environment = kept | {"STATE_DIR": str(state), "PORT": str(self.port), MARK: self.run}
        for name in ("files", "broker", "broker-done", "broker-control"):
            (state / name).mkdir()
        with self.output.open("w") as output:
            self.parent = subprocess.Popen(
                [sys.executable, settings.BASE_DIR / "script" / "run_all.py"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        # "Ready" is said when the health page has answered.
        assert wait_for(lambda: "Ready" in self.output.read_text() or self.parent.poll() is not None)

    def end(self) -> None:
        for pid in processes_of(self.run):
            os.kill(pid, signal.SIGKILL)
        self.parent.wait()


@pytest.fixture
def portal(tmp_path) -> Iterator[Portal]:
    running = Portal(tmp_path)
    yield running
    running.end()


@pytest.mark.thorough
def test_ctrl_c_in_the_terminal_leaves_no_process(portal):
    assert len(processes_of(portal.run)) > 3
    os.killpg(portal.parent.pid, signal.SIGINT)
    assert portal.parent.wait(SECONDS) == 0
    assert processes_of(portal.run) == []


def test_a_parent_killed_outright_takes_its_children_along(portal):
    portal.parent.kill()
    assert wait_for(lambda: processes_of(portal.run) == [])


def test_a_child_that_ends_ends_the_rest(portal):
    children = Path(f"/proc/{portal.parent.pid}/task/{portal.parent.pid}/children").read_text().split()
    os.kill(int(children[-1]), signal.SIGKILL)
    assert portal.parent.wait(SECONDS) == 1
    assert processes_of(portal.run) == []
    assert "worker ended by itself" in portal.output.read_text()


def test_a_taken_port_is_said_in_a_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, settings.BASE_DIR / "script" / "run_all.py"],
            env=os.environ | {"PORT": str(port), "STATE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
        )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"Port {port} is taken")
