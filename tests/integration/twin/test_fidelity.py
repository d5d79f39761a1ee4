"""The twin plans what the original plans: without new indexes, with them, and without old ones."""

import pytest

from aegis_cli.indexing.planner import NOTHING_CHANGED, Configuration
from aegis_cli.model.facts.indexes import (
    HypotheticalIndex,
    IndexDefinition,
    IndexKey,
    IndexMethod,
    TableName,
)
from tests.integration.twin.conftest import STATEMENTS, Original, cost_of, size_of

CUSTOMER = TableName(schema="shop", name="customer")
ORDERS = TableName(schema="shop", name="orders")
ITEM = TableName(schema="public", name="item")


def index(table: TableName, *keys: str | IndexKey, **others: object) -> IndexDefinition:
    """Return a btree, or what is said otherwise."""
    as_keys = tuple(IndexKey(text=each) if isinstance(each, str) else each for each in keys)
    return IndexDefinition(table=table, keys=as_keys, **others)  # type: ignore[arg-type]  # named


INDEXES = {
    "descending": index(CUSTOMER, IndexKey(text="created", descending=True)),
    "composite": index(CUSTOMER, "city", "score"),
    "covering": index(CUSTOMER, "nick", include=("score",)),
    "of_numerics": index(CUSTOMER, "score"),
    "expression": index(CUSTOMER, IndexKey(text="profile ->> 'a'", is_expression=True)),
    "operator_class": index(CUSTOMER, IndexKey(text="name", operator_class="text_pattern_ops")),
    "gin_of_documents": index(CUSTOMER, "profile", method=IndexMethod.GIN),
    "gin_of_paths": index(
        CUSTOMER,
        IndexKey(text="profile", operator_class="jsonb_path_ops"),
        method=IndexMethod.GIN,
    ),
    "gin_of_trigrams": index(
        CUSTOMER, IndexKey(text="mail", operator_class="gin_trgm_ops"), method=IndexMethod.GIN
    ),
    "of_partitions": index(ORDERS, "placed", "state"),
    "covering_partitions": index(ORDERS, "state", include=("customer_id", "total")),
    "partial": index(ITEM, "product", predicate="quantity > 8"),
    "two_columns": index(ITEM, "product", "quantity"),
    "of_times": index(ITEM, "sold"),
    "block_range": index(ITEM, "order_id", method=IndexMethod.BRIN),
    "hashed": index(ITEM, "product", method=IndexMethod.HASH),
    "of_parent": index(TableName(schema="public", name="parent"), "x"),
    "of_view": index(TableName(schema="shop", name="by_city"), "n"),
}


def test_nothing_of_the_schema_is_missing(original: Original) -> None:
    assert original.twin.lacks == ()
    assert original.twin.version == original.snapshot.major


def test_plans_are_those_of_the_original(original: Original) -> None:
    assert original.differences(NOTHING_CHANGED, {}) == []


@pytest.mark.parametrize("name", INDEXES)
def test_plans_with_a_new_index_are_those_with_the_real_one(original: Original, name: str) -> None:
    definition, hypothetical = INDEXES[name], f"new_{name}"
    parts = original.build(definition, f"real_{name}")
    size = size_of(parts, height=1)

    try:
        original.twin.add(HypotheticalIndex(name=hypothetical, definition=definition, size=size))
        differences = original.differences(
            Configuration(visible=frozenset({hypothetical})),
            {each.name: hypothetical for each in parts},
        )
    finally:
        original.drop(definition, f"real_{name}")
        original.twin.remove(hypothetical)

    assert differences == []


def test_an_estimate_is_what_the_plan_says(original: Original) -> None:
    for statement in STATEMENTS:
        told = original.twin.estimate(statement, NOTHING_CHANGED).cost

        assert told == cost_of(original.twin.explain(statement, NOTHING_CHANGED))


def test_several_indexes_work_together(original: Original) -> None:
    names = ("composite", "of_partitions", "two_columns", "gin_of_documents")
    aliases = {}
    for name in names:
        parts = original.build(INDEXES[name], f"real_{name}")
        aliases.update({each.name: f"new_{name}" for each in parts})
        original.twin.add(
            HypotheticalIndex(
                name=f"new_{name}", definition=INDEXES[name], size=size_of(parts, height=1)
            )
        )

    differences = original.differences(
        Configuration(visible=frozenset(f"new_{name}" for name in names)), aliases
    )

    for name in names:
        original.drop(INDEXES[name], f"real_{name}")
        original.twin.remove(f"new_{name}")
    assert differences == []


def test_plans_without_an_index_are_those_after_dropping_it(original: Original) -> None:
    hidden = frozenset({"shop.customer_city_zip", "shop.orders_customer", "public.item_sold_brin"})
    original.session.execute("BEGIN")
    for name in hidden:
        original.session.execute(f"DROP INDEX {name}")

    differences = original.differences(Configuration(hidden=hidden), {})

    original.session.execute("ROLLBACK")
    assert differences == []


def test_every_statement_was_planned_by_an_index_in_some_test(original: Original) -> None:
    """Statements that only scan tables would prove nothing."""
    existing = {each for text in STATEMENTS for each in _used(original, text)}

    assert {"shop.customer_name_trgm", "shop.customer_tags", "shop.customer_period"} <= existing
    assert {"public.item_pkey", "public.product_name_hash", "shop.customer_squashed"} <= existing
    assert {"shop.customer_city_zip", "other.customer_city_zip"} <= existing


def _used(original: Original, statement: str) -> frozenset[str]:
    return original.twin.estimate(statement, NOTHING_CHANGED).used
