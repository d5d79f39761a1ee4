"""Adds a table's constraints on the twin: they carry indexes and facts for the planner."""

from collections.abc import Sequence

from aegis_cli.embedded.session import Session
from aegis_cli.model.facts.catalog import Constraint, ConstraintKind, Table
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.sources.postgres.twin import table_ddl
from aegis_cli.sources.postgres.twin.lacks import Lacks, attempt


def add_constraints(owner: Session, table: Table, lacks: Lacks) -> None:
    """Add all constraints of a table except its foreign keys."""
    wanted = [each for each in table.constraints if each.kind is not ConstraintKind.FOREIGN_KEY]
    if not wanted or attempt(owner, table_ddl.add_constraints(table, wanted)) is None:
        return
    for each in wanted:
        reason = attempt(owner, table_ddl.add_constraints(table, [each]))
        if reason:
            _note(lacks, table, each, reason)


def add_foreign_keys(owner: Session, tables: Sequence[Table], lacks: Lacks) -> None:
    """Add the foreign keys, from which the planner estimates joins.

    Those of a partitioned table reach its partitions by themselves.
    """
    by_name = {each.name: each for each in tables}
    for table in tables:
        for constraint in table.constraints:
            if constraint.kind is not ConstraintKind.FOREIGN_KEY:
                continue
            if _comes_from_parent(table, constraint, by_name):
                continue
            reason = attempt(owner, table_ddl.add_foreign_key(table, constraint))
            if reason:
                _note(lacks, table, constraint, reason)


def _comes_from_parent(
    table: Table, constraint: Constraint, by_name: dict[TableName, Table]
) -> bool:
    if table.partition_bound is None:
        return False
    parents = (by_name[each] for each in table.parents if each in by_name)
    return any(
        each.kind is ConstraintKind.FOREIGN_KEY
        and (each.columns, each.referenced_table)
        == (constraint.columns, constraint.referenced_table)
        for parent in parents
        for each in parent.constraints
    )


def _note(lacks: Lacks, table: Table, constraint: Constraint, reason: str) -> None:
    lacks.add(
        f"constraint {constraint.name} of {table.name}",
        f"could not be added on the twin: {reason}",
        "The planner does without what it guarantees.",
    )
