"""Read the files that memray wrote about processes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from aegis_cli.model.errors import SourceUnavailable
from aegis_cli.model.facts.engine_results import CountedFunction, PeakMemory, TrackedMemory
from aegis_cli.profiling.probe import engine_memray

_INSTALL = "Install it beside AEGIS: pip install 'aegis-perf[memray]'."
_READER = "aegis_cli.profiling.recording.memray_files"
_SUMS = ".sums"
_PROBE = str(Path(engine_memray.__file__).parent)


def read_tracked(folder: Path) -> Iterator[TrackedMemory]:
    """Yield what was tracked in each process; a forked one has a file of its own.

    Raises:
        SourceUnavailable: memray is not installed beside AEGIS.
    """
    if not unread_files(folder):
        return
    check_reader()
    refused: set[Path] = set()
    while waiting := [each for each in unread_files(folder) if each not in refused]:
        words = [sys.executable, "-m", _READER, *map(str, waiting)]
        done = subprocess.run(words, capture_output=True, check=False)
        still = [each for each in unread_files(folder) if each not in refused]
        # Where the reader crashed, the first file that is left is the one it crashed on.
        refused.update(still if done.returncode == 0 else still[:1])
    for path in sorted(folder.glob(f"*{_SUMS}")):
        yield _tracked(path)


def check_reader() -> None:
    """Make sure that there is a memray to read its files with.

    Raises:
        SourceUnavailable: It is not installed beside AEGIS.
    """
    if find_spec("memray") is None:
        raise SourceUnavailable("memray", "cannot be imported by AEGIS", _INSTALL)


def unread_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of memray that could not be read, or were not yet."""
    return tuple(
        path
        for path in sorted(folder.glob(f"*{engine_memray.SUFFIX}*"))
        if path.suffix != _SUMS and not path.with_name(path.name + _SUMS).exists()
    )


def _tracked(path: Path) -> TrackedMemory:
    """Read our own sums; lines of the probe are no part of the program."""
    sums = json.loads(path.read_text(encoding="utf-8"))
    return TrackedMemory(
        pid=int(sums["pid"]),
        peak_bytes=int(sums["peak_bytes"]),
        allocations=int(sums["allocations"]),
        lines=tuple(
            PeakMemory(
                place=CountedFunction(path=file, line=line, name=name),
                size_bytes=size,
                blocks=blocks,
            )
            for name, file, line, size, blocks in sums["lines"]
            if not file.startswith(_PROBE)
        ),
    )
