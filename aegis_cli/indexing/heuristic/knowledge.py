"""What is known of tables without a planner's statistics: the port, and finding tables."""

from collections.abc import Iterable
from typing import Protocol

from aegis_cli.model.facts.accesses import Condition
from aegis_cli.model.facts.catalog import ConstraintKind, Table
from aegis_cli.model.facts.indexes import IndexDefinition, TableName

CLUSTERED = "clustered by primary key"
"""Option of a table whose rows lie in its primary key, with which all other indexes' entries end:
InnoDB's tables, and SQLite's whose key is the rowid or which have no rowid."""


class Knowledge(Protocol):
    """Answers how many rows and values tables have; None is unknown."""

    def rows(self, table: TableName) -> float:
        """Return how many rows a table has."""

    def distinct(self, table: TableName, keys: tuple[str, ...]) -> float | None:
        """Return how many different combinations the columns or expressions have."""

    def share(self, table: TableName, condition: Condition) -> float | None:
        """Return the share of rows that satisfy a condition, 0 to 1."""

    def width(self, table: TableName, key: str) -> float:
        """Return the average bytes of a column or expression."""


class Catalog:
    """Tables by the names statements use: any case, with or without the schema."""

    def __init__(self, tables: Iterable[Table], default_schema: str) -> None:
        """Remember the tables; names without a schema mean the default one."""
        self.tables = tuple(tables)
        self._default = default_schema.lower()
        self._by_name = {str(each.name).lower(): each for each in self.tables}

    def find(self, name: str) -> Table | None:
        """Return a table by the name in a statement."""
        lowered = name.lower()
        full = lowered if "." in lowered else f"{self._default}.{lowered}"
        return self._by_name.get(full)

    def columns_of(self, name: str) -> frozenset[str] | None:
        """Return a table's columns by the name in a statement; None for an unknown table."""
        table = self.find(name)
        return None if table is None else frozenset(each.name for each in table.columns)

    def names(self) -> frozenset[str]:
        """Return the names of all tables and columns in lower case."""
        columns = (column.name.lower() for each in self.tables for column in each.columns)
        return frozenset((*(each.name.name.lower() for each in self.tables), *columns))


def primary_key(table: Table) -> tuple[str, ...]:
    """Return the columns that every other index's entries end with; none where rows lie apart."""
    if CLUSTERED not in table.options:
        return ()
    keys = (each.columns for each in table.constraints if each.kind is ConstraintKind.PRIMARY_KEY)
    return next(keys, ())


def key_texts(definition: IndexDefinition) -> tuple[str, ...]:
    """Return an index's columns and expressions in order, in lower case."""
    return tuple(each.text.lower() for each in definition.keys)
