"""Shares, paths, sizes and catalog numbers: the arithmetic behind heuristic advice."""

from dataclasses import replace

import pytest

from aegis_cli.indexing.heuristic.numbers import CatalogKnowledge, ColumnNumbers
from aegis_cli.indexing.heuristic.planner import HeuristicPlanner
from aegis_cli.indexing.heuristic.shares import (
    EQUALITY_SHARE,
    is_prefix_pattern,
    is_range,
    matched_share,
    remaining_share,
    share_of,
)
from aegis_cli.indexing.heuristic.sizes import size_of
from aegis_cli.indexing.planner import (
    NOTHING_CHANGED,
    Configuration,
    IndexNotSupported,
    StatementNotPlanned,
)
from aegis_cli.model.facts.accesses import Condition, JoinKey, SortKey, StatementAccess, TableAccess
from aegis_cli.model.facts.catalog import TableColumn
from aegis_cli.model.facts.indexes import HypotheticalIndex, IndexDefinition, IndexSize
from aegis_cli.model.facts.shapes import Operand
from aegis_cli.model.quantity import Basis
from tests.unit.indexing.heuristic.shop import (
    ORDERS,
    KnownValues,
    access,
    catalog,
    definition,
    equals,
    index,
    orders,
)

SIZE = IndexSize(pages=10, rows=100_000)


def pattern(constant: str | None) -> Condition:
    """Return a LIKE on a column."""
    return Condition(
        column="status",
        expression=None,
        operator="LIKE",
        operand=Operand.VALUE,
        constant=constant,
    )


def test_equality_keeps_one_value_of_many() -> None:
    assert share_of(ORDERS, equals("user_id"), KnownValues()) == pytest.approx(1 / 5000)


def test_unknown_column_keeps_what_mysql_assumes() -> None:
    assert share_of(ORDERS, equals("total"), KnownValues()) == EQUALITY_SHARE


def test_alternative_of_an_or_keeps_everything() -> None:
    assert share_of(ORDERS, equals("user_id", in_or=True), KnownValues()) == 1.0


def test_known_share_of_a_condition_wins() -> None:
    knowledge = KnownValues(shares={"status = 'open'": 0.001})

    assert share_of(ORDERS, equals("status", constant="'open'"), knowledge) == 0.001


def test_values_counted_together_beat_the_product() -> None:
    dependent = KnownValues(
        values={("user_id",): 100.0, ("status",): 100.0, ("status", "user_id"): 100.0}
    )
    conditions = (equals("user_id"), equals("status"))

    share = matched_share(ORDERS, ("user_id", "status"), conditions, dependent)

    assert share == pytest.approx(1 / 100)


def test_rare_value_scales_the_average_but_never_above_its_own_share() -> None:
    knowledge = KnownValues(shares={"status = 'x'": 0.01})
    conditions = (equals("status", constant="'x'"), equals("user_id"))

    share = matched_share(ORDERS, ("status", "user_id"), conditions, knowledge)

    assert share == pytest.approx(0.01 / 5000)


def test_conditions_on_other_keys_remain() -> None:
    found = access(equals("user_id"), equals("status"))

    assert remaining_share(found, ORDERS, ("user_id",), KnownValues()) == 0.25


@pytest.mark.parametrize(
    ("constant", "expected"), [("'a%'", True), ("'%a'", False), ("''", False), (None, False)]
)
def test_pattern_bounds_a_range_only_with_plain_text_first(
    constant: str | None,
    expected: bool,  # noqa: FBT001 - a parametrized value
) -> None:
    assert is_prefix_pattern(pattern(constant)) is expected
    assert is_range(pattern(constant)) is expected


def test_partial_index_is_as_large_as_its_share() -> None:
    whole = size_of(definition("user_id"), orders(), KnownValues())
    part = size_of(definition("user_id"), orders(), KnownValues(), share=0.1)

    assert part.rows == pytest.approx(whole.rows / 10)
    assert part.pages == pytest.approx(whole.pages / 10, abs=1)


def planner_for(*accesses: TableAccess, **parts: object) -> HeuristicPlanner:
    """Return a planner that knows one statement, `q`."""
    indexes = parts.get("indexes", ())
    assert isinstance(indexes, tuple)
    statement = StatementAccess(tables=accesses)
    return HeuristicPlanner(catalog(*indexes), KnownValues(), {"q": statement})


def with_index(planner: HeuristicPlanner, *keys: str) -> Configuration:
    """Add an index and return the configuration that shows it."""
    planner.add(HypotheticalIndex(name="new", definition=definition(*keys), size=SIZE))
    return Configuration(visible=frozenset(("new",)))


def test_full_scan_visits_every_row_and_a_search_what_matches() -> None:
    planner = planner_for(access(equals("user_id")))
    shown = with_index(planner, "user_id")

    before, after = planner.estimate("q", NOTHING_CHANGED), planner.estimate("q", shown)

    assert (before.cost, before.used) == (100_000.0, frozenset())
    assert after.cost == pytest.approx(2 + 20 * 3.5)
    assert after.used == {"new"}
    assert (planner.basis, planner.explains) == (Basis.HEURISTIC, 2)


def test_unselective_index_is_not_used() -> None:
    planner = planner_for(access(equals("status")))
    shown = with_index(planner, "status")

    estimate = planner.estimate("q", shown)

    assert estimate.cost == pytest.approx(2 + 25_000 * 3.5) or estimate.used == frozenset()


def test_covering_index_spares_the_rows() -> None:
    read = {"reads_all_columns": False, "columns_read": ("user_id", "created")}
    planner = planner_for(access(equals("user_id"), **read))
    narrow = planner.estimate("q", with_index(planner, "user_id")).cost

    wide = planner.estimate("q", with_index(planner, "user_id", "created")).cost

    assert wide == pytest.approx(2 + 20 * 0.5)
    assert wide < narrow


def test_order_given_by_an_index_lets_a_limit_stop_early() -> None:
    order = (SortKey(text="created", is_expression=False, descending=True),)
    planner = planner_for(access(order_by=order, has_limit=True, limit=10))

    sorted_after = planner.estimate("q", NOTHING_CHANGED).cost
    walked = planner.estimate("q", with_index(planner, "created")).cost

    assert sorted_after == 200_000.0
    assert walked < 100


def test_hidden_index_is_not_used_and_shown_again() -> None:
    planner = planner_for(access(equals("user_id")), indexes=(index("by_user", "user_id"),))
    hidden = Configuration(hidden=frozenset(("shop.by_user",)))

    assert planner.estimate("q", NOTHING_CHANGED).used == {"shop.by_user"}
    assert planner.estimate("q", hidden).used == frozenset()


def test_join_looks_its_second_table_up_for_every_row_of_the_first() -> None:
    def joined(column: str, other: str, other_column: str) -> JoinKey:
        return JoinKey(
            column=column, other_table="orders", other_column=other_column, other_alias=other
        )

    one = TableAccess(
        table="orders",
        alias="a",
        conditions=(equals("user_id"),),
        joins=(joined("id", "b", "total"),),
        reads_all_columns=True,
    )
    two = TableAccess(
        table="orders", alias="b", joins=(joined("total", "a", "id"),), reads_all_columns=True
    )
    planner = planner_for(one, two, indexes=(index("by_user", "user_id"),))

    assert "search PRIMARY" in planner.explain("q", NOTHING_CHANGED)
    assert planner.estimate("q", NOTHING_CHANGED).cost == 100_000 + 100_000 * 3


def test_unknown_table_and_unknown_kinds_of_index_are_refused() -> None:
    planner = HeuristicPlanner(
        catalog(),
        KnownValues(),
        {"q": StatementAccess(tables=(TableAccess(table="x", alias="x"),))},
    )

    with pytest.raises(StatementNotPlanned):
        planner.estimate("q", NOTHING_CHANGED)
    with pytest.raises(IndexNotSupported):
        planner.add(
            HypotheticalIndex(name="p", definition=definition("id", predicate="id > 3"), size=SIZE)
        )
    with pytest.raises(StatementNotPlanned):
        planner.rows(ORDERS, "id > 3")


def numbers(type_name: str = "int", **columns: ColumnNumbers) -> CatalogKnowledge:
    """Return knowledge of orders whose status has a type."""
    table = orders(index("by_user", "user_id"))
    status = TableColumn(
        name="status", number=3, type_name=type_name, type_length=-1, type_alignment=1
    )
    table = replace(table, columns=(*table.columns[:2], status, *table.columns[3:]))
    return CatalogKnowledge(
        {ORDERS: table},
        {(ORDERS, frozenset(("user_id",))): 5000.0},
        {(ORDERS, name): each for name, each in columns.items()},
    )


def test_cardinalities_of_indexes_and_unique_keys_are_believed() -> None:
    assert numbers().distinct(ORDERS, ("user_id",)) == 5000
    assert numbers().distinct(ORDERS, ("id", "user_id")) == 100_000
    assert numbers().distinct(ORDERS, ("total",)) is None
    assert numbers().unknown(ORDERS, "total")


@pytest.mark.parametrize(
    ("type_name", "expected"),
    [("enum('a','b','it''s')", 3.0), ("tinyint(1)", 2.0), ("varchar(20)", None)],
)
def test_types_of_few_values_tell_their_number(type_name: str, expected: float | None) -> None:
    assert numbers(type_name).distinct(ORDERS, ("status",)) == expected


def test_frequencies_of_columns_tell_distinct_values_and_nulls() -> None:
    known = numbers(total=ColumnNumbers(rows_per_value=10.0, null_share=0.5, width=3.0))
    is_null = Condition(column="total", expression=None, operator="IS NULL", operand=Operand.NULL)

    assert known.distinct(ORDERS, ("total",)) == 5000
    assert known.share(ORDERS, is_null) == 0.5
    assert known.width(ORDERS, "total") == 3.0
    assert known.width(ORDERS, "created") == 4.0


def test_definition_of_another_table_is_never_shown() -> None:
    planner = planner_for(access(equals("user_id")))
    other = IndexDefinition(
        table=ORDERS.__class__(schema="shop", name="x"), keys=definition("user_id").keys
    )
    planner.add(HypotheticalIndex(name="other", definition=other, size=SIZE))

    shown = Configuration(visible=frozenset(("other",)))

    assert planner.estimate("q", shown).used == frozenset()
