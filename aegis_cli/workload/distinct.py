"""Find the distinct values of numbers that come in nearly ascending order."""

import numpy as np
from numpy.typing import NDArray


def sorted_distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the distinct values in ascending order.

    `numpy.unique` hashes, which costs more where values come nearly sorted, and imports numpy's
    masked arrays.
    """
    ordered = np.sort(values, kind="stable")
    is_first = np.ones(len(ordered), np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]
