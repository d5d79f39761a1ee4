"""Statements that make a table of a snapshot, without anything a planner does not look at."""

from collections.abc import Collection, Iterator

from psycopg2 import sql

from aegis_cli.model.facts.catalog import Constraint, Table, TableColumn, TableKind
from aegis_cli.model.facts.indexes import TableName

STAND_IN_TYPE = "text"
"""Takes the place of a type that the twin lacks."""
_PLANNER_OPTIONS = frozenset({"fillfactor", "parallel_workers"})


def identifier(name: TableName) -> sql.Identifier:
    """Return a quoted full name."""
    return sql.Identifier(name.schema, name.name)


def create_table(
    table: Table, *, unknown_columns: Collection[str] = (), is_bare: bool = False
) -> sql.Composed:
    """Return CREATE TABLE, every column at the number it has in the original.

    A materialized view becomes a table, too: the planner makes no difference.

    Args:
        table: The original.
        unknown_columns: Columns whose type is replaced by text.
        is_bare: Whether to leave out collations and generated columns.
    """
    columns = [_column(each, unknown_columns, is_bare=is_bare) for each in _with_gaps(table)]
    parts = [
        sql.SQL("CREATE TABLE {} ({})").format(identifier(table.name), sql.SQL(", ").join(columns))
    ]
    if table.kind is TableKind.PARTITIONED and table.partition_key:
        parts.append(sql.SQL("PARTITION BY ") + sql.SQL(table.partition_key))
    elif options := list(_options(table)):
        parts.append(sql.SQL("WITH ({})").format(sql.SQL(", ").join(options)))
    return sql.SQL(" ").join(parts)


def drop_gaps(table: Table) -> sql.Composed | None:
    """Return the statement that drops what stands for dropped columns; None without any."""
    drops = [
        sql.SQL("DROP COLUMN {}").format(sql.Identifier(_gap(each)))
        for each in _with_gaps(table)
        if isinstance(each, int)
    ]
    if not drops:
        return None
    return sql.SQL("ALTER TABLE ONLY {} ").format(identifier(table.name)) + sql.SQL(", ").join(
        drops
    )


def add_constraints(table: Table, constraints: Collection[Constraint]) -> sql.Composed:
    """Return one statement that adds constraints as the original server spells them."""
    additions = [
        sql.SQL("ADD CONSTRAINT {} {}").format(sql.Identifier(each.name), sql.SQL(each.definition))
        for each in constraints
    ]
    only = sql.SQL("ALTER TABLE ONLY {} ")
    return only.format(identifier(table.name)) + sql.SQL(", ").join(additions)


def add_foreign_key(table: Table, constraint: Constraint) -> sql.Composed:
    """Return the statement that adds a foreign key, to a table and to its partitions."""
    return sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
        identifier(table.name), sql.Identifier(constraint.name), sql.SQL(constraint.definition)
    )


def attach(table: Table, parent: TableName) -> sql.Composed:
    """Return the statement that makes a table a partition or a child of another."""
    if table.partition_bound:
        return sql.SQL("ALTER TABLE ONLY {} ATTACH PARTITION {} ").format(
            identifier(parent), identifier(table.name)
        ) + sql.SQL(table.partition_bound)
    return sql.SQL("ALTER TABLE ONLY {} INHERIT {}").format(
        identifier(table.name), identifier(parent)
    )


def _with_gaps(table: Table) -> Iterator[TableColumn | int]:
    """Yield the columns by number, and the numbers of dropped ones."""
    expected = 1
    for column in sorted(table.columns, key=lambda each: each.number):
        yield from range(expected, column.number)
        yield column
        expected = column.number + 1


def _gap(number: int) -> str:
    return f"........dropped.{number}........"


def _column(
    column: TableColumn | int, unknown_columns: Collection[str], *, is_bare: bool
) -> sql.Composable:
    if isinstance(column, int):
        return sql.SQL("{} integer").format(sql.Identifier(_gap(column)))
    is_known = column.name not in unknown_columns
    parts: list[sql.Composable] = [
        sql.Identifier(column.name),
        sql.SQL(column.type_name if is_known else STAND_IN_TYPE),
    ]
    if column.collation and is_known and not is_bare:
        parts.append(sql.SQL("COLLATE ") + sql.SQL(column.collation))
    if column.generated and is_known and not is_bare:
        stored = sql.SQL("GENERATED ALWAYS AS (") + sql.SQL(column.generated)
        parts.append(stored + sql.SQL(") VIRTUAL" if column.is_virtual else ") STORED"))
    if column.not_null:
        parts.append(sql.SQL("NOT NULL"))
    return sql.SQL(" ").join(parts)


def _options(table: Table) -> Iterator[sql.Composed]:
    for option in table.options:
        name, _, value = option.partition("=")
        if name in _PLANNER_OPTIONS:
            yield sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value))
