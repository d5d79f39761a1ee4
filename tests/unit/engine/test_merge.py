"""Findings of one identity add up, and only what adds up is added."""

from dataclasses import replace

import pytest

from aegis_cli.engine.merge import MAX_LOCATIONS, merge, rank
from aegis_cli.model.evidence import (
    CodeSnippet,
    Evidence,
    Measurement,
    PlanComparison,
    QuerySample,
    measured,
)
from aegis_cli.model.finding import Impact
from aegis_cli.model.location import LogLocation
from aegis_cli.model.quantity import Basis, Unit
from aegis_cli.model.severity import Confidence, Severity
from tests.unit.engine.builders import a_finding, saves


def evidence_of(*groups: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Merge findings with these groups of evidence; leave the count of findings out."""
    merged = merge([a_finding(evidence=group) for group in groups])
    return merged.evidence[:-1]


def test_a_single_finding_stays_as_it_is() -> None:
    finding = a_finding(evidence=(measured("calls", 3, Unit.CALLS),))

    assert merge([finding]) is finding


def test_the_number_of_merged_findings_becomes_evidence() -> None:
    merged = merge([a_finding(), a_finding(), a_finding()])

    assert merged.evidence == (measured("occurrences", 3, Unit.COUNT),)


def test_the_one_with_most_to_gain_speaks_for_all() -> None:
    small = a_finding("XYZ001:a", impact=saves(1.0), severity=Severity.HIGH)
    large = a_finding("XYZ001:a", impact=saves(9.0), severity=Severity.LOW)

    merged = merge([small, large])

    assert merged.message.en == "XYZ001:a (the largest of 2 with the same cure)"
    assert merged.message.ko == "XYZ001:a (해결책이 같은 2건 중 가장 큰 것)"


def test_severity_and_confidence_are_the_highest() -> None:
    first = a_finding(severity=Severity.HIGH, confidence=Confidence.LOW)
    second = a_finding(severity=Severity.LOW, confidence=Confidence.HIGH)

    merged = merge([first, second])

    assert (merged.severity, merged.confidence) == (Severity.HIGH, Confidence.HIGH)


def test_locations_are_joined_without_repeats() -> None:
    one, two = LogLocation(path="a.log", line=1), LogLocation(path="a.log", line=2)

    merged = merge([a_finding(locations=(one,)), a_finding(locations=(one, two))])

    assert merged.locations == (one, two)


def test_locations_are_bounded() -> None:
    many = [a_finding(locations=(LogLocation(path="a.log", line=line),)) for line in range(50)]

    assert len(merge(many).locations) == MAX_LOCATIONS


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        ("child_executions", Unit.CALLS, 5),
        ("rows", Unit.ROWS, 5),
        ("written", Unit.BYTES, 5),
        ("bursts", Unit.COUNT, 5),
        ("child_time", Unit.MS, 5),
        ("max_offset", Unit.ROWS, 3),
        ("longest_wait", Unit.MS, 3),
        ("min_rounds", Unit.COUNT, 2),
    ],
)
def test_numbers_are_combined_by_what_they_mean(name: str, unit: Unit, expected: int) -> None:
    merged = evidence_of((measured(name, 2, unit),), (measured(name, 3, unit),))

    assert merged == (measured(name, expected, unit),)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("median_rounds", Unit.COUNT),
        ("p95", Unit.MS),
        ("hit_ratio", Unit.RATIO),
        ("round_trip_gap", Unit.MS),
        ("rows_per_call", Unit.ROWS),
    ],
)
def test_a_number_that_cannot_be_combined_is_dropped(name: str, unit: Unit) -> None:
    assert evidence_of((measured(name, 2, unit),), (measured(name, 3, unit),)) == ()


def test_an_equal_number_that_cannot_be_combined_stays() -> None:
    same = measured("median_rounds", 7, Unit.COUNT)

    assert evidence_of((same,), (same,)) == (same,)


def test_numbers_of_another_basis_or_condition_are_kept_apart() -> None:
    seen = measured("calls", 2, Unit.CALLS)
    guessed = Measurement(name="calls", quantity=seen.quantity, basis=Basis.HEURISTIC)
    other = measured("calls", 2, Unit.CALLS, "ttl 60 s")

    assert evidence_of((seen,), (guessed, other)) == (seen, guessed, other)


def test_samples_and_snippets_are_kept_once_each() -> None:
    sample = QuerySample(role="child", fingerprint="f", statement="SELECT ?")
    snippet = CodeSnippet(title="plan", language="text", text="Seq Scan")

    assert evidence_of((sample, snippet), (sample, snippet)) == (sample, snippet)


def test_impacts_add_up_and_unknown_is_not_zero() -> None:
    known = Impact(basis=Basis.MEASURED, time_saved_ms=2.0, calls_saved=3)
    partly = Impact(basis=Basis.MEASURED, time_saved_ms=5.0)

    merged = merge([a_finding(impact=known), a_finding(impact=partly)])

    assert merged.impact == Impact(basis=Basis.MEASURED, time_saved_ms=7.0, calls_saved=3)


def test_the_weakest_basis_holds_for_the_sum() -> None:
    merged = merge(
        [
            a_finding(impact=saves(1.0, Basis.MEASURED)),
            a_finding(impact=saves(1.0, Basis.HEURISTIC)),
            a_finding(impact=saves(1.0, Basis.PLANNER)),
        ]
    )

    assert merged.impact.basis is Basis.HEURISTIC


def test_order_is_time_then_severity_then_confidence_then_identity() -> None:
    slow = a_finding("XYZ001:d", impact=saves(9.0), severity=Severity.LOW)
    severe = a_finding("XYZ001:c", impact=saves(1.0), severity=Severity.HIGH)
    sure = a_finding("XYZ001:b", impact=saves(1.0), confidence=Confidence.HIGH)
    first, second = a_finding("XYZ001:a"), a_finding("XYZ001:z")

    ordered = sorted([second, sure, first, slow, severe], key=rank)

    assert ordered == [slow, severe, sure, first, second]


def test_time_sorts_before_planner_cost_and_cost_before_severity() -> None:
    timed = a_finding("XYZ001:timed", impact=saves(1.0), severity=Severity.LOW)
    costly = a_finding("XYZ001:costly", impact=Impact(basis=Basis.PLANNER, cost_saved=9e9))
    cheap = a_finding("XYZ001:cheap", impact=Impact(basis=Basis.PLANNER, cost_saved=5.0))
    unknown = a_finding("XYZ001:unknown", severity=Severity.CRITICAL)

    assert sorted([unknown, cheap, costly, timed], key=rank) == [timed, costly, cheap, unknown]


def test_planner_cost_adds_up_like_time() -> None:
    first = a_finding(impact=Impact(basis=Basis.PLANNER, cost_saved=2.0))
    second = a_finding(impact=Impact(basis=Basis.HEURISTIC, cost_saved=3.0))

    assert merge([first, second]).impact == Impact(basis=Basis.HEURISTIC, cost_saved=5.0)


def test_what_a_cost_counts_survives_the_merge() -> None:
    visits = Impact(basis=Basis.HEURISTIC, cost_saved=2.0, cost_unit=Unit.ROWS_VISITED)
    timed = Impact(basis=Basis.HEURISTIC, time_saved_ms=1.0)

    merged = merge([a_finding(impact=timed), a_finding(impact=visits)])

    assert merged.impact == replace(visits, time_saved_ms=1.0)


def test_plans_of_one_statement_are_kept_once() -> None:
    plans = PlanComparison(
        fingerprint="a", statement="SELECT 1", cost_before=2.0, cost_after=1.0, basis=Basis.PLANNER
    )

    assert evidence_of((plans,), (plans,)) == (plans,)
