"""Starting up is light: no driver, parser or array library before a command needs it."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from aegis_cli.bootstrap import plugin_host

CPU_BUDGET_MS = 150
RUNS = 5

HEAVY = (
    "numpy",
    "pglast",
    "sqlparse",
    "psycopg2",
    "redis",
    "sqlalchemy",
    "sqlglot",
    "pymysql",
    "scipy",
    "polars",
    "pydantic",
    "rich",
    "yappi",
    "line_profiler",
    "memory_profiler",
    "psutil",
    "zstandard",
    "aegis_cli.rules",
    "aegis_cli.render",
    "aegis_cli.sources",
)

IMPORTED = """
import sys
from aegis_cli.cli import main
sys.argv = ["aegis", *sys.argv[1:]]
try:
    main()
finally:
    sys.stderr.write("\\n".join(sys.modules))
"""


def imported_by(*arguments: str) -> set[str]:
    """Run `aegis` in a fresh interpreter and return the modules it imported."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_nothing_heavy_is_imported(arguments: Sequence[str]) -> None:
    assert sorted(imported_by(*arguments) & set(HEAVY)) == []


def test_the_test_would_notice() -> None:
    assert "aegis_cli.rules" in imported_by("rules")


def cpu_ms_of_help() -> float:
    """Run `aegis --help` once and return the CPU time it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "aegis_cli", "--help"],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return used_s * 1000


def test_help_stays_in_its_cpu_budget() -> None:
    # The quickest of several runs: the others pay for what else the machine does.
    assert min(cpu_ms_of_help() for _ in range(RUNS)) <= CPU_BUDGET_MS


def test_the_door_for_plugins_is_light() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, aegis_cli.api; print(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    )

    imported = set(done.stdout.split())
    assert sorted(imported & set(HEAVY)) == []
    assert "aegis_cli.model.facts" not in imported


def test_reading_logs_imports_no_rule_that_logs_say_nothing_about(tmp_path: Path) -> None:
    log = tmp_path / "postgresql.log"
    log.write_text("2026-11-23 20:00:00.000 UTC [1] LOG:  duration: 1.000 ms  statement: SELECT 1")
    wanted = {each.detector for each in plugin_host(command="explain-queries").detectors()}
    left_out = [
        each.detector
        for each in plugin_host(installed=False).detectors()
        if each.detector not in wanted
    ]

    imported = imported_by("explain-queries", str(log), "--format", "json")

    # What was never imported cannot have been seen: no fact for them can come from a log.
    assert {"TableHealth", "SargabilityObservation"} <= {one.consumes.__name__ for one in left_out}
    assert sorted({one.__module__ for one in left_out} & imported) == []
    assert sorted({one.consumes.__module__ for one in left_out} & imported) == []


def test_whoever_names_rules_gets_them_whatever_the_command(tmp_path: Path) -> None:
    log = tmp_path / "postgresql.log"
    log.write_text("2026-11-23 20:00:00.000 UTC [1] LOG:  duration: 1.000 ms  statement: SELECT 1")

    imported = imported_by("explain-queries", str(log), "--select", "unused-index")

    assert "aegis_cli.rules.indexes.unused_index" in imported
