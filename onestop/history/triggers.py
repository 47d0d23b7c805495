"""Tables whose rows are only ever added, guarded by the database itself.

    @protect
    class Appointment(models.Model): ...        # a promise, once given, neither changes nor goes

The triggers refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE with an IntegrityError. They hold
off mistakes and careless hands; whoever owns the database can drop them, and is then found by
`verify_history`. They are put in place after every migration, since SQLite loses them whenever
it rebuilds a table.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, overload

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Model = TypeVar("Model", bound=type[models.Model])

# Fields of pg_trigger.tgtype: what PostgreSQL keeps of a trigger's head.
_ROW, _BEFORE, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 8, 16, 32
_FUNCTION = "history_refuse"
_BODY = """
BEGIN
    RAISE EXCEPTION '%: rows are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
"""


class _Guard(NamedTuple):
    """One trigger, and how the database describes it when it is in place."""

    table: str
    name: str
    create: str
    mark: Any


_protected: dict[str, tuple[type[models.Model], bool]] = {}


@overload
def protect(model: Model) -> Model: ...
@overload
def protect(*, updates: bool) -> Callable[[Model], Model]: ...
def protect(model: Any = None, *, updates: bool = False) -> Any:
    """Class decorator: rows of this table are never changed or removed.

    With `updates=True` they may change but not disappear. Takes effect at the next migrate.
    """

    def register(model: type[models.Model]) -> type[models.Model]:
        _protected[model._meta.label_lower] = (model, updates)
        return model

    return register if model is None else register(model)


def install_after_migrate(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Receiver of post_migrate."""
    install(using)


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Create every trigger that is missing or differs, on the tables that exist."""
    connection = connections[using]
    present = _present(connection)
    missing = [guard for guard in _guards(connection) if (guard.table, guard.name, guard.mark) not in present]
    if not missing:
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$")
        for guard in missing:
            cursor.execute(_drop(connection, guard))
            cursor.execute(guard.create)


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    """Drop the triggers, as only tests and someone with the database password do."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for guard in _guards(connection):
            cursor.execute(_drop(connection, guard))


def triggers_present(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether every protected table is guarded as it should be, switched on and unaltered."""
    return not unguarded_tables(using)


def unguarded_tables(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """The protected tables that miss a trigger, or have one that was altered or switched off."""
    connection = connections[using]
    present = _present(connection)
    return sorted({guard.table for guard in _guards(connection) if (guard.table, guard.name, guard.mark) not in present})


def _guards(connection: BaseDatabaseWrapper) -> list[_Guard]:
    tables = set(connection.introspection.table_names())
    build = _postgresql_guards if connection.vendor == "postgresql" else _sqlite_guards
    return [
        guard
        for model, updates in _protected.values()
        if model._meta.db_table in tables
        for guard in build(model._meta.db_table, connection.ops.quote_name(model._meta.db_table), updates)
    ]


def _postgresql_guards(table: str, quoted: str, updates: bool) -> list[_Guard]:
    acts, bits = ("DELETE", _DELETE) if updates else ("UPDATE OR DELETE", _UPDATE | _DELETE)
    call = f"EXECUTE FUNCTION {_FUNCTION}()"
    rows = f"CREATE TRIGGER history_keeps_rows BEFORE {acts} ON {quoted} FOR EACH ROW {call}"
    whole = f"CREATE TRIGGER history_keeps_table BEFORE TRUNCATE ON {quoted} FOR EACH STATEMENT {call}"
    return [
        _Guard(table, "history_keeps_rows", rows, _ROW | _BEFORE | bits),
        _Guard(table, "history_keeps_table", whole, _BEFORE | _TRUNCATE),
    ]


def _sqlite_guards(table: str, quoted: str, updates: bool) -> list[_Guard]:
    guards = []
    for act in ("DELETE",) if updates else ("UPDATE", "DELETE"):
        name = f"{table}_no_{act.lower()}"
        create = f"CREATE TRIGGER \"{name}\" BEFORE {act} ON {quoted} BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END"
        guards.append(_Guard(table, name, create, create))
    return guards


def _drop(connection: BaseDatabaseWrapper, guard: _Guard) -> str:
    name = connection.ops.quote_name(guard.name)
    on_table = f" ON {connection.ops.quote_name(guard.table)}" if connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {name}{on_table}"


def _present(connection: BaseDatabaseWrapper) -> set[tuple[str, str, Any]]:
    """The triggers in place, each with the same mark as in _Guard; altered ones have another mark or are left out."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            # Switched on, without a condition or a list of columns, and calling the function as we wrote it.
            cursor.execute(
                "SELECT c.relname, t.tgname, t.tgtype FROM pg_trigger t"
                " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
                " WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid) AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL"
                " AND t.tgattr = ''::int2vector AND p.proname = %s AND p.prosrc = %s",
                [_FUNCTION, _BODY],
            )
        return set(cursor.fetchall())
