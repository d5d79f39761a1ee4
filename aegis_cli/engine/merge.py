"""Findings of one identity become one finding, and all findings stand in one order."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar, assert_never

from aegis_cli.model.evidence import (
    CodeSnippet,
    Evidence,
    Measurement,
    PlanComparison,
    QuerySample,
    measured,
)
from aegis_cli.model.finding import Finding, Impact
from aegis_cli.model.quantity import Basis, Quantity, Unit
from aegis_cli.model.text import Text

T = TypeVar("T")
NumberT = TypeVar("NumberT", int, float)

MAX_LOCATIONS = 20
MAX_EVIDENCE = 40

_COUNTED = (Unit.CALLS, Unit.ROWS, Unit.BYTES, Unit.COUNT)
_LARGEST = re.compile(r"(^|_)(max|longest|largest|slowest|deepest|last)(_|$)")
_SMALLEST = re.compile(r"(^|_)(min|shortest|smallest|fastest|first)(_|$)")
_STATISTIC = re.compile(r"(^|_)(mean|median|average|typical|p\d+|per|ratio|share|budget)(_|$)")
_DURATION = re.compile(r"(^|_)(time|total|wait|waited|saved|elapsed)(_|$)")
_WEAKEST_FIRST = (Basis.HEURISTIC, Basis.PLANNER, Basis.MEASURED)


def merge(same: Sequence[Finding]) -> Finding:
    """Make one finding of several with one identity; the one with most to gain speaks for all."""
    if len(same) == 1:
        return same[0]
    ranked = sorted(same, key=rank)
    occurrences = measured("occurrences", len(same), Unit.COUNT)
    return replace(
        ranked[0],
        message=_message(ranked[0].message, len(same)),
        severity=max((each.severity for each in same), key=lambda level: level.rank),
        confidence=max((each.confidence for each in same), key=lambda level: level.rank),
        locations=_distinct((each.locations for each in ranked), MAX_LOCATIONS),
        evidence=(*_merge_evidence([each.evidence for each in ranked]), occurrences),
        impact=_merge_impacts([each.impact for each in ranked]),
    )


def rank(finding: Finding) -> tuple[float, float, int, int, str]:
    """Return the sort key of reports: most time saved, then most planner cost, then severity.

    Time and planner cost cannot be compared, so what is known in time comes first.
    """
    return (
        -(finding.impact.time_saved_ms or 0.0),
        -(finding.impact.cost_saved or 0.0),
        -finding.severity.rank,
        -finding.confidence.rank,
        finding.identity,
    )


def _message(message: Text, count: int) -> Text:
    return Text(
        en=f"{message.en} (the largest of {count} with the same cure)",
        ko=f"{message.ko} (해결책이 같은 {count}건 중 가장 큰 것)",
    )


def _distinct(groups: Iterable[Iterable[T]], limit: int) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(groups)))[:limit]


def _merge_evidence(groups: Iterable[Iterable[Evidence]]) -> tuple[Evidence, ...]:
    by_key: dict[tuple[str, ...], list[Evidence]] = {}
    for each in chain.from_iterable(groups):
        by_key.setdefault(_evidence_key(each), []).append(each)
    merged = (_merge_one(alike) for alike in by_key.values())
    return tuple(each for each in merged if each is not None)[:MAX_EVIDENCE]


def _evidence_key(evidence: Evidence) -> tuple[str, ...]:
    match evidence:
        case Measurement():
            return (evidence.name, evidence.quantity.unit, evidence.basis, evidence.detail)
        case QuerySample():
            return (evidence.role, evidence.fingerprint)
        case CodeSnippet():
            return (evidence.title, evidence.text)
        case PlanComparison():
            return ("plans", evidence.fingerprint)
        case _:
            assert_never(evidence)


def _merge_one(alike: Sequence[Evidence]) -> Evidence | None:
    first = alike[0]
    numbers = [each.quantity.value for each in alike if isinstance(each, Measurement)]
    if not isinstance(first, Measurement) or len(alike) == 1:
        return first
    value = _merge_numbers(first.name, first.quantity.unit, numbers)
    if value is None:
        return None
    return replace(first, quantity=Quantity(value=value, unit=first.quantity.unit))


def _merge_numbers(name: str, unit: Unit, numbers: Sequence[float]) -> float | None:
    """Return what the numbers amount to together; None where they do not tell.

    A median of two medians is not known, and a number we do not know is not printed.
    """
    if _LARGEST.search(name):
        return max(numbers)
    if _SMALLEST.search(name):
        return min(numbers)
    if _adds_up(name, unit):
        return sum(numbers)
    return numbers[0] if len(set(numbers)) == 1 else None


def _adds_up(name: str, unit: Unit) -> bool:
    if _STATISTIC.search(name):
        return False
    is_time = unit in (Unit.MS, Unit.SECONDS)
    return unit in _COUNTED or (is_time and _DURATION.search(name) is not None)


def _merge_impacts(impacts: Sequence[Impact]) -> Impact:
    return Impact(
        basis=min((each.basis for each in impacts), key=_WEAKEST_FIRST.index),
        time_saved_ms=_sum_known(each.time_saved_ms for each in impacts),
        calls_saved=_sum_known(each.calls_saved for each in impacts),
        bytes_saved=_sum_known(each.bytes_saved for each in impacts),
        rows_saved=_sum_known(each.rows_saved for each in impacts),
        cost_saved=_sum_known(each.cost_saved for each in impacts),
        cost_unit=_cost_unit(impacts),
    )


def _cost_unit(impacts: Sequence[Impact]) -> Unit:
    """Return what the costs count: findings of one identity speak of one database."""
    return next((each.cost_unit for each in impacts if each.cost_saved is not None), Unit.COST)


def _sum_known(values: Iterable[NumberT | None]) -> NumberT | None:
    known = [each for each in values if each is not None]
    return sum(known[1:], start=known[0]) if known else None
