"""Snapshots made by hand, for sizes and objects that no test database has."""

from collections.abc import Sequence
from dataclasses import replace

from aegis_cli.model.facts.catalog import ExistingIndex, Table, TableColumn, TableKind
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, TableName
from aegis_cli.model.facts.snapshot import Snapshot
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind, StatisticSlot

PAGE = 8192


def table(name: str, columns: Sequence[TableColumn], rows: float, pages: int) -> Table:
    """Return a table of the schema public."""
    return Table(
        name=TableName(schema="public", name=name),
        kind=TableKind.TABLE,
        columns=tuple(columns),
        rows=rows,
        pages=pages,
        size_bytes=pages * PAGE,
    )


def column(name: str, number: int, type_name: str = "bigint", **others: object) -> TableColumn:
    """Return a column of eight bytes."""
    plain = TableColumn(
        name=name, number=number, type_name=type_name, type_length=8, type_alignment=8
    )
    return replace(plain, **others)  # type: ignore[arg-type]  # named fields


def snapshot(*tables: Table, version: int = 180_000) -> Snapshot:
    """Return a snapshot without statistics."""
    return Snapshot(
        server="handmade",
        version=version,
        taken_at="2026-01-01T00:00:00Z",
        statistics_since=None,
        is_standby=False,
        replicas=0,
        has_c_collation=False,
        encoding="UTF8",
        search_path=("public",),
        settings=(),
        objects=(),
        tables=tables,
        statistics=(),
        extended_statistics=(),
    )


def visits(rows: float = 100_000, pages: int = 800, version: int = 180_000) -> Snapshot:
    """Return one table: `id` is unique and without an index, `place` has few values."""
    visit = table("visit", [column("id", 1), column("place", 2)], rows, pages)
    return replace(
        snapshot(visit, version=version),
        statistics=(_unique(visit.name, rows), _of_few_values(visit.name)),
    )


def with_index(table_: Table, name: str, key: str, pages: int) -> Table:
    """Return the table with one more btree."""
    definition = IndexDefinition(table=table_.name, keys=(IndexKey(text=key),))
    index = ExistingIndex(
        name=name,
        definition=definition,
        ddl=f"CREATE INDEX {name} ON {table_.name} USING btree ({key})",
        pages=pages,
        rows=table_.rows,
        size_bytes=pages * PAGE,
    )
    return replace(table_, indexes=(*table_.indexes, index))


def _unique(name: TableName, rows: float) -> ColumnStatistics:
    bounds = ",".join(str(int(rows * each / 100)) for each in range(101))
    return ColumnStatistics(
        table=name,
        column="id",
        inherited=False,
        null_fraction=0.0,
        average_width=8,
        distinct=-1.0,
        slots=(
            StatisticSlot(kind=SlotKind.HISTOGRAM, values=f"{{{bounds}}}"),
            StatisticSlot(kind=SlotKind.CORRELATION, numbers=(1.0,)),
        ),
    )


def _of_few_values(name: TableName) -> ColumnStatistics:
    return ColumnStatistics(
        table=name,
        column="place",
        inherited=False,
        null_fraction=0.0,
        average_width=8,
        distinct=4,
        slots=(
            StatisticSlot(
                kind=SlotKind.MOST_COMMON, values="{1,2,3,4}", numbers=(0.4, 0.3, 0.2, 0.1)
            ),
        ),
    )
