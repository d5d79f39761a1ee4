"""Hold what is being learnt of a statement until all of it was read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from aegis_cli.model.facts.accesses import (
    Condition,
    JoinKey,
    ParameterUse,
    SortKey,
    TableAccess,
)

ColumnsOf: TypeAlias = Callable[[str], frozenset[str] | None]
"""Returns the columns of a table by the name a statement calls it; None for an unknown table."""
ViewOf: TypeAlias = Callable[[str], str | None]
"""Returns the CREATE VIEW of a view by the name a statement calls it; None for what is none."""

_MOST_ALTERNATIVES = 60
"""Conditions below OR that are kept per table: a generated OR may have thousands."""


@dataclass(slots=True, kw_only=True, eq=False)
class AccessDraft:
    """One appearance of a table, as far as it was read."""

    table: str
    alias: str
    columns: frozenset[str] | None
    conditions: list[Condition] = field(default_factory=list)
    joins: dict[JoinKey, None] = field(default_factory=dict)
    column_pairs: dict[str, None] = field(default_factory=dict)
    order_by: tuple[SortKey, ...] = ()
    group_by: tuple[str, ...] = ()
    has_limit: bool = False
    limit: int | None = None
    columns_read: dict[str, None] = field(default_factory=dict)
    reads_all_columns: bool = False
    alternatives: int = 0

    def add(self, condition: Condition) -> None:
        """Note a condition."""
        self.alternatives += condition.in_or
        if not condition.in_or or self.alternatives <= _MOST_ALTERNATIVES:
            self.conditions.append(condition)

    def finish(self) -> TableAccess:
        """Return what was learnt."""
        return TableAccess(
            table=self.table,
            alias=self.alias,
            conditions=tuple(dict.fromkeys(self.conditions)),
            joins=tuple(self.joins),
            column_pairs=tuple(self.column_pairs),
            order_by=self.order_by,
            group_by=self.group_by,
            has_limit=self.has_limit,
            limit=self.limit,
            columns_read=tuple(self.columns_read),
            reads_all_columns=self.reads_all_columns,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a name in a statement comes down to: a column of a table, or an expression over it."""

    access: AccessDraft | None
    """None where it comes from something that is no table, such as a function."""
    alias: str
    column: str
    """For an expression its name where it is defined."""
    expression: str | None = None
    """SQL over columns of the table, where the name stands for more than a column."""

    @property
    def is_column(self) -> bool:
        """Tell whether this is a plain column of a table."""
        return self.access is not None and self.expression is None

    @property
    def identity(self) -> tuple[int | str, str]:
        """Return what two places have in common exactly when they are the same."""
        return (self.alias if self.access is None else id(self.access), self.column)

    def note(self) -> None:
        """Remember that the column is read."""
        if self.access is not None and self.expression is None:
            self.access.columns_read[self.column] = None


@dataclass(slots=True, kw_only=True)
class StatementDraft:
    """Everything learnt of a statement so far."""

    accesses: list[AccessDraft] = field(default_factory=list)
    parameters: dict[ParameterUse, None] = field(default_factory=dict)
    highest_parameter: int = 0
    written_table: str | None = None
    written_columns: tuple[str, ...] = ()

    def table(self, name: str, alias: str, columns: frozenset[str] | None) -> AccessDraft:
        """Add an appearance of a table."""
        access = AccessDraft(table=name, alias=alias, columns=columns)
        self.accesses.append(access)
        return access
