"""What a hypothetical index does to the twin, and what it never does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis_cli.indexing.planner import (
    NOTHING_CHANGED,
    Configuration,
    IndexNotSupported,
    StatementNotPlanned,
)
from aegis_cli.model.facts.indexes import (
    HypotheticalIndex,
    IndexDefinition,
    IndexKey,
    IndexMethod,
    IndexSize,
    TableName,
)
from tests.integration.twin.conftest import Original

CUSTOMER = TableName(schema="shop", name="customer")
ORDERS = TableName(schema="shop", name="orders")
BY_SCORE = "SELECT * FROM shop.customer WHERE score = 12"


def on_score(name: str = "by_score", **others: object) -> HypotheticalIndex:
    definition = IndexDefinition(
        table=CUSTOMER,
        keys=(IndexKey(text="score"),),
        **others,  # type: ignore[arg-type]  # named fields
    )
    return HypotheticalIndex(
        name=name, definition=definition, size=IndexSize(pages=60, rows=20_000, height=1)
    )


def showing(*names: str) -> Configuration:
    return Configuration(visible=frozenset(names))


@pytest.fixture
def added(original: Original) -> Iterator[str]:
    """Give the name of an index that the twin knows."""
    original.twin.add(on_score())
    yield "by_score"
    original.twin.remove("by_score")


def test_parameters_may_stay_open(original: Original, added: str) -> None:
    estimate = original.twin.estimate(
        "SELECT * FROM shop.customer WHERE score = $1 LIMIT $2", showing(added)
    )

    assert estimate.used == {added}


def test_a_generic_plan_costs_what_it_costs_the_original(original: Original) -> None:
    statement = "SELECT * FROM shop.orders WHERE customer_id = $1 AND placed > $2"
    original.session.execute("SET plan_cache_mode = force_generic_plan")
    original.session.execute(f"PREPARE generic AS {statement}")

    real = original.cost("EXECUTE generic(NULL, NULL)")

    original.session.execute("DEALLOCATE generic")
    original.session.execute("RESET plan_cache_mode")
    assert original.twin.estimate(statement, NOTHING_CHANGED).cost == pytest.approx(real, rel=0.01)


def test_a_larger_index_costs_more(original: Original) -> None:
    costs = []
    statement = "SELECT score FROM shop.customer WHERE score BETWEEN 10 AND 100"
    for pages in (60, 90):
        index = HypotheticalIndex(
            name="sized",
            definition=on_score(include=("id",)).definition,
            size=IndexSize(pages=pages, rows=20_000, height=1),
        )
        original.twin.add(index)
        costs.append(original.twin.estimate(statement, showing("sized")).cost)
        original.twin.remove("sized")

    assert costs[0] < costs[1]


def test_an_index_of_a_partitioned_table_serves_each_partition(original: Original) -> None:
    definition = IndexDefinition(table=ORDERS, keys=(IndexKey(text="total"),))
    original.twin.add(
        HypotheticalIndex(
            name="by_total", definition=definition, size=IndexSize(pages=90, rows=30_000, height=1)
        )
    )

    estimate = original.twin.estimate(
        "SELECT * FROM shop.orders WHERE total = 5", showing("by_total")
    )
    explained = original.twin.explain(
        "SELECT * FROM shop.orders WHERE total = 5", showing("by_total")
    )

    original.twin.remove("by_total")
    assert estimate.used == {"by_total"}
    assert all(f"by_total_{part}" in explained for part in range(4))


def test_hiding_the_index_of_a_partitioned_table_hides_its_parts(original: Original) -> None:
    statement = "SELECT * FROM shop.orders WHERE customer_id = 5"
    with_index = original.twin.estimate(statement, NOTHING_CHANGED)
    hidden = Configuration(hidden=frozenset({"shop.orders_customer"}))

    without = original.twin.estimate(statement, hidden)

    assert with_index.used >= {"shop.orders_rest_customer_id_idx"}
    assert without.used == frozenset()
    assert without.cost > with_index.cost


def test_an_existing_index_is_named_with_its_schema(original: Original) -> None:
    in_shop = original.twin.estimate(
        "SELECT * FROM shop.customer WHERE city = 'a'", NOTHING_CHANGED
    )
    in_other = original.twin.estimate("SELECT * FROM other.thing WHERE city = 'a'", NOTHING_CHANGED)

    assert in_shop.used == {"shop.customer_city_zip"}
    assert in_other.used == {"other.customer_city_zip"}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1; DROP TABLE shop.customer",
        "DROP TABLE shop.customer",
        "CREATE INDEX ON shop.customer (score)",
        "EXPLAIN ANALYZE DELETE FROM shop.customer",
        "SELECT * FROM nowhere",
        "SELECT * FROM shop.customer WHERE nonsense = 1",
        "SELECT $1",
        "not even SQL",
        "",
    ],
)
def test_refuses_what_has_no_plan(original: Original, statement: str) -> None:
    before = original.twin.estimate(BY_SCORE, NOTHING_CHANGED)

    if statement == "SELECT $1":
        # A parameter of no known type: the server takes it for a text.
        original.twin.estimate(statement, NOTHING_CHANGED)
    else:
        with pytest.raises(StatementNotPlanned):
            original.twin.estimate(statement, NOTHING_CHANGED)

    assert original.twin.estimate(BY_SCORE, NOTHING_CHANGED) == before


def test_statements_that_write_are_planned_but_never_run(original: Original) -> None:
    before = original.twin.rows(CUSTOMER, None)

    estimate = original.twin.estimate("DELETE FROM shop.customer WHERE id = 5", NOTHING_CHANGED)
    original.twin.estimate("INSERT INTO nothing_yet VALUES (1, 'a')", NOTHING_CHANGED)

    assert estimate.used == {"shop.customer_pkey"}
    assert original.twin.rows(CUSTOMER, None) == before


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        (on_score(predicate="true); DROP TABLE shop.orders; --").definition, "syntax error"),
        (on_score(predicate="true; DROP TABLE shop.orders").definition, "statements"),
        (on_score(predicate="nonsense = 1").definition, "nonsense"),
        (on_score(method=IndexMethod.SPGIST).definition, "access method"),
        (on_score(method=IndexMethod.GIN).definition, "no default operator class"),
        (
            IndexDefinition(
                table=CUSTOMER, keys=(IndexKey(text="created::date", is_expression=True),)
            ),
            "IMMUTABLE",
        ),
    ],
)
def test_refuses_an_index_that_the_server_would_refuse(
    original: Original, definition: IndexDefinition, reason: str
) -> None:
    before = original.twin.estimate(BY_SCORE, NOTHING_CHANGED)

    with pytest.raises(IndexNotSupported, match=reason):
        original.twin.add(
            HypotheticalIndex(
                name="refused", definition=definition, size=IndexSize(pages=9, rows=9)
            )
        )

    assert original.twin.estimate(BY_SCORE, NOTHING_CHANGED) == before


@pytest.mark.parametrize("name", ["by_score", "customer_pkey", "item_pkey"])
def test_refuses_a_name_that_is_taken(original: Original, added: str, name: str) -> None:
    with pytest.raises(IndexNotSupported, match="name"):
        original.twin.add(on_score(name))

    assert original.twin.estimate(BY_SCORE, showing(added)).used == {added}


def test_an_index_that_was_never_added_cannot_be_shown(original: Original) -> None:
    with pytest.raises(StatementNotPlanned, match="never added"):
        original.twin.estimate(BY_SCORE, showing("unheard_of"))


def test_forgetting_an_unknown_index_is_no_mistake(original: Original) -> None:
    original.twin.remove("unheard_of")


def test_predicates_are_estimated_as_the_original_does(original: Original) -> None:
    told = original.twin.rows(CUSTOMER, "city = 'city7'")

    ((line,),) = original.session.execute("SELECT count(*) FROM shop.customer WHERE city = 'city7'")
    assert told == pytest.approx(float(str(line)), rel=0.2)


def test_refuses_a_predicate_that_begins_another_statement(original: Original) -> None:
    with pytest.raises(StatementNotPlanned):
        original.twin.rows(CUSTOMER, "true; DROP TABLE shop.customer")


def test_files_of_forgotten_indexes_are_removed(original: Original, added: str) -> None:
    before = _sparse_files(original)

    for number in range(5):
        original.twin.add(on_score(f"temporary_{number}"))
    during = _sparse_files(original)
    for number in range(5):
        original.twin.remove(f"temporary_{number}")

    assert len(during - before) == 5
    assert _sparse_files(original) == before
    assert added


def test_the_target_is_left_alone(original: Original, added: str) -> None:
    """Nothing of all this goes through a connection to the original."""
    rows = original.session.execute("SELECT 1 FROM pg_class WHERE relname = %s", (added,))

    assert rows == []


def _sparse_files(original: Original) -> set[Path]:
    """Return the files that stand for relations of the twin."""
    directory = original.twin.directory / "data" / "base"
    return {each for each in directory.rglob("3*") if len(each.name) == 10}


def test_nobody_reaches_the_twin_over_tcp(original: Original) -> None:
    settings = (original.twin.directory / "postgresql.conf").read_text("utf-8")

    assert "listen_addresses = ''" in settings
    assert original.twin.directory.stat().st_mode & 0o777 == 0o700
