"""A project is read once: what did not change comes from a cache that nobody else can write."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis_cli.codebase.context import Context
from aegis_cli.codebase.visitors import Piece, Visitor
from aegis_cli.model.facts.source_code import Sighting
from aegis_cli.sources.python_code.reading import Reading, ReadOptions, read_project


def look(piece: Piece, context: Context) -> Iterator[Sighting]:
    """See every call."""
    if isinstance(piece, ast.Call):
        yield context.sighting("X1", piece, subject=context.qualified(piece.func))


VISITOR = Visitor(rule="X1", look=look, pieces=(ast.Call,))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for number in range(60):
        (folder / f"m{number:02}.py").write_text(f"import os\nos.f{number}()\n", encoding="utf-8")
    return folder


def read(project: Path, cache: Path | None, jobs: int = 1) -> Reading:
    """Read a project with the visitor."""
    return read_project([str(project)], [VISITOR], ReadOptions(jobs=jobs, cache_folder=cache))


def subjects(reading: Reading) -> list[str]:
    """Return what the visitor saw, in the order of files."""
    return [each.subject for each in reading.examined.sightings]


def test_several_processes_see_what_one_sees(project: Path) -> None:
    assert read(project, None, jobs=2).examined == read(project, None).examined


def test_what_did_not_change_comes_from_the_cache(project: Path, tmp_path: Path) -> None:
    first = read(project, tmp_path / "cache")
    (project / "m03.py").write_text("import os\nos.other()\n", encoding="utf-8")

    second = read(project, tmp_path / "cache")

    assert (first.from_cache, second.from_cache) == (0, 59)
    assert [each for each in subjects(second) if each not in subjects(first)] == ["os.other"]


def test_the_cache_is_private_and_ignored_where_others_could_write(
    project: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    read(project, cache)
    mode = cache.stat().st_mode & 0o777
    cache.chmod(0o777)

    again = read(project, cache)

    assert mode == 0o700
    assert again.from_cache == 0
    assert again.examined.files == 60


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"\x81\xa1a\x01"])
def test_a_damaged_cache_is_made_anew(project: Path, tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "cache"
    read(project, cache)
    for file in cache.iterdir():
        file.write_bytes(content)

    again = read(project, cache)

    assert again.examined.files == 60
    assert read(project, cache).from_cache == 60


def test_a_file_that_is_no_python_is_told_and_the_others_are_read(project: Path) -> None:
    (project / "bad.py").write_bytes(b"def f(:\n")
    (project / "nul.py").write_bytes(b"x = '\x00'\n")
    (project / "latin.py").write_bytes(b"# -*- coding: latin-1 -*-\nx = '\xe9'\n")
    (project / "deep.py").write_text("x = " + "(" * 5000 + ")" * 5000, encoding="utf-8")

    reading = read(project, None, jobs=2)

    assert [Path(each.subject).name for each in reading.skipped] == ["bad.py", "deep.py", "nul.py"]
    assert reading.examined.files == 61
