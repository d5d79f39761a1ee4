"""Scans that read much and keep little are told with the columns an index would need."""

import pytest

from aegis_cli.model.facts.executions import Statement
from aegis_cli.model.facts.log_events import PlanNode, PlanObservation
from aegis_cli.model.location import LogLocation
from aegis_cli.sqltext.shape import shape_of
from aegis_cli.workload.plan_scans import ScanThresholds, plan_scans

_SQL = "SELECT * FROM orders WHERE status = 'open' AND total > 5"


def _node(
    *,
    kind: str = "Seq Scan",
    condition: str | None = "(((status)::text = ?::text) AND (total > ?::numeric))",
    kept: float | None = 5.0,
    removed: float = 99_995.0,
    loops: int = 1,
    relation: str = "orders",
) -> PlanNode:
    return PlanNode(
        node_type=kind,
        relation=relation,
        index=None,
        estimated_rows=10.0,
        actual_rows=kept,
        loops=loops,
        rows_removed_by_filter=removed,
        filter=condition,
        depth=0,
    )


def _observation(*nodes: PlanNode) -> PlanObservation:
    statement = Statement(fingerprint="f", text="SELECT …", shape=shape_of(_SQL))
    return PlanObservation(
        statement=statement,
        plans=3,
        slowest_us=52_500,
        nodes=nodes,
        text="Seq Scan on orders",
        location=LogLocation(path="a.log", line=7),
    )


def test_a_wasteful_scan_is_told_with_its_measured_rows() -> None:
    (scan,) = plan_scans(_observation(_node(loops=2)), calls=40)

    assert (scan.table, scan.columns) == ("orders", ("status", "total"))
    assert (scan.rows_kept, scan.rows_removed, scan.loops) == (10.0, 199_990.0, 2)
    assert scan.share_kept == pytest.approx(5e-5)
    assert (scan.plans, scan.calls, scan.slowest_ms) == (3, 40, 52.5)
    assert scan.location == LogLocation(path="a.log", line=7)


def test_equal_columns_come_first_and_one_range_last() -> None:
    condition = "((a > ?) AND (b = ?) AND (c < ?) AND (d IS NULL) AND (e ~~ ?) AND (f <> ?))"

    (scan,) = plan_scans(_observation(_node(condition=condition)), calls=1)

    assert scan.columns == ("b", "d", "a")


@pytest.mark.parametrize(
    ("removed", "kept", "is_told"),
    [
        (1000.0, 10.0, True),
        (999.0, 10.0, False),
        (9000.0, 1000.0, True),
        (8999.0, 1000.0, False),
    ],
)
def test_both_thresholds_have_two_sides(
    removed: float,
    kept: float,
    is_told: bool,  # noqa: FBT001  a case
) -> None:
    found = list(plan_scans(_observation(_node(removed=removed, kept=kept)), calls=1))

    assert bool(found) is is_told


def test_thresholds_can_be_changed() -> None:
    thresholds = ScanThresholds(min_rows_removed=10, max_share_kept=0.5)

    assert list(plan_scans(_observation(_node(removed=10, kept=10)), 1, thresholds))


@pytest.mark.parametrize(
    "node",
    [
        _node(kind="Index Scan"),
        _node(condition=None),
        _node(kept=None),
        _node(loops=0),
        _node(condition="(a <> ?)"),
        _node(condition="((a = ?) OR (b = ?))"),
        _node(condition="(lower(a) = ?)"),
    ],
)
def test_what_no_plain_index_would_cure_is_not_told(node: PlanNode) -> None:
    assert list(plan_scans(_observation(node), calls=1)) == []


def test_the_workers_of_a_parallel_scan_count_once() -> None:
    node = _node(kind="Parallel Seq Scan", loops=3)

    assert len(list(plan_scans(_observation(node, node), calls=1))) == 1
