"""Hand tables to the rules that look at indexes without a search."""

from collections.abc import Sequence

from aegis_cli.indexing.limits import Limits
from aegis_cli.model.facts.catalog import ConstraintKind, Table
from aegis_cli.model.facts.index_advice import Advice, Dialect, TableHealth
from aegis_cli.model.facts.indexes import TableName


def health_of(
    tables: Sequence[Table],
    limits: Limits,
    *,
    server: str,
    dialect: Dialect,
    age_s: float | None,
    advice: Advice,
) -> tuple[TableHealth, ...]:
    """Return what rules look at, for every table that the limits permit.

    Args:
        tables: All tables.
        limits: Which of them the user wants advice on.
        server: For people.
        dialect: The database's.
        age_s: Since the counters of index use began; None when nothing is counted.
        advice: Tells which indexes the workload's plans read.
    """
    by_name = {each.name: each for each in tables}
    used = {name for each in advice.statements for name in each.indexes_before}
    return tuple(
        TableHealth(
            server=server,
            table=table,
            statistics=(),
            statistics_age_s=age_s,
            is_standby=False,
            replicas=None,
            referenced=_referenced(table, by_name),
            planner_uses=frozenset(
                each.name for each in table.indexes if f"{table.name.schema}.{each.name}" in used
            ),
            advised=tuple(
                each.definition for each in advice.creates if each.definition.table == table.name
            ),
            advised_drops=frozenset(
                each.index.name for each in advice.drops if each.table == table.name
            ),
            dialect=dialect,
        )
        for table in tables
        if limits.permits(table.name)
    )


def _referenced(table: Table, by_name: dict[TableName, Table]) -> tuple[Table, ...]:
    names = dict.fromkeys(
        each.referenced_table
        for each in table.constraints
        if each.kind is ConstraintKind.FOREIGN_KEY
    )
    return tuple(by_name[name] for name in names if name in by_name)
