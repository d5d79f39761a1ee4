"""Distinct values: what numpy's own function says, whatever the order."""

import numpy as np
import pytest

from aegis_cli.workload.distinct import sorted_distinct


@pytest.mark.parametrize("values", [[], [3], [1, 1, 2, 2, 9], [5, 1, 5, -2, 1], [2**62, -1, 2**62]])
def test_gives_each_value_once_in_ascending_order(values: list[int]) -> None:
    numbers = np.array(values, np.int64)

    found = sorted_distinct(numbers)

    assert found.tolist() == sorted(set(values))
    assert found.dtype == np.int64
