"""Columns that must equal a column of another table are keys, wherever the equality stands."""

# ruff: noqa: S608 - statements are only read here, never run

import pytest

from aegis_cli.model.facts.accesses import JoinKey
from aegis_cli.model.facts.shapes import Operand
from tests.unit.sqltext.access.reading import by_alias, joins, read


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM orders o JOIN items i ON i.order_id = o.id",
        "SELECT 1 FROM orders o, items i WHERE o.id = i.order_id",
        "SELECT 1 FROM orders o LEFT JOIN items i ON o.id = i.order_id",
        "SELECT 1 FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id)",
        "SELECT 1 FROM orders o WHERE NOT EXISTS (SELECT * FROM items i WHERE order_id = o.id)",
        "SELECT 1 FROM orders o WHERE o.id IN (SELECT order_id FROM items i)",
        "SELECT 1 FROM orders o WHERE o.id = ANY (SELECT i.order_id FROM items i)",
        "SELECT 1 FROM orders o, LATERAL (SELECT * FROM items i WHERE i.order_id = o.id) x",
        "SELECT 1 FROM (SELECT id FROM orders o) s JOIN items i ON i.order_id = s.id",
        "WITH s AS (SELECT id AS n FROM orders o) SELECT 1 FROM s, items i WHERE i.order_id = s.n",
        "UPDATE orders o SET status = 'x' FROM items i WHERE i.order_id = o.id",
        "DELETE FROM orders o USING items i WHERE i.order_id = o.id",
        "MERGE INTO orders o USING items i ON i.order_id = o.id WHEN MATCHED THEN DELETE",
        (
            "SELECT 1 FROM orders o WHERE (id, total) IN (SELECT order_id, sum(price) FROM items i"
            " GROUP BY order_id)"
        ),
    ],
)
def test_an_equality_is_a_key_of_both_tables(sql: str) -> None:
    accesses = by_alias(sql)

    assert ("id", "items.order_id") in joins(accesses["o"])
    assert joins(accesses["i"]) == {("order_id", "orders.id")}


def test_a_scalar_subquery_is_looked_up_by_its_outer_column_only() -> None:
    accesses = by_alias(
        "SELECT (SELECT sum(price) FROM items i WHERE order_id = o.id) FROM orders o"
    )

    assert joins(accesses["i"]) == {("order_id", "orders.id")}
    assert joins(accesses["o"]) == set()


def test_equal_to_the_same_is_equal_to_each_other() -> None:
    accesses = by_alias(
        "SELECT 1 FROM orders o JOIN items i ON i.order_id = o.id JOIN users u ON u.id = o.id"
    )

    assert joins(accesses["u"]) == {("id", "orders.id"), ("id", "items.order_id")}


def test_a_constant_holds_for_equal_columns_too() -> None:
    accesses = by_alias("SELECT 1 FROM orders o JOIN users u ON u.id = o.user_id WHERE u.id = $1")

    (passed_on,) = accesses["o"].conditions
    assert (passed_on.column, passed_on.operator, passed_on.parameters) == ("user_id", "=", (1,))


def test_using_equates_and_reads_the_column_on_both_sides() -> None:
    accesses = by_alias("SELECT id FROM orders o JOIN users u USING (id)")

    assert joins(accesses["o"]) == {("id", "users.id")}
    assert "id" in accesses["u"].columns_read


def test_a_natural_join_equates_all_columns_of_the_same_name() -> None:
    accesses = by_alias("SELECT email FROM orders o NATURAL JOIN users u")

    assert joins(accesses["u"]) == {
        ("id", "orders.id"),
        ("created_at", "orders.created_at"),
        ("active", "orders.active"),
    }


def test_a_table_joined_to_itself_tells_its_appearances_apart() -> None:
    accesses = by_alias("SELECT 1 FROM categories a JOIN categories b ON b.parent_id = a.id")

    assert accesses["b"].joins == (
        JoinKey(column="parent_id", other_table="categories", other_column="id", other_alias="a"),
    )


def test_a_recursive_query_is_followed_by_its_key() -> None:
    access = read(
        "WITH RECURSIVE tree AS (SELECT id FROM categories WHERE parent_id IS NULL UNION ALL"
        " SELECT c.id FROM categories c JOIN tree t ON c.parent_id = t.id) SELECT * FROM tree"
    )

    root, child = access.tables
    assert [(each.column, each.operator) for each in root.conditions] == [("parent_id", "IS NULL")]
    assert joins(child) == {("parent_id", "t.id")}


def test_rows_of_values_and_functions_are_joined_by_the_tables_key() -> None:
    accesses = by_alias(
        "SELECT 1 FROM orders o JOIN (VALUES (1), (2)) v (n) ON o.id = v.n"
        " JOIN unnest('{1}'::int[]) u ON u = o.user_id"
    )

    assert ("id", "v.n") in joins(accesses["o"])


@pytest.mark.parametrize("operator", ["IN", "NOT IN"])
def test_only_in_makes_a_subquery_a_join(operator: str) -> None:
    accesses = by_alias(
        f"SELECT 1 FROM orders o WHERE id {operator} (SELECT order_id FROM items i)"
    )

    assert bool(joins(accesses["o"])) is (operator == "IN")


def test_a_column_against_a_subquerys_value_can_use_an_index() -> None:
    accesses = by_alias("SELECT 1 FROM orders o WHERE total > (SELECT avg(price) FROM items i)")

    (found,) = accesses["o"].conditions
    assert (found.column, found.operator, found.operand) == ("total", ">", Operand.SUBQUERY)
    assert found.sql == ""


def test_an_equality_below_or_is_no_key() -> None:
    accesses = by_alias("SELECT 1 FROM orders o, items i WHERE o.id = i.order_id OR o.total > 5")

    assert joins(accesses["o"]) == set()
    assert [(each.column, each.in_or) for each in accesses["o"].conditions] == [
        ("id", True),
        ("total", True),
    ]


def test_a_key_that_all_alternatives_share_is_one() -> None:
    accesses = by_alias(
        "SELECT 1 FROM orders o, items i WHERE (o.id = order_id AND qty = 1)"
        " OR (o.id = order_id AND qty = 2)"
    )

    assert joins(accesses["o"]) == {("id", "items.order_id")}
