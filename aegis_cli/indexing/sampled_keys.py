"""Keys of a btree as some rows of the table show them."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from aegis_cli.indexing.btree_size import (
    MAXIMUM_ALIGNMENT,
    NULL_HEADER,
    TUPLE_HEADER,
    Attribute,
    Duplicates,
)
from aegis_cli.indexing.sampling import classes_of, frequencies, numbered
from aegis_cli.indexing.widths import LONGEST_SHORT, Widths
from aegis_cli.model.facts.catalog import TableColumn
from aegis_cli.model.facts.row_samples import SampledRows

VERY_COMMON = 6000.0
"""Entries of one value from which it fills leaves on its own."""


def sampled_nulls(column: str, sampled: SampledRows) -> float:
    """Return the share of rows in which a column is NULL."""
    return float(np.mean(sampled.widths[column] < 0))


def sampled_attribute(column: TableColumn, sampled: SampledRows, null_fraction: float) -> Attribute:
    """Return how long the values of a column are."""
    stored = sampled.widths[column.name]
    seen = stored[stored >= 0]
    widths: Widths = ((max(column.type_length, 1), 1.0),)
    if column.type_length <= 0 and len(seen):
        lengths, counts = np.unique(seen, return_counts=True)
        shares = counts / len(seen)
        widths = tuple(
            (int(each), float(share)) for each, share in zip(lengths, shares, strict=True)
        )
    return Attribute(
        widths=widths,
        alignment=column.type_alignment,
        null_fraction=null_fraction,
        is_varying=column.type_length < 0,
    )


def sampled_duplicates(
    columns: Sequence[TableColumn],
    sampled: SampledRows,
    *,
    stored: Sequence[TableColumn],
    rows: float,
    entries: float,
    null_fraction: float,
) -> Iterator[Duplicates]:
    """Yield how often keys are equal and how long they are then, nulls of a single column apart.

    Args:
        columns: The keys.
        sampled: Rows of the table.
        stored: Keys and payload, in the order of the index.
        rows: How many rows the table has.
        entries: How many of them, taken at random, the index holds.
        null_fraction: Share of the entries that are NULL, of a single column; else 0.
    """
    nulls = entries * null_fraction
    if nulls:
        yield Duplicates(entries=nulls, mean=max(1.0, nulls), is_exact=True, is_null=True)
    kept = np.ones(sampled.rows, np.bool_)
    if len(columns) == 1:
        kept = sampled.widths[columns[0].name] >= 0
    sizes = _tuple_sizes(stored, sampled)
    classes = classes_of(_combined(columns, sampled)[kept], sampled.blocks[kept], sizes[kept])
    found = [*frequencies(classes, sampled.fraction)]
    part = min(1.0, entries / rows) if rows > 0 else 1.0
    scale = (entries - nulls) / max(sum(each.entries for each in found), 1.0)
    for each in found:
        held = _held_mean(each.mean, part)
        yield Duplicates(
            entries=each.entries * scale,
            mean=held,
            is_exact=held > VERY_COMMON,
            tuple_bytes=round(each.width / MAXIMUM_ALIGNMENT) * MAXIMUM_ALIGNMENT,
        )


def _combined(columns: Sequence[TableColumn], sampled: SampledRows) -> NDArray[np.int64]:
    """Return a number of each row that is equal where all columns are."""
    found = np.zeros(sampled.rows, np.int64)
    for each in columns:
        values = numbered(sampled.hashes[each.name])
        found = numbered(found) * (int(values.max()) + 1) + values
    return found


def _tuple_sizes(columns: Sequence[TableColumn], sampled: SampledRows) -> NDArray[np.int64]:
    """Return the aligned size of the index tuple of each row."""
    offsets = np.zeros(sampled.rows, np.int64)
    has_null = np.zeros(sampled.rows, np.bool_)
    for each in columns:
        widths = sampled.widths[each.name]
        is_short = (each.type_length < 0) & (widths <= LONGEST_SHORT)
        starts = np.where(is_short, offsets, _aligned(offsets, each.type_alignment))
        offsets = np.where(widths < 0, offsets, starts + widths)
        has_null |= widths < 0
    return _aligned(np.where(has_null, NULL_HEADER, TUPLE_HEADER) + offsets, MAXIMUM_ALIGNMENT)


def _held_mean(mean: float, part: float) -> float:
    """Return the entries of a key in a part of the rows, of keys that occur there at all."""
    missed = (1.0 - part) ** mean if part < 1.0 else 0.0
    return max(1.0, mean * part / max(1.0 - missed, 1e-9))


def _aligned(lengths: NDArray[np.int64], alignment: int) -> NDArray[np.int64]:
    return -(-lengths // alignment) * alignment
