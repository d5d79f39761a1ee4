"""Cacheable reads: what empties a cache, statement by statement."""

from itertools import pairwise

import numpy as np
import pytest

from aegis_cli.model.facts.executions import CacheOutcome
from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.workload.cacheable_reads import CacheableReads
from aegis_cli.workload.catalog import StatementCatalog, StatementText
from tests.unit.workload.row_builder import Run, rows

OF_ITEMS = "SELECT * FROM item WHERE id = 1"
OF_PRICES = "SELECT price FROM price WHERE id = 1"
CHANGE = "UPDATE price SET price = 1 WHERE id = 2"
MOVE = "WITH gone AS (DELETE FROM item RETURNING id) INSERT INTO price SELECT id FROM gone"


def a_catalog(*statements: str) -> tuple[StatementCatalog, dict[str, int]]:
    """Return a catalog of some statements, and their numbers."""
    known = StatementCatalog()
    numbers = {}
    for sql in statements:
        text = StatementText(
            fingerprint=fingerprint(sql).value,
            has_list=False,
            has_rows=False,
            normalized=normalize(sql),
            sample=sql,
        )
        numbers[sql] = known.add(text)
    return known, numbers


def outcomes_of(known: StatementCatalog, simulated: CacheableReads, sql: str) -> list[CacheOutcome]:
    """Return what was simulated of a statement."""
    number = known.fingerprint_number(fingerprint(sql).value)
    assert number is not None
    return list(simulated.outcomes(number))


def outcome_of(read: str, between: str | None) -> int:
    """Return the hits of two equal reads a second apart with another statement between them."""
    known, numbers = a_catalog(OF_ITEMS, OF_PRICES, MOVE, CHANGE)
    simulated = CacheableReads(known)
    order = [read, between or read, read]
    batch = rows([Run(what="item", at_ms=at * 500) for at in range(len(order))])
    batch.statement[:] = [numbers[sql] for sql in order]
    simulated.observe(batch)
    simulated.finish()
    return outcomes_of(known, simulated, read)[-1].hits


@pytest.mark.parametrize(
    ("read", "between", "hits"),
    [
        (OF_ITEMS, None, 2),
        (OF_ITEMS, OF_PRICES, 1),
        (OF_ITEMS, CHANGE, 1),
        (OF_PRICES, CHANGE, 0),
        (OF_ITEMS, MOVE, 0),
        (OF_PRICES, MOVE, 0),
    ],
)
def test_a_write_empties_the_cache_of_each_table_it_writes_to(
    read: str, between: str | None, hits: int
) -> None:
    assert outcome_of(read, between) == hits


def simulated_in(cuts: list[int], keys: int) -> list[CacheOutcome]:
    """Simulate reads of many keys, each several times, that come in parts."""
    known, numbers = a_catalog(OF_ITEMS)
    everything = rows([Run(what="item", at_ms=at) for at in range(20_000)])
    everything.statement[:] = numbers[OF_ITEMS]
    everything.values[:] = np.arange(20_000) * 7919 % keys
    simulated = CacheableReads(known, batch_rows=6000)
    for begin, end in pairwise([0, *cuts, 20_000]):
        simulated.observe(everything.take(np.arange(begin, end)))
    simulated.finish()
    return outcomes_of(known, simulated, OF_ITEMS)


@pytest.mark.parametrize("keys", [500, 18_000])
@pytest.mark.parametrize(
    "cuts", [[1], [5999, 6000, 6001], [100, 12_500], list(range(1, 20_000, 777))]
)
def test_where_chunks_end_changes_nothing_even_if_keys_are_sampled(
    cuts: list[int], keys: int
) -> None:
    whole = simulated_in([], keys)

    assert simulated_in(cuts, keys) == whole
    assert whole[-1].is_sampled == (keys > 8192)
