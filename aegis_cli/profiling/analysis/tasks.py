"""Tell which coroutine or callback an event loop was running, from the stack alone."""

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.samples import (
    StackFrame,
)

_HANDLE = ("Handle._run", "asyncio/events.py")
_ONCE = ("BaseEventLoop._run_once", "asyncio/base_events.py")
_SELECTORS = "/selectors.py"
_RUNNER = ("Runner.run", "asyncio/runners.py")
_ASYNCIO = "/asyncio/"


def task_of(frames: tuple[StackFrame, ...]) -> str | None:
    """Return the qualified name of what the innermost event loop runs; None outside of one.

    asyncio calls a task's step in C, so the coroutine stands right above `Handle._run`; uvloop has
    no frame of its own at all, so there it stands above `Runner.run`.
    """
    for at in reversed(range(len(frames) - 1)):
        called = frames[at + 1].function
        if _is(frames[at], _HANDLE):
            return called.name
        if _is(frames[at], _RUNNER) and _ASYNCIO not in called.path:
            return called.name
    return None


def polled_loop(frames: tuple[StackFrame, ...]) -> tuple[StackFrame, ...] | None:
    """Return the stack of an event loop that just looks for events; None for any other stack."""
    if frames and _is(frames[-1], _RUNNER):  # of uvloop
        return frames
    if len(frames) > 1 and frames[-1].function.path.endswith(_SELECTORS) and _is(frames[-2], _ONCE):
        return frames[:-1]
    return None


def loop_of(frames: tuple[StackFrame, ...]) -> tuple[StackFrame, ...] | None:
    """Return the stack of the innermost event loop that runs something; None outside of one."""
    for at in reversed(range(len(frames) - 1)):
        if _is(frames[at], _HANDLE) and at and _is(frames[at - 1], _ONCE):
            return frames[:at]
        if _is(frames[at], _RUNNER) and _ASYNCIO not in frames[at + 1].function.path:
            return frames[: at + 1]
    return None


def _is(frame: StackFrame, place: tuple[str, str]) -> bool:
    function, (name, path) = frame.function, place
    return (
        function.name == name
        and function.origin is CodeOrigin.STANDARD
        and function.path.endswith(path)
    )
