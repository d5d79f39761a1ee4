"""Whether an interpreter can import a profiler is found out before the program runs."""

import os
import sys
from pathlib import Path

import pytest

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.profiling.launch.engine_check import check_engine, folder_of


def test_our_own_interpreter_has_our_own_profilers() -> None:
    check_engine((sys.executable, "app.py"), ("yappi", "_yappi"), "yappi")


def test_another_interpreter_tries_to_import_it(tmp_path: Path) -> None:
    other = tmp_path / "python3"
    other.symlink_to(sys.executable)

    check_engine((str(other), "app.py"), ("yappi", "_yappi"), "yappi")


def test_what_is_missing_is_told_with_what_to_install() -> None:
    with pytest.raises(SourceUnavailable) as caught:
        check_engine((sys.executable, "app.py"), ("no_such_profiler",), "no-such-profiler")

    assert caught.value.reason.endswith("cannot import it: No module named 'no_such_profiler'")
    assert caught.value.hint.endswith("-m pip install no-such-profiler")


@pytest.mark.parametrize("command", [("gunicorn", "app"), ("/nowhere/python3", "app.py")])
def test_what_is_not_known_yet_is_left_to_the_probe(command: tuple[str, ...]) -> None:
    check_engine(command, ("no_such_profiler",), "no-such-profiler")


def test_an_engine_of_the_standard_library_needs_no_check() -> None:
    check_engine((sys.executable, "app.py"), (), "")


def test_the_folder_of_a_module_is_where_it_would_be_imported_from() -> None:
    for module in ("yappi", "line_profiler"):
        path = Path(folder_of(module))
        assert (path / module).is_dir() or (path / f"{module}.py").is_file()
    assert folder_of("no_such_profiler") == ""
    assert folder_of("sys") in {"", os.curdir}
