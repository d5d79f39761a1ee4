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
    _, first, places, rows = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    _, block_places = np.unique(blocks, return_inverse=True)
    pairs = np.unique(places.astype(np.int64) * len(keys) + block_places)
    held = np.bincount(pairs // len(keys))
    bytes_of = np.zeros(len(rows), np.int64) if sizes is None else sizes[first]
    kinds = np.floor(np.log2(np.maximum(bytes_of, 1))).astype(np.int64)
    found, classes, numbers = np.unique(
        np.stack([kinds, rows, held], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    widths = np.bincount(classes.reshape(-1), weights=bytes_of) / numbers
    return tuple(
        KeyClass(
            keys=int(number), rows=int(row), blocks=int(block), width=float(width), group=int(kind)
        )
        for (kind, row, block), number, width in zip(found, numbers, widths, strict=True)
    )


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
