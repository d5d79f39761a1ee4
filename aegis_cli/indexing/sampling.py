"""The port through which the size model asks for rows of a table, and what they tell of it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.indexes import IndexKey, TableName
from aegis_cli.model.facts.row_samples import (
    KeyClass,
    SampledEntries,
    SampledMatches,
    SampledRows,
)

COMMON_BLOCKS = 8
"""Sampled blocks from which a key's own frequency is taken for known: its error is a third."""
_SMALL = 1 << 30
_CLASSES_PER_OCTAVE = 4
"""Keys whose frequencies differ by less than a fifth are taken together."""


class RowSampler(Protocol):
    """Reads some rows of a database; each question is answered at most once by reading."""

    def rows(self, table: TableName) -> SampledRows | None:
        """Return rows of a table; None where none can be read."""

    def entries(self, table: TableName, key: IndexKey) -> SampledEntries | None:
        """Return what a key of an inverted index has of some rows; None where none can be read."""

    def matches(self, table: TableName, predicate: str) -> SampledMatches | None:
        """Return how many rows satisfy a predicate; None where none can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """Keys of a whole table that are about equally frequent."""

    keys: float
    mean: float
    """Rows of one key, at least 1."""
    blocks_per_row: float
    """Blocks of one key for each of its rows: 1 where they are scattered, less where not."""
    width: float = 0.0
    """Mean bytes of a key."""

    @property
    def entries(self) -> float:
        """Return the rows of all these keys."""
        return self.keys * self.mean


def classes_of(
    keys: NDArray[np.generic], blocks: NDArray[np.int64], sizes: NDArray[np.int64] | None = None
) -> tuple[KeyClass, ...]:
    """Count how often each key occurs, and how many keys occur how often.

    Args:
        keys: One of each row.
        blocks: Where each row lies.
        sizes: Bytes of each row's key; keys of unlike sizes count as of different kinds.
    """
    if not len(keys):
        return ()
    order = np.argsort(keys)
    starts = _starts(keys[order])
    rows = np.diff(starts, append=len(keys))
    near = numbered(blocks)[order]
    most = int(near.max()) + 1
    pairs = np.sort(np.repeat(np.arange(len(rows)), rows) * most + near)
    held = np.bincount(pairs[_starts(pairs)] // most)
    widths = np.zeros(len(rows), np.int64) if sizes is None else sizes[order[starts]]
    return tuple(_counted(rows, held, widths))


def _counted(
    rows: NDArray[np.int64], held: NDArray[np.int64], widths: NDArray[np.int64]
) -> Iterator[KeyClass]:
    """Yield how many keys have as many rows in as many blocks, keys of unlike sizes apart."""
    kinds = np.floor(np.log2(np.maximum(widths, 1))).astype(np.int64)
    most_rows, most_held = int(rows.max()) + 1, int(held.max()) + 1
    alike = (kinds * most_rows + rows) * most_held + held
    order = np.argsort(alike)
    starts = _starts(alike[order])
    numbers = np.diff(starts, append=len(alike))
    sums = np.add.reduceat(widths[order], starts)
    for at, number, width in zip(order[starts], numbers, sums, strict=True):
        yield KeyClass(
            keys=int(number),
            rows=int(rows[at]),
            blocks=int(held[at]),
            width=float(width / number),
            group=int(kinds[at]),
        )


def _starts(ordered: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return where each run of equal values begins."""
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


def numbered(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return small numbers from 0 on that are equal where the values are.

    Sorting takes most of the time of a size, so values that are small already stay as they are.
    """
    least = int(values.min())
    if int(values.max()) - least <= _SMALL:
        return np.subtract(values, least, dtype=np.int64)
    _, places = np.unique(values, return_inverse=True)
    return places.astype(np.int64)


def frequencies(classes: Sequence[KeyClass], fraction: float) -> Iterator[Frequency]:
    """Yield how frequent the keys of a whole table are, from those of some of its blocks.

    Whole blocks are read, so a key counts once for each block that it occurs in: rows of one
    key that lie together say nothing of other blocks.
    A key of many blocks stands for itself.
    How many keys of few blocks there are is told by how many occurred in a single one: the
    estimator "Duj1" of Haas and Stokes (1998), which ANALYZE uses on rows, here on blocks. It
    takes keys to be alike, so keys of each kind are estimated on their own.
    """
    is_whole = fraction >= 1.0
    rare: dict[int, list[KeyClass]] = {}
    common: dict[tuple[int, int], list[KeyClass]] = {}
    for each in classes:
        if is_whole or each.blocks >= COMMON_BLOCKS:
            frequency = round(_CLASSES_PER_OCTAVE * math.log2(each.rows))
            common.setdefault((each.group, frequency), []).append(each)
        else:
            rare.setdefault(each.group, []).append(each)
    for alike in common.values():
        yield _common(alike, fraction)
    for alike in rare.values():
        yield _rare(alike, fraction)


def _common(classes: Sequence[KeyClass], fraction: float) -> Frequency:
    keys, blocks, rows = _totals(classes)
    return Frequency(
        keys=keys,
        mean=max(1.0, rows / keys / fraction),
        blocks_per_row=blocks / rows,
        width=sum(each.keys * each.width for each in classes) / keys,
    )


def _rare(classes: Sequence[KeyClass], fraction: float) -> Frequency:
    seen, occurrences, rows = _totals(classes)
    entries = rows / fraction
    keys = min(max(_estimated_keys(classes, fraction), seen), entries)
    return Frequency(
        keys=keys,
        mean=entries / keys,
        blocks_per_row=occurrences / rows,
        width=sum(each.keys * each.width for each in classes) / seen,
    )


def _estimated_keys(classes: Sequence[KeyClass], fraction: float) -> float:
    """Return how many keys there are, by "Duj2": with a term for how unlike they are."""
    seen, occurrences, _ = _totals(classes)
    once = sum(each.keys for each in classes if each.blocks == 1)
    alike = occurrences - once * (1.0 - fraction)
    first = occurrences * seen / alike
    pairs = sum(each.keys * each.blocks * (each.blocks - 1) for each in classes)
    spread = max(0.0, first * pairs / occurrences**2 + first * fraction / occurrences - 1.0)
    unseen = -once * (1.0 - fraction) * math.log1p(-fraction) * spread / fraction
    return occurrences * (seen + unseen) / alike


def _totals(classes: Sequence[KeyClass]) -> tuple[int, int, int]:
    """Return the keys, in how many blocks and how many rows they are, added up."""
    return (
        sum(each.keys for each in classes),
        sum(each.keys * each.blocks for each in classes),
        sum(each.keys * each.rows for each in classes),
    )
