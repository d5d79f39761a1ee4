"""What keeping indexes up costs."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from aegis_cli.indexing.tables import TableBook
from aegis_cli.indexing.writes import (
    DEAD_ENTRY_COST,
    ENTRY_COST,
    RANDOM_PAGE_COST,
    SUMMARY_COST,
    WriteModel,
    stored_columns,
)
from aegis_cli.model.facts.catalog import ExistingIndex, TableActivity
from aegis_cli.model.facts.index_workload import WriteLoad
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod, IndexSize
from tests.fakes.catalog import existing, index, snapshot, table, table_name

SMALL = IndexSize(pages=1000, rows=1e6)
CACHE_BYTES = 2000 * 8192.0
ALL_HOT = TableActivity(
    sequential_scans=0,
    index_scans=0,
    rows_inserted=0,
    rows_updated=100,
    rows_updated_hot=100,
    rows_deleted=0,
    live_rows=0,
    dead_rows=0,
    modified_since_analyze=0,
)


def cost(
    definition: IndexDefinition,
    *loads: WriteLoad,
    size: IndexSize = SMALL,
    indexes: Sequence[ExistingIndex] = (),
    activity: TableActivity | None = ALL_HOT,
) -> float:
    """Return the upkeep of an index on the table t."""
    written = replace(table("t", ("a", "b", "c"), indexes=indexes), activity=activity)
    model = WriteModel(
        book=TableBook(snapshot(written, table("u", ("a",)))),
        loads=loads,
        cache_bytes=CACHE_BYTES,
    )
    return model.cost(definition, size)


def load(inserts: float = 0.0, deletes: float = 0.0, **updates: float) -> WriteLoad:
    """Build writes to t; updates are given by the one column they change."""
    return WriteLoad(
        table="public.t",
        inserts=inserts,
        updates=tuple((frozenset({name}), rows) for name, rows in updates.items()),
        deletes=deletes,
        source="test",
    )


def test_each_inserted_row_costs_an_entry() -> None:
    assert cost(index("t", "a"), load(inserts=1000)) == 1000 * ENTRY_COST


def test_writes_to_other_tables_cost_nothing() -> None:
    assert cost(index("u", "a"), load(inserts=1000)) == 0.0


def test_an_index_larger_than_the_cache_is_fetched_in_part() -> None:
    large = IndexSize(pages=4000, rows=1e6)

    assert cost(index("t", "a"), load(inserts=1), size=large) == pytest.approx(
        ENTRY_COST + RANDOM_PAGE_COST / 2
    )


def test_a_partial_index_takes_its_share_of_the_rows() -> None:
    part = IndexSize(pages=10, rows=100_000)

    found = cost(index("t", "a", predicate="b = 1"), load(inserts=1000), size=part)

    assert found == pytest.approx(100 * ENTRY_COST)


def test_methods_differ() -> None:
    brin = cost(index("t", "a", method=IndexMethod.BRIN), load(inserts=1))
    btree = cost(index("t", "a"), load(inserts=1))
    gin = cost(index("t", "a", method=IndexMethod.GIN), load(inserts=1))

    assert brin == SUMMARY_COST
    assert btree == cost(index("t", "a", method=IndexMethod.HASH), load(inserts=1))
    assert gin > 0


def test_updates_of_other_columns_stay_heap_only() -> None:
    assert cost(index("t", "a"), load(b=1000)) == 0.0


def test_updates_of_its_column_cost_entries_in_every_index() -> None:
    others = [existing("one", index("t", "b")), existing("two", index("t", "c"))]

    alone = cost(index("t", "a"), load(a=1000))
    among = cost(index("t", "a"), load(a=1000), indexes=others)

    assert alone == 1000 * ENTRY_COST
    assert among == 3 * alone


def test_updates_that_touch_an_index_already_cost_the_new_one_an_entry() -> None:
    touched = [existing("one", index("t", "b"))]

    assert cost(index("t", "a"), load(b=1000), indexes=touched) == 1000 * ENTRY_COST


def test_updates_of_unknown_columns_go_by_the_counted_share() -> None:
    unknown = replace(load(), updates=((frozenset(), 1000.0),))
    half = replace(ALL_HOT, rows_updated_hot=50)

    assert cost(index("t", "a"), unknown) == 0.0
    assert cost(index("t", "a"), unknown, activity=half) == 500 * ENTRY_COST
    assert cost(index("t", "a"), unknown, activity=None) == 500 * ENTRY_COST


def test_deletes_cost_far_less_than_inserts() -> None:
    assert cost(index("t", "a"), load(deletes=1000)) == 1000 * DEAD_ENTRY_COST
    assert DEAD_ENTRY_COST < ENTRY_COST / 2


def test_payload_expressions_and_predicates_are_touched_as_well() -> None:
    facts = TableBook(snapshot(table("t", ("a", "b", "c")))).facts(table_name("t"))
    whole = replace(
        index("t", "a", include=("b",), predicate="c > 0"),
        keys=(IndexKey(text="a + 1", is_expression=True),),
    )

    assert stored_columns(whole, facts) == {"a", "b", "c"}
    assert stored_columns(index("t", "a", method=IndexMethod.BRIN), facts) == frozenset()
