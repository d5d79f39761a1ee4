"""Medians of few measurements, with intervals that assume nothing of their distribution."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class MedianInterval:
    """The interval between two order statistics, and how surely it holds the true median."""

    low: float
    high: float
    confidence: float


def median_of(values: Sequence[float]) -> float:
    """Return the middle value, or the mean of the two middle ones."""
    return median(values)


def interval_of(values: Sequence[float], confidence: float = CONFIDENCE) -> MedianInterval | None:
    """Return the narrowest symmetric interval that is sure enough; None for too few values.

    Each value lies below the true median with probability one half, so the number of those that
    do is binomial, and the k-th smallest and k-th largest enclose the median unless fewer than
    k lie on one side. For 95 % it takes 6 values. See David and Nagaraja, Order Statistics,
    3rd edition, section 7.1.
    """
    ordered = sorted(values)
    count = len(ordered)
    best: MedianInterval | None = None
    outside = 0.0
    for taken in range(count // 2):
        outside += 2 * math.comb(count, taken) / 2**count
        if 1 - outside < confidence:
            break
        best = MedianInterval(
            low=ordered[taken], high=ordered[count - 1 - taken], confidence=1 - outside
        )
    return best
