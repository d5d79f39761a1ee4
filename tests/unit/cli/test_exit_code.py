"""The exit code follows from how the run ended, from findings, and from what was skipped."""

from dataclasses import replace

import pytest

from aegis_cli.cli._run import Ending, exit_code
from aegis_cli.configuration.values import FailOn
from aegis_cli.model.report import Report, Skipped
from aegis_cli.model.severity import Severity
from aegis_cli.model.text import Text
from tests.unit.engine.builders import a_finding, a_report

CLEAN = a_report()
MEDIUM = a_report(a_finding(severity=Severity.MEDIUM))
SKIPPED = replace(
    CLEAN, skipped=(Skipped(subject="x", reason=Text.same("y"), hint=Text.same("z")),)
)
PARTIAL = replace(CLEAN, partial=True)


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [(FailOn.LOW, 1), (FailOn.MEDIUM, 1), (FailOn.HIGH, 0), (FailOn.NEVER, 0)],
)
def test_findings_count_from_the_chosen_severity_on(fail_on: FailOn, code: int) -> None:
    assert exit_code(MEDIUM, fail_on, strict=False) == code


def test_without_findings_the_code_is_0() -> None:
    assert exit_code(CLEAN, FailOn.LOW, strict=True) == 0


@pytest.mark.parametrize("report", [SKIPPED, PARTIAL], ids=["skipped", "partial"])
@pytest.mark.parametrize(("strict", "code"), [(False, 0), (True, 3)])
def test_what_was_not_examined_counts_only_when_strict(
    report: Report, code: int, *, strict: bool
) -> None:
    assert exit_code(report, FailOn.LOW, strict=strict) == code


def test_findings_come_before_what_was_skipped() -> None:
    both = replace(MEDIUM, skipped=SKIPPED.skipped)

    assert exit_code(both, FailOn.LOW, strict=True) == 1


@pytest.mark.parametrize(("ending", "code"), [(Ending.INTERRUPTED, 130), (Ending.UNEXAMINED, 3)])
def test_an_early_end_decides_alone(ending: Ending, code: int) -> None:
    assert exit_code(MEDIUM, FailOn.LOW, strict=False, ending=ending) == code
