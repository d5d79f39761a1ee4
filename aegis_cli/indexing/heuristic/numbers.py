"""Knowledge from catalog numbers: rows, cardinalities of index prefixes, types."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aegis_cli.model.facts.accesses import Condition
from aegis_cli.model.facts.catalog import Table, TableColumn
from aegis_cli.model.facts.indexes import TableName

_ENUM = re.compile(r"(?:enum|set)\((.*)\)\Z", re.IGNORECASE | re.DOTALL)
_LABEL = re.compile(r"'(?:[^']|'')*'")
_LENGTH = re.compile(r"\((\d+)\)")
_FLAGS = ("tinyint(1)", "bit(1)", "boolean")
_WIDTHS = {
    "tinyint": 1, "smallint": 2, "mediumint": 3, "int": 4, "bigint": 8, "float": 4, "double": 8,
    "decimal": 8, "date": 3, "datetime": 5, "timestamp": 4, "time": 3, "year": 1, "enum": 1,
    "set": 1, "bit": 1, "uuid": 16,
}  # fmt: skip
_TEXT_FILL = 0.5
"""Text is seldom as long as its column allows."""
_LONGEST_TEXT_WIDTH = 64.0
_UNKNOWN_WIDTH = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnNumbers:
    """What a server tells of a column's values."""

    distinct: float | None = None
    width: float | None = None
    null_share: float | None = None
    rows_per_value: float | None = None
    """Average rows of one value, where that is told instead of `distinct`."""


class CatalogKnowledge:
    """Answers from numbers that were read once; it knows nothing of single values."""

    def __init__(
        self,
        tables: Mapping[TableName, Table],
        cardinalities: Mapping[tuple[TableName, frozenset[str]], float],
        columns: Mapping[tuple[TableName, str], ColumnNumbers],
    ) -> None:
        """Take over the numbers.

        Args:
            tables: The tables by name.
            cardinalities: Different combinations of the first columns of indexes.
            columns: What is known of single columns.
        """
        self._tables = tables
        self._cardinalities = cardinalities
        self._columns = columns

    def rows(self, table: TableName) -> float:
        """Return how many rows a table has, as the server estimates."""
        return max(self._tables[table].rows, 0.0)

    def distinct(self, table: TableName, keys: tuple[str, ...]) -> float | None:
        """Return how many different combinations the columns have."""
        rows = self.rows(table)
        if self._is_unique(self._tables[table], keys):
            return rows
        known = self._cardinalities.get((table, frozenset(keys)))
        if known is not None:
            return min(known, rows) if rows else known
        if len(keys) == 1:
            return self._single(table, keys[0])
        return self._product(table, keys)

    def share(self, table: TableName, condition: Condition) -> float | None:
        """Return the share of NULLs for a condition that asks for them; else it is unknown."""
        numbers = self._columns.get((table, condition.column or ""))
        if numbers is None or numbers.null_share is None:
            return None
        if condition.operator == "IS NULL":
            return numbers.null_share
        return 1 - numbers.null_share if condition.operator == "IS NOT NULL" else None

    def width(self, table: TableName, key: str) -> float:
        """Return the average bytes of a column."""
        numbers = self._columns.get((table, key))
        if numbers is not None and numbers.width:
            return numbers.width
        column = self._tables[table].column(key)
        return _UNKNOWN_WIDTH if column is None else _width(column)

    def unknown(self, table: TableName, column: str) -> bool:
        """Tell whether nothing is known of the values of a column."""
        return self.distinct(table, (column,)) is None

    def _single(self, table: TableName, key: str) -> float | None:
        numbers = self._columns.get((table, key))
        if numbers is not None and numbers.distinct is not None:
            return numbers.distinct
        if numbers is not None and numbers.rows_per_value:
            filled = self.rows(table) * (1 - (numbers.null_share or 0.0))
            return max(filled / numbers.rows_per_value, 1.0)
        column = self._tables[table].column(key)
        return None if column is None else _labels(column.type_name)

    def _product(self, table: TableName, keys: tuple[str, ...]) -> float | None:
        """Return the most combinations there can be, where every column is known."""
        product = 1.0
        for each in keys:
            distinct = self._single_or_prefix(table, each)
            if distinct is None:
                return None
            product *= max(distinct, 1.0)
        return min(product, max(self.rows(table), 1.0))

    def _single_or_prefix(self, table: TableName, key: str) -> float | None:
        known = self._cardinalities.get((table, frozenset((key,))))
        return known if known is not None else self._single(table, key)

    @staticmethod
    def _is_unique(table: Table, keys: tuple[str, ...]) -> bool:
        named = set(keys)
        return any(
            each.definition.is_unique
            and len(each.definition.key_columns) == len(each.definition.keys)
            and set(each.definition.key_columns) <= named
            for each in table.indexes
        )


def _labels(type_name: str) -> float | None:
    """Return how many values a type allows, where they are few."""
    found = _ENUM.match(type_name)
    if found is not None:
        return float(max(len(_LABEL.findall(found[1])), 1))
    return 2.0 if type_name.lower().startswith(_FLAGS) else None


def _width(column: TableColumn) -> float:
    name = re.split(r"[ (]", column.type_name.lower(), maxsplit=1)[0]
    if name in _WIDTHS:
        return float(_WIDTHS[name])
    length = _LENGTH.search(column.type_name)
    if length is None:
        return _LONGEST_TEXT_WIDTH
    if name in ("char", "binary"):
        return float(length[1])
    return min(float(length[1]) * _TEXT_FILL, _LONGEST_TEXT_WIDTH)
