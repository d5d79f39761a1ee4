"""Where the program's interpreter has no such profiler, the program runs and the report says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aegis_cli.profiling.launch.injection import environment_with_probe
from aegis_cli.profiling.recording.engines import EngineNote, read_notes
from aegis_cli.profiling.recording.run import read_run

DEADLINE_S = 60


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an interpreter that has the standard library alone."""
    folder = tmp_path_factory.mktemp("bare")
    venv = (sys.executable, "-m", "venv", "--without-pip", str(folder))
    subprocess.run(venv, check=True, timeout=DEADLINE_S)
    return folder / "bin" / "python"


def _noted(python: Path, folder: Path, **settings: object) -> EngineNote:
    parts = {"engines": {"folder": "", "directory": str(folder), "functions": [], **settings}}
    environment = environment_with_probe(dict(os.environb), folder, parts=parts)
    words = (str(python), "-c", "import sys; print('ran'); sys.exit(3)")
    done = subprocess.run(
        words, env=environment, capture_output=True, timeout=DEADLINE_S, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, b"ran\n", b"")
    (process,) = read_run(folder).processes
    assert process.failures == ()
    note = read_notes(process)
    assert note is not None
    return note


@pytest.mark.parametrize("engine", ["yappi", "line", "memory", "memray"])
def test_a_missing_profiler_is_noted_and_does_no_harm(
    bare: Path, tmp_path: Path, engine: str
) -> None:
    note = _noted(bare, tmp_path, engine=engine)

    assert note.engine == engine
    assert note.missing is not None
    assert note.missing.startswith("No module named")
    assert Path(note.executable) == bare


@pytest.mark.parametrize("engine", ["cprofile", "tracemalloc"])
def test_a_profiler_of_the_standard_library_is_always_there(
    bare: Path, tmp_path: Path, engine: str
) -> None:
    parts = {"engines": {"engine": engine}}
    environment = environment_with_probe(dict(os.environb), tmp_path, parts=parts)

    subprocess.run((str(bare), "-c", "pass"), env=environment, check=True, timeout=DEADLINE_S)

    (process,) = read_run(tmp_path).processes
    assert process.failures == ()
    assert list(process.payloads("functions" if engine == "cprofile" else "held-memory"))


def test_greenlets_are_those_of_the_program_or_none(bare: Path, tmp_path: Path) -> None:
    note = _noted(bare, tmp_path, engine="yappi", greenlets=True)

    assert note.missing == "No module named 'greenlet'"
