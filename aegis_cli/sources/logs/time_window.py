"""The part of a log that the user asked for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """From `since_us` (inclusive) to `until_us` (exclusive), on the log's own clock."""

    since_us: int | None = None
    until_us: int | None = None

    def contains(self, at_us: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which times lie inside; what has no time lies inside an open window only."""
        inside = np.ones(len(at_us), np.bool_)
        if self.since_us is not None:
            inside &= at_us >= self.since_us
        if self.until_us is not None:
            inside &= (at_us < self.until_us) & (at_us >= 0)
        return inside
