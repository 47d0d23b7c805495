"""The stages of script/test: run each, whatever the others said, then sum up.

Fast tests run on SQLite, and those that touch the database on PostgreSQL + Redis too; without
--stress the rules on PostgreSQL only, the pages on SQLite only, SQL written by hand on both.
Browser tests run once, on SQLite. Stress tests run on both databases at the same time (they mostly
wait for processes that were killed), in small unless --stress. In stress tests the tables of both come
from the migrations, otherwise from the models; the stage of migrations sees that the two say the same.
The last line adds up pytest's counts of all runs; the exit code is 1 when any stage failed.
"""
import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from throwaway import CannotStart, postgres, redis

BASE_DIR = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
# What an operator may have exported for a portal on this machine; a test run must not meet it.
SETTINGS_OF_A_PORTAL = {
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "DEBUG",
    "HISTORY_KEY",
    "LOOKUP_KEY",
    "ONESTOP_MODE",
    "PORT",
    "REDIS_URL",
    "SECRET_KEY",
    "SITE_URL",
    "TRUSTED_PROXIES",
}
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)")


@dataclass
class Run:
    """What is going on: the environment of the commands, counts of tests, results of stages."""

    environment: dict[str, str]
    full_size: bool
    counts: Counter = field(default_factory=Counter)
    results: list[tuple[str, bool, float]] = field(default_factory=list)

    def command(self, *words: str, environment: dict[str, str] | None = None) -> bool:
        """Run a Python module or script of this checkout; its output goes straight to ours."""
        return subprocess.run([PYTHON, *words], cwd=BASE_DIR, env=environment or self.environment, stdin=subprocess.DEVNULL).returncode == 0

    def pytest(self, *arguments: str, environment: dict[str, str] | None = None, at_the_end: bool = False) -> bool:
        """Run pytest, show what it prints (as it comes, or all of it at the end), and add its closing line to the counts."""
        command = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        if self.full_size:
            command.append("--stress")
        process = subprocess.Popen(
            command, cwd=BASE_DIR, env=environment or self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        last, kept = "", []
        with process:
            for line in process.stdout or ():
                kept.append(line)
                if not at_the_end:
                    print(line, end="", flush=True)
                last = line if COUNT.search(line) else last
        if at_the_end:
            print("".join(kept), end="", flush=True)
        for number, word in COUNT.findall(last):
            self.counts[word.removesuffix("s") if word.startswith("error") else word] += int(number)
        return process.returncode == 0


def lint(run: Run) -> bool:
    return run.command("-m", "ruff", "check", "--no-cache", ".")


def imports(run: Run) -> bool:
    return run.command("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache")


def types(run: Run) -> bool:
    return run.command("-m", "mypy", "onestop", "procedures", "dossiers", "surveys", "script")


def migrations(run: Run) -> bool:
    checked = run.command("manage.py", "check", "--fail-level", "WARNING")
    return run.command("manage.py", "makemigrations", "--check", "--dry-run") and checked


def sqlite(run: Run) -> bool:
    # The pages go through every rule here; the rules themselves are asked on PostgreSQL.
    rules = () if run.full_size else ("--no-rules",)
    return run.pytest("-n", "2", "-m", "not browser and not stress", *rules)


def postgresql(run: Run) -> bool:
    # Pages ask the database through the querysets and acts that are tested here; they run on it with --stress.
    size = ("--migrations",) if run.full_size else ("--no-pages",)
    with on_postgresql(run) as environment:
        return run.pytest("-n", "2", "-m", "not browser and not stress", "--only-database", *size, environment=environment)


def browser(run: Run) -> bool:
    return run.pytest("-n", "2", "-m", "browser")


def stress(run: Run) -> bool:
    if run.full_size:
        # Full size measures: one database after the other.
        on_sqlite = run.pytest("--migrations", "-m", "stress")
        with on_postgresql(run) as environment:
            return run.pytest("--migrations", "-m", "stress", environment=environment) and on_sqlite
    with on_postgresql(run) as environment, ThreadPoolExecutor() as beside:
        on_sqlite_beside = beside.submit(run.pytest, "--migrations", "-m", "stress", at_the_end=True)
        on_postgres = run.pytest("--migrations", "-m", "stress", environment=environment)
        return on_sqlite_beside.result() and on_postgres


@contextlib.contextmanager
def on_postgresql(run: Run) -> Iterator[dict[str, str]]:
    with postgres() as database_url, redis() as redis_url:
        yield run.environment | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


STAGES: dict[str, tuple[str, Callable[[Run], bool]]] = {
    "lint": ("ruff", lint),
    "imports": ("import contracts", imports),
    "types": ("mypy", types),
    "migrations": ("system check, migrations complete", migrations),
    "sqlite": ("tests on SQLite", sqlite),
    "postgresql": ("tests of the database on PostgreSQL + Redis", postgresql),
    "browser": ("browser and accessibility tests", browser),
    "stress": ("stress tests on both databases", stress),
}


def clean_environment(state: Path) -> dict[str, str]:
    """This environment without the settings of a running portal, and with a state folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_A_PORTAL}
    return kept | {"STATE_DIR": str(state), "DJANGO_SETTINGS_MODULE": "onestop.settings"}


def end_on_signal(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/test", description="Runs every check of the project, or the stages named.")
    parser.add_argument("stages", nargs="*", metavar="STAGE", help="of: " + ", ".join(STAGES))
    parser.add_argument("--stress", action="store_true", help="run the stress tests at full size")
    parser.add_argument("--list", action="store_true", help="show the stages and stop")
    options = parser.parse_args()
    if options.list:
        print("\n".join(f"{key:<12}{title}" for key, (title, _) in STAGES.items()))
        return 0
    unknown = set(options.stages) - set(STAGES)
    if unknown:
        parser.error(f"no such stage: {', '.join(sorted(unknown))}")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_on_signal)
    with tempfile.TemporaryDirectory(prefix="onestop-checks-") as state:
        run = Run(clean_environment(Path(state)), options.stress)
        for key in options.stages or STAGES:
            perform(key, run)
    return sum_up(run)


def perform(key: str, run: Run) -> None:
    title, stage = STAGES[key]
    print(f"\n==> {title}", flush=True)
    began = time.monotonic()
    try:
        passed = stage(run)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        passed = False
    run.results.append((title, passed, time.monotonic() - began))


def sum_up(run: Run) -> int:
    print("\n==> Summary")
    for title, passed, seconds in run.results:
        print(f"{'ok' if passed else 'FAILED':<8}{seconds:6.0f} s  {title}")
    failed = sum(run.counts[word] for word in ("failed", "error", "xpassed"))
    stages_failed = [title for title, passed, _ in run.results if not passed]
    if stages_failed:
        print("Failed: " + "; ".join(stages_failed))
    # Only pytest's counts, alone on a line, as other programs look for it.
    print(f"{run.counts['passed']} passed, {failed} failed" + (f", {run.counts['skipped']} skipped" if run.counts["skipped"] else ""))
    return 1 if stages_failed or failed else 0


if __name__ == "__main__":
    sys.exit(main())
