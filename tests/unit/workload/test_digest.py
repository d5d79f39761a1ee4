"""Totals do not depend on the order of arrival, and quantiles keep their promised error."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from ddsketch import DDSketch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from aegis_cli.workload.digest import Digest
from aegis_cli.workload.sketch import RELATIVE_ERROR, DurationSketches
from aegis_cli.workload.timeline import MAX_BUCKETS, Timeline

DAY_US = 86_400_000_000
RANKS = (0.0, 0.5, 0.9, 0.95, 0.99, 1.0)

EXECUTIONS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 5), st.sampled_from((4095, 4096, 5000))),
        st.one_of(st.just(-1), st.integers(0, 3 * DAY_US), st.integers(0, 5_000_000)),
        st.one_of(st.just(-1), st.integers(0, 10**10), st.integers(0, 3000)),
        st.integers(0, 300),
    ),
    max_size=60,
)


def digest(executions: list[tuple[int, int, int, int]], cuts: list[int]) -> Digest:
    """Count executions in pieces."""
    found = Digest()
    bounds = [0, *sorted(min(cut, len(executions)) for cut in cuts), len(executions)]
    for begin, end in pairwise(bounds):
        part = executions[begin:end]
        found.observe(
            np.array([each[0] for each in part], np.int32),
            np.array([each[1] for each in part], np.int64),
            np.array([each[2] for each in part], np.int64),
            np.array([each[3] for each in part], np.int32),
        )
    return found


def everything(found: Digest) -> object:
    """Return all that a digest tells."""
    totals = [found.totals(number) for number in range(5001)]
    calls = [found.timeline.calls(number) for number in (None, 0, 1, 4096)]
    return totals, calls, found.timeline.time_us(), found.timeline.starts_us(), found.span_us


@settings(max_examples=60, deadline=None)
@given(EXECUTIONS, st.randoms(use_true_random=False), st.lists(st.integers(0, 60), max_size=5))
def test_shuffled_pieces_give_the_identical_digest(
    executions: list[tuple[int, int, int, int]], chance: Random, cuts: list[int]
) -> None:
    shuffled = list(executions)
    chance.shuffle(shuffled)

    assert everything(digest(shuffled, cuts)) == everything(digest(executions, []))


@settings(max_examples=60, deadline=None)
@given(EXECUTIONS)
def test_totals_are_those_of_a_plain_count(executions: list[tuple[int, int, int, int]]) -> None:
    found = digest(executions, [])

    for number in {each[0] for each in executions}:
        mine = [each for each in executions if each[0] == number]
        times = [each[1] for each in mine if each[1] >= 0]
        durations = [each[2] for each in mine if each[2] >= 0]
        totals = found.totals(number)

        assert totals is not None
        assert (totals.calls, totals.timed_calls) == (len(mine), len(durations))
        assert (totals.total_us, totals.max_us) == (sum(durations), max(durations, default=0))
        assert totals.first_seen_us == min(times, default=-1)
        assert totals.last_seen_us == max(times, default=-1)
    assert found.executions == len(executions)


def quantiles(durations: NDArray[np.int64]) -> tuple[float, ...]:
    """Return the sketched quantiles of one statement."""
    sketches = DurationSketches()
    sketches.observe(np.zeros(len(durations), np.int32), durations)
    return sketches.quantiles(0, RANKS)


DURATIONS = st.lists(
    st.one_of(st.integers(1, 100), st.integers(1, 10**9), st.integers(1, 6 * DAY_US)),
    min_size=1,
    max_size=200,
).map(lambda values: np.array(values, np.int64))


@settings(max_examples=150, deadline=None)
@given(DURATIONS)
def test_quantiles_are_within_the_promised_error_of_the_exact_ones(
    durations: NDArray[np.int64],
) -> None:
    exact = np.quantile(durations, RANKS, method="lower")

    for found, right in zip(quantiles(durations), exact.tolist(), strict=True):
        assert found == pytest.approx(right, rel=RELATIVE_ERROR + 1e-6, abs=0.02)


@settings(max_examples=100, deadline=None)
@given(DURATIONS)
def test_quantiles_agree_with_the_reference_implementation(durations: NDArray[np.int64]) -> None:
    reference = DDSketch(RELATIVE_ERROR)
    for value in durations.tolist():
        reference.add(value)

    for rank, found in zip(RANKS, quantiles(durations), strict=True):
        expected = reference.get_quantile_value(rank)

        assert found == pytest.approx(expected, rel=2 * RELATIVE_ERROR + 1e-6, abs=0.03)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 400 * DAY_US), min_size=1, max_size=30))
def test_a_timeline_holds_every_execution_in_a_bounded_number_of_buckets(times: list[int]) -> None:
    timeline = Timeline()
    for at in times:
        timeline.observe(np.array([at]), np.zeros(1, np.int32), np.array([7]))

    starts = timeline.starts_us()
    step = timeline.width_s * 1_000_000

    assert len(starts) <= MAX_BUCKETS
    assert timeline.calls() == tuple(
        sum(start <= at < start + step for at in times) for start in starts
    )
    assert sum(timeline.time_us()) == 7 * len(times)
