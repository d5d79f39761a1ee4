"""Cost, rows and indexes are read from a plan wherever they stand in it."""

import pytest

from aegis_cli.indexing.planner import PlanEstimate, StatementNotPlanned
from aegis_cli.sources.postgres.plan_json import estimate_of, rows_of


def named(schema: str, name: str) -> str:
    return f"{schema or '?'}.{name}"


def test_indexes_are_found_at_every_depth() -> None:
    bitmap = {"Node Type": "Bitmap Index Scan", "Index Name": "b"}
    heap = {"Node Type": "Bitmap Heap Scan", "Schema": "shop", "Plans": [bitmap]}
    seek = {"Node Type": "Index Scan", "Schema": "other", "Index Name": "a"}
    root = {"Node Type": "Hash Join", "Total Cost": 12.5, "Plans": [heap, {"Plans": [seek]}]}

    estimate = estimate_of([{"Plan": root}], named)

    assert estimate == PlanEstimate(cost=12.5, used=frozenset({"shop.b", "other.a"}))


def test_without_schemas_the_name_alone_is_known() -> None:
    root = {"Node Type": "Index Only Scan", "Index Name": "a", "Total Cost": 1}

    assert estimate_of([{"Plan": root}], named).used == {"?.a"}


def test_rows_are_those_of_the_top_node() -> None:
    assert rows_of([{"Plan": {"Plan Rows": 7, "Plans": [{"Plan Rows": 9}]}}]) == 7


@pytest.mark.parametrize("document", [None, [], {}, "text", [{"Utility": 1}], [{}, {}]])
def test_anything_else_is_no_plan(document: object) -> None:
    with pytest.raises(StatementNotPlanned):
        estimate_of(document, named)
