"""Say how many rows are written to each table over the workload's window."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from aegis_cli.model.facts.catalog import Table, TableKind
from aegis_cli.model.facts.index_workload import WorkloadStatement, WriteLoad
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.sqltext.shape import shape_of
from aegis_cli.usecases.index_advise.workload.counted import seconds_between
from aegis_cli.usecases.index_advise.workload.names import Names

FROM_STATEMENTS = "the workload's own statements"
FROM_COUNTERS = "the table's counters, scaled to the workload's window"
FROM_SCANS = "the table's counters, scaled by how often the workload reads it"
_SETTLED_S = 86_400.0
"""Of younger counters most writes are those that filled the tables."""
_UNKNOWN_COLUMNS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """How long the workload took, and how long the counters have run."""

    window_s: float | None
    age_s: float | None
    """Since their reset; None when unknown."""
    counted_s: float
    """At least."""


@dataclass(slots=True)
class _Rows:
    inserts: float = 0.0
    deletes: float = 0.0
    updates: dict[frozenset[str], float] = field(default_factory=dict)

    def add(self, statement: WorkloadStatement) -> None:
        rows = _rows_written(statement)
        match statement.kind:
            case StatementKind.INSERT:
                self.inserts += rows
            case StatementKind.DELETE:
                self.deletes += rows
            case _:
                columns = frozenset(statement.access.written_columns)
                self.updates[columns] = self.updates.get(columns, 0.0) + rows


def write_loads(
    statements: Iterable[WorkloadStatement],
    snapshot: Snapshot,
    names: Names,
    window_s: float | None,
) -> tuple[WriteLoad, ...]:
    """Return the rows written to each table, by the workload or else by the table's counters.

    A log with a minimum duration hides fast writes, and a script of queries has none; the
    counters of the tables they do not write to tell the rest.
    """
    written: dict[str, _Rows] = {}
    reads: dict[str, float] = {}
    for statement in statements:
        _note(statement, names, written, reads)
    loads = [_load(table, rows, FROM_STATEMENTS) for table, rows in written.items()]
    clock = _Clock(
        window_s=window_s,
        age_s=seconds_between(snapshot.statistics_since, snapshot.taken_at),
        counted_s=snapshot.counted_s or 0.0,
    )
    for table in snapshot.tables:
        name = str(table.name)
        if name in written:
            continue
        load = _counted(table, reads.get(_topmost(name, names), 0.0), clock)
        loads += [load] if load is not None else []
    return tuple(sorted(loads, key=lambda each: each.table))


def _note(
    statement: WorkloadStatement,
    names: Names,
    written: dict[str, _Rows],
    reads: dict[str, float],
) -> None:
    target = statement.access.written_table
    found = names.book.find(target) if target is not None else None
    if found is not None:
        written.setdefault(str(found), _Rows()).add(statement)
    for access in statement.access.tables:
        table = names.book.find(access.table)
        if table is not None:
            reads[str(table)] = reads.get(str(table), 0.0) + statement.calls


def _topmost(name: str, names: Names) -> str:
    found = names.book.find(name)
    return str(found) if found is not None else name


def _rows_written(statement: WorkloadStatement) -> float:
    """Return the rows that all calls write: as counted, else as the text lists them, else one."""
    if statement.rows is not None and statement.rows > 0:
        return statement.rows
    listed = 1
    if statement.kind is StatementKind.INSERT and statement.texts:
        listed = shape_of(statement.texts[0].text).values_rows or 1
    return statement.calls * listed


def _load(table: str, rows: _Rows, source: str) -> WriteLoad:
    return WriteLoad(
        table=table,
        inserts=rows.inserts,
        updates=tuple(sorted(rows.updates.items(), key=lambda item: sorted(item[0]))),
        deletes=rows.deletes,
        source=source,
    )


def _counted(table: Table, calls: float, clock: _Clock) -> WriteLoad | None:
    """Return a table's share of its counters that falls into the workload; None if unknown."""
    activity = table.activity
    if activity is None:
        return None
    scans = activity.sequential_scans + activity.index_scans
    if clock.window_s is not None and clock.age_s is not None:
        scale, source = clock.window_s / clock.age_s, FROM_COUNTERS
    elif calls and scans and clock.counted_s >= _SETTLED_S:
        scale, source = calls / scans, FROM_SCANS
    else:
        return None
    rows = _Rows(inserts=activity.rows_inserted * scale, deletes=activity.rows_deleted * scale)
    if activity.rows_updated:
        rows.updates[_UNKNOWN_COLUMNS] = activity.rows_updated * scale
    has_writes = rows.inserts or rows.deletes or rows.updates
    if table.kind is TableKind.PARTITIONED and not has_writes:
        # Its rows are written to its partitions, which count them.
        return None
    return _load(str(table.name), rows, source)
