"""Loops that are planted in programs are found at their line, and silent once they are cured."""

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from aegis_cli.engine.detector import AnyDetector, Detector, RunContext
from aegis_cli.engine.pipeline import run
from aegis_cli.model.facts.captured_queries import CapturedQueries
from aegis_cli.model.finding import Finding
from aegis_cli.model.location import CodeLocation
from aegis_cli.sources.captured.workload import CapturedWorkload

Run = Callable[..., Any]
_PROGRAMS = Path(__file__).parent / "programs"
_EXPECTED = re.compile(r"# finds: (AEG\d{4})")
_MODULES = ("n_plus_one", "nested_n_plus_one", "repeated_query", "commit_per_row")


def _detectors() -> Iterator[AnyDetector]:
    for name in _MODULES:
        module = import_module(f"aegis_cli.rules.queries.{name}")
        for each in vars(module).values():
            is_own = inspect.isclass(each) and each.__module__ == module.__name__
            if is_own and issubclass(each, Detector):
                yield each(each.options_type(), RunContext(recheck="aegis profile app.py"))


def _findings(captured: tuple[CapturedQueries, ...]) -> tuple[Finding, ...]:
    workload = CapturedWorkload()

    def facts() -> Iterator[object]:
        yield from workload.batches(captured)
        yield from workload.facts()

    outcome = run(facts(), tuple(_detectors()))
    assert outcome.skipped == ()
    return outcome.findings


def _planted(name: str) -> set[tuple[str, str, int]]:
    lines = (_PROGRAMS / name).read_text("utf-8").splitlines()
    return {
        (found[1], name, number)
        for number, line in enumerate(lines, 1)
        if (found := _EXPECTED.search(line)) is not None
    }


def _primary(finding: Finding) -> tuple[str, str, int | None]:
    location = finding.locations[0]
    assert isinstance(location, CodeLocation)
    return finding.rule.code, location.path, location.line


@pytest.mark.parametrize("name", ["plain_loop.py", "sqlalchemy_loop.py", "django_loop.py"])
def test_finds_every_planted_loop_at_its_line_and_nothing_else(
    name: str, run_captured: Run
) -> None:
    findings = _findings(run_captured(name).captured)

    assert {_primary(each) for each in findings} == _planted(name)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        (
            "sqlalchemy_loop.py",
            {
                "select(Author).options(selectinload(Author.books))",
                "select(Book).options(joinedload(Book.writer))",
            },
        ),
        (
            "django_loop.py",
            {
                'Author.objects.prefetch_related("books")',
                'Author.objects.select_related("profile")',
                'Book.objects.select_related("writer")',
            },
        ),
    ],
)
def test_the_change_names_the_relationship(name: str, options: set[str], run_captured: Run) -> None:
    findings = _findings(run_captured(name).captured)

    changes = [each.fix.text.splitlines() for each in findings]

    assert {line for change in changes for line in change if line in options} == options
    assert len(changes) == len(options)


def test_following_the_advice_silences_it(run_captured: Run) -> None:
    assert _findings(run_captured("sqlalchemy_cured.py").captured) == ()


def test_a_loop_names_its_callers_behind_its_line(run_captured: Run) -> None:
    findings = _findings(run_captured("plain_loop.py").captured)

    (loop,) = (each for each in findings if each.rule.code == "AEG1101")
    functions = [each.function for each in loop.locations if isinstance(each, CodeLocation)]
    assert functions == ["books_of", "main", "<module>"]
    assert "waiting for the database" in loop.message.en
