"""The change that is proposed for a loop of lookups names exactly its tables."""

import pytest

from aegis_cli.rules.queries._advice import Direction, change_for, relation_of, summary_of
from aegis_cli.rules.queries._index_hint import index_candidate
from aegis_cli.rules.queries._nested_advice import nested_change
from aegis_cli.testing.builders import a_statement

ORDERS = "SELECT id, customer_id FROM shop_order LIMIT 50"


@pytest.mark.parametrize(
    ("child", "direction"),
    [
        ("SELECT name FROM shop_customer WHERE id = 1", Direction.TO_ONE),
        ("SELECT sku FROM shop_item WHERE order_id = 1", Direction.TO_MANY),
        ("SELECT sum(price) FROM shop_item WHERE order_id = 1", Direction.PER_ROW_AGGREGATE),
    ],
)
def test_the_childs_key_tells_the_direction(child: str, direction: Direction) -> None:
    assert relation_of(a_statement(ORDERS), a_statement(child)).direction is direction


def test_a_parent_row_is_joined() -> None:
    child = a_statement("SELECT name FROM shop_customer WHERE id = 1")

    change = change_for(relation_of(a_statement(ORDERS), child))

    assert "JOIN shop_customer AS c ON c.id = p.customer_id;" in change
    assert 'Order.objects.select_related("customer")' in change
    assert "joinedload(Order.customer)" in change
    assert "Caution" in change


def test_a_foreign_key_may_say_more_than_the_tables_name() -> None:
    order = a_statement("SELECT id, customer_id, shipping_address_id FROM shop_order LIMIT 50")
    child = a_statement("SELECT city FROM shop_address WHERE id = 1")

    change = change_for(relation_of(order, child))

    assert "JOIN shop_address AS c ON c.id = p.shipping_address_id;" in change
    assert 'Order.objects.select_related("shipping_address")' in change


def test_children_are_loaded_with_one_batch() -> None:
    child = a_statement("SELECT sku FROM items WHERE order_id = 1")

    change = change_for(relation_of(a_statement(ORDERS), child))

    assert "SELECT * FROM items WHERE order_id = ANY($1);" in change
    assert 'prefetch_related("item_set")' in change
    assert "selectinload(Order.items)" in change


@pytest.mark.parametrize(
    "child",
    [
        "SELECT name FROM shop_customer WHERE id = 1",
        "SELECT sku FROM items WHERE order_id = 1",
        "SELECT count(*) FROM items WHERE order_id = 1",
    ],
)
def test_the_summary_names_both_tables_in_both_languages(child: str) -> None:
    statement = a_statement(child)
    (table,) = statement.shape.tables_read

    summary = summary_of(relation_of(a_statement(ORDERS), statement))

    assert table in summary.en
    assert table in summary.ko
    assert "shop_order" in summary.en
    assert "shop_order" in summary.ko


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT id FROM t WHERE a = 1", "CREATE INDEX CONCURRENTLY ON t (a);"),
        (
            "SELECT id FROM t WHERE a > 1 AND b = 2",
            "CREATE INDEX CONCURRENTLY ON t (b, a);",
        ),
        (
            "SELECT id FROM t WHERE b = 2 ORDER BY c LIMIT 5",
            "CREATE INDEX CONCURRENTLY ON t (b, c);",
        ),
        (
            "UPDATE t SET x = 1 WHERE a = 1 AND b = 2",
            "CREATE INDEX CONCURRENTLY ON t (a, b);",
        ),
        ("SELECT id FROM t WHERE lower(a) = 'x'", ""),
        ("SELECT id FROM t", ""),
        ("SELECT id FROM t WHERE a = 1 OR b = 2", ""),
        ("SELECT a FROM shop_order WHERE id = 1 AND placed_at > '2026-01-01'", ""),
    ],
)
def test_the_index_hint_puts_equality_before_ranges_and_order(sql: str, expected: str) -> None:
    candidate = index_candidate(a_statement(sql).shape)

    assert ("" if candidate is None else candidate.ddl) == expected


def test_a_loop_in_a_loop_becomes_one_query_set() -> None:
    product = a_statement("SELECT id, name FROM shop_product LIMIT 5")
    review = a_statement("SELECT id, customer_id FROM shop_review WHERE product_id = 1")
    author = a_statement("SELECT name FROM shop_customer WHERE id = 1")

    change = nested_change(product, [review, author])

    assert (
        'Product.objects.prefetch_related(Prefetch("review_set", '
        'queryset=Review.objects.select_related("customer")))'
    ) in change
    assert "selectinload(Product.reviews).joinedload(Review.customer)," in change
    assert "SELECT * FROM shop_review WHERE product_id = ANY($1);" in change
    assert "SELECT * FROM shop_customer WHERE id = ANY($1);" in change


def test_two_lookups_of_one_row_are_joined_side_by_side() -> None:
    order = a_statement("SELECT id, customer_id, shipping_address_id FROM shop_order LIMIT 5")
    customer = a_statement("SELECT name FROM shop_customer WHERE id = 1")
    address = a_statement("SELECT city FROM shop_address WHERE id = 1")

    change = nested_change(order, [customer, address])

    assert 'Order.objects.select_related("customer", "shipping_address")' in change
    assert "    joinedload(Order.customer),\n    joinedload(Order.shipping_address)," in change


def test_an_aggregate_of_each_joined_row_is_annotated() -> None:
    order = a_statement("SELECT id, customer_id FROM shop_order LIMIT 5")
    customer = a_statement("SELECT id, name FROM shop_customer WHERE id = 1")
    count = a_statement("SELECT count(*) FROM shop_review WHERE customer_id = 1")

    change = nested_change(order, [customer, count])

    assert 'select_related("customer")' in change
    assert "count(*) FROM shop_review WHERE customer_id = ANY($1) GROUP BY customer_id;" in change
    assert 'Count("customer__review")' in change
