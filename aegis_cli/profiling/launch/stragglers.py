"""Wait a little for what is still to be written.

That is what children write that outlive the program, or the program itself before a signal ends it.
Recordings are named by the process that writes them, so nothing has to be read for this.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from aegis_cli.profiling.recording.frames import SUFFIX

STRAGGLERS_S = 1.0
"""How long children may go on after the program; the tracker of `multiprocessing` ends at once."""
FLUSH_S = 0.3
"""A little longer than the longest pause between two flushes."""
_PAUSE_S = 0.01
_GONE = frozenset({"Z", "X"})


def await_stragglers(folder: Path, patience_s: float = STRAGGLERS_S) -> None:
    """Wait until all processes that recorded into a folder have ended, but not for long."""
    deadline = monotonic() + patience_s
    while any(map(is_running, _pids(folder))) and monotonic() < deadline:
        sleep(_PAUSE_S)


def await_flush(folder: Path, patience_s: float = FLUSH_S) -> None:
    """Wait until something is written into a folder; nothing is when nothing happens."""
    deadline = monotonic() + patience_s
    before = _sizes(folder)
    while _sizes(folder) == before and monotonic() < deadline:
        sleep(_PAUSE_S)


def is_running(pid: int) -> bool:
    """Tell whether a process has not ended; one that nobody waited for has."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return False
    # The name stands in brackets and may hold any character; see proc_pid_stat(5).
    return status.rpartition(") ")[2][:1] not in _GONE


def _pids(folder: Path) -> Iterator[int]:
    for path in folder.glob(f"*{SUFFIX}"):
        with suppress(ValueError):
            yield int(path.name.partition("-")[0])


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.glob(f"*{SUFFIX}")}
