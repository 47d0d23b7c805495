"""Measure the portal against plain Django and plain WeasyPrint, side by side in this process.

    python bench/run.py                 the quick run: at most two minutes
    python bench/run.py --full          a million dossiers with all their rows, some minutes of loading
    python bench/run.py --only register [--only queries …]
    python bench/run.py --json FILE     the results for a program, too

Prints one line for each thing measured and ends with 1 when a limit is missed. It needs PostgreSQL on the
machine (script/setup --test) and starts one of its own in a temporary folder; nothing is left behind.
"""
import argparse
import contextlib
import importlib
import importlib.util
import logging
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

BASE_DIR = Path(__file__).resolve().parent.parent
# Key and module of every measurement, in the order in which they run; docs/performance.md explains the keys.
SUBJECTS = {
    "due": "bench.subjects.due",
    "pdf": "bench.subjects.pdf",
    "status": "bench.subjects.status",
    "register": "bench.subjects.register",
    "keyset": "bench.subjects.keyset",
    "queries": "bench.subjects.queries",
    # The last ones, since they make dossiers late.
    "sweep": "bench.subjects.sweep",
    "letters": "bench.subjects.letters",
}


def main(arguments: list[str] | None = None) -> int:
    options = read_options(arguments)
    keys = [key for key in SUBJECTS if not options.only or key in options.only]
    began = time.monotonic()
    with surroundings():
        # The product's modules read the environment when they are loaded, so not before now.
        from bench import report
        from bench.bench import Bench

        bench = Bench(full=options.full, say=say)
        lines = []
        for key in keys:
            say(f"measuring {key} …")
            lines += measured(key, importlib.import_module(SUBJECTS[key]), bench, report)
        print(report.table(lines))
        missed = [line for line in lines if not line.kept]
        seconds = time.monotonic() - began
        print(f"\n{len(lines)} measured, {len(missed)} missed, {seconds:.0f} s ({'full' if options.full else 'quick'})")
        if options.json:
            facts = {"size": "full" if options.full else "quick", "seconds": round(seconds), **machine()}
            report.write_json(options.json, facts, lines)
        bench.close()
    return 1 if missed else 0


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="the default: a million bare dossiers, at most two minutes")
    size.add_argument("--full", action="store_true", help="a million dossiers with all their rows")
    one_of = f"one of {', '.join(SUBJECTS)}; may be repeated"
    parser.add_argument("--only", action="append", choices=list(SUBJECTS), metavar="KEY", help=one_of)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to this file as well")
    return parser.parse_args(arguments)


def measured(key: str, subject: ModuleType, bench, report: ModuleType) -> list:
    """The lines of one subject; what breaks is a miss of its own and does not stop the others."""
    try:
        return subject.measure(bench)
    except Exception as failure:
        logging.getLogger("bench").debug("failed", exc_info=True)
        if os.environ.get("BENCH_DEBUG"):
            raise
        return [report.broken_line(key, subject.__doc__.splitlines()[0], f"{type(failure).__name__}: {failure}")]


@contextlib.contextmanager
def surroundings() -> Iterator[None]:
    """PostgreSQL and a state folder of this run's own, and Django set up to use them."""
    for folder in (BASE_DIR, BASE_DIR / "script"):
        sys.path.insert(0, str(folder))
    from throwaway import postgres

    with postgres() as database_url, tempfile.TemporaryDirectory(prefix="onestop-bench-") as state:
        # Nothing of the caller's own settings: a run means the same everywhere.
        os.environ.update(
            DATABASE_URL=database_url,
            STATE_DIR=state,
            DJANGO_SETTINGS_MODULE="bench.settings",
            ONESTOP_MODE="demo",
            DEBUG="0",
            LOG_LEVEL="INFO",
            SITE_URL="http://127.0.0.1:8000",
        )
        os.environ.pop("REDIS_URL", None)
        import django

        django.setup()
        with (Path(state) / "log").open("w") as log:
            # Every request writes its line as in production, only not onto this terminal.
            for handler in logging.getLogger().handlers:
                if isinstance(handler, logging.StreamHandler):
                    handler.setStream(log)
            yield
            for handler in logging.getLogger().handlers:
                if isinstance(handler, logging.StreamHandler):
                    handler.setStream(sys.stderr)


def machine() -> dict[str, str]:
    return {"python": platform.python_version(), "machine": platform.machine(), "cores": str(os.cpu_count())}


def say(text: str) -> None:
    """Progress goes beside the results, not into them."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    own_python = BASE_DIR / ".venv" / "bin" / "python"
    if importlib.util.find_spec("django") is None and own_python.exists():
        os.execv(own_python, [str(own_python), *sys.argv])
    sys.exit(main())
