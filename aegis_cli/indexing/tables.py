"""Tables with their statistics, found by the names that statements use."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aegis_cli.indexing.sampling import RowSampler
from aegis_cli.model.facts.accesses import JoinKey, TableAccess
from aegis_cli.model.facts.catalog import ConstraintKind, Table, TableKind
from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.facts.statistics import ColumnStatistics, ExtendedStatistics

INDEXABLE = frozenset({TableKind.TABLE, TableKind.PARTITIONED, TableKind.MATERIALIZED_VIEW})
"""Kinds that can have an index; a foreign table's indexes are the other server's business."""
_UNKNOWN_ROWS = 1000.0
"""Stands for a table that was never analyzed and whose size is unknown too."""
_UNKNOWN_ROW_BYTES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFacts:
    """A table, how large it is with its partitions, and what is known of its columns."""

    table: Table
    rows: float
    pages: int
    statistics: Mapping[str, ColumnStatistics]
    extended: tuple[ExtendedStatistics, ...] = ()
    key_rows: Mapping[frozenset[str], float]
    """Sets of columns that refer to a unique key, and the rows of the table it is a key of:
    no more distinct values than that can occur."""
    sampler: RowSampler | None = None
    """Reads rows of the table, where the user allowed that."""

    def is_key(self, columns: frozenset[str]) -> bool:
        """Tell whether no two rows agree in these columns."""
        return any(key <= columns for key in _keys(self.table))


class TableBook:
    """All tables of a snapshot, by name and through partitions."""

    def __init__(
        self,
        snapshot: Snapshot,
        workload: IndexWorkload | None = None,
        sampler: RowSampler | None = None,
    ) -> None:
        """Gather what is known of each table.

        Args:
            snapshot: The database.
            workload: Statements, whose joins tell which columns refer to which keys where no
                foreign key says so.
            sampler: Reads rows, where the user allowed that.
        """
        self._sampler = sampler
        self._search_path = snapshot.search_path
        self._tables = {each.name: each for each in snapshot.tables}
        self._by_text = {str(name): name for name in self._tables}
        self._children: dict[TableName, list[Table]] = {}
        for each in snapshot.tables:
            for parent in each.parents:
                self._children.setdefault(parent, []).append(each)
        self._statistics = _statistics_by_table(snapshot)
        self._extended: dict[TableName, list[ExtendedStatistics]] = {}
        for extended in snapshot.extended_statistics:
            self._extended.setdefault(extended.table, []).append(extended)
        self._facts: dict[TableName, TableFacts] = {}
        self._joined: dict[TableName, dict[frozenset[str], float]] = {}
        for statement in workload.statements if workload is not None else ():
            for access in statement.access.tables:
                self._learn_references(access)

    def find(self, name: str) -> TableName | None:
        """Return the table that a statement's name means; the topmost parent of a partition."""
        found = self._by_text.get(name)
        for schema in self._search_path:
            if found is not None:
                break
            candidate = TableName(schema=schema, name=name)
            found = candidate if candidate in self._tables else None
        return None if found is None else self._topmost(found)

    def facts(self, name: TableName) -> TableFacts:
        """Return what is known of a table of the snapshot."""
        known = self._facts.get(name)
        if known is None:
            known = self._facts[name] = self._gather(name)
        return known

    def tables(self) -> tuple[TableName, ...]:
        """Return every table that can have an index of its own: no partitions."""
        return tuple(
            name
            for name, table in self._tables.items()
            if table.kind in INDEXABLE and self._topmost(name) == name
        )

    def _topmost(self, name: TableName) -> TableName:
        table = self._tables[name]
        while table.partition_bound is not None and table.parents:
            parent = self._tables.get(table.parents[0])
            if parent is None:
                break
            table = parent
        return table.name

    def _leaves(self, table: Table) -> list[Table]:
        if table.kind is not TableKind.PARTITIONED:
            return [table]
        children = self._children.get(table.name, [])
        return [leaf for each in children for leaf in self._leaves(each)]

    def _gather(self, name: TableName) -> TableFacts:
        table = self._tables[name]
        leaves = self._leaves(table)
        return TableFacts(
            table=table,
            rows=self.rows(name),
            pages=sum(each.pages for each in leaves),
            statistics=self._columns_of(name, is_inherited=table.kind is TableKind.PARTITIONED),
            extended=tuple(self._extended.get(name, ())),
            key_rows={**self._joined.get(name, {}), **dict(self._key_rows(table))},
            sampler=self._sampler,
        )

    def _learn_references(self, access: TableAccess) -> None:
        """Take columns that are joined to all columns of a key for references to it."""
        name = self.find(access.table)
        partners: dict[tuple[str, str], list[JoinKey]] = {}
        for join in access.joins:
            partners.setdefault((join.other_table, join.other_alias), []).append(join)
        for (other, _), joins in partners.items():
            target = self.find(other)
            if name is None or target is None or target == name:
                continue
            own = {each.other_column: each.column for each in joins}
            for key in _keys(self._tables[target]):
                if key <= own.keys():
                    columns = frozenset(own[each] for each in key)
                    self._joined.setdefault(name, {})[columns] = self.rows(target)

    def rows(self, name: TableName) -> float:
        """Return how many rows a table has, with its partitions."""
        return sum(_rows_of(each) for each in self._leaves(self._tables[name]))

    def _columns_of(self, name: TableName, *, is_inherited: bool) -> dict[str, ColumnStatistics]:
        found: dict[str, ColumnStatistics] = {}
        for each in self._statistics.get(name, ()):
            if each.inherited == is_inherited or each.column not in found:
                found[each.column] = each
        return found

    def _key_rows(self, table: Table) -> list[tuple[frozenset[str], float]]:
        return [
            (frozenset(each.columns), self.rows(target.name))
            for each in table.constraints
            if each.kind is ConstraintKind.FOREIGN_KEY
            and each.referenced_table is not None
            and (target := self._tables.get(each.referenced_table)) is not None
        ]


def _keys(table: Table) -> Iterator[frozenset[str]]:
    """Yield the sets of columns in which no two rows agree."""
    for each in table.constraints:
        if each.kind in {ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE}:
            yield frozenset(each.columns)
    for index in table.indexes:
        definition = index.definition
        is_whole = definition.predicate is None and not any(
            key.is_expression for key in definition.keys
        )
        if definition.is_unique and is_whole:
            yield frozenset(definition.key_columns)


def facts_of_table(
    table: Table,
    statistics: Iterable[ColumnStatistics],
    extended: Iterable[ExtendedStatistics] = (),
) -> TableFacts:
    """Return what is known of one table that is looked at without its surroundings."""
    return TableFacts(
        table=table,
        rows=_rows_of(table),
        pages=table.pages,
        statistics={each.column: each for each in statistics if each.table == table.name},
        extended=tuple(extended),
        key_rows={},
    )


def _rows_of(table: Table) -> float:
    """Return the server's estimate, else what fits into the table's present size."""
    if table.rows >= 0:
        return table.rows
    if table.activity is not None and table.activity.live_rows > 0:
        return float(table.activity.live_rows)
    return table.size_bytes / _UNKNOWN_ROW_BYTES if table.size_bytes else _UNKNOWN_ROWS


def _statistics_by_table(snapshot: Snapshot) -> dict[TableName, list[ColumnStatistics]]:
    found: dict[TableName, list[ColumnStatistics]] = {}
    for each in snapshot.statistics:
        found.setdefault(each.table, []).append(each)
    return found
