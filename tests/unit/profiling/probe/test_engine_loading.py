"""A profiler is imported from the program's own installation, else lent to it unseen."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis_cli.profiling.probe.engine_loading import (
    KIND,
    MissingEngine,
    import_profiler,
    tell,
    version_of,
)
from aegis_cli.profiling.probe.recorder import Recorder
from aegis_cli.profiling.recording.frames import read_records

NAME = "profiler_to_be_lent"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with a package that is on no path."""
    package = tmp_path / "x-packages" / NAME
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        f"import {NAME}_part\nfrom {NAME} import inner\n__version__ = '1.2'\n"
    )
    (package / "inner.py").write_text("VALUE = 3\n")
    (package.parent / f"{NAME}_part.py").write_text("")
    importlib.invalidate_caches()
    yield package.parent
    for name in [each for each in sys.modules if each.startswith(NAME)]:
        del sys.modules[name]


def test_a_lent_profiler_works_and_is_not_seen(folder: Path) -> None:
    path, finders = list(sys.path), list(sys.meta_path)

    lent = import_profiler((NAME, f"{NAME}_part"), str(folder))

    assert lent.module.inner.VALUE == 3
    assert version_of(lent.module) == "1.2"
    assert [each for each in sys.modules if each.startswith(NAME)] == []
    assert (sys.path, sys.meta_path) == (path, finders)


def test_a_profiler_that_looks_for_itself_stays(folder: Path) -> None:
    import_profiler((NAME,), str(folder), is_hidden=False)

    assert NAME in sys.modules


def test_the_programs_own_profiler_is_taken_first(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / f"{NAME}.py").write_text("__version__ = 'own'\n")
    sys.path.insert(0, str(own))
    try:
        lent = import_profiler((NAME,), str(folder))
    finally:
        sys.path.remove(str(own))

    assert version_of(lent.module) == "own"
    assert NAME in sys.modules


@pytest.mark.parametrize("names", [("no_such_profiler",), (NAME, "no_such_part")])
def test_a_profiler_that_is_nowhere_is_told(folder: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(MissingEngine, match="no_such"):
        import_profiler(names, str(folder))

    assert NAME not in sys.modules


def test_what_a_profiler_tells_is_recorded(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path))

    tell(recorder, "yappi", version="1.2")
    recorder.flush()

    (path,) = tmp_path.glob("*.rec")
    (record,) = read_records(path)
    assert record is not None
    assert (record.kind, record.payload) == (KIND, {"engine": "yappi", "version": "1.2"})
