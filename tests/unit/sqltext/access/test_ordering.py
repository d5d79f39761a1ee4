"""Orders, groups and limits are told of the table they belong to."""

import pytest

from aegis_cli.model.facts.accesses import SortKey
from tests.unit.sqltext.access.reading import by_alias, only, read


def _key(
    text: str, *, is_expression: bool = False, descending: bool = False, nulls: bool | None = None
) -> SortKey:
    return SortKey(text=text, is_expression=is_expression, descending=descending, nulls_first=nulls)


@pytest.mark.parametrize(
    ("sql", "keys"),
    [
        ("SELECT id FROM orders ORDER BY created_at", [_key("created_at")]),
        ("SELECT id FROM orders ORDER BY total DESC", [_key("total", descending=True)]),
        ("SELECT id FROM orders ORDER BY id NULLS FIRST", [_key("id", nulls=True)]),
        (
            "SELECT id FROM orders ORDER BY id DESC NULLS LAST",
            [_key("id", descending=True, nulls=False)],
        ),
        ("SELECT id, total AS t FROM orders ORDER BY t, 1", [_key("total"), _key("id")]),
        (
            "SELECT id FROM orders o ORDER BY lower(o.note)",
            [_key("lower(note)", is_expression=True)],
        ),
        ("SELECT id FROM orders ORDER BY random()", []),
        ("SELECT count(*) FROM orders GROUP BY status ORDER BY count(*)", []),
        ("SELECT count(*) AS n FROM orders GROUP BY status ORDER BY n DESC", []),
        ("SELECT max(total) FROM orders", [_key("total", descending=True)]),
        ("SELECT min(created_at) + '1 day' FROM orders WHERE id > 5", [_key("created_at")]),
        ("SELECT min(total), max(total) FROM orders", []),
        ("SELECT max(total) FROM orders GROUP BY status", []),
        (
            "SELECT rank() OVER (PARTITION BY user_id ORDER BY total DESC) FROM orders",
            [_key("user_id"), _key("total", descending=True)],
        ),
        (
            "SELECT rank() OVER w FROM orders WINDOW w AS (ORDER BY id)",
            [_key("id")],
        ),
        (
            "SELECT * FROM (SELECT id, total FROM orders) s ORDER BY s.total LIMIT 5",
            [_key("total")],
        ),
        (
            "SELECT s.e FROM (SELECT id + 1 AS e FROM orders) s ORDER BY e",
            [_key("id + 1", is_expression=True)],
        ),
        ("SELECT id FROM orders ORDER BY id USING >", []),
    ],
)
def test_the_order_is_told_as_an_index_would_have_it(sql: str, keys: list[SortKey]) -> None:
    assert only(sql).order_by == tuple(keys)


def test_an_order_over_two_tables_belongs_to_neither() -> None:
    access = read("SELECT 1 FROM orders o, users u ORDER BY o.total, u.name")

    assert [each.order_by for each in access.tables] == [(), ()]


def test_an_order_in_a_join_belongs_to_its_table() -> None:
    accesses = by_alias("SELECT 1 FROM orders o, users u ORDER BY o.total LIMIT 3")

    assert accesses["o"].order_by == (_key("total"),)
    assert accesses["u"].order_by == ()


@pytest.mark.parametrize(
    ("sql", "has_limit", "limit"),
    [
        ("SELECT id FROM orders LIMIT 10", True, 10),
        ("SELECT id FROM orders FETCH FIRST 5 ROWS ONLY", True, 5),
        ("SELECT id FROM orders LIMIT $1", True, None),
        ("SELECT id FROM orders LIMIT ALL", False, None),
        ("SELECT id FROM orders", False, None),
        ("SELECT max(total) FROM orders", True, 1),
        ("SELECT status, count(*) FROM orders GROUP BY status LIMIT 3", False, None),
        ("SELECT * FROM (SELECT id FROM orders) s ORDER BY s.id LIMIT 4", True, 4),
    ],
)
def test_a_limit_counts_where_it_ends_a_scan_early(
    sql: str,
    has_limit: bool,  # noqa: FBT001  a case
    limit: int | None,
) -> None:
    access = only(sql)

    assert (access.has_limit, access.limit) == (has_limit, limit)


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT status, count(*) FROM orders GROUP BY status", ("status",)),
        ("SELECT status, user_id FROM orders GROUP BY 2, 1", ("user_id", "status")),
        ("SELECT DISTINCT user_id, status FROM orders", ("user_id", "status")),
        ("SELECT DISTINCT ON (user_id) id FROM orders", ("user_id",)),
        ("SELECT lower(note) FROM orders GROUP BY lower(note)", ()),
        ("SELECT count(*) FROM orders", ()),
    ],
)
def test_groups_are_plain_columns_in_their_order(sql: str, columns: tuple[str, ...]) -> None:
    assert only(sql).group_by == columns


def test_groups_over_two_tables_belong_to_neither() -> None:
    access = read("SELECT 1 FROM orders o, users u GROUP BY o.status, u.name")

    assert [each.group_by for each in access.tables] == [(), ()]
