"""Cacheable reads: what empties a cache, statement by statement."""

import pytest

from aegis_cli.sqltext.fingerprint import fingerprint
from aegis_cli.sqltext.normalize import normalize
from aegis_cli.workload.cacheable_reads import CacheableReads
from aegis_cli.workload.catalog import StatementCatalog, StatementText
from tests.unit.workload.row_builder import Run, rows

OF_ITEMS = "SELECT * FROM item WHERE id = 1"
OF_PRICES = "SELECT price FROM price WHERE id = 1"
MOVE = "WITH gone AS (DELETE FROM item RETURNING id) INSERT INTO price SELECT id FROM gone"


def outcome_of(read: str, between: str | None) -> int:
    """Return the hits of two equal reads a second apart with another statement between them."""
    known = StatementCatalog()
    numbers = {}
    for sql in (OF_ITEMS, OF_PRICES, MOVE, "UPDATE price SET price = 1 WHERE id = 2"):
        text = StatementText(
            fingerprint=fingerprint(sql).value,
            has_list=False,
            has_rows=False,
            normalized=normalize(sql),
            sample=sql,
        )
        numbers[sql] = known.add(text)
    simulated = CacheableReads(known)
    order = [read, between or read, read]
    batch = rows([Run(what="item", at_ms=at * 500) for at in range(len(order))])
    batch.statement[:] = [numbers[sql] for sql in order]
    simulated.observe(batch)
    simulated.finish()
    longest = simulated.outcomes(known.fingerprint_number(fingerprint(read).value) or 0)[-1]
    return longest.hits


@pytest.mark.parametrize(
    ("read", "between", "hits"),
    [
        (OF_ITEMS, None, 2),
        (OF_ITEMS, OF_PRICES, 1),
        (OF_ITEMS, "UPDATE price SET price = 1 WHERE id = 2", 1),
        (OF_PRICES, "UPDATE price SET price = 1 WHERE id = 2", 0),
        (OF_ITEMS, MOVE, 0),
        (OF_PRICES, MOVE, 0),
    ],
)
def test_a_write_empties_the_cache_of_each_table_it_writes_to(
    read: str, between: str | None, hits: int
) -> None:
    assert outcome_of(read, between) == hits
