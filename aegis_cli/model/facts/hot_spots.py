"""Facts about where the time of a profiled run went: by function, line and thread."""

from dataclasses import dataclass

from aegis_cli.model.facts.samples import CodeFunction, SampledTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """Library code that a line calls, and the processor time that goes there."""

    name: str
    """Dotted as one would import it, such as `json.decoder.JSONDecoder.decode`."""
    cpu_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledRun:
    """What all looks at all processes of a run add up to; every share refers to this."""

    looks: int
    wall_us: int
    """Time of the processes while they were looked at, added up."""
    cpu_us: int
    """Processor time of the threads whose stacks were seen, added up."""
    sampler_us: int
    """Processor time that looking took, which is in no other number."""
    late_us: int = 0
    """Of the processor time, what was seen only at the next blocking call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTime:
    """Time in one function, over all threads and processes."""

    function: CodeFunction
    self_time: SampledTime
    """In its own lines, and what they call in C."""
    charged_time: SampledTime
    """The program's own function: its own lines and all library code that these call.

    Anything else: the same as its own lines.
    """
    total_time: SampledTime
    """With everything it calls; recursion counts once."""
    cpu_share: float
    """Of the run's processor time, what is charged to it."""
    hottest_line: int
    hottest_line_share: float
    """Of the processor time charged to the function, what is charged to its hottest line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTime:
    """Time in one line of the program's own code, with the library code that it calls."""

    function: CodeFunction
    line: int
    charged_time: SampledTime
    cpu_share: float
    """Of the run's processor time."""
    callees: tuple[Callee, ...]
    """The library functions that the line calls, the most costly first."""
    source: str = ""
    """The line as it stands in the file, without indentation; empty if it cannot be told."""
    function_source: str = ""
    """The whole function, dedented; empty if it cannot be told, or is long."""
    line_in_function: int = 0
    """Of the lines of `function_source`, which one this is, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadTime:
    """Time of one thread, or of the tasks of one coroutine function in it."""

    pid: int
    thread: str
    task: str | None
    """The coroutine function or callback that the event loop ran; None outside of a loop."""
    time: SampledTime
    place: str | None
    """The line of the program's own code at which it was most often seen, waiting or not."""
