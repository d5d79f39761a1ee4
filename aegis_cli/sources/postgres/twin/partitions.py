"""Which tables hold the rows of a partitioned one."""

from collections import defaultdict
from collections.abc import Sequence

from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.indexes import TableName


class PartitionTree:
    """Partitions by their parents."""

    def __init__(self, tables: Sequence[Table]) -> None:
        """Gather the partitions; children by mere inheritance are tables of their own."""
        self._parts: dict[TableName, list[TableName]] = defaultdict(list)
        for table in tables:
            for parent in table.parents if table.partition_bound else ():
                self._parts[parent].append(table.name)

    def leaves(self, name: TableName) -> tuple[TableName, ...]:
        """Return the partitions without partitions; the table itself if it has none."""
        found: list[TableName] = []
        waiting = [name]
        for each in waiting:
            parts = self._parts.get(each, [])
            waiting.extend(parts)
            if not parts:
                found.append(each)
        return tuple(found)
