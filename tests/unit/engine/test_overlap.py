"""Savings on the same executions are added up once."""

from aegis_cli.engine.overlap import without_overlap
from aegis_cli.model.evidence import QuerySample
from aegis_cli.model.finding import Finding
from tests.unit.engine.builders import a_finding, a_rule, saves


def _finding(code: str, saved_ms: float, *statements: str, role: str = "child") -> Finding:
    return a_finding(
        f"{code}:{role}:{','.join(statements)}",
        rule=a_rule(code, name=code.lower()),
        impact=saves(saved_ms),
        evidence=tuple(
            QuerySample(role=role, fingerprint=each, statement=each) for each in statements
        ),
    )


def test_the_rule_that_saves_most_on_a_statement_counts() -> None:
    loop, slow, cache = (
        _finding("LOOP01", 20.0, "a"),
        _finding("SLOW01", 30.0, "a"),
        _finding("CACH01", 10.0, "a"),
    )

    assert without_overlap([loop, slow, cache]) == (slow,)


def test_different_statements_add_up() -> None:
    first, second = _finding("LOOP01", 20.0, "a"), _finding("SLOW01", 30.0, "b")

    assert without_overlap([first, second]) == (second, first)


def test_one_rule_counts_each_of_its_findings() -> None:
    after_orders, after_reviews = _finding("LOOP01", 20.0, "a"), _finding("LOOP01", 5.0, "a", "b")

    assert without_overlap([after_orders, after_reviews]) == (after_orders, after_reviews)


def test_a_sequence_overlaps_with_each_of_its_statements() -> None:
    sequence, second = _finding("NEST01", 20.0, "a", "b"), _finding("SLOW01", 5.0, "b")

    assert without_overlap([second, sequence]) == (sequence,)


def test_the_query_before_a_loop_may_be_slow_as_well() -> None:
    loop = _finding("LOOP01", 20.0, "a", role="parent")
    slow = _finding("SLOW01", 5.0, "a")

    assert without_overlap([loop, slow]) == (loop, slow)


def test_findings_without_statements_always_count() -> None:
    connections, loop = _finding("CONN01", 7.0), _finding("LOOP01", 20.0, "a")

    assert without_overlap([connections, loop]) == (loop, connections)
