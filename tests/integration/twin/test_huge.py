"""Sizes that no test could hold in rows are no matter for a twin."""

import time
from dataclasses import replace

import pytest

from aegis_cli.indexing.planner import NOTHING_CHANGED, Configuration
from aegis_cli.model.facts.indexes import (
    HypotheticalIndex,
    IndexDefinition,
    IndexKey,
    IndexMethod,
    IndexSize,
    TableName,
)
from aegis_cli.sources.postgres.twin.server import start_twin
from tests.integration.twin.handmade import column, snapshot, table, visits, with_index
from tests.integration.twin.planner_contract import BY_ID, VISIT

TEN_TERABYTES = 10 * 2**40 // 8192


def test_a_table_of_ten_terabytes_has_a_twin() -> None:
    rows = TEN_TERABYTES * 50.0
    large = visits(rows=rows, pages=TEN_TERABYTES)
    begun = time.monotonic()
    with start_twin(large) as twin:
        scan = twin.estimate(BY_ID, NOTHING_CHANGED)
        twin.add(
            HypotheticalIndex(
                name="visit_id",
                definition=IndexDefinition(table=VISIT, keys=(IndexKey(text="id"),)),
                size=IndexSize(pages=TEN_TERABYTES // 5, rows=rows, height=4),
            )
        )
        seek = twin.estimate(BY_ID, Configuration(visible=frozenset({"visit_id"})))
        allocated = sum(
            each.stat().st_blocks * 512 for each in twin.directory.rglob("*") if each.is_file()
        )

    assert twin.lacks == ()
    assert scan.cost > TEN_TERABYTES
    assert seek.used == {"visit_id"}
    assert seek.cost < 100
    assert allocated < 200 << 20
    # Ten thousand files of a gigabyte; about a second on an idle machine.
    assert time.monotonic() - begun < 20


def test_a_block_range_index_on_a_huge_table_is_small_but_large_enough() -> None:
    pages = 5_000_000
    with start_twin(visits(rows=pages * 50.0, pages=pages)) as twin:
        twin.add(
            HypotheticalIndex(
                name="visit_ranges",
                definition=IndexDefinition(
                    table=VISIT, keys=(IndexKey(text="id"),), method=IndexMethod.BRIN
                ),
                size=IndexSize(pages=230, rows=pages / 128),
            )
        )
        estimate = twin.estimate(
            "SELECT * FROM visit WHERE id BETWEEN 5 AND 10",
            Configuration(visible=frozenset({"visit_ranges"})),
        )

    assert estimate.used == {"visit_ranges"}


@pytest.mark.parametrize("count", [300])
def test_hundreds_of_tables_take_a_few_seconds(count: int) -> None:
    tables = tuple(
        with_index(
            table(f"t{number}", [column("id", 1), column("x", 2)], rows=1e6, pages=8000),
            f"t{number}_id",
            "id",
            2745,
        )
        for number in range(count)
    )
    begun = time.monotonic()
    with start_twin(snapshot(*tables)) as twin:
        estimate = twin.estimate("SELECT * FROM t299 WHERE id = 5", NOTHING_CHANGED)

    assert estimate.used == {"public.t299_id"}
    assert twin.lacks == ()
    assert time.monotonic() - begun < 20


def test_an_empty_table_is_planned_as_the_server_plans_empty_tables() -> None:
    """Without pages and statistics, the planner assumes ten pages."""
    empty = replace(visits(rows=-1.0, pages=0), statistics=())
    with start_twin(empty) as twin:
        assert twin.rows(TableName(schema="public", name="visit"), None) > 1000
