"""What a page asks of the database: how many statements, and by which plan."""
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

# Opening, closing and marking a transaction is not a question to the data.
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "START TRANSACTION", "SET TRANSACTION")
# Tables that grow for ever: no page may read one from end to end.
ENDLESS = frozenset({"dossiers_dossier", "history_event"})


@dataclass(frozen=True)
class Statement:
    sql: str
    params: Any

    @property
    def is_question(self) -> bool:
        return self.sql.lstrip("( ").upper().startswith(("SELECT", "WITH"))


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """The statements run inside the block, transaction control left out."""
    statements: list[Statement] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: dict) -> Any:
        text = sql if isinstance(sql, str) else str(sql)
        if not text.lstrip().upper().startswith(TRANSACTION_CONTROL):
            statements.append(Statement(text, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def endless_scans(statements: list[Statement]) -> list[str]:
    """The statements whose plan reads a table that grows for ever from end to end."""
    found = []
    for statement in statements:
        if not statement.is_question or not any(table in statement.sql for table in ENDLESS):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.sql}", statement.params)
            (plan,) = cursor.fetchone()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        tables = sorted({name for name in _scanned(plan[0]["Plan"]) if name in ENDLESS})
        if tables:
            found.append(f"sequential scan of {', '.join(tables)}: {_short(statement.sql)}")
    return found


def _scanned(node: dict) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from _scanned(child)


def _short(sql: str) -> str:
    """From the FROM on: the columns tell nothing about the plan."""
    _, from_, rest = sql.partition(" FROM ")
    return f"{from_}{rest}".strip()[:300]
