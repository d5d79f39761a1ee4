"""The interval of a ratio holds what it says, for any noise."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.usecases.compare.shift import CONFIDENCE, FEWEST, _pairs_outside, _ways, ratio

POSITIVE = st.floats(min_value=1e-6, max_value=1e6)


def u_statistic(chosen: tuple[int, ...]) -> int:
    """Count the pairs in which one of the second sample precedes one of the first."""
    return sum(each - at for at, each in enumerate(chosen))


@pytest.mark.parametrize(("before", "after"), [(4, 4), (5, 3), (2, 6), (1, 1)])
def test_the_distribution_is_that_of_all_orders(before: int, after: int) -> None:
    counted = [0] * (before * after + 1)
    for chosen in combinations(range(before + after), after):
        counted[u_statistic(chosen)] += 1

    assert _ways(before, after) == counted
    assert sum(counted) == comb(before + after, after)


@pytest.mark.parametrize(
    ("runs", "outside"),
    # The critical values of U at 0.05, two-sided, as in any table of them.
    [(4, 0), (5, 2), (8, 13), (10, 23), (20, 127)],
)
def test_the_interval_ends_where_tables_say(runs: int, outside: int) -> None:
    assert _pairs_outside(runs, runs) == outside


def test_equal_samples_differ_by_nothing() -> None:
    found = ratio([2.0] * 6, [2.0] * 6)

    assert found is not None
    assert (found.low, found.estimate, found.high) == (1, 1, 1)
    assert not found.is_higher
    assert not found.is_lower


def test_twice_the_time_is_shown() -> None:
    found = ratio([1.0, 1.01, 0.99, 1.02], [2.0, 2.02, 1.98, 2.04])

    assert found is not None
    assert found.estimate == pytest.approx(2.0, rel=0.02)
    assert found.is_higher


def test_one_outlier_moves_little() -> None:
    quiet = [1.0 + each / 1000 for each in range(10)]

    found = ratio(quiet, [*quiet[:-1], 50.0])

    assert found is not None
    assert found.estimate == pytest.approx(1.0, abs=0.01)
    assert found.low <= 1 <= found.high


@pytest.mark.parametrize("runs", range(FEWEST))
def test_too_few_runs_show_nothing(runs: int) -> None:
    assert ratio([1.0] * runs, [2.0] * 10) is None
    assert ratio([1.0] * 10, [2.0] * runs) is None


@given(st.lists(POSITIVE, min_size=4, max_size=12), st.lists(POSITIVE, min_size=4, max_size=12))
def test_the_interval_holds_the_estimate(before: list[float], after: list[float]) -> None:
    found = ratio(before, after)

    assert found is not None
    assert found.low <= found.estimate <= found.high


def test_the_interval_is_as_sure_as_it_says() -> None:
    for runs in range(FEWEST, 16):
        outside = _pairs_outside(runs, runs)
        assert outside is not None
        missed = 2 * sum(_ways(runs, runs)[: outside + 1]) / comb(2 * runs, runs)
        more = 2 * sum(_ways(runs, runs)[: outside + 2]) / comb(2 * runs, runs)

        assert missed <= 1 - CONFIDENCE < more
