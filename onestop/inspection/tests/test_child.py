"""The child has little of everything, and its end is nobody else's."""

import json
import os
import subprocess
import sys
import time

import pytest

from onestop.inspection import Refused, check, child
from onestop.inspection.tests import makers as make

GREEDY = """
import resource, sys
sys.path.insert(0, {folder!r})
import inside
inside.bound(256 << 20, 3)
{then}
"""


def run_bound(then: str) -> "subprocess.CompletedProcess[bytes]":
    """Some Python under the limits of the child."""
    code = GREEDY.format(folder=str(child.INSIDE.parent), then=then)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=30)


def test_more_memory_than_allowed_is_not_given():
    assert run_bound("bytearray(300 << 20)").stderr.endswith(b"MemoryError\n")
    assert run_bound("bytearray(50 << 20)").returncode == 0


def test_computing_without_end_is_ended():
    assert run_bound("while True: pass").returncode < 0


def test_no_file_can_be_written(tmp_path):
    target = tmp_path / "a"
    done = run_bound(f"open({str(target)!r}, 'wb', buffering=0).write(b'x')")

    assert (b"File too large" in done.stderr, target.read_bytes()) == (True, b"")


def test_a_pdf_that_unpacks_without_end_costs_only_its_own_refusal():
    bomb, before = make.unpacks_to(900), time.monotonic()
    assert len(bomb) < 1_000_000

    with pytest.raises(Refused, match="quá nặng|bị hỏng"):
        check("a.pdf", bomb)

    assert time.monotonic() - before < child.WALL_SECONDS + 5


def test_an_answer_that_comes_too_late_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(child, "WALL_SECONDS", 0.05)

    with pytest.raises(child.NoAnswer, match="slow"):
        child.ask("pdf", make.pdf(), {"most_pages": 9, "attachments": False})


def test_an_answer_without_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(child, "MOST_ANSWER", 10)

    with pytest.raises(child.NoAnswer, match="broken"):
        child.ask("pdf", make.pdf(), {"most_pages": 9, "attachments": False})


def test_too_many_at_once_are_told_to_wait(monkeypatch):
    monkeypatch.setattr(child, "_WAIT_SECONDS", 0)
    for _ in range(2):
        child._AT_ONCE.acquire()
    try:
        with pytest.raises(Refused, match="Chờ một phút rồi gửi lại"):
            check("a.pdf", make.pdf())
    finally:
        for _ in range(2):
            child._AT_ONCE.release()


def test_the_child_inherits_no_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("HISTORY_KEY", "bi-mat")
    told = tmp_path / "told"
    spy = tmp_path / "inside.py"
    spy.write_text("import json, os; print(json.dumps(dict(os.environ)))")
    monkeypatch.setattr(child, "INSIDE", spy)

    says = child.ask("pdf", b"x").says

    assert ("HISTORY_KEY" in says, "HISTORY_KEY" in os.environ, told.exists()) == (False, True, False)


def test_a_first_page_that_cannot_be_drawn_is_no_refusal(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    checked = check("a.pdf", make.pdf())

    assert (checked.preview, json.dumps(checked.warnings, ensure_ascii=False)) == (
        b"", '["Không vẽ được trang đầu để xem trước; bản gốc vẫn lưu đủ"]'
    )  # fmt: skip
