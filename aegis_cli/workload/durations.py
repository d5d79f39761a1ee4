"""The median of many durations in little memory."""

import math

_GROWTH = math.log(1.01)
"""Buckets grow by 1 %, so the median is off by at most half a percent."""


class DurationHistogram:
    """Durations counted in buckets of equal ratio; at most a few thousand of them."""

    __slots__ = ("_buckets", "count")

    def __init__(self) -> None:
        """Start empty."""
        self._buckets: dict[int, int] = {}
        self.count = 0

    def add(self, duration_us: int) -> None:
        """Count one duration of 0 µs or more."""
        bucket = -1 if duration_us < 1 else round(math.log(duration_us) / _GROWTH)
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        self.count += 1

    def median(self) -> int:
        """Return the (lower) median in µs, -1 if nothing was counted."""
        seen = 0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if 2 * seen >= self.count:
                return 0 if bucket < 0 else round(math.exp(bucket * _GROWTH))
        return -1
