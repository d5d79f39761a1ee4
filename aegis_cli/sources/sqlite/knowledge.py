"""What is known of the values in a SQLite file: from ANALYZE where it ran, else from a sample."""

from aegis_cli.model.facts.accesses import Condition
from aegis_cli.model.facts.catalog import ConstraintKind, Table
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.sources.sqlite.catalog import SqliteCatalog
from aegis_cli.sources.sqlite.sample import Sampler
from aegis_cli.sources.sqlite.statements import quoted

_DEFAULT_WIDTH = 8.0
_FEWEST_SAMPLED = 3
"""Sampled rows of a value from which its share is taken."""
_STALE_FACTOR = 2.0
"""By how much the rows may have grown or shrunk until ANALYZE's numbers are not believed."""


class SqliteKnowledge:
    """Answers from `sqlite_stat1`, from keys that are unique, and from sampled rows."""

    def __init__(self, catalog: SqliteCatalog, sampler: Sampler) -> None:
        """Remember whom to ask."""
        self._tables = {each.name: each for each in catalog.tables}
        self._sampler = sampler
        self._analyzed = {
            (each.table, each.index): each.numbers for each in catalog.statistics if each.numbers
        }
        self._distinct: dict[tuple[TableName, tuple[str, ...]], float | None] = {}
        self._shares: dict[tuple[TableName, str, str], float | None] = {}

    def rows(self, table: TableName) -> float:
        """Return how many rows a table has."""
        return self._sampler.rows(self._tables[table])

    def is_analyzed(self, table: TableName) -> bool:
        """Tell whether ANALYZE wrote down what this table is like."""
        return any(name == table.name for name, _ in self._analyzed)

    def is_stale(self, table: TableName) -> bool:
        """Tell whether the table is now of quite another size than when it was analyzed."""
        analyzed = self._analyzed_rows(table)
        if analyzed is None:
            return False
        low, high = sorted((analyzed + 1, self.rows(table) + 1))
        return high > low * _STALE_FACTOR

    def distinct(self, table: TableName, keys: tuple[str, ...]) -> float | None:
        """Return how many different combinations the columns or expressions have."""
        ordered = tuple(sorted(keys))
        if (table, ordered) not in self._distinct:
            self._distinct[table, ordered] = self._find_distinct(self._tables[table], ordered)
        return self._distinct[table, ordered]

    def share(self, table: TableName, condition: Condition) -> float | None:
        """Return the share of sampled rows that satisfy a condition with fixed values."""
        if condition.constant is None or not condition.is_stable:
            return None
        # A predicate asked about as such is told even where few sampled rows satisfy it.
        name = (table, condition.sql, condition.operator)
        if name not in self._shares:
            self._shares[name] = self._find_share(self._tables[table], condition)
        return self._shares[name]

    def width(self, table: TableName, key: str) -> float:
        """Return the average bytes of a column or expression in the sample."""
        found = self._sampler.ask(self._tables[table], "width", key=self._spelled(table, key))
        return found[0] if found and found[0] else _DEFAULT_WIDTH

    def _find_distinct(self, table: Table, keys: tuple[str, ...]) -> float | None:
        rows = self.rows(table.name)
        if _is_unique(table, keys):
            return rows
        average = None if self.is_stale(table.name) else self._average(table, keys)
        if average is not None:
            return rows / average
        spelled = ", ".join(self._spelled(table.name, each) for each in keys)
        found = self._sampler.ask(table, "combinations", keys=spelled)
        if found is None or not found[0]:
            return None
        sampled, different, once = found
        # The estimator of Haas and Stokes that PostgreSQL's ANALYZE uses too (Duj1).
        return sampled * different / (sampled - once + once * sampled / max(rows, sampled))

    def _average(self, table: Table, keys: tuple[str, ...]) -> float | None:
        """Return the rows per combination that ANALYZE found for an index beginning with it."""
        for index in table.indexes:
            numbers = self._analyzed.get((table.name.name, index.name), ())
            first = [each.text for each in index.definition.keys[: len(keys)]]
            is_whole = index.definition.predicate is None
            if is_whole and sorted(first) == sorted(keys) and len(numbers) > len(keys):
                return max(numbers[len(keys)], 1.0)
        return None

    def _find_share(self, table: Table, condition: Condition) -> float | None:
        found = self._sampler.ask(table, "share", condition=condition.sql)
        if found is None or not found[0]:
            return None
        sampled, satisfying = found
        if condition.operator in ("=", "IN") and satisfying < _FEWEST_SAMPLED:
            # Of a value this rare the average says more than so few rows.
            return None
        return max(satisfying, 0.5) / sampled

    def _spelled(self, table: TableName, key: str) -> str:
        return quoted(key) if self._tables[table].column(key) is not None else key

    def _analyzed_rows(self, table: TableName) -> float | None:
        found = [numbers[0] for (name, _), numbers in self._analyzed.items() if name == table.name]
        return max(found, default=None)


def _is_unique(table: Table, keys: tuple[str, ...]) -> bool:
    named = set(keys)
    unique = [
        set(each.definition.key_columns)
        for each in table.indexes
        if each.definition.is_unique and each.definition.predicate is None
    ]
    primary = [
        set(each.columns) for each in table.constraints if each.kind is ConstraintKind.PRIMARY_KEY
    ]
    return any(each and each <= named for each in (*unique, *primary))
