"""How a statement gets at the rows of each table: what an index could serve."""

from dataclasses import dataclass

from aegis_cli.model.facts.shapes import Operand


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition on one column, or on one expression over columns of one table."""

    column: str | None
    """Unquoted; None when the left side is an expression."""
    expression: str | None
    """SQL of the left side, without the table's alias, when it is not a bare column."""
    operator: str
    """`=`, `<`, `IN`, `IS NULL`, `LIKE`, `~~*`, `@>`, `&&`, `BETWEEN`, …"""
    operand: Operand
    constant: str | None = None
    """SQL of the right side where it holds no parameter, column or subquery."""
    parameters: tuple[int, ...] = ()
    """Numbers of the parameters on the right side."""
    sql: str = ""
    """The whole condition as SQL, without the table's alias; fit for a partial index."""
    in_or: bool = False
    is_stable: bool = True
    """Whether the constant side calls no volatile or time-dependent function."""
    row: tuple[str, ...] = ()
    """All columns of `(a, b) > ($1, $2)`, whose first this condition is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinKey:
    """A column that must equal a column of another table, from an inner or outer query."""

    column: str
    other_table: str
    other_column: str
    other_alias: str = ""
    """By which the other appearance is told apart where a table appears twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SortKey:
    """A column or expression of an ORDER BY."""

    text: str
    is_expression: bool
    descending: bool
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAccess:
    """One appearance of a table in a FROM, UPDATE or DELETE, at any depth of a statement."""

    table: str
    """Unquoted, with its schema where the statement names one."""
    alias: str
    conditions: tuple[Condition, ...] = ()
    joins: tuple[JoinKey, ...] = ()
    column_pairs: tuple[str, ...] = ()
    """SQL of conditions between columns of this one table, such as `shipped > promised`."""
    order_by: tuple[SortKey, ...] = ()
    """Only when every term belongs to this table."""
    group_by: tuple[str, ...] = ()
    """Only plain columns of this table, in the order written."""
    has_limit: bool = False
    limit: int | None = None
    """The number of a LIMIT where the text holds it."""
    columns_read: tuple[str, ...] = ()
    """Every column of this table that the query names, wherever."""
    reads_all_columns: bool = False
    """`SELECT *`, a whole-row reference, or a column we could not place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterUse:
    """What a parameter is compared with, from which a likely constant can be drawn."""

    number: int
    table: str
    column: str
    operator: str
    is_list: bool = False
    """`= ANY ($1)`: the parameter is an array."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAccess:
    """Everything an index advisor needs to know of a statement's text."""

    tables: tuple[TableAccess, ...] = ()
    parameters: tuple[ParameterUse, ...] = ()
    highest_parameter: int = 0
    written_table: str | None = None
    """Target of INSERT, UPDATE, DELETE or MERGE."""
    written_columns: tuple[str, ...] = ()
    """Columns that an UPDATE sets."""
    problem: str | None = None
    """Why the text could not be understood; then the rest is empty."""
