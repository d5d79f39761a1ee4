"""Statements of SQLite and MySQL are understood, masked and cut as their servers would."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aegis_cli.model.facts.accesses import JoinKey, SortKey, StatementAccess, TableAccess
from aegis_cli.model.facts.index_advice import Dialect
from aegis_cli.model.facts.shapes import Operand, StatementKind
from aegis_cli.sqltext.dialect_text import (
    ScriptStatement,
    is_data_statement,
    mask_statement,
    split_script,
    with_question_marks,
)
from aegis_cli.sqltext.dialects import (
    accesses_of_dialect,
    read_statement,
    statement_of_view,
)

COLUMNS = {
    "users": frozenset(("id", "email", "city")),
    "orders": frozenset(("id", "user_id", "status", "created", "Total")),
    "items": frozenset(("order_id", "sku")),
}


def columns_of(table: str) -> frozenset[str] | None:
    """Return the columns of a table of the tests."""
    return COLUMNS.get(table.rpartition(".")[2])


def tables_of(sql: str, dialect: Dialect = Dialect.MYSQL) -> dict[str, TableAccess]:
    """Return the appearances of a statement by alias."""
    return {each.alias: each for each in accesses_of_dialect(sql, dialect, columns_of).tables}


def compared(access: TableAccess) -> list[tuple[str | None, str, Operand, str | None]]:
    """Return the conditions on an appearance, shortened."""
    return [(each.column, each.operator, each.operand, each.constant) for each in access.conditions]


def test_reads_conditions_with_their_constants() -> None:
    sql = (
        "SELECT id FROM orders WHERE status = 'open' AND user_id IN (1, 2) AND created >= ?"
        " AND TOTAL BETWEEN 1 AND 2 AND 3 < id"
    )

    assert compared(tables_of(sql)["orders"]) == [
        ("status", "=", Operand.VALUE, "'open'"),
        ("user_id", "IN", Operand.LIST, "(1, 2)"),
        ("created", ">=", Operand.VALUE, None),
        ("Total", "BETWEEN", Operand.VALUE, "1 AND 2"),
        ("id", ">", Operand.VALUE, "3"),
    ]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("email IS NULL", ("email", "IS NULL")),
        ("email IS NOT NULL", ("email", "IS NOT NULL")),
        ("NOT (email = 'a')", ("email", "NOT =")),
        ("email NOT IN ('a')", ("email", "NOT IN")),
        ("email LIKE 'a%'", ("email", "LIKE")),
        ("email <=> 'a'", ("email", "=")),
        ("city", ("city", "IS TRUE")),
        ("LOWER(email) = 'a'", (None, "=")),
        ("(city, id) > ('a', 1)", ("city", ">")),
    ],
)
def test_reads_every_kind_of_condition(condition: str, expected: tuple[str | None, str]) -> None:
    (found,) = tables_of("SELECT 1 FROM users WHERE " + condition)["users"].conditions  # noqa: S608 - parsed, never run

    assert (found.column, found.operator) == expected


def test_alternatives_of_an_or_are_marked() -> None:
    found = tables_of("SELECT 1 FROM users WHERE id = 1 AND (email = 'a' OR city = 'b')")

    assert [(each.column, each.in_or) for each in found["users"].conditions] == [
        ("id", False),
        ("email", True),
        ("city", True),
    ]


def test_joins_are_known_on_both_sides() -> None:
    found = tables_of("SELECT email FROM users u JOIN orders o ON o.user_id = u.id")

    assert found["o"].joins == (
        JoinKey(column="user_id", other_table="users", other_column="id", other_alias="u"),
    )
    assert found["u"].joins == (
        JoinKey(column="id", other_table="orders", other_column="user_id", other_alias="o"),
    )


def test_condition_of_an_outer_join_selects_only_from_its_inner_side() -> None:
    found = tables_of(
        "SELECT 1 FROM users u LEFT JOIN orders o ON o.user_id = u.id AND u.city = 'x'"
        " AND o.status = 'open'"
    )

    assert found["u"].conditions == ()
    assert [each.column for each in found["o"].conditions] == ["status"]


def test_correlated_subquery_is_looked_up_by_the_outer_row_only() -> None:
    found = tables_of(
        "SELECT 1 FROM users u WHERE EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id)"
    )

    assert [each.column for each in found["o"].joins] == ["user_id"]
    assert found["u"].joins == ()


def test_common_tables_and_unions_are_looked_into() -> None:
    sql = (
        "WITH recent AS (SELECT * FROM orders WHERE created > '2025')"
        " SELECT user_id FROM recent UNION ALL SELECT id FROM users WHERE city = 'x'"
    )

    found = tables_of(sql, Dialect.SQLITE)

    assert sorted(found) == ["orders", "users"]
    assert found["orders"].reads_all_columns
    assert found["users"].columns_read == ("city", "id")


def test_order_group_and_limit_belong_to_their_table() -> None:
    ordered = tables_of("SELECT id FROM orders ORDER BY created DESC, 1 LIMIT 5, 10")["orders"]
    grouped = tables_of("SELECT status s, COUNT(*) FROM orders GROUP BY s LIMIT 3")["orders"]

    assert ordered.order_by == (
        SortKey(text="created", is_expression=False, descending=True),
        SortKey(text="id", is_expression=False, descending=False),
    )
    assert (ordered.has_limit, ordered.limit) == (True, 10)
    assert (grouped.group_by, grouped.has_limit) == (("status",), False)


def test_writes_name_their_table_columns_and_rows() -> None:
    update = read_statement(
        "UPDATE orders SET status = 'x', total = 1 WHERE id = 3", Dialect.MYSQL, columns_of
    )
    insert = read_statement("REPLACE INTO users VALUES (1), (2)", Dialect.MYSQL, columns_of)
    delete = read_statement(
        "DELETE o FROM orders o JOIN users u ON o.user_id = u.id WHERE u.city = 'x'",
        Dialect.MYSQL,
        columns_of,
    )

    assert update.access.written_columns == ("status", "Total")
    assert (update.kind, update.access.written_table) == (StatementKind.UPDATE, "orders")
    assert (insert.kind, insert.inserted_rows) == (StatementKind.INSERT, 2)
    assert delete.kind is StatementKind.DELETE


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE t (a INT)", "SELECT FROM WHERE", "", "SELECT 1; SELECT 2", "CALL p()"]
)
def test_what_is_no_single_data_statement_says_so(sql: str) -> None:
    access = accesses_of_dialect(sql, Dialect.MYSQL, columns_of)

    assert access == StatementAccess(problem=access.problem)
    assert access.problem


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_fail(text: str) -> None:
    for dialect in (Dialect.MYSQL, Dialect.SQLITE):
        read_statement(f"SELECT {text}", dialect, columns_of)
        mask_statement(text, dialect)
        list(split_script(text, dialect))


@pytest.mark.parametrize(
    ("sql", "dialect", "expected"),
    [
        ("SELECT %s, %(name)s, :x", Dialect.MYSQL, "SELECT ?, ?, ?"),
        ("SELECT ?1, $a, @b, :c, '$d'", Dialect.SQLITE, "SELECT ?, ?, ?, ?, '$d'"),
        ("SELECT a=@b", Dialect.SQLITE, "SELECT a=?"),
        ("SELECT @b", Dialect.MYSQL, "SELECT @b"),
        ("a IN (...)", Dialect.MYSQL, "a IN (?, ?)"),
        ("VALUES (?) /* , ... */", Dialect.MYSQL, "VALUES (?) "),
    ],
)
def test_bind_values_of_every_notation_become_question_marks(
    sql: str, dialect: Dialect, expected: str
) -> None:
    assert with_question_marks(sql, dialect) == expected


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ('SELECT * FROM users WHERE email = "secret"', Dialect.MYSQL),
        ('SELECT * FROM users WHERE email = "secret"', Dialect.SQLITE),
        (r"SELECT * FROM users WHERE email = 'it\'s secret'", Dialect.MYSQL),
        ('REPLACE INTO users VALUES ("secret")', Dialect.MYSQL),
        ("SELECT X'5ec2e7' AS secret_, 'secret'", Dialect.MYSQL),
    ],
)
def test_strings_in_the_dialects_quotes_are_masked(sql: str, dialect: Dialect) -> None:
    masked = mask_statement(sql, dialect, frozenset(("users", "email")))

    assert "secret" not in masked.replace("secret_", "")
    assert "?" in masked


def test_quoted_names_of_columns_stay() -> None:
    masked = mask_statement('SELECT 1 FROM users WHERE city = "email"', Dialect.SQLITE, {"email"})

    assert masked == 'SELECT ? FROM users WHERE city = "email"'


def test_scripts_are_cut_at_semicolons_outside_strings_and_weighted() -> None:
    script = "-- calls: 12\nSELECT ';';\n\n-- a note\nSELECT 2;\n-- calls: 0.5\nSELECT 3"

    assert list(split_script(script, Dialect.SQLITE)) == [
        ScriptStatement(text="SELECT ';'", calls=12.0),
        ScriptStatement(text="SELECT 2", calls=1.0),
        ScriptStatement(text="SELECT 3", calls=0.5),
    ]


def test_first_word_tells_data_statements() -> None:
    assert is_data_statement("/* app */ -- x\n with a AS (SELECT 1) SELECT * FROM a")
    assert not is_data_statement("EXPLAIN SELECT 1")
    assert not is_data_statement("PRAGMA table_info(t)")


def test_query_of_a_view_is_found() -> None:
    assert statement_of_view("CREATE VIEW v (a) AS SELECT b AS a FROM t") == "SELECT b AS a FROM t"
    assert statement_of_view("select 1 AS a") == "select 1 AS a"
