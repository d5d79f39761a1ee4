"""A profiled program prints, reads and ends as it does by itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from aegis_cli.profiling.probe import environment
from tests.integration.profile.programs import PROGRAMS, Program
from tests.integration.profile.pythons import pythons
from tests.integration.profile.running import Ended, Place, bare, probed, run

OWN = f"3.{sys.version_info.minor}"
UNRECORDED = frozenset({"stdin_program", "script_missing", "closed_all"})
"""Nothing of the first process is required here."""
CASES = [
    (version, name)
    for version in pythons()
    for name, program in PROGRAMS.items()
    if version == OWN or program.needs == "sys"
]
"""Packages are installed for the interpreter that runs the tests."""
THROUGH_THE_COMMAND = (
    "arguments",
    "stdin",
    "exit_code",
    "uncaught",
    "interrupted",
    "terminated",
    "killed",
    "own_handler",
    "environment",
    "signals",
    "descriptors",
    "broken_pipe",
    "isolated",
    "module",
    "code",
)
"""Programs that see the process which started them, or need something of it."""


def place(version: str, tmp_path: Path) -> Place:
    return Place(python=pythons()[version], version=version, folder=tmp_path / "work")


@pytest.mark.parametrize(("version", "name"), CASES)
def test_a_program_behaves_as_by_itself(version: str, name: str, tmp_path: Path) -> None:
    program, here = PROGRAMS[name], place(version, tmp_path)

    expected = bare(program, here)
    found, recording = probed(program, here, tmp_path / "records")

    assert found == expected
    assert recording.failures == ()
    assert recording.processes or name in UNRECORDED


def commanded(program: Program, here: Place, report: Path) -> Ended:
    """Run a program under the command, whose report goes to a file."""
    command = ["-m", "aegis_cli", "profile", "--output", str(report)]
    mark = () if program.words[0] in {"-m", "-c", "program.py"} else ("--", here.python)
    words = (here.python, *command, *mark, *program.words)
    return run(program, words, here.folder, here.lay_out(program))


@pytest.mark.parametrize("name", THROUGH_THE_COMMAND)
def test_the_command_is_no_more_visible_than_its_probe(name: str, tmp_path: Path) -> None:
    program, here = PROGRAMS[name], place(OWN, tmp_path)

    expected = bare(program, here)
    found = commanded(program, here, tmp_path / "report.txt")

    assert found == expected
    assert (tmp_path / "report.txt").read_text("utf-8").startswith("AEGIS profile")


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "aegis_cli", "profile", "--", "no-such-program"]

    found = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)

    assert found.returncode == 3
    assert b"no-such-program" in found.stderr
    assert b"Traceback" not in found.stderr


def test_the_report_says_how_the_probe_came_in(tmp_path: Path) -> None:
    here = place(OWN, tmp_path)

    commanded(PROGRAMS["isolated"], here, tmp_path / "runner.txt")
    commanded(PROGRAMS["stdin"], here, tmp_path / "injected.txt")

    assert "runner" in line_of("Probe came in by", tmp_path / "runner.txt")
    assert "environment" in line_of("Probe came in by", tmp_path / "injected.txt")


def test_a_console_script_may_be_the_program(tmp_path: Path) -> None:
    script = tmp_path / "tool"
    script.write_text(f"#!{sys.executable}\nimport sys; print(sys.argv); sys.exit(2)\n", "utf-8")
    script.chmod(0o755)
    program = Program(files={}, words=(str(script), "a"))
    here = place(OWN, tmp_path)
    command = (here.python, "-m", "aegis_cli", "profile", "--output", "r.txt", "--")

    expected = run(program, program.words, tmp_path, here.lay_out(program))
    found = run(program, (*command, *program.words), tmp_path, here.lay_out(program))

    assert found == expected
    assert "Recorded processes  1" in (tmp_path / "r.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "processes"),
    [("subprocess", 2), ("process_status", 2), ("clean_environment", 2)],
)
def test_children_are_recorded(name: str, processes: int, tmp_path: Path) -> None:
    _, recording = probed(PROGRAMS[name], place(OWN, tmp_path), tmp_path / "records")

    assert len(recording.processes) == processes


def test_children_that_cannot_be_examined_are_told(tmp_path: Path) -> None:
    commanded(PROGRAMS["isolated_child"], place(OWN, tmp_path), tmp_path / "report.txt")

    report = (tmp_path / "report.txt").read_text("utf-8")
    assert "-I -c 'print(5)'" in report
    assert "a child that leaves its environment aside" in report


def test_nothing_of_ours_is_left_in_the_environment_of_a_program(tmp_path: Path) -> None:
    program = Program(files={"program.py": "import os; print(dict(os.environ))"})

    ended, _ = probed(program, place(OWN, tmp_path), tmp_path / "records")

    assert environment.SETTINGS not in ended.out
    assert b"injected" not in ended.out


def line_of(title: str, report: Path) -> str:
    (line,) = (each for each in report.read_text("utf-8").splitlines() if title in each)
    return line
