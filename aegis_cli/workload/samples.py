"""A few executions of each statement, chosen by chance that is the same in every run."""

from bisect import insort
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# The mixing steps of splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
# Generators, 2014): every bit of the input moves every bit of the outcome.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, slots=True, order=True)
class SampledExecution:
    """An execution with its text; the order is that of drawing lots."""

    lot: int
    place: int
    text: str
    parameters: str


@dataclass(slots=True, kw_only=True)
class Samples:
    """Keeps the executions with the smallest lots: each has the same chance, whoever offers it."""

    size: int
    """How many to keep per statement."""
    _kept: dict[int, list[SampledExecution]] = field(default_factory=dict)

    def offer(self, statement: int, execution: SampledExecution) -> None:
        """Keep an execution if its lot is among the smallest."""
        if not self.size:
            return
        kept = self._kept.setdefault(statement, [])
        if len(kept) == self.size and execution >= kept[-1]:
            return
        insort(kept, execution)
        del kept[self.size :]

    def of(self, statement: int) -> tuple[SampledExecution, ...]:
        """Return the executions kept of a statement."""
        return tuple(self._kept.get(statement, ()))


class SmallestLots:
    """Tells which executions one parser must pass on, so that `Samples` misses none."""

    def __init__(self, size: int) -> None:
        """Prepare to keep so many per statement."""
        self.size = size
        self._lots: dict[int, list[int]] = {}

    def pick(self, statement: NDArray[np.int32], lots: NDArray[np.uint64]) -> list[int]:
        """Return the places of lots that are among the smallest of their statement so far."""
        if not self.size or not len(statement):
            return []
        found = []
        for at in self._candidates(statement, lots):
            number, lot = int(statement[at]), int(lots[at])
            kept = self._lots.setdefault(number, [])
            if len(kept) < self.size or lot < kept[-1]:
                insort(kept, lot)
                del kept[self.size :]
                found.append(at)
        return found

    def _candidates(self, statement: NDArray[np.int32], lots: NDArray[np.uint64]) -> list[int]:
        """Return what may be small enough; the rest is not looked at one by one."""
        present = np.unique(statement)
        bounds = np.full(int(present[-1]) + 1, np.iinfo(np.uint64).max, np.uint64)
        for number in present.tolist():
            kept = self._lots.get(number, [])
            if len(kept) == self.size:
                bounds[number] = kept[-1]
        known: list[int] = np.flatnonzero(lots <= bounds[statement]).tolist()
        return known


def lots_of(at_us: NDArray[np.int64], duration_us: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a lot for each execution, drawn from when it was logged and how long it took."""
    mixed = _mix(at_us.astype(np.uint64)) ^ duration_us.astype(np.uint64)
    return _mix(mixed)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = values + _STEP
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return mixed ^ (mixed >> np.uint64(31))
