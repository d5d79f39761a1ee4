"""Bursts in columns, and their totals by parent, cycle and kind of unit."""

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from aegis_cli.model.facts.executions import BurstSize, UnitKind
from aegis_cli.workload.cycles import MAX_PERIOD
from aegis_cli.workload.rows import Rows

NO_STATEMENT = -1
KINDS = tuple(UnitKind)

_SHIFT = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that its multiples differ: 2^64 divided by the golden ratio."""
_MAX_EXAMPLES = 3
_MAX_GAPS = 1000
_MAX_SESSIONS = 1000
_MAX_TAGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """Repetitions found in one batch; all arrays have one length."""

    parent: NDArray[np.int64]
    cycle: NDArray[np.int64]
    """Number of the sequence of statements, see `CycleNames`."""
    kind: NDArray[np.int64]
    """Index into `KINDS`."""
    rounds: NDArray[np.int64]
    executions: NDArray[np.int64]
    executions_of: NDArray[np.int64]
    """The same for each statement of the cycle: a row per burst, `MAX_PERIOD` columns."""
    distinct: NDArray[np.int64]
    is_varying: NDArray[np.bool_]
    time_us: NDArray[np.int64]
    parent_us: NDArray[np.int64]
    gap_us: NDArray[np.int64]
    """Mean time between two executions; -1 where the log has no times."""
    session: NDArray[np.int64]
    place: NDArray[np.int64]
    at_us: NDArray[np.int64]
    tag: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of bursts."""
        return len(self.cycle)

    def take(self, which: NDArray[np.bool_]) -> "Bursts":
        """Return some bursts."""
        return Bursts(**{each.name: getattr(self, each.name)[which] for each in fields(self)})


def positions(counts: list[list[int]]) -> NDArray[np.int64]:
    """Return the executions of each statement of some cycles, one row a cycle."""
    padded = [[*row, *[0] * (MAX_PERIOD - len(row))] for row in counts]
    return np.array(padded, np.int64).reshape(len(counts), MAX_PERIOD)


class CycleNames:
    """Numbers sequences of statements."""

    def __init__(self) -> None:
        """Start without sequences."""
        self._numbers: dict[tuple[int, ...], int] = {}
        self._cycles: list[tuple[int, ...]] = []

    def number(self, cycle: tuple[int, ...]) -> int:
        """Return the number of a sequence."""
        number = self._numbers.get(cycle)
        if number is None:
            number = self._numbers[cycle] = len(self._cycles)
            self._cycles.append(cycle)
        return number

    def cycle(self, number: int) -> tuple[int, ...]:
        """Return the statements of a sequence."""
        return self._cycles[number]


def measure(
    rows: Rows, first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return, for stretches of rows (last inclusive), time, distinct values and mean gap."""
    times = np.append(0, np.cumsum(np.maximum(rows.duration_us, 0)))
    time_us = times[last + 1] - times[first]
    length = last - first + 1
    index = np.repeat(np.arange(len(first)), length)
    member = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    values = rows.values[np.repeat(first, length) + member]
    # Values are hashes: those of different stretches, told apart by a shift, meet by chance only.
    marked = values.view(np.uint64) + index.astype(np.uint64) * _SHIFT
    order = np.argsort(marked)
    marked = marked[order]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = marked[1:] != marked[:-1]
    distinct = np.bincount(index[order[fresh]], minlength=len(first))
    span = rows.at_us[last] - rows.at_us[first] + np.maximum(rows.duration_us[first], 0)
    idle = np.maximum(span - time_us, 0) // np.maximum(length - 1, 1)
    known = (rows.at_us[first] >= 0) & (rows.at_us[last] >= 0)
    return time_us, distinct, np.where(known, idle, -1)


@dataclass(slots=True, kw_only=True)
class BurstGroup:
    """The totals of all bursts with one parent, cycle, kind of unit, and varying or not."""

    parent: int
    cycle: int
    kind: UnitKind
    is_varying: bool
    sizes: dict[int, list[int]] = field(default_factory=dict)
    """rounds -> [bursts, time, distinct values, executions]"""
    executions_of: list[int] = field(default_factory=list)
    """Executions of each statement of the cycle; 0 beyond its end."""
    parent_us: int = 0
    gaps_us: list[int] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    places: list[tuple[int, int]] = field(default_factory=list)
    """(place, time) of the first bursts."""
    tags: dict[int, int] = field(default_factory=dict)

    def burst_sizes(self) -> tuple[BurstSize, ...]:
        """Return how often each number of rounds occurred."""
        return tuple(
            BurstSize(
                rounds=rounds,
                bursts=bursts,
                time_us=time_us,
                distinct_values=distinct,
                executions=executions,
            )
            for rounds, (bursts, time_us, distinct, executions) in sorted(self.sizes.items())
        )

    def observe(self, bursts: Bursts) -> None:
        """Add bursts of this group."""
        rounds, index = np.unique(bursts.rounds, return_inverse=True)
        for at, *sums in zip(
            rounds.tolist(),
            np.bincount(index).tolist(),
            np.bincount(index, bursts.time_us).tolist(),
            np.bincount(index, bursts.distinct).tolist(),
            np.bincount(index, bursts.executions).tolist(),
            strict=True,
        ):
            known = self.sizes.setdefault(at, [0, 0, 0, 0])
            self.sizes[at] = [old + int(new) for old, new in zip(known, sums, strict=True)]
        counts = bursts.executions_of.sum(axis=0).tolist()
        known_counts = self.executions_of or [0] * len(counts)
        self.executions_of = [a + b for a, b in zip(known_counts, counts, strict=True)]
        self.parent_us += int(bursts.parent_us.sum())
        gaps = bursts.gap_us[bursts.gap_us >= 0]
        self.gaps_us.extend(gaps[: max(0, _MAX_GAPS - len(self.gaps_us))].tolist())
        if len(self.sessions) < _MAX_SESSIONS:
            self.sessions.update(bursts.session.tolist())
        first = np.argsort(bursts.place, kind="stable")[:_MAX_EXAMPLES]
        places = zip(bursts.place[first].tolist(), bursts.at_us[first].tolist(), strict=True)
        self.places = sorted([*self.places, *places])[:_MAX_EXAMPLES]
        for tag, count in zip(
            *np.unique(bursts.tag[bursts.tag >= 0], return_counts=True), strict=True
        ):
            if int(tag) in self.tags or len(self.tags) < _MAX_TAGS:
                self.tags[int(tag)] = self.tags.get(int(tag), 0) + int(count)


class BurstTotals:
    """All groups of bursts of a run; as many as there are different loops."""

    def __init__(self) -> None:
        """Start without bursts."""
        self.names = CycleNames()
        self._groups: dict[tuple[int, int, int, bool], BurstGroup] = {}

    def observe(self, bursts: Bursts) -> None:
        """Add the bursts of one batch to their groups."""
        if not len(bursts):
            return
        keys = np.stack((bursts.parent, bursts.cycle, bursts.kind, bursts.is_varying), axis=1)
        unique, index = np.unique(keys, axis=0, return_inverse=True)
        for at, (parent, cycle, kind, varying) in enumerate(unique.tolist()):
            key = (parent, cycle, kind, bool(varying))
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = BurstGroup(
                    parent=parent, cycle=cycle, kind=KINDS[kind], is_varying=bool(varying)
                )
            group.observe(bursts.take(index.ravel() == at))

    def groups(self) -> list[BurstGroup]:
        """Return the groups in the order in which they first occurred."""
        return sorted(self._groups.values(), key=lambda group: group.places)
