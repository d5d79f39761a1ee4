"""Tables are found at any depth, and names are placed as the server places them."""

# ruff: noqa: S608 - statements are only read here, never run

import pytest

from tests.unit.sqltext.access.reading import by_alias, only, read


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT * FROM orders", ["orders"]),
        ("TABLE orders", ["orders"]),
        ("SELECT * FROM shop.orders", ["shop.orders"]),
        ("SELECT 1 FROM orders UNION SELECT 1 FROM users", ["orders", "users"]),
        ("WITH c AS (SELECT 1 FROM orders) SELECT 1 FROM c", ["orders"]),
        ("WITH orders AS (SELECT 1 FROM users) SELECT 1 FROM orders", ["users"]),
        ("SELECT 1 FROM (SELECT 1 FROM (SELECT 1 FROM orders) a) b", ["orders"]),
        ("SELECT (SELECT max(id) FROM users) FROM orders", ["orders", "users"]),
        ("SELECT 1 FROM orders ORDER BY (SELECT 1 FROM users)", ["orders", "users"]),
        ("SELECT 1 FROM orders TABLESAMPLE SYSTEM (1)", ["orders"]),
        ("SELECT * FROM ONLY orders", ["orders"]),
        ("SELECT 1", []),
        ("SELECT * FROM generate_series(1, 3)", []),
        ("INSERT INTO orders SELECT * FROM items", ["items"]),
        ("INSERT INTO orders (id) VALUES ((SELECT max(id) FROM users))", ["users"]),
        ("DECLARE c CURSOR FOR SELECT 1 FROM orders", ["orders"]),
        ("EXPLAIN ANALYZE SELECT 1 FROM orders", ["orders"]),
        ("PREPARE p AS SELECT 1 FROM orders", ["orders"]),
        ("COPY (SELECT 1 FROM orders) TO STDOUT", ["orders"]),
        ("CREATE TABLE x AS SELECT 1 FROM orders", ["orders"]),
        ("BEGIN; SELECT 1 FROM orders; COMMIT", ["orders"]),
        ("SELECT * FROM orders JOIN orders b USING (id)", ["orders", "orders"]),
    ],
)
def test_every_appearance_of_a_table_is_an_access(sql: str, tables: list[str]) -> None:
    access = read(sql)

    assert access.problem is None
    assert [each.table for each in access.tables] == tables


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("SELEC 1", "parser"),
        ("", "0 statements"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("VACUUM orders", "neither reads nor changes"),
        ("CREATE INDEX ON orders (id)", "neither reads nor changes"),
    ],
)
def test_what_is_not_understood_says_why(sql: str, problem: str) -> None:
    access = read(sql)

    assert problem in (access.problem or "")
    assert access.tables == ()


def test_an_unqualified_column_belongs_to_the_table_that_has_it() -> None:
    accesses = by_alias("SELECT email, qty FROM users u, items i WHERE name = 'x' AND price > 5")

    assert accesses["u"].columns_read == ("name", "email")
    assert accesses["i"].columns_read == ("price", "qty")


def test_an_inner_query_sees_the_columns_around_it() -> None:
    accesses = by_alias(
        "SELECT 1 FROM users u WHERE EXISTS (SELECT 1 FROM items WHERE email = 'x')"
    )

    assert [each.column for each in accesses["u"].conditions] == ["email"]


def test_an_unknown_table_gets_the_columns_nobody_else_has() -> None:
    access = only("SELECT id FROM nosuch WHERE a = 1 AND nosuch.b = 2")

    assert [each.column for each in access.conditions] == ["a", "b"]
    assert not access.reads_all_columns


def test_a_column_that_cannot_be_placed_counts_as_all_columns() -> None:
    access = read("SELECT a FROM nosuch, unknown")

    assert [each.reads_all_columns for each in access.tables] == [True, True]


@pytest.mark.parametrize(
    ("sql", "reads_all"),
    [
        ("SELECT * FROM orders", True),
        ("SELECT o.* FROM orders o", True),
        ("SELECT o FROM orders o", True),
        ("SELECT row_to_json(o) FROM orders o", True),
        ("SELECT count(*) FROM orders", False),
        ("SELECT id FROM orders", False),
        ("SELECT id FROM orders FOR UPDATE", True),
        ("SELECT id FROM orders FOR UPDATE OF orders", True),
        ("SELECT id FROM (SELECT * FROM orders) s", False),
        ("SELECT s.id FROM (SELECT o.* FROM orders o LIMIT 5) s", True),
        ("SELECT 1 FROM users WHERE EXISTS (SELECT * FROM orders)", False),
        ("DELETE FROM orders WHERE id = 1", True),
    ],
)
def test_tells_whether_an_index_could_hold_all_that_is_read(sql: str, reads_all: bool) -> None:  # noqa: FBT001  a case
    access = next(each for each in read(sql).tables if each.table == "orders")

    assert access.reads_all_columns is reads_all


def test_only_the_columns_of_a_subquery_that_are_used_are_read() -> None:
    access = only("SELECT s.total FROM (SELECT id, total, note FROM orders) s WHERE s.id = 1")

    assert set(access.columns_read) == {"id", "total"}


def test_a_condition_on_a_subquery_reaches_its_table() -> None:
    access = only(
        "SELECT * FROM (SELECT id, user_id AS customer, lower(note) AS words FROM orders) s"
        " WHERE s.customer = 5 AND words = 'x'"
    )

    assert [(each.column or each.expression) for each in access.conditions] == [
        "user_id",
        "lower(note)",
    ]


def test_a_condition_on_a_group_reaches_its_table_and_one_on_its_sum_does_not() -> None:
    access = only(
        "SELECT * FROM (SELECT user_id, count(*) AS n FROM orders GROUP BY user_id) s"
        " WHERE s.user_id = 4 AND s.n > 3"
    )

    assert [each.sql for each in access.conditions] == ["user_id = 4"]


def test_a_limit_keeps_conditions_out() -> None:
    access = only("SELECT * FROM (SELECT id FROM orders LIMIT 5) s WHERE s.id = 4")

    assert access.conditions == ()


def test_columns_may_be_renamed_by_an_alias() -> None:
    access = only("WITH c (a, b) AS (SELECT id, total FROM orders) SELECT 1 FROM c WHERE b = 2")

    assert [each.sql for each in access.conditions] == ["total = 2"]


def test_a_view_is_looked_through() -> None:
    access = only("SELECT words FROM big_orders WHERE customer = 5 AND words = 'x'")

    assert (access.table, access.alias) == ("orders", "o")
    assert [each.column or each.expression for each in access.conditions] == [
        "total",
        "user_id",
        "lower(note)",
    ]
    assert access.columns_read == ("total", "note", "user_id")


def test_a_view_on_a_view_is_looked_through() -> None:
    access = read("SELECT id FROM open_big WHERE customer = 5")

    assert [each.table for each in access.tables] == ["orders", "orders"]
    assert [[one.sql for one in each.conditions] for each in access.tables] == [
        ["total > 100", "user_id = 5"],
        ["status = 'open'"],
    ]


def test_a_grouping_view_passes_conditions_on_its_groups() -> None:
    access = only("SELECT amount FROM totals WHERE customer = 5 AND amount > 3")

    assert [each.sql for each in access.conditions] == ["user_id = 5"]
    assert access.group_by == ("user_id",)


def test_deep_nesting_is_refused_not_raised() -> None:
    depth = 400
    sql = "SELECT * FROM " + "(SELECT * FROM " * depth + "orders" + ") s" * depth

    access = read(sql)

    assert access.problem is not None or [each.table for each in access.tables] == ["orders"]
