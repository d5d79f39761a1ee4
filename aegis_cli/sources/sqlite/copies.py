"""Make a file's schema again in memory, without its rows."""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from aegis_cli.sources.sqlite.catalog import SchemaEntry

_MISSING_COLLATION = re.compile(r"no such collation sequence: (.+)")
_MISSING_FUNCTION = re.compile(r"no such function: (.+)")
_MOST_STAND_INS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaCopy:
    """A database in memory with the schema of a file."""

    connection: sqlite3.Connection
    failed: tuple[tuple[str, str], ...]
    """Objects that could not be made, and why."""
    stand_ins: tuple[str, ...]
    """Collations and functions of the application that we replaced by empty ones."""


def copy_schema(entries: Iterable[SchemaEntry], kinds: frozenset[str]) -> SchemaCopy:
    """Return a database in memory with the objects of some kinds; close its connection."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    failed, stand_ins = [], []
    for entry in entries:
        if entry.kind not in kinds or not entry.sql or entry.name.startswith("sqlite_"):
            continue
        try:
            stand_ins += execute_with_stand_ins(connection, entry.sql)
        except sqlite3.Error as error:
            failed.append((entry.name, str(error)))
    return SchemaCopy(
        connection=connection, failed=tuple(failed), stand_ins=tuple(dict.fromkeys(stand_ins))
    )


def execute_with_stand_ins(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Run a statement; collations and functions it lacks are replaced by empty ones.

    Raises:
        sqlite3.Error: What else is wrong with the statement.
    """
    made: list[str] = []
    while True:
        try:
            connection.execute(sql)
        except sqlite3.OperationalError as error:
            name = _make_stand_in(connection, str(error))
            if name is None or name in made or len(made) >= _MOST_STAND_INS:
                raise
            made.append(name)
        else:
            return made


def _make_stand_in(connection: sqlite3.Connection, message: str) -> str | None:
    collation = _MISSING_COLLATION.search(message)
    if collation is not None:
        connection.create_collation(collation[1], lambda one, two: (one > two) - (one < two))
        return collation[1]
    function = _MISSING_FUNCTION.search(message)
    if function is not None:
        connection.create_function(function[1], -1, lambda *_: None, deterministic=True)
        return function[1]
    return None
