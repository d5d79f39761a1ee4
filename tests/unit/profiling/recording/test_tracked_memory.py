"""Files of memray are read outside of our process, where a damaged one can do no harm."""

import subprocess
import sys
from pathlib import Path

import pytest

from aegis_cli.profiling.recording.memray_files import sums_of
from aegis_cli.profiling.recording.tracked_memory import read_tracked, unread_files

PROGRAM = "kept = bytearray(5_000_000)\n"


@pytest.fixture(scope="session")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return what memray writes about a program."""
    folder = tmp_path_factory.mktemp("tracked")
    (folder / "app.py").write_text(PROGRAM)
    words = (sys.executable, "-m", "memray", "run", "-q", "-o", "out.bin", "app.py")
    subprocess.run(words, cwd=folder, check=True, timeout=60, capture_output=True)
    return (folder / "out.bin").read_bytes()


def test_what_lines_held_is_read(tmp_path: Path, tracked: bytes) -> None:
    (tmp_path / "7.memray").write_bytes(tracked)

    (memory,) = read_tracked(tmp_path)

    (line,) = (each for each in memory.lines if each.place.path.endswith("app.py"))
    assert (line.place.line, line.place.name, line.blocks) == (1, "<module>", 1)
    assert line.size_bytes >= 5_000_000
    assert memory.peak_bytes >= line.size_bytes
    assert unread_files(tmp_path) == ()


def test_a_damaged_file_keeps_no_other_from_being_read(tmp_path: Path, tracked: bytes) -> None:
    (tmp_path / "1.memray").write_bytes(b"nothing of memray")
    (tmp_path / "2.memray").write_bytes(tracked)
    (tmp_path / "2.memray.77").write_bytes(tracked)

    assert len(list(read_tracked(tmp_path))) == 2
    assert unread_files(tmp_path) == (tmp_path / "1.memray",)


def test_where_nothing_was_tracked_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert list(read_tracked(tmp_path)) == []


def test_the_sums_of_a_file_say_which_process_it_was(tmp_path: Path, tracked: bytes) -> None:
    path = tmp_path / "7.memray"
    path.write_bytes(tracked)

    sums = sums_of(str(path))

    assert isinstance(sums["pid"], int)
    assert isinstance(sums["allocations"], int)
