"""Facts about the processes of a profiled run."""

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """How a recorded process ended, as far as its recording tells."""

    EXIT = "exit"
    """Normally, also by an uncaught exception."""
    DIRECT_EXIT = "_exit"
    """By `os._exit`, as children of `multiprocessing` do."""
    EXEC = "exec"
    """Another program took its place."""
    UNTOLD = "untold"
    """By a signal, a crash, or not yet; what came after the last flush is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedProcess:
    """One process of the run that the probe was in; times are measured by itself."""

    pid: int
    parent_pid: int
    arguments: tuple[str, ...]
    """The command line of the interpreter, as it was given."""
    executable: str
    python: str
    """Version of the interpreter, such as `3.11.7`."""
    is_forked: bool
    """It is a copy of its parent: the command line is that of the parent."""
    started_at_s: float
    """Start in seconds since 1970, UTC."""
    wall_s: float | None
    """Time from start to end; None if the end was not recorded."""
    cpu_s: float | None
    """Processor time of all threads from start to end; None if the end was not recorded."""
    ending: Ending
    peak_bytes: int | None = None
    """High-water mark of its resident memory; None if it was not recorded."""
    dropped_records: int = 0
    """Records that found no room in the recording."""
    is_truncated: bool = False
    """The last record is incomplete."""
