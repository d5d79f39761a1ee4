"""The import contracts hold, and each of them catches a planted violation."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.project.tree import PLUGIN_PACKAGES, ROOT

LINT = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """An import where it must not be, and the contract that must say so."""

    contract: str
    path: str
    line: str
    told: str


PLANTS = (
    Plant(
        contract="Layers",
        path="aegis_cli/model/planted.py",
        line="import aegis_cli.engine.pipeline",
        told="aegis_cli.model.planted -> aegis_cli.engine.pipeline",
    ),
    Plant(
        contract="Layers",
        path="aegis_cli/rules/queries/planted.py",
        line="def late() -> None:\n    import aegis_cli.render.wording",
        told="aegis_cli.rules.queries.planted -> aegis_cli.render.wording",
    ),
    Plant(
        contract="Layers",
        path="aegis_cli/stray.py",
        line="",
        told="aegis_cli.stray",
    ),
    Plant(
        contract="No cycles anywhere",
        path="aegis_cli/engine/problem.py",
        line="import aegis_cli.engine.selection",
        told="aegis_cli.engine",
    ),
    Plant(
        contract="Rule bundles do not know each other",
        path="aegis_cli/rules/planted/__init__.py",
        line="import aegis_cli.rules.queries",
        told="aegis_cli.rules.planted -> aegis_cli.rules.queries",
    ),
    Plant(
        contract="Plugins enter through the door",
        path="aegis_example/planted.py",
        line="import aegis_cli.model.finding",
        told="aegis_example.planted -> aegis_cli.model.finding",
    ),
    Plant(
        contract="Plugins enter through the door",
        path="aegis_django/planted.py",
        line="import aegis_cli.profiling.units",
        told="aegis_django.planted -> aegis_cli.profiling.units",
    ),
    Plant(
        contract="Plugins enter through the door",
        path="aegis_pytest/planted.py",
        line="import aegis_cli.profiling.inside",
        told="aegis_pytest.planted -> aegis_cli.profiling.inside",
    ),
    Plant(
        contract="Only cli knows typer",
        path="aegis_cli/usecases/planted.py",
        line="import typer",
        told="aegis_cli.usecases.planted -> typer",
    ),
    Plant(
        contract="Only the terminal knows rich",
        path="aegis_cli/rules/queries/planted_rich.py",
        line="import rich.console",
        told="aegis_cli.rules.queries.planted_rich -> rich",
    ),
    Plant(
        contract="Only embedded and sources.postgres know psycopg2",
        path="aegis_cli/usecases/planted_driver.py",
        line="import psycopg2",
        told="aegis_cli.usecases.planted_driver -> psycopg2",
    ),
    Plant(
        contract="Only sources.mysql knows pymysql",
        path="aegis_cli/sources/sqlite/planted.py",
        line="import pymysql",
        told="aegis_cli.sources.sqlite.planted -> pymysql",
    ),
    Plant(
        contract="Only SQLite and MySQL are reached through sqlalchemy",
        path="aegis_cli/usecases/planted_url.py",
        line="import sqlalchemy",
        told="aegis_cli.usecases.planted_url -> sqlalchemy",
    ),
    Plant(
        contract="The probe imports only the standard library",
        path="aegis_cli/profiling/probe/planted.py",
        line="import aegis_cli.model.finding",
        told="aegis_cli.profiling.probe.planted -> aegis_cli.model.finding",
    ),
    Plant(
        contract="Only sources.python_code knows msgspec",
        path="aegis_cli/codebase/planted.py",
        line="import msgspec",
        told="aegis_cli.codebase.planted -> msgspec",
    ),
    Plant(
        contract="Only the search for indexes knows scipy",
        path="aegis_cli/workload/planted_solver.py",
        line="import scipy.optimize",
        told="aegis_cli.workload.planted_solver -> scipy",
    ),
    Plant(
        contract="Only sqltext knows SQL parsers",
        path="aegis_cli/rules/queries/planted_parser.py",
        line="import pglast.parser",
        told="aegis_cli.rules.queries.planted_parser -> pglast",
    ),
    Plant(
        contract="Only profiling knows profilers",
        path="aegis_cli/usecases/planted_profiler.py",
        line="import yappi",
        told="aegis_cli.usecases.planted_profiler -> yappi",
    ),
    Plant(
        contract="Only hooks knows pluggy",
        path="aegis_cli/engine/planted.py",
        line="import pluggy",
        told="aegis_cli.engine.planted -> pluggy",
    ),
    Plant(
        contract="Arrays stay below the use cases",
        path="aegis_cli/usecases/planted_array.py",
        line="import numpy",
        told="aegis_cli.usecases.planted_array -> numpy",
    ),
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a copy of the tree."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
    )


def copy_tree(folder: Path) -> None:
    """Copy what the contracts are about."""
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "aegis_cli", folder / "aegis_cli", ignore=leave_out)
    for plugin in PLUGIN_PACKAGES:
        shutil.copytree(ROOT / plugin, folder / Path(plugin).name, ignore=leave_out)
    shutil.copy(ROOT / "pyproject.toml", folder)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Plant every violation in one copy and return what the check says."""
    folder = tmp_path_factory.mktemp("planted")
    copy_tree(folder)
    for plant in PLANTS:
        path = folder / plant.path
        path.parent.mkdir(exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(f"{before}\n{plant.line}\n", encoding="utf-8")
    return lint(folder).stdout


def test_all_contracts_hold(tmp_path: Path) -> None:
    copy_tree(tmp_path)

    done = lint(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.contract}: {plant.path}")
def test_a_planted_violation_is_caught(planted: str, plant: Plant) -> None:
    details = planted.partition("Broken contracts")[2]

    _, _, rest = details.partition(f"\n{plant.contract}\n")

    section = rest.lstrip("-\n").partition("\n---")[0]
    assert plant.told in section


def test_every_contract_has_a_planted_violation() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = {
        block.partition('name = "')[2].partition('"')[0]
        for block in text.split("[[tool.importlinter.contracts]]")[1:]
    }

    assert {plant.contract for plant in PLANTS} == names
