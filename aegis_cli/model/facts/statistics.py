"""What a planner knows of the values in a column."""

from dataclasses import dataclass
from enum import IntEnum

from aegis_cli.model.facts.indexes import TableName


class SlotKind(IntEnum):
    """Kinds of statistics; the numbers are those of `pg_statistic.stakindN`."""

    MOST_COMMON = 1
    HISTOGRAM = 2
    CORRELATION = 3
    MOST_COMMON_ELEMENTS = 4
    DISTINCT_ELEMENTS = 5
    RANGE_LENGTHS = 6
    RANGE_BOUNDS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticSlot:
    """One kind of statistics of one column."""

    kind: int
    """A `SlotKind`, or a number an extension chose."""
    numbers: tuple[float, ...] | None = None
    values: str | None = None
    """An array as PostgreSQL writes it: `{a,"b c"}`. People's data: see `Snapshot.is_redacted`."""
    operator: str | None = None
    """As `regoperator` writes it; None where only `pg_stats` could be read."""
    collation: str | None = None
    value_type: str | None = None
    """Type of the array's elements where it is not the column's own, as `format_type` writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnStatistics:
    """What ANALYZE wrote down of one column, or of one expression of an index."""

    table: TableName
    """For an index expression the index's own name, in the table's schema."""
    column: str
    inherited: bool
    """Of the table together with its children."""
    null_fraction: float
    average_width: int
    distinct: float
    """Number of distinct values; negative: minus their share of the rows; 0: unknown."""
    slots: tuple[StatisticSlot, ...] = ()

    def slot(self, kind: SlotKind) -> StatisticSlot | None:
        """Return the statistics of one kind."""
        return next((each for each in self.slots if each.kind == kind), None)

    def distinct_of(self, rows: float) -> float | None:
        """Return how many distinct values a table of so many rows has; None when unknown."""
        if self.distinct == 0:
            return None
        return self.distinct if self.distinct > 0 else -self.distinct * max(rows, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumLabel:
    """A label of an enum, with the numbers that stand for both on the target."""

    schema: str
    type_name: str
    """Unquoted name of the enum."""
    type_number: int
    label: str
    label_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedStatistics:
    """An object of CREATE STATISTICS and, where readable, what ANALYZE computed for it."""

    table: TableName
    name: str
    ddl: str
    inherited: bool = False
    dependencies: str | None = None
    """`pg_dependencies` as text."""
    distinct: str | None = None
    """`pg_ndistinct` as text."""
    most_common: str | None = None
    """`pg_mcv_list` as the hexadecimal text of its binary form. People's data."""
    enum_labels: tuple[EnumLabel, ...] = ()
    """Of the enums among its columns, whose labels stand in `most_common` by number."""
