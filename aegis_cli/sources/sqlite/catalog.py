"""Read tables, indexes, keys and statistics of a SQLite file."""

import re
import sqlite3
from dataclasses import dataclass, field

from aegis_cli.indexing.heuristic.knowledge import CLUSTERED
from aegis_cli.model.facts.catalog import (
    Constraint,
    ConstraintKind,
    ExistingIndex,
    Table,
    TableColumn,
    TableKind,
)
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName
from aegis_cli.sources.sqlite.statements import statement

SCHEMA = "main"
"""The name of the database that a file is opened as."""

_EXPRESSION = -2
_GENERATED = (2, 3)
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s", re.IGNORECASE)
_WITHOUT_ROWID = re.compile(r"\bWITHOUT\s+ROWID\b", re.IGNORECASE)
_WHERE = re.compile(r"\)\s*WHERE\s(.*)\Z", re.IGNORECASE | re.DOTALL)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaEntry:
    """An object of the file and the statement that made it."""

    kind: str
    name: str
    table: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatistic:
    """A row of `sqlite_stat1`: rows, then average rows per value of the first 1, 2, … keys."""

    table: str
    index: str | None
    text: str

    @property
    def numbers(self) -> tuple[float, ...]:
        """Return the leading numbers, without words such as `unordered`."""
        words = self.text.split()
        return tuple(float(each) for each in words if each.isdigit())


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteCatalog:
    """Everything about a file but its rows."""

    entries: tuple[SchemaEntry, ...]
    tables: tuple[Table, ...]
    statistics: tuple[IndexStatistic, ...]
    size_bytes: int
    has_samples: bool = False
    """Whether ANALYZE kept samples as well (`sqlite_stat4`)."""
    virtual: tuple[str, ...] = field(default=())
    """Names of virtual tables, which we cannot make again."""


def read_catalog(connection: sqlite3.Connection) -> SqliteCatalog:
    """Read the catalog of an open file."""
    rows = connection.execute(statement("objects")).fetchall()
    entries = [
        SchemaEntry(kind=kind, name=name, table=table, sql=sql or "")
        for kind, name, table, sql in rows
    ]
    names = {each.name for each in entries}
    virtual = tuple(each.name for each in entries if _VIRTUAL.match(each.sql))
    own = [
        each
        for each in entries
        if each.kind == "table"
        and not each.name.startswith("sqlite_")
        and not each.name.startswith(tuple(f"{name}_" for name in virtual) or ("\0",))
        and each.name not in virtual
    ]
    ((size,),) = connection.execute(statement("space"))
    return SqliteCatalog(
        entries=tuple(each for each in entries if each.name not in virtual),
        tables=tuple(_table(connection, each, entries) for each in own),
        statistics=_statistics(connection) if "sqlite_stat1" in names else (),
        size_bytes=size,
        has_samples="sqlite_stat4" in names,
        virtual=virtual,
    )


def _table(connection: sqlite3.Connection, entry: SchemaEntry, entries: list[SchemaEntry]) -> Table:
    rows = connection.execute(statement("columns"), (entry.name,)).fetchall()
    columns = tuple(_column(row) for row in rows)
    keys = sorted((pk, name) for _, name, _, _, _, pk, _ in rows if pk)
    primary = tuple(name for _, name in keys)
    is_rowid = _is_rowid_alias(connection, entry, primary, columns)
    is_clustered = is_rowid or _has_no_rowid(entry)
    name = TableName(schema=SCHEMA, name=entry.name)
    sql = {each.name: each.sql for each in entries if each.kind == "index"}
    indexes = tuple(_indexes(connection, name, sql))
    return Table(
        name=name,
        kind=TableKind.TABLE,
        columns=columns,
        constraints=(*_primary(primary, indexes), *_foreign_keys(connection, name)),
        indexes=indexes,
        options=(CLUSTERED,) if is_clustered and primary else (),
    )


def _column(row: tuple[int, str, str, int, str | None, int, int]) -> TableColumn:
    number, name, type_name, not_null, default, _, hidden = row
    return TableColumn(
        name=name,
        number=number + 1,
        type_name=type_name.lower(),
        type_length=-1,
        type_alignment=1,
        not_null=bool(not_null),
        default=default,
        generated="" if hidden in _GENERATED else None,
        is_virtual=hidden == _GENERATED[0],
    )


def _is_rowid_alias(
    connection: sqlite3.Connection,
    entry: SchemaEntry,
    primary: tuple[str, ...],
    columns: tuple[TableColumn, ...],
) -> bool:
    """Tell whether the primary key is the rowid itself: one INTEGER column without an index."""
    if len(primary) != 1:
        return False
    types = [each.type_name for each in columns if each.name == primary[0]]
    origins = [row[2] for row in connection.execute(statement("indexes"), (entry.name,))]
    return types == ["integer"] and "pk" not in origins


def _has_no_rowid(entry: SchemaEntry) -> bool:
    return _WITHOUT_ROWID.search(entry.sql.rpartition(")")[2]) is not None


def _indexes(
    connection: sqlite3.Connection, table: TableName, sql: dict[str, str]
) -> list[ExistingIndex]:
    found = []
    for name, unique, origin, partial in connection.execute(
        statement("indexes"), (table.name,)
    ).fetchall():
        ddl = sql.get(name, "")
        keys = connection.execute(statement("index_keys"), (name,)).fetchall()
        definition = IndexDefinition(
            table=table,
            keys=tuple(_keys(keys, ddl)),
            predicate=_predicate(ddl) if partial else None,
            is_unique=bool(unique),
        )
        found.append(
            ExistingIndex(
                name=name,
                definition=definition,
                ddl=ddl,
                constraint=None if origin == "c" else name,
            )
        )
    return found


def _keys(rows: list[tuple[int, str | None, int, str]], ddl: str) -> list[IndexKey]:
    texts = _key_texts(ddl)
    found = []
    for at, (number, name, descending, collation) in enumerate(rows):
        is_expression = number == _EXPRESSION
        text = texts[at] if is_expression and at < len(texts) else name or "rowid"
        found.append(
            IndexKey(
                text=text,
                is_expression=is_expression,
                descending=bool(descending),
                collation=None if collation.upper() == "BINARY" else collation,
            )
        )
    return found


def _key_texts(ddl: str) -> list[str]:
    """Return the keys of a CREATE INDEX as they are written, split at its outer commas."""
    depth, current, found = 0, "", []
    for each in ddl[ddl.find("(") :]:
        depth += (each == "(") - (each == ")")
        if depth == 0:
            break
        if depth == 1 and each in "(,":
            found.append(current)
            current = ""
        else:
            current += each
    return [_BLANKS.sub(" ", each).strip() for each in (*found[1:], current)]


def _predicate(ddl: str) -> str | None:
    found = _WHERE.search(ddl)
    return found[1].strip() if found else None


def _primary(
    primary: tuple[str, ...], indexes: tuple[ExistingIndex, ...]
) -> tuple[Constraint, ...]:
    if not primary:
        return ()
    own = (each for each in indexes if each.constraint and each.definition.key_columns == primary)
    index = next(own, None)
    return (
        Constraint(
            name="primary key",
            kind=ConstraintKind.PRIMARY_KEY,
            columns=primary,
            definition=f"PRIMARY KEY ({', '.join(primary)})",
            index=index.name if index else None,
        ),
    )


def _foreign_keys(connection: sqlite3.Connection, table: TableName) -> list[Constraint]:
    grouped: dict[int, list[tuple[str, str, str | None]]] = {}
    for number, other, column, referenced in connection.execute(
        statement("foreign_keys"), (table.name,)
    ):
        grouped.setdefault(number, []).append((other, column, referenced))
    found = []
    for parts in grouped.values():
        columns = tuple(column for _, column, _ in parts)
        referenced = tuple(each for _, _, each in parts if each is not None)
        other = parts[0][0]
        found.append(
            Constraint(
                name=f"{table.name}_{'_'.join(columns)}_fkey",
                kind=ConstraintKind.FOREIGN_KEY,
                columns=columns,
                definition=f"FOREIGN KEY ({', '.join(columns)}) REFERENCES {other}",
                referenced_table=TableName(schema=SCHEMA, name=other),
                referenced_columns=referenced,
            )
        )
    return found


def _statistics(connection: sqlite3.Connection) -> tuple[IndexStatistic, ...]:
    rows = connection.execute(statement("statistics")).fetchall()
    return tuple(
        IndexStatistic(table=table, index=index, text=text or "") for table, index, text in rows
    )
