"""Loops that are planted in programs are found at their line, and silent once they are cured."""

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
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
_EXPECTED = re.compile(r"# finds: (AEG\d{4})$")
_CHANGE = re.compile(r"# change: (.+)$")
_MODULES = (
    "n_plus_one",
    "nested_n_plus_one",
    "repeated_query",
    "commit_per_row",
    "row_at_a_time_insert",
    "row_at_a_time_update",
)
_AIOSQLITE = {"PROGRAM_URL": "sqlite+aiosqlite://"}


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


def _planted(name: str) -> dict[tuple[str, str, int], str]:
    """Return the change that the line above each planted one states; empty where any will do."""
    lines = (_PROGRAMS / name).read_text("utf-8").splitlines()
    planted = {}
    for number, (before, line) in enumerate(pairwise(lines), 2):
        found, change = _EXPECTED.search(line), _CHANGE.search(before)
        if found is not None:
            planted[found[1], name, number] = change[1] if change is not None else ""
    return planted


def _primary(finding: Finding) -> tuple[str, str, int | None]:
    location = finding.locations[0]
    assert isinstance(location, CodeLocation)
    return finding.rule.code, location.path, location.line


def _assert_finds_what_is_planted(name: str, findings: tuple[Finding, ...]) -> None:
    changes = {
        _primary(each): [line.strip() for line in each.fix.text.splitlines()] for each in findings
    }
    planted = _planted(name)
    assert changes.keys() == planted.keys()
    assert len(findings) == len(planted)
    for place, change in planted.items():
        assert not change or change in changes[place]


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("plain_loop.py", None),
        ("sqlalchemy_loop.py", None),
        ("sqlalchemy_async_loop.py", _AIOSQLITE),
        ("django_loop.py", None),
        ("django_async_loop.py", None),
        ("sqlalchemy_writes_loop.py", None),
        ("django_writes_loop.py", None),
        ("django_nested_loop.py", None),
    ],
)
def test_finds_every_planted_loop_at_its_line_with_its_change_and_nothing_else(
    name: str, variables: dict[str, str] | None, run_captured: Run
) -> None:
    ran = run_captured(name, variables)

    assert (ran.status, ran.stderr) == (0, b"")
    _assert_finds_what_is_planted(name, _findings(ran.captured))


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("sqlalchemy_cured.py", None),
        ("sqlalchemy_async_cured.py", _AIOSQLITE),
        ("django_cured.py", None),
        ("django_async_cured.py", None),
        ("sqlalchemy_writes_cured.py", None),
        ("django_writes_cured.py", None),
        ("django_nested_cured.py", None),
    ],
)
def test_following_the_advice_silences_it(
    name: str, variables: dict[str, str] | None, run_captured: Run
) -> None:
    ran = run_captured(name, variables)

    assert (ran.status, ran.stderr) == (0, b"")
    assert ran.captured
    assert _findings(ran.captured) == ()


@pytest.mark.postgres(">= 13")
@pytest.mark.parametrize("driver", ["psycopg2", "psycopg", "asyncpg"])
def test_finds_and_silences_loops_of_sqlalchemy_on_postgresql(
    driver: str, run_captured: Run, postgres_database: str
) -> None:
    kind = "sqlalchemy" if driver == "psycopg2" else "sqlalchemy_async"
    address = postgres_database.replace("postgresql:", f"postgresql+{driver}:")
    variables = {"PROGRAM_URL": address}

    ran = run_captured(f"{kind}_loop.py", variables)
    cured = run_captured(f"{kind}_cured.py", variables)

    assert (ran.status, ran.stderr) == (cured.status, cured.stderr) == (0, b"")
    _assert_finds_what_is_planted(f"{kind}_loop.py", _findings(ran.captured))
    assert _findings(cured.captured) == ()


@pytest.mark.postgres(">= 13")
@pytest.mark.parametrize("kind", ["django", "django_async"])
def test_finds_and_silences_loops_of_django_on_postgresql(
    kind: str, run_captured: Run, postgres_database: str
) -> None:
    variables = {"PROGRAM_DSN": postgres_database}

    ran = run_captured(f"{kind}_loop.py", variables)
    cured = run_captured(f"{kind}_cured.py", variables)

    assert (ran.status, ran.stderr) == (cured.status, cured.stderr) == (0, b"")
    _assert_finds_what_is_planted(f"{kind}_loop.py", _findings(ran.captured))
    assert _findings(cured.captured) == ()


def test_a_loop_names_its_callers_behind_its_line(run_captured: Run) -> None:
    findings = _findings(run_captured("plain_loop.py").captured)

    (loop,) = (each for each in findings if each.rule.code == "AEG1101")
    functions = [each.function for each in loop.locations if isinstance(each, CodeLocation)]
    assert functions == ["books_of", "main", "<module>"]
    assert "waiting for the database" in loop.message.en
