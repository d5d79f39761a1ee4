"""Cycles are counted many at a time, and come out as if each was counted by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.workload.bursts import measure
from aegis_cli.workload.cycles import (
    MAX_PERIOD,
    Cycle,
    Runs,
    count_cycles,
    find_cycles,
    find_runs,
)
from tests.unit.workload.row_builder import Run, rows


def runs_of(statements: list[int], lengths: list[int] | None = None) -> Runs:
    """Return runs of one unit, each of one execution unless their lengths are given."""
    counts = lengths or [1] * len(statements)
    expanded = np.repeat(np.array(statements, np.int32), counts)
    return find_runs(expanded, np.zeros(len(expanded), np.int64))


def expected(runs: Runs, cycle: Cycle) -> tuple[list[int], int]:
    """Count one cycle the plain way."""
    members = runs.length[cycle.first : cycle.last + 1].tolist()
    counts = [sum(members[place :: cycle.period]) for place in range(cycle.period)]
    rounds = max(cycle.passes, min(counts))
    return counts + [0] * (MAX_PERIOD - cycle.period), rounds


@given(st.lists(st.integers(1, 4), min_size=1, max_size=40), st.data())
def test_many_cycles_are_counted_like_one(lengths: list[int], data: st.DataObject) -> None:
    runs = runs_of([place % 5 for place in range(len(lengths))], lengths)
    places = st.integers(0, len(runs.first) - 1)
    cycles = []
    for first, other, period in data.draw(
        st.lists(st.tuples(places, places, st.integers(2, MAX_PERIOD)), max_size=6)
    ):
        cycles.append(Cycle(first=min(first, other), last=max(first, other), period=period))

    found = count_cycles(runs, cycles)

    together = list(zip(found.executions.tolist(), found.rounds.tolist(), strict=True))
    assert together == [expected(runs, each) for each in cycles]


def test_an_outer_row_without_inner_rows_is_still_a_round() -> None:
    runs = runs_of([1, 2, 1, 2, 1, 2], [1, 4, 2, 4, 1, 4])

    (cycle,) = find_cycles(runs, 3)

    assert count_cycles(runs, [cycle]).rounds.tolist() == [4]
    assert cycle.passes == 3


@pytest.mark.parametrize(
    ("statements", "cycles"),
    [
        ([1, 2] * 4, [(0, 7, 2)]),
        ([1, 2, 3] * 3, [(0, 8, 3)]),
        ([1, 2] * 4 + [3, 4] * 4, [(0, 7, 2), (8, 15, 2)]),
        ([1, 2] * 2, []),
        ([1, 2] * 3 + [3, 4, 5] * 3, [(0, 5, 2), (6, 14, 3)]),
    ],
)
def test_the_shortest_sequence_that_repeats_is_the_cycle(
    statements: list[int], cycles: list[tuple[int, int, int]]
) -> None:
    found = find_cycles(runs_of(statements), 3)

    assert [(each.first, each.last, each.period) for each in found] == cycles


@given(
    st.lists(st.sampled_from([0, 1, -1, 7, 2**63 - 1, -(2**63)]), min_size=1, max_size=30),
    st.data(),
)
def test_distinct_values_are_told_apart_by_stretch(values: list[int], data: st.DataObject) -> None:
    executions = rows([Run(what="item", value=value) for value in values])
    places = st.integers(0, len(values) - 1)
    spans = data.draw(st.lists(st.tuples(places, places).map(sorted), min_size=1, max_size=5))
    first, last = (np.array(each, np.int64) for each in zip(*spans, strict=True))

    time_us, distinct, _ = measure(executions, first, last)

    assert distinct.tolist() == [len(set(values[low : high + 1])) for low, high in spans]
    assert time_us.tolist() == [100 * (high + 1 - low) for low, high in spans]
