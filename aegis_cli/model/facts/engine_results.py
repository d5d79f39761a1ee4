"""What a profiler that the user asked for by name counted in a program."""

from dataclasses import dataclass
from enum import StrEnum


class Engine(StrEnum):
    """What looks at the program."""

    AUTO = "auto"
    """The default pass: sampler, statements, event loop, memory."""
    SAMPLE = "sample"
    """The sampler alone, at a finer interval."""
    CPROFILE = "cprofile"
    LINE = "line"
    MEMORY = "memory"
    MEMRAY = "memray"
    TRACEMALLOC = "tracemalloc"
    YAPPI = "yappi"

    @property
    def watches_functions(self) -> bool:
        """Tell whether it needs to be told which functions to watch."""
        return self in {Engine.LINE, Engine.MEMORY}


class Clock(StrEnum):
    """What times mean."""

    WALL = "wall"
    """Elapsed time, waiting included."""
    CPU = "cpu"
    """Time on a processor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedFunction:
    """A function by its place, as profilers name it."""

    path: str
    """File of the source; `~` for what is written in C."""
    line: int
    """Line of the definition, 0 for what is written in C."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCalls:
    """Calls of one function in one process, and in one thread where the profiler parts them."""

    pid: int
    function: CountedFunction
    calls: int
    primitive_calls: int
    """Those that were not made, directly or not, by the function itself."""
    self_s: float
    """Without what it called."""
    cumulative_s: float
    clock: Clock
    thread: int | None = None
    """Number of the thread or greenlet; None where the profiler does not part them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineThread:
    """A thread or greenlet as the profiler saw it."""

    pid: int
    number: int
    name: str
    time_s: float
    switches: int
    """How often it was switched to."""
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class LineHits:
    """How often one line of a function ran, and for how long, what it called included."""

    line: int
    hits: int
    time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionLines:
    """The lines of one function that ran in one process."""

    pid: int
    function: CountedFunction
    lines: tuple[LineHits, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMemory:
    """The memory of the process after one line of a function."""

    line: int
    occurrences: int
    added_bytes: int
    """Sum over all occurrences of how much more there was than after the line before."""
    most_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionMemory:
    """The lines of one function with the memory of the process after each."""

    pid: int
    function: CountedFunction
    lines: tuple[LineMemory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakMemory:
    """What one line of a process held when the process held the most."""

    place: CountedFunction
    """The function, with the line that allocated instead of that of the definition."""
    size_bytes: int
    blocks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedMemory:
    """All allocations of a process."""

    pid: int
    peak_bytes: int
    """Most that was allocated at one time."""
    allocations: int
    """How many there were until the end."""
    lines: tuple[PeakMemory, ...]
