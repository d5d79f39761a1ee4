"""Tell which coroutine or callback an event loop was running, from the stack alone."""

from aegis_cli.model.code_origin import CodeOrigin
from aegis_cli.model.facts.samples import (
    StackFrame,
)

_RUN = "Handle._run"
_EVENTS = "asyncio/events.py"


def task_of(frames: tuple[StackFrame, ...]) -> str | None:
    """Return the qualified name of what the innermost event loop runs; None outside of one.

    asyncio calls a task's step in C, so the coroutine stands right above `Handle._run`; uvloop has
    no frame of its own there and stays untold.
    """
    for at in reversed(range(len(frames) - 1)):
        function = frames[at].function
        if (
            function.name == _RUN
            and function.origin is CodeOrigin.STANDARD
            and function.path.endswith(_EVENTS)
        ):
            return frames[at + 1].function.name
    return None
