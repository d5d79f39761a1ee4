"""What few measurements say, which plans are read, which statements and servers are refused."""

import itertools
import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.model.errors import SourceError
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod, TableName
from aegis_cli.model.facts.verification import (
    ServerIdentity,
    StatementToTime,
    TimedStatement,
    Verdict,
)
from aegis_cli.sources.postgres.verification import ddl
from aegis_cli.sources.postgres.verification.intervals import (
    MedianInterval,
    interval_of,
    median_of,
)
from aegis_cli.sources.postgres.verification.plans import SeenPlan, read_plan
from aegis_cli.sources.postgres.verification.timing import refusal_of
from aegis_cli.sources.postgres.verification.trials import Trial, judge

SCAN = SeenPlan(cost=100.0, indexes=frozenset(), shape="scan", ms=None)
LOOKUP = SeenPlan(cost=8.0, indexes=frozenset({"ours_1", "t_pkey"}), shape="lookup", ms=None)
NAMES = {"ours_1": "t_a_idx"}


def trial(*pairs: tuple[float | None, float | None], plan_with: SeenPlan = LOOKUP) -> Trial:
    made = Trial(
        statement=StatementToTime(fingerprint="s", text="SELECT 1"),
        plan_without=SCAN,
        plan_with=plan_with,
        timeout_ms=1000.0,
    )
    for without_ms, with_ms in pairs:
        made.record(without_ms, with_ms, spent_s=0.1)
    return made


def verdict(*pairs: tuple[float | None, float | None]) -> TimedStatement:
    return judge(trial(*pairs), NAMES, tolerance=0.05)


@pytest.mark.parametrize(
    ("count", "position", "confidence"),
    # Binomial tail by hand: 1 - 2 * sum(C(n, i) for i < k) / 2**n.
    [(6, 1, 1 - 2 / 64), (8, 1, 1 - 2 / 256), (9, 2, 1 - 2 * 10 / 512), (15, 4, 0.96484375)],
)
def test_ends_are_the_order_statistics_of_the_binomial(
    count: int, position: int, confidence: float
) -> None:
    found = interval_of(list(range(1, count + 1)))

    assert found == MedianInterval(low=position, high=count + 1 - position, confidence=confidence)


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_fewer_than_six_values_give_no_interval(count: int) -> None:
    assert interval_of([1.0] * count) is None


def test_a_lower_confidence_needs_fewer_values() -> None:
    found = interval_of([3.0, 1.0, 2.0], confidence=0.5)

    assert found == MedianInterval(low=1.0, high=3.0, confidence=0.75)


def test_it_holds_the_median_as_often_as_it_says() -> None:
    """Of all equally likely patterns of values below (0) and above (1) the median."""
    found = interval_of(list(range(9)))
    patterns = list(itertools.product((0, 1), repeat=9))
    holding = sum(2 <= sum(each) <= 7 for each in patterns)

    assert found is not None
    assert math.isclose(found.confidence, holding / len(patterns))


@given(st.lists(st.floats(min_value=0.001, max_value=1000), min_size=6, max_size=40))
def test_the_median_of_the_values_lies_inside(values: list[float]) -> None:
    found = interval_of(values)

    assert found is not None
    assert min(values) <= found.low <= median_of(values) <= found.high <= max(values)


def test_an_interval_below_one_is_faster() -> None:
    found = verdict(*[(100.0, 10.0 + n) for n in range(6)])

    assert found == TimedStatement(
        fingerprint="s",
        verdict=Verdict.FASTER,
        rounds=6,
        without_ms=100.0,
        with_ms=12.5,
        ratio=0.125,
        ratio_low=0.10,
        ratio_high=0.15,
        confidence=0.96875,
        indexes_used=("t_a_idx",),
        cost_without=100.0,
        cost_with=8.0,
    )


@pytest.mark.parametrize(
    ("with_ms", "expected"), [(105.0, Verdict.UNCLEAR), (105.2, Verdict.SLOWER)]
)
def test_slower_is_more_than_the_tolerance(with_ms: float, expected: Verdict) -> None:
    assert verdict(*[(100.0, with_ms)] * 6).verdict is expected


def test_one_slow_round_of_six_leaves_it_unclear() -> None:
    assert verdict(*[(100.0, 50.0)] * 5, (100.0, 101.0)).verdict is Verdict.UNCLEAR


def test_five_rounds_are_too_few_to_say() -> None:
    found = verdict(*[(100.0, 1.0)] * 5)

    assert (found.verdict, found.ratio, found.ratio_low) == (Verdict.UNCLEAR, 0.01, None)


def test_a_pair_is_compared_within_its_round() -> None:
    """A machine that got twice as slow in between changes both sides alike."""
    found = verdict(*[(100.0, 90.0)] * 3, *[(200.0, 180.0)] * 3)

    assert (found.verdict, found.ratio_low, found.ratio_high) == (Verdict.FASTER, 0.9, 0.9)


def test_a_cut_off_side_bounds_the_ratio() -> None:
    found = verdict((None, 100.0))

    assert (found.verdict, found.ratio, found.without_ms) == (Verdict.FASTER, 0.1, 1000.0)


def test_a_statement_cut_off_only_with_the_index_is_slower() -> None:
    assert verdict((100.0, None)).verdict is Verdict.SLOWER


def test_two_cut_off_sides_say_nothing() -> None:
    found = verdict((None, None))

    assert (found.verdict, found.ratio) == (Verdict.UNCLEAR, None)


def test_a_plan_that_stays_needs_no_times() -> None:
    found = judge(trial(plan_with=SCAN), NAMES, tolerance=0.05)

    assert (found.verdict, found.rounds, found.without_ms) == (Verdict.SAME_PLAN, 0, None)


def test_a_warm_up_is_forgotten_unless_it_was_cut_off() -> None:
    kept, forgotten = trial((None, 5.0)), trial((5.0, 5.0))

    kept.end_warm_up()
    forgotten.end_warm_up()

    assert (kept.pairs, forgotten.pairs) == ([(1000.0, 5.0)], [])
    assert forgotten.spent_s == 0.0


def test_cost_indexes_and_time_are_read() -> None:
    leaf = {"Node Type": "Index Scan", "Index Name": "b", "Total Cost": 2.0}
    root = {"Node Type": "Index Scan", "Index Name": "a", "Total Cost": 9.5, "Plans": [leaf]}
    document = [{"Plan": root, "Planning Time": 0.5, "Execution Time": 2.0}]

    found = read_plan(json.dumps(document))

    assert (found.cost, found.indexes, found.ms) == (9.5, frozenset({"a", "b"}), 2.5)


def test_a_plan_that_was_not_executed_has_no_time() -> None:
    assert read_plan('[{"Plan": {"Total Cost": 1}}]').ms is None


@pytest.mark.parametrize("document", ["", "{}", "[]", '[{"Plan": {}}]', "[1]"])
def test_an_answer_that_is_no_plan_is_refused(document: str) -> None:
    with pytest.raises(SourceError, match="no plan"):
        read_plan(document)


@pytest.mark.parametrize(
    "text", ["SELECT 1", "WITH a AS (SELECT 1) SELECT * FROM a", "SELECT * FROM t LIMIT 5;"]
)
def test_a_single_reading_statement_passes(text: str) -> None:
    assert refusal_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE t SET a = 1",
        "INSERT INTO t VALUES (1)",
        "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a",
        "DROP TABLE t",
        "SELECT 1; DROP TABLE t",
        "SELECT * FROM t WHERE a = $1",
        "not sql",
        "",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    assert refusal_of(text)


KNOWN = ServerIdentity(
    server="db:5432/shop", system_identifier="7", started_at="noon", database_oid=5
)


def test_the_same_instance_is_known_under_another_name() -> None:
    assert KNOWN.is_same_as(replace(KNOWN, server="10.0.0.7:6432/shop"))


def test_a_copy_of_the_files_is_another_database() -> None:
    assert not KNOWN.is_same_as(replace(KNOWN, started_at="one o'clock"))


def test_a_neighbour_in_the_cluster_is_another_database() -> None:
    assert not KNOWN.is_same_as(replace(KNOWN, database_oid=6))


@pytest.mark.parametrize(("server", "is_same"), [("db:5432/shop", True), ("db:1/x", False)])
def test_names_decide_where_nothing_better_is_known(server: str, *, is_same: bool) -> None:
    assert KNOWN.is_same_as(ServerIdentity(server=server)) is is_same


def test_an_index_is_built_plainly_with_all_it_has() -> None:
    definition = IndexDefinition(
        table=TableName(schema="Shop", name="orders"),
        keys=(IndexKey(text="user"), IndexKey(text="lower(a)", is_expression=True)),
        include=("total",),
        predicate="state = 'open'",
        method=IndexMethod.BTREE,
    )

    assert ddl.create_index("ours_1", definition) == (
        'CREATE INDEX ours_1 ON "Shop".orders ("user", (lower(a))) INCLUDE (total)'
        " WHERE state = 'open';"
    )


def test_names_and_marks_are_quoted() -> None:
    assert ddl.comment_on("S", 'a"b', "it's ours") == (
        'COMMENT ON INDEX "S"."a""b" IS \'it\'\'s ours\''
    )
    assert ddl.drop_index("S", "a") == 'DROP INDEX IF EXISTS "S".a'
    assert ddl.analyze(TableName(schema="s", name="T")) == 'ANALYZE s."T"'
