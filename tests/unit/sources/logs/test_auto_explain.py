"""Plans as PostgreSQL 15 and 18 wrote them, and what becomes of damaged ones."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.facts.log_events import PlanNode
from aegis_cli.sources.logs.auto_explain import (
    ParsedPlan,
    PlanFormat,
    parse_plan,
    plan_format,
    why_unreadable,
)
from aegis_cli.sources.logs.plan_words import node_type_of_label

RECORDED = Path(__file__).parents[3] / "data" / "auto_explain"
VERSIONS = (15, 18)
PLANS_RECORDED = 29


def recorded(version: int, log_format: str) -> list[str]:
    path = RECORDED / f"postgres_{version}_{log_format}.json"
    messages = json.loads(path.read_text("utf-8"))
    return [str(message) for message in messages]


def parsed(message: str) -> ParsedPlan:
    plan = parse_plan(message)
    assert plan is not None
    return plan


def plan_of(version: int, query: str, log_format: str = "text") -> ParsedPlan:
    plans = [parsed(message) for message in recorded(version, log_format)]
    (found,) = (plan for plan in plans if plan.query.startswith(query))
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_both_formats_of_a_server_tell_the_same(version: int) -> None:
    """The server ran each statement once per format; rows and plans are the same."""
    as_text = [parsed(message) for message in recorded(version, "text")]
    as_json = [parsed(message) for message in recorded(version, "json")]

    assert len(as_text) == PLANS_RECORDED
    for from_text, from_json in zip(as_text, as_json, strict=True):
        assert from_text.query == from_json.query
        assert from_text.parameters == from_json.parameters
        # Workers of a parallel plan share the rows differently from run to run.
        assert [replace(node, rows_removed_by_filter=0) for node in from_text.nodes] == [
            replace(node, rows_removed_by_filter=0) for node in from_json.nodes
        ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_shows_no_literal_of_any_plan(version: int, log_format: str) -> None:
    for message in recorded(version, log_format):
        plan = parsed(message)
        shown = plan.text + "".join(node.filter or "" for node in plan.nodes)
        for secret in ("it''s", "two", "lines", "city 3", "secret", "12.5", "9001", "name 1"):
            assert secret not in shown


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_reads_a_full_scan(log_format: str) -> None:
    plan = plan_of(18, "SELECT * FROM orders WHERE note = 'it''s 7'", log_format)

    assert plan.nodes == (
        PlanNode(
            node_type="Seq Scan",
            relation="orders",
            index=None,
            estimated_rows=1,
            actual_rows=0,
            loops=1,
            rows_removed_by_filter=4000,
            filter="((total > ?) AND (note = ?::text))",
            depth=0,
        ),
    )


def test_keeps_the_statistics_of_a_plan_and_masks_its_expressions() -> None:
    plan = plan_of(18, "SELECT id, note || 'secret'")

    assert plan.text.splitlines()[1:] == [
        "  Output: id, (note || ?::text)",
        "  Filter: ((orders.total = ?::numeric) OR (orders.note = ?::text))",
        "  Rows Removed by Filter: 4000",
        "  Buffers: shared hit=28",
    ]


def test_reads_subplans_with_their_depth() -> None:
    plan = plan_of(18, "SELECT c.name, (SELECT max(o.total)")

    assert [(node.depth, node.node_type, node.relation, node.loops) for node in plan.nodes] == [
        (0, "Index Scan", "Customer", 1),
        (1, "Result", None, 1),
        (1, "Aggregate", None, 4),
        (2, "Bitmap Heap Scan", "orders", 4),
        (3, "Bitmap Index Scan", None, 4),
    ]
    assert plan.nodes[0].index == "Customer_pkey"
    assert plan.nodes[4].index == "orders_customer"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_node_that_never_ran_had_no_rows(version: int) -> None:
    plan = plan_of(version, "SELECT * FROM orders o WHERE EXISTS")

    assert (plan.nodes[-1].actual_rows, plan.nodes[-1].loops) == (0, 0)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_plan_without_analyze_has_no_actual_rows(log_format: str) -> None:
    plan = plan_of(18, "SELECT count(*) FROM orders WHERE note <> 'planned only'", log_format)

    assert {(node.actual_rows, node.loops) for node in plan.nodes} == {(None, 0)}


@pytest.mark.parametrize("version", VERSIONS)
def test_reads_the_share_of_each_parallel_worker(version: int) -> None:
    plan = plan_of(version, "SELECT id, note FROM orders ORDER BY note")
    scan = plan.nodes[-1]

    assert (scan.node_type, scan.relation, scan.loops) == ("Seq Scan", "orders", 3)
    assert scan.actual_rows == pytest.approx(4001 / 3, abs=0.7)


def test_a_literal_with_line_breaks_belongs_to_its_line() -> None:
    plan = plan_of(15, "SELECT *\nFROM orders")

    assert plan.query.endswith("WHERE note = 'two\nlines'")
    assert plan.nodes[0].filter == "(note = ?::text)"
    assert plan.nodes[0].rows_removed_by_filter == 4000


def test_a_literal_cannot_pose_as_a_node() -> None:
    message = (
        "plan:\nQuery Text: SELECT 1 FROM t WHERE a = '\n"
        "Seq Scan on fake  (cost=0.00..1.00 rows=1 width=4)'\n"
        "Seq Scan on t  (cost=0.00..2.00 rows=1 width=4)\n"
        "  Filter: (a = '\n"
        "  ->  Seq Scan on evil  (cost=0.00..1.00 rows=1 width=4)'::text)\n"
    )

    plan = parsed(message)
    assert [node.relation for node in plan.nodes] == ["t"]
    assert plan.text.splitlines()[1] == "  Filter: (a = ?::text)"


def test_reads_parameters_of_a_prepared_statement() -> None:
    text, document = (plan_of(18, "PREPARE lookup", log_format) for log_format in ("text", "json"))

    assert text.parameters == document.parameters == "$1 = '3', $2 = 'it''s 3'"
    assert text.query.endswith("WHERE id=$1 AND note=$2")


@pytest.mark.parametrize("version", VERSIONS)
def test_reads_the_plan_of_a_statement_inside_a_function(version: int) -> None:
    queries = [parsed(message).query for message in recorded(version, "text")]

    nested = next(query for query in queries if "customer_id = wanted" in query)
    assert queries.index(nested) + 1 == queries.index("SELECT total_of(7)")


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Parallel Index Only Scan Backward using i on t", "Index Only Scan"),
        ("Hash Right Anti Join", "Hash Join"),
        ("Merge Full Join", "Merge Join"),
        ("Nested Loop Left Join", "Nested Loop"),
        ("Nested Loop", "Nested Loop"),
        ("Finalize GroupAggregate", "GroupAggregate"),
        ("Async Foreign Scan on f", "Foreign Scan"),
        ("Foreign Update on f", "Foreign Scan"),
        ("Custom Scan (ChunkAppend) on metrics", "Custom Scan"),
        ("HashSetOp Except All", "SetOp"),
        ("Merge on t", "Merge"),
    ],
)
def test_names_steps_alike_in_both_formats(label: str, expected: str) -> None:
    assert node_type_of_label(label) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("duration: 0.1 ms  plan:\nQuery Text: SELECT 1\nResult  (cost=0..1 …", PlanFormat.TEXT),
        ('duration: 0.1 ms  plan:\n{\n  "Query Text": "SELECT 1"', PlanFormat.JSON),
        (
            'duration: 0.1 ms  plan:\n<explain xmlns="http://www.postgresql.org/2009/explain">',
            PlanFormat.XML,
        ),
        (
            'duration: 0.1 ms  plan:\nQuery Text: "SELECT 1"\nPlan: \n  Node Type: "R"',
            PlanFormat.YAML,
        ),
    ],
)
def test_says_why_a_plan_cannot_be_read(message: str, expected: PlanFormat) -> None:
    assert plan_format(message) is expected
    assert parse_plan(message) is None
    assert why_unreadable(message) is not None


@pytest.mark.parametrize("message", ["", "duration: 0.1 ms  statement: SELECT 1", "plan:\n"])
def test_what_is_no_plan_needs_no_reason(message: str) -> None:
    assert plan_format(message) is None
    assert parse_plan(message) is None
    assert why_unreadable(message) is None


def test_a_readable_plan_needs_no_reason() -> None:
    assert why_unreadable(recorded(18, "text")[0]) is None


def test_reads_at_most_ten_thousand_nodes() -> None:
    child = "  ->  Seq Scan on part  (cost=0.00..1.00 rows=1 width=4)\n"
    message = (
        "plan:\nQuery Text: SELECT\nAppend  (cost=0.00..1.00 rows=1 width=4)\n" + child * 12_000
    )

    plan = parsed(message)
    assert len(plan.nodes) == 10_000
    assert len(plan.text) < 21_000


def test_refuses_a_document_nested_too_deeply() -> None:
    message = 'plan:\n{"Plan": ' + '{"Plans": [' * 50_000 + "]}" * 50_000 + "}"

    assert parse_plan(message) is None


@given(
    st.sampled_from(VERSIONS),
    st.sampled_from(["text", "json"]),
    st.integers(0, PLANS_RECORDED - 1),
    st.floats(0, 1),
    st.text(max_size=5),
)
def test_bears_plans_cut_anywhere(
    version: int, log_format: str, which: int, share: float, tail: str
) -> None:
    message = recorded(version, log_format)[which]

    plan = parse_plan(message[: int(len(message) * share)] + tail)

    assert plan is None or plan.nodes


@given(st.text())
def test_bears_any_text(text: str) -> None:
    for message in (text, "plan:\n" + text, "plan:\n{" + text, "plan:\nQuery Text: " + text):
        plan = parse_plan(message)
        assert plan is None or plan.nodes
