"""A marker's arguments become a budget, and everything wrong with them is told."""

import pytest
from aegis_pytest.budget import Budget, BudgetError, budget_of, counts

from aegis_cli.api import Severity


def test_limits_are_taken_as_given() -> None:
    budget = budget_of((), {"max_queries": 3, "max_seconds": 0.5, "ignore": ["1.3", "AEG5304"]})

    assert budget == Budget(max_queries=3, max_seconds=0.5, ignore=("1.3", "AEG5304"))


def test_one_ignored_rule_needs_no_list() -> None:
    assert budget_of((), {"ignore": "AEG1101"}).ignore == ("AEG1101",)


def test_without_limits_findings_of_medium_severity_fail() -> None:
    assert budget_of((), {}) == Budget(fail_on="medium")


def test_everything_wrong_is_told_at_once() -> None:
    options: dict[str, object] = {
        "max_qeries": 3,
        "max_seconds": -1,
        "max_mb": True,
        "fail_on": "bad",
        "ignore": 5,
    }

    with pytest.raises(BudgetError) as caught:
        budget_of((7,), options)

    for word in ("max_queries=7", "max_qeries", "max_seconds=-1", "max_mb=True", "bad", "ignore=5"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("severity", "fail_on", "expected"),
    [
        (Severity.LOW, "medium", False),
        (Severity.MEDIUM, "medium", True),
        (Severity.CRITICAL, "medium", True),
        (Severity.CRITICAL, "never", False),
        (Severity.LOW, "low", True),
    ],
)
def test_a_finding_counts_from_its_severity_on(
    severity: Severity, fail_on: str, *, expected: bool
) -> None:
    assert counts(severity, fail_on) is expected
