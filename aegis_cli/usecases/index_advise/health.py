"""What rules about single tables look at: the catalog, with what the search concluded."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from aegis_cli.indexing.sizes import size_of
from aegis_cli.indexing.tables import TableBook
from aegis_cli.model.facts.catalog import ConstraintKind, ExistingIndex, Table, TableKind
from aegis_cli.model.facts.index_advice import Advice, DropReason, TableHealth
from aegis_cli.model.facts.indexes import IndexMethod, TableName
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.facts.statistics import ColumnStatistics
from aegis_cli.model.location import CodeLocation


def table_health(
    snapshot: Snapshot,
    advice: Advice | None,
    tables: Collection[TableName],
    models: Mapping[str, CodeLocation],
) -> Iterator[TableHealth]:
    """Yield each table with what is known of it; `models` is keyed by unqualified table name."""
    surroundings = _Surroundings(snapshot, advice)
    wanted = frozenset(tables)
    for table in snapshot.tables:
        if table.name in wanted and table.kind is not TableKind.FOREIGN:
            yield surroundings.health(table, models.get(table.name.name))


class _Surroundings:
    """Everything around the tables of a snapshot, looked up by table."""

    def __init__(self, snapshot: Snapshot, advice: Advice | None) -> None:
        """Sort statistics, partitions and advice by table."""
        self._snapshot = snapshot
        self._advice = advice
        self._book = TableBook(snapshot)
        self._age_s = snapshot.counted_s
        self._by_name = {each.name: each for each in snapshot.tables}
        self._statistics: defaultdict[TableName, list[ColumnStatistics]] = defaultdict(list)
        for each in snapshot.statistics:
            self._statistics[each.table].append(each)
        self._partitions: defaultdict[TableName, list[Table]] = defaultdict(list)
        for table in snapshot.tables:
            for parent in table.parents if table.partition_bound is not None else ():
                self._partitions[parent].append(table)
        outcomes = advice.statements if advice is not None else ()
        self._used = {name for each in outcomes for name in each.indexes_before}

    def health(self, table: Table, model: CodeLocation | None) -> TableHealth:
        """Return one table with its surroundings."""
        advice, name = self._advice, table.name
        creates = advice.creates if advice is not None else ()
        drops = advice.drops if advice is not None else ()
        return TableHealth(
            server=self._snapshot.server,
            table=table,
            statistics=tuple(self._statistics[name]),
            statistics_age_s=self._age_s,
            is_standby=self._snapshot.is_standby,
            replicas=self._snapshot.replicas,
            partition_indexes_scanned=self._scanned_in_partitions(table),
            referenced=tuple(self._referenced(table)),
            partitions=tuple(each.name for each in self._leaves(table)),
            partition_links=tuple(self._links(table)),
            advised=tuple(each.definition for each in creates if each.definition.table == name),
            advised_drops=frozenset(
                each.index.name
                for each in drops
                if each.table == name and each.reason is not DropReason.UNUSED
            ),
            planner_uses=frozenset(
                each.name for each in table.indexes if f"{name.schema}.{each.name}" in self._used
            ),
            model=model,
            size_estimates=tuple(self._fresh_sizes(table)),
        )

    def _leaves(self, table: Table) -> Iterator[Table]:
        for each in self._partitions[table.name]:
            yield from self._leaves(each) if each.kind is TableKind.PARTITIONED else (each,)

    def _links(self, table: Table) -> Iterator[tuple[TableName, TableName]]:
        for each in self._partitions[table.name]:
            yield table.name, each.name
            yield from self._links(each)

    def _scanned_in_partitions(self, table: Table) -> frozenset[str]:
        """Return the table's indexes of which a partition's part was scanned, at any depth."""
        scanned: set[str] = set()
        for child in self._partitions[table.name]:
            deeper = self._scanned_in_partitions(child)
            scanned.update(
                each.parent
                for each in child.indexes
                if each.parent is not None and (each.scans or each.name in deeper)
            )
        return frozenset(scanned)

    def _referenced(self, table: Table) -> Iterator[Table]:
        for each in table.constraints:
            if each.kind is ConstraintKind.FOREIGN_KEY and each.referenced_table is not None:
                found = self._by_name.get(each.referenced_table)
                if found is not None:
                    yield found

    def _fresh_sizes(self, table: Table) -> Iterator[tuple[str, int]]:
        if table.kind is not TableKind.TABLE or table.rows < 0 or not self._statistics[table.name]:
            return
        facts = self._book.facts(table.name)
        for index in table.indexes:
            if _has_known_layout(index):
                yield index.name, size_of(index.definition, facts, index.rows).size_bytes


def _has_known_layout(index: ExistingIndex) -> bool:
    """Tell whether its size follows from statistics: a partial one's rows are its own."""
    return index.definition.method is IndexMethod.BTREE and index.rows > 0
