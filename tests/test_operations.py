"""What an operator reads must be true: settings named in docs/operations.md, tidy lock files."""
import re
from pathlib import Path

import pytest
from django.conf import settings

BASE_DIR = settings.BASE_DIR
SETTING = re.compile(r"env\.(?:text|flag|number|words|address|folder|database)\(\s*\"([A-Z_]+)\"")
GATEWAY = re.compile(r"env\.gateway\(\s*\"([A-Z_]+)\",\s*\"([A-Z_]+)\"")
READ_BY_SCRIPT = re.compile(r"whole_number\(\"([A-Z_]+)\"")


def settings_that_are_read() -> set[str]:
    text = (BASE_DIR / "onestop" / "settings.py").read_text()
    in_settings = {*SETTING.findall(text), *(name for pair in GATEWAY.findall(text) for name in pair)}
    return in_settings | set(READ_BY_SCRIPT.findall((BASE_DIR / "script" / "run_all.py").read_text()))


def settings_that_are_described() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (BASE_DIR / "docs" / "operations.md").read_text(), re.MULTILINE))


def test_every_setting_is_described_and_nothing_else():
    assert settings_that_are_described() == settings_that_are_read()


def test_every_scheduled_job_is_described():
    described = set(re.findall(r"^\| .* \| `([a-z]+\.[a-z_]+)` \|", (BASE_DIR / "docs" / "operations.md").read_text(), re.MULTILINE))
    assert described == {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_names_no_host(lock):
    assert re.search(r"https?:|://|index-url", (BASE_DIR / lock).read_text()) is None


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_pinned_package_has_a_hash(lock):
    entries = re.split(r"\n(?=[a-z0-9])", (BASE_DIR / lock).read_text().strip())
    assert [entry.splitlines()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []


def test_the_test_lock_contains_the_run_time_lock():
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9.-]+(?:\[[a-z,]+\])?==\S+)", Path(BASE_DIR / lock).read_text(), re.MULTILINE))

    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()
