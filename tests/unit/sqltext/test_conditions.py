"""Conditions become predicates on columns, joins between tables, or are known to be neither."""

# ruff: noqa: S608 - statements are only read here, never run

import pytest

from aegis_cli.model.facts.shapes import Join, Operand, Predicate
from aegis_cli.sqltext.shape import shape_of


def _predicates(condition: str) -> list[tuple[str, str, Operand]]:
    shape = shape_of(f"SELECT 1 FROM t WHERE {condition}")
    return [(each.column, each.operator, each.operand) for each in shape.predicates]


@pytest.mark.parametrize(
    ("condition", "operator", "operand"),
    [
        ("a = 1", "=", Operand.VALUE),
        ("1 < a", ">", Operand.VALUE),
        ("a <> $1", "<>", Operand.VALUE),
        ("a = -$1", "=", Operand.EXPRESSION),
        ("a = '1'::bigint", "=", Operand.VALUE),
        ("a = NULL", "=", Operand.NULL),
        ("a IN (1, 2)", "IN", Operand.LIST),
        ("a IN (1)", "=", Operand.VALUE),
        ("a NOT IN (1)", "<>", Operand.VALUE),
        ("a NOT IN (1, 2)", "NOT IN", Operand.LIST),
        ("a = ANY ($1)", "= ANY", Operand.LIST),
        ("a <> ALL (ARRAY[1, 2])", "<> ALL", Operand.LIST),
        ("a IN (SELECT 1)", "IN", Operand.SUBQUERY),
        ("a NOT IN (SELECT 1)", "NOT IN", Operand.SUBQUERY),
        ("a = (SELECT 1)", "=", Operand.SUBQUERY),
        ("a BETWEEN 1 AND 2", "BETWEEN", Operand.VALUE),
        ("a BETWEEN b AND 2", "BETWEEN", Operand.EXPRESSION),
        ("a IS NULL", "IS NULL", Operand.NULL),
        ("NOT a IS NULL", "IS NOT NULL", Operand.NULL),
        ("a IS DISTINCT FROM 1", "IS DISTINCT FROM", Operand.VALUE),
        ("a LIKE 'x%'", "LIKE", Operand.VALUE),
        ("a NOT LIKE 'x%'", "NOT LIKE", Operand.VALUE),
        ("NOT a LIKE 'x%'", "NOT LIKE", Operand.VALUE),
        ("a ILIKE $1", "ILIKE", Operand.VALUE),
        ("a ~ 'x'", "~", Operand.VALUE),
        ("a @> '{}'", "@>", Operand.VALUE),
        ("'{}' <@ a", "@>", Operand.VALUE),
        ("a = b", "=", Operand.COLUMN),
        ("a > now() - interval '1 day'", ">", Operand.EXPRESSION),
        ("a IS TRUE", "IS TRUE", Operand.VALUE),
        ("a", "=", Operand.VALUE),
        ("NOT a", "=", Operand.VALUE),
        ("a COLLATE \"C\" = 'x'", "=", Operand.VALUE),
    ],
)
def test_reads_one_condition(condition: str, operator: str, operand: Operand) -> None:
    assert _predicates(condition) == [("a", operator, operand)]


def test_takes_rows_apart() -> None:
    assert _predicates("(a, b) > ($1, $2) AND (c, d) IN ((1, 2), (3, 4))") == [
        ("a", ">", Operand.VALUE),
        ("b", ">", Operand.VALUE),
        ("c", "IN", Operand.LIST),
        ("d", "IN", Operand.LIST),
    ]


@pytest.mark.parametrize(
    ("condition", "wrapper"),
    [
        ("a = 1", None),
        ("lower(a) = 'x'", "lower"),
        ("'x' = pg_catalog.upper(a::text)", "upper"),
        ("a::date = '2024-01-01'", "date"),
        ("CAST(a AS text) LIKE 'x%'", "text"),
        ("a + 1 = 2", "arithmetic"),
        ("a ->> 'k' = 'v'", "->>"),
        ("a[1] = 2", "subscript"),
        ("coalesce(a, 0) = 1", "coalesce"),
        ("CASE WHEN a THEN 1 END = 1", "case"),
        ("date_trunc('day', a) = $1", "date_trunc"),
    ],
)
def test_sees_what_hides_a_column_from_its_index(condition: str, wrapper: str | None) -> None:
    (predicate,) = shape_of(f"SELECT 1 FROM t WHERE {condition}").predicates

    assert (predicate.column, predicate.wrapped_in) == ("a", wrapper)


@pytest.mark.parametrize(
    ("condition", "leads"),
    [
        ("a LIKE '%x'", True),
        ("a LIKE '_x'", True),
        ("a ILIKE '%' || $1", True),
        ("lower(a) LIKE '%x%'::text", True),
        ("a LIKE 'x%'", False),
        ("a LIKE $1 || '%'", False),
        ("a = '%x'", False),
    ],
)
def test_sees_leading_wildcards(condition: str, *, leads: bool) -> None:
    (predicate,) = shape_of(f"SELECT 1 FROM t WHERE {condition}").predicates

    assert predicate.leading_wildcard is leads


@pytest.mark.parametrize(
    ("condition", "in_or"),
    [
        ("a = 1 AND b = 2", [False, False]),
        ("a = 1 OR b = 2", [True, True]),
        ("a = 1 AND (b = 2 OR c = 3)", [False, True, True]),
        ("NOT (a = 1 AND b = 2)", [True, True]),
        ("NOT (a = 1 OR b = 2)", [False, False]),
    ],
)
def test_marks_alternatives(condition: str, in_or: list[bool]) -> None:
    shape = shape_of(f"SELECT 1 FROM t WHERE {condition}")

    assert [each.in_or for each in shape.predicates] == in_or


@pytest.mark.parametrize(
    ("condition", "has_others"),
    [
        ("EXISTS (SELECT 1)", True),
        ("is_fine(a)", True),
        ("random() < 0.5", True),
        ("a = 1 AND (b = 2 OR EXISTS (SELECT 1))", True),
        ("1 = 1 AND true", False),
        ("a = 1", False),
    ],
)
def test_marks_conditions_that_are_not_about_one_column(
    condition: str, *, has_others: bool
) -> None:
    assert shape_of(f"SELECT 1 FROM t WHERE {condition}").has_other_conditions is has_others


@pytest.mark.parametrize(
    "source",
    [
        "orders o JOIN customers c ON o.customer_id = c.id",
        "orders o, customers c WHERE o.customer_id = c.id",
        "orders o LEFT JOIN customers c ON (o.customer_id = c.id AND c.id IS NOT NULL)",
    ],
)
def test_finds_joins_wherever_they_are_written(source: str) -> None:
    assert shape_of(f"SELECT 1 FROM {source}").joins == (
        Join(
            left_table="orders",
            left_column="customer_id",
            right_table="customers",
            right_column="id",
        ),
    )


def test_finds_joins_with_using_and_of_a_table_with_itself() -> None:
    shape = shape_of("SELECT 1 FROM a JOIN b USING (k) JOIN a x ON x.parent_id = a.id")

    assert shape.joins == (
        Join(left_table="a", left_column="k", right_table="b", right_column="k"),
        Join(left_table="a", left_column="parent_id", right_table="a", right_column="id"),
    )


def test_lists_joins_in_the_order_of_the_text() -> None:
    shape = shape_of("SELECT 1 FROM a JOIN b ON a.i = b.i JOIN c ON b.j = c.j, d JOIN e USING (k)")

    assert [each.right_table for each in shape.joins] == ["e", "b", "c"]


def test_columns_of_two_tables_compared_otherwise_are_predicates() -> None:
    shape = shape_of("SELECT 1 FROM a JOIN b ON a.x < b.y")

    assert (shape.joins, shape.predicates) == (
        (),
        (Predicate(table="a", column="x", operator="<", operand=Operand.COLUMN),),
    )


@pytest.mark.parametrize(
    ("source", "column", "table"),
    [
        ("orders", "a", "orders"),
        ("s.orders o", "o.a", "s.orders"),
        ("public.orders", "orders.a", "orders"),
        ("orders, customers", "a", None),
        ("(SELECT 1 AS a) x", "x.a", None),
        ("generate_series(1, 2) a", "a", None),
    ],
)
def test_resolves_columns_only_where_the_text_is_clear(
    source: str, column: str, table: str | None
) -> None:
    (predicate,) = shape_of(f"SELECT 1 FROM {source} WHERE {column} = 1").predicates

    assert (predicate.table, predicate.column) == (table, "a")


def test_a_subquery_s_conditions_stay_inside() -> None:
    assert _predicates("a = 1 AND b IN (SELECT c FROM u WHERE d = 2)") == [
        ("a", "=", Operand.VALUE),
        ("b", "IN", Operand.SUBQUERY),
    ]
