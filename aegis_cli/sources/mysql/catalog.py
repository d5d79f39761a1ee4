"""Read tables, indexes and their cardinalities from a MySQL or MariaDB server."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from aegis_cli.indexing.heuristic.knowledge import CLUSTERED
from aegis_cli.model.facts.catalog import (
    Constraint,
    ConstraintKind,
    ExistingIndex,
    Table,
    TableColumn,
    TableKind,
)
from aegis_cli.model.facts.indexes import (
    PAGE_BYTES,
    IndexDefinition,
    IndexKey,
    IndexMethod,
    TableName,
)
from aegis_cli.sources.mysql.cells import number, text
from aegis_cli.sources.mysql.connection import Server

PRIMARY = "PRIMARY"
"""The name every primary key's index has."""
_METHODS = {"BTREE": IndexMethod.BTREE, "HASH": IndexMethod.HASH}
_INNODB = "innodb"


@dataclass(frozen=True, slots=True, kw_only=True)
class MysqlCatalog:
    """Tables of one database and what the server knows of their indexes."""

    tables: tuple[Table, ...]
    cardinalities: dict[tuple[TableName, frozenset[str]], float]
    """Different combinations of the first columns of each index."""
    views: dict[str, str]
    """Queries of views by lower-case name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexMeasures:
    """Sizes and uses of indexes, by table and index name, as far as we may see them."""

    pages: dict[tuple[str, str], float]
    uses: dict[tuple[str, str], int] | None
    """None where nothing is counted; an index that is missing then has an unknown use."""
    lists_only_used: bool = False
    """Whether an index that is not listed was never used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeyRow:
    """A row of `information_schema.statistics`."""

    table: str
    index: str
    is_unique: bool
    key: IndexKey
    cardinality: float | None
    method: str
    is_visible: bool


def read_catalog(server: Server, measures: IndexMeasures) -> MysqlCatalog:
    """Read the catalog of the session's database."""
    columns = _columns(server)
    keys = [*_key_rows(server.query("indexes"))]
    foreign = _foreign_keys(server)
    tables = []
    for name, engine, rows, data_bytes, _ in server.query("tables"):
        table = TableName(schema=server.database, name=text(name))
        own = [each for each in keys if each.table == table.name]
        indexes = tuple(_indexes(table, own, measures, server.page_bytes))
        is_clustered = text(engine).lower() == _INNODB
        tables.append(
            Table(
                name=table,
                kind=TableKind.TABLE,
                columns=columns.get(table.name, ()),
                constraints=(*_keys_of(indexes), *foreign.get(table.name, ())),
                indexes=indexes,
                rows=number(rows) if rows is not None else -1.0,
                size_bytes=int(number(data_bytes)),
                options=(CLUSTERED,) if is_clustered else (),
            )
        )
    return MysqlCatalog(
        tables=tuple(tables),
        cardinalities=_cardinalities(server.database, keys),
        views={text(name).lower(): text(sql) for name, sql in server.query("views") if sql},
    )


def _columns(server: Server) -> dict[str, tuple[TableColumn, ...]]:
    found: dict[str, list[TableColumn]] = {}
    for table, name, position, type_name, nullable, default, extra in server.query("columns"):
        is_generated = "generated" in text(extra).lower()
        column = TableColumn(
            name=text(name),
            number=int(number(position)),
            type_name=text(type_name),
            type_length=-1,
            type_alignment=1,
            not_null=text(nullable) == "NO",
            default=None if default is None else text(default),
            generated="" if is_generated else None,
        )
        found.setdefault(text(table), []).append(column)
    return {table: tuple(each) for table, each in found.items()}


def _key_rows(rows: Iterable[tuple[object, ...]]) -> Iterator[_KeyRow]:
    for (
        table,
        index,
        not_unique,
        column,
        expression,
        prefix,
        direction,
        count,
        method,
        seen,
    ) in rows:
        name = text(column) if column is not None else text(expression)
        length = f"({int(number(prefix))})" if prefix is not None else ""
        yield _KeyRow(
            table=text(table),
            index=text(index),
            is_unique=not int(number(not_unique)),
            key=IndexKey(
                text=name + length,
                is_expression=column is None or prefix is not None,
                descending=direction is not None and text(direction) == "D",
            ),
            cardinality=None if count is None else number(count),
            method=text(method),
            is_visible=text(seen) == "YES",
        )


def _indexes(
    table: TableName, rows: list[_KeyRow], measures: IndexMeasures, page_bytes: int
) -> Iterator[ExistingIndex]:
    for name, group in groupby(rows, key=lambda each: each.index):
        keys = [*group]
        size = int(measures.pages.get((table.name, name), 0.0) * page_bytes)
        yield ExistingIndex(
            name=name,
            definition=IndexDefinition(
                table=table,
                keys=tuple(each.key for each in keys),
                method=_METHODS.get(keys[0].method, IndexMethod.OTHER),
                is_unique=keys[0].is_unique,
            ),
            ddl="",
            constraint=name if keys[0].is_unique else None,
            is_valid=keys[0].is_visible,
            pages=-(-size // PAGE_BYTES),
            size_bytes=size,
            scans=_uses(table.name, name, measures),
        )


def _uses(table: str, index: str, measures: IndexMeasures) -> int | None:
    if measures.uses is None:
        return None
    return measures.uses.get((table, index), 0 if measures.lists_only_used else None)


def _keys_of(indexes: Iterable[ExistingIndex]) -> Iterator[Constraint]:
    for each in indexes:
        if each.definition.is_unique:
            is_primary = each.name == PRIMARY
            word = "PRIMARY KEY" if is_primary else "UNIQUE"
            columns = tuple(key.text for key in each.definition.keys)
            yield Constraint(
                name=each.name,
                kind=ConstraintKind.PRIMARY_KEY if is_primary else ConstraintKind.UNIQUE,
                columns=columns,
                definition=f"{word} ({', '.join(columns)})",
                index=each.name,
            )


def _foreign_keys(server: Server) -> dict[str, tuple[Constraint, ...]]:
    rows = [tuple(text(cell) for cell in row) for row in server.query("foreign_keys")]
    found: dict[str, list[Constraint]] = {}
    for (name, table), group in groupby(rows, key=lambda row: (row[0], row[1])):
        parts = [*group]
        columns = tuple(row[2] for row in parts)
        referenced = tuple(row[5] for row in parts)
        other = TableName(schema=parts[0][3], name=parts[0][4])
        found.setdefault(table, []).append(
            Constraint(
                name=name,
                kind=ConstraintKind.FOREIGN_KEY,
                columns=columns,
                definition=f"FOREIGN KEY ({', '.join(columns)}) REFERENCES {other.name}"
                f" ({', '.join(referenced)})",
                referenced_table=other,
                referenced_columns=referenced,
            )
        )
    return {table: tuple(each) for table, each in found.items()}


def _cardinalities(
    schema: str, rows: Iterable[_KeyRow]
) -> dict[tuple[TableName, frozenset[str]], float]:
    """Return the different combinations of each index's first 1, 2, … columns."""
    found: dict[tuple[TableName, frozenset[str]], float] = {}
    for (table, _), group in groupby(rows, key=lambda each: (each.table, each.index)):
        names: frozenset[str] = frozenset()
        for each in group:
            if each.key.is_expression:
                break
            names |= {each.key.text}
            if each.cardinality is not None:
                place = (TableName(schema=schema, name=table), names)
                found[place] = max(found.get(place, 0.0), each.cardinality)
    return found
