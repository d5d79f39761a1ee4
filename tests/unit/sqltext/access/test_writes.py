"""What a statement writes, and how it finds the rows it changes."""

import pytest

from tests.unit.sqltext.access.reading import by_alias, joins, only, read


@pytest.mark.parametrize(
    ("sql", "table", "columns"),
    [
        ("INSERT INTO orders (id) VALUES (1)", "orders", ()),
        ("INSERT INTO shop.orders SELECT * FROM items", "shop.orders", ()),
        ("UPDATE orders SET status = 'x', total = 1 WHERE id = 1", "orders", ("status", "total")),
        ("UPDATE orders SET (status, note) = ('a', 'b')", "orders", ("status", "note")),
        ("UPDATE orders SET (total, note) = (SELECT 1, 'a')", "orders", ("total", "note")),
        ("DELETE FROM orders", "orders", ()),
        (
            (
                "MERGE INTO orders o USING items i ON o.id = i.order_id"
                " WHEN MATCHED THEN UPDATE SET total = 1, note = 2 WHEN NOT MATCHED THEN DO NOTHING"
            ),
            "orders",
            ("total", "note"),
        ),
        (
            "WITH d AS (DELETE FROM items RETURNING *) INSERT INTO orders SELECT * FROM d",
            "orders",
            (),
        ),
        ("WITH d AS (DELETE FROM items RETURNING *) SELECT * FROM d", "items", ()),
    ],
)
def test_the_target_and_the_columns_that_change_are_told(
    sql: str, table: str, columns: tuple[str, ...]
) -> None:
    access = read(sql)

    assert (access.written_table, access.written_columns) == (table, columns)


def test_a_select_writes_nothing() -> None:
    assert read("SELECT 1 FROM orders").written_table is None


def test_rows_to_change_are_found_by_the_conditions() -> None:
    access = only("UPDATE orders SET status = $1 WHERE user_id = $2 AND NOT deleted")

    assert [each.column for each in access.conditions] == ["user_id", "deleted"]
    assert access.reads_all_columns


def test_the_target_can_be_found_through_a_join() -> None:
    accesses = by_alias(
        "DELETE FROM items USING orders o WHERE items.order_id = o.id AND o.status = 'void'"
    )

    assert joins(accesses["items"]) == {("order_id", "orders.id")}
    assert [each.sql for each in accesses["o"].conditions] == ["status = 'void'"]


def test_the_condition_of_a_merge_is_a_join_and_its_clauses_are_read() -> None:
    accesses = by_alias(
        "MERGE INTO orders o USING (SELECT order_id, qty FROM items i WHERE price > 5) s"
        " ON o.id = s.order_id WHEN MATCHED AND s.qty > 2 THEN UPDATE SET total = s.qty"
    )

    assert joins(accesses["o"]) == {("id", "items.order_id")}
    assert set(accesses["i"].columns_read) == {"price", "order_id", "qty"}


def test_a_subquery_in_set_is_read() -> None:
    accesses = by_alias(
        "UPDATE orders o SET total = (SELECT sum(price) FROM items i WHERE i.order_id = o.id)"
    )

    assert joins(accesses["i"]) == {("order_id", "orders.id")}


def test_an_upsert_counts_its_parameters() -> None:
    access = read(
        "INSERT INTO orders (id, total) VALUES ($1, $2)"
        " ON CONFLICT (id) DO UPDATE SET total = excluded.total"
    )

    assert access.tables == ()
    assert access.highest_parameter == 2


def test_a_change_inside_with_is_an_access_like_any_other() -> None:
    access = only(
        "WITH d AS (DELETE FROM orders WHERE created_at < '2020-01-01' RETURNING id)"
        " INSERT INTO archive SELECT * FROM d"
    )

    assert [each.sql for each in access.conditions] == ["created_at < '2020-01-01'"]
