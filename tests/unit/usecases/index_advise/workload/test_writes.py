"""Rows written are taken from the workload, else from the tables' counters."""

from dataclasses import replace

import pytest

from aegis_cli.model.facts.catalog import TableActivity
from aegis_cli.model.facts.index_workload import WriteLoad
from aegis_cli.usecases.index_advise.workload.build import build_workload
from aegis_cli.usecases.index_advise.workload.raw import RawStatement, RawWorkload
from aegis_cli.usecases.index_advise.workload.writes import (
    FROM_COUNTERS,
    FROM_SCANS,
    FROM_STATEMENTS,
)
from tests.unit.indexing.shop_snapshot import a_shop

_ACTIVITY = TableActivity(
    sequential_scans=10,
    index_scans=90,
    rows_inserted=1000,
    rows_updated=500,
    rows_updated_hot=100,
    rows_deleted=10,
    live_rows=1_000_000,
    dead_rows=0,
    modified_since_analyze=0,
)


def _writes(
    *statements: tuple[str, float, float | None],
    activity: TableActivity | None = None,
    window_s: float | None = None,
) -> tuple[WriteLoad, ...]:
    raws = tuple(
        RawStatement(text=text, calls=calls, rows=rows, source="a.sql")
        for text, calls, rows in statements
    )
    sources = [RawWorkload(statements=raws, window_s=window_s)]
    snapshot = a_shop(activity=activity, tables=("orders",))
    return build_workload(sources, snapshot).workload.writes


def _load(
    *,
    inserts: float = 0.0,
    updates: tuple[tuple[frozenset[str], float], ...] = (),
    deletes: float = 0.0,
    source: str = FROM_STATEMENTS,
) -> WriteLoad:
    return WriteLoad(
        table="public.orders", inserts=inserts, updates=updates, deletes=deletes, source=source
    )


@pytest.mark.parametrize(
    ("text", "calls", "rows", "expected"),
    [
        ("INSERT INTO orders (id) VALUES ($1)", 5, None, _load(inserts=5)),
        ("INSERT INTO orders (id) VALUES ($1), ($2), ($3)", 5, None, _load(inserts=15)),
        ("INSERT INTO orders SELECT * FROM orders", 5, 700.0, _load(inserts=700)),
        ("DELETE FROM orders WHERE id = $1", 5, None, _load(deletes=5)),
        ("DELETE FROM orders WHERE user_id = $1", 5, 90.0, _load(deletes=90)),
        (
            "UPDATE orders SET status = $1, note = $2 WHERE id = $3",
            5,
            None,
            _load(updates=((frozenset(("status", "note")), 5.0),)),
        ),
    ],
)
def test_statements_write_the_rows_counted_or_listed(
    text: str, calls: float, rows: float | None, expected: WriteLoad
) -> None:
    assert _writes((text, calls, rows)) == (expected,)


def test_updates_of_the_same_columns_add_up() -> None:
    (load,) = _writes(
        ("UPDATE orders SET status = 'a' WHERE id = $1", 5, None),
        ("UPDATE orders SET status = 'b' WHERE user_id = $1", 2, 20.0),
        ("UPDATE orders SET note = 'b' WHERE id = $1", 1, None),
    )

    assert dict(load.updates) == {frozenset(("status",)): 25.0, frozenset(("note",)): 1.0}


def test_counters_are_scaled_to_the_window() -> None:
    # The counters are of one day, the workload of one hour.
    loads = _writes(("SELECT id FROM orders", 5, None), activity=_ACTIVITY, window_s=3600.0)

    share = 3600 / 86_400
    assert loads == (
        _load(
            inserts=1000 * share,
            updates=((frozenset(), 500 * share),),
            deletes=10 * share,
            source=FROM_COUNTERS,
        ),
    )


def test_without_a_window_counters_are_scaled_by_reads() -> None:
    (load,) = _writes(("SELECT id FROM orders", 50, None), activity=_ACTIVITY)

    assert (load.source, load.inserts) == (FROM_SCANS, 500.0)


def test_the_workloads_own_writes_go_before_counters() -> None:
    (load,) = _writes(
        ("INSERT INTO orders (id) VALUES (1)", 7, None), activity=_ACTIVITY, window_s=60.0
    )

    assert (load.source, load.inserts) == (FROM_STATEMENTS, 7)


def test_a_table_nobody_knows_the_writes_of_has_none() -> None:
    assert _writes(("SELECT id FROM orders", 50, None)) == ()
    assert _writes(activity=_ACTIVITY) == ()


def test_counters_that_saw_no_write_tell_that_there_are_none() -> None:
    idle = replace(_ACTIVITY, rows_inserted=0, rows_updated=0, rows_deleted=0)

    (load,) = _writes(("SELECT * FROM orders WHERE id = $1", 100, None), activity=idle)

    assert load == _load(source=FROM_SCANS)
