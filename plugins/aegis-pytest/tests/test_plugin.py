"""Tests run in a pytest of their own fail on what they cost, and the worst are listed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHOP = """
import sqlite3
import threading
import pytest

@pytest.fixture
def shop():
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("CREATE TABLE users (id int)")
    connection.executemany("INSERT INTO users VALUES (?)", [(n,) for n in range(8)])
    yield connection
    connection.close()

def one_by_one(shop):
    for (user,) in shop.execute("SELECT id FROM users").fetchall():
        shop.execute("SELECT id FROM users WHERE id = ?", (user,)).fetchone()
"""


def run(folder: Path, tests: str, *options: str) -> tuple[str, dict[str, int]]:
    """Run tests over the shop; return what pytest wrote, and how many passed and failed."""
    (folder / "test_shop.py").write_text(SHOP + tests, encoding="utf-8")
    plain = ("-p", "no:cacheprovider", "-p", "no:randomly", "-W", "error", "--color=no", "-q")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plain, *options, "test_shop.py"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    words = done.stdout.strip().splitlines()[-1].replace(",", "").split()
    counts = {word: int(words[at - 1]) for at, word in enumerate(words) if word in _OUTCOMES}
    return done.stdout + done.stderr, counts


_OUTCOMES = ("passed", "failed", "error", "errors")


def test_an_n_plus_one_fails_a_marked_test_with_its_line(tmp_path: Path) -> None:
    told, counts = run(tmp_path, "@pytest.mark.aegis\ndef test_it(shop):\n    one_by_one(shop)\n")

    assert counts == {"failed": 1}
    line = SHOP.splitlines().index(
        '        shop.execute("SELECT id FROM users WHERE id = ?", (user,)).fetchone()'
    )
    assert "AEG1101" in told
    assert f"test_shop.py:{line + 1}" in told


def test_more_statements_than_allowed_are_listed_with_their_lines(tmp_path: Path) -> None:
    marker = "@pytest.mark.aegis(max_queries=8, fail_on='never')\n"

    told, counts = run(tmp_path, f"{marker}def test_it(shop):\n    one_by_one(shop)\n")

    assert counts == {"failed": 1}
    assert "9 statements, 8 allowed" in told
    assert "8x  SELECT id FROM users WHERE id = ?" in told


def test_what_stays_within_its_budget_passes(tmp_path: Path) -> None:
    tests = """
@pytest.mark.aegis(max_queries=9, fail_on="never", max_seconds=600, max_cpu_seconds=600, max_mb=90)
def test_exactly(shop):
    one_by_one(shop)

@pytest.mark.aegis(max_queries=9, ignore="1.1")
def test_ignored(shop):
    one_by_one(shop)

@pytest.mark.aegis(max_queries=0)
def test_fixtures_do_not_count(shop):
    pass

def test_unmarked(shop):
    one_by_one(shop)
"""

    told, counts = run(tmp_path, tests)

    assert counts == {"passed": 4}, told


def test_other_threads_count(tmp_path: Path) -> None:
    tests = """
@pytest.mark.aegis(max_queries=3, fail_on="never")
def test_it(shop):
    thread = threading.Thread(target=one_by_one, args=(shop,))
    thread.start()
    thread.join()
"""

    told, counts = run(tmp_path, tests)

    assert counts == {"failed": 1}
    assert "9 statements, 3 allowed" in told


def test_memory_and_time_have_limits(tmp_path: Path) -> None:
    tests = """
@pytest.mark.aegis(max_mb=1)
def test_memory():
    assert len([0] * 1_000_000) == 1_000_000

@pytest.mark.aegis(max_seconds=0)
def test_time():
    pass

@pytest.mark.aegis(max_cpu_seconds=0)
def test_processor_time():
    assert sum(range(10_000))
"""

    told, counts = run(tmp_path, tests)

    assert counts == {"failed": 3}
    assert "allocated up to 8 MB, 1 allowed" in told
    assert "s of CPU, 0 allowed" in told


def test_a_part_of_a_test_has_a_budget_of_its_own(tmp_path: Path) -> None:
    tests = """
def test_it(shop, aegis):
    one_by_one(shop)
    with aegis(max_queries=1):
        shop.execute("SELECT 1")
    with aegis(max_queries=1, fail_on="never"):
        one_by_one(shop)
"""

    told, counts = run(tmp_path, tests)

    assert counts == {"failed": 1}
    assert "9 statements, 1 allowed" in told


def test_a_failing_test_fails_for_its_own_reason(tmp_path: Path) -> None:
    told, counts = run(
        tmp_path, "@pytest.mark.aegis(max_queries=0)\ndef test_it(shop):\n    assert 'own' == ''\n"
    )

    assert counts == {"failed": 1}
    assert "assert 'own' == ''" in told
    assert "over budget" not in told


def test_a_wrong_marker_says_what_is_wrong(tmp_path: Path) -> None:
    told, counts = run(tmp_path, "@pytest.mark.aegis(max_qeries=1)\ndef test_it():\n    pass\n")

    assert counts == {"failed": 1}
    assert "no limit is called 'max_qeries'" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "xdist"])
def test_the_worst_tests_are_listed(tmp_path: Path, options: tuple[str, ...]) -> None:
    tests = """
def test_many(shop):
    one_by_one(shop)

def test_one(shop):
    shop.execute("SELECT 1")

def test_none():
    pass
"""

    told, counts = run(tmp_path, tests, "--aegis", "--aegis-top", "2", *options)

    assert counts == {"passed": 3}, told
    summary = told.partition("aegis: tests by queries")[2].splitlines()
    listed = [line.split()[-1] for line in summary if "::" in line]
    assert listed == ["test_shop.py::test_many", "test_shop.py::test_one"]
    assert "3 tests measured, 2 of them send statements" in told
    assert "AEG1101" in told


def test_options_set_limits_for_every_test(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naegis_max_queries = 5\n", encoding="utf-8")
    tests = "def test_it(shop):\n    one_by_one(shop)\n"

    strict, of_limit = run(tmp_path, tests, "--aegis")
    _, unwatched = run(tmp_path, tests)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    found, of_findings = run(tmp_path, tests, "--aegis", "--aegis-fail-on", "medium")

    assert of_limit == {"failed": 1}
    assert "9 statements, 5 allowed" in strict
    assert unwatched == {"passed": 1}
    assert of_findings == {"failed": 1}
    assert "over budget:\n  AEG1101" in found


def test_connections_from_before_are_told(tmp_path: Path) -> None:
    early = "import sqlite3\nEARLY = sqlite3.connect(':memory:')\n"
    (tmp_path / "conftest.py").write_text(early, encoding="utf-8")
    tests = "@pytest.mark.aegis(max_queries=1)\ndef test_it():\n    pass\n"

    told, counts = run(tmp_path, tests, "-W", "default::pytest.PytestWarning")

    assert counts["passed"] == 1
    assert "1 database connections were open before the tests were collected" in told
