"""How many different values columns hold together."""

import pytest

from aegis_cli.indexing.distinct import column_distinct, distinct_count, distinct_within
from aegis_cli.indexing.tables import TableBook, TableFacts
from aegis_cli.model.facts.accesses import JoinKey
from aegis_cli.model.facts.catalog import Constraint, ConstraintKind
from aegis_cli.model.facts.index_workload import IndexWorkload
from aegis_cli.model.facts.statistics import ExtendedStatistics
from tests.fakes.catalog import (
    access,
    column,
    snapshot,
    statement,
    statistics,
    table,
    table_name,
    text_column,
)

LINES = table(
    "lines",
    (
        "order_id",
        "number",
        column("part", number=3),
        column("supplier", number=4),
        column("sent", "date", number=5, category="D"),
        column("received", "date", number=6, category="D"),
        text_column("note", number=7),
        column("mode", number=8),
    ),
    key=("order_id", "number"),
)
STATISTICS = (
    statistics("lines", "order_id", distinct=100_000, correlation=0.99),
    statistics("lines", "number", distinct=7),
    statistics("lines", "part", distinct=20_000),
    statistics("lines", "supplier", distinct=1000),
    statistics("lines", "sent", distinct=2500),
    statistics("lines", "received", distinct=2500),
    statistics("lines", "note", distinct=-0.15, width=30),
    statistics("lines", "mode", distinct=7),
)
PARTS = table("parts", ("part", "supplier"), key=("part", "supplier"), rows=80_000)
ORDERS = table("orders", ("id",), key=("id",), rows=250_000)


def facts(*extended: ExtendedStatistics) -> TableFacts:
    """Return what is known of the lines."""
    return TableBook(snapshot(LINES, statistics=STATISTICS, extended=extended)).facts(
        table_name("lines")
    )


def test_a_key_has_as_many_values_as_rows() -> None:
    assert distinct_count(frozenset({"order_id", "number", "part"}), facts()) == 1_000_000


def test_one_column_has_what_analyze_counted() -> None:
    assert distinct_count(frozenset({"part"}), facts()) == 20_000


def test_an_unknown_column_counts_as_all_different() -> None:
    lines = TableBook(snapshot(LINES)).facts(table_name("lines"))

    assert column_distinct("part", lines) == 1_000_000


def test_extended_statistics_are_believed() -> None:
    extended = ExtendedStatistics(
        table=table_name("lines"), name="s", ddl="", distinct='{"3, 4": 54321}'
    )

    assert distinct_count(frozenset({"part", "supplier"}), facts(extended)) == 54_321


def test_categories_multiply() -> None:
    assert distinct_count(frozenset({"number", "mode"}), facts()) == 49


def test_further_columns_count_less_than_fully_and_second_dates_even_less() -> None:
    others = distinct_count(frozenset({"supplier", "sent"}), facts())
    dates = distinct_count(frozenset({"sent", "received"}), facts())

    assert 2500 < dates < others < 2500 * 1000


def test_long_texts_that_hardly_repeat_count_as_all_different() -> None:
    assert column_distinct("note", facts()) == 1_000_000


def test_a_join_to_a_whole_key_bounds_the_combinations() -> None:
    joins = [
        JoinKey(column=each, other_table="parts", other_column=each)
        for each in ("part", "supplier")
    ]
    workload = IndexWorkload(statements=(statement("q", access("lines", joins=joins)),))
    book = TableBook(snapshot(LINES, PARTS, statistics=STATISTICS), workload)

    found = distinct_count(frozenset({"part", "supplier"}), book.facts(table_name("lines")))

    assert found == 80_000


@pytest.mark.parametrize(("correlation", "expected"), [(0.99, 250_000), (0.2, 100_000)])
def test_a_reference_corrects_what_analyze_undercounts_in_sorted_tables(
    correlation: float, expected: float
) -> None:
    reference = Constraint(
        name="fk",
        kind=ConstraintKind.FOREIGN_KEY,
        columns=("order_id",),
        definition="",
        referenced_table=table_name("orders"),
        referenced_columns=("id",),
    )
    lines = table("lines", ("order_id",), constraints=(reference,))
    counted = statistics("lines", "order_id", distinct=100_000, correlation=correlation)
    book = TableBook(snapshot(lines, ORDERS, statistics=(counted,)))

    assert column_distinct("order_id", book.facts(table_name("lines"))) == expected


def test_a_part_of_the_rows_has_nearly_all_of_few_values_and_few_of_many() -> None:
    assert distinct_within(10, rows=1000, part=500) == pytest.approx(10)
    assert distinct_within(1000, rows=1000, part=100) == pytest.approx(100)
    assert distinct_within(50, rows=1000, part=2000) == 50
