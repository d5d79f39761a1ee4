"""The part of a snapshot that a workload touches: a twin of it is built faster."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import ObjectKind, Snapshot


def narrowed(snapshot: Snapshot, names: Collection[str]) -> Snapshot:
    """Return the snapshot with only the tables that statements name, and what these need.

    Partitions and parents of a table, tables behind its foreign keys, and tables that a view or
    function reads come along: without them something could not be made.

    Args:
        snapshot: Schema and statistics.
        names: Tables and views as statements write them, with or without schema.
    """
    kept = _closure(snapshot, _named(snapshot, names))
    described = _with_indexes(snapshot, kept)
    return replace(
        snapshot,
        tables=tuple(each for each in snapshot.tables if each.name in kept),
        statistics=tuple(each for each in snapshot.statistics if each.table in described),
        extended_statistics=tuple(
            each for each in snapshot.extended_statistics if each.table in kept
        ),
    )


def resolved(snapshot: Snapshot, names: Collection[str]) -> tuple[frozenset[TableName], list[str]]:
    """Return the tables that the user names, and the names that mean none."""
    found: set[TableName] = set()
    unknown: list[str] = []
    for name in names:
        tables = set(_tables_called(snapshot, name))
        found |= tables
        if not tables:
            unknown.append(name)
    return frozenset(found), unknown


def _named(snapshot: Snapshot, names: Collection[str]) -> set[TableName]:
    found = {table for name in names for table in _tables_called(snapshot, name)}
    # A view or function is made whole or not at all, so what it reads is kept.
    for each in snapshot.objects:
        if each.kind in (ObjectKind.VIEW, ObjectKind.FUNCTION):
            found.update(each.reads)
    return found


def _tables_called(snapshot: Snapshot, name: str) -> Iterator[TableName]:
    lowered = name.lower()
    for each in snapshot.tables:
        if lowered in (each.name.name.lower(), str(each.name).lower()):
            yield each.name


def _closure(snapshot: Snapshot, names: set[TableName]) -> set[TableName]:
    """Return the tables with their partitions, parents and the tables their keys refer to."""
    by_name = {each.name: each for each in snapshot.tables}
    children: dict[TableName, list[TableName]] = {}
    for each in snapshot.tables:
        for parent in each.parents:
            children.setdefault(parent, []).append(each.name)
    kept: set[TableName] = set()
    waiting = [each for each in names if each in by_name]
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        kept.add(name)
        waiting.extend(_neighbours(by_name[name], children.get(name, [])))
        waiting = [each for each in waiting if each in by_name]
    return kept


def _neighbours(table: Table, children: Collection[TableName]) -> Iterator[TableName]:
    yield from children
    yield from table.parents
    for each in table.constraints:
        if each.referenced_table is not None:
            yield each.referenced_table


def _with_indexes(snapshot: Snapshot, kept: set[TableName]) -> set[TableName]:
    """Return the tables and their indexes, whose expressions have statistics of their own."""
    indexes = {
        TableName(schema=table.name.schema, name=index.name)
        for table in snapshot.tables
        if table.name in kept
        for index in table.indexes
    }
    return kept | indexes
