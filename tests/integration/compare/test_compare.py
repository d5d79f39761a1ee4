"""Two commands run in turns, and two saved reports, are compared as a user would do it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SHOP = """
import sqlite3
shop = sqlite3.connect(":memory:")
shop.execute("CREATE TABLE users (id int)")
shop.executemany("INSERT INTO users VALUES (?)", [(each,) for each in range(60)])
def load():
    rows = shop.execute("SELECT id FROM users").fetchall()
    {loop}
    return rows
load()
sum(range({work}))
"""
ONE_BY_ONE = 'for row in rows: shop.execute("SELECT id FROM users WHERE id = ?", row).fetchone()'
SLOW, FAST = SHOP.format(loop=ONE_BY_ONE, work=40_000_000), SHOP.format(loop="pass", work=1000)


def aegis(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the program as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "aegis_cli", *words],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    (tmp_path / "fast.py").write_text(FAST, encoding="utf-8")
    return tmp_path


def in_turns(folder: Path, before: str, after: str, *options: str) -> tuple[int, dict[str, object]]:
    """Compare two scripts; return the exit code and the report."""
    commands = [f"'{sys.executable}' {each}" for each in (before, after)]
    words = ("--format", "json", "--runs", "4", "--warm-ups", "0", *options, "--", *commands)
    done = aegis(folder, "compare", *words)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def table(report: dict[str, object], name: str) -> list[dict[str, object]]:
    """Return a section's rows by column."""
    sections = report["sections"]
    assert isinstance(sections, list)
    (found,) = [each for each in sections if each["id"] == name]
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


def test_the_faster_one_is_shown_with_what_made_it_faster(shop: Path) -> None:
    code, report = in_turns(shop, "slow.py", "fast.py")

    assert code == 0
    (cpu,) = [each for each in table(report, "comparison") if each["metric"] == "cpu_s"]
    assert cpu["verdict"] == "lower"
    assert (cpu["runs_before"], cpu["runs_after"]) == (4, 4)
    (lookup,) = [
        each
        for each in table(report, "changed-statements-by-call-site")
        if "WHERE" in str(each["statement"])
    ]
    assert (lookup["calls_before"], lookup["calls_after"]) == (60, 0)
    gone = [each["rule"] for each in table(report, "changed-findings") if each["change"] == "gone"]
    assert "AEG1101 n-plus-one" in gone


def test_a_slower_one_fails_where_that_is_asked_for(shop: Path) -> None:
    code, report = in_turns(shop, "fast.py", "slow.py", "--fail-slower", "50", "--no-profile")

    assert code == 1
    (cpu,) = [each for each in table(report, "comparison") if each["metric"] == "cpu_s"]
    assert cpu["verdict"] == "higher"


def test_a_faster_one_does_not_fail(shop: Path) -> None:
    code, _ = in_turns(shop, "slow.py", "fast.py", "--fail-slower", "0", "--no-profile")

    assert code == 0


@pytest.mark.parametrize(
    ("commands", "told"),
    [
        (("nothing-of-this-name", "true"), "nothing-of-this-name"),
        (("true", "false"), "exit status 1"),
        (("true", "sh -c 'echo broken >&2; exit 3'"), "exit status 3: broken"),
    ],
)
def test_a_command_that_fails_is_told(tmp_path: Path, commands: tuple[str, str], told: str) -> None:
    done = aegis(tmp_path, "compare", "--runs", "4", "--", *commands)

    assert done.returncode == 3
    assert told in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("words", [(), ("true",), ("true", "true", "true"), ("", "true")])
def test_anything_but_two_is_wrong_usage(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = aegis(tmp_path, "compare", "--", *words)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def saved(folder: Path, script: str) -> str:
    """Profile a script and return the file of its report."""
    name = f"{script}.json"
    done = aegis(folder, "profile", "--format", "json", "--output", name, script)
    assert done.returncode == 0, done.stderr
    return name


def test_two_saved_reports_tell_what_is_new(shop: Path) -> None:
    before, after = saved(shop, "fast.py"), saved(shop, "slow.py")

    done = aegis(shop, "compare", before, after, "--format", "json", "--fail-on", "medium")

    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert "AEG1101" in {each["rule"] for each in report["findings"]}
    assert {each["subject"] for each in report["skipped"]} == {"noise"}
    assert table(report, "changed-statements-by-call-site")


def test_what_was_there_before_is_not_new(shop: Path) -> None:
    before, after = saved(shop, "slow.py"), saved(shop, "fast.py")

    done = aegis(shop, "compare", before, after, "--format", "json", "--fail-on", "low")

    assert done.returncode == 0
    assert json.loads(done.stdout)["findings"] == []


def test_a_report_and_a_command_are_not_compared(shop: Path) -> None:
    done = aegis(shop, "compare", saved(shop, "fast.py"), "true")

    assert done.returncode == 2
    assert "one of the two is a report" in done.stderr


def test_ctrl_c_leaves_what_was_measured_and_no_process(tmp_path: Path) -> None:
    words = ("compare", "--runs", "1000", "--warm-ups", "0", "--format", "json", "--", "true")
    started = tmp_path / "started"
    endless = f"sh -c 'touch {started}; exec sleep 600'"
    with subprocess.Popen(
        [sys.executable, "-m", "aegis_cli", *words, endless],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        while not started.exists():
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        told, complaints = running.communicate(timeout=60)

    assert running.returncode == 130, complaints
    assert json.loads(told)["partial"] is True
    left = subprocess.run(["pgrep", "-f", str(started)], capture_output=True, check=False)
    assert left.stdout == b""
