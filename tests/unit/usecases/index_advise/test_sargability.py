"""Hidden columns are found where they are a statement's only way to a table, with their cost."""

import pytest

from aegis_cli.model.facts.catalog import ExistingIndex
from aegis_cli.model.facts.index_advice import (
    Advice,
    IndexAdvice,
    SargabilityObservation,
    SearchOutcome,
)
from aegis_cli.model.facts.index_workload import (
    ConstantsOrigin,
    IndexWorkload,
    PlannedText,
    WorkloadStatement,
)
from aegis_cli.model.facts.indexes import IndexDefinition, IndexKey, IndexMethod
from aegis_cli.model.facts.shapes import StatementKind
from aegis_cli.model.location import CodeLocation
from aegis_cli.model.quantity import Basis
from aegis_cli.sqltext.access.statement import accesses_of
from aegis_cli.testing.index_builders import an_index_advice, an_outcome
from aegis_cli.usecases.index_advise.sargability import hidden_columns
from tests.fakes.catalog import existing, snapshot, table, table_name

COLUMNS = {
    "users": frozenset(("id", "email", "created_at", "data")),
    "orders": frozenset(("id", "user_id")),
}
SELECT = "SELECT 1 FROM users {}"
MODEL = CodeLocation(path="shop/models.py", line=3)


def expression_index(text: str) -> IndexDefinition:
    """Build an index on an expression of users."""
    key = IndexKey(text=text, is_expression=True)
    return IndexDefinition(table=table_name("users"), keys=(key,))


def trigram_index() -> IndexDefinition:
    """Build an index that serves patterns on the email."""
    key = IndexKey(text="email", operator_class="gin_trgm_ops")
    return IndexDefinition(table=table_name("users"), keys=(key,), method=IndexMethod.GIN)


def found(
    sql: str, *indexes: ExistingIndex, creates: tuple[IndexAdvice, ...] = ()
) -> tuple[SargabilityObservation, ...]:
    """Look through one statement that is half of a workload's cost."""
    statement = WorkloadStatement(
        fingerprint="f",
        normalized=sql,
        kind=StatementKind.SELECT,
        calls=10.0,
        texts=(PlannedText(text=sql, share=1.0, constants=ConstantsOrigin.KNOWN),),
        access=accesses_of(sql, COLUMNS.get),
        source="a.sql",
    )
    outcome = an_outcome(sql, calls=10.0, before=100.0, after=100.0, fingerprint="f")
    advice = Advice(creates=creates, drops=(), statements=(outcome,), search=_search(2000.0))
    whole = snapshot(
        table("users", sorted(COLUMNS["users"]), indexes=indexes),
        table("orders", sorted(COLUMNS["orders"])),
    )
    workload = IndexWorkload(statements=(statement,))
    return tuple(hidden_columns(workload, advice, whole, {"users": MODEL}))


def _search(cost: float) -> SearchOutcome:
    return SearchOutcome(
        cost_before=cost,
        cost_after=cost,
        write_cost_before=0.0,
        write_cost_after=0.0,
        lower_bound=cost,
        candidates=0,
        candidates_useful=0,
        explains=1,
        cache_hits=0,
        elapsed_s=0.1,
        is_time_limited=False,
        basis=Basis.PLANNER,
        size_bytes=0,
        budget_bytes=None,
    )


def test_everything_a_rule_needs_comes_along() -> None:
    sql = "SELECT id FROM users WHERE lower(email) = 'a'"

    assert found(sql) == (
        SargabilityObservation(
            server="db:5432/shop",
            fingerprint="f",
            normalized=sql,
            table="public.users",
            column="email",
            expression="lower(email)",
            operator="=",
            calls=10.0,
            cost=100.0,
            cost_share=0.5,
            model=MODEL,
        ),
    )


@pytest.mark.parametrize(
    ("condition", "column", "expression"),
    [
        ("created_at::date = '2026-01-01'", "created_at", "created_at::date"),
        ("id + 1 = 5", "id", "id + 1"),
        ("data ->> 'email' = 'a'", "data", "data ->> 'email'"),
        ("lower(email) IN ('a', 'b')", "email", "lower(email)"),
        ("email LIKE '%a'", "email", "email"),
        ("email ILIKE '_a%'", "email", "email"),
    ],
)
def test_functions_casts_calculations_and_open_patterns_hide(
    condition: str, column: str, expression: str
) -> None:
    (observation,) = found(SELECT.format(f"WHERE {condition}"))

    assert (observation.column, observation.expression) == (column, expression)
    assert observation.has_leading_wildcard == (column == expression)


@pytest.mark.parametrize(
    "rest",
    [
        "WHERE email = lower('A')",
        "WHERE lower(email) = 'a' AND id = 5",
        "WHERE email LIKE 'a%'",
        "WHERE email LIKE $1",
        "WHERE email NOT LIKE '%a'",
        "WHERE id = 5 OR lower(email) = 'a'",
        "JOIN orders ON orders.user_id = users.id WHERE lower(email) = 'a'",
        "",
    ],
)
def test_nothing_hides_where_an_index_can_be_used_or_nothing_is_asked(rest: str) -> None:
    assert found(SELECT.format(rest)) == ()


@pytest.mark.parametrize(
    ("condition", "definition"),
    [
        ("lower(email) = 'a'", expression_index("lower((email)::text)")),
        (
            "date_trunc('day', created_at) = $1",
            expression_index("date_trunc('day'::text,created_at)"),
        ),
        ("email LIKE '%a'", trigram_index()),
    ],
)
def test_an_index_on_the_expression_is_named(condition: str, definition: IndexDefinition) -> None:
    sql = SELECT.format(f"WHERE {condition}")

    (by_existing,) = found(sql, existing("there", definition))
    proposed = an_index_advice(definition, [an_outcome(sql)], name="to_come")
    (by_proposed,) = found(sql, creates=(proposed,))

    assert (by_existing.expression_index, by_proposed.expression_index) == ("there", "to_come")


def test_another_expression_is_no_help() -> None:
    index = existing("other", expression_index("upper(email)"))

    (observation,) = found("SELECT 1 FROM users WHERE lower(email) = 'a'", index)

    assert observation.expression_index is None
