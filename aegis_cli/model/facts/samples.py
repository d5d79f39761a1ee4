"""Facts from looking at a program's stacks again and again: where its time went."""

from dataclasses import dataclass

from aegis_cli.model.code_origin import CodeOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledTime:
    """Time of the looks at one place, in microseconds; each is worth the time since the last."""

    looks: int = 0
    wall_us: int = 0
    cpu_us: int = 0
    """Processor time: what the threads' clocks say, spread over the looks that found them
    running."""
    idle_us: int = 0
    """Waiting for work: in the pause of an event loop, of a pool's thread, or for a thread."""
    late_us: int = 0
    """Of the running time, what was seen at the next blocking call after the place it belongs."""

    resting_us: int = 0
    """Wall time of the looks that found it not running: idle, or waiting for something."""

    @property
    def waiting_us(self) -> int:
        """Return the time spent waiting for something it asked for; not for a processor."""
        return self.resting_us - self.idle_us


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFunction:
    """A function, or the body of a module or class, by its place in the source."""

    path: str
    name: str
    """Qualified, such as `Cart.total`; `<module>` is the body of a module."""
    first_line: int
    origin: CodeOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class StackFrame:
    """A function that was running, and its line at that time."""

    function: CodeFunction
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StackTime:
    """Time that one thread spent in one stack; the outermost frame comes first."""

    pid: int
    thread: str
    frames: tuple[StackFrame, ...]
    time: SampledTime
