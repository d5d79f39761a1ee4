"""A small shop as a snapshot: skewed, even, unique and unknown columns."""

from collections.abc import Sequence
from dataclasses import replace

from aegis_cli.model.facts.catalog import Table, TableActivity, TableColumn, TableKind
from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.snapshot import ObjectKind, SchemaObject, Snapshot
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind, StatisticSlot

ROWS = 1_000_000.0
_TYPES = {
    "id": "bigint",
    "user_id": "bigint",
    "status": "character varying(20)",
    "created_at": "timestamp with time zone",
    "tags": "text[]",
    "note": "text",
}
_VIEW = SchemaObject(
    kind=ObjectKind.VIEW,
    schema="public",
    name="open_orders",
    ddl="CREATE VIEW public.open_orders AS SELECT o.id, o.user_id FROM public.orders o"
    " WHERE o.status = 'open'",
)


def a_shop(
    *,
    activity: TableActivity | None = None,
    tables: Sequence[str] = ("orders", "users"),
    statistics: Sequence[ColumnStatistics] | None = None,
) -> Snapshot:
    """Build a snapshot; all tables have the same columns and no indexes."""
    return Snapshot(
        server="db:5432/shop",
        version=150018,
        taken_at="2026-01-02T00:00:00+00:00",
        statistics_since="2026-01-01T00:00:00+00:00",
        is_standby=False,
        replicas=0,
        has_c_collation=False,
        encoding="UTF8",
        search_path=("public",),
        settings=(),
        objects=(_VIEW,),
        tables=tuple(replace(_table(name), activity=activity) for name in tables),
        statistics=tuple(statistics if statistics is not None else order_statistics()),
        extended_statistics=(),
    )


def order_statistics() -> list[ColumnStatistics]:
    """Build the statistics of the orders; those of `note` are missing."""
    days = ",".join(f'"2024-01-{day:02} 00:00:00+00"' for day in range(1, 22))
    return [
        column_values("id", -1, _histogram("{1,250000,500000,750000,1000000}")),
        column_values("user_id", 10_000, _common("{7}", 0.01), _histogram("{1,100,5000,9999}")),
        column_values("status", 3, _common("{done,open,failed}", 0.9, 0.06, 0.04)),
        column_values("created_at", -1, _histogram("{" + days + "}")),
        column_values(
            "tags",
            50,
            StatisticSlot(kind=SlotKind.MOST_COMMON_ELEMENTS, values='{red,"light blue"}'),
        ),
    ]


def column_values(column: str, distinct: float, *slots: StatisticSlot) -> ColumnStatistics:
    """Build statistics of a column of the orders."""
    return ColumnStatistics(
        table=TableName(schema="public", name="orders"),
        column=column,
        inherited=False,
        null_fraction=0.0,
        average_width=8,
        distinct=distinct,
        slots=slots,
    )


def _common(values: str, *frequencies: float) -> StatisticSlot:
    return StatisticSlot(kind=SlotKind.MOST_COMMON, numbers=frequencies, values=values)


def _histogram(values: str) -> StatisticSlot:
    return StatisticSlot(kind=SlotKind.HISTOGRAM, values=values)


def _table(name: str) -> Table:
    columns = tuple(
        TableColumn(
            name=column, number=number, type_name=type_name, type_length=-1, type_alignment=4
        )
        for number, (column, type_name) in enumerate(_TYPES.items(), 1)
    )
    return Table(
        name=TableName(schema="public", name=name),
        kind=TableKind.TABLE,
        columns=columns,
        pages=10_000,
        rows=ROWS,
    )
