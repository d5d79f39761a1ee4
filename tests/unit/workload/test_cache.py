"""The cache simulation, against a naive one and at its limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.facts.executions import CacheOutcome
from aegis_cli.workload.cache import CacheSimulation

S = 1_000_000
TABLES = {0: (1,), 1: (1, 2), 2: (3,), 3: ()}


@dataclass(frozen=True)
class Read:
    """An execution of a cacheable read."""

    at: int
    statement: int
    values: int
    duration: int = 1000


@dataclass(frozen=True)
class Write:
    """A write to one table."""

    at: int
    table: int


def run(
    batches: Sequence[Sequence[Read | Write]],
    ttls: tuple[int, ...] = (1, 10),
    max_keys: int = 8192,
) -> CacheSimulation:
    simulation = CacheSimulation(
        tables_read=lambda number: TABLES.get(number, ()), ttls_s=ttls, max_keys=max_keys
    )
    for batch in batches:
        feed(simulation, batch)
    return simulation


def feed(simulation: CacheSimulation, batch: Sequence[Read | Write]) -> None:
    reads = [event for event in batch if isinstance(event, Read)]
    writes = [event for event in batch if isinstance(event, Write)]
    simulation.observe(
        at_us=np.array([read.at for read in reads], np.int64),
        statement=np.array([read.statement for read in reads], np.int32),
        values=np.array([read.values for read in reads], np.int64),
        duration_us=np.array([read.duration for read in reads], np.int64),
        written_at_us=np.array([write.at for write in writes], np.int64),
        written_table=np.array([write.table for write in writes], np.int64),
    )


def naive(events: Sequence[Read | Write], ttl_s: int, statement: int) -> CacheOutcome:
    """Go through the reads in order of time; look at every write each time."""
    filled: dict[int, int] = {}
    hits = lookups = saved = early = 0
    writes = [each for each in events if isinstance(each, Write) and each.at >= 0]
    reads = [each for each in events if isinstance(each, Read) and each.at >= 0]
    for read in sorted(reads, key=lambda each: each.at):
        if read.statement != statement:
            continue
        lookups += 1
        since = filled.get(read.values)
        if since is not None and read.at - since <= ttl_s * S:
            if not any(
                since <= write.at <= read.at and write.table in TABLES[statement]
                for write in writes
            ):
                hits += 1
                saved += max(read.duration, 0)
                continue
            early += 1
        filled[read.values] = read.at
    return CacheOutcome(
        ttl_s=ttl_s,
        hits=hits,
        lookups=lookups,
        time_saved_us=saved,
        invalidations=early,
        is_sampled=False,
    )


times = st.integers(0, 60).map(lambda tick: tick * S // 2) | st.just(-1)
reads = st.builds(
    Read,
    at=times,
    statement=st.integers(0, 3),
    values=st.integers(-2, 2),
    duration=st.integers(-1, 5000),
)
events = st.lists(reads | st.builds(Write, at=times, table=st.integers(1, 4)), max_size=120)


@given(events, st.lists(st.integers(0, 120), max_size=4))
def test_agrees_with_a_naive_simulation_however_the_log_is_cut(
    log: list[Read | Write], cuts: list[int]
) -> None:
    """Batches follow each other in time; within one, only equal times need their order."""
    log.sort(key=lambda event: event.at)
    borders = [0, *sorted(min(cut, len(log)) for cut in cuts), len(log)]
    batches = [sorted(log[a:b], key=lambda event: -event.at) for a, b in pairwise(borders)]

    simulation = run(batches)

    for statement in range(4):
        expected = tuple(naive(log, ttl, statement) for ttl in (1, 10))
        found = simulation.outcomes(statement)
        assert found == (expected if expected[0].lookups else ())


@given(st.lists(events, max_size=4), st.integers(1, 6))
def test_stays_within_its_bounds_whatever_the_clock_does(
    batches: list[list[Read | Write]], max_keys: int
) -> None:
    simulation = run(batches, max_keys=max_keys)

    for statement in simulation.statements():
        for outcome in simulation.outcomes(statement):
            assert 0 <= outcome.hits <= outcome.lookups
            assert 0 <= outcome.time_saved_us <= outcome.lookups * 5000
            assert outcome.invalidations >= 0


def test_counts_a_lookup_at_exactly_the_time_to_live_as_a_hit() -> None:
    at_limit = run([[Read(0, 3, 1), Read(S, 3, 1)]], ttls=(1,))
    past_limit = run([[Read(0, 3, 1), Read(S + 1, 3, 1)]], ttls=(1,))

    assert at_limit.outcomes(3)[0].hits == 1
    assert past_limit.outcomes(3)[0].hits == 0


def test_a_hit_does_not_prolong_an_entry() -> None:
    simulation = run([[Read(tick * S * 6 // 10, 3, 1) for tick in range(4)]], ttls=(1,))

    assert simulation.outcomes(3)[0].hits == 2


def test_a_write_in_an_earlier_batch_empties_the_cache() -> None:
    simulation = run([[Read(0, 0, 7)], [Write(S, 1)], [Read(2 * S, 0, 7)]], ttls=(10,))

    assert simulation.outcomes(0) == (
        CacheOutcome(
            ttl_s=10, hits=0, lookups=2, time_saved_us=0, invalidations=1, is_sampled=False
        ),
    )


def test_a_write_to_another_table_leaves_the_entry() -> None:
    simulation = run([[Read(0, 0, 7)], [Write(S, 2)], [Read(2 * S, 0, 7)]], ttls=(10,))

    assert simulation.outcomes(0)[0].hits == 1


def test_slight_disorder_between_batches_is_no_expiry() -> None:
    simulation = run([[Read(5000, 3, 1)], [Read(3000, 3, 1)]], ttls=(1,))

    assert simulation.outcomes(3)[0].hits == 1


def test_a_clock_set_back_is_no_hit_and_does_not_stop_the_simulation() -> None:
    tomorrow = 86_400 * S
    simulation = run(
        [
            [Read(tomorrow, 0, 1), Write(tomorrow + 1, 1)],
            [Write(5, 1), Read(10, 0, 1)],
            [Read(20, 0, 1)],
        ],
        ttls=(10,),
    )

    assert simulation.outcomes(0)[0].hits == 1


def test_a_statement_with_few_keys_stays_exact_beside_one_with_many() -> None:
    generator = np.random.default_rng(1)
    simulation = run([], ttls=(60,), max_keys=256)
    for second in range(40):
        one_off = [
            Read(second * S, 3, int(value)) for value in generator.integers(1 << 60, size=200)
        ]
        feed(simulation, [*one_off, Read(second * S, 2, 1)])

    hot, cold = simulation.outcomes(2)[0], simulation.outcomes(3)[0]
    assert (hot.hits, hot.lookups, hot.is_sampled) == (39, 40, False)
    assert (cold.hits, cold.lookups, cold.is_sampled) == (0, 8000, True)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sampling_estimates_the_hits_of_many_skewed_keys(seed: int) -> None:
    """Keys drawn by Zipf's law, 16 times as many as are followed."""
    generator = np.random.default_rng(seed)
    keys = generator.zipf(1.2, size=60_000) % 65_536
    exact, sampled = run([], ttls=(1, 10), max_keys=1 << 20), run([], ttls=(1, 10), max_keys=1024)
    for start in range(0, len(keys), 5000):
        batch = [
            Read((start + at) * 1000, 3, int(key), 100)
            for at, key in enumerate(keys[start : start + 5000])
        ]
        feed(exact, batch)
        feed(sampled, batch)

    for truth, estimate in zip(exact.outcomes(3), sampled.outcomes(3), strict=True):
        assert estimate.is_sampled
        assert estimate.lookups == truth.lookups
        # Rather too few hits than too many.
        assert truth.hit_ratio - 0.1 <= estimate.hit_ratio <= truth.hit_ratio + 0.02
        assert estimate.time_saved_us == pytest.approx(estimate.hits * 100, rel=0.01)


def test_forgets_expired_keys_before_it_samples() -> None:
    """Ten times as many keys as fit, but never more than half of them alive."""
    simulation = run([], ttls=(1,), max_keys=100)
    for hour in range(20):
        start = hour * 3600 * S
        batch = [Read(start + tick, 3, hour * 50 + tick % 50) for tick in range(100)]
        feed(simulation, batch)

    (outcome,) = simulation.outcomes(3)
    assert (outcome.hits, outcome.lookups, outcome.is_sampled) == (1000, 2000, False)


def test_knows_nothing_about_statements_it_never_saw() -> None:
    simulation = run([[Read(-1, 1, 1)]])

    assert simulation.outcomes(1) == ()
    assert simulation.outcomes(99) == ()
    assert list(simulation.statements()) == []
