"""Where nothing can be injected, the runner stands before the program; flags stay as they are."""

import os
from pathlib import Path

import pytest

from aegis_cli.profiling.launch.interpreter import RUNNER, Way, read_invocation, with_runner

RUN = os.fspath(RUNNER)


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "app.py"
    path.write_text("print(1)\n", "utf-8")
    return str(path)


@pytest.mark.parametrize("flags", [("-I",), ("-E",), ("-S",), ("-OIs",), ("-W", "error", "-E")])
def test_an_interpreter_that_is_deaf_to_its_environment_gets_the_runner(
    flags: tuple[str, ...], script: str
) -> None:
    found = with_runner(("python3.12", *flags, script, "-x"))

    assert found == (("python3.12", *flags, RUN, script, "-x"), Way.RUNNER)


@pytest.mark.parametrize("flags", [(), ("-O",), ("-P",), ("-X", "utf8"), ("-WIES",), ("-XIES",)])
def test_any_other_interpreter_is_left_as_it_is(flags: tuple[str, ...], script: str) -> None:
    command = ("/usr/bin/python3", *flags, script)

    assert with_runner(command) == (command, Way.INJECTION)


def test_the_runner_can_be_asked_for(script: str) -> None:
    found = with_runner(("python", script), is_needed=True)

    assert found == (("python", RUN, script), Way.RUNNER)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("-I", "-m", "app", "-v"), ("-I", RUN, "-m", "app", "-v")),
        (("-Im", "app"), ("-I", RUN, "-m", "app")),
        (("-I", "-mapp", "1"), ("-I", RUN, "-m", "app", "1")),
        (("-Ec", "print()"), ("-E", RUN, "-c", "print()")),
        (
            ("--check-hash-based-pycs", "never", "-Ic", "1"),
            ("--check-hash-based-pycs", "never", "-I", RUN, "-c", "1"),
        ),
    ],
)
def test_modules_and_code_are_handed_to_the_runner(
    words: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert with_runner(("python", *words)) == (("python", *expected), Way.RUNNER)


@pytest.mark.parametrize(
    "words",
    [("-I",), ("-I", "-"), ("-I", "-m"), ("-I", "-V"), ("-Ii", "-c", "1"), ("-I", "missing.py")],
)
def test_what_the_runner_cannot_do_is_left_to_the_interpreter(words: tuple[str, ...]) -> None:
    assert with_runner(("python", *words)) == (("python", *words), Way.INJECTION)


@pytest.mark.parametrize("name", ["gunicorn", "pythonic", "/opt/bin/python2", "ipython3"])
def test_other_programs_are_no_interpreter(name: str) -> None:
    assert read_invocation((name, "-I", "-c", "1")) is None


def test_a_folder_may_be_the_program(tmp_path: Path) -> None:
    found = with_runner(("python3", "-I", str(tmp_path)))

    assert found == (("python3", "-I", RUN, str(tmp_path)), Way.RUNNER)
