"""Start the one profiler that the user asked for in this process.

Settings are `engine`, its name; `folder`, where AEGIS has its own profilers; and those of the
engine. Each engine is a module beside this one with `start(settings, recorder, load)`, which
returns an object with `stop()`.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType
    from typing import Protocol

    from aegis_cli.profiling.probe.recorder import Recorder

    class Engine(Protocol):
        """A profiler at work."""

        def stop(self) -> None:
            """End it and record the results."""


def start(settings: "Mapping[str, object]", recorder: "Recorder") -> "Engine | None":
    """Start the engine; None where this interpreter cannot import it, which is recorded."""
    name = str(settings["engine"])
    loading = load("engine_loading")
    try:
        engine: Engine = load(f"engine_{name}").start(settings, recorder, load)
    except ImportError as error:
        loading.tell(recorder, name, missing=str(error), executable=sys.executable)
        return None
    return engine


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
