"""Each condition is attributed to a column or an expression that an index could hold."""

import pytest

from aegis_cli.model.facts.accesses import Condition, ParameterUse
from aegis_cli.model.facts.shapes import Operand
from tests.unit.sqltext.access.reading import by_alias, only, read, where

VALUE, LIST, NULL, COLUMN = Operand.VALUE, Operand.LIST, Operand.NULL, Operand.COLUMN


@pytest.mark.parametrize(
    ("condition", "column", "operator", "operand", "constant"),
    [
        ("id = 1", "id", "=", VALUE, "1"),
        ("1 = id", "id", "=", VALUE, "1"),
        ("5 < id", "id", ">", VALUE, "5"),
        ("orders.id >= -1", "id", ">=", VALUE, "-1"),
        ("id <> 1", "id", "<>", VALUE, "1"),
        ("id = NULL", "id", "=", NULL, "NULL"),
        ("status = 'open'::text", "status", "=", VALUE, "'open'::text"),
        ("created_at >= DATE '2024-01-31'", "created_at", ">=", VALUE, "'2024-01-31'::date"),
        ("status IN ('a', 'b')", "status", "IN", LIST, "('a', 'b')"),
        ("status NOT IN ('a', 'b')", "status", "NOT IN", LIST, "('a', 'b')"),
        ("id = ANY ('{1,2}')", "id", "= ANY", LIST, "'{1,2}'"),
        ("id = ANY (ARRAY[1, 2])", "id", "= ANY", LIST, "ARRAY[1, 2]"),
        ("id <> ALL ('{1}'::int[])", "id", "<> ALL", LIST, "'{1}'::integer[]"),
        ("total BETWEEN 1 AND 2", "total", "BETWEEN", VALUE, "1 AND 2"),
        ("total NOT BETWEEN 1 AND 2", "total", "NOT BETWEEN", VALUE, "1 AND 2"),
        ("note LIKE 'a%'", "note", "LIKE", VALUE, "'a%'"),
        ("note NOT LIKE 'a%'", "note", "NOT LIKE", VALUE, "'a%'"),
        ("note ILIKE '%a%'", "note", "ILIKE", VALUE, "'%a%'"),
        ("note ~~* 'a'", "note", "ILIKE", VALUE, "'a'"),
        ("note ~ '^a'", "note", "~", VALUE, "'^a'"),
        ("tags @> '{a}'", "tags", "@>", VALUE, "'{a}'"),
        ("'{a}' <@ tags", "tags", "@>", VALUE, "'{a}'"),
        ("tags && ARRAY['a']", "tags", "&&", LIST, "ARRAY['a']"),
        ("data ? 'key'", "data", "?", VALUE, "'key'"),
        ("data @@ '$.a > 1'", "data", "@@", VALUE, "'$.a > 1'"),
        ("status IS DISTINCT FROM 'x'", "status", "IS DISTINCT FROM", VALUE, "'x'"),
    ],
)
def test_a_column_against_constants_keeps_operator_and_constant(
    condition: str, column: str, operator: str, operand: Operand, constant: str
) -> None:
    (found,) = where(condition)

    assert (found.column, found.expression) == (column, None)
    assert (found.operator, found.operand, found.constant) == (operator, operand, constant)
    assert found.is_stable
    assert not found.in_or


@pytest.mark.parametrize(
    ("condition", "expression", "operator"),
    [
        ("lower(note) = 'x'", "lower(note)", "="),
        ("orders.created_at::date = '2024-01-01'", "created_at::date", "="),
        ("date_trunc('day', created_at) >= '2024-01-01'", "date_trunc('day', created_at)", ">="),
        ("EXTRACT(year FROM created_at) = 2024", "EXTRACT(year FROM created_at)", "="),
        ("data ->> 'k' = 'v'", "data ->> 'k'", "="),
        ("(data -> 'a' ->> 'b')::int > 3", "((data -> 'a') ->> 'b')::integer", ">"),
        ("COALESCE(note, '') = ''", "COALESCE(note, '')", "="),
        ("total * 2 > 10", "total * 2", ">"),
        ("note || status = 'x'", "note || status", "="),
        ("note COLLATE \"C\" = 'x'", 'note COLLATE "C"', "="),
        ("upper(note) LIKE 'X%'", "upper(note)", "LIKE"),
        ("CASE WHEN deleted THEN 1 ELSE 0 END = 1", "CASE WHEN deleted THEN 1 ELSE 0 END", "="),
        ("lower(note) IN ('a', 'b')", "lower(note)", "IN"),
        ("lower(note) IS NULL", "lower(note)", "IS NULL"),
        ("10 < length(note)", "length(note)", ">"),
        ("(tags)[1] = 'a'", "(tags)[1]", "="),
    ],
)
def test_a_wrapped_column_becomes_an_expression_without_its_alias(
    condition: str, expression: str, operator: str
) -> None:
    (found,) = where(condition)

    assert (found.column, found.expression, found.operator) == (None, expression, operator)


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        ("orders.status = 'open'", "status = 'open'"),
        ("NOT (status = 'open')", "NOT (status = 'open')"),
        ("total BETWEEN 1 AND 2", "total BETWEEN 1 AND 2"),
        ("note IS NOT NULL", "note IS NOT NULL"),
        ("lower(orders.note) = 'it''s'", "lower(note) = 'it''s'"),
        ("active", "active"),
        ("NOT deleted", "NOT (deleted)"),
        ("deleted IS NOT TRUE", "deleted IS NOT TRUE"),
        ("starts_with(note, 'a')", "starts_with(note, 'a')"),
        ("status IN ('a', 'b')", "status IN ('a', 'b')"),
    ],
)
def test_the_whole_condition_is_fit_for_a_partial_index(condition: str, sql: str) -> None:
    (found,) = where(condition)

    assert found.sql == sql


@pytest.mark.parametrize(
    ("condition", "operator", "constant"),
    [
        ("active", "=", "true"),
        ("NOT deleted", "=", "false"),
        ("orders.active AND 1 = 1", "=", "true"),
        ("NOT NOT active", "=", "true"),
        ("deleted = false", "=", "false"),
    ],
)
def test_a_boolean_column_is_compared_with_true_or_false(
    condition: str, operator: str, constant: str
) -> None:
    (found,) = where(condition)

    assert (found.operator, found.constant, found.operand) == (operator, constant, VALUE)


@pytest.mark.parametrize(
    "condition",
    [
        "created_at > now() - interval '90 days'",
        "created_at > CURRENT_DATE",
        "created_at > 'now'::timestamptz",
        "total > random()",
    ],
)
def test_a_constant_that_moves_with_time_is_not_stable(condition: str) -> None:
    (found,) = where(condition)

    assert found.operand is VALUE
    assert not found.is_stable


def test_arithmetic_on_the_constant_side_keeps_the_column_bare() -> None:
    (found,) = where("created_at <= DATE '1998-12-01' - INTERVAL '90 days'")

    assert found.column == "created_at"
    assert found.constant == "'1998-12-01'::date - '90 days'::interval"
    assert found.is_stable


def test_every_alternative_of_an_or_is_marked() -> None:
    found = where("status = 'a' OR (user_id = 3 AND total > 5)")

    assert [(each.column, each.in_or) for each in found] == [
        ("status", True),
        ("user_id", True),
        ("total", True),
    ]


def test_what_all_alternatives_share_is_a_condition_of_its_own() -> None:
    found = where("(status = 'a' AND user_id = 1) OR (status = 'a' AND user_id = 2)")

    assert [(each.column, each.constant, each.in_or) for each in found] == [
        ("status", "'a'", False),
        ("user_id", "1", True),
        ("user_id", "2", True),
    ]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("NOT (user_id = 3 OR total IS NULL)", [("user_id", "<>"), ("total", "IS NOT NULL")]),
        ("NOT (user_id < 3)", [("user_id", ">=")]),
        ("NOT (note LIKE 'a')", [("note", "NOT LIKE")]),
        ("NOT (status IN ('a', 'b'))", [("status", "NOT IN")]),
    ],
)
def test_not_turns_operators_round(condition: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.column, each.operator) for each in where(condition)] == expected


@pytest.mark.parametrize(
    "condition",
    [
        "created_at = CURRENT_TIMESTAMP + (total || ' days')::interval",
        "1 = 1",
        "'x' LIKE note",
        "'a' = ANY (tags)",
        "lower($1) = lower($2)",
        "nosuch = 1 AND unknown(nosuch)",
        "random() < 0.1",
        "note || $1 = 'x'",
        "(id, user_id) <> (1, 2)",
        "(id, user_id) = (1, 2, 3)",
    ],
)
def test_what_no_index_could_serve_demands_nothing(condition: str) -> None:
    assert where(condition) == ()


def test_a_comparison_of_two_columns_of_one_table_is_kept_as_sql() -> None:
    access = only("SELECT id FROM items i WHERE i.shipped > i.promised AND i.qty * 2 < i.price")

    assert access.conditions == ()
    assert access.column_pairs == ("shipped > promised", "(qty * 2) < price")


def test_keyset_pagination_bounds_the_first_column_and_names_all() -> None:
    access = read("SELECT id FROM orders WHERE (created_at, id) < ($1, $2)")

    assert access.tables[0].conditions == (
        Condition(
            column="created_at",
            expression=None,
            operator="<=",
            operand=VALUE,
            parameters=(1, 2),
            sql="(created_at, id) < ($1, $2)",
            row=("created_at", "id"),
        ),
    )
    assert [(each.number, each.column, each.operator) for each in access.parameters] == [
        (1, "created_at", "<"),
        (2, "id", "<"),
    ]


def test_equal_rows_are_equal_columns() -> None:
    found = where("(user_id, status) = (1, 'a')")

    assert [(each.column, each.sql) for each in found] == [
        ("user_id", "user_id = 1"),
        ("status", "status = 'a'"),
    ]


def test_a_row_in_a_list_bounds_each_column_by_a_list() -> None:
    found = where("(user_id, status) IN ((1, 'a'), (2, 'b'))")

    assert [(each.column, each.operator, each.constant) for each in found] == [
        ("user_id", "IN", "(1, 2)"),
        ("status", "IN", "('a', 'b')"),
    ]


def test_parameters_are_told_with_what_they_are_compared_with() -> None:
    access = read(
        "SELECT id FROM orders WHERE user_id = $2 AND status IN ($3, $4) AND id = ANY ($1)"
        " AND total BETWEEN $5 AND $6 AND note LIKE $7 AND $8 < created_at"
        " AND deleted = $9::boolean AND lower(note) = $10 LIMIT $11 OFFSET $12"
    )

    def use(number: int, column: str, operator: str, *, is_list: bool = False) -> ParameterUse:
        table = "orders" if column else ""
        return ParameterUse(
            number=number, table=table, column=column, operator=operator, is_list=is_list
        )

    assert access.highest_parameter == 12
    assert access.parameters == (
        use(1, "id", "=", is_list=True),
        use(2, "user_id", "="),
        use(3, "status", "IN"),
        use(4, "status", "IN"),
        use(5, "total", ">="),
        use(6, "total", "<="),
        use(7, "note", "LIKE"),
        use(8, "created_at", ">"),
        use(9, "deleted", "="),
        use(11, "", "LIMIT"),
        use(12, "", "OFFSET"),
    )


def test_a_condition_with_parameters_has_no_constant() -> None:
    (found,) = where("total > $1 * 2 + 5")

    assert (found.constant, found.parameters, found.sql) == (None, (1,), "total > (($1 * 2) + 5)")


def test_columns_of_another_table_are_no_constant() -> None:
    accesses = by_alias(
        "SELECT 1 FROM orders o, users u WHERE o.created_at > u.created_at AND o.note = lower(name)"
    )

    assert [(each.column, each.operator, each.operand) for each in accesses["o"].conditions] == [
        ("created_at", ">", COLUMN),
        ("note", "=", Operand.EXPRESSION),
    ]
    assert [
        (each.column or each.expression, each.operator) for each in accesses["u"].conditions
    ] == [("created_at", "<"), ("lower(name)", "=")]
    assert all(each.sql == "" for access in accesses.values() for each in access.conditions)


def test_a_generated_or_of_thousands_keeps_only_some() -> None:
    found = where(" OR ".join(f"id = {number}" for number in range(500)))

    assert 10 < len(found) < 100


def test_constants_of_a_list_that_was_too_long_to_parse_are_not_told() -> None:
    items = ", ".join(map(str, range(10_000)))

    (found,) = where(f"id IN ({items})")

    assert (found.operator, found.constant, found.sql) == ("IN", None, "")
