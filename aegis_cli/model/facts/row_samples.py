"""What some rows of a table tell of all of them, without a value of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampledRows:
    """The rows of some blocks of a table; of each value its hash and its size."""

    fraction: float
    """Share of the table's rows that was read, above 0 and at most 1."""
    blocks: NDArray[np.int64]
    """Of each row, where it lies; rows of one block have the same number."""
    hashes: Mapping[str, NDArray[np.int64]]
    """By column, a number of each row; equal values, and with luck only these, have equal ones."""
    widths: Mapping[str, NDArray[np.int64]]
    """By column, the bytes that each value takes as an index stores it; -1 for NULL."""

    @property
    def rows(self) -> int:
        """Return how many rows were read."""
        return len(self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyClass:
    """Keys that occurred equally often among the rows that were read."""

    keys: int
    """How many there are."""
    rows: int
    """Rows that each of them occurred in."""
    blocks: int
    """Blocks that these rows lie in; at most as many."""
    width: float = 0.0
    """Mean bytes of such a key."""
    group: int = 0
    """Keys of one kind, such as the values of one path in documents, have the same number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledEntries:
    """What the rows of some blocks put into an inverted index."""

    rows: int
    """How many were read, those without an entry among them."""
    fraction: float
    """Share of the table's rows that was read, above 0 and at most 1."""
    classes: tuple[KeyClass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledMatches:
    """How many of the rows that were read satisfy a predicate."""

    rows: int
    matching: int
