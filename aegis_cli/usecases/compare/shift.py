"""How much two samples differ, without any assumption about how their noise is distributed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import comb
from statistics import median

CONFIDENCE = 0.95
FEWEST = 4
"""Runs of each side from which an interval with this confidence exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """After divided by before, with the interval that holds the true ratio at 95 % confidence."""

    estimate: float
    low: float
    high: float

    @property
    def is_higher(self) -> bool:
        """Tell whether after is higher, beyond what noise explains."""
        return self.low > 1

    @property
    def is_lower(self) -> bool:
        """Tell whether after is lower, beyond what noise explains."""
        return self.high < 1


def ratio(before: Sequence[float], after: Sequence[float]) -> Ratio | None:
    """Return how much after differs from before; None where the runs are too few.

    The estimate is the median of all pairwise ratios (Hodges and Lehmann, 1963); the interval
    ends at the pairwise ratios that the distribution of the Mann-Whitney U names. One outlier
    among ten runs moves neither far.
    All values must be positive.
    """
    outside = _pairs_outside(len(before), len(after))
    if outside is None:
        return None
    pairs = sorted(each / other for each in after for other in before)
    return Ratio(estimate=median(pairs), low=pairs[outside], high=pairs[-1 - outside])


@cache
def _pairs_outside(before: int, after: int) -> int | None:
    """Return how many of the sorted pairs lie outside the interval on each side."""
    if min(before, after) < FEWEST:
        return None
    ways = _ways(before, after)
    most = (1 - CONFIDENCE) / 2 * comb(before + after, after)
    outside, seen = -1, 0
    for statistic, count in enumerate(ways):
        seen += count
        if seen > most:
            break
        outside = statistic
    return outside


def _ways(before: int, after: int) -> list[int]:
    """Return, for each value of U, in how many of the orders of all runs it comes about.

    The numbers are the coefficients of a Gaussian binomial coefficient.
    """
    ways = [1] + [0] * (before * after)
    for step in range(1, after + 1):
        for at in range(len(ways) - 1, before + step - 1, -1):
            ways[at] -= ways[at - before - step]
        for at in range(step, len(ways)):
            ways[at] += ways[at - step]
    return ways
