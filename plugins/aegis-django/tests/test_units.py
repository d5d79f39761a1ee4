"""Requests, commands, tasks and tests of a real project are units of work in the report."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parent / "project"
DEADLINE_S = 120


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a copy of the project."""
    folder = tmp_path / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )


def profiled(folder: Path, *words: str) -> Any:
    """Run a program of the project under `aegis profile`; return the report."""
    output = ("--format", "json", "--output", "report.json")
    done = run(folder, "-m", "aegis_cli", "profile", *output, *words)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "report.json").read_text("utf-8"))


def units_of(report: Any) -> dict[str, tuple[int, int, int]]:
    """Return runs, statements and most statements of a run, by the name of the unit."""
    (section,) = (each for each in report["sections"] if each["id"] == "units-of-work")
    rows = [dict(zip(section["columns"], row, strict=True)) for row in section["rows"]]
    return {row["unit"]: (row["runs"], row["statements"], row["max_statements"]) for row in rows}


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the report on a visit to all pages."""
    folder = tmp_path_factory.mktemp("visit") / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return profiled(folder, "visit.py")


def test_requests_commands_and_tasks_are_units_of_work(visit: Any) -> None:
    units = units_of(visit)

    assert units["GET /orders/"] == (3, 63, 21)
    assert units["GET /orders/joined/"] == (1, 1, 1)
    runs, statements, _ = units["GET /customers/<int:key>/"]
    assert runs == 2
    assert statements >= 4, "a thread's first connection sets itself up"
    assert units["GET (no route)"] == (1, 0, 0)
    assert units["manage.py fill"][0] == 1
    assert units["task shop.count_orders"] == (1, 1, 1)


def test_a_finding_names_the_route_and_the_line(visit: Any) -> None:
    (loop,) = (each for each in visit["findings"] if each["rule"] == "AEG1101")
    told = json.dumps(loop)
    assert "GET /orders/" in told
    assert "views.py" in json.dumps(loop["locations"][0])
    assert 'select_related(\\"customer\\")' in told


def test_a_route_over_its_budget_of_queries_is_found_by_its_name(visit: Any) -> None:
    (over,) = (each for each in visit["findings"] if each["rule"] == "AEG5304")

    assert over["message"].startswith("GET /orders/: 3 of 3 units of work run more than 10")


def test_a_command_under_the_profiler_is_one_unit(project: Path) -> None:
    report = profiled(project, "manage.py", "fill")

    assert list(units_of(report)) == ["manage.py fill"]


def test_without_the_profiler_everything_works_and_nothing_is_said(project: Path) -> None:
    done = run(project, "visit.py")

    assert (done.returncode, done.stderr.replace("Not Found: /nothing/\n", "")) == (0, "")
    assert done.stdout.splitlines()[-1] == "20"


def test_the_runner_lists_the_costliest_test_and_what_was_found(project: Path) -> None:
    done = run(project, "manage.py", "test")

    assert done.returncode == 0, done.stderr
    told = done.stderr[done.stderr.index("AEGIS: ") :].splitlines()
    assert told[1].split() == ["13", "statements", "shop.tests.OrderPages.test_row_by_row"]
    found = [line for line in told if line.startswith("AEG1101 ")]
    assert len(found) == 1
    assert "shop/tests.py:21" in found[0]
    assert 'select_related("customer")' in found[0]


def test_findings_fail_the_run_where_that_is_asked_for(project: Path) -> None:
    done = run(project, "manage.py", "test", "--aegis-fail-on", "medium", "--aegis-top", "1")

    assert done.returncode == 1, done.stderr
    assert "test_joined" not in done.stderr
