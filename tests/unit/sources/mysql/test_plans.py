"""What the plans of MySQL and MariaDB say of indexes and sorting."""

import json

import pytest

from aegis_cli.sources.mysql.explain import ServerPlan, TablePlan, plan_of


def table(**facts: object) -> dict[str, object]:
    """Write how a plan gets at a table."""
    return {"table": {"table_name": "t", "access_type": "ref", "rows": 10, **facts}}


def read(*tables: dict[str, object], **facts: object) -> ServerPlan:
    """Return the plan of a join of such tables."""
    return plan_of(json.dumps({"query_block": {"nested_loop": list(tables), **facts}}))


def test_loops_of_a_join_multiply() -> None:
    plan = read(table(rows=10), table(rows=3), table(rows=0))

    assert plan.rows == 10 + 30 + 30


def test_an_index_is_read_whatever_the_case_of_its_name() -> None:
    (plan,) = read(table(key="By_User")).tables

    assert plan.reads("by_user")
    assert not plan.reads("by")


@pytest.mark.parametrize(
    "facts",
    [
        {"key": "union(by_a,by_b)"},
        {"key": "sort_union(by_a,intersect(by_b,PRIMARY))"},
        {"index_merge": {"union": [{"range": {"key": "by_a"}}, {"range": {"key": "by_b"}}]}},
    ],
)
def test_an_index_merge_reads_all_its_indexes(facts: dict[str, object]) -> None:
    (plan,) = read(table(access_type="index_merge", **facts)).tables

    assert plan.reads("by_a")
    assert plan.reads("by_b")
    assert not plan.reads("union")


@pytest.mark.parametrize(
    ("facts", "sorts"),
    [
        ({}, 0),
        ({"filesort": {"sort_key": "a"}}, 1),
        ({"ordering_operation": {"using_filesort": True}}, 1),
        ({"ordering_operation": {"using_filesort": False}}, 0),
        ({"grouping_operation": {"using_temporary_table": True, "using_filesort": True}}, 2),
    ],
)
def test_sorts_are_counted(facts: dict[str, object], sorts: int) -> None:
    assert read(table(), **facts).sorts == sorts


def test_a_plan_without_tables_reads_nothing() -> None:
    assert plan_of('{"query_block": {"message": "No tables used"}}').rows == 0


def test_a_search_without_an_estimate_reads_a_row() -> None:
    plan = ServerPlan(
        tables=(TablePlan(table="t", access="const", index=None, rows=None),), sorts=0
    )

    assert plan.rows == 1
