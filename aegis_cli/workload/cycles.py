"""Find repetitions in sequences: runs of one statement, and cycles of several."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_PERIOD = 6
"""Longest cycle looked for, in statements; a loop body with more queries is rare."""

_MANY = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Maximal stretches of one statement within one unit, in row order."""

    first: NDArray[np.int64]
    length: NDArray[np.int64]
    statement: NDArray[np.int32]
    unit: NDArray[np.int64]


def find_runs(statement: NDArray[np.int32], unit: NDArray[np.int64]) -> Runs:
    """Cut a sequence into runs."""
    breaks = np.ones(len(statement), np.bool_)
    breaks[1:] = (statement[1:] != statement[:-1]) | (unit[1:] != unit[:-1])
    first = np.flatnonzero(breaks)
    length = np.diff(np.append(first, len(statement)))
    return Runs(first=first, length=length, statement=statement[first], unit=unit[first])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """Runs `first` to `last` (inclusive) repeat a sequence of `period` statements."""

    first: int
    last: int
    period: int

    @property
    def passes(self) -> int:
        """Return how often the sequence of runs came round, an incomplete end not counted."""
        return (self.last - self.first + 1) // self.period


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleCounts:
    """What some cycles consist of; a row per cycle."""

    executions: NDArray[np.int64]
    """Of each statement of the sequence: `MAX_PERIOD` columns, 0 beyond the last statement."""
    rounds: NDArray[np.int64]
    """How often the outermost loop ran.

    An outer row without inner rows leaves two outer executions side by side in one run, so
    the statement that ran least often tells more than the passes do.
    """


def count_cycles(runs: Runs, cycles: Sequence[Cycle]) -> CycleCounts:
    """Count executions and rounds of many cycles at once."""
    first = np.array([each.first for each in cycles], np.int64)
    size = np.array([each.last + 1 for each in cycles], np.int64) - first
    period = np.array([each.period for each in cycles], np.int64)
    cycle = np.repeat(np.arange(len(cycles)), size)
    offset = np.arange(len(cycle)) - np.repeat(np.cumsum(size) - size, size)
    cell = cycle * MAX_PERIOD + offset % period[cycle]
    length = runs.length[first[cycle] + offset]
    # Doubles add whole numbers below 2^53 exactly.
    counts = np.bincount(cell, length, minlength=len(cycles) * MAX_PERIOD).astype(np.int64)
    executions = counts.reshape(-1, MAX_PERIOD)
    is_member = np.arange(MAX_PERIOD) < period[:, None]
    least = np.where(is_member, executions, _MANY).min(axis=1)
    return CycleCounts(executions=executions, rounds=np.maximum(size // period, least))


def find_cycles(runs: Runs, min_passes: int) -> list[Cycle]:
    """Find sequences of two and more statements that repeat within a unit.

    Consecutive executions of one statement count as one element, so that a loop over a loop
    repeats although its inner loop differs in length from round to round.
    Of overlapping cycles the one with the shortest period counts.
    """
    taken = bytearray(len(runs.first))
    found: list[Cycle] = []
    for period in range(2, MAX_PERIOD + 1):
        if len(runs.first) < period * min_passes:
            break
        same = (runs.statement[period:] == runs.statement[:-period]) & (
            runs.unit[period:] == runs.unit[:-period]
        )
        for first, last in _stretches(same, (min_passes - 1) * period):
            cycle = Cycle(first=first, last=last + period, period=period)
            if taken.find(1, cycle.first, cycle.last + 1) < 0:
                taken[cycle.first : cycle.last + 1] = b"\1" * (cycle.last + 1 - cycle.first)
                found.append(cycle)
    return sorted(found, key=lambda cycle: cycle.first)


def _stretches(same: NDArray[np.bool_], min_length: int) -> list[tuple[int, int]]:
    """Return first and last index of every stretch of True that is long enough."""
    edges = np.diff(np.concatenate(([False], same, [False])).astype(np.int8))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    long_enough = ends - begins + 1 >= min_length
    return list(zip(begins[long_enough].tolist(), ends[long_enough].tolist(), strict=True))
