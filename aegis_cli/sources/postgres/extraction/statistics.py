"""What ANALYZE wrote down, from pg_statistic where it may be read, else from pg_stats."""

from collections.abc import Iterator, Sequence

from aegis_cli.model.facts.indexes import TableName
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind, StatisticSlot
from aegis_cli.sources.postgres.extraction.chunks import query_chunks
from aegis_cli.sources.postgres.record import Record
from aegis_cli.sources.postgres.session import ReadOnlySession

_SLOTS = 5


def read_statistics(
    session: ReadOnlySession, oids: Sequence[int], *, is_raw: bool
) -> tuple[ColumnStatistics, ...]:
    """Return the statistics of columns and of index expressions.

    Args:
        session: The target.
        oids: Numbers of tables and of indexes with expressions.
        is_raw: Whether pg_statistic may be read.

    Raises:
        SourceError: The server is lost.
    """
    name = "statistics_raw" if is_raw else "statistics"
    slots = _raw_slots if is_raw else _visible_slots
    return tuple(
        ColumnStatistics(
            table=TableName(schema=each.text("schema"), name=each.text("table")),
            column=each.text("column"),
            inherited=each.flag("inherited"),
            null_fraction=each.number("null_fraction"),
            average_width=each.integer("average_width"),
            distinct=float(each.text("distinct")),
            slots=tuple(slots(each)),
        )
        for each in query_chunks(session, name, oids)
    )


def _raw_slots(row: Record) -> Iterator[StatisticSlot]:
    for number in range(1, _SLOTS + 1):
        kind = row.integer(f"kind_{number}")
        if kind:
            yield StatisticSlot(
                kind=kind,
                numbers=row.optional_numbers(f"numbers_{number}"),
                values=row.optional_text(f"values_{number}"),
                operator=row.optional_text(f"operator_{number}"),
                collation=row.optional_text(f"collation_{number}"),
                value_type=row.optional_text(f"value_type_{number}"),
            )


def _visible_slots(row: Record) -> Iterator[StatisticSlot]:
    """Put the columns of pg_stats back into the slots they come from."""
    if row.optional_text("most_common") is not None:
        yield _slot(row, SlotKind.MOST_COMMON, "most_common", "most_common_shares")
    if row.optional_text("histogram") is not None:
        yield _slot(row, SlotKind.HISTOGRAM, "histogram")
    correlation = row.optional_text("correlation")
    if correlation is not None:
        yield StatisticSlot(kind=SlotKind.CORRELATION, numbers=(float(correlation),))
    if row.optional_text("elements") is not None:
        yield _slot(row, SlotKind.MOST_COMMON_ELEMENTS, "elements", "element_shares")
    if row.optional_numbers("element_counts") is not None:
        yield _slot(row, SlotKind.DISTINCT_ELEMENTS, None, "element_counts")
    empty = row.optional_text("empty_share")
    if empty is not None:
        yield StatisticSlot(
            kind=SlotKind.RANGE_LENGTHS,
            numbers=(float(empty),),
            values=row.optional_text("range_lengths"),
        )
    if row.optional_text("range_bounds") is not None:
        yield _slot(row, SlotKind.RANGE_BOUNDS, "range_bounds")


def _slot(
    row: Record, kind: SlotKind, values: str | None, numbers: str | None = None
) -> StatisticSlot:
    return StatisticSlot(
        kind=kind,
        numbers=row.optional_numbers(numbers) if numbers else None,
        values=row.optional_text(values) if values else None,
    )
