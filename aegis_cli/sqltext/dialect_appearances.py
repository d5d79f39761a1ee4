"""Gather what one statement asks of one appearance of a table."""

from dataclasses import dataclass, field

from aegis_cli.model.facts.accesses import Condition, JoinKey, SortKey, TableAccess


@dataclass(slots=True, kw_only=True)
class Appearance:
    """A table in a FROM while the statement is being read."""

    table: str
    alias: str
    columns: dict[str, str] | None
    """The table's columns by their lower-case names; None when the table is unknown."""
    conditions: list[Condition] = field(default_factory=list)
    joins: list[JoinKey] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)
    order_by: tuple[SortKey, ...] = ()
    group_by: tuple[str, ...] = ()
    has_limit: bool = False
    limit: int | None = None
    read: dict[str, None] = field(default_factory=dict)
    reads_all: bool = False

    def spelled(self, column: str) -> str:
        """Return a column as the table spells it; names are alike in every case."""
        return (self.columns or {}).get(column.lower(), column)

    def has(self, column: str) -> bool:
        """Tell whether the table is known to have a column."""
        return self.columns is not None and column.lower() in self.columns

    def join(self, column: str, other: "Appearance", other_column: str) -> None:
        """Note that a column must equal a column of another appearance."""
        key = JoinKey(
            column=column,
            other_table=other.table,
            other_column=other_column,
            other_alias=other.alias,
        )
        if key not in self.joins:
            self.joins.append(key)

    def access(self) -> TableAccess:
        """Return what was gathered."""
        return TableAccess(
            table=self.table,
            alias=self.alias,
            conditions=tuple(self.conditions),
            joins=tuple(self.joins),
            column_pairs=tuple(self.pairs),
            order_by=self.order_by,
            group_by=self.group_by,
            has_limit=self.has_limit,
            limit=self.limit,
            columns_read=tuple(self.read),
            reads_all_columns=self.reads_all,
        )
