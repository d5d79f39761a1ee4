"""Executions are drawn by lot: fairly, and the same ones whoever reads the log."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.workload.samples import SampledExecution, Samples, SmallestLots, lots_of


def _execution(lot: int) -> SampledExecution:
    return SampledExecution(lot, lot, f"SELECT {lot}", "")


def test_keeps_the_smallest_lots_of_each_statement() -> None:
    samples = Samples(size=2)

    for lot in (5, 3, 9, 1):
        samples.offer(0, _execution(lot))
    samples.offer(7, _execution(8))

    assert [each.lot for each in samples.of(0)] == [1, 3]
    assert [each.lot for each in samples.of(7)] == [8]
    assert samples.of(1) == ()


def test_keeps_nothing_unless_asked() -> None:
    samples = Samples(size=0)
    samples.offer(0, _execution(1))

    assert samples.of(0) == ()
    assert SmallestLots(0).pick(np.zeros(1, np.int32), np.ones(1, np.uint64)) == []


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**64 - 1)), max_size=60),
    st.integers(1, 4),
    st.integers(1, 7),
)
def test_chunks_and_parsers_do_not_matter(
    executions: list[tuple[int, int]], size: int, chunk: int
) -> None:
    whole, parts = Samples(size=size), Samples(size=size)
    parsers = [SmallestLots(size), SmallestLots(size)]

    for statement, lot in executions:
        whole.offer(statement, _execution(lot))
    for turn, start in enumerate(range(0, len(executions), chunk)):
        piece = executions[start : start + chunk]
        statements = np.array([each for each, _ in piece], np.int32)
        lots = np.array([lot for _, lot in piece], np.uint64)
        for at in parsers[turn % 2].pick(statements, lots):
            parts.offer(int(statements[at]), _execution(int(lots[at])))

    assert all(parts.of(each) == whole.of(each) for each in range(4))


def test_lots_depend_on_time_and_duration_only() -> None:
    at_us, duration_us = np.array([1, 1, 2]), np.array([5, 5, -1])

    first, same, other = lots_of(at_us, duration_us).tolist()

    assert first == same != other


def test_lots_are_spread_evenly() -> None:
    at_us = np.arange(20_000, dtype=np.int64)

    lots = lots_of(at_us, np.full(20_000, 100)).astype(np.float64) / 2.0**64

    assert abs(float(lots.mean()) - 0.5) < 0.01
    assert abs(float(np.corrcoef(at_us, lots)[0, 1])) < 0.03
