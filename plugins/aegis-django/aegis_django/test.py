"""Run tests as units of work, and tell which cost most and what was found."""

import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any
from unittest import TestCase, TestResult, TestSuite, TextTestResult

from django.test.runner import DiscoverRunner

from aegis_cli.api import Block, Finding, Severity, profile, unit_of_work, watch

_NEVER = "never"
_SECTION = "units-of-work"


class _Units:
    """A mixin of results that makes each test a unit of work."""

    _stack: ExitStack

    def startTest(self, test: TestCase) -> None:  # noqa: N802  # unittest's name
        """Begin the unit of a test."""
        self._stack = ExitStack()
        self._stack.enter_context(unit_of_work(test.id()))
        super().startTest(test)  # type: ignore[misc]  # of a result

    def stopTest(self, test: TestCase) -> None:  # noqa: N802  # unittest's name
        """End the unit of a test."""
        super().stopTest(test)  # type: ignore[misc]  # of a result
        self._stack.close()


class AegisTestRunner(DiscoverRunner):  # type: ignore[misc]  # Django has no types
    """Django's runner, with what AEGIS saw of the tests at the end."""

    def __init__(self, **options: Any) -> None:
        """Take the options of `manage.py test`, and begin to watch before databases are made."""
        self._top = int(options.pop("aegis_top", 10))
        self._fail_on = str(options.pop("aegis_fail_on", _NEVER))
        super().__init__(**options)
        self._block: Block | None = None
        watch()

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        """Add our options to those of `manage.py test`."""
        super().add_arguments(parser)
        parser.add_argument("--aegis-top", type=int, default=10, metavar="N")
        choices = [_NEVER, *(each.name.lower() for each in Severity)]
        parser.add_argument("--aegis-fail-on", choices=choices, default=_NEVER)

    def get_resultclass(self) -> type[TextTestResult]:
        """Return Django's class of results, with units."""
        base = super().get_resultclass() or TextTestResult
        return type("AegisTestResult", (_Units, base), {})

    def run_suite(self, suite: TestSuite, **options: Any) -> TestResult:
        """Run all tests inside one block."""
        with profile("tests") as self._block:
            result: TestResult = super().run_suite(suite, **options)
        return result

    def suite_result(self, suite: TestSuite, result: TestResult, **options: Any) -> int:
        """Report, and count findings that are to fail the run among the failures."""
        failures = int(super().suite_result(suite, result, **options))
        assert self._block is not None
        sys.stderr.write(self._told(self._block))
        return failures + len(self._failing(self._block))

    def _failing(self, block: Block) -> list[Finding]:
        if self._fail_on == _NEVER:
            return []
        least = Severity[self._fail_on.upper()]
        return [each for each in block.findings if each.severity >= least]

    def _told(self, block: Block) -> str:
        parts = [f"AEGIS: {block.queries:,} statements, {block.query_ms:,.0f} ms in them."]
        if self.parallel > 1:
            parts.append("Tests ran in other processes, which are not seen: use --parallel 1.")
        parts += [f"  {line}" for line in self._costliest(block)]
        parts += [
            f"{each.rule.code} {each.severity.name.lower()}: {each.message.en}"
            f" [{_place(each)}] {each.fix.summary.en}"
            for each in block.findings
        ]
        return "\n".join(parts) + "\n"

    def _costliest(self, block: Block) -> list[str]:
        sections = [each for each in block.report.sections if each.id == _SECTION]
        rows = [row for each in sections for row in each.rows]
        rows.sort(key=lambda row: -float(str(row[2])))
        return [f"{row[2]:>6} statements  {row[0]}" for row in rows[: self._top] if row[2]]


def _place(finding: Finding) -> str:
    """Return path and line of a finding's first location, if it has one in code."""
    for each in finding.locations:
        path, line = getattr(each, "path", None), getattr(each, "line", None)
        if path is not None:
            return f"{path}:{line}"
    return "no place"
