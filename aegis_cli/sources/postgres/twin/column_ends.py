"""The smallest and greatest value of a column, as an index on it would show them to a planner.

Where a constant lies in the first or last part of a histogram, or beyond it, the planner looks
into an index for the real end (`get_actual_variable_range` in selfuncs.c).
"""

import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from psycopg2 import sql

from aegis_cli.embedded.session import Row, Session
from aegis_cli.model.facts.catalog import Table
from aegis_cli.model.facts.indexes import PAGE_BYTES, TableName
from aegis_cli.model.facts.statistics import ColumnStatistics, SlotKind
from aegis_cli.sources.postgres.twin.queries import text_of

_SAMPLED_PER_BOUND = 300
"""Rows that ANALYZE reads for each bound of a histogram."""
_FOLLOWS_INSERTS = 0.9
"""Correlation from which new rows are taken to lie beyond the greatest value."""
_MANY_DISTINCT = -0.1
"""Share of distinct rows from which a sample is unlikely to hold the very last value."""
_MOST_BYTES = 100
_NEGATIVE = 0x4000
_SHORT_WEIGHTS, _SHORT_SCALES = range(-64, 64), range(64)
"""What the short form of a numeric holds (NumericShort in numeric.c)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Smallest and greatest value as they stand in an index."""

    low: bytes
    high: bytes
    is_varying: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Type:
    """A type whose values we can write down."""

    name: str
    send: str
    stored: Callable[[bytes], bytes | None]
    number: str | None = None
    """Format of a number between whose values others lie; None for other types."""


def read_column_ends(
    admin: Session, tables: Iterable[Table], statistics: Iterable[ColumnStatistics]
) -> dict[tuple[TableName, str], Ends]:
    """Return what is known of the ends of columns, from the statistics that the twin has.

    A sample misses the very ends, and rows inserted since lie beyond them where values follow
    the order of insertion: numbers and times are moved on by what is to be expected.
    """
    by_name = {each.name: each for each in tables}
    known = {(each.table, each.column): each for each in statistics if not each.inherited}
    found: dict[tuple[TableName, str], Ends] = {}
    for kind in _TYPES:
        for row in admin.execute(_query(kind)):
            table = TableName(schema=str(row[0]), name=str(row[1]))
            key = (table, str(row[2]))
            if table in by_name and key in known:
                ends = _ends(kind, row, by_name[table], known[key])
                if ends is not None:
                    found[key] = ends
    return found


def _query(kind: _Type) -> sql.Composed:
    return sql.SQL(text_of("column_ends")).format(
        send=sql.Identifier("pg_catalog", kind.send),
        type=sql.Literal(f"pg_catalog.{kind.name}"),
        elements=sql.Identifier("pg_catalog", f"_{kind.name}"),
    )


def _ends(kind: _Type, row: Row, table: Table, column: ColumnStatistics) -> Ends | None:
    low, high, *bounds = (bytes.fromhex(str(each)) for each in row[3:])
    if kind.number is not None:
        low, high = _moved(kind.number, (low, high, *bounds), table, column)
    first, last = kind.stored(low), kind.stored(high)
    if first is None or last is None or max(len(first), len(last)) > _MOST_BYTES:
        return None
    return Ends(low=first, high=last, is_varying=kind.stored is not _native)


def _moved(
    number: str, values: tuple[bytes, ...], table: Table, column: ColumnStatistics
) -> tuple[bytes, bytes]:
    """Return the ends moved to where they are to be expected."""
    low, high, first, second, last_but_one, last = (
        struct.unpack(f">{number}", each)[0] for each in values
    )
    below = above = 0.0
    if _is_sampled(table, column) and column.distinct < _MANY_DISTINCT:
        # Between two neighbours of a sample lie as many rows as beyond its last one.
        below += (second - first) / _SAMPLED_PER_BOUND if low == first else 0
        above += (last - last_but_one) / _SAMPLED_PER_BOUND if high == last else 0
    above += (high - low) * _new_share(table, column)
    moved = (low - below, high + above)
    whole = moved if number in "df" else tuple(round(each) for each in moved)
    try:
        return struct.pack(f">{number}", whole[0]), struct.pack(f">{number}", whole[1])
    except (struct.error, OverflowError):
        return values[0], values[1]


def _is_sampled(table: Table, column: ColumnStatistics) -> bool:
    histogram = column.slot(SlotKind.HISTOGRAM)
    bounds = histogram.values.count(",") + 1 if histogram and histogram.values else 0
    return table.rows > _SAMPLED_PER_BOUND * max(bounds - 1, 1)


def _new_share(table: Table, column: ColumnStatistics) -> float:
    """Return how many rows were added beyond the greatest value, as a share of all.

    Pages tell that better than the server's counters, which may count rows twice that were
    added shortly before ANALYZE.
    """
    correlation = column.slot(SlotKind.CORRELATION)
    follows = correlation is not None and (correlation.numbers or (0.0,))[0] > _FOLLOWS_INSERTS
    if not follows or not table.pages:
        return 0.0
    grown = table.size_bytes // PAGE_BYTES / table.pages - 1
    return min(max(grown, 0.0), 1.0)


def _native(value: bytes) -> bytes:
    """Return a number in the byte order of this machine."""
    return value[::-1] if sys.byteorder == "little" else value


def stored_text(value: bytes) -> bytes | None:
    """Return a value of varying length with a header of one byte; None if it is too long."""
    if len(value) > _MOST_BYTES:
        return None
    length = len(value) + 1
    return bytes([length << 1 | 1 if sys.byteorder == "little" else length | 0x80]) + value


def stored_numeric(value: bytes) -> bytes | None:
    """Return a numeric in its short form on disk, from what `numeric_send` tells.

    None where it has no such form.
    """
    count, weight, sign, scale = struct.unpack_from(">hhHh", value)
    if sign not in {0, _NEGATIVE} or weight not in _SHORT_WEIGHTS or scale not in _SHORT_SCALES:
        return None
    header = 0x8000 | (0x2000 if sign else 0) | scale << 7 | (0x40 if weight < 0 else 0)
    digits = struct.unpack_from(f">{count}h", value, 8)
    return stored_text(struct.pack(f"=H{count}h", header | weight & 0x3F, *digits))


_TYPES: tuple[_Type, ...] = (
    _Type(name="int2", send="int2send", stored=_native, number="h"),
    _Type(name="int4", send="int4send", stored=_native, number="i"),
    _Type(name="int8", send="int8send", stored=_native, number="q"),
    _Type(name="float4", send="float4send", stored=_native, number="f"),
    _Type(name="float8", send="float8send", stored=_native, number="d"),
    _Type(name="date", send="date_send", stored=_native, number="i"),
    _Type(name="timestamp", send="timestamp_send", stored=_native, number="q"),
    _Type(name="timestamptz", send="timestamptz_send", stored=_native, number="q"),
    _Type(name="time", send="time_send", stored=_native),
    _Type(name="numeric", send="numeric_send", stored=stored_numeric),
    _Type(name="text", send="textsend", stored=stored_text),
    _Type(name="varchar", send="varcharsend", stored=stored_text),
    _Type(name="bpchar", send="bpcharsend", stored=stored_text),
)
