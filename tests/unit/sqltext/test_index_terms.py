"""Predicates and expressions of indexes become terms, or nothing when they hold anything else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aegis_cli.sqltext.index_terms import Call, Comparison, Compound, Term, call_of, term_of


def compare(column: str, operator: str, *constants: bool | int | str | Decimal) -> Comparison:
    """Build a comparison."""
    return Comparison(column=column, operator=operator, constants=constants)


TRUE, FALSE = (
    Comparison(column="active", operator="=", constants=(truth,)) for truth in (True, False)
)


@pytest.mark.parametrize(
    ("predicate", "term"),
    [
        ("status = 'open'", compare("status", "=", "open")),
        ("status = 'open'::text", compare("status", "=", "open")),
        ("created_at > '2026-01-01'::date", compare("created_at", ">", "2026-01-01")),
        ("amount >= -3", compare("amount", ">=", -3)),
        ("amount < 1.50", compare("amount", "<", Decimal("1.50"))),
        ("state <> 'x'", compare("state", "<>", "x")),
        ("state != 'x'", compare("state", "<>", "x")),
        ("state IN ('a', 'b')", compare("state", "IN", "a", "b")),
        ("state = ANY (ARRAY['a'::text, 'b'::text])", compare("state", "IN", "a", "b")),
        ("deleted_at IS NULL", compare("deleted_at", "IS NULL")),
        ("(deleted_at IS NOT NULL)", compare("deleted_at", "IS NOT NULL")),
        ("active", TRUE),
        ("NOT active", FALSE),
        ("active IS FALSE", FALSE),
        ('"Order" = 1', compare("Order", "=", 1)),
        ("active = true", TRUE),
        (
            "a = 1 AND (b IS NULL OR NOT c = 2)",
            Compound(
                operator="AND",
                terms=(
                    compare("a", "=", 1),
                    Compound(
                        operator="OR",
                        terms=(
                            compare("b", "IS NULL"),
                            Compound(operator="NOT", terms=(compare("c", "=", 2),)),
                        ),
                    ),
                ),
            ),
        ),
    ],
)
def test_what_every_library_can_say_becomes_terms(predicate: str, term: Term) -> None:
    assert term_of(predicate) == term


@pytest.mark.parametrize(
    "predicate",
    [
        "lower(email) = 'a'",
        "a = b",
        "a LIKE 'x%'",
        "a = 1 AND lower(email) = 'a'",
        "a NOT IN (1, 2)",
        "a IN (1, b)",
        "a = NULL",
        "a = ANY ('{1,2}'::int[])",
        "a @> '{1}'",
        "orders.a = 1",
        "1 = a",
        "a IS UNKNOWN",
        "a = (SELECT 1)",
        "no SQL at all (",
        "a = 1; DROP TABLE b",
    ],
)
def test_anything_else_becomes_nothing(predicate: str) -> None:
    assert term_of(predicate) is None


@pytest.mark.parametrize(
    ("expression", "call"),
    [
        ("lower(email)", Call(function="lower", column="email")),
        ("pg_catalog.upper(email)", Call(function="upper", column="email")),
        ("data ->> 'kind'", Call(function="->>", column="data", json_key="kind")),
        ("data ->> 'kind'::text", Call(function="->>", column="data", json_key="kind")),
        ("email", None),
        ("a + b", None),
        ("lower(upper(email))", None),
        ("coalesce(a, b)", None),
        ("data ->> b", None),
        ("data ->> 1", None),
        ("a, b", None),
        ("(", None),
    ],
)
def test_a_function_of_one_column_becomes_a_call(expression: str, call: Call | None) -> None:
    assert call_of(expression) == call


@given(st.text(max_size=60))
def test_no_text_whatever_makes_it_fail(text: str) -> None:
    term_of(text)
    call_of(text)
