"""Parameters are replaced where they are parameters, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.plannable import SingleStatement, single_statement
from aegis_cli.sqltext.substitution import (
    array_literal,
    executable,
    literal,
    numbered_parameters,
    parameters_in,
    renumbered,
    substitute,
    with_values,
)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a = $1", "a = 'x'"),
        ("a = $1 AND b = $2", "a = 'x' AND b = 7"),
        ("a = $12", "a = 12.5"),
        ("a = '$1' AND b = $1", "a = '$1' AND b = 'x'"),
        ('"$1" = $1', "\"$1\" = 'x'"),
        ("a = $1 -- $1\n", "a = 'x' -- $1\n"),
        ("/* $1 */ a = $1", "/* $1 */ a = 'x'"),
        ("$$ $1 $$ || $1", "$$ $1 $$ || 'x'"),
        ("a = $3", "a = $3"),
        ("-$4", "-(-5)"),
        ("a=$1and b", "a='x'and b"),
        ("($1)::int", "('x')::int"),
        ("E'\\'$1' = $1", "E'\\'$1' = 'x'"),
    ],
)
def test_substitutes_exactly_the_parameters(sql: str, expected: str) -> None:
    assert substitute(sql, {1: "'x'", 2: "7", 4: "-5", 12: "12.5"}) == expected


@given(st.text(max_size=60))
def test_without_literals_nothing_changes(text: str) -> None:
    assert substitute(text, {}) == text


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40))
def test_any_value_stays_one_literal(value: str) -> None:
    sql = substitute("SELECT $1", {1: literal(value, "text")})

    assert single_statement(sql) == SingleStatement(node="SelectStmt", parameters=0)


def test_renumbering_closes_gaps_and_keeps_the_order() -> None:
    assert renumbered("SELECT $5, $2, $5, '$9'") == "SELECT $2, $1, $2, '$9'"


def test_tells_the_parameters_of_a_text() -> None:
    assert parameters_in("SELECT $5, $2, $5, '$9' -- $1") == (2, 5)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT date $1", "SELECT $1::date"),
        ("SELECT a + interval $1 * 2", "SELECT a + $1::interval * 2"),
        ("SELECT interval $2 day", "SELECT $2::interval day"),
        ("SELECT INTERVAL $2 day to second, 1", "SELECT $2::INTERVAL day to second, 1"),
        ("SELECT timestamp $1 - timestamp $2", "SELECT $1::timestamp - $2::timestamp"),
        ("SELECT date = $1, t.date", "SELECT date = $1, t.date"),
        ("SELECT 'date $1', date '2024-01-01'", "SELECT 'date $1', date '2024-01-01'"),
    ],
)
def test_a_typed_parameter_becomes_a_cast(sql: str, expected: str) -> None:
    assert executable(sql) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT $1", "SELECT $1"),
        ("SELECT ?, ?", "SELECT $1, $2"),
        ("SELECT %s, %s", "SELECT $1, $2"),
        (
            "SELECT a FROM t WHERE b LIKE '5%%' AND c = %s",
            "SELECT a FROM t WHERE b LIKE '5%' AND c = $1",
        ),
        ("SELECT :a, :b, :a, x::int", "SELECT $1, $2, $1, x::int"),
        ("SELECT %(a)s, %(b)s, %(a)s", "SELECT $1, $2, $1"),
        ("SELECT a FROM t WHERE d ? 'x' AND a = ?", "SELECT a FROM t WHERE d ? 'x' AND a = $1"),
        ("SELECT a FROM t WHERE b IN (?, ?)", "SELECT a FROM t WHERE b IN ($1, $2)"),
        ("SELECT '?', ? -- ?", "SELECT '?', $1 -- ?"),
        ("SELECT a[1:2]", "SELECT a[1:2]"),
    ],
)
def test_placeholders_of_one_style_are_numbered(sql: str, expected: str) -> None:
    assert numbered_parameters(sql) == expected


@pytest.mark.parametrize("sql", ["SELECT ?, $1", "SELECT %s, :a", "SELECT ?, %s", "WHERE a = ?"])
def test_what_is_ambiguous_or_no_statement_is_not_numbered(sql: str) -> None:
    assert numbered_parameters(sql) is None


@pytest.mark.parametrize(
    ("value", "type_name", "expected"),
    [
        ("42", "bigint", "'42'::bigint"),
        ("a'b", "character varying(20)", "'a''b'"),
        ("ab", "character(3)", "'ab'"),
        ("1.5", "numeric(10,2)", "'1.5'::numeric"),
        ("x", "timestamp(3) with time zone", "'x'::timestamp with time zone"),
        ("{1}", "integer[]", "'{1}'::integer[]"),
        ("{a}", "character(3)[]", "'{a}'::bpchar[]"),
        ("101", "bit(3)", "'101'::varbit"),
        ("open", "shop.order_status", "'open'::shop.order_status"),
        ("a\\b", "text", "E'a\\\\b'"),
    ],
)
def test_a_literal_is_never_cut_by_its_type(value: str, type_name: str, expected: str) -> None:
    assert literal(value, type_name) == expected


def test_elements_of_an_array_may_hold_anything() -> None:
    assert array_literal(["a,b", 'c"d', "it's"], "character varying(9)") == (
        'E\'{"a,b","c\\\\"d","it\'\'s"}\'::character varying[]'
    )


def test_logged_values_are_put_in_and_values_cut_short_stay_open() -> None:
    sql = "SELECT a FROM t WHERE a = $1 AND b = $2 AND c = $3 AND d = $4"

    text = with_values(sql, ("7", None, "it's"))

    assert text == "SELECT a FROM t WHERE a = '7' AND b = NULL AND c = 'it''s' AND d = $4"
    assert with_values("SELECT $1", ("a long te...",)) == "SELECT $1"
