"""Quantiles of many statements' durations at once, with a bounded relative error.

The buckets are those of DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable
quantile sketch", PVLDB 12(12), 2019): bucket i holds values in (gamma^(i-1), gamma^i].
Counts add up whatever the order, so serial and parallel runs give the same quantiles.
"""

import math

import numpy as np
from numpy.typing import NDArray

RELATIVE_ERROR = 0.01
_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GAMMA = math.log(_GAMMA)
_BUCKETS = 1 + math.ceil(math.log(7 * 24 * 3600 * 1e6) / _LOG_GAMMA)
"""Up to a week in µs; longer durations count as a week."""
_DENSE_ROWS = 4096


class DurationSketches:
    """One sketch per statement number; durations are whole µs."""

    __slots__ = ("_dense", "_sparse")

    def __init__(self) -> None:
        """Start empty."""
        self._dense = np.zeros((64, _BUCKETS), np.uint32)
        # Statements beyond the dense ones are rare shapes with few executions each.
        self._sparse: dict[int, dict[int, int]] = {}

    def observe(self, statement: NDArray[np.int32], duration_us: NDArray[np.int64]) -> None:
        """Count durations of at least 0."""
        if not len(statement):
            return
        bucket = _buckets(duration_us)
        is_dense = statement < _DENSE_ROWS
        if not is_dense.all():
            self._observe_sparse(statement[~is_dense], bucket[~is_dense])
            statement, bucket = statement[is_dense], bucket[is_dense]
        if not len(statement):
            return
        self._grow(int(statement.max()) + 1)
        # One index into all rows, and a number of their own type: numpy's fastest way.
        np.add.at(self._dense.reshape(-1), statement * np.int64(_BUCKETS) + bucket, np.uint32(1))

    def quantiles(self, statement: int, ranks: tuple[float, ...]) -> tuple[float, ...]:
        """Return the durations in µs at some ranks (0.95 for p95); 0.0 without executions."""
        counts = self._counts(statement)
        total = int(counts.sum())
        if not total:
            return tuple(0.0 for _ in ranks)
        cumulated = np.cumsum(counts, dtype=np.int64)
        places = [
            int(np.searchsorted(cumulated, rank * (total - 1), side="right")) for rank in ranks
        ]
        return tuple(_value(min(place, _BUCKETS - 1)) for place in places)

    def _counts(self, statement: int) -> NDArray[np.int64]:
        counts = np.zeros(_BUCKETS, np.int64)
        if statement < len(self._dense):
            counts += self._dense[statement]
        for bucket, count in self._sparse.get(statement, {}).items():
            counts[bucket] += count
        return counts

    def _observe_sparse(self, statement: NDArray[np.int32], bucket: NDArray[np.int64]) -> None:
        for number, place in zip(statement.tolist(), bucket.tolist(), strict=True):
            row = self._sparse.setdefault(number, {})
            row[place] = row.get(place, 0) + 1

    def _grow(self, rows: int) -> None:
        if rows > len(self._dense):
            grown = np.zeros(
                (min(_DENSE_ROWS, max(rows, 2 * len(self._dense))), _BUCKETS), np.uint32
            )
            grown[: len(self._dense)] = self._dense
            self._dense = grown


def _buckets(duration_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the bucket of each duration; bucket 0 is for 0 and 1 µs."""
    values = np.maximum(duration_us, 1).astype(np.float64)
    # The tiny subtraction keeps exact powers of gamma in their own bucket.
    bucket = np.ceil(np.log(values) / _LOG_GAMMA - 1e-9).astype(np.int64)
    return np.minimum(bucket, _BUCKETS - 1)


def _value(bucket: int) -> float:
    """Return the value that is within the relative error of every value in a bucket."""
    return float(2 * _GAMMA**bucket / (_GAMMA + 1))
