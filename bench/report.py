"""What a run found: one line for each thing measured, with its limit and whether it was kept."""
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.measure import Comparison


@dataclass(frozen=True)
class Line:
    """One result. `limit` None: for information. A `problem` is a miss whatever the figure says."""

    key: str
    what: str
    value: float
    limit: float | None
    unit: str = "ratio"
    low: float | None = None
    high: float | None = None
    subject_us: float | None = None
    reference_us: float | None = None
    problem: str = ""

    @property
    def kept(self) -> bool:
        return not self.problem and (self.limit is None or self.value <= self.limit)


def ratio_line(key: str, what: str, limit: float | None, found: Comparison) -> Line:
    """The line of a comparison."""
    return Line(key, what, found.ratio, limit, "ratio", found.low, found.high, found.subject_us, found.reference_us)


def broken_line(key: str, what: str, problem: str) -> Line:
    """The line of something that could not be measured, or must not be."""
    return Line(key, what, float("nan"), None, problem=problem)


def table(lines: Iterable[Line]) -> str:
    """The results as a table for the terminal."""
    head = ("", "key", "what", "found", "spread", "limit", "subject", "reference")
    rows = [head]
    problems = []
    for line in lines:
        spread = "" if line.low is None or line.high is None else f"{line.low:.3g}–{line.high:.3g}"
        rows.append(
            (
                "ok" if line.kept else "MISS",
                line.key,
                line.what,
                "–" if line.value != line.value else _say(line.value, line.unit),
                spread,
                "–" if line.limit is None else f"≤ {_say(line.limit, line.unit)}",
                _microseconds(line.subject_us),
                _microseconds(line.reference_us),
            )
        )
        if line.problem:
            problems.append(f"MISS {line.key}: {line.what}: {line.problem}")
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    printed = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([printed[0], "  ".join("-" * width for width in widths), *printed[1:], *problems])


def _say(value: float, unit: str) -> str:
    if unit == "ratio":
        return f"{value:.3g}"
    return f"{value:g} {unit}" if unit == "kB" else f"{value:g}"


def _microseconds(value: float | None) -> str:
    if value is None:
        return ""
    if value < 100:
        return f"{value:.2f} µs"
    return f"{value:,.0f} µs" if value < 100_000 else f"{value / 1000:,.0f} ms"


def write_json(path: Path, facts: dict, lines: Iterable[Line]) -> None:
    """The same for a program: what was measured where, then the lines."""
    content = {**facts, "lines": [asdict(line) | {"kept": line.kept} for line in lines]}
    # What could not be measured is NaN here and null there: JSON knows no NaN.
    for line in content["lines"]:
        if line["value"] != line["value"]:
            line["value"] = None
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
