"""Count what keeping an index up costs the workload's writes."""

from aegis_cli.indexing.heuristic.knowledge import Catalog
from aegis_cli.indexing.heuristic.weights import WRITTEN_ENTRY
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.index_workload import IndexWorkload, WriteLoad
from aegis_cli.model.facts.indexes import IndexDefinition
from aegis_cli.model.facts.shapes import StatementKind

_ENTRIES_PER_UPDATE = 2
"""An update of a key marks one entry deleted and adds another."""


def write_loads(workload: IndexWorkload, catalog: Catalog) -> tuple[WriteLoad, ...]:
    """Return the rows that the workload's statements write, by table.

    A statement whose number of rows is not known is taken to write one row.
    """
    found: dict[str, WriteLoad] = {}
    for statement in workload.statements:
        table = catalog.find(statement.access.written_table or "")
        if table is None:
            continue
        rows = statement.rows if statement.rows is not None else statement.calls
        columns = frozenset(statement.access.written_columns)
        load = WriteLoad(
            table=str(table.name),
            inserts=rows if statement.kind is StatementKind.INSERT else 0.0,
            updates=((columns, rows),) if statement.kind is StatementKind.UPDATE else (),
            deletes=rows if statement.kind is StatementKind.DELETE else 0.0,
            source=statement.source,
        )
        found[load.table] = _sum(found.get(load.table), load)
    return tuple(found.values())


def write_cost(definition: IndexDefinition, loads: tuple[WriteLoad, ...]) -> float:
    """Return what an index costs the writes of the whole workload."""
    keys = {each.text for each in definition.keys}
    entries = 0.0
    for load in loads:
        if load.table != str(definition.table):
            continue
        touching = (rows for columns, rows in load.updates if not columns or columns & keys)
        entries += load.inserts + load.deletes + _ENTRIES_PER_UPDATE * sum(touching)
    return entries * WRITTEN_ENTRY


def existing_write_cost(table: Table, loads: tuple[WriteLoad, ...]) -> float:
    """Return what the indexes a table has cost the writes of the workload."""
    return sum(write_cost(each.definition, loads) for each in table.indexes)


def _sum(one: WriteLoad | None, other: WriteLoad) -> WriteLoad:
    if one is None:
        return other
    return WriteLoad(
        table=other.table,
        inserts=one.inserts + other.inserts,
        updates=one.updates + other.updates,
        deletes=one.deletes + other.deletes,
        source=one.source,
    )
