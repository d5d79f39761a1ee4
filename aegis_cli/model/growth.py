"""Tell steady growth from warming up and from a sawtooth, by slopes that outliers cannot bend.

A series is cut in two halves, each with as many points: looks may become rarer as time goes on.
The slope of a half is the median of the slopes between all pairs of its points (Theil 1950, Sen
1968): up to 29 % of the points may be wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

Point = tuple[float, float]

_MIN_POINTS = 5
_MAX_POINTS_PER_HALF = 60
_RISING_SHARE = 0.9
"""Part of the pairs that must rise in each half."""
_LARGEST_DIP = 0.05
"""Part of the largest size by which a growing one may fall back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How a size went: slopes per unit of time, and whether it only ever rose."""

    early: float
    late: float
    is_steady: bool


def growth_of(points: Sequence[Point]) -> Growth | None:
    """Return the growth of a series in the order of time; None if it is too short to tell."""
    if len(points) < _MIN_POINTS:
        return None
    middle = len(points) // 2
    early, late = _thinned(points[:middle]), _thinned(points[middle:])
    slopes = _slopes(early), _slopes(late)
    return Growth(
        early=median(slopes[0]),
        late=median(slopes[1]),
        is_steady=all(_rises(each) for each in slopes) and not _dips(points),
    )


def _slopes(points: Sequence[Point]) -> list[float]:
    return [
        (right[1] - left[1]) / (right[0] - left[0])
        for left, right in combinations(points, 2)
        if right[0] > left[0]
    ] or [0.0]


def _rises(slopes: Sequence[float]) -> bool:
    return sum(each > 0 for each in slopes) >= _RISING_SHARE * len(slopes)


def _dips(points: Sequence[Point]) -> bool:
    highest = 0.0
    for _, value in points:
        highest = max(highest, value)
        if value < highest * (1 - _LARGEST_DIP):
            return True
    return False


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    """Keep at most so many points, evenly spread, with the first and the last."""
    if len(points) <= _MAX_POINTS_PER_HALF:
        return points
    step = (len(points) - 1) / (_MAX_POINTS_PER_HALF - 1)
    return [points[round(at * step)] for at in range(_MAX_POINTS_PER_HALF)]
