"""Totals per statement: calls, time, quantiles, first and last seen, who and when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aegis_cli.workload.sketch import DurationSketches
from aegis_cli.workload.timeline import Timeline

UNKNOWN = -1
_NEVER = np.iinfo(np.int64).max
_MAX_ORIGINS = 256
"""Distinct users, databases and applications told apart; more share the last number."""
_RANKS = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTotals:
    """What was seen of one statement; times in µs."""

    calls: int
    timed_calls: int
    total_us: int
    max_us: int
    p50_us: float
    p95_us: float
    p99_us: float
    first_seen_us: int
    last_seen_us: int
    origins: tuple[int, ...]


class Digest:
    """Totals by fingerprint number; adding is exact and does not depend on the order."""

    def __init__(self) -> None:
        """Start without executions."""
        self._calls = np.zeros(0, np.int64)
        self._timed = np.zeros(0, np.int64)
        self._total = np.zeros(0, np.int64)
        self._max = np.zeros(0, np.int64)
        self._first = np.zeros(0, np.int64)
        self._last = np.zeros(0, np.int64)
        self._origins = np.zeros((0, _MAX_ORIGINS), np.bool_)
        self._sketches = DurationSketches()
        self.timeline = Timeline()

    @property
    def executions(self) -> int:
        """Return how many executions were counted."""
        return int(self._calls.sum())

    @property
    def total_us(self) -> int:
        """Return the time of all executions."""
        return int(self._total.sum())

    @property
    def span_us(self) -> tuple[int, int]:
        """Return the times of the first and the last execution; -1 where unknown."""
        seen = self._last >= 0
        if not seen.any():
            return UNKNOWN, UNKNOWN
        return int(self._first[seen].min()), int(self._last[seen].max())

    def observe(
        self,
        statement: NDArray[np.int32],
        at_us: NDArray[np.int64],
        duration_us: NDArray[np.int64],
        origin: NDArray[np.int32],
    ) -> None:
        """Count executions; an unknown time or duration is -1."""
        if not len(statement):
            return
        self._grow(int(statement.max()) + 1)
        size = len(self._calls)
        timed = duration_us >= 0
        self._calls += np.bincount(statement, minlength=size)
        self._origins[statement, np.minimum(origin, _MAX_ORIGINS - 1)] = True
        known = at_us >= 0
        np.minimum.at(self._first, statement[known], at_us[known])
        np.maximum.at(self._last, statement[known], at_us[known])
        self.timeline.observe(at_us, statement, duration_us)
        if not timed.all():
            statement, duration_us = statement[timed], duration_us[timed]
        self._timed += np.bincount(statement, minlength=size)
        # Whole µs below 2^53 in sum: doubles add them exactly.
        self._total += np.bincount(statement, duration_us, minlength=size).astype(np.int64)
        np.maximum.at(self._max, statement, duration_us)
        self._sketches.observe(statement, duration_us)

    def totals(self, statement: int) -> StatementTotals | None:
        """Return what was seen of one statement, None if it never ran."""
        if statement >= len(self._calls) or not self._calls[statement]:
            return None
        p50, p95, p99 = self._sketches.quantiles(statement, _RANKS)
        longest = int(self._max[statement])
        has_time = self._last[statement] >= 0
        return StatementTotals(
            calls=int(self._calls[statement]),
            timed_calls=int(self._timed[statement]),
            total_us=int(self._total[statement]),
            max_us=longest,
            p50_us=min(p50, longest),
            p95_us=min(p95, longest),
            p99_us=min(p99, longest),
            first_seen_us=int(self._first[statement]) if has_time else UNKNOWN,
            last_seen_us=int(self._last[statement]) if has_time else UNKNOWN,
            origins=tuple(np.flatnonzero(self._origins[statement]).tolist()),
        )

    def _grow(self, size: int) -> None:
        have = len(self._calls)
        if size <= have:
            return
        more = max(size, 2 * have) - have
        for name in ("_calls", "_timed", "_total", "_max"):
            setattr(self, name, np.pad(getattr(self, name), (0, more)))
        self._first = np.pad(self._first, (0, more), constant_values=_NEVER)
        self._last = np.pad(self._last, (0, more), constant_values=UNKNOWN)
        self._origins = np.pad(self._origins, ((0, more), (0, 0)))
