"""Start the one profiler that the user asked for in this process.

Settings are `engine`, its name; `folder`, where AEGIS has its own profilers; and those of the
engine. Each engine is a module beside this one with `start(settings, recorder, load)`, which
returns an object with `stop()`. It may have `report(look)`, which records what was counted so far:
it is called now and then, so that not all is lost of a process that is killed. Records with a
higher number of the look take the place of those before; those of `stop` have the highest.
An engine with a `flush()` of its own knows itself when to look.
"""

import os
import sys
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType, ModuleType
    from typing import Protocol

    from aegis_cli.profiling.probe.recorder import Recorder

    class Engine(Protocol):
        """A profiler at work."""

        def stop(self) -> None:
            """End it and record the results."""


_FIRST_LOOK_S = 0.1


class Paced:
    """An engine that reports after 0.1 seconds, and after twice as long each time."""

    def __init__(self, engine: "Engine", now: "Callable[[], float]" = monotonic) -> None:
        """Begin to count the time; `now` tells it in seconds."""
        self._engine = engine
        self._now = now
        self._started_s = now()
        self._due_s = _FIRST_LOOK_S
        self._look = 0
        prepare = getattr(engine, "prepare", None)
        if prepare is not None:
            self.prepare: Callable[[CodeType], CodeType] = prepare

    def flush(self) -> None:
        """Report if it is time to, and the engine can do so while it counts."""
        report: Callable[[int], None] | None = getattr(self._engine, "report", None)
        elapsed_s = self._now() - self._started_s
        if report is not None and elapsed_s >= self._due_s:
            self._due_s = elapsed_s * 2
            self._look += 1
            report(self._look)

    def stop(self) -> None:
        """End the engine; what it records then is its last word."""
        self._engine.stop()


def start(settings: "Mapping[str, object]", recorder: "Recorder") -> "Engine | None":
    """Start the engine; None where this interpreter cannot import it, which is recorded."""
    name = str(settings["engine"])
    loading = load("engine_loading")
    try:
        engine: Engine = load(f"engine_{name}").start(settings, recorder, load)
    except ImportError as error:
        loading.tell(recorder, name, missing=str(error), executable=sys.executable)
        return None
    return engine if hasattr(engine, "flush") else Paced(engine)


def load(name: str) -> "ModuleType":
    """Load a module beside this one by its file; the program does not see it among its modules."""
    from _frozen_importlib_external import SourceFileLoader  # noqa: PLC0415  # as the start-up hook

    full_name, path = f"aegis_probe_{name}", f"{os.path.dirname(__file__)}/{name}.py"  # noqa: PTH120
    module = type(sys)(full_name)
    module.__file__ = path
    code = SourceFileLoader(full_name, path).get_code(full_name)
    if code is not None:
        exec(code, module.__dict__)  # noqa: S102  # our own file
    return module
