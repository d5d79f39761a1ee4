"""Builders of stacks, as the sampler tells them."""

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.samples import (
    CodeFunction,
    SampledTime,
    StackFrame,
    StackTime,
)

LIBRARY = "/usr/lib/python3.11"


def function(name: str, path: str = "app.py", first_line: int = 1) -> CodeFunction:
    """Build a function; below the folder of libraries it is one of Python's own."""
    is_library = path.startswith(LIBRARY)
    origin = CodeOrigin.STANDARD if is_library else CodeOrigin.USER
    return CodeFunction(path=path, name=name, first_line=first_line, origin=origin)


def frame(name: str, line: int = 1, path: str = "app.py") -> StackFrame:
    """Build a frame."""
    return StackFrame(function=function(name, path), line=line)


def stack(
    *frames: StackFrame, cpu_us: int = 0, resting_us: int = 0, pid: int = 1, thread: str = "Main"
) -> StackTime:
    """Build a stack, the outermost frame first."""
    time = SampledTime(looks=1, wall_us=cpu_us + resting_us, cpu_us=cpu_us, resting_us=resting_us)
    return StackTime(pid=pid, thread=thread, frames=frames, time=time)
